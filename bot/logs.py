"""The log: events and places, never message text, names or tokens."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from handlers.errors import HustingsError

ALLOWED = frozenset(
    {
        "action",
        "at",
        "channel",
        "code",
        "count",
        "delay",
        "delegate",
        "error",
        "event",
        "event_id",
        "file",
        "folder",
        "group",
        "guild",
        "incident",
        "left",
        "level",
        "logger",
        "message",
        "messages",
        "mode",
        "part",
        "platform",
        "policy",
        "problem",
        "read",
        "sqlite",
        "status",
        "team",
        "timestamp",
        "trouble",
        "version",
        "what",
    }
)
"""What a line of the log may tell; anything else is left out, by whatever name it comes."""

IDS = frozenset({"channel", "delegate", "event_id", "group", "guild", "incident", "message", "team"})
"""Of these, only what looks like an id."""

LONGEST = 400
_ID = re.compile(r"[\w.:|/-]{1,100}", re.ASCII)
_FRAMES = 6
_FIRST = ("timestamp", "level", "event")
_OWN = ("bot.", "handlers.", "policies.")
_LIBRARY_LEVEL = {"debug": logging.INFO, "info": logging.WARNING, "warning": logging.WARNING, "error": logging.ERROR}


def set_up_logs(level: str, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send all logging, the libraries' included, through one filter to one stream.

    A terminal gets lines for people, anything else JSON. Libraries build their lines from what they
    handle, so of theirs only the pattern is kept, or the place where it was written.
    """
    stream = stream or sys.stderr
    clean = _Cleaner(secrets)
    common: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _place_of_error,
        clean,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if stream.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *common,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_note_pattern)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_library_line, *common],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(_LIBRARY_LEVEL[level])
    for package in _OWN:
        logging.getLogger(package.rstrip(".")).setLevel(level.upper())
    logging.captureWarnings(True)


class _Cleaner:
    """Keeps what may be told, without tokens, on one line and short."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(sorted((secret for secret in secrets if len(secret) > 3), key=len, reverse=True))

    def __call__(self, _: Any, __: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
        kept: dict[str, Any] = {}
        for name, value in line.items():
            if name.startswith("_"):
                kept[name] = value  # structlog's own, taken out before the line is written
            elif name in ALLOWED and (name not in IDS or _ID.fullmatch(str(value))):
                kept[name] = self._clean(value)
        kept = {name: kept[name] for name in (*_FIRST, *kept) if name in kept}
        left_out = sorted(name for name in line if name not in kept and name != "exc_info")
        if left_out:
            kept["left_out"] = left_out
        return kept

    def _clean(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        text = " ".join(str(value).split())
        for secret in self._secrets:
            text = text.replace(secret, "…")
        text = text.encode("utf-8", "replace").decode("utf-8")
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _note_pattern(record: logging.LogRecord) -> bool:
    """Put the pattern of a line by, for it is filled in before anything else sees it."""
    record.pattern = record.msg if isinstance(record.msg, str) and record.args else ""
    return True


def _library_line(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of a library's line its pattern, which is constant, or its place where it was put together before."""
    record: logging.LogRecord = line["_record"]
    line["event"] = record.__dict__["pattern"] or f"{record.module}.{record.funcName}"
    line["at"] = f"{record.module}:{record.lineno}"
    if record.exc_info:
        line["exc_info"] = record.exc_info
    return line


def _place_of_error(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell of an error its kind and place; its words only if they are ours, for others quote what they met."""
    found = line.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        line.update(describe(error))
    line.pop("exc_text", None)
    return line


def describe(error: BaseException) -> dict[str, str]:
    """Give an error's kind and place, and its sentence if it is one of ours."""
    told = {"error": type(error).__name__, "at": _place(error.__traceback__)}
    if isinstance(error, HustingsError):
        told["trouble"] = str(error)
    return told


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
