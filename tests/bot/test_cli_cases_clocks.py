"""`hustings cases pause | resume | confirm | deadlines`: the clocks of cases at the shell."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_cases import app
from bot.clock import SystemClock
from bot.store.sqlite.store import open_store
from handlers.casework.deadlines import owed_alarms
from policies.casework import events as e
from policies.casework.people import THE_BOT, Account, CaseId
from policies.casework.words import CaseKind, Part
from policies.decisions import Severity
from policies.identifiers import CommunityId, MemberId, PlatformName

REGISTER = """
officers:
  - {id: ida, name: Ida, offices: [intake]}
  - {id: ivo, name: Ivo, offices: [investigator]}
  - {id: rhea, name: Rhea, offices: [reviewer], external: yes}
"""
NOW = SystemClock().now()
CASE = f"C-{(NOW - timedelta(days=60)).year}-000001"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with officers and a case that nobody touched for sixty days."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.yaml").write_text(REGISTER, "utf-8")
    (tmp_path / "hustings.yaml").write_text("data: data\ncasework:\n  people: people.yaml\n", "utf-8")

    async def fill() -> None:
        async with open_store(tmp_path / "data", SystemClock()) as store:
            opened = e.CaseOpened(kind=CaseKind.CONDUCT, severity=Severity.MEDIUM)
            await store.cases.open(e.Happened(at=NOW - timedelta(days=60), by=THE_BOT, what=opened))

    asyncio.run(fill())
    return tmp_path


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == status, result.output
    return result


def test_an_officer_reads_nothing_there_of_a_late_case_that_is_about_themself(folder: Path) -> None:
    own = REGISTER.replace(
        "offices: [intake]", "offices: [intake], accounts: [discord/100000000000000000/200000000000000000]"
    )
    (folder / "people.yaml").write_text(own, "utf-8")

    async def name_ida() -> None:
        async with open_store(folder / "data", SystemClock()) as store:
            ida = Account(
                platform=PlatformName.DISCORD,
                community=CommunityId("100000000000000000"),
                member=MemberId("200000000000000000"),
            )
            named = e.PersonNamed(person=await store.cases.person(ida), part=Part.SUBJECT)
            await store.cases.append(
                CaseId(CASE), e.Happened(at=SystemClock().now(), by=THE_BOT, what=named), version=1
            )

    asyncio.run(name_ida())
    assert CASE not in run("deadlines", "--by", "ida").output
    assert CASE in run("deadlines", "--by", "ivo").output


def until(days: int) -> str:
    return f"{NOW + timedelta(days=days):%Y-%m-%d}"


def test_what_is_late_is_put_on_record_once_and_told_to_whom_it_concerns(folder: Path) -> None:
    said = run("deadlines", "--by", "ida")
    assert said.output.count("1 case is open") == 1
    assert "1 case is open; the oldest has been waiting for 60 days." in said.output
    assert "New on record: 3 missed, 1 escalated, 0 closed" in said.output
    assert f"TELL independent-reviewer, leadership: {CASE} is escalated." in said.output
    assert "New on record: 0 missed, 0 escalated, 0 closed" in run("deadlines", "--by", "ida").output


def test_an_escalation_is_confirmed_once_by_somebody_who_may(folder: Path) -> None:
    run("deadlines", "--by", "ida")
    refused = run("confirm", CASE, "--by", "ivo", status=1)
    assert "not yours" in refused.output
    run("confirm", CASE, "by letter", "--by", "rhea")
    assert "no escalation that waits" in run("confirm", CASE, "--by", "rhea", status=1).output
    assert "nobody has confirmed" not in run("deadlines", "--by", "ida").output


def test_a_pause_has_words_an_end_and_a_limit(folder: Path) -> None:
    assert (
        "needs words" in run("pause", CASE, "awaiting-police", " ", "--until", until(5), "--by", "ida", status=1).output
    )
    run("pause", CASE, "awaiting-police", "They asked us to wait.", "--until", until(5), "--by", "ida")
    again = run("pause", CASE, "illness", "Ill.", "--until", until(9), "--by", "ida", status=1)
    assert "stand still already" in again.output
    run("resume", CASE, "--by", "ida")
    assert "are running" in run("resume", CASE, "--by", "ida", status=1).output
    long = run("pause", CASE, "illness", "Ill.", "--until", until(20), "--by", "ida", status=1)
    assert re.search(r"14 days in all, and \S+ has (?:14\.0|13\.9)", long.output)


def test_an_officer_who_looks_at_the_deadlines_keeps_no_alarm_from_the_post_holder(folder: Path) -> None:
    run("deadlines", "--by", "ivo")
    assert "TELL independent-reviewer, leadership" in run("deadlines", "--by", "ivo").output

    async def owed() -> int:
        async with open_store(folder / "data", SystemClock()) as store:
            return sum([len(owed_alarms(case)) async for case in store.cases.all()])

    assert asyncio.run(owed()) == 4
