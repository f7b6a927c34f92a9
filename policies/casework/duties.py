"""What each office may do on a case; what is not listed is not allowed (evidence.md R41)."""

from enum import StrEnum

from policies.casework import events as e
from policies.casework.words import Office


class Duty(StrEnum):
    """One sort of thing that somebody does on a case."""

    VIEW = "view"
    TAKE_IN = "take-in"
    ASSIGN = "assign"
    NOTE = "note"
    INVESTIGATE = "investigate"
    PAUSE = "pause"
    DECIDE = "decide"
    DECIDE_APPEAL = "decide-appeal"
    ASK = "ask"
    APPROVE = "approve"
    LOG_CONTACT = "log-contact"
    CONFIRM_ESCALATION = "confirm-escalation"


_ANY = frozenset({Duty.VIEW, Duty.NOTE, Duty.ASK, Duty.LOG_CONTACT})

DUTIES: dict[Office, frozenset[Duty]] = {
    Office.INTAKE: _ANY | {Duty.TAKE_IN, Duty.ASSIGN, Duty.PAUSE},
    Office.INVESTIGATOR: _ANY | {Duty.INVESTIGATE, Duty.PAUSE, Duty.APPROVE},
    Office.DECIDER: _ANY | {Duty.DECIDE, Duty.PAUSE, Duty.APPROVE},
    Office.APPEAL: _ANY | {Duty.DECIDE_APPEAL, Duty.PAUSE},
    Office.REVIEWER: _ANY | {Duty.APPROVE, Duty.ASSIGN, Duty.CONFIRM_ESCALATION},
    Office.ADMIN: _ANY | {Duty.APPROVE, Duty.ASSIGN, Duty.CONFIRM_ESCALATION},
    Office.AUDITOR: frozenset({Duty.VIEW}),
    Office.OPERATOR: frozenset(),
}
"""Whoever decides an appeal approves nothing, so that no approval of theirs can come before it."""

NEVER_WITH: dict[Office, str] = {
    Office.OPERATOR: "whoever runs the server sees no case",
    Office.AUDITOR: "an auditor reads and does nothing else",
}
"""Offices that nobody holds together with another one, and why."""

_NEEDS: dict[type[e.CaseEvent], Duty] = {
    e.SeveritySet: Duty.TAKE_IN,
    e.PersonNamed: Duty.TAKE_IN,
    e.IncidentLinked: Duty.TAKE_IN,
    e.CaseLinked: Duty.TAKE_IN,
    e.Assigned: Duty.ASSIGN,
    e.NoteAdded: Duty.NOTE,
    e.StatementTaken: Duty.INVESTIGATE,
    e.FactFound: Duty.INVESTIGATE,
    e.ContactLogged: Duty.LOG_CONTACT,
    e.ClockPaused: Duty.PAUSE,
    e.ClockResumed: Duty.PAUSE,
    e.EscalationAcknowledged: Duty.CONFIRM_ESCALATION,
    e.ApprovalAsked: Duty.ASK,
    e.ApprovalGiven: Duty.APPROVE,
    e.AppealMade: Duty.TAKE_IN,
    e.TaskDone: Duty.NOTE,
    e.CaseDecided: Duty.DECIDE,
    e.AppealDecided: Duty.DECIDE_APPEAL,
    e.SanctionLifted: Duty.DECIDE,
    e.ReportUnfounded: Duty.DECIDE,
    e.ReporterWarned: Duty.DECIDE,
    e.ReporterLimited: Duty.DECIDE,
}


def may(office: Office, duty: Duty) -> bool:
    """Whether somebody in an office may do something of a sort."""
    return duty in DUTIES[office]


def duty_of(what: type[e.CaseEvent]) -> Duty | None:
    """Give the duty under which a person makes something happen; nothing where only the bot or a member does."""
    return _NEEDS.get(what)
