"""The closed lists of words that a leaf may hold; what is on no list cannot get into the log.

A word that was ever written stays on its list, or leaves that hold it could no longer be read: lists only grow.
"""

import re
from enum import StrEnum

from bot.evidence.meanings import Meaningful
from policies.acts import Verb
from policies.casework import words as casework
from policies.copies import CopyStatus
from policies.decisions import Action, Mode, OutcomeStatus, Severity
from policies.findings import Category, Stance
from policies.incidents import IncidentState, Source


class Kind(Meaningful):
    """What happened, as subject and past participle; `means` says it to a reader."""

    INCIDENT_RECORDED = "incident.recorded", "a message that mattered was kept, with what the policy decided"
    OUTCOME_RECORDED = "outcome.recorded", "a platform answered to an action"
    ACT_RECORDED = "act.recorded", "a moderator or a member did something about a message"
    MESSAGE_EDITED = "message.edited", "a message with incidents was changed by its author"
    MESSAGE_DELETED = "message.deleted", "a message with incidents went away"
    ATTACHMENT_KEPT = "attachment.kept", "a file that came with a message was kept as it was delivered"
    ATTACHMENT_MISSED = "attachment.missed", "a file that came with a message could not be kept, for a stated reason"
    CONTEXT_KEPT = "context.kept", "the messages around an incident were kept"
    DECISION_MADE = "decision.made", "somebody decided a case"
    EVIDENCE_VIEWED = "evidence.viewed", "somebody is about to see what is kept under seal, for a stated purpose"
    EXPORT_REQUESTED = (
        "export.requested",
        "the first of two people asked for a pack, or for what is kept about somebody",
    )
    EVIDENCE_EXPORTED = "evidence.exported", "a pack was made, or somebody was handed what is kept about them"
    ERASURE_REQUESTED = "erasure.requested", "the first of two people asked for an incident or a case to be erased"
    EVIDENCE_ERASED = (
        "evidence.erased",
        "the keys to an incident or a case were destroyed: nobody can read it again",
    )
    HOLD_REQUESTED = "hold.requested", "the first of two people asked for a legal hold"
    HOLD_PLACED = "hold.placed", "the second of two people placed a legal hold: nothing of it may be erased"
    HOLD_REVIEWED = "hold.reviewed", "a legal hold was looked at again and kept"
    HOLD_LIFTED = "hold.lifted", "a legal hold ended"
    LIFTING_REQUESTED = "lifting.requested", "the first of two people asked for a legal hold to be lifted"
    RETENTION_APPLIED = "retention.applied", "the retention schedule was carried out"
    CHECKPOINT_STAMPED = "checkpoint.stamped", "a time stamping authority was asked to stamp a checkpoint"
    KEY_ROTATED = "key.rotated", "the signing key named its successor"
    BACKUP_MADE = "backup.made", "a copy of the record was made and checked"
    BACKUP_RESTORED = "backup.restored", "the record goes on from a restored copy"
    CASE_OPENED = "case.opened", "a case began"
    REPORT_JOINED = "report.joined", "a report was kept as a part of a case"
    INCIDENT_LINKED = "incident.linked", "an incident was made a part of a case"
    CASE_LINKED = "case.linked", "another case was named that has to do with one"
    PERSON_NAMED = "person.named", "somebody was found to have a part in a case"
    CASE_MOVED = "case.moved", "a case went on to its next state"
    SEVERITY_SET = "severity.set", "somebody set how grave the matter of a case is"
    OFFICER_ASSIGNED = "officer.assigned", "somebody took an office in a case"
    NOTE_ADDED = "note.added", "somebody who works on a case wrote something down"
    STATEMENT_TAKEN = "statement.taken", "one side of a case was heard"
    FACT_FOUND = "fact.found", "an investigator found something to be so"
    CONFLICT_NOTED = "conflict.noted", "somebody has a stake in a case and is out of it"
    VIEW_REFUSED = "view.refused", "somebody without a right to a case tried to see it"
    CONTACT_LOGGED = "contact.logged", "somebody outside a case tried to have a say in it"
    CLOCK_PAUSED = "clock.paused", "the clocks of a case stand still until a moment at the latest"
    CLOCK_RESUMED = "clock.resumed", "the clocks of a case run again"
    CLOCK_BREACHED = "clock.breached", "a deadline of a case passed, and a post-holder was alarmed"
    CASE_ESCALATED = "case.escalated", "twice a deadline passed, and the reviewer and the leadership were told"
    ESCALATION_ACKNOWLEDGED = "escalation.acknowledged", "somebody confirmed that they were told of an escalation"
    APPROVAL_ASKED = "approval.asked", "the first of two people asked for a heavy act in a case"
    APPROVAL_GIVEN = "approval.given", "the second of two people agreed to a heavy act, or refused"
    SANCTION_IMPOSED = "sanction.imposed", "a sanction took effect, or what kept it from doing so is on record"
    SANCTION_RENEWED = "sanction.renewed", "a sanction longer than a platform allows was put on again"
    SANCTION_ENDED = "sanction.ended", "a sanction ran out or was lifted"
    NOTICE_TRIED = "notice.tried", "somebody was told something about a case, or could not be"
    APPEAL_MADE = "appeal.made", "somebody appealed against the decision of a case"
    APPEAL_DECIDED = "appeal.decided", "somebody decided an appeal"
    APPROVAL_USED = "approval.used", "what two people agreed on was carried out"
    OFFICE_UNFILLED = "office.unfilled", "nobody without a stake is left for an office in a case"
    REPORT_UNFOUNDED = "report.unfounded", "somebody found a report to be manifestly unfounded"
    REPORTER_WARNED = "reporter.warned", "whoever made a report was warned about unfounded ones"
    REPORTER_LIMITED = "reporter.limited", "somebody decided that whoever made a report may make few for a while"
    ACCOUNT_KNOWN = "account.known", "an account of somebody with a part in a case was kept, under an opaque name"
    ACCOUNTS_LINKED = "accounts.linked", "two accounts were found to be one person's"
    DECISION_PROPOSED = "decision.proposed", "what somebody would decide waits for a second person"
    SANCTION_STEPPED = "sanction.stepped", "an account was brought in line with a sanction, or the platform would not"
    SANCTION_STAYED = "sanction.stayed", "an appeal suspends a sanction until it is decided"
    SANCTION_LIFTED = "sanction.lifted", "somebody decided that a sanction ends early"
    TASK_GIVEN = "task.given", "somebody was asked to do by hand what no platform lets the bot do"
    TASK_DONE = "task.done", "somebody did by hand what was asked of them"
    CONTENT_RESTORED = "content.restored", "what had been hidden was shown again after an appeal"
    FIGURES_PUBLISHED = "figures.published", "the figures of a quarter were published, or a correction of them"
    ACCOUNT_PARTED = "account.parted", "an account that had been linked was found to be a person's of its own"
    POLICY_PROPOSED = "policy.proposed", "the first of two people asked for another policy to be taken up"
    POLICY_ANSWERED = "policy.answered", "the second of two people agreed to a policy, or refused it"
    POLICY_ADOPTED = "policy.adopted", "a policy is in force from here on"


