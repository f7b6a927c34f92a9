"""What becomes known while an export is read: how far the reading is, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.replay_adapter.files import READ_ERRORS, Files, reason, shown
from bot.replay_adapter.streaming import BrokenError, JsonStream

Row = Mapping[str, Any]


@dataclass(slots=True)
class Reading:
    """`problems` are sentences about what could not be read, `notes` about what was left out on purpose."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bytes_read: int = 0

    def note_once(self, sentence: str) -> None:
        """Keep a sentence that would otherwise come again and again."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def missing(self, name: str, number: int, what: str) -> None:
        """Keep that some messages of a file cannot be replayed."""
        if number:
            those = "1 message" if number == 1 else f"{number:,} messages"
            self.problems.append(f"{shown(name)}: {those} passed over: {what}.")

    def broken(self, name: str, error: BrokenError, replayed: int) -> None:
        """Keep that a file could be read up to a place only."""
        told = "nothing" if not replayed else "1 message" if replayed == 1 else f"{replayed:,} messages"
        self.problems.append(f"{shown(name)}: {error}; {told} of it could be replayed.")

    def count(self, number: int) -> None:
        """Keep that so many bytes more were read."""
        self.bytes_read += number


@contextmanager
def opened(files: Files, name: str, reading: Reading, *, counted: bool = False) -> Iterator[JsonStream]:
    """Open a file of the export as JSON; raises `BrokenError` where it cannot be."""
    try:
        file = files.open(name)
    except READ_ERRORS as error:
        raise BrokenError(reason(error)) from None
    with file:
        yield JsonStream(file, reading.count) if counted else JsonStream(file)


def word(row: Row, key: str) -> str:
    """Give a string inside an object, empty where there is none."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def part(row: Row, key: str) -> Row:
    """Give an object inside an object, empty where there is none."""
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def parts(row: Row, key: str) -> list[Row]:
    """Give the objects in a list inside an object."""
    value = row.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
