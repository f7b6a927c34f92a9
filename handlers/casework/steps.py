"""What officers do on a case, step by step: each is allowed by their office, looks at the version, and is a record."""

from dataclasses import dataclass
from typing import Protocol

from handlers.casework.ports import Cases
from handlers.ports import Clock, Incidents
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.duties import Duty
from policies.casework.outcomes import all_waived
from policies.casework.people import By, CaseId, PersonId
from policies.casework.recusal import KEPT_OUT
from policies.casework.words import CaseReason, CaseState, Part
from policies.decisions import Severity
from policies.findings import Category
from policies.identifiers import IncidentId


class MayAct(Protocol):
    """Who may act on a case, decided anew at every step; what is refused raises `NotAllowed`."""

    async def ensure_may(self, case: Case, by: By, what: type[e.CaseEvent] | Duty) -> None:
        """Refuse an act to whoever may not do it in their office, or has a stake."""

    async def recuse_whoever_must(self, case: CaseId) -> Case:
        """Take the offices from those who by now have a stake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDeps:
    """What the steps are given. Without `incidents` it is not looked whether an incident is there."""

    cases: Cases
    access: MayAct
    clock: Clock
    incidents: Incidents | None = None
    protected: frozenset[PersonId] = frozenset()


class Steps:
    """The steps of one desk. `version` is that of the case as the officer saw it; without one, as it is now.

    Raises `CaseChanged` where somebody did something since, `NotAllowed` with a sentence where it may not be.
    """

    def __init__(self, deps: StepDeps) -> None:
        self._deps = deps

    async def acknowledge(self, case: CaseId, by: By, words: str = "", *, version: int | None = None) -> Case:
        """Record that somebody has the reports of a case."""
        what = e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT, words=words)
        return await self._do(case, by, Duty.TAKE_IN, what, version=version)

    async def triage(
        self,
        case: CaseId,
        by: By,
        severity: Severity,
        words: str = "",
        *,
        categories: tuple[Category, ...] = (),
        version: int | None = None,
    ) -> Case:
        """Set how grave the matter is, and what it is if that is said; a case that waited for it goes on.

        By the categories the grid of sanctions goes, where no row of it is for the rule that was broken.
        """
        found = await self._found(case)
        whats: tuple[e.CaseEvent, ...] = (
            e.SeveritySet(severity=severity, words=words, categories=tuple(dict.fromkeys(categories))),
        )
        if found.state in (CaseState.RECEIVED, CaseState.ACKNOWLEDGED):
            whats += (e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET),)
        return await self._do(case, by, Duty.TAKE_IN, *whats, version=version)

    async def investigate(self, case: CaseId, by: By, words: str = "", *, version: int | None = None) -> Case:
        """Begin to look into a case."""
        what = e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED, words=words)
        return await self._do(case, by, Duty.INVESTIGATE, what, version=version)

    async def note(self, case: CaseId, by: By, words: str, *, version: int | None = None) -> Case:
        """Write something down."""
        _ensure_words(words, "A note")
        return await self._do(case, by, Duty.NOTE, e.NoteAdded(words=words), version=version)

    async def hear(
        self,
        case: CaseId,
        by: By,
        part: Part,
        words: str,
        *,
        person: PersonId | None = None,
        version: int | None = None,
    ) -> Case:
        """Keep what one side says, apart from what is found."""
        _ensure_words(words, "A statement")
        what = e.StatementTaken(part=part, person=person, words=words)
        return await self._do(case, by, Duty.INVESTIGATE, what, version=version)

    async def find(
        self, case: CaseId, by: By, words: str, rests_on: tuple[str, ...] = (), *, version: int | None = None
    ) -> Case:
        """Keep what the investigator finds to be so, and on which incidents, reports or statements it rests."""
        _ensure_words(words, "A finding")
        found = await self._found(case)
        await self._deps.access.ensure_may(found, by, Duty.INVESTIGATE)
        reports = (one.what.report.id for one in found.of(e.ReportJoined) if isinstance(one.what, e.ReportJoined))
        known = {*found.incidents, *reports}
        for name in rests_on:
            if name not in known:
                held = ", ".join(sorted(known)) or "none"
                raise NotAllowed(f"{case} has no incident or report {name}. Those that it has: {held}.")
        return await self._do(case, by, Duty.INVESTIGATE, e.FactFound(words=words, rests_on=rests_on), version=version)

    async def link_incident(self, case: CaseId, by: By, incident: IncidentId, *, version: int | None = None) -> Case:
        """Make an incident a part of a case."""
        if self._deps.incidents is not None and await self._deps.incidents.get(incident) is None:
            raise NotAllowed(f"There is no incident {incident}. `hustings incidents list` shows what is kept.")
        return await self._do(case, by, Duty.TAKE_IN, e.IncidentLinked(incident=incident), version=version)

    async def link_case(self, case: CaseId, by: By, other: CaseId, why: str, *, version: int | None = None) -> Case:
        """Name another case that has to do with this one."""
        _ensure_words(why, "A link between cases")
        if other == case or await self._deps.cases.get(other) is None:
            raise NotAllowed(f"{other} is no other case.")
        return await self._do(case, by, Duty.TAKE_IN, e.CaseLinked(case=other, why=why), version=version)

    async def name_person(
        self, case: CaseId, by: By, person: PersonId, part: Part, *, version: int | None = None
    ) -> Case:
        """Name somebody who has a part in a case; officers who by that get a stake lose their office in it."""
        what = e.PersonNamed(person=person, part=part, protected=person in self._deps.protected)
        await self._do(case, by, Duty.TAKE_IN, what, version=version)
        return await self._deps.access.recuse_whoever_must(case)

    async def close(self, case: CaseId, by: By, reason: CaseReason, words: str, *, version: int | None = None) -> Case:
        """Close a case that was decided; the window for an appeal closes by itself when its time is over."""
        if reason not in (CaseReason.APPEAL_WAIVED, CaseReason.MATTER_ENDED):
            raise NotAllowed(
                f"A case is closed for {CaseReason.APPEAL_WAIVED.value} or {CaseReason.MATTER_ENDED.value}."
            )
        _ensure_words(words, "Closing a case")
        found = await self._found(case)
        duty = Duty.DECIDE if found.appeal_decision is None else Duty.DECIDE_APPEAL
        await self._deps.access.ensure_may(found, by, duty)
        if found.state is CaseState.DECIDED and not all_waived(found):
            raise NotAllowed(
                f"{case} is closed before the time to appeal is over only if everybody who could appeal said that they"
                " will not. The investigator keeps that as a statement of each of them; else the case closes by itself."
            )
        what = e.CaseMoved(to=CaseState.CLOSED, reason=reason, words=words)
        return await self._do(case, by, duty, what, version=version)

    async def _do(self, name: CaseId, by: By, duty: Duty, *whats: e.CaseEvent, version: int | None) -> Case:
        found = await self._found(name)
        await self._deps.access.ensure_may(found, by, duty)
        seen = found.version if version is None else version
        now = self._deps.clock.now()
        happened = [e.Happened(at=now, by=by, what=what) for what in whats]
        return await self._deps.cases.append(name, *happened, version=seen)

    async def _found(self, name: CaseId) -> Case:
        found = await self._deps.cases.get(name)
        if found is None:
            raise NotAllowed(f"{name} is not yours to see. {KEPT_OUT}")
        return found


def _ensure_words(words: str, what: str) -> None:
    if not words.strip():
        raise NotAllowed(f"{what} needs words.")
