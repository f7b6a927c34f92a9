"""The watch over those in a case: what its subject writes at members while it is open is linked to it, and told.

It makes no difference at whom: were it only at those who reported, every link would tell who they are.
"""

from datetime import timedelta

from handlers.casework.intake import author_of
from handlers.casework.ports import CaseChanged
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.people import THE_BOT, CaseId
from policies.casework.words import CaseKind, Office, Part
from policies.identifiers import IncidentId
from policies.incidents import Incident, Source

TOLD_EVERY = timedelta(days=1)
"""How often at most the same case's officers are told."""

LINKED = "Somebody this case is about wrote something hostile at a member while it was open."
"""The note that the bot leaves in the case when it tells somebody."""

_WATCHED = (CaseKind.CONDUCT, CaseKind.CAMPAIGN)
_TRIES = 10


async def watch(name: IncidentId, deps: Deps) -> tuple[CaseId, ...]:
    """Link a message at a member to the open cases about its author, and tell who works on them; gives those cases."""
    if deps.intake is None:
        return ()
    try:
        incident = await deps.incidents.get(name)
        if incident is None or incident.source is not Source.DETECTION or not incident.assessment.context.aimed_at:
            return ()
        author = await author_of(incident.event, deps.intake)
        found = [
            case
            for case in await deps.intake.cases.of_person(author)
            if case.is_open and case.kind in _WATCHED and author in case.with_part(Part.SUBJECT)
        ]
        return tuple([case.id for case in found if await _link(case.id, incident, deps)])
    except EvidenceUnavailable:
        deps.counters.count("watch.unkept")
        return ()


async def _link(name: CaseId, incident: Incident, deps: Deps) -> bool:
    assert deps.intake is not None
    for _ in range(_TRIES):
        case, now = await deps.intake.cases.get(name), deps.clock.now()
        if case is None or not case.is_open or incident.id in case.incidents:
            return False
        whats: list[e.CaseEvent] = [e.IncidentLinked(incident=incident.id)]
        telling = _may_tell(case, incident)
        if telling:
            whats.append(e.NoteAdded(words=LINKED))
        try:
            happened = [e.Happened(at=now, by=THE_BOT, what=what) for what in whats]
            await deps.intake.cases.append(name, *happened, version=case.version)
        except CaseChanged:
            continue
        except NotAllowed:
            return False
        if telling and deps.alarms is not None:
            await deps.alarms.tell(await _holder(case, deps), _notice(name))
        return True
    raise EvidenceUnavailable("The case changed again and again while an incident was linked to it.")


def _may_tell(case: Case, incident: Incident) -> bool:
    told = [one.at for one in case.of(e.NoteAdded) if isinstance(one.what, e.NoteAdded) and one.what.words == LINKED]
    return not told or incident.recorded_at - max(told) >= TOLD_EVERY


async def _holder(case: Case, deps: Deps) -> str:
    held = (case.in_office(office) for office in (Office.INVESTIGATOR, Office.DECIDER, Office.INTAKE))
    holder = next((officer for officer in held if officer), deps.case_secretary)
    return holder if deps.deciding is None else await deps.deciding().access.whom_to_tell(holder, case)


def _notice(case: CaseId) -> Notice:
    return Notice(
        title=f"{case} has something new",
        paragraphs=(
            f"Something was linked to {case} that may be retaliation. Please look at it today: hustings cases show"
            f" {case}.",
        ),
    )
