"""The written form of an event: JSON that gives back exactly what went in, in parts that are sealed one by one."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from cattrs import Converter
from cattrs.strategies import configure_tagged_union

from bot.evidence.words import Sealed
from policies.events import MessageWritten

T = TypeVar("T")
Body = dict[str, Any]

_PATHS: dict[str, dict[str, tuple[str, ...]]] = {
    "NewIncident": {
        Sealed.TEXT.value: ("event", "text"),
        Sealed.BEFORE.value: ("event", "before"),
        Sealed.PARENT.value: ("event", "parent", "text"),
        Sealed.PARENT_CONTEXT.value: ("assessment", "context", "parent_text"),
        Sealed.AUTHOR.value: ("event", "author"),
        Sealed.MSG_REF.value: ("event", "ref"),
        Sealed.REPORTER.value: ("reporter",),
        Sealed.REPORT_REASON.value: ("report_reason",),
    },
    "Act": {Sealed.REASON.value: ("reason",), Sealed.AUTHOR.value: ("actor",), Sealed.TARGET.value: ("subject",)},
    "ContextEntry": {
        Sealed.CONTEXT_BEFORE.value: ("found", "before"),
        Sealed.CONTEXT_AFTER.value: ("found", "after"),
    },
    "Edit": {
        Sealed.TEXT.value: ("event", "text"),
        Sealed.BEFORE.value: ("event", "before"),
        Sealed.PARENT.value: ("event", "parent", "text"),
        Sealed.AUTHOR.value: ("event", "author"),
        Sealed.MSG_REF.value: ("event", "ref"),
    },
    "Deletion": {Sealed.MSG_REF.value: ("event", "ref")},
}
"""What of a value can be disclosed without the rest of it, and where it stands."""
_JSON = {Sealed.AUTHOR.value, Sealed.MSG_REF.value, Sealed.CONTEXT_BEFORE.value, Sealed.CONTEXT_AFTER.value}


def take_apart(value: object) -> dict[str, bytes]:
    """Give the parts of a value by the names they are sealed under; texts as the bytes that were delivered."""
    body: Body = _CONVERTER.unstructure(value)
    parts = {}
    for name, path in _PATHS.get(type(value).__name__, {}).items():
        for holder in _holders(body, path):
            if name in _JSON:
                parts[name] = dump(holder.pop(path[-1]))
            elif isinstance(holder[path[-1]], str) and holder[path[-1]]:
                parts[name] = to_bytes(holder.pop(path[-1]))
    return {Sealed.BODY.value: dump(body), **parts}


def put_together(parts: Mapping[str, bytes], kind: type[T]) -> T:
    """Give back the value whose parts were kept."""
    body = load(parts[Sealed.BODY.value])
    for name, path in _PATHS.get(kind.__name__, {}).items():
        if name in parts:
            for holder in _holders(body, path, present=False):
                holder[path[-1]] = load(parts[name]) if name in _JSON else to_text(parts[name])
    return structured(body, kind)


def structured(body: Body, kind: type[T]) -> T:
    """Give the value that JSON stands for."""
    return _CONVERTER.structure(body, kind)


def dump(body: Body) -> bytes:
    """Write JSON that keeps any string as it is, lone surrogates and NUL included."""
    try:
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # it writes no lone surrogates
        return to_bytes(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def load(written: bytes) -> Body:
    """Read what `dump` wrote."""
    parts: Body
    try:
        parts = orjson.loads(written)
    except orjson.JSONDecodeError:  # it takes no lone surrogates
        parts = json.loads(to_text(written))
    return parts


def to_bytes(text: str) -> bytes:
    """Give the UTF-8 of a text, with lone surrogates kept as three bytes each."""
    return text.encode("utf-8", "surrogatepass")


def to_text(written: bytes) -> str:
    """Read what `to_bytes` wrote."""
    return written.decode("utf-8", "surrogatepass")


def moment(at: datetime) -> str:
    """Write a time so that times sort as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _holders(body: Body, path: tuple[str, ...], *, present: bool = True) -> Iterator[Body]:
    holder: Any = body
    for step in path[:-1]:
        holder = holder.get(step) if isinstance(holder, dict) else None
    if isinstance(holder, dict) and (path[-1] in holder or not present):
        yield holder


def _converter() -> Converter:
    converter = Converter()
    converter.register_unstructure_hook(datetime, lambda at: at.isoformat())
    converter.register_structure_hook(datetime, lambda at, _: datetime.fromisoformat(at))
    configure_tagged_union(MessageWritten, converter, tag_name="what")
    return converter


_CONVERTER = _converter()
