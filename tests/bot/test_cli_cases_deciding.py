"""`hustings cases decide` and what follows: two people for a ban, an appeal heard by another, nobody named."""

import asyncio
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_cases import app
from bot.clock import SystemClock
from bot.store.sqlite.store import open_store
from tests.fakes.clock import FrozenClock

REGISTER = """
officers:
  - {id: ida, name: Ida, offices: [intake]}
  - {id: ivo, name: Ivo, offices: [investigator]}
  - {id: dora, name: Dora, offices: [decider]}
  - {id: alba, name: Alba, offices: [appeal]}
  - {id: rita, name: Rita, offices: [reviewer], external: yes}
"""
YEAR = SystemClock().now().year
ONE = f"C-{YEAR}-000001"
SUBJECT = "discord/100/200"
REPORTER = "discord/100/quillfeather"
DECIDE = ("decide", ONE, "upheld", "--rule", "threat-of-violence", "--by", "dora")
PERSON = re.compile(r"P-[0-9a-f]{16}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder in which a case waits to be decided."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.yaml").write_text(REGISTER, "utf-8")
    (tmp_path / "hustings.yaml").write_text("data: data\ncasework:\n  people: people.yaml\n", "utf-8")

    async def fill() -> None:
        async with open_store(tmp_path / "data", FrozenClock()):
            pass

    asyncio.run(fill())
    run(
        "report", "outside", "he threatened somebody", "--what", "an email", "--obtained-how", "it was forwarded",
        "--reporter", REPORTER, "--anonymous", "--by", "ida",
    )  # fmt: skip
    for step in (
        ("name", ONE, "subject", SUBJECT, "--by", "ida"),
        ("acknowledge", ONE, "--by", "ida"),
        ("triage", ONE, "high", "--by", "ida"),
        ("assign", ONE, "investigator", "ivo", "--by", "ida"),
        ("assign", ONE, "decider", "dora", "--by", "ida"),
        ("assign", ONE, "appeal", "alba", "--by", "ida"),
        ("investigate", ONE, "--by", "ivo"),
    ):
        run(*step)
    return tmp_path


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == status, result.output
    assert not PERSON.search(result.output), result.output
    return result


@pytest.mark.usefixtures("folder")
def test_a_ban_takes_a_second_person_and_an_appeal_a_third() -> None:
    ban = ("--sanction", "ban", "--departure", "He said where somebody lives.")
    asked = run(*DECIDE, *ban, "--reasons", "You threatened somebody.")
    assert "not decided yet: it takes a second person (ban)" in asked.stdout
    refused = run("approve", ONE, "--words", "yes", "--by", "ida", status=1)
    assert "That is not for the office" in refused.stderr
    done = run("approve", ONE, "--words", "I agree.", "--by", "rita")
    assert done.stdout.startswith(f"Recorded. {ONE} is decided")
    assert "The running bot tells everybody, and acts, within a minute." in done.stdout
    shown = run("sanctions", ONE, "--by", "dora").stdout
    assert shown == "A ban without an end date on subject 1: to be imposed\n"
    run("appeal", ONE, "I never wrote it.", "--of", SUBJECT, "--by", "ida")
    own = run("decide-appeal", ONE, "stands", "--reasons", "No.", "--by", "dora", status=1)
    assert "Somebody else has to hear the appeal" in own.stderr
    heard = run("decide-appeal", ONE, "reversed", "--reasons", "The address was forged.", "--by", "alba")
    assert "is appeal-decided" in heard.stdout
    assert run("sanctions", ONE, "--by", "alba").stdout == "A ban without an end date on subject 1: ended\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--sanction", "mute", "--reasons", "x"), "--sanction: 'mute' is no sanction"),
        (("--sanction", "removal", "--reasons", "x"), "write down why this case departs from it"),
        (("--reasons", "quillfeather told us.", "--sanction", "warning", "--departure", "y"), "name a member"),
        (("--sanction", "warning", "--departure", "y", "--reasons", "x", "--rule", "no-such"), "has no rule 'no-such'"),
        (("--sanction", "warning", "--departure", "y", "--reasons", " "), "needs reasons in words"),
        (
            ("--sanction", "warning", "--on", "discord/100/999", "--departure", "y", "--reasons", "x"),
            "Only those whom",
        ),
        (
            ("--sanction", "warning", "--departure", "y", "--reasons", "x", "--happened", f"{YEAR + 1}-01-01"),
            "has happened already",
        ),
    ],
)
def test_what_cannot_be_decided_is_refused_with_a_sentence(more: tuple[str, ...], says: str) -> None:
    assert says in run(*DECIDE, *more, status=1).stderr


