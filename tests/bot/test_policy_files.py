"""A running instance takes up another policy once two officers agreed to exactly that file, and not before."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.app import App, opened
from bot.cli import app as hustings
from bot.cli_policy_adoption import _difference
from bot.clock import SystemClock
from bot.incident_rows import printable
from bot.policy_files import TakingUp, policy_file
from bot.settings import load_settings
from handlers.casework.adopting import Adopting
from handlers.policies_in_force import InForce
from policies.casework.adoption import PolicyAdopted
from policies.casework.people import THE_BOT
from policies.decisions import PolicyVersion
from policies.problems import PolicyError
from tests.bot.live import TOKENS
from tests.fakes.adoptions import MemoryAdoptions
from tests.fakes.cases import MemoryCases
from tests.fakes.clock import FrozenClock

REGISTER = """
officers:
  - {id: dora, name: Dora, offices: [decider]}
  - {id: rita, name: Rita, offices: [reviewer], external: yes}
"""
SETTINGS = """
data: data
policy: party.yaml
scorer: none
slack: {alert_channel: C0123ABCD, moderators: [U3MODERATOR]}
"""
POLICY = """\
policy: Branch channels
version: {version}
rules:
  - {{id: any-finding, clause: "1 Be civil.", when: findings.size() > 0, then: [alert]}}
"""
FILE = Path("party.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with settings, a first policy and two officers."""
    monkeypatch.chdir(tmp_path)
    Path("people.yaml").write_text(REGISTER, "utf-8")
    Path("hustings.yaml").write_text(f"{SETTINGS}casework: {{people: people.yaml}}\n", "utf-8")
    FILE.write_text(POLICY.format(version=1), "utf-8")


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(hustings, ["policy", *arguments])
    assert result.exit_code == status, result.output
    return result


def with_bot(work: Callable[[App], Awaitable[None]]) -> None:
    """Do something while an instance is put together over the record."""

    async def live() -> None:
        async with opened(load_settings(Path("hustings.yaml"), TOKENS), SystemClock()) as app:
            await work(app)

    asyncio.run(live())


def version_at_start() -> int:
    """Start the bot and give the version of the policy that it starts with."""
    found: list[int] = []

    async def look(app: App) -> None:
        found.append(app.deps.policy.version)

    with_bot(look)
    return found[0]


def test_a_changed_file_waits_for_two_officers_over_reloads_and_restarts() -> None:
    assert version_at_start() == 1
    FILE.write_text(POLICY.format(version=2), "utf-8")

    async def reload(app: App) -> None:
        assert app.deps.policy.version == 1
        (problem,) = await app.reload_policy()
        assert str(problem).startswith("party.yaml: Branch channels, version 2 (fingerprint ")
        assert "a change of the policy takes two people" in str(problem)
        assert "hustings policy propose" in str(problem)
        assert app.deps.policy.version == 1

    with structlog.testing.capture_logs() as said:
        with_bot(reload)
    assert [line["event"] for line in said if line["log_level"] == "error"] == ["policy.waits", "policy.waits"]
    shown = run("propose", "--words", "members asked", "--by", "dora").stdout
    assert "-version: 1\n+version: 2\n" in shown
    assert "hustings policy approve --words WHY" in shown
    assert version_at_start() == 1
    assert "is the person who proposed this" in run("approve", "--words", "yes", "--by", "dora", status=1).stderr
    assert "waits for a second person until" in run("status").stdout
    assert "on SIGHUP" in run("approve", "--words", "I read it", "--by", "rita").stdout

    async def taken_up(app: App) -> None:
        assert app.deps.policy.version == 2  # at the start; and the next file waits again
        FILE.write_text(POLICY.format(version=3), "utf-8")
        assert len(await app.reload_policy()) == 1
        assert app.deps.policy.version == 2

    with_bot(taken_up)


def test_a_reload_takes_up_what_was_agreed_to_while_the_bot_runs() -> None:
    async def live(app: App) -> None:
        FILE.write_text(POLICY.format(version=2), "utf-8")
        for who in (("propose", "--by", "dora"), ("approve", "--by", "rita")):
            await asyncio.to_thread(run, *who, "--words", "members asked")
        assert app.deps.policy.version == 1
        assert await app.reload_policy() == ()
        assert app.deps.policy.version == 2

    with_bot(live)
    assert "In force since" in run("status").stdout
    assert "is this one." in run("status").stdout


