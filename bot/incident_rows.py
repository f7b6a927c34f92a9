"""Incidents as admins read them: a line, a page, JSON or CSV; masked unless asked otherwise."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len, set_cell_size

from bot.slack_adapter.convert import plain
from handlers.alerts import alert_card, known_ends, masked, outcome_line, quoted
from policies.acts import Act, Verb
from policies.copies import CopyStatus
from policies.decisions import VERDICTS, Action, Outcome
from policies.events import MessageEdited
from policies.identifiers import PlatformName
from policies.incidents import Incident, IncidentState
from policies.text.masking import mask

COLUMNS = (
    "id",
    "recorded_at",
    "platform",
    "community",
    "channel",
    "channel_name",
    "message",
    "kind",
    "author",
    "author_name",
    "text",
    "actions",
    "withheld",
    "rules",
    "categories",
    "severity",
    "stance",
    "source",
    "reports",
    "state",
    "outcomes",
    "decided_by",
    "decided_at",
    "decision_reason",
    "deleted_at",
    "policy",
    "degraded",
    "link",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_WIDTHS = (13, 16, 8, 16, 16, 20, 10)
_NARROW = (13, 16, 8, 12, 11, 9)
_BELOW = 22
_WIDE = 140


def as_object(incident: Incident, *, unmask: bool) -> dict[str, Any]:
    """Give everything about an incident but who reported it."""
    event, decision, assessment = incident.event, incident.decision, incident.assessment
    edited = isinstance(event, MessageEdited)
    words = _Words(incident, unmask=unmask)
    return {
        "id": incident.id,
        "recorded_at": incident.recorded_at.isoformat(),
        "platform": event.ref.platform.value,
        "community": event.ref.community,
        "channel": event.ref.channel,
        "channel_name": event.channel_name,
        "message": event.ref.message,
        "thread": event.thread,
        "link": event.link,
        "kind": "edited" if edited else "posted",
        "at": (event.edited_at if isinstance(event, MessageEdited) else event.posted_at).isoformat(),
        "author": event.author.id,
        "author_name": words.said(event.author.name),
        "text": words.text,
        "attachments": [_file(incident, number, words) for number in range(1, len(event.attachments) + 1)],
        "findings": [
            {"kind": f.kind, "start": f.span.start, "end": f.span.end, "stance": f.stance.value, "view": f.view}
            for f in assessment.findings
        ],
        "scores": assessment.scores.as_dict() if assessment.scores else None,
        "scorer": assessment.scorer,
        "stance": assessment.stance.value,
        "actions": [action.value for action in decision.actions],
        "withheld": [action.value for action in decision.withheld],
        "rules": [match.rule for match in decision.rules],
        "categories": [category.value for category in decision.categories],
        "severity": decision.severity.value,
        "reasons": list(decision.reasons),
        "policy": {
            "name": decision.policy.name,
            "version": decision.policy.version,
            "sha256": decision.policy.sha256,
        },
        "degraded": list(decision.degraded),
        "source": incident.source.value,
        "reports": _reports(incident),
        "outcomes": [
            {
                "action": record.outcome.action.value,
                "status": record.outcome.status.value,
                "detail": record.outcome.detail,
                "at": record.at.isoformat(),
            }
            for record in incident.outcomes
        ],
        "state": incident.state.value,
        "version": incident.version,
        "decisions": [words.act(act) for act in incident.acts if act.verb is not Verb.REPORT],
        "edits": [
            {"at": edit.at.isoformat(), "text": edit.text if unmask else quoted(edit.text, incident)}
            for edit in incident.edits
        ],
        "deleted_at": incident.deleted_at.isoformat() if incident.deleted_at else None,
    }


def json_piece(incident: Incident, *, first: bool, unmask: bool) -> str:
    """Give an incident as a piece of a JSON array that is written bit by bit."""
    written = json.dumps(as_object(incident, unmask=unmask), indent=2)  # escapes what UTF-8 cannot hold
    return f"{'[' if first else ','}\n{written}"


_WANTED = {IncidentState.UPHELD: "abuse", IncidentState.NOT_ABUSE: "ok"}


def labelled_line(incident: Incident) -> str:
    """Give what moderators decided as a line for `hustings models calibrate`, or nothing where they have not."""
    if incident.state not in _WANTED:
        return ""
    return json.dumps({"text": incident.event.text, "want": _WANTED[incident.state]}) + "\n"


def csv_line(values: list[str]) -> str:
    """Give one line of CSV in which no cell is taken for a formula."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_guarded(value) for value in values])
    return line.getvalue()


