"""The written form of what happens to a case: JSON that gives back what went in, its parts sealed one by one."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from cattrs import Converter
from cattrs.strategies import configure_tagged_union

from bot.evidence.words import Sealed
from bot.store.codec import Body, dump, load, to_bytes, to_text
from policies.casework.events import CaseEvent, Happened

_TAG = "event"
"""Under which name the class of an event stands; a class that was ever written keeps its name."""

_TEXTS = {
    "words": Sealed.NOTE,
    "reasons": Sealed.REASONS,
    "grounds": Sealed.STATEMENT,
    "text": Sealed.TEXT,
    "person": Sealed.TARGET,
    "on": Sealed.TARGET,
}
_OF_REPORTS = {"words": Sealed.REPORT_REASON, "text": Sealed.TEXT}
_REPORTER = ("reporter", "reporter_account", "key")
"""What tells who made a report: a key can hold the name of the account it came from."""


def take_apart(happened: Happened) -> dict[str, bytes]:
    """Give the parts of what happened by the names they are sealed under; texts as the bytes that were given."""
    body: Body = _CONVERTER.unstructure(happened)
    parts = {}
    for name, holder, field in _texts(body["what"]):
        if isinstance(holder.get(field), str) and holder[field]:
            parts[name.value] = to_bytes(holder.pop(field))
    for new in _reports(body["what"]):
        parts[Sealed.REPORTER.value] = dump({field: new.pop(field) for field in _REPORTER})
        parts[Sealed.MSG_REF.value] = dump({"message": new.pop("message")})
    return {Sealed.BODY.value: dump(body), **parts}


def put_together(parts: Mapping[str, bytes]) -> Happened:
    """Give back what happened from its parts."""
    body = load(parts[Sealed.BODY.value])
    for name, holder, field in _texts(body["what"]):
        if name.value in parts:
            holder[field] = to_text(parts[name.value])
    for new in _reports(body["what"]):
        new.update(load(parts[Sealed.REPORTER.value]) | load(parts[Sealed.MSG_REF.value]))
    return _CONVERTER.structure(body, Happened)


def as_object(happened: Happened) -> Body:
    """Give what happened as JSON has it, whole."""
    said: Body = _CONVERTER.unstructure(happened)
    return said


def _texts(what: Body) -> Iterator[tuple[Sealed, Body, str]]:
    own = {**_TEXTS, "words": Sealed.STATEMENT} if what[_TAG] == "StatementTaken" else _TEXTS
    for field in _FIELDS[what[_TAG]]:
        if field in own:
            yield own[field], what, field
    for new in _reports(what):
        for field, name in _OF_REPORTS.items():
            yield name, new, field


def _reports(what: Body) -> Iterator[Body]:
    if what[_TAG] == "ReportJoined":
        yield what["report"]["new"]


def _converter() -> Converter:
    converter = Converter()
    converter.register_unstructure_hook(datetime, lambda at: at.isoformat())
    converter.register_structure_hook(datetime, lambda at, _: datetime.fromisoformat(at))
    configure_tagged_union(CaseEvent, converter, tag_name=_TAG)
    return converter


_CONVERTER = _converter()
_FIELDS = {kind.__name__: frozenset(kind.__dataclass_fields__) for kind in CaseEvent.__args__}
