"""What deciding is given, and what it looks up: who may, what was in force, who is who."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.casework.access import Access
from handlers.casework.ports import Alarms, Cases
from handlers.errors import PlatformUnavailable
from handlers.ports import Clock, IncidentFilter, Incidents, Platform
from policies.casework import events as e
from policies.casework.calendars import Calendar
from policies.casework.case import Case, NotAllowed
from policies.casework.giveaways import naming, repeating
from policies.casework.letters import Letters
from policies.casework.people import THE_BOT, Account, By, CaseId, PersonId
from policies.casework.policy_book import PolicyBook
from policies.casework.register import PeopleRegister
from policies.casework.words import Part
from policies.events import MessageEdited
from policies.identifiers import IncidentId, PlatformName
from policies.incidents import Incident
from policies.rules import Policy

LONGEST_TEXT = 8_000
"""The most characters of reasons, and of those for departing from the grid: both fit into one letter."""

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What embeds, overrides or isolates a direction; a language that is written from right to left needs none of them."""

_NAMES_ON_RECORD = 20
"""Of how many of somebody's messages the names are looked at that they went by then."""


class Restoring(Protocol):
    """Bringing back what was hidden; `handlers.casework.restoring` has the real one."""

    async def restore(self, incident: IncidentId, by: By, reason: str) -> str:
        """Take back what was done about an incident; gives a sentence that says how it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidingDeps:
    """The outside world as those who decide see it.

    `sanctioner` is who is asked to do by hand what no platform lets the bot do, `support` what targets are told
    about help. Without `connected` what was decided is only put on record: the running bot brings it about.
    """

    cases: Cases
    access: Access
    clock: Clock
    incidents: Incidents
    platforms: Mapping[PlatformName, Platform]
    alarms: Alarms
    restoring: Restoring
    policies: PolicyBook
    letters: Letters
    calendar: Calendar
    register: PeopleRegister = PeopleRegister()  # noqa: RUF009 - frozen, so that all may share it
    organisation: str = "the party"
    sanctioner: str = "case-secretary"
    support: str = ""
    connected: bool = True


async def case_named(case: CaseId, deps: DecidingDeps) -> Case:
    """Give a case; raises `NotAllowed` where there is none."""
    found = await deps.cases.get(case)
    if found is None:
        raise NotAllowed(f"There is no case {case}. hustings cases list shows their names.")
    return found


async def incidents_of(case: Case, deps: DecidingDeps) -> tuple[Incident, ...]:
    """Give the incidents of a case that can be read."""
    found = [await deps.incidents.get(incident) for incident in case.incidents]
    return tuple(incident for incident in found if incident is not None)


async def rules_in_force(
    case: Case, conduct_at: datetime | None, incidents: Sequence[Incident], deps: DecidingDeps
) -> tuple[datetime, Policy]:
    """Give when it happened and the rules of that time.

    Incidents say both themselves; without one the decider says when it happened, or the report came in by then.
    """
    if conduct_at is not None and conduct_at > deps.clock.now():
        raise NotAllowed("What is decided has happened already. Give the day on which it did; nothing was decided.")
    posted = sorted(((_written(incident), incident) for incident in incidents), key=lambda pair: pair[0])
    if not posted:
        when = conduct_at or case.opened_at
        reported = max((one.at for one in case.of(e.ReportJoined)), default=case.opened_at)
        if when > reported:
            raise NotAllowed(
                f"What {case.id} is about was reported by {reported:%Y-%m-%d %H:%M} UTC; it cannot have happened later."
                " Say with --happened when it did."
            )
        return when, deps.policies.at(when)
    when = conduct_at or posted[0][0]
    if not posted[0][0] <= when <= posted[-1][0]:
        raise NotAllowed(
            f"What {case.id} is about was posted between {posted[0][0]:%Y-%m-%d %H:%M} and"
            f" {posted[-1][0]:%Y-%m-%d %H:%M} UTC; it cannot have happened at another time."
        )
    judged = [incident for at, incident in posted if at <= when][-1]
    return when, deps.policies.of_version(judged.decision.policy)


def window_end(case: Case, deps: DecidingDeps) -> datetime | None:
    """Give when the time to appeal against a decision ends: as it was recorded with it, or by the rules of that day."""
    decided = next((one for one in case.history if isinstance(one.what, e.CaseDecided)), None)
    if decided is None or not isinstance(decided.what, e.CaseDecided):
        return None
    return decided.what.appeal_until or window_from(decided.at, deps)


def window_from(decided_at: datetime, deps: DecidingDeps) -> datetime:
    """Give when the time to appeal ends by the rules that are in force when a case is decided."""
    return deps.policies.at(decided_at).clocks.appeal_window.after(decided_at, deps.calendar)


async def names_for(accounts: Iterable[Account], deps: DecidingDeps) -> tuple[str, ...]:
    """Give every name under which the holder of accounts is known; raises `NotAllowed` where it cannot be asked."""
    found: list[str] = []
    for account in accounts:
        found.append(account.member)
        known = IncidentFilter(platform=account.platform, author=account.member, limit=_NAMES_ON_RECORD)
        async for incident in deps.incidents.find(known):
            found += [incident.event.author.name, incident.event.author.handle]
        platform = deps.platforms.get(account.platform)
        if platform is None:
            continue
        try:
            found += await platform.names(account.community, account.member)
        except PlatformUnavailable:
            raise NotAllowed(
                f"{account.platform.value.capitalize()} does not answer, so nobody can check whether the words name"
                " somebody. Nothing was decided; please try again in a few minutes."
            ) from None
    return tuple(dict.fromkeys(name for name in found if name.strip()))


async def ensure_discreet(
    case: Case, texts: Iterable[tuple[str, str]], incidents: Sequence[Incident], deps: DecidingDeps
) -> None:
    """Refuse words for a member that name anybody else, repeat a report or cannot be read; raises `NotAllowed`.

    All others are looked for alike, those in the register too, so that a refusal tells nothing about who reported.
    """
    texts = tuple(texts)
    ensure_readable(texts)
    subjects = set(case.with_part(Part.SUBJECT))
    own: list[str] = []
    for person in subjects:
        own += await names_for(await deps.cases.accounts(person), deps)
    others: list[str] = []
    for person in sorted(others_in(case) - subjects):
        others += await names_for(await deps.cases.accounts(person), deps)
    for protected in deps.register.protected:
        if protected.person not in subjects:
            others += [protected.name, *protected.handles]
    own += [incident.event.author.name for incident in incidents]
    joined = (one.what for one in case.history)
    reports = [what.report.new.words for what in joined if isinstance(what, e.ReportJoined)]
    known = [incident.event.text for incident in incidents]
    for what, text in texts:
        if found := naming(text, others, own=own):
            raise NotAllowed(
                f"{what} name a member: “{found}”. Whoever it is about reads this, and it names nobody else. Write"
                " “a member” or leave it out. Nothing was decided."
            )
        if found := repeating(text, reports, known=known):
            raise NotAllowed(
                f"{what} repeats the words of a report: “{found}”. They would tell who reported. Say it in other"
                " words. Nothing was decided."
            )


def ensure_readable(texts: Iterable[tuple[str, str]]) -> None:
    """Refuse words for a member that are too long for a letter, or hold what nobody sees; raises `NotAllowed`."""
    for what, text in texts:
        if len(text) > LONGEST_TEXT:
            raise NotAllowed(
                f"{what}: {len(text)} characters are more than a letter holds; the end of it, which says how to appeal,"
                f" would be cut off. {LONGEST_TEXT} are the most. Nothing was decided."
            )
        unseen = next((sign for sign in text if sign not in "\n\t" and is_unseen(sign)), "")
        if unseen:
            raise NotAllowed(
                f"{what}: the character U+{ord(unseen):04X} in it is not seen, or changes how the words around it are"
                " read. Take it out. Nothing was decided."
            )


def is_unseen(sign: str) -> bool:
    """Whether a character steers a screen or turns the direction of others; what joins letters of a script does not."""
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in _TURNING


def others_in(case: Case) -> set[PersonId]:
    """Give everybody with a part in a case, whoever reported anonymously included."""
    found = {named.person for named in case.people}
    for one in case.history:
        match one.what:
            case e.ReportJoined(report=report):
                found |= {person for person in (report.new.reporter, report.new.target) if person is not None}
            case e.StatementTaken(person=person) if person is not None:
                found.add(person)
    return found


def _written(incident: Incident) -> datetime:
    event = incident.event
    return event.edited_at if isinstance(event, MessageEdited) else event.posted_at


def by_bot(whats: Iterable[e.CaseEvent], now: datetime) -> tuple[e.Happened, ...]:
    """Let the bot do things at a moment."""
    return tuple(e.Happened(at=now, by=THE_BOT, what=what) for what in whats)
