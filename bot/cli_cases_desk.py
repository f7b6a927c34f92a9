"""The desk at which officers work on cases from the shell: who they are, what they may, and the record beneath."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.case_deadlines import access_to, calendar_of, holders_of, newest_record
from bot.cli_folders import (
    cannot,
    casework_settings,
    key_folder,
    record_folder,
    register_named,
    setting,
    stop,
)
from bot.clock import SystemClock
from bot.evidence.errors import EvidenceError
from bot.policy_files import policy_in_force
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.store import Store, open_beside
from handlers.casework.access import Access
from handlers.casework.deadlines import PostHolders
from handlers.casework.intake import IntakeDeps
from handlers.casework.ports import CaseChanged
from handlers.casework.steady import NeverBefore
from handlers.casework.steps import StepDeps, Steps
from handlers.errors import EvidenceUnavailable, UnknownIncident
from handlers.ports import Clock, Notice
from policies.casework.calendars import Calendar
from policies.casework.case import Case, NotAllowed
from policies.casework.clocks import ClockRules, Running, clocks
from policies.casework.people import Account, By, CaseId, PersonId
from policies.casework.register import PeopleRegister
from policies.casework.words import Delivery, Office
from policies.identifiers import ChannelId, CommunityId, MemberId, MessageId, MessageRef, PlatformName
from policies.problems import PolicyError
from policies.rules import Policy

Who = Annotated[str, typer.Option("--by", help="Which officer you are; your account's name unless you say otherwise.")]
As = Annotated[
    Office | None,
    typer.Option("--as", help="In which office you act; else the one you hold in the case, or your only one."),
]
Seen = Annotated[
    int | None,
    typer.Option("--version", min=1, help="The version you saw: refused if something happened since."),
]
Which = Annotated[str, typer.Argument(metavar="CASE", help="The case's id, such as C-2026-000042.")]

_ACCOUNT = re.compile(r"(discord|slack)/([^/\s]+)/([^/\s]+)")
_MESSAGE = re.compile(r"(discord|slack)/([^/\s]+)/([^/\s]+)/([^/\s]+)")


@dataclass(frozen=True, slots=True)
class Desk:
    """An officer in an office, and what they work with."""

    by: By
    store: Store
    access: Access
    steps: Steps
    intake: IntakeDeps
    calendar: Calendar
    policy: Policy
    holders: PostHolders
    deps: StepDeps
    said: bool
    """Whether they said in which office they act."""

    def within(self, case: Case) -> By:
        """Give who acts, where they did not say otherwise in the office that they hold in a case."""
        held = None if self.said else office_in(case, self.by.officer)
        return self.by if held is None else By(held, self.by.officer)

    @property
    def rules(self) -> ClockRules:
        """Give the deadlines of the policy in force."""
        return self.policy.clocks

    def running(self, case: Case) -> tuple[Running, ...]:
        """Give the clocks of a case."""
        return clocks(case, self.rules, self.calendar)

    async def person(self, account: Account | None) -> PersonId | None:
        """Give the opaque name of whoever is behind an account."""
        return None if account is None else await self.store.cases.person(account)


class OnScreen:
    """Says alarms to whoever gave the command, as there is nobody else here to say them to."""

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        """Say who has to be told what."""
        typer.echo(f"TELL {holder}: {notice.title}. {' '.join(notice.paragraphs)}", err=True)
        return Delivery.SHOWN_INSTEAD


@asynccontextmanager
async def desk(
    by: str, office: Office | None, data: Path | None, keys: Path | None, case: str = ""
) -> AsyncIterator[Desk]:
    """Open the record beside a running bot for an officer of the register.

    Who does not say in which office they act does so in the one that they hold in the case, if they hold one.
    """
    register, settings = _register(), casework_settings()
    clock: Clock = SystemClock()
    name = by or getuser()
    if not case or office is not None:
        officer(name, office, register)  # Whoever may not act is told so before the record is looked for.
    holders = holders_of(settings)
    async with open_beside(record_folder(data), clock, key_folder(data, keys)) as store:
        acting = officer(name, office or await _held_in(case, name, register, store), register)
        clock = NeverBefore(clock, await newest_record(store))
        access = access_to(store, settings, register, OnScreen(), clock=clock)
        policy = await _policy(store)
        await access.link_accounts()
        shielded = (await access.register()).shielded
        steps = StepDeps(cases=store.cases, access=access, clock=clock, incidents=store.incidents, protected=shielded)
        yield Desk(
            by=acting,
            store=store,
            access=access,
            steps=Steps(steps),
            intake=IntakeDeps(cases=store.cases, clock=clock),
            calendar=calendar_of(settings.nation),
            policy=policy,
            holders=holders,
            deps=steps,
            said=office is not None,
        )


def office_in(case: Case, officer: str) -> Office | None:
    """Give the office that an officer holds in a case."""
    return next((held for held, _ in case.officers if case.in_office(held) == officer), None)


async def _held_in(case: str, name: str, register: PeopleRegister, store: Store) -> Office | None:
    """Give the office that somebody holds in a case, which for a reviewer is often none of the register's."""
    known = register.officer_at_shell(name)
    found = await store.cases.get(case_id(case)) if case and known is not None else None
    return None if found is None or known is None else office_in(found, known.id)


