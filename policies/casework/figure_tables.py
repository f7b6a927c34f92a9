"""What the transparency report counts, in which tables, under which words (evidence.md R52)."""

from policies.casework.publications import Flow, Shape, Turned
from policies.casework.suppression import Table
from policies.casework.words import AppealVerdict, CaseKind, Channel, ClockName, Sanction, Verdict
from policies.decisions import Action
from policies.findings import Category

AUTOMATIC = (Action.HIDE, Action.HOLD, Action.MUTE, Action.SLOW_MODE, Action.LOCK)
"""What the bot does of its own accord that a member feels."""

LATE_CLOCKS = (ClockName.ACKNOWLEDGE, ClockName.TRIAGE, ClockName.DECIDE, ClockName.APPEAL_DECIDE)
"""The deadlines that the body has to keep; the time to appeal is the member's."""

_MEMBERS = (Channel.MESSAGE, Channel.REACTION, Channel.PERSON, Channel.OUTSIDE)

RECEIVED, DETECTED = "reports.received", "reports.detection"
OPENED, CLOSED, OPEN = "cases.opened", "cases.closed", "cases.open"
LATE, IN_TIME = "cases.open.late", "cases.open.in-time"
DECIDED, REVERSED = "decisions.made", "decisions.reversed-since"
FROM_DETECTION, FROM_REPORTS = "decisions.from-detection", "decisions.from-reports"
SANCTIONS, BY_GRID, DEPARTURES = "sanctions.imposed", "sanctions.by-grid", "sanctions.departures"
AUTOMATED, STOOD, TURNED_ROUND = "automatic.acts", "automatic.stood", "automatic.turned-round"
APPEALS, APPEALS_DECIDED = "appeals.made", "appeals.decided"
APPEAL_REVERSED = f"appeals.{AppealVerdict.REVERSED.value}"
ESCALATIONS, CONFIRMED, UNCONFIRMED = "escalations.made", "escalations.confirmed", "escalations.unconfirmed"
CONTACTS, REFUSED_VIEWS = "interference.contacts", "interference.refused-views"
ERASURES, EXPORTS, UNDELIVERED = "record.erasures", "record.exports", "notices.undelivered"
NO_CATEGORY = "reports.category.none"


def category_cell(category: Category) -> str:
    """Name the count of reports of a category."""
    return f"reports.category.{category.value}"


TABLES: tuple[Table, ...] = (
    Table("reports-by-channel", (*(f"reports.{way.value}" for way in _MEMBERS), DETECTED), RECEIVED),
    Table("reports-by-source", ("reports.named", "reports.unnamed", DETECTED), RECEIVED),
    Table("reports-by-category", (*map(category_cell, Category), NO_CATEGORY), RECEIVED, overlaps=True),
    Table("cases-by-kind", tuple(f"cases.{kind.value}" for kind in CaseKind), OPENED),
    Table("cases-over-deadline", (LATE, IN_TIME), OPEN),
    Table("late-by-clock", tuple(f"late.{clock.value}" for clock in LATE_CLOCKS), LATE, overlaps=True),
    Table("decisions-by-verdict", (*(f"decisions.{verdict.value}" for verdict in Verdict), REVERSED), DECIDED),
    Table("decisions-by-origin", (FROM_DETECTION, FROM_REPORTS), DECIDED),
    Table("sanctions-by-kind", tuple(f"sanctions.{kind.value}" for kind in Sanction), SANCTIONS),
    Table("sanctions-by-grid", (BY_GRID, DEPARTURES), SANCTIONS),
    Table("automatic-by-action", tuple(f"automatic.{action.value}" for action in AUTOMATIC), AUTOMATED),
    Table("automatic-by-end", (STOOD, TURNED_ROUND), AUTOMATED),
    Table("appeals-by-verdict", tuple(f"appeals.{verdict.value}" for verdict in AppealVerdict), APPEALS_DECIDED),
    Table("escalations-by-answer", (CONFIRMED, UNCONFIRMED), ESCALATIONS),
    Table("other", (CLOSED, APPEALS, CONTACTS, REFUSED_VIEWS, ERASURES, EXPORTS, UNDELIVERED)),
)
"""Every table; those with a total add up to it or overlap within it, the last one holds what stands alone."""

SHAPE = Shape(
    tables=TABLES,
    flow=Flow(waiting=OPEN, came=OPENED, went=CLOSED),
    turned=Turned(undone=REVERSED, undoing=APPEAL_REVERSED),
    precious=(DECIDED, CLOSED, OPENED, RECEIVED, ESCALATIONS, LATE, OPEN),
)

