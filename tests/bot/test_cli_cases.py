"""`hustings cases`: a case walked at the shell by its officers, masked, recorded, and silent about who reported."""

import asyncio
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_cases import app
from bot.clock import SystemClock
from bot.evidence.words import Kind
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.store import open_record, open_store
from bot.store.sqlite.verify import verify
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

REGISTER = """
officers:
  - {id: ida, name: Ida, offices: [intake], logins: [i.day]}
  - {id: ivo, name: Ivo, offices: [investigator]}
  - {id: dora, name: Dora, offices: [decider, appeal]}
  - {id: dot, name: Dot, offices: [auditor]}
  - {id: otto, name: Otto, offices: [operator]}
"""
ABUSE = "vermin"
"""A word that the lexicons mask where it is said to somebody."""

REPORTER = "discord/100/quillfeather"
PERSON = re.compile(r"P-[0-9a-f]{16}")
YEAR = SystemClock().now().year
ONE, TWO = f"C-{YEAR}-000001", f"C-{YEAR}-000002"
REPORT = f"R-{YEAR}-000001"
CODE = re.compile(r"(?:[A-Z]{4}-){3}[A-Z]{4}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with settings, a register of officers and a record with one incident."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.yaml").write_text(REGISTER, "utf-8")
    (tmp_path / "hustings.yaml").write_text("data: data\ncasework:\n  people: people.yaml\n", "utf-8")

    async def fill() -> None:
        async with open_store(tmp_path / "data", FrozenClock()) as store:
            await store.evidence.record(make.incident(1))

    asyncio.run(fill())
    return tmp_path


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == status, result.output
    return result


def outside(*more: str) -> Result:
    return run(
        "report", "outside", f"he wrote: you are {ABUSE}", "--what", "a leaflet", "--obtained-how", "through the door",
        "--reporter", REPORTER, "--anonymous", "--by", "ida", *more,
    )  # fmt: skip


def recorded(folder: Path) -> list[Kind]:
    async def read() -> list[Kind]:
        async with open_record(folder / "data", FrozenClock()) as record:
            return await record.reader.read(lambda db: [leaf.kind for leaf in leaves(db)])

    return asyncio.run(read())


def test_a_case_is_walked_from_its_report_to_what_was_found_and_names_no_reporter(folder: Path) -> None:
    (folder / "leaflet.bin").write_bytes(b"\x00 a leaflet")
    receipt = outside("--file", "leaflet.bin", "--text", f"you are {ABUSE}")
    (code,) = CODE.findall(receipt.stdout)
    said = [receipt, run("status", code.lower())]
    steps = (
        ("acknowledge", ONE, "--by", "i.day"),
        ("triage", ONE.lower(), "high", "--words", "a threat", "--by", "ida"),
        ("assign", ONE, "investigator", "ivo", "--by", "ida"),
        ("investigate", ONE, "--by", "ivo"),
        ("statement", ONE, "subject", "I was quoting", "--by", "ivo"),
        ("statement", ONE, "reporter", "they frightened me", "--person", REPORTER, "--by", "ivo"),
        ("finding", ONE, "no quotation", "--rests-on", REPORT, "--by", "ivo"),
        ("note", ONE, "rang the printer", "--by", "ivo"),
    )
    for step in steps:
        said.append(run(*step))
        assert said[-1].stdout.startswith(f"Recorded. {ONE} is ")
    for look in (("show", ONE), ("show", ONE, "--json"), ("list",), ("list", "--json")):
        said += [run(*look, "--by", "ivo"), run(*look, "--by", "dot")]
    said.append(run("show", ONE, "--unmask", "--by", "ivo"))
    for result in said:
        assert "quillfeather" not in result.output
        assert not PERSON.search(result.output)
    assert all(ABUSE not in result.output for result in said[:-1])
    assert ABUSE in said[-1].output
    run("file", REPORT, "1", "out.bin", "--by", "ivo")
    assert (folder / "out.bin").read_bytes() == b"\x00 a leaflet"
    assert stat.S_IMODE((folder / "out.bin").stat().st_mode) == 0o600
    assert recorded(folder).count(Kind.EVIDENCE_VIEWED) == 6, "every look at a case is on record, lists are none"

    async def check() -> None:
        async with open_record(folder / "data", FrozenClock()) as record:
            found = await record.reader.read(lambda db: verify(db, record.ledger, record.keys, folder / "data"))
            assert found.broken is None

    asyncio.run(check())


@pytest.mark.usefixtures("folder")
def test_json_is_the_case_and_its_history() -> None:
    outside()
    told = json.loads(run("show", ONE, "--json", "--by", "ida").stdout)
    assert [one["event"] for one in told["history"]] == ["CaseOpened", "ReportJoined", "PersonNamed"]
    assert told["people"] == [{"part": "reporter", "person": "withheld"}]
    (line,) = json.loads(run("list", "--json", "--open", "--by", "ida").stdout)
    assert (line["id"], line["reports"], line["next_deadline"]["clock"]) == (ONE, 1, "clock-acknowledge")


def test_a_look_that_is_refused_is_on_record_and_says_nothing(folder: Path) -> None:
    outside()
    for who, office in (("dora", "decider"), ("ivo", "investigator"), ("otto", "operator")):
        refused = run("show", ONE, "--by", who, "--as", office, status=1)
        missing = run("show", f"C-{YEAR}-000009", "--by", who, "--as", office, status=1)
        assert refused.stderr.replace("000001", "000009") == missing.stderr
        assert run("list", "--by", who, "--as", office).stdout == ""
        assert "not yours to see" in run("file", REPORT, "1", "x", "--by", who, "--as", office, status=1).stderr
    assert recorded(folder).count(Kind.VIEW_REFUSED) == 3
    assert Kind.EVIDENCE_VIEWED not in recorded(folder)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("list", "--by", "eve"), 2, "none of the officers"),
        (("list", "--by", "dora"), 2, "several offices"),
        (("list", "--by", "ivo", "--as", "intake"), 2, "ivo is not intake"),
        (("report", "person", "look", "--by", "ivo"), 1, "takes no reports in"),
        (("report", "person", "look", "--by", "ida"), 1, "names the person"),
        (("report", "outside", "look", "--by", "ida"), 1, "where it comes from"),
        (("report", "detection", "look", "--by", "ida"), 2, "comes in by itself"),
        (("report", "person", "look", "--person", "bob", "--by", "ida"), 2, "discord/SERVER/MEMBER"),
        (("report", "outside", "look", "--what", "x", "--file", "gone.pdf", "--by", "ida"), 2, "gone.pdf: No such"),
        (("open", "I-2026-000009", "--by", "ida"), 1, "no incident"),
        (("status", "ABCD"), 1, "No report has this code"),
        (("link", ONE, REPORT, "--by", "ida"), 2, "neither an incident"),
        (("note", "C-2026-000009", "hello", "--by", "ida"), 1, "not yours to see"),
    ],
)
def test_what_cannot_be_done_ends_with_a_sentence(arguments: tuple[str, ...], status: int, says: str) -> None:
    assert says in " ".join(run(*arguments, status=status).stderr.split())


