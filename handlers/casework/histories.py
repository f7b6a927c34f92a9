"""What is on record of one person, over years and all their accounts, for those who work on a case of theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from handlers.alerts import masked
from handlers.casework.access import Access
from handlers.casework.ports import Cases
from handlers.ports import IncidentFilter, Incidents
from policies.casework.case import Case, NotAllowed
from policies.casework.people import Account, By, CaseId, PersonId
from policies.casework.recusal import KEPT_OUT
from policies.casework.seen import as_seen
from policies.casework.words import CaseKind, CaseState, Office, Part
from policies.findings import Category
from policies.identifiers import CommunityId, IncidentId, MemberId, MessageRef, PlatformName
from policies.incidents import Incident, IncidentState

_SHOWN = (Part.SUBJECT, Part.TARGET, Part.WITNESS)
"""Whoever reported has that in nobody's history: it would tell the next officer who complains."""

_OVER_ALL = (Office.ADMIN, Office.AUDITOR)


class Views(Protocol):
    """The record of who read which incidents."""

    async def note_views(self, incidents: Sequence[IncidentId], by: By) -> None:
        """Record that somebody is about to read; only when this returned may they be shown anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """A case in which somebody had a part."""

    at: datetime
    case: CaseId
    kind: CaseKind
    state: CaseState
    parts: tuple[Part, ...]
    categories: tuple[Category, ...]
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEntry:
    """A message that somebody wrote, or that was aimed at them; its words are masked."""

    at: datetime
    incident: IncidentId
    platform: PlatformName
    wrote: bool
    state: IncidentState
    categories: tuple[Category, ...]
    masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is on record of one person, oldest first; `accounts` counts those that are known, by platform."""

    person: PersonId
    accounts: Mapping[PlatformName, int]
    entries: tuple[CaseEntry | IncidentEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryDeps:
    """What histories are read from. `registered` gives everybody in the register by each id they go by."""

    cases: Cases
    incidents: Incidents
    access: Access
    views: Views
    registered: Mapping[MemberId, Account] = field(default_factory=dict)


async def histories_of(case: CaseId, by: By, deps: HistoryDeps) -> tuple[History, ...]:
    """Give the histories of those a case is about, and of those it was done to; the look at the case is on record."""
    seen = await deps.access.view(case, by)
    people = dict.fromkeys((*seen.with_part(Part.SUBJECT), *seen.with_part(Part.TARGET)))
    return tuple([await history_of(person, by, deps) for person in people])


async def history_of(person: PersonId, by: By, deps: HistoryDeps) -> History:
    """Give somebody's history to an officer who may see a case of theirs; every look is on record before it returns.

    Cases in which the officer has a stake are left out without a word. Raises `NotAllowed` where no case of that
    person is the officer's to see, and says the same where there is none.
    """
    own = (await deps.access.register()).people.get(by.officer)
    theirs = [(one, _parts(one, person, by)) for one in await deps.cases.of_person(person)]
    cases = [(one, parts) for one, parts in theirs if parts]
    may = [one for one, _ in cases if await deps.access.may_view(one, by)]
    if own == person or not (may or by.office in _OVER_ALL):
        raise NotAllowed(f"The history of {person} is not yours to see. {KEPT_OUT}")
    clean = [(one, parts) for one, parts in cases if not await _has_stake(one, by, deps)]
    accounts = await deps.cases.accounts(person)
    found = await _incidents(frozenset(_plain(account) for account in accounts), deps)
    for one, _ in clean:
        await deps.cases.note_view(one.id, by)
    await deps.views.note_views([incident.id for incident, _ in found], by)
    entries: list[CaseEntry | IncidentEntry] = [_case_entry(one, parts) for one, parts in clean]
    entries += [_incident_entry(incident, wrote=wrote) for incident, wrote in found]
    platforms = [account.platform for account in accounts]
    return History(
        person=person,
        accounts={platform: platforms.count(platform) for platform in dict.fromkeys(platforms)},
        entries=tuple(sorted(entries, key=lambda entry: entry.at)),
    )


async def _has_stake(case: Case, by: By, deps: HistoryDeps) -> bool:
    officer = (await deps.access.register()).officer(by.officer)
    return officer is None or bool(await deps.access.stakes(officer, case))


async def _incidents(accounts: frozenset[Account], deps: HistoryDeps) -> list[tuple[Incident, bool]]:
    """Give the messages that were written from these accounts (true) or aimed at them, newest first.

    The whole record is read through: what a message is aimed at is sealed, and is no index.
    """
    found: list[tuple[Incident, bool]] = []
    async for incident in deps.incidents.find(IncidentFilter()):
        event = incident.event
        if _account(event.ref, event.author.id, deps) in accounts:
            found.append((incident, True))
        elif any(_account(event.ref, MemberId(one), deps) in accounts for one in incident.assessment.context.aimed_at):
            found.append((incident, False))
    return found


def _account(ref: MessageRef, member: MemberId, deps: HistoryDeps) -> Account:
    known = deps.registered.get(member)
    return _plain(known or Account(platform=ref.platform, community=ref.community, member=member))


def _plain(account: Account) -> Account:
    """Give an account as it is on every Discord server."""
    if account.platform is not PlatformName.DISCORD:
        return account
    return Account(platform=account.platform, community=CommunityId(""), member=account.member)


def _parts(case: Case, person: PersonId, by: By) -> tuple[Part, ...]:
    seen = as_seen(case, by.office or Office.OPERATOR)
    return tuple(part for part in _SHOWN if person in seen.with_part(part))


def _case_entry(case: Case, parts: tuple[Part, ...]) -> CaseEntry:
    return CaseEntry(
        at=case.opened_at,
        case=case.id,
        kind=case.kind,
        state=case.state,
        parts=parts,
        categories=case.categories,
        verdict="" if case.decision is None else case.decision.verdict.value.removeprefix("case-"),
    )


def _incident_entry(incident: Incident, *, wrote: bool) -> IncidentEntry:
    return IncidentEntry(
        at=incident.recorded_at,
        incident=incident.id,
        platform=incident.event.ref.platform,
        wrote=wrote,
        state=incident.state,
        categories=incident.decision.categories,
        masked=masked(incident.event.text, incident.assessment, most=120),
    )
