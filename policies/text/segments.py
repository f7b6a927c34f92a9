"""The parts of a message that are not the author's own words: quotations, block quotes, code; and its sentences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class SegmentKind(StrEnum):
    """How a part of a message is set apart."""

    QUOTED = "quoted"
    BLOCK = "block"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a folded text from `start` to `end`, its marks included."""

    kind: SegmentKind
    start: int
    end: int

    def holds(self, start: int, end: int) -> bool:
        """Whether a range lies inside, give or take the marks."""
        return self.start <= start and end <= self.end

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a range shares a character with this part."""
        return self.start < end and start < self.end


_CODE = re.compile(r"```.*?(?:```|\Z)|``[^`\n]+``|`[^`\n]+`", re.DOTALL)
_BLOCK = re.compile(r"^>>>[ \n].*\Z|^> ?[^\n]*(?:\n> ?[^\n]*)*", re.DOTALL | re.MULTILINE)
_SINGLE = re.compile(
    r"(?:(?<=[\s(\[{:,;\"-])|^)'(?=[^\s'])[^'\n]*(?:'(?=[a-z])[^'\n]*)*[^\s'\n]'(?![a-z0-9])", re.MULTILINE
)
_DOUBLE = '"'
_LONGEST_QUOTE = 1_000
_A_LETTER = 2
"""From mark to mark of a quotation of one letter, which is nobody's words."""


def segments(text: str) -> tuple[Segment, ...]:
    """Give the parts of a folded text that are set apart as somebody's words, in order, none overlapping.

    A double quotation mark without a partner opens a quotation up to the end of its line, as people
    forget to close them.
    """
    found: list[Segment] = []
    if ">" in text:
        found.extend(Segment(SegmentKind.BLOCK, m.start(), m.end()) for m in _BLOCK.finditer(text))
    if "`" in text:
        _add(found, (Segment(SegmentKind.CODE, m.start(), m.end()) for m in _CODE.finditer(text)))
    if _DOUBLE in text:
        _add(found, _double_quoted(text))
    if "'" in text:
        _add(found, (Segment(SegmentKind.QUOTED, m.start(), m.end()) for m in _SINGLE.finditer(text)))
    return tuple(sorted(found, key=lambda segment: segment.start))


def _double_quoted(text: str) -> list[Segment]:
    quoted: list[Segment] = []
    line_start = 0
    for line in text.split("\n"):
        marks = [line_start + place for place, char in enumerate(line) if char == _DOUBLE] if _DOUBLE in line else []
        for opening, closing in zip(marks[::2], marks[1::2], strict=False):
            if _A_LETTER < closing - opening <= _LONGEST_QUOTE:
                quoted.append(Segment(SegmentKind.QUOTED, opening, closing + 1))
        if len(marks) % 2:
            quoted.append(Segment(SegmentKind.QUOTED, marks[-1], line_start + len(line)))
        line_start += len(line) + 1
    return quoted


def _add(found: list[Segment], more: Iterable[Segment]) -> None:
    """Add the parts that lie in none that is there already."""
    taken = sorted(found, key=lambda segment: segment.start)
    place = 0
    for segment in more:
        while place < len(taken) and taken[place].end <= segment.start:
            place += 1
        if place == len(taken) or segment.end <= taken[place].start:
            found.append(segment)


_ENDING = re.compile(r"[.!?]+(?=[\s\"')\]]|\Z)|\n+")


def sentences(text: str, apart: tuple[Segment, ...]) -> tuple[tuple[int, int], ...]:
    """Give the bounds of the sentences of a folded text; a mark inside a quotation ends none."""
    bounds: list[tuple[int, int]] = []
    start = place = 0
    for ending in _ENDING.finditer(text):
        while place < len(apart) and apart[place].end <= ending.start():
            place += 1
        if place < len(apart) and apart[place].start <= ending.start():
            continue
        bounds.append((start, ending.end()))
        start = ending.end()
    if start < len(text):
        bounds.append((start, len(text)))
    return tuple(bounds)