def officer(name: str, office: Office | None, register: PeopleRegister) -> By:
    """Give who acts, in which office; ends the command for whoever is not in the register."""
    found = register.officer_at_shell(name)
    if found is None:
        stop(
            f"{name} is none of the officers of the register (casework.people). Say who you are with --by, or have"
            " yourself added with an office.",
            2,
        )
    held = sorted(one.value for one in found.offices)
    if office is None and len(held) > 1:
        stop(f"{name} holds several offices. Say in which you act, such as --as {held[0]}.", 2)
    if office is not None and office.value not in held and not (found.external and Office.REVIEWER in found.offices):
        stop(f"{name} is not {office.value}. The register says: {', '.join(held)}.", 2)
    return By(office or Office(held[0]), found.id)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; what can go wrong ends it with a sentence."""
    try:
        asyncio.run(work)
    except (NotAllowed, CaseChanged) as error:
        stop(str(error), 1)
    except (StoreUnusable, EvidenceUnavailable, EvidenceError, UnknownIncident, PolicyError) as error:
        stop(str(error), 2)
    except OSError as error:
        stop(cannot(error), 2)


def case_id(written: str) -> CaseId:
    """Read a case's id as people write it."""
    return CaseId(written.strip().upper())


def account(written: str) -> Account:
    """Read an account: discord/SERVER/MEMBER or slack/TEAM/MEMBER."""
    read = _ACCOUNT.fullmatch(written.strip())
    if read is None:
        raise typer.BadParameter("Write an account as discord/SERVER/MEMBER or slack/TEAM/MEMBER, each part an id.")
    return Account(platform=PlatformName(read[1]), community=CommunityId(read[2]), member=MemberId(read[3]))


def message(written: str) -> MessageRef:
    """Read where a message stands: discord/SERVER/CHANNEL/MESSAGE or slack/TEAM/CHANNEL/MESSAGE."""
    read = _MESSAGE.fullmatch(written.strip())
    if read is None:
        raise typer.BadParameter(
            "Write a message as discord/SERVER/CHANNEL/MESSAGE or slack/TEAM/CHANNEL/MESSAGE, each part an id."
        )
    return MessageRef(PlatformName(read[1]), CommunityId(read[2]), ChannelId(read[3]), MessageId(read[4]))


def say(case: Case) -> None:
    """Say how a case stands after a step."""
    typer.echo(f"Recorded. {case.id} is {case.state.value}, {case.severity.value}, at version {case.version}.")


async def _policy(store: Store) -> Policy:
    named = setting("policy")
    try:
        return await policy_in_force(store, Path(named) if named else None)
    except PolicyError as error:
        stop(str(error), 2)


def _register() -> PeopleRegister:
    register = register_named()
    if register is None or not register.officers:
        stop(
            "The settings name no register of officers (casework.people), so nobody works on cases. docs/casework.md"
            " shows what one looks like.",
            2,
        )
    return register
