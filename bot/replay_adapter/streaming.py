"""JSON read as it comes: the values of a file one after another, so that no export has to fit into memory."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from bot.replay_adapter.files import READ_ERRORS, reason

CHUNK = 256 * 1024
LONGEST_VALUE = 8 * 1024 * 1024
"""Characters; a single message that is longer is none."""

_SPACE = re.compile(r"[ \t\r\n]*")
_LONGEST_SIGN = 12
"""Characters of the longest escape (two halves of one character) or word (`-Infinity`) that may be cut in two."""
_CUT_OFF = "it was cut off"
_DECODER = json.JSONDecoder()
_MORE_OF_A_NUMBER = re.compile(r"[0-9.eE+-]*\Z")


class BrokenError(Exception):
    """The file ends or breaks here; what came before is good. The sentence tells nothing of its text."""


class JsonStream:
    """The JSON in an open file.

    A byte that is no UTF-8 is kept as a lone surrogate, which everything downstream can take.
    `on_read` is told how many bytes were read.
    """

    def __init__(self, file: BinaryIO, on_read: Callable[[int], None] = lambda _: None) -> None:
        # One read at a time, so that what comes before damage is not lost with it.
        self._read: Callable[[int], bytes] = getattr(file, "read1", file.read)
        self._on_read = on_read
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._text, self._place, self._passed = "", 0, 0
        self._ended = False

    def peek(self) -> str:
        """Give the next character that is no space, empty at the end of the file."""
        while True:
            space = _SPACE.match(self._text, self._place)
            self._place = space.end() if space else self._place
            if self._place < len(self._text):
                return self._text[self._place]
            if self._ended:
                return ""
            self._more()

    def take(self, wanted: str) -> None:
        """Pass over one sign; raises `BrokenError` if another stands there."""
        found = self.peek()
        if found != wanted:
            raise self._broken(f"{wanted} was expected") if found else BrokenError(_CUT_OFF)
        self._place += 1

    def value(self) -> Any:
        """Read one whole value."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
            except json.JSONDecodeError as error:
                if not _may_go_on(error):
                    raise self._broken("", error.pos) from None
                if self._ended:
                    raise BrokenError(_CUT_OFF) from None
            except ValueError:
                raise self._broken("a number is too long") from None
            except RecursionError:
                raise self._broken("it is nested too deep") from None
            else:
                if not (_is_number(value) and _MORE_OF_A_NUMBER.match(self._text, end)):
                    self._place = end
                    return value
                if self._ended:
                    raise BrokenError(_CUT_OFF)
            if len(self._text) - self._place > LONGEST_VALUE:
                raise self._broken("a single value is too long or is no JSON")
            self._more(max(CHUNK, len(self._text) - self._place))

    def elements(self) -> Iterator[Any]:
        """Read a list, one value at a time."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.peek() == "]":
                break
            self.take(",")
        self.take("]")

    def members(self) -> Iterator[str]:
        """Read an object: after each key that is given, its value has to be read."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self._broken("a name was expected")
            self.take(":")
            yield key
            if self.peek() == "}":
                break
            self.take(",")
        self.take("}")

    def _more(self, wanted: int = CHUNK) -> None:
        try:
            read = self._read(wanted)
        except READ_ERRORS as error:
            raise BrokenError(reason(error)) from None
        self._on_read(len(read))
        self._ended = not read
        self._passed += self._place
        self._text = self._text[self._place :] + self._decoder.decode(read, self._ended)
        self._place = 0

    def _broken(self, what: str, place: int | None = None) -> BrokenError:
        at = self._passed + (self._place if place is None else place)
        return BrokenError(f"it is no JSON at about character {at:,}{f': {what}' if what else ''}")


def _may_go_on(error: json.JSONDecodeError) -> bool:
    """Whether what is broken may only be unfinished: the error stands at the end of what was read."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(error.doc) - _LONGEST_SIGN


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
