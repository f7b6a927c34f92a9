"""The closed lists of casework: states, offices, parts, verdicts, reasons; what is on no list cannot be recorded.

A word that was ever written stays on its list, or records that hold it could no longer be read: lists only grow.
"""

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands; each follows from the one before, and from no other (evidence.md R35)."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    INVESTIGATING = "investigating"
    DECIDED = "decided"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal-decided"
    CLOSED = "closed"


TRANSITIONS: dict[CaseState, tuple[CaseState, ...]] = {
    CaseState.RECEIVED: (CaseState.ACKNOWLEDGED,),
    CaseState.ACKNOWLEDGED: (CaseState.TRIAGED,),
    CaseState.TRIAGED: (CaseState.INVESTIGATING,),
    CaseState.INVESTIGATING: (CaseState.DECIDED,),
    CaseState.DECIDED: (CaseState.APPEALED, CaseState.CLOSED),
    CaseState.APPEALED: (CaseState.APPEAL_DECIDED,),
    CaseState.APPEAL_DECIDED: (CaseState.CLOSED,),
    CaseState.CLOSED: (),
}
"""The only transitions there are. A case that was closed in error is reported anew and linked, not opened again."""


class CaseKind(StrEnum):
    """What sort of matter a case is; each has its own clocks."""

    CONDUCT = "conduct"
    CAMPAIGN = "campaign"
    DATA_COMPLAINT = "data-complaint"
    SUBJECT_ACCESS = "subject-access"
    ERASURE_REQUEST = "erasure-request"


class Channel(StrEnum):
    """How a report came in."""

    MESSAGE = "message"
    REACTION = "reaction"
    PERSON = "person"
    OUTSIDE = "outside"
    DETECTION = "detection"


class Part(StrEnum):
    """What somebody is in a case."""

    REPORTER = "reporter"
    TARGET = "target"
    SUBJECT = "subject"
    WITNESS = "witness"


class Office(StrEnum):
    """In which office somebody works on a case; disjoint per case (evidence.md R41)."""

    INTAKE = "intake"
    INVESTIGATOR = "investigator"
    DECIDER = "decider"
    APPEAL = "appeal"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    ADMIN = "admin"


class CaseReason(StrEnum):
    """Why a case moved. There is none for publicity, seniority or faction, and there will be none."""

    RECEIPT_SENT = "receipt-sent"
    SEVERITY_SET = "severity-set"
    FACTS_NEEDED = "facts-needed"
    EVIDENCE_HEARD = "evidence-heard"
    APPEAL_LODGED = "appeal-lodged"
    APPEAL_HEARD = "appeal-heard"
    APPEAL_WINDOW_OVER = "appeal-window-over"
    APPEAL_WAIVED = "appeal-waived"
    MATTER_ENDED = "matter-ended"


class Verdict(StrEnum):
    """What a decider finds."""

    UPHELD = "case-upheld"
    PARTLY_UPHELD = "case-partly-upheld"
    NOT_UPHELD = "case-not-upheld"
    NOT_PROVEN = "case-not-proven"
    OUTSIDE_RULES = "case-outside-rules"
    DONE = "case-request-met"
    REFUSED = "case-request-refused"


class AppealVerdict(StrEnum):
    """What becomes of a decision on appeal."""

    STANDS = "decision-stands"
    VARIED = "decision-varied"
    REVERSED = "decision-reversed"


class Sanction(StrEnum):
    """What may be imposed on somebody, mildest first."""

    WARNING = "sanction-warning"
    MUTE = "sanction-mute"
    SUSPENSION = "sanction-suspension"
    REMOVAL = "sanction-removal"
    BAN = "sanction-ban"


class PauseReason(StrEnum):
    """Why a clock may stand still for a while."""

    AWAITING_REPORTER = "awaiting-reporter"
    AWAITING_SUBJECT = "awaiting-subject"
    AWAITING_POLICE = "awaiting-police"
    AWAITING_EVIDENCE = "awaiting-evidence"
    ILLNESS = "illness"


class ClockName(StrEnum):
    """The deadlines a case can have (evidence.md R36)."""

    ACKNOWLEDGE = "clock-acknowledge"
    TRIAGE = "clock-triage"
    DECIDE = "clock-decide"
    APPEAL_WINDOW = "clock-appeal-window"
    APPEAL_DECIDE = "clock-appeal-decide"


class HeavyAct(StrEnum):
    """What needs a second person (evidence.md R40)."""

    BAN = "act-ban"
    LONG_SUSPENSION = "act-long-suspension"
    POLICE_REFERRAL = "act-police-referral"
    ERASURE = "act-erasure"
    HOLD = "act-hold"
    EXPORT = "act-export"
    POLICY_CHANGE = "act-policy-change"
    AGAINST_PROTECTED = "act-against-protected"


class ConflictKind(StrEnum):
    """Why somebody has a stake in a case: the first five are declared, the others noticed (evidence.md R39).

    `WITHHELD` is all that is put on record of what was noticed, whatever it was: a kind of its own for reporters would
    tell who reported anonymously.
    """

    SAME_BRANCH = "conflict-same-branch"
    SAME_SLATE = "conflict-same-slate"
    SAME_EMPLOYER = "conflict-same-employer"
    PARTY_TO_IT = "conflict-party-to-it"
    DECLARED = "conflict-declared"
    IS_REPORTER = "conflict-is-reporter"
    IS_SUBJECT = "conflict-is-subject"
    IS_TARGET = "conflict-is-target"
    IS_WITNESS = "conflict-is-witness"
    POSTED_IN_THREAD = "conflict-posted-in-thread"
    SANCTIONED_BY = "conflict-sanctioned-by"
    EARLIER_OFFICE = "conflict-earlier-office"
    HAS_SANCTIONED = "conflict-has-sanctioned"
    WITHHELD = "conflict-withheld"


class NoticeKind(StrEnum):
    """What people are told (evidence.md R43, R45)."""

    RECEIPT = "notice-receipt"
    ACKNOWLEDGEMENT = "notice-acknowledgement"
    STATEMENT_OF_REASONS = "notice-statement-of-reasons"
    DECISION = "notice-decision"
    APPEAL_RECEIPT = "notice-appeal-receipt"
    APPEAL_OUTCOME = "notice-appeal-outcome"
    SANCTION_LIFTED = "notice-sanction-lifted"
    BREACH = "notice-breach"
    ESCALATION = "notice-escalation"


class Delivery(StrEnum):
    """How an attempt to tell somebody ended."""

    DELIVERED = "notice-delivered"
    FAILED = "notice-failed"
    SHOWN_INSTEAD = "notice-shown-instead"


class Step(StrEnum):
    """What was tried on one account to bring it in line with a sanction."""

    PUT_ON = "step-put-on"
    RENEWED = "step-renewed"
    TAKEN_OFF = "step-taken-off"
