"""The case: what the things that happened to it amount to, and which may happen next."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from policies.casework import events as e
from policies.casework.people import CaseId, PersonId
from policies.casework.words import TRANSITIONS, CaseKind, CaseReason, CaseState, Office, Part
from policies.decisions import Severity
from policies.findings import Category
from policies.identifiers import IncidentId

REASONS: dict[CaseState, tuple[CaseReason, ...]] = {
    CaseState.ACKNOWLEDGED: (CaseReason.RECEIPT_SENT,),
    CaseState.TRIAGED: (CaseReason.SEVERITY_SET,),
    CaseState.INVESTIGATING: (CaseReason.FACTS_NEEDED,),
    CaseState.DECIDED: (CaseReason.EVIDENCE_HEARD,),
    CaseState.APPEALED: (CaseReason.APPEAL_LODGED,),
    CaseState.APPEAL_DECIDED: (CaseReason.APPEAL_HEARD,),
    CaseState.CLOSED: (CaseReason.APPEAL_WINDOW_OVER, CaseReason.APPEAL_WAIVED, CaseReason.MATTER_ENDED),
}
"""The reasons for which a case may go into each state."""


class NotAllowed(Exception):  # noqa: N818 - it says what became of the wish
    """Something may not happen to a case as it stands; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands: its state, and everything that happened to it, oldest first.

    `version` counts what happened; whoever acts on a case says which version they saw.
    """

    id: CaseId
    kind: CaseKind
    severity: Severity
    opened_at: datetime
    state: CaseState = CaseState.RECEIVED
    title: str = ""
    categories: tuple[Category, ...] = ()
    history: tuple[e.Happened, ...] = ()
    incidents: tuple[IncidentId, ...] = ()
    people: tuple[e.PersonNamed, ...] = ()
    officers: tuple[tuple[Office, str], ...] = field(default=())
    recused: frozenset[str] = frozenset()

    @property
    def version(self) -> int:
        """How many things happened to the case."""
        return len(self.history)

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be decided."""
        return self.state is not CaseState.CLOSED

    def of(self, kind: type[e.CaseEvent]) -> tuple[e.Happened, ...]:
        """Give what happened of one kind, oldest first."""
        return tuple(one for one in self.history if isinstance(one.what, kind))

    def with_part(self, part: Part) -> tuple[PersonId, ...]:
        """Give the people who have a part in the case."""
        return tuple(named.person for named in self.people if named.part is part)

    def in_office(self, office: Office) -> str:
        """Give the officer who holds an office in the case now, or an empty string."""
        return next((officer for held, officer in reversed(self.officers) if held is office), "")

    @property
    def decision(self) -> e.CaseDecided | None:
        """Give the decision, if there is one."""
        return next((one.what for one in self.history if isinstance(one.what, e.CaseDecided)), None)

    @property
    def appeal_decision(self) -> e.AppealDecided | None:
        """Give the decision on the appeal, if there is one."""
        return next((one.what for one in self.history if isinstance(one.what, e.AppealDecided)), None)


def opened(case: CaseId, first: e.Happened) -> Case:
    """Begin a case with the first thing that happened to it."""
    what = first.what
    if not isinstance(what, e.CaseOpened):
        raise NotAllowed("A case begins with being opened.")
    return Case(
        id=case,
        kind=what.kind,
        severity=what.severity,
        opened_at=first.at,
        title=what.title,
        categories=what.categories,
        history=(first,),
    )


def advance(case: Case, happened: e.Happened) -> Case:
    """Give the case after one more thing happened; raises `NotAllowed` for what its state forbids."""
    what = happened.what
    _ensure_may(case, what)
    now = replace(case, history=(*case.history, happened), state=_state_after(case, what))
    match what:
        case e.SeveritySet():
            return replace(now, severity=what.severity, categories=what.categories or case.categories)
        case e.IncidentLinked() if what.incident not in case.incidents:
            return replace(now, incidents=(*case.incidents, what.incident))
        case e.PersonNamed() if what not in case.people:
            return replace(now, people=(*case.people, what))
        case e.Assigned():
            return replace(now, officers=(*case.officers, (what.office, what.officer)))
        case e.ConflictNoted():
            left = tuple(held for held in case.officers if held[1] != what.officer)
            return replace(now, officers=left, recused=case.recused | {what.officer})
    return now


def case_of(case: CaseId, history: Iterable[e.Happened]) -> Case:
    """Give the case that a history amounts to; raises `NotAllowed` for a history the law forbids."""
    first, *rest = history
    built = opened(case, first)
    for happened in rest:
        built = advance(built, happened)
    return built


_MOVED_BY_DECIDING = (CaseState.DECIDED, CaseState.APPEALED, CaseState.APPEAL_DECIDED)


def _state_after(case: Case, what: e.CaseEvent) -> CaseState:
    match what:
        case e.CaseMoved():
            return what.to
        case e.CaseDecided():
            return CaseState.DECIDED
        case e.AppealMade():
            return CaseState.APPEALED
        case e.AppealDecided():
            return CaseState.APPEAL_DECIDED
    return case.state


def _ensure_may(case: Case, what: e.CaseEvent) -> None:
    match what:
        case e.CaseOpened():
            raise NotAllowed(f"{case.id} is open already.")
        case e.CaseMoved():
            if what.to in _MOVED_BY_DECIDING:
                raise NotAllowed(f"{case.id} becomes {what.to.value} by a decision or an appeal, with its reasons.")
            _ensure_next(case, what.to)
            if what.reason not in REASONS[what.to]:
                known = ", ".join(reason.value for reason in REASONS[what.to])
                raise NotAllowed(
                    f"{what.reason.value} is no reason to make a case {what.to.value}; these are: {known}."
                )
        case e.CaseDecided():
            _ensure_next(case, CaseState.DECIDED)
            _ensure_words(what.reasons, "A decision")
        case e.AppealMade():
            _ensure_next(case, CaseState.APPEALED)
            _ensure_words(what.grounds, "An appeal")
        case e.AppealDecided():
            _ensure_next(case, CaseState.APPEAL_DECIDED)
            _ensure_words(what.reasons, "A decision on an appeal")
        case e.Assigned() if what.officer in case.recused:
            raise NotAllowed(f"{what.officer} is recused from {case.id} and can take no office in it.")
        case e.SeveritySet() if not case.is_open:
            raise NotAllowed(f"{case.id} is closed.")
        case e.SeveritySet() if what.categories and case.decision is not None:
            raise NotAllowed(f"{case.id} was decided as what it was found to be; its categories stay as they are.")


def _ensure_next(case: Case, to: CaseState) -> None:
    if to not in TRANSITIONS[case.state]:
        then = ", ".join(state.value for state in TRANSITIONS[case.state]) or "nothing: it is over"
        raise NotAllowed(f"{case.id} is {case.state.value} and cannot become {to.value}; what can follow is {then}.")


def _ensure_words(words: str, what: str) -> None:
    if not words.strip():
        raise NotAllowed(f"{what} needs reasons in words: nothing ends without them.")
