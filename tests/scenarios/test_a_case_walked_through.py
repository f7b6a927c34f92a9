"""A case lived through from its report to the decision on its appeal, as `hustings cases demo` prints it."""

import json
import subprocess
import sys
from pathlib import Path

import typer
from typer.testing import CliRunner

from bot.casework_walk import Walk
from bot.cli_cases_demo import add_demo
from bot.store.sqlite.store import open_record
from bot.store.sqlite.verify import verify
from tests.fakes.clock import FrozenClock


async def test_whoever_reported_is_named_to_nobody_but_themselves(tmp_path: Path) -> None:
    scenes = [scene async for scene in Walk(tmp_path).scenes()]
    letters = [(scene.reader, scene.letter) for scene in scenes if scene.letter]
    assert len(letters) > 15
    for reader, letter in letters:
        if reader not in ("Priya Nair", "Grace Okafor"):
            assert "Priya" not in letter
            assert "Nair" not in letter
            assert "selection" not in letter
    read_by = [reader for reader, _ in letters]
    assert read_by.index("Rob Ellis") < read_by.index("Mair Bevan")


async def test_the_walk_shows_what_its_members_live_through(tmp_path: Path) -> None:
    scenes = [scene async for scene in Walk(tmp_path).scenes()]
    what = [scene.what for scene in scenes]
    refused = [scene.letter for scene in scenes if scene.reader == "Grace Okafor"]
    assert "name a member: “Priya”" in refused[0]
    assert "The grid allows suspension 28d to ban here, and mute 2d was chosen." in refused[1]
    assert "had to do with the decision" in refused[2]
    told = next(n for n, scene in enumerate(scenes) if "imposes a suspension for 42 days" in scene.letter)
    imposed = [n for n, said in enumerate(what) if said.startswith("The bot puts a suspension on rob")]
    assert told < imposed[0]
    assert len(imposed) == 2
    assert "gives back the role canvasser" in what[-4] + what[-3] + what[-2]
    assert what[-1].startswith("What was hidden is shown again. In the figures the case now counts as not upheld")
    (statement,) = [scene.statement for scene in scenes if scene.statement]
    assert statement["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    for scene in scenes:
        assert all(line[:1] == line[:1].upper() for line in scene.letter.split("\n\n") if scene.reader == "Rob Ellis")


def test_the_command_prints_every_letter_and_leaves_nothing_behind() -> None:
    app = typer.Typer()
    add_demo(app)
    app.command("other")(lambda: None)
    shown = CliRunner().invoke(app, ["demo"])
    assert shown.exit_code == 0, shown.output
    assert "┌─ Rob Ellis reads:" in shown.stdout
    assert all(len(line) <= 100 for line in shown.stdout.splitlines() if "│" in line)
    lines = CliRunner().invoke(app, ["demo", "--json"]).stdout.splitlines()
    assert {"at", "what", "reader", "letter", "statement"} == set(json.loads(lines[0]))


def test_the_command_ends_when_its_reader_goes_away() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "cases", "demo"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline()
        started.stdout.close()
        started.wait(timeout=60)


async def test_the_record_of_the_walk_can_be_verified_to_its_end(tmp_path: Path) -> None:
    async for _ in Walk(tmp_path).scenes():
        pass
    async with open_record(tmp_path, FrozenClock()) as record:
        found = await record.reader.read(lambda db: verify(db, record.ledger, record.keys, tmp_path))
        assert found.broken is None
        (case,) = [case async for case in record.cases.all()]
        kinds = {type(one.what).__name__ for one in case.history}
    assert {"DecisionProposed", "SanctionStepped", "TaskGiven", "SanctionRenewed", "ContentRestored"} <= kinds
