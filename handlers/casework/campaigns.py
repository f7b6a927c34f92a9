"""Campaigns: what a crowd writes at one person is one case, however many messages, channels and platforms it takes."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from handlers.casework.intake import UNDECIDED, IntakeDeps, author_of, open_for_incident, targets_of
from handlers.casework.ports import CaseChanged
from handlers.errors import EvidenceUnavailable
from handlers.ports import IncidentFilter, Incidents
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import THE_BOT, CaseId, PersonId
from policies.casework.reports import NewReport
from policies.casework.words import CaseKind, Channel, Part
from policies.decisions import Severity
from policies.findings import Category
from policies.incidents import Incident

LOOKED_BACK = timedelta(minutes=30)
"""How long before the message that showed the crowd others belong to it: it shows with the fifth sender."""

GOES_ON_FOR = timedelta(days=7)
"""How long after its newest message a campaign is the same one; what comes later is a new one, linked to it."""

_TRIES = 50
_GRAVITY = tuple(Severity)


async def case_of_incident(incident: Incident, deps: IntakeDeps, incidents: Incidents) -> CaseId:
    """Give the case of an incident that a policy wants a case for: that of the campaign it is part of, else its own."""
    person = await campaign_against(incident, deps)
    if person is None:
        return await open_for_incident(incident, deps)
    return await join_campaign(incident, person, deps, incidents)


async def campaign_against(incident: Incident, deps: IntakeDeps) -> PersonId | None:
    """Give whom the crowd turns on of which a message is part, if it is part of one."""
    if not any(finding.kind == "pile-on" for finding in incident.assessment.used):
        return None
    return next(iter(await targets_of(incident, deps)), None)


async def join_campaign(incident: Incident, person: PersonId, deps: IntakeDeps, incidents: Incidents) -> CaseId:
    """Make an incident a part of the campaign against somebody; the first one opens it, with those just before.

    The same incident again changes nothing.
    """
    async with deps.memory.turn(("campaign", person)):
        for _ in range(_TRIES):
            try:
                return await _join(incident, person, deps, incidents)
            except CaseChanged:
                continue
    raise EvidenceUnavailable("The case changed again and again while an incident was joined to it.")


async def _join(incident: Incident, person: PersonId, deps: IntakeDeps, incidents: Incidents) -> CaseId:
    known = [case for case in await deps.cases.of_person(person) if _is_against(case, person)]
    for case in known:
        if incident.id in case.incidents:
            return case.id
    last = known[-1] if known else None
    if last is not None and last.state in UNDECIDED and _goes_on(last, incident):
        whats = await _belonging(last, [incident], deps)
        if _GRAVITY.index(incident.decision.severity) > _GRAVITY.index(last.severity):
            whats.append(e.SeveritySet(severity=incident.decision.severity, words="A graver message joined it."))
        await deps.cases.append(last.id, *_now(whats, deps), version=last.version)
        return last.id
    return (await _open(incident, person, last, deps, incidents)).id


async def _open(
    incident: Incident, person: PersonId, last: Case | None, deps: IntakeDeps, incidents: Incidents
) -> Case:
    before = await _just_before(incident, person, deps, incidents)
    severity = max((one.decision.severity for one in (*before, incident)), key=_GRAVITY.index)
    new = NewReport(
        key=f"campaign:{incident.id}",
        channel=Channel.DETECTION,
        words="",
        received_at=incident.recorded_at,
        message=incident.event.ref,
        incident=incident.id,
        about=await author_of(incident.event, deps),
        target=person,
    )
    report, _ = await deps.cases.new_report(new)
    opening = e.CaseOpened(kind=CaseKind.CAMPAIGN, severity=severity, categories=_categories((*before, incident)))
    whats: list[e.CaseEvent] = [e.ReportJoined(report=report), e.PersonNamed(person=person, part=Part.TARGET)]
    whats += await _belonging(None, [*before, incident], deps)
    if last is not None:
        whats.append(e.CaseLinked(case=last.id, why="An earlier campaign against the same person."))
    first = e.Happened(at=min(incident.recorded_at, deps.clock.now()), by=THE_BOT, what=opening)
    return await deps.cases.open(first, *_now(whats, deps))


async def _just_before(
    incident: Incident, person: PersonId, deps: IntakeDeps, incidents: Incidents
) -> Sequence[Incident]:
    """Give what others had written at the person just before, oldest first, as far as it is on record."""
    found: list[Incident] = []
    async for one in incidents.find(IncidentFilter(since=incident.recorded_at - LOOKED_BACK)):
        if one.id != incident.id and person in await targets_of(one, deps):
            found.append(one)
    return found[::-1]


async def _belonging(case: Case | None, joining: Iterable[Incident], deps: IntakeDeps) -> list[e.CaseEvent]:
    """Give what links incidents to a case, and names their authors in it, once each."""
    whats: list[e.CaseEvent] = []
    named = set(case.with_part(Part.SUBJECT)) if case else set()
    for one in joining:
        whats.append(e.IncidentLinked(incident=one.id))
        author = await author_of(one.event, deps)
        if author not in named:
            named.add(author)
            whats.append(e.PersonNamed(person=author, part=Part.SUBJECT))
    return whats


def _is_against(case: Case, person: PersonId) -> bool:
    return case.kind is CaseKind.CAMPAIGN and person in case.with_part(Part.TARGET)


def _goes_on(case: Case, incident: Incident) -> bool:
    newest = max((one.at for one in case.of(e.IncidentLinked)), default=case.opened_at)
    return incident.recorded_at - newest <= GOES_ON_FOR


def _categories(joining: Iterable[Incident]) -> tuple[Category, ...]:
    held = {category for one in joining for category in one.decision.categories}
    return tuple(category for category in Category if category in held)


def _now(whats: Iterable[e.CaseEvent], deps: IntakeDeps) -> list[e.Happened]:
    now = deps.clock.now()
    return [e.Happened(at=now, by=THE_BOT, what=what) for what in whats]