def test_without_a_register_a_changed_file_is_taken_up_by_one_person_and_is_on_record() -> None:
    Path("hustings.yaml").write_text(SETTINGS, "utf-8")
    assert version_at_start() == 1
    FILE.write_text(POLICY.format(version=2), "utf-8")
    assert "The file (party.yaml) is another" in run("status").stdout
    assert version_at_start() == 2
    assert "version 2" in run("status").stdout
    assert "There is no register of officers" in run("propose", "--words", "x", "--by", "dora", status=2).stderr


def test_what_officers_do_at_the_shell_goes_by_the_policy_in_force_and_not_by_a_file_that_waits() -> None:
    Path("people.yaml").write_text(f"{REGISTER}  - {{id: ida, name: Ida, offices: [intake]}}\n", "utf-8")
    assert version_at_start() == 1
    opening = ("open", "--kind", "subject-access", "--person", "discord/1/2", "--words", "by letter", "--by", "ida")
    name = re.findall(r"C-\d+-\d+", CliRunner().invoke(hustings, ["cases", *opening]).output)[0]
    before = CliRunner().invoke(hustings, ["cases", "show", name, "--by", "ida"]).output
    FILE.write_text(POLICY.format(version=2) + "clocks: {acknowledge: 1h}\n", "utf-8")
    after = CliRunner().invoke(hustings, ["cases", "show", name, "--by", "ida"]).output
    assert "acknowledge" in before
    assert before == after
    run("propose", "--words", "members asked", "--by", "dora")
    run("approve", "--words", "I read it", "--by", "rita")
    assert version_at_start() == 2
    assert CliRunner().invoke(hustings, ["cases", "show", name, "--by", "ida"]).output != before


def test_a_refused_or_broken_file_is_told_and_changes_nothing() -> None:
    assert version_at_start() == 1
    FILE.write_text(POLICY.format(version=2), "utf-8")
    run("propose", "--words", "members asked", "--by", "dora")
    assert "It is refused." in run("approve", "--words", "too harsh", "--refuse", "--by", "rita").stdout
    assert "was refused: too harsh" in run("status").stdout
    assert version_at_start() == 1
    FILE.write_text("policy: x\n", "utf-8")
    assert "party.yaml" in run("propose", "--words", "x", "--by", "dora", status=1).stderr


async def test_with_a_full_disk_it_starts_with_the_policy_that_is_on_record_and_without_one_with_the_file() -> None:
    adoptions = MemoryAdoptions()
    deps = Adopting(adoptions=adoptions, cases=MemoryCases(), clock=FrozenClock())
    adoptions.full = True
    assert (await TakingUp(deps, FILE).first(policy_file(FILE))).version == 1
    adoptions.full = False
    assert (await TakingUp(deps, FILE).first(policy_file(FILE))).version == 1
    FILE.write_text(POLICY.format(version=2), "utf-8")
    adoptions.full = True
    assert (await TakingUp(deps, FILE).first(policy_file(FILE))).version == 1
    in_force = InForce(policy_file(FILE).policy)
    FILE.write_text(POLICY.format(version=3), "utf-8")
    (problem,) = await TakingUp(deps, FILE).next(policy_file(FILE), in_force)
    assert "is not taken up, as that could not be put on record" in str(problem)
    assert in_force.policy.version == 2


async def test_a_policy_on_record_that_this_version_cannot_read_any_more_keeps_the_bot_from_starting() -> None:
    adoptions = MemoryAdoptions()
    old = PolicyVersion(name="Branch channels", version=1, sha256="11" * 32)
    await adoptions.keep(THE_BOT, PolicyAdopted(policy=old), b"policy: Branch channels\nrulez: 7\n")
    adoptions.full = True
    deps = Adopting(adoptions=adoptions, cases=MemoryCases(), clock=FrozenClock())
    with pytest.raises(PolicyError, match="Nor can this version use the policy that is in force"):
        await TakingUp(deps, FILE).first(policy_file(FILE))


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\u2028"])
def test_two_files_whose_lines_end_in_other_ways_are_shown_to_differ(ends: str) -> None:
    old, new = b"rules:\n  - one\n", f"rules:{ends}  - one{ends}".encode()
    shown = [printable(line) for line in _difference(old, new, "before", "after")]
    assert any(line.startswith("+") and f"\u27e6U+{ord(ends[0]):04X}\u27e7" in line for line in shown)
