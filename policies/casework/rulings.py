"""What deciding puts on record, in the past tense: decisions, sanctions and their steps, appeals, tasks."""

from dataclasses import dataclass
from datetime import datetime

from policies.casework.people import Account, PersonId
from policies.casework.words import AppealVerdict, Part, Sanction, Step, Verdict
from policies.decisions import OutcomeStatus, PolicyVersion
from policies.identifiers import IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionChosen:
    """What a decision imposes: on whom, until when, and why it departs from the grid if it does."""

    kind: Sanction
    on: PersonId
    until: datetime | None = None
    departure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecided:
    """Somebody decided the case: the verdict, the reasons, the rules broken, the policy in force at the time.

    `appeal_until` is the end of the time to appeal, as it is promised with the decision; no later policy changes it.
    """

    verdict: Verdict
    reasons: str
    rules: tuple[str, ...] = ()
    policy: PolicyVersion | None = None
    sanctions: tuple[SanctionChosen, ...] = ()
    conduct_at: datetime | None = None
    departure: str = ""
    appeal_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionImposed:
    """A sanction took effect on the platforms, or what kept it from doing so."""

    kind: Sanction
    on: PersonId
    until: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionRenewed:
    """A sanction longer than the platform allows was put on again."""

    kind: Sanction
    on: PersonId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionEnded:
    """A sanction ran out or was lifted, and what it took was given back."""

    kind: Sanction
    on: PersonId
    lifted: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealMade:
    """The subject or the reporter appealed, with grounds and perhaps with new evidence."""

    by: PersonId | None
    part: Part
    grounds: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided:
    """Somebody who had not decided before decided the appeal, anew."""

    verdict: AppealVerdict
    reasons: str
    sanctions: tuple[SanctionChosen, ...] = ()
    rules: tuple[str, ...] = ()
    departure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionProposed:
    """What somebody would decide waits for the second person; `digests` are of the approvals that it takes.

    An `appeal` waits in the same way. The act is carried out as it stands here, or not at all.
    """

    decision: CaseDecided | None = None
    appeal: AppealDecided | None = None
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionStepped:
    """One account was brought in line with a sanction, or the platform would not.

    `until` is when the platform itself lets go of it, `took` what was taken there and has to be given back.
    """

    kind: Sanction
    on: PersonId
    account: Account
    step: Step
    status: OutcomeStatus
    until: datetime | None = None
    took: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionStayed:
    """An appeal suspends a sanction until it is decided, as the policy says."""

    kind: Sanction
    on: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionLifted:
    """Somebody decided that a sanction ends early, without an appeal."""

    kind: Sanction
    on: PersonId
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGiven:
    """Something that no platform lets the bot do was asked of somebody named: a step of a sanction on an account.

    `gives` is what has to be given back there, where that is what is asked.
    """

    task: str
    to: str
    words: str
    kind: Sanction | None = None
    on: PersonId | None = None
    account: Account | None = None
    step: Step | None = None
    gives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone:
    """Somebody did, by hand, what was asked of them."""

    task: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRestored:
    """What had been hidden was shown again after an appeal, or what kept it from being."""

    incident: IncidentId
    detail: str = ""