@pytest.mark.usefixtures("folder")
def test_a_policy_that_came_later_judges_nothing_that_came_before_it() -> None:
    rules = Path("rules")
    rules.mkdir()
    Path("hustings.yaml").write_text(
        "data: data\npolicy: ours.yaml\ncasework:\n  people: people.yaml\n  policies: rules\n", "utf-8"
    )
    policy = Path(__file__).parents[2] / "policies" / "house" / "party.yaml"
    Path("ours.yaml").write_bytes(policy.read_bytes())
    more = ("--sanction", "warning", "--departure", "y", "--reasons", "x")
    assert "the policy in force is not in this folder" in run(*DECIDE, *more, status=2).stderr
    (rules / "last.yaml").write_bytes(policy.read_bytes())
    assert "name it by the date" in run(*DECIDE, *more, status=2).stderr
    (rules / "last.yaml").rename(rules / "2026-05-01.yaml")
    before = run(*DECIDE, *more, "--happened", "2026-04-30", status=1)
    assert "Nobody is judged by rules that came later" in before.stderr
    run(*DECIDE, *more, "--happened", "2026-05-02")


def test_letters_are_checked_with_every_mistake(tmp_path: Path) -> None:
    ours = tmp_path / "ours.yaml"
    shipped = Path(__file__).parents[2] / "policies" / "house" / "letters.yaml"
    ours.write_bytes(shipped.read_bytes())
    assert "has every letter" in run("letters", str(ours)).stdout
    ours.write_text(shipped.read_text("utf-8").replace("{redress}", "{reporter}"), "utf-8")
    assert "knows no {reporter}" in run("letters", str(ours), status=1).stderr


@pytest.mark.usefixtures("folder")
def test_triage_says_what_a_case_is() -> None:
    run("triage", ONE, "high", "--category", "harassment", "--category", "threat", "--by", "ida")
    assert "category   harassment, threat\n" in CliRunner().invoke(app, ["show", ONE, "--by", "ida"]).stdout
    run("triage", ONE, "critical", "--by", "ida")
    shown = json.loads(CliRunner().invoke(app, ["show", ONE, "--json", "--by", "ida"]).stdout)
    assert (shown["severity"], shown["categories"]) == ("critical", ["harassment", "threat"])


@pytest.mark.usefixtures("folder")
def test_somebody_from_outside_who_is_given_an_office_acts_in_it_without_saying_so() -> None:
    run("stand-aside", ONE, "same-branch", "--by", "ivo")
    assert "rita is now investigator" in run("assign", ONE, "investigator", "--by", "ida").stdout
    assert ONE in run("list", "--by", "rita").stdout
    run("finding", ONE, "he wrote it", "--by", "rita")
    asked = run(*DECIDE, "--sanction", "ban", "--departure", "He said where.", "--reasons", "You threatened somebody.")
    assert "not decided yet" in asked.stdout
    assert "is decided" in run("approve", ONE, "--words", "I agree.", "--by", "rita").stdout
    assert "not yours to see" in run("show", ONE, "--by", "rita", "--as", "reviewer", status=1).stderr


@pytest.mark.usefixtures("folder")
def test_a_page_says_what_happened_in_words() -> None:
    run(*DECIDE, "--sanction", "ban", "--departure", "He said where.", "--reasons", "You threatened somebody.")
    shown = PERSON.sub("", CliRunner().invoke(app, ["show", ONE, "--by", "dora"]).output)
    assert "approval asked  dora (decider)" in shown
    assert re.search(r"\b[A-Z][a-z]+[A-Z]\w+", shown) is None


@pytest.mark.usefixtures("folder")
def test_what_has_expired_is_not_agreed_to_by_setting_the_clock_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def at(moment: datetime) -> None:
        monkeypatch.setattr("bot.cli_cases_desk.SystemClock", lambda: FrozenClock(moment))

    now = SystemClock().now()
    run(*DECIDE, "--sanction", "ban", "--departure", "It goes on.", "--reasons", "You threatened somebody.")
    at(now + timedelta(days=8))
    run("note", ONE, "Nobody has agreed for a week.", "--by", "ivo")
    at(now)
    refused = run("approve", ONE, "--words", "I agree.", "--by", "rita", status=1)
    assert "has expired" in refused.stderr