def csv_values(incident: Incident, *, unmask: bool) -> list[str]:
    """Give the cells of an incident, in the order of `COLUMNS`."""
    whole = as_object(incident, unmask=unmask)
    last = whole["decisions"][-1] if whole["decisions"] else {}
    whole |= {
        "outcomes": [f"{outcome['action']}: {outcome['status']}" for outcome in whole["outcomes"]],
        "policy": f"{whole['policy']['name']} {whole['policy']['version']}",
        "decided_by": last.get("by"),
        "decided_at": last.get("at"),
        "decision_reason": last.get("reason"),
    }
    return [_cell(whole[column]) for column in COLUMNS]


def heading(width: int) -> str:
    """Give what stands over the table."""
    return _row(("INCIDENT", "RECORDED (UTC)", "PLATFORM", "CHANNEL", "AUTHOR", "DECIDED", "STATE", "TEXT"), width)


def table_row(incident: Incident, *, unmask: bool, width: int) -> str:
    """Give an incident as one line of a table, or as two where a terminal is too narrow for the text beside the rest.

    A width of 0 is none: the line is as long as the text.
    """
    event = incident.event
    words = _Words(incident, unmask=unmask)
    cells = (
        incident.id,
        f"{incident.recorded_at:%Y-%m-%d %H:%M}",
        event.ref.platform.value,
        f"#{one_line(mask(event.channel_name or event.ref.channel, ()))}",
        one_line(mask(event.author.name, ())),
        ", ".join(action.value for action in sorted(incident.decision.actions, key=_strictness, reverse=True)),
        incident.state.value,
        one_line(printable(readable(words.text, event.ref.platform))),
    )
    return _row(cells, width)


def _strictness(action: Action) -> int:
    """Give where an action stands on the ladder of verdicts; what is not on it is mildest."""
    return VERDICTS.index(action) if action in VERDICTS else -1


def page(incident: Incident, *, unmask: bool) -> Iterator[str]:
    """Give an incident as lines for a person."""
    card, event, words = alert_card(incident), incident.event, _Words(incident, unmask=unmask)
    platform = event.ref.platform
    yield f"{incident.id}  {card.headline}"
    yield f"recorded   {incident.recorded_at:%Y-%m-%d %H:%M:%S} UTC"
    where = f"{event.ref.platform.value} #{card.channel_name or card.channel}  {event.link}"
    yield f"where      {one_line(printable(where))}"
    yield f"author     {one_line(printable(f'{card.author_name} ({event.author.id})'))}"
    yield f"text       {one_line(printable(readable(words.text, platform)))}"
    if isinstance(event, MessageEdited) and event.before is not None:
        yield f"before     {one_line(printable(readable(words.before, platform)))}"
    if event.parent and event.parent.text:
        yield f"answering  {one_line(printable(readable(words.parent, platform)))}"
    for edit in incident.edits:
        changed = edit.text if unmask else quoted(edit.text, incident)
        yield f"edited     {edit.at:%Y-%m-%d %H:%M:%S} UTC  {one_line(printable(readable(changed, platform)))}"
    for number in range(1, len(event.attachments) + 1):
        yield f"{'files' if number == 1 else '':<11}{one_line(printable(_file_line(incident, number, words)))}"
    for number, reason in enumerate(card.why):
        yield f"{'why' if not number else '':<11}{one_line(printable(reason))}"
    policy = incident.decision.policy
    yield f"policy     {policy.name}, version {policy.version}, {policy.sha256[:16]}"
    for number, record in enumerate(known_ends(incident)):
        ended = one_line(printable(_ended(record.outcome)))
        yield f"{'done' if not number else '':<11}{record.at:%H:%M:%S}  {ended}"
    for action in incident.unfinished:
        yield f"{'':<11}still to do: {action.value}"
    yield f"state      {incident.state.value}"
    for act in incident.acts:
        if act.verb is not Verb.REPORT:
            told = words.act(act)
            said = one_line(printable(f"{told['by']}: {act.verb.value} ({told['reason']})"))
            yield f"{'':<11}{act.at:%Y-%m-%d %H:%M} UTC  {said}"
    if incident.deleted_at:
        yield f"deleted    {incident.deleted_at:%Y-%m-%d %H:%M:%S} UTC"


