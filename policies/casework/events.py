"""What can happen to a case, in the past tense; a case is what these amount to, in order."""

from dataclasses import dataclass
from datetime import datetime

from policies.casework import rulings
from policies.casework.people import By, PersonId, ReportId
from policies.casework.reports import Report
from policies.casework.words import (
    CaseKind,
    CaseReason,
    CaseState,
    ClockName,
    ConflictKind,
    Delivery,
    HeavyAct,
    NoticeKind,
    Office,
    Part,
    PauseReason,
)
from policies.decisions import Severity
from policies.findings import Category
from policies.identifiers import IncidentId

AppealDecided = rulings.AppealDecided
AppealMade = rulings.AppealMade
CaseDecided = rulings.CaseDecided
ContentRestored = rulings.ContentRestored
DecisionProposed = rulings.DecisionProposed
SanctionChosen = rulings.SanctionChosen
SanctionEnded = rulings.SanctionEnded
SanctionImposed = rulings.SanctionImposed
SanctionLifted = rulings.SanctionLifted
SanctionRenewed = rulings.SanctionRenewed
SanctionStayed = rulings.SanctionStayed
SanctionStepped = rulings.SanctionStepped
TaskDone = rulings.TaskDone
TaskGiven = rulings.TaskGiven


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """A case began, with the report or the detection that began it."""

    kind: CaseKind
    severity: Severity
    categories: tuple[Category, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportJoined:
    """A report was kept as a part of the case; the first or one more."""

    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLinked:
    """An incident belongs to the case."""

    incident: IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinked:
    """Another case has to do with this one."""

    case: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNamed:
    """Somebody has a part in the case."""

    person: PersonId
    part: Part
    protected: bool = False
    posted_in_thread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved:
    """The case went on to its next state, for a reason of the list and in words."""

    to: CaseState
    reason: CaseReason
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveritySet:
    """Triage set how grave the matter is, and perhaps what it is; `categories` take the place of those before."""

    severity: Severity
    words: str = ""
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """An officer took an office in the case."""

    office: Office
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded:
    """Somebody who works on the case wrote something down."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTaken:
    """One side was heard; kept apart from what was found."""

    part: Part
    person: PersonId | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactFound:
    """What the investigator found to be so, and on which records it rests."""

    words: str
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictNoted:
    """An officer declared, or the record shows, a stake in the case; they are out of it from here."""

    officer: str
    kind: ConflictKind
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRefused:
    """Somebody without a right to the case tried to see it (evidence.md R42)."""

    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLogged:
    """Somebody outside the case tried to have a say in it (evidence.md R42)."""

    who: str
    how: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPaused:
    """The clocks stand still until a moment at the latest."""

    reason: PauseReason
    until: datetime
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockResumed:
    """The clocks run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBreached:
    """A deadline passed; the named post-holder was alarmed."""

    clock: ClockName
    due: datetime
    post_holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEscalated:
    """Twice a deadline passed; the independent reviewer and the leadership were told."""

    clock: ClockName
    due: datetime
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationAcknowledged:
    """Somebody confirmed that they were told: the leadership was told."""

    clock: ClockName
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked:
    """The first of two people asked for a heavy act; it expires.

    `digest` stands for the exact act and for what the case held when it was asked for (policies/casework/four_eyes.py).
    """

    act: HeavyAct
    words: str
    expires_at: datetime
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGiven:
    """The second person agreed, or refused."""

    act: HeavyAct
    granted: bool
    words: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTried:
    """Somebody was told something, or could not be; the text is kept as it was sent."""

    kind: NoticeKind
    to: PersonId | None
    part: Part | None
    delivery: Delivery
    attempt: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUsed:
    """What two people agreed on was carried out; the approval counts no second time."""

    act: HeavyAct
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeUnfilled:
    """Nobody without a stake is left for an office, not even from outside; somebody was alarmed."""

    office: Office
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUnfounded:
    """A person found a report manifestly unfounded (evidence.md R51); the reporter goes unnamed."""

    report: ReportId
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterWarned:
    """Whoever made a report was warned about reports that are manifestly unfounded."""

    report: ReportId
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterLimited:
    """A person decided that whoever made a report may make few for a while; never of threats or hatred."""

    report: ReportId
    until: datetime
    words: str


CaseEvent = (
    CaseOpened
    | ReportJoined
    | IncidentLinked
    | CaseLinked
    | PersonNamed
    | CaseMoved
    | SeveritySet
    | Assigned
    | NoteAdded
    | StatementTaken
    | FactFound
    | ConflictNoted
    | ViewRefused
    | ContactLogged
    | ClockPaused
    | ClockResumed
    | ClockBreached
    | CaseEscalated
    | EscalationAcknowledged
    | ApprovalAsked
    | ApprovalGiven
    | CaseDecided
    | SanctionImposed
    | SanctionRenewed
    | SanctionEnded
    | NoticeTried
    | AppealMade
    | AppealDecided
    | ApprovalUsed
    | OfficeUnfilled
    | ReportUnfounded
    | ReporterWarned
    | ReporterLimited
    | DecisionProposed
    | SanctionStepped
    | SanctionStayed
    | SanctionLifted
    | TaskGiven
    | TaskDone
    | ContentRestored
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing that happened to a case, when, and by whom."""

    at: datetime
    by: By
    what: CaseEvent
