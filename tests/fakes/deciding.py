"""What appeals are taken with, over cases in memory, and a case that is decided already."""

from collections.abc import Mapping
from datetime import UTC, timedelta

from handlers.casework.access import Access, AccessDeps
from handlers.casework.deadlines import PostHolders
from handlers.casework.deciding import DecidingDeps
from handlers.casework.ports import Cases
from handlers.ports import Clock, Incidents, Platform
from policies.casework import events as e
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import Case
from policies.casework.letters import house_letters
from policies.casework.people import THE_BOT, Account, By, PersonId
from policies.casework.policy_book import PolicyBook
from policies.casework.register import PeopleRegister
from policies.casework.words import CaseKind, CaseReason, CaseState, Office, Part, Verdict
from policies.decisions import Severity
from policies.identifiers import IncidentId, PlatformName
from policies.rules import Policy
from tests.fakes.tribunal import HeardAlarms

DORA = By(Office.DECIDER, "dora")


class NothingRestored:
    """Brings nothing back, as nothing was hidden."""

    async def restore(self, incident: IncidentId, by: By, reason: str) -> str:
        """Say so."""
        return "Nothing was hidden."


def deciding_over(
    cases: Cases, clock: Clock, incidents: Incidents, platforms: Mapping[PlatformName, Platform], policy: Policy
) -> DecidingDeps:
    """Give what appeals are taken with."""
    alarms, register = HeardAlarms(), PeopleRegister()
    access = AccessDeps(cases=cases, alarms=alarms, clock=clock, register=register, holders=PostHolders())
    return DecidingDeps(
        cases=cases,
        access=Access(access),
        clock=clock,
        incidents=incidents,
        platforms=platforms,
        alarms=alarms,
        restoring=NothingRestored(),
        policies=PolicyBook.of(policy),
        letters=house_letters(),
        calendar=Calendar(Nation.ENGLAND, UTC),
        organisation="the branch",
    )


async def decided_case(cases: Cases, clock: Clock, subject: Account) -> tuple[Case, PersonId]:
    """Open a case about somebody in which nothing was found, an hour ago, and decide it now."""
    person, now = await cases.person(subject), clock.now()
    moves = [
        e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT),
        e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET),
        e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED),
    ]
    before: list[e.CaseEvent] = [
        e.CaseOpened(kind=CaseKind.CONDUCT, severity=Severity.MEDIUM),
        e.PersonNamed(person=person, part=Part.SUBJECT),
        *moves,
    ]
    history = [e.Happened(at=now - timedelta(hours=1), by=THE_BOT, what=what) for what in before]
    decision = e.CaseDecided(verdict=Verdict.NOT_PROVEN, reasons="Nobody else was there.")
    return await cases.open(*history, e.Happened(at=now, by=DORA, what=decision)), person