class Role(StrEnum):
    """In which office somebody acted; the bot and members are never named in a leaf."""

    BOT = "bot"
    MEMBER = "member"
    MODERATOR = "moderator"
    INTAKE = "intake"
    INVESTIGATOR = "investigator"
    DECIDER = "decider"
    APPEAL = "appeal"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMIN = "admin"
    OPERATOR = "operator"
    STEWARD = "steward"


NAMELESS = frozenset({Role.BOT, Role.MEMBER})
"""The roles in which an actor gets no id: members appear as commitments alone, with fresh salt each time."""


class Code(StrEnum):
    """Reasons and circumstances that only the record itself knows; policies' own words are codes as well."""

    CLOCK_ANOMALY = "clock-anomaly"
    DEGRADED = "degraded"
    PURPOSE_TRIAGE = "for-triage"
    PURPOSE_INVESTIGATION = "for-investigation"
    PURPOSE_DECISION = "for-decision"
    PURPOSE_APPEAL = "for-appeal"
    PURPOSE_AUDIT = "for-audit"
    PURPOSE_SUBJECT_ACCESS = "for-subject-access"
    PURPOSE_PACK = "for-pack"
    PURPOSE_TRAINING = "for-training"
    BASIS_WITHIN_BODY = "basis-within-body"
    BASIS_CONSENT = "basis-consent"
    BASIS_LEGAL_CLAIM = "basis-legal-claim"
    BASIS_CRIME_REPORT = "basis-crime-report"
    ERASED_ON_REQUEST = "erased-on-request"
    ERASED_BY_RETENTION = "erased-by-retention"
    ERASED_BY_ORDER = "erased-by-order"
    ERASED_KEPT_IN_ERROR = "erased-kept-in-error"
    ERASED_REASON_UNKNOWN = "erased-reason-unknown"
    REPLAYED = "replayed"
    HELD_FOR_CLAIM = "held-for-claim"
    HELD_FOR_POLICE = "held-for-police"
    HELD_FOR_APPEAL = "held-for-appeal"


