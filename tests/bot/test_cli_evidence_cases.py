"""`hustings evidence` about a case: by officers whom the register lets into it, in two offices, without a stake."""

import csv
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_evidence import app
from tests.bot import test_cli_cases_deciding as deciding
from tests.bot.test_cli_cases_deciding import ONE, REPORTER
from tests.bot.test_cli_cases_deciding import run as cases

folder = deciding.folder


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == status, result.output
    return result


ASK = ("pack", ONE, "--basis", "within-body")


@pytest.mark.usefixtures("folder")
def test_two_officers_of_a_case_make_its_pack() -> None:
    cases("note", ONE, "He called me twice.", "--by", "ivo")
    cases("note", ONE, "He said so on Friday.", "--by", "ivo")
    cases("note", ONE, "So says Ida.", "--by", "ivo")
    asked = run(*ASK, "--by", "ida").stdout
    assert f"Somebody else now runs: hustings evidence pack {ONE} --confirm --to FOLDER" in asked
    run("pack", ONE, "--confirm", "--to", "made", "--by", "ivo")
    with Path("made/data/timeline.csv").open(encoding="utf-8") as file:
        assert {row["incident"] for row in csv.DictReader(file)} == {ONE}
    page = Path("made/data/report.html").read_text("utf-8")
    assert "He called me twice." in page
    assert "He said so on Friday." in page
    assert "So says Ida." not in page
    member = REPORTER.rpartition("/")[2].encode()
    assert [path for path in Path("made").rglob("*") if path.is_file() and member in path.read_bytes()] == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("work", [ASK, ("subject", "discord:200")], ids=lambda work: work[0])
def test_who_may_not_act_is_told_so_in_a_sentence(work: tuple[str, ...]) -> None:
    refused = run(*work, "--by", "eve", status=2)
    assert refused.stderr.startswith("eve is none of the officers of the register")
    assert "ida is not decider." in run(*work, "--by", "ida:decider", status=2).stderr


@pytest.mark.usefixtures("folder")
def test_whom_the_register_keeps_out_of_a_case_packs_nothing_of_it() -> None:
    cases("stand-aside", ONE, "declared", "We are neighbours.", "--by", "ivo")
    assert "is not yours to see" in run(*ASK, "--by", "ivo", status=2).stderr
    run(*ASK, "--by", "ida")
    assert "is not yours to see" in run("pack", ONE, "--confirm", "--to", "made", "--by", "ivo", status=2).stderr
    assert "not for the office" in run("pack", ONE, "--confirm", "--to", "made", "--by", "alba", status=2).stderr
    assert not Path("made").exists()


def test_an_auditor_reads_which_legal_holds_there_are_and_changes_none(folder: Path) -> None:
    run("hold", "request", ONE, "--by", "ida")
    run("hold", "place", ONE, "--by", "ivo")
    with (folder / "people.yaml").open("a", encoding="utf-8") as register:
        register.write(
            "  - {id: dot, name: Dot, offices: [auditor]}\n  - {id: otto, name: Otto, offices: [operator]}\n"
        )
    assert f"{ONE}  held since" in run("hold", "list", "--by", "dot").stdout
    assert "an auditor reads" in run("hold", "lift", ONE, "--by", "dot", status=2).stderr
    assert "sees no holds" in run("hold", "list", "--by", "otto", status=2).stderr
    assert "sees no holds" in run("hold", "list", "--by", "eve", status=2).stderr


@pytest.mark.usefixtures("folder")
def test_an_erased_case_is_told_of_as_erased_by_list_and_show_and_the_record_verifies() -> None:
    run("hold", "request", ONE, "--by", "ida")
    run("hold", "place", ONE, "--by", "ivo")
    assert f"{ONE}  held since" in run("hold", "list", "--by", "ida").stdout
    assert "under a legal hold" in run("erase", ONE, "--by", "ida", status=2).stderr
    run("hold", "request-lift", ONE, "--by", "ivo")
    assert "has asked for this" in run("hold", "lift", ONE, "--by", "ivo", status=2).stderr
    assert "not for the office" in run("hold", "lift", ONE, "--by", "ida", status=2).stderr
    run("hold", "request-lift", ONE, "--by", "ida")
    run("hold", "lift", ONE, "--by", "ivo")
    assert "not for the office" in run("erase", ONE, "--confirm", "--by", "ida", status=2).stderr
    run("erase", ONE, "--reason", "by-order", "--by", "ida")
    assert f"{ONE} is erased" in run("erase", ONE, "--confirm", "--by", "ivo").stdout
    assert f"{ONE}  Erased on " in cases("list", "--by", "ida").stdout
    assert "by order" in cases("list", "--json", "--by", "ida").stdout
    shown = cases("show", ONE, "--by", "ida", status=1).stderr
    assert re.fullmatch(rf"{ONE}: Erased on \d{{4}}-\d\d-\d\d by order \(record \d+\)\. Nobody can .*\n", shown)
    assert "all as they were written" in run("verify").stdout


@pytest.mark.usefixtures("folder")
def test_a_case_is_erased_with_its_incidents_when_both_people_say_so() -> None:
    assert "I-2026-000009 is none" in run("erase", "i-2026-000009", "--with-incidents", "--by", "ida", status=2).stderr
    asked = run("erase", ONE, "--with-incidents", "--by", "ida").stdout
    assert f"Somebody else now runs: hustings evidence erase {ONE} --with-incidents --confirm" in asked
    assert "--with-incidents" in run("erase", ONE, "--confirm", "--by", "ivo", status=2).stderr
    assert f"{ONE} is erased" in run("erase", ONE, "--with-incidents", "--confirm", "--by", "ivo").stdout
    assert "all as they were written" in run("verify").stdout
