"""Which patterns a text can match, and where: told from the words they need, before any of them is run."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_

from ahocorasick_rs import AhoCorasick, MatchKind

from policies.needs import EDGE, MOST_NEEDS, Part, needs_of

_BLOCK = 7
_REACHES = (_BLOCK, 2 * _BLOCK, 4 * _BLOCK)
"""Words that a match may span, in steps; what may span more is looked for within the last."""
_SLACK = 4
"""Words added to what a pattern says of itself, for what counts as two (`don't`) and for signs beside words."""
_SHORT = 30
"""Words of a text so short that windows would only cost."""
_TOKENS = re.compile(r"[a-z0-9]+")


class Anchors:
    """Sorts patterns by the words they need; safe to share.

    A text is read in windows of as many words as a match may span, each window half over the next. A
    pattern is tried where a window holds a word for each of its needs. What each window holds is one
    number with a bit for each need of each pattern.
    """

    def __init__(self, rows: "Iterable[Rows]") -> None:
        self._rows = tuple(rows)
        self._shifts: list[int] = []
        self._given = 0
        bits: dict[str, list[int]] = {}
        shift = 0
        for of_reach in self._rows:
            self._shifts.append(shift)
            self._given |= of_reach.given << shift
            for literal, own in of_reach.by_literal.items():
                bits.setdefault(literal, []).extend(bit + shift for bit in own)
            shift += MOST_NEEDS * len(of_reach.patterns)
        fragments = [literal for literal in bits if not literal[0] == literal[-1] == EDGE]
        self._by_word = {literal[1:-1]: _number(bits[literal]) for literal in bits.keys() - set(fragments)}
        by_fragment: dict[str, int] = {}
        for literal in fragments:
            plain = literal.strip(EDGE)
            by_fragment[plain] = by_fragment.get(plain, 0) | _number(bits[literal])
        self._by_fragment = list(by_fragment.values())
        self._fragments = AhoCorasick(list(by_fragment), matchkind=MatchKind.Standard)

    def candidates(self, text: str, parts: Sequence[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
        """Give for each pattern that may match a folded text the ranges of the text that hold all its matches.

        Only the given parts of the text are looked at, each by itself.
        """
        if len(parts) == 1 and len(words := _TOKENS.findall(text, *parts[0])) <= _SHORT:
            return {number: [parts[0]] for number in self._anywhere(text, words, parts[0])}
        found: dict[int, list[tuple[int, int]]] = {}
        for start, end in parts:
            self._look(text, start, end, found)
        return {number: list(_joined(ranges)) for number, ranges in found.items()}

    def _anywhere(self, text: str, words: Sequence[str], part: tuple[int, int]) -> Iterator[int]:
        """Give the patterns for each of whose needs a short text has a word, wherever it stands."""
        held, by_word = self._given, self._by_word
        for word in (*words, *map(" ".join, pairwise(words))):
            if word in by_word:
                held |= by_word[word]
        for number, _, _ in self._fragments.find_matches_as_indexes(text[slice(*part)], overlapping=True):
            held |= self._by_fragment[number]
        for rows, shift in zip(self._rows, self._shifts, strict=True):
            yield from rows.met(held >> shift)

    def _look(self, text: str, start: int, end: int, found: dict[int, list[tuple[int, int]]]) -> None:
        tokens = list(_TOKENS.finditer(text, start, end))
        starts = [token.start() for token in tokens]
        words = [token.group() for token in tokens]
        blocks = [self._given] * max(1, -(-len(starts) // _BLOCK))
        by_word = self._by_word
        for place, word in enumerate(words):
            if word in by_word:
                blocks[place // _BLOCK] |= by_word[word]
        for place, pair in enumerate(map(" ".join, pairwise(words))):
            if pair in by_word:
                blocks[place // _BLOCK] |= by_word[pair]
        for number, at, _ in self._fragments.find_matches_as_indexes(text[start:end], overlapping=True):
            blocks[max(0, bisect_right(starts, start + at) - 1) // _BLOCK] |= self._by_fragment[number]
        for rows, shift in zip(self._rows, self._shifts, strict=True):
            for place, held in enumerate(_doubled(blocks, rows.reach // _BLOCK)):
                first = place * rows.reach
                last = first + 2 * rows.reach
                numbers = list(rows.met(held >> shift))
                if numbers:
                    where = (starts[first - 1] if first else start, starts[last] if last < len(starts) else end)
                    for number in numbers:
                        found.setdefault(number, []).append(where)


def _doubled(blocks: Sequence[int], times: int) -> Sequence[int]:
    """Give what windows of twice so many blocks hold, each half over the next."""
    wide = [reduce(or_, blocks[place : place + times]) for place in range(0, len(blocks), times)]
    return [one | other for one, other in pairwise(wide)] if len(wide) > 1 else wide


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

    def met(self, held: int) -> Iterator[int]:
        """Give the patterns all of whose needs are held, in one alternative or another."""
        many = len(self.patterns)
        left = held & ((1 << many) - 1)
        for place in range(1, MOST_NEEDS):
            left &= held >> (place * many)
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


def _number(bits: Sequence[int]) -> int:
    """Give the number with these bits."""
    held = bytearray(max(bits) // 8 + 1)
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