TITLES: dict[str, str] = {
    "reports-by-channel": "Reports, by the way they came in",
    "reports-by-source": "Reports, by who made them",
    "reports-by-category": "Reports, by what they are about",
    "cases-by-kind": "Cases opened, by kind",
    "cases-over-deadline": "Open cases, by whether they are over a deadline",
    "late-by-clock": "Open cases over a deadline, by deadline",
    "decisions-by-verdict": "Decisions, by what was found",
    "decisions-by-origin": "Decisions, by what the case began with",
    "sanctions-by-kind": "Sanctions, by kind",
    "sanctions-by-grid": "Sanctions, by whether they follow the published grid",
    "automatic-by-action": "What the bot did of its own accord",
    "automatic-by-end": "What the bot did of its own accord, by whether a moderator turned it round",
    "appeals-by-verdict": "Appeals decided, by outcome",
    "escalations-by-answer": "Escalations, by whether anybody confirmed that they were told",
    "other": "Other numbers",
}

WORDS: dict[str, str] = {
    RECEIVED: "Reports received",
    "reports.message": "about a message",
    "reports.reaction": "about a reaction",
    "reports.person": "about a person",
    "reports.outside": "about something outside the channels",
    DETECTED: "by the bot's own detection",
    "reports.named": "by somebody who gave their name",
    "reports.unnamed": "by somebody who stays unnamed",
    category_cell(Category.IDENTITY_ATTACK): "hatred of people for a protected characteristic",
    category_cell(Category.THREAT): "threat",
    category_cell(Category.INSULT): "insult",
    category_cell(Category.HARASSMENT): "harassment",
    category_cell(Category.OBSCENE): "obscene words",
    category_cell(Category.SELF_HARM): "urging to self-harm",
    category_cell(Category.INTIMIDATION): "intimidation",
    category_cell(Category.DOXXING): "private details made public",
    category_cell(Category.IMPERSONATION): "passing oneself off as somebody",
    category_cell(Category.PILE_ON): "many against one",
    category_cell(Category.SPAM): "spam",
    category_cell(Category.NOT_COMPETENT_BUSINESS): "discussion of an open case",
    NO_CATEGORY: "something else, or not said",
    OPENED: "Cases opened",
    CLOSED: "Cases closed",
    OPEN: "Cases open at the end",
    "cases.conduct": "conduct",
    "cases.campaign": "a campaign against one person",
    "cases.data-complaint": "complaint about personal data",
    "cases.subject-access": "request to see one's own data",
    "cases.erasure-request": "request for erasure",
    LATE: "over a deadline",
    IN_TIME: "within every deadline",
    "late.clock-acknowledge": "acknowledgement",
    "late.clock-triage": "triage",
    "late.clock-decide": "decision",
    "late.clock-appeal-decide": "decision on the appeal",
    DECIDED: "Decisions",
    "decisions.case-upheld": "upheld",
    "decisions.case-partly-upheld": "upheld in part",
    "decisions.case-not-upheld": "not upheld",
    "decisions.case-not-proven": "not proven",
    "decisions.case-outside-rules": "outside the rules",
    "decisions.case-request-met": "request met",
    "decisions.case-request-refused": "request refused",
    REVERSED: "reversed on appeal since",
    FROM_DETECTION: "began with the bot's detection",
    FROM_REPORTS: "began with somebody's report",
    SANCTIONS: "Sanctions imposed",
    "sanctions.sanction-warning": "warning",
    "sanctions.sanction-mute": "mute",
    "sanctions.sanction-suspension": "suspension",
    "sanctions.sanction-removal": "removal",
    "sanctions.sanction-ban": "ban",
    BY_GRID: "as the published grid says",
    DEPARTURES: "departing from it, with written reasons",
    AUTOMATED: "Automatic acts",
    "automatic.hide": "message hidden",
    "automatic.hold": "message held for review",
    "automatic.mute": "member muted for a while",
    "automatic.slow-mode": "channel slowed down",
    "automatic.lock": "channel locked for a while",
    STOOD: "stands, or was not looked at yet",
    TURNED_ROUND: "turned round by a moderator",
    APPEALS: "Appeals made",
    APPEALS_DECIDED: "Appeals decided",
    "appeals.decision-stands": "decision stands",
    "appeals.decision-varied": "decision varied",
    APPEAL_REVERSED: "decision reversed",
    ESCALATIONS: "Escalations past twice a deadline",
    CONFIRMED: "somebody confirmed that they were told",
    UNCONFIRMED: "nobody confirmed it",
    CONTACTS: "Attempts by outsiders to have a say in a case",
    REFUSED_VIEWS: "Attempts to see a case without a right to it, refused",
    ERASURES: "Erasures",
    EXPORTS: "Exports",
    UNDELIVERED: "Notices that could not be delivered",
}
"""The words for each count; a total begins with a capital, a row goes on from its table's title."""

CELLS: tuple[str, ...] = tuple(dict.fromkeys(cell for table in TABLES for cell in table.cells))
"""Every count of a report, once."""