def test_without_a_register_nobody_works_on_cases(folder: Path) -> None:
    (folder / "hustings.yaml").write_text("data: data\n", "utf-8")
    assert "docs/casework.md" in run("list", "--by", "ida", status=2).stderr


@pytest.mark.usefixtures("folder")
def test_an_officer_opens_a_case_of_an_incident_once_and_links_names_and_stands_aside() -> None:
    assert ONE in run("open", "i-2026-000001", "--by", "ida").stdout
    assert ONE in run("open", "I-2026-000001", "--by", "ida").stdout
    outside()
    run("link", TWO, "I-2026-000001", "--by", "ida")
    run("link", TWO, ONE, "the same author", "--by", "ida")
    run("name", TWO, "target", "discord/100/mair", "--by", "ida")
    both = run("same", TWO, "discord/100/mair", "slack/T1/U1", "--by", "ida")
    assert "Both are one person" in both.stderr
    assert "case" not in both.stderr, "how many cases somebody is in tells who reported"
    alike = {
        PERSON.sub("P", run("same", TWO, account, f"slack/T1/{other}", "--by", "ida").stderr)
        for account, other in ((REPORTER, "U2"), ("discord/100/nobody", "U3"))
    }
    assert len(alike) == 1, "whoever reported anonymously is told from others"
    run("contact", TWO, "wanted it over by May", "--who", "the agent", "--how", "a call", "--by", "ida")
    stale = run("acknowledge", TWO, "--version", "1", "--by", "ida", status=1)
    assert "Look at it again" in stale.stderr
    assert f"out of {TWO}" in run("stand-aside", TWO, "party-to-it", "--by", "ida").stdout
    run("acknowledge", TWO, "--by", "ida", status=1)
    assert "dora is now decider in it." in run("assign", ONE, "decider", "--by", "ida").stdout
    early = run("close", ONE, "matter-ended", "over", "--by", "dora", "--as", "decider", status=1)
    assert "cannot become closed" in early.stderr


def test_a_file_that_is_there_is_not_written_over(folder: Path) -> None:
    (folder / "leaflet.bin").write_bytes(b"a leaflet")
    outside("--file", "leaflet.bin")
    result = run("file", REPORT, "1", "leaflet.bin", "--by", "ida", status=2)
    assert "leaflet.bin" in result.stderr
    assert "no file 2" in run("file", REPORT, "2", "x", "--by", "ida", status=1).stderr


def test_a_persons_history_is_shown_to_the_officer_of_their_case_masked_and_on_record(folder: Path) -> None:
    run("report", "person", "he goes on", "--person", "discord/branch/ann", "--by", "ida")
    run("assign", ONE, "investigator", "ivo", "--by", "ida")
    before = recorded(folder).count(Kind.EVIDENCE_VIEWED)
    said = run("history", "discord/branch/ann", "--by", "ivo")
    assert f"{ONE}  subject" in said.stdout
    assert f"I-{NOON.year}-000001  wrote" in said.stdout
    assert recorded(folder).count(Kind.EVIDENCE_VIEWED) == before + 2
    (found,) = json.loads(run("history", ONE, "--json", "--by", "ivo").stdout)
    assert found["accounts"] == {"discord": 1}
    assert [entry.get("case") or entry["incident"] for entry in found["entries"]] == [f"I-{NOON.year}-000001", ONE]
    assert "not yours to see" in run("history", "discord/branch/ann", "--by", "otto", status=1).output


def test_whoever_reads_only_the_first_lines_of_a_page_is_told_of_no_pipe(folder: Path) -> None:
    outside()
    shown = (sys.executable, "-m", "bot", "cases", "show", ONE, "--by", "ida")
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(shown, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=here) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.close()
        said = ran.stderr.read()
    assert (said, ran.returncode) == (b"", 1)
