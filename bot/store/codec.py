"""The written form of an event: JSON that gives back exactly what went in, with the texts kept apart."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.strategies import configure_tagged_union

from policies.events import MessageWritten

T = TypeVar("T")
Body = dict[str, Any]

TEXTS = {
    "text": ("event", "text"),
    "before": ("event", "before"),
    "parent": ("event", "parent", "text"),
    "parent-context": ("assessment", "context", "parent_text"),
    "report-reason": ("report_reason",),
    "reason": ("reason",),
}
"""Where members' and moderators' own words stand in a body; they are kept beside it, not in it."""


def take_apart(value: object) -> tuple[bytes, dict[str, bytes]]:
    """Give the JSON of a value without anybody's words, and the words as the bytes that were delivered."""
    body: Body = _CONVERTER.unstructure(value)
    words = {}
    for name, path in TEXTS.items():
        for holder in _holders(body, path):
            if isinstance(holder[path[-1]], str):
                words[name] = to_bytes(holder.pop(path[-1]))
    return dump(body), words


def put_together(body: bytes, words: dict[str, bytes], kind: type[T]) -> T:
    """Give back the value whose JSON and words were kept."""
    parts = load(body)
    for name, kept in words.items():
        path = TEXTS[name]
        for holder in _holders(parts, path, present=False):
            holder[path[-1]] = to_text(kept)
    return _CONVERTER.structure(parts, kind)


def dump(body: Body) -> bytes:
    """Write JSON that keeps any string as it is, lone surrogates and NUL included."""
    return to_bytes(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def load(written: bytes) -> Body:
    """Read what `dump` wrote."""
    parts: Body = json.loads(to_text(written))
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
