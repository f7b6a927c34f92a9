"""Cases as officers read them: a line, a page or JSON; what people wrote is masked unless asked otherwise."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.incident_rows import one_line, printable
from bot.store.case_codec import as_object as written
from handlers.alerts import masked
from policies.assess import Reader
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.clocks import Running
from policies.casework.words import ClockName

_WORDS = frozenset(
    {
        "address",
        "departure",
        "detail",
        "evidence",
        "grounds",
        "how",
        "name",
        "obtained_how",
        "original_kept_by",
        "reasons",
        "text",
        "title",
        "what",
        "who",
        "why",
        "words",
    }
)
"""The fields in which people write as they like."""

_UNSAID = frozenset({"code_hash", "event", "key", "reporter_account"})
_SAID = {
    e.CaseOpened: "opened",
    e.ReportJoined: "report",
    e.IncidentLinked: "incident",
    e.CaseLinked: "linked case",
    e.PersonNamed: "person",
    e.CaseMoved: "state",
    e.SeveritySet: "severity",
    e.Assigned: "office",
    e.NoteAdded: "note",
    e.StatementTaken: "statement",
    e.FactFound: "finding",
    e.ConflictNoted: "stands aside",
    e.ViewRefused: "look refused",
    e.ContactLogged: "contact",
    e.CaseDecided: "decision",
    e.AppealMade: "appeal",
    e.AppealDecided: "appeal decision",
}


class Words:
    """What people wrote, masked or as it was."""

    def __init__(self, reader: Reader, *, unmask: bool) -> None:
        self._reader, self._unmask = reader, unmask

    def of(self, text: str) -> str:
        """Give a text as it may be shown."""
        return text if self._unmask or not text else masked(text, self._reader.read(text)[1])

    def within(self, said: Any, field: str = "") -> Any:
        """Give JSON in which what people wrote is as it may be shown, and addresses and codes are left out."""
        if isinstance(said, dict):
            return {key: self.within(value, key) for key, value in said.items() if key not in _UNSAID}
        if isinstance(said, list):
            return [self.within(one, field) for one in said]
        return self.of(said) if isinstance(said, str) and field in _WORDS else said


def heading() -> str:
    """Give the line above the table."""
    return _row("CASE", "STATE", "SEVERITY", "OPENED (UTC)", "REPORTS", "NEXT DEADLINE")


def table_row(case: Case, running: tuple[Running, ...], now: datetime) -> str:
    """Give a case as one line, without a word of anybody."""
    reports = str(len(case.of(e.ReportJoined)))
    state = case.state.value
    return _row(case.id, state, case.severity.value, f"{case.opened_at:%Y-%m-%d}", reports, _due(running, now))


def as_line(case: Case, running: tuple[Running, ...]) -> dict[str, Any]:
    """Give what the table shows of a case, for machines."""
    next_one = _next(running)
    return {
        "id": case.id,
        "kind": case.kind.value,
        "state": case.state.value,
        "severity": case.severity.value,
        "opened_at": case.opened_at.isoformat(),
        "reports": len(case.of(e.ReportJoined)),
        "version": case.version,
        "next_deadline": None if next_one is None else {"clock": next_one.name.value, "due": next_one.due.isoformat()},
    }


def as_object(case: Case, words: Words, running: tuple[Running, ...]) -> dict[str, Any]:
    """Give a whole case for machines."""
    return as_line(case, running) | {
        "title": words.of(case.title),
        "categories": [category.value for category in case.categories],
        "incidents": list(case.incidents),
        "people": [{"part": named.part.value, "person": named.person} for named in case.people],
        "officers": {office.value: officer for office, officer in case.officers},
        "history": [_as_happened(one, words) for one in case.history],
    }


def page(case: Case, words: Words, running: tuple[Running, ...], now: datetime) -> Iterator[str]:
    """Give a case as the lines of a page."""
    yield f"{case.id} · {case.state.value} · {case.severity.value} · {case.kind.value} · version {case.version}"
    if case.title:
        yield f"{'title':<11}{_plain(words.of(case.title))}"
    yield f"{'opened':<11}{case.opened_at:%Y-%m-%d %H:%M} UTC"
    if due := _due(running, now):
        yield f"{'deadline':<11}{due}"
    if case.categories:
        yield f"{'category':<11}{', '.join(category.value for category in case.categories)}"
    for office, officer in dict(case.officers).items():
        yield f"{'officer':<11}{officer} ({office.value})"
    for named in case.people:
        yield f"{'person':<11}{named.person} ({named.part.value})"
    for incident in case.incidents:
        yield f"{'incident':<11}{incident}"
    yield ""
    proposals = 0
    for one in case.history:
        said = _SAID.get(type(one.what)) or _in_words(type(one.what).__name__)
        if isinstance(one.what, e.DecisionProposed):
            proposals += 1
            said = f"proposal {proposals}"
        by = f"{one.by.officer} ({one.by.office.value})" if one.by.office and one.by.officer else "-"
        yield f"{one.at:%Y-%m-%d %H:%M}  {said}  {by}"
        for line in _details(_as_happened(one, words)["what"]):
            yield f"{'':<18}{_plain(line)}"


def _in_words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _as_happened(one: e.Happened, words: Words) -> dict[str, Any]:
    said = written(one)
    what = said.pop("what")
    said["event"] = what["event"]
    said["what"] = words.within(what)
    return said


def _details(said: dict[str, Any]) -> Iterator[str]:
    """Give the fields of an event that say anything, nested ones with the field they stand in."""
    for field, value in said.items():
        if field in ("report", "new") and isinstance(value, dict):
            yield from _details(value)
        elif isinstance(value, dict):
            inner = "; ".join(_details(value))
            if inner:
                yield f"{field}: {inner}"
        elif isinstance(value, list):
            for one in value:
                yield f"{field.replace('_', ' ')}: {'; '.join(_details(one)) if isinstance(one, dict) else one}"
        elif value not in (None, "", False):
            yield f"{field.replace('_', ' ')}: {value}" if value is not True else field.replace("_", " ")


def _plain(text: str) -> str:
    return one_line(printable(text))


def _next(running: tuple[Running, ...]) -> Running | None:
    going = [one for one in running if one.stopped is None and one.name is not ClockName.APPEAL_WINDOW]
    return min(going, key=lambda one: one.due, default=None)


def _due(running: tuple[Running, ...], now: datetime) -> str:
    next_one = _next(running)
    if next_one is None:
        return ""
    late = " LATE" if next_one.is_over(now) else ""
    return f"{next_one.name.value.removeprefix('clock-')} by {next_one.due:%Y-%m-%d %H:%M}{late}"


def _row(*cells: str) -> str:
    widths = (16, 15, 10, 14, 9, 0)
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