def _ended(outcome: Outcome) -> str:
    """Say how one action ended, with what was noted about it: that nobody was touched, or in whose name it was done."""
    line, noted = outcome_line(outcome), outcome.detail.rstrip(". ")
    return f"{line} ({noted})" if noted and noted not in line else line


def readable(text: str, platform: PlatformName) -> str:
    """Show a text as the platform shows it: Slack delivers mentions, links and three characters in a markup of its own.

    Only what people read on a page or in a table passes through here; the record, JSON and CSV have the text as it
    was delivered.
    """
    return plain(text) if platform is PlatformName.SLACK else text


class _Words:
    """What people wrote, masked or as it was."""

    def __init__(self, incident: Incident, *, unmask: bool) -> None:
        self._incident, self._unmask = incident, unmask

    @property
    def text(self) -> str:
        event = self._incident.event
        return event.text if self._unmask else masked(event.text, self._incident.assessment, most=1_000)

    @property
    def before(self) -> str:
        event = self._incident.event
        before = event.before if isinstance(event, MessageEdited) else None
        # Nothing was looked for in the earlier text, so nothing in it can be masked word by word.
        return (before or "") if self._unmask else "(shown with --unmask)"

    @property
    def parent(self) -> str:
        parent = self._incident.event.parent
        return (parent.text or "") if parent and self._unmask else "(shown with --unmask)"

    def said(self, text: str) -> str:
        return text if self._unmask else mask(text, ())

    def act(self, act: Act) -> dict[str, str]:
        return {
            "verb": act.verb.value,
            "by": self.said(act.actor.name),
            "by_id": act.actor.id,
            "reason": act.reason if self._unmask else quoted(act.reason, self._incident),
            "at": act.at.isoformat(),
        }


def _file(incident: Incident, number: int, words: _Words) -> dict[str, Any]:
    """Say what is known of a file of the message; what is in it is shown nowhere."""
    attachment, copy = incident.event.attachments[number - 1], incident.copy_of(number)
    return {
        "name": words.said(attachment.name),
        "size": attachment.size,
        "copy": copy.status.value if copy else None,
        "copied_bytes": copy.size if copy and copy.status is CopyStatus.KEPT else None,
        "sha256": copy.sha256 or None if copy else None,
        "detail": copy.detail if copy else "",
    }


def _file_line(incident: Incident, number: int, words: _Words) -> str:
    file, copy = _file(incident, number, words), incident.copy_of(number)
    name = file["name"] or "(a file without a name)"
    if copy is None:
        return f"{name}: {'still to be kept' if number in incident.uncopied else 'not kept'}"
    if copy.status is CopyStatus.KEPT:
        return f"{name}: kept, {copy.size} bytes, SHA-256 {copy.sha256}"
    again = "" if copy.status.final else " It is tried again."
    return f"{name}: not kept ({copy.status.value}). {copy.detail}{again}"


def _reports(incident: Incident) -> int:
    reporters = {act.actor.id for act in incident.acts if act.verb is Verb.REPORT}
    return len(reporters | ({incident.reporter} if incident.reporter else set()))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return printable(str(value))


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(cells: tuple[str, ...], width: int) -> str:
    if not width or width >= _WIDE:
        line = _columns(cells, _WIDTHS)
        return set_cell_size(line, width).rstrip() if width else line
    *first, decided, state, text = cells
    lines = (_columns((*first, state), _NARROW), f"  {_columns((decided, text), (_BELOW,))}")
    return "\n".join(set_cell_size(line, width).rstrip() for line in lines)


def _columns(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    fitted = [_fitted(cell, width) for cell, width in zip(cells, widths, strict=False)]
    return "  ".join([*fitted, *cells[len(widths) :]])


def _fitted(cell: str, width: int) -> str:
    return set_cell_size(cell, width) if cell_len(cell) <= width else f"{set_cell_size(cell, width - 1)}…"


def one_line(text: str) -> str:
    """Put a text on one line."""
    return " ".join(text.split())


def printable(text: str) -> str:
    """Show what a terminal would obey or hide, such as escapes and changes of direction, by its number."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else f"⟦U+{ord(c):04X}⟧"
        for c in text
    )
