"""`hustings replay`, run as an admin runs it on an export and on a draft policy."""

import json
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli_incidents import app as incidents
from bot.cli_replay import MARKER, app
from bot.store.sqlite.store import FILE
from policies.lexicon_files import house_reader
from tests.bot.replay_adapter.exported import GUILD, channel, dumped, folder, message, said, slack_files, zipped

THREAT = "I will kill you"
QUOTED = 'He told me "I will kill you". I went to the police.'
TALK = "See you at the count"

one_reader = cache(house_reader)
"""Reading the lexicons takes longer than all the rest."""

RULE = """
policy: {name}
version: {version}
rules:
  - id: threat-of-violence
    clause: "2.1 Do not threaten anyone with violence."
    when: used.exists(f, f.kind == "threat" && f.certainty == "plain")
    then: {then}
    mode: {mode}
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where no settings and no data folder lie about."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("bot.cli_replay.house_reader", one_reader)
    for name in ("HUSTINGS_POLICY", "HUSTINGS_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slack(tmp_path: Path) -> Path:
    """Give a Slack export with a threat, a quotation of it and small talk."""
    days = {
        "general/2024-05-01": [said("1714555200.000100", TALK), said("1714555260.000100", THREAT)],
        "general/2024-05-02": [said("1714641600.000100", QUOTED)],
    }
    return zipped(tmp_path / "slack.zip", slack_files(days))


@pytest.fixture
def discord(tmp_path: Path) -> Path:
    """Give a Discord export with the same."""
    rows = [
        message(n, text, at=f"2024-05-01T10:0{n}:00+00:00") for n, text in enumerate((TALK, THREAT, QUOTED), start=1)
    ]
    return folder(tmp_path / "discord", {"general.json": dumped(channel(*rows))}) / "general.json"


def policy(path: Path, *, name: str = "Draft", version: int = 1, then: str = "[alert]", mode: str = "act") -> Path:
    """Write a policy with one rule."""
    path.write_text(RULE.format(name=name, version=version, then=then, mode=mode))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_slack_export_shows_what_matters_masked_and_sums_up(slack: Path) -> None:
    result = run(slack)
    assert result.exit_code == 0, result.stderr
    shown = [line for line in result.stdout.splitlines() if "threat-of-violence" in line and "#general" in line]
    assert len(shown) == 1
    assert shown[0].startswith("HIDDEN")
    assert "01 May 24" in shown[0]
    assert THREAT not in result.stdout
    assert "3 messages judged, 1 May 2024 to 2 May 2024" in result.stdout
    assert "administrator's token" in result.stdout
    assert "Nothing was kept, and nobody was touched." in result.stdout


def test_a_discord_export_shows_the_same_verdicts(discord: Path) -> None:
    *messages, summary = lines(run(discord, "--json"))
    assert [(m["id"], m["platform"], m["verdict"], m["categories"]) for m in messages] == [
        ("2", "discord", ["hidden"], ["threat"])
    ]
    assert messages[0]["rules"][0] == "threat-of-violence"
    assert messages[0]["incident"] is None
    assert THREAT not in messages[0]["text"]
    assert (summary["kind"], summary["messages"], summary["verdicts"]) == ("summary", 3, {"left": 2, "hidden": 1})
    assert summary["problems"] == []


def test_nothing_is_kept_unless_somebody_asks(slack: Path) -> None:
    run(slack)
    assert list(Path().iterdir()) == []


def test_incidents_are_kept_in_a_folder_of_their_own_once(slack: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for _ in range(2):
        result = run(slack, "--data", kept)
        assert result.exit_code == 0, result.stderr
    assert (kept / FILE).is_file()
    assert (kept / MARKER).is_file()
    command = [sys.executable, "-m", "bot", "incidents", "list", "--data", str(kept), "--format", "json"]
    (incident,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert incident["recorded_at"].startswith("2024-05-01")
    assert incident["id"].startswith("I-20")
    page = subprocess.run([*command[:4], "show", incident["id"], "--data", str(kept)], capture_output=True, check=True)
    assert b"The message was hidden (replayed: nobody was touched)" in page.stdout
    assert {outcome["detail"] for outcome in incident["outcomes"] if outcome["action"] == "hide"} == {
        "replayed: nobody was touched"
    }


def test_a_second_replay_says_what_stays_as_it_was_decided(slack: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert "1 incident kept in" in run(slack, "--data", kept).stdout
    again = run(slack, "--data", kept, "--policy", policy(tmp_path / "draft.yaml"))
    told = " ".join(again.stdout.split())
    assert "1 incident of these stood in" in told
    assert "Nothing was kept, and nobody was touched." in told


def test_messages_of_exports_that_overlap_are_judged_once(discord: Path) -> None:
    (discord.parent / "general again.json").write_bytes(discord.read_bytes())
    result = run(discord.parent)
    told = " ".join(result.stdout.split())
    assert "3 messages judged" in told
    assert "3 messages stand twice and were judged once, as where exports overlap." in told


def test_a_live_bots_folder_is_never_written_to(slack: Path, tmp_path: Path) -> None:
    live = tmp_path / "data"
    live.mkdir()
    (live / FILE).write_bytes(b"the record")
    result = run(slack, "--data", live)
    assert result.exit_code == 2
    assert "did not make" in result.stderr
    assert [path.name for path in live.iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("then", "mode", "after"), [("[alert]", "act", ["alerted"]), ("[hide]", "observe", ["alerted"])]
)
def test_a_diff_lists_what_a_draft_would_change_and_only_that(
    slack: Path, tmp_path: Path, then: str, mode: str, after: list[str]
) -> None:
    draft = policy(tmp_path / "draft.yaml", then=then, mode=mode)
    result = run(slack, "--policy", draft, "--diff", "--json")
    assert result.exit_code == 0, result.stderr
    changed, summary = lines(result)
    assert (changed["before"]["verdict"], changed["verdict"]) == (["hidden"], after)
    assert (summary["changed"], summary["messages"]) == (1, 3)
    assert summary["before"]["verdicts"] == {"left": 2, "hidden": 1}
    assert summary["verdicts"] == {"left": 2, "alerted": 1}
    on_screen = run(slack, "--policy", draft, "--diff").stdout
    assert "HIDDEN → ALERTED" in on_screen
    assert "1 message would be decided otherwise" in on_screen


def test_a_diff_says_in_what_two_decisions_of_one_name_differ(slack: Path, tmp_path: Path) -> None:
    one = policy(tmp_path / "one.yaml", then="[hide, notify-author]")
    two = policy(tmp_path / "two.yaml", then="[hide, alert]")
    shown = run(slack, "--policy", two, "--diff", "--against", one).stdout
    told = " ".join(shown.split()).lower()
    assert "hidden → hidden with alert without notify-author 1" in told
    assert "both bear version 1. raise `version` in the draft before it is adopted." in told


def test_a_diff_of_a_policy_with_itself_or_a_raised_version_asks_for_nothing(slack: Path, tmp_path: Path) -> None:
    one = policy(tmp_path / "one.yaml", then="[hide, notify-author]")
    two = tmp_path / "two.yaml"
    two.write_text(one.read_text().replace("version: 1", "version: 2"), "utf-8")
    for draft in (one, two):
        assert "Raise `version`" not in run(slack, "--policy", draft, "--diff", "--against", one).stdout


def test_a_draft_that_drops_a_rule_shows_the_messages_it_would_leave(slack: Path, tmp_path: Path) -> None:
    other = tmp_path / "draft.yaml"
    other.write_text(RULE.format(name="Draft", version=2, then="[alert]", mode="act").replace('"threat"', '"slur"'))
    changed, _ = lines(run(slack, "--policy", other, "--diff", "--json"))
    assert (changed["before"]["verdict"], changed["verdict"]) == (["hidden"], ["left"])
    assert THREAT not in changed["text"]


def test_a_draft_that_changes_nothing_says_so(slack: Path, tmp_path: Path) -> None:
    one, two = policy(tmp_path / "one.yaml"), policy(tmp_path / "two.yaml", name="Another")
    result = run(slack, "--policy", one, "--diff", "--against", two)
    assert "nothing would change" in result.stdout
    assert "HIDDEN" not in result.stdout


def test_the_policy_in_force_is_the_one_the_settings_name_whatever_else_they_lack(slack: Path, tmp_path: Path) -> None:
    Path("hustings.yaml").write_text(f"policy: {policy(tmp_path / 'force.yaml', name='In force')}\n")
    draft = policy(tmp_path / "draft.yaml", then="[hide]")
    _, summary = lines(run(slack, "--policy", draft, "--diff", "--json"))
    assert summary["before"]["policy"]["name"] == "In force"
    assert summary["changes"] == [{"before": "alerted", "after": "hidden", "messages": 1}]


def test_a_diff_without_a_draft_and_a_draft_with_mistakes_are_refused(slack: Path, tmp_path: Path) -> None:
    missing = run(slack, "--diff")
    assert (missing.exit_code, "--policy" in missing.stderr) == (2, True)
    (tmp_path / "bad.yaml").write_text("policy: Bad\nversion: 0\n")
    broken = run(slack, "--policy", tmp_path / "bad.yaml")
    assert (broken.exit_code, "bad.yaml:2" in broken.stderr) == (2, True)


def test_one_channel_of_a_slack_export_is_told_to_be_one_and_what_to_give_instead(tmp_path: Path) -> None:
    channel_alone = folder(tmp_path / "general", {"2024-05-01.json": dumped([said("1714555260.000100", THREAT)])})
    for given in (channel_alone, channel_alone / "2024-05-01.json"):
        result = run(given)
        assert result.exit_code == 1
        assert "Give the folder above the channels" in result.stderr
        assert "DiscordChatExporter" not in result.stderr


def test_other_exports_in_the_same_folder_are_named_and_not_left_out_in_silence(tmp_path: Path) -> None:
    days = slack_files({"general/2024-05-01": [said("1714555260.000100", THREAT)]})
    beside = {f"discord/Branch - general [{GUILD['id']}].json": dumped(channel(message(1, THREAT, at="2024-05-01")))}
    older = {f"older/{name}": text for name, text in days.items()}
    result = run(folder(tmp_path / "all", days | beside | older))
    assert result.exit_code == 1
    assert "1 file of DiscordChatExporter beside the Slack export left out, such as discord/Branch" in result.stderr
    assert "older is another Slack export and was left out. Replay it by itself." in result.stderr
    assert "1 message judged" in result.stdout


def test_an_export_with_damage_is_replayed_as_far_as_it_goes_and_each_problem_is_told(tmp_path: Path) -> None:
    files = slack_files({"general/2024-05-01": [said("1714555200.000100", THREAT)]})
    del files["users.json"]
    files |= {"general/2024-05-02.json": b'[{"type": "mess', "../../out.json": b"[]"}
    result = run(zipped(tmp_path / "slack.zip", files), "--json")
    assert result.exit_code == 1
    (threat, summary) = lines(result)
    assert threat["verdict"] == ["hidden"]
    problems = result.stderr.splitlines()
    assert len(problems) == 3
    assert problems == summary["problems"]
    for name in ("users.json", "general/2024-05-02.json", "../../out.json"):
        assert sum(problem.startswith(name) for problem in problems) == 1


def test_what_is_no_export_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    result = run(tmp_path / "notes.txt")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is no export that can be replayed" in result.stderr
    assert "DiscordChatExporter" in result.stderr


def test_whoever_stops_reading_early_gets_no_complaint(discord: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "replay", str(discord), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_policy_to_compare_with_needs_a_comparison(slack: Path, tmp_path: Path) -> None:
    alone = run(slack, "--against", policy(tmp_path / "one.yaml"))
    assert (alone.exit_code, "--diff" in alone.stderr) == (2, True)


def test_files_beside_an_export_are_kept_with_the_incident_and_links_are_not_followed(tmp_path: Path) -> None:
    files = [
        {"id": "1", "url": "general.json_Files/photo-A1.jpg", "fileName": "photo.jpg", "fileSizeBytes": 5},
        {"id": "2", "url": "https://cdn.discordapp.com/attachments/1/2/x.jpg", "fileName": "x.jpg", "fileSizeBytes": 5},
    ]
    export = folder(
        tmp_path / "export",
        {
            "general.json": dumped(channel(message(1, THREAT, at="2024-05-01T10:00:00Z", attachments=files))),
            "general.json_Files/photo-A1.jpg": b"photo",
        },
    )
    run(str(export), "--data", str(tmp_path / "kept"))
    kept = ["--data", str(tmp_path / "kept")]
    (listed,) = json.loads(CliRunner().invoke(incidents, ["list", "--format", "json", *kept]).stdout)
    shown = CliRunner().invoke(incidents, ["show", listed["id"], *kept])
    lines = [line for line in shown.stdout.splitlines() if ".jpg" in line]
    assert lines == [
        f"files      photo.jpg: kept, 5 bytes, SHA-256 {sha256(b'photo').hexdigest()}",
        "           x.jpg: not kept (elsewhere). The export names the file and does not hold it.",
    ]
