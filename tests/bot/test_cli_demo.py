"""`hustings demo`, run as a stranger runs it: on a screen, for machines, again, and in the wrong folder."""

import asyncio
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from bot.cli_demo import app
from bot.clock import SystemClock
from bot.demo import Deed, Evening, Scene
from bot.demo_folder import EXPORTS, MARKER, POLICY, make_afresh
from bot.demo_screen import Tally, introduce, show, sum_up
from bot.evidence.words import Kind
from bot.replay_adapter.platform import Recorded
from bot.store.sqlite.ledger import leaf_at
from bot.store.sqlite.store import FILE, open_record
from bot.verdicts import one_line
from policies.decisions import Action
from policies.lexicon_files import house_reader
from policies.load import house_policy, load_policy

one_reader = cache(house_reader)
"""Reading the lexicons takes longer than all the rest."""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.demo.house_reader", one_reader)


@dataclass(frozen=True)
class Played:
    """An evening that is over."""

    parts: list[Scene | Deed]
    tally: Tally
    asked: list[Recorded]

    def on_screen(self, columns: int) -> str:
        """Show it on a screen of a width."""
        out = StringIO()
        console = Console(file=out, width=columns, highlight=False)
        introduce(console, len(self.tally.scenes))
        for part in self.parts:
            show(console, part)
        sum_up(console, self.tally, self.asked, Path("demo-data"), "./hustings")
        return out.getvalue()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play the evening once for all who only look at it."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    make_afresh(folder)
    evening, tally, parts = Evening(folder), Tally(), []

    async def play() -> None:
        async for part in evening.play():
            parts.append(part)
            tally.add(part)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.demo.house_reader", one_reader)
        asyncio.run(play())
    return Played(parts, tally, evening.asked)


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, list(arguments))


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_verdict_is_the_one_that_the_transcript_expects() -> None:
    result = run("--json", "--no-serve")
    *parts, summary = lines(result)
    assert [(p["author"], p["text"], p["verdict"], p["expected"]) for p in parts if not p["as_expected"]] == []
    assert (result.exit_code, summary["unexpected"]) == (0, 0)


def test_machines_get_an_object_for_each_message_and_act_and_the_summary_last() -> None:
    *parts, summary = lines(run("--json"))
    messages = [part for part in parts if part["kind"] == "message"]
    assert (summary["kind"], summary["messages"], summary["acts"]) == ("summary", len(messages), 3)
    assert 55 <= len(messages) <= 70
    on_discord = sum(part["platform"] == "discord" for part in messages)
    assert abs(len(messages) - 2 * on_discord) <= 2
    assert summary["incidents"] == len({part["incident"] for part in parts if part["incident"]})
    assert summary["looked_like_abuse"] >= 20
    put_back = sum("restored" in part["verdict"] for part in parts)
    assert put_back == 1
    assert summary["looked_like_abuse_and_left"] == summary["looked_like_abuse"] - put_back
    times = [part["at"] for part in messages]
    assert times == sorted(times)
    listing = [
        sys.executable,
        "-m",
        "bot",
        "incidents",
        "list",
        "--data",
        "demo-data",
        "--limit",
        "0",
        "--format",
        "json",
    ]
    listed = json.loads(subprocess.run(listing, capture_output=True, check=True).stdout)
    assert len(listed) == summary["incidents"]


def test_the_evening_has_abuse_of_every_category_that_words_alone_can_show(played: Played) -> None:
    found = {category.value for scene in played.tally.scenes for category in scene.assessment.categories}
    wanted = {"identity-attack", "threat", "insult", "self-harm", "intimidation", "doxxing", "pile-on", "spam"}
    assert wanted <= found


@pytest.mark.parametrize("columns", [40, 80, 109, 110, 120, 200])
def test_every_message_is_shown_on_a_screen_of_any_width_and_no_line_is_wider(played: Played, columns: int) -> None:
    shown = played.on_screen(columns).partition("Look further:")[0].splitlines()
    assert max(map(len, shown)) <= columns
    messages = [line for line in shown if line[:1].isupper() and (" Discord #" in line or " Slack #" in line)]
    assert len(messages) == len(played.parts)
    assert len([line for line in shown if "…" in line]) < len(shown) / (1 if columns < 120 else 1.5)


def test_no_abuse_is_shown_unmasked(played: Played) -> None:
    screen = played.on_screen(400)
    kept = [scene for scene in played.tally.scenes if scene.incident is not None and scene.assessment.used]
    assert len(kept) > 20
    for scene in kept:
        assert one_line(scene.event.text) not in screen
        for finding in scene.assessment.used:
            said = scene.event.text[finding.span.start : finding.span.end]
            assert said not in screen or len(said) < 8, said


