"""Which patterns a text can match, and where: told from the words they need, before any of them is run."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from policies.needs import EDGE, MOST_NEEDS, Part, needs_of

_REACHES = (8, 14, 26)
"""Words that a match may span, in steps; what may span more is looked for within the last."""
_SLACK = 4
"""Words added to what a pattern says of itself, for what counts as two (`don't`) and for signs beside words."""
_TOKENS = re.compile(r"[a-z0-9]+")


class Anchors:
    """Sorts patterns by the words they need; safe to share.

    A text is read in windows of as many words as a match may span, each window half over the next. A
    pattern is tried where a window holds a word for each of its needs. What each window holds is one
    number with a bit for each need of each pattern.
    """

    def __init__(self, rows: "Iterable[Rows]") -> None:
        self._rows = tuple(rows)
        self._by_word: dict[str, list[tuple[int, int]]] = {}
        by_fragment: dict[str, list[tuple[int, int]]] = {}
        for kind, of_reach in enumerate(self._rows):
            size = MOST_NEEDS * len(of_reach.patterns) // 8 + 1
            for literal, bits in of_reach.by_literal.items():
                whole = literal[0] == literal[-1] == EDGE
                kept = self._by_word if whole else by_fragment
                kept.setdefault(literal.strip(EDGE), []).append((kind, _number(bits, size)))
        self._by_fragment = list(by_fragment.values())
        self._fragments = AhoCorasick(list(by_fragment), matchkind=MatchKind.Standard)

    def candidates(self, text: str, parts: Sequence[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
        """Give for each pattern that may match a folded text the ranges of the text that hold all its matches.

        Only the given parts of the text are looked at, each by itself.
        """
        found: dict[int, list[tuple[int, int]]] = {}
        for start, end in parts:
            self._look(text, start, end, found)
        return {number: list(_joined(ranges)) for number, ranges in found.items()}

    def _look(self, text: str, start: int, end: int, found: dict[int, list[tuple[int, int]]]) -> None:
        tokens = list(_TOKENS.finditer(text, start, end))
        starts = [token.start() for token in tokens]
        blocks = [[rows.given] * max(1, -(-len(starts) // rows.reach)) for rows in self._rows]
        by_word, last = self._by_word, ""
        for place, token in enumerate(tokens):
            word = token.group()
            for kind, bits in by_word.get(word, ()):
                blocks[kind][place // _REACHES[kind]] |= bits
            for kind, bits in by_word.get(f"{last} {word}", ()):
                blocks[kind][place // _REACHES[kind]] |= bits
            last = word
        within = text if start == 0 and end == len(text) else text[start:end]
        for number, at, _ in self._fragments.find_matches_as_indexes(within, overlapping=True):
            place = max(0, bisect_right(starts, start + at) - 1)
            for kind, bits in self._by_fragment[number]:
                blocks[kind][place // _REACHES[kind]] |= bits
        for rows, held in zip(self._rows, blocks, strict=True):
            for window, left in rows.met(held):
                first = window * rows.reach
                last_place = first + 2 * rows.reach if len(held) > 1 else len(starts)
                place_in_text = (
                    starts[first - 1] if first else start,
                    starts[last_place] if last_place < len(starts) else end,
                )
                for number in rows.numbers(left):
                    found.setdefault(number, []).append(place_in_text)


@dataclass(frozen=True, slots=True)
class Rows:
    """The patterns whose matches span so many words; each alternative of a pattern is a row by itself.

    The first need of row `r` has bit `r`, the second bit `rows + r`, and so on; a row with fewer needs
    is given the rest. `patterns` has the number of each row's pattern.
    """

    reach: int
    patterns: tuple[int, ...]
    given: int
    by_literal: Mapping[str, Sequence[int]]

    def met(self, blocks: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Give the windows, each of two blocks, that hold all the needs of a row, with one bit for each such row."""
        many = len(self.patterns)
        every = (1 << many) - 1
        windows = [one | other for one, other in pairwise(blocks)] if len(blocks) > 1 else blocks
        for window, held in enumerate(windows):
            left = every
            for place in range(MOST_NEEDS):
                left &= held >> (place * many)
            if left:
                yield window, left

    def numbers(self, left: int) -> Iterator[int]:
        """Give the patterns of rows."""
        while left:
            lowest = left & -left
            yield self.patterns[lowest.bit_length() - 1]
            left ^= lowest


def sorted_by_reach(patterns: Sequence[Iterable[Part]]) -> tuple[Rows, ...]:
    """Read what patterns need, each given by its alternatives."""
    by_reach: dict[int, list[tuple[int, Part]]] = {reach: [] for reach in _REACHES}
    for number, parts in enumerate(patterns):
        for part in parts:
            words = part.gaps + 1 + _SLACK
            by_reach[next((reach for reach in _REACHES if words <= reach), _REACHES[-1])].append((number, part))
    return tuple(_rows(reach, rows) for reach, rows in by_reach.items())


def _rows(reach: int, rows: Sequence[tuple[int, Part]]) -> Rows:
    given = 0
    bits: dict[str, list[int]] = {}
    for row, (_, part) in enumerate(rows):
        needs = needs_of(part)
        for place in range(MOST_NEEDS):
            bit = place * len(rows) + row
            if place >= len(needs):
                given |= 1 << bit
                continue
            for literal in needs[place].literals:
                bits.setdefault(literal, []).append(bit)
    return Rows(reach, tuple(number for number, _ in rows), given, bits)


def _number(bits: Iterable[int], size: int) -> int:
    """Give the number with these bits."""
    held = bytearray(size)
    for bit in bits:
        held[bit >> 3] |= 1 << (bit & 7)
    return int.from_bytes(held, "little")


def _joined(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join ranges that overlap or touch."""
    start, end = -1, -1
    for one, other in sorted(ranges):
        if one > end:
            if end >= 0:
                yield start, end
            start, end = one, other
        else:
            end = max(end, other)
    if end >= 0:
        yield start, end