_LISTS: tuple[type[StrEnum], ...] = (
    Action,
    Category,
    Code,
    CopyStatus,
    IncidentState,
    Mode,
    OutcomeStatus,
    Severity,
    Source,
    Stance,
    Verb,
    casework.CaseState,
    casework.CaseKind,
    casework.Channel,
    casework.Part,
    casework.Office,
    casework.CaseReason,
    casework.Verdict,
    casework.AppealVerdict,
    casework.Sanction,
    casework.PauseReason,
    casework.ClockName,
    casework.HeavyAct,
    casework.ConflictKind,
    casework.NoticeKind,
    casework.Delivery,
    casework.Step,
)
CODES = frozenset(word.value for words in _LISTS for word in words)
"""Every code that a leaf may hold."""


class Sealed(StrEnum):
    """What is kept under seal, beside the log; the log holds a commitment to each."""

    BODY = "body"
    TEXT = "text"
    BEFORE = "before"
    PARENT = "parent"
    PARENT_CONTEXT = "parent_context"
    REPORT_REASON = "report_reason"
    REASON = "reason"
    REASONS = "reasons"
    AUTHOR = "author"
    TARGET = "target"
    REPORTER = "reporter"
    MSG_REF = "msg_ref"
    ATTACHMENT = "attachment"
    CONTEXT_BEFORE = "context_before"
    CONTEXT_AFTER = "context_after"
    NOTE = "note"
    STATEMENT = "statement"

    def numbered(self, number: int) -> str:
        """Name one of several: `attachment.1`, `attachment.2`."""
        return f"{self.value}.{number}"


FIELD = re.compile(rf"(?:{'|'.join(field.value for field in Sealed)})(?:\.[1-9][0-9]{{0,2}})?")
"""The name of something sealed, alone or as one of up to 999."""


class Number(StrEnum):
    """What a leaf may count; names ending in `_pm` are scores in thousandths, 0 to 1000."""

    SCORE = "score_pm"
    TOXICITY = "toxicity_pm"
    SEVERE_TOXICITY = "severe_toxicity_pm"
    OBSCENE = "obscene_pm"
    THREAT = "threat_pm"
    INSULT = "insult_pm"
    IDENTITY_ATTACK = "identity_attack_pm"
    SEXUAL_EXPLICIT = "sexual_explicit_pm"
    ABUSE = "abuse_pm"
    HARASSMENT = "harassment_pm"
    SELF_HARM = "self_harm_pm"
    INTIMIDATION = "intimidation_pm"
    DOXXING = "doxxing_pm"
    IMPERSONATION = "impersonation_pm"
    PILE_ON = "pile_on_pm"
    SPAM = "spam_pm"
    MENTION = "mention_pm"
    VERSION = "version"
    ITEMS = "items"
    BYTES = "bytes"
    SECONDS = "seconds"
    SIZE = "size"
    OF_SEQ = "of_seq"
    ITEM = "item"


def per_mille(score: float) -> int:
    """Write a score between 0 and 1 in thousandths; leaves hold no fractions."""
    return min(1000, max(0, round(score * 1000)))