def test_the_screen_says_what_slack_cannot_do_and_where_the_evidence_lies(played: Played) -> None:
    shown = " ".join(played.on_screen(120).split())
    assert "Slack lets a bot delete only its own messages" in shown
    assert f"demo-data/{FILE}" in shown
    assert "./hustings incidents list --data demo-data" in shown
    assert "http" not in shown.partition("Look further:")[2]


def test_the_command_shows_the_same_on_its_own_screen(played: Played) -> None:
    result = run()
    assert result.stdout.count(" Discord #") + result.stdout.count(" Slack #") >= len(played.parts)
    assert "One evening in the channels of a made-up party branch" in result.stdout


def test_a_second_start_begins_afresh_and_leaves_what_others_put_there() -> None:
    first = lines(run("--json"))
    Path("demo-data/my-notes.txt").write_text("mine")
    assert lines(run("--json")) == first
    assert Path("demo-data/my-notes.txt").read_text() == "mine"


@pytest.mark.parametrize("there", ["file-in-it", "a-file", "a-link"])
def test_a_folder_that_the_demo_did_not_make_is_left_alone(there: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    if there == "a-file":
        mine.write_text("mine")
    else:
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / FILE).write_text("a live bot's record")
        if there == "a-link":
            mine.symlink_to(tmp_path / "other")
        else:
            (tmp_path / "other").rename(mine)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    result = run("--data", "mine")
    assert result.exit_code == 2
    assert result.stderr.startswith("mine ")
    assert "--data" in result.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


async def test_the_demos_record_begins_with_the_policy_that_it_is_played_by(tmp_path: Path) -> None:
    make_afresh(tmp_path / "demo")
    begins = datetime(2026, 5, 5, tzinfo=UTC)
    parts = Evening(tmp_path / "demo").play()
    await anext(parts)
    await parts.aclose()
    async with open_record(tmp_path / "demo", SystemClock()) as record:
        first = await record.reader.read(lambda db: leaf_at(db, 1))
    assert first.kind is Kind.POLICY_ADOPTED
    assert first.policy is not None
    assert first.policy.sha256 == load_policy(tmp_path / "demo" / POLICY).sha256
    assert begins < first.at < begins + timedelta(days=1)


def test_the_demos_policy_is_the_house_policy_and_one_mute() -> None:
    make_afresh(Path("made"))
    house, demo = house_policy(), load_policy(Path("made") / POLICY)
    assert demo.name == f"{house.name} (demo)"
    for theirs, ours in zip(house.rules, demo.rules, strict=True):
        added = (Action.MUTE,) if ours.id == "threat-of-violence" else ()
        assert (ours.id, ours.clause, ours.then) == (theirs.id, theirs.clause, (*theirs.then, *added))
    assert "# The house rules" in (Path("made") / POLICY).read_text("utf-8")
    assert (Path("made") / MARKER).is_file()


def test_a_verdict_that_is_not_expected_is_named_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    make_afresh(Path("made"))
    file = next((Path("made") / EXPORTS / "slack").glob("policy/*.json"))
    rows = json.loads(file.read_text("utf-8"))
    wrong = next(row for row in rows if row["hustings"]["expect"] == "left")
    wrong["hustings"]["expect"] = "hidden"
    file.write_text(json.dumps(rows))
    monkeypatch.setattr("bot.cli_demo.make_afresh", lambda folder: None)
    result = run("--data", "made")
    assert result.exit_code == 1
    assert "not as the transcript expects" in result.stderr
    assert "Slack #policy" in result.stderr
    assert "left instead of hidden" in result.stderr
    assert "expected was HIDDEN" in result.stdout


def test_the_evening_is_summed_up_even_if_a_moderators_verdict_comes_out_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_afresh(Path("made"))
    file = next((Path("made") / EXPORTS / "discord").glob("*general*.json"))
    written = file.read_text("utf-8")
    assert "ABANAZAR: " in written
    file.write_text(re.sub(r"ABANAZAR: [^\"]*", "You are a useless lying muppet, Dai.", written), "utf-8")
    monkeypatch.setattr("bot.cli_demo.make_afresh", lambda folder: None)
    result = run("--data", "made")
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert "Gwen, a moderator, found the bot wrong about a message" in " ".join(result.stdout.split())


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_whoever_stops_reading_early_gets_no_complaint(arguments: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
