"""Which kind of record each thing that can happen to a case makes."""

from bot.evidence.words import Kind
from policies.casework import events as e

KIND_OF: dict[type[e.CaseEvent], Kind] = {
    e.CaseOpened: Kind.CASE_OPENED,
    e.ReportJoined: Kind.REPORT_JOINED,
    e.IncidentLinked: Kind.INCIDENT_LINKED,
    e.CaseLinked: Kind.CASE_LINKED,
    e.PersonNamed: Kind.PERSON_NAMED,
    e.CaseMoved: Kind.CASE_MOVED,
    e.SeveritySet: Kind.SEVERITY_SET,
    e.Assigned: Kind.OFFICER_ASSIGNED,
    e.NoteAdded: Kind.NOTE_ADDED,
    e.StatementTaken: Kind.STATEMENT_TAKEN,
    e.FactFound: Kind.FACT_FOUND,
    e.ConflictNoted: Kind.CONFLICT_NOTED,
    e.ViewRefused: Kind.VIEW_REFUSED,
    e.ContactLogged: Kind.CONTACT_LOGGED,
    e.ClockPaused: Kind.CLOCK_PAUSED,
    e.ClockResumed: Kind.CLOCK_RESUMED,
    e.ClockBreached: Kind.CLOCK_BREACHED,
    e.CaseEscalated: Kind.CASE_ESCALATED,
    e.EscalationAcknowledged: Kind.ESCALATION_ACKNOWLEDGED,
    e.ApprovalAsked: Kind.APPROVAL_ASKED,
    e.ApprovalGiven: Kind.APPROVAL_GIVEN,
    e.CaseDecided: Kind.DECISION_MADE,
    e.SanctionImposed: Kind.SANCTION_IMPOSED,
    e.SanctionRenewed: Kind.SANCTION_RENEWED,
    e.SanctionEnded: Kind.SANCTION_ENDED,
    e.NoticeTried: Kind.NOTICE_TRIED,
    e.AppealMade: Kind.APPEAL_MADE,
    e.AppealDecided: Kind.APPEAL_DECIDED,
    e.ApprovalUsed: Kind.APPROVAL_USED,
    e.OfficeUnfilled: Kind.OFFICE_UNFILLED,
    e.ReportUnfounded: Kind.REPORT_UNFOUNDED,
    e.ReporterWarned: Kind.REPORTER_WARNED,
    e.ReporterLimited: Kind.REPORTER_LIMITED,
    e.DecisionProposed: Kind.DECISION_PROPOSED,
    e.SanctionStepped: Kind.SANCTION_STEPPED,
    e.SanctionStayed: Kind.SANCTION_STAYED,
    e.SanctionLifted: Kind.SANCTION_LIFTED,
    e.TaskGiven: Kind.TASK_GIVEN,
    e.TaskDone: Kind.TASK_DONE,
    e.ContentRestored: Kind.CONTENT_RESTORED,
}
"""One kind for each; whoever adds an event adds its kind."""

CASE_KINDS = frozenset(KIND_OF.values())
"""What belongs to a case and is sealed under its key."""
