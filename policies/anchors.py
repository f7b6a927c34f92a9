"""Which patterns a text can match, and where: told from the words they need, before any of them is run."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from policies.chains import MOST_NEEDS, Chain, chain_of
from policies.needs import EDGE, Part

_BLOCK = 4
_FARTHER = 3
_REACHES = (_BLOCK, _FARTHER * _BLOCK, _FARTHER * _FARTHER * _BLOCK)
"""Words within which the next need of a pattern must be met, in steps; what may lie farther is met in the last."""
_SHORT = 30
"""Words of a text so short that nothing has to be forgotten."""
_FARTHEST = 56
"""Words that a match may go on for before and behind the last that it needs."""
_TOKENS = re.compile(r"[a-z0-9]+")
_DIGITS = "0123456789"
_DIGIT = re.compile("[0-9]")
_Bits = tuple[int, int, int, int]
"""The rows whose first, second and third need is met, and all three in one number, one after the other."""
_NO_BITS: _Bits = (0, 0, 0, 0)


class Anchors:
    """Sorts patterns by the words they need; safe to share.

    A text is read word by word. A pattern is tried where a word meets the last of its needs and others, in
    their order and close enough, have met those before. What has been met is one number with a bit for
    each pattern; it is forgotten by and by, in blocks of words.
    """

    def __init__(self, rows: "Rows") -> None:
        self._rows = rows
        self._many = many = len(rows.patterns)
        self._given = rows.given[0] | rows.given[1] << many
        self._by_word: dict[str, _Bits] = {}
        self._by_pair: dict[str, dict[str, _Bits]] = {}
        self._by_digit = _NO_BITS
        by_fragment: dict[str, _Bits] = {}
        for literal, needs in rows.by_literal.items():
            word, bits = literal.strip(EDGE), _bits(needs, many)
            if literal[0] == literal[-1] == EDGE:
                one, _, other = word.partition(" ")
                if other:
                    self._by_pair.setdefault(one, {})[other] = bits
                else:
                    self._by_word[word] = bits
            elif len(word) == 1 and word in _DIGITS:
                self._by_digit = _all(self._by_digit, bits)
            else:
                by_fragment[word] = _all(by_fragment.get(word, _NO_BITS), bits)
        self._by_fragment = list(by_fragment.values())
        self._fragments = AhoCorasick(list(by_fragment), matchkind=MatchKind.Standard)
        first, masks = 0, []
        for of_reach in rows.counts:
            masks.append(((1 << of_reach) - 1) << first)
            first += of_reach
        self._masks = tuple(masks)

    def candidates(self, text: str, parts: Sequence[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
        """Give for each pattern that may match a folded text the ranges of the text that hold all its matches.

        Only the given parts of the text are looked at, each by itself.
        """
        if len(parts) == 1 and len(words := _TOKENS.findall(text, *parts[0])) <= _SHORT:
            return {number: [parts[0]] for number in self._anywhere(text[slice(*parts[0])], words)}
        found: dict[int, list[tuple[int, int]]] = {number: list(parts) for number in self._rows.always}
        for start, end in parts:
            self._look(text, start, end, found)
        return {number: ranges if len(ranges) == 1 else list(_joined(ranges)) for number, ranges in found.items()}

    def _anywhere(self, text: str, words: Sequence[str]) -> Iterator[int]:
        """Give the patterns for each of whose needs a short text has a word, wherever it stands."""
        yield from self._rows.always
        held, by_word, by_pair = self._given, self._by_word, self._by_pair
        before = None
        for word in words:
            if before and word in before:
                held |= before[word][3]
            if word in by_word:
                held |= by_word[word][3]
            before = by_pair.get(word)
        for number, _, _ in self._fragments.find_matches_as_indexes(text, overlapping=True):
            held |= self._by_fragment[number][3]
        if _DIGIT.search(text):
            held |= self._by_digit[3]
        many, patterns = self._many, self._rows.patterns
        left = held & (held >> many) & (held >> 2 * many)
        while left:
            lowest = left & -left
            yield patterns[lowest.bit_length() - 1]
            left ^= lowest

    def _look(self, text: str, start: int, end: int, found: dict[int, list[tuple[int, int]]]) -> None:
        starts = [token.start() for token in _TOKENS.finditer(text, start, end)]
        met = self._met(self._held(text, (start, end), starts))
        most = len(starts)
        patterns, around = self._rows.patterns, self._rows.around
        for place, rows in met:
            left = rows
            while left:
                lowest = left & -left
                left ^= lowest
                row = lowest.bit_length() - 1
                back, ahead = around[row]
                begin, over = place - back, place + ahead
                where = (starts[begin] if begin > 0 else start, starts[over] if over < most else end)
                if patterns[row] in found:
                    found[patterns[row]].append(where)
                else:
                    found[patterns[row]] = [where]

    def _held(self, text: str, part: tuple[int, int], starts: Sequence[int]) -> list[_Bits]:
        """Give what each word of a part of a text meets, what its signs meet added to the word before them."""
        start, end = part
        words = _TOKENS.findall(text, start, end)
        held: list[_Bits] = [self._by_word.get(word, _NO_BITS) for word in words] or [_NO_BITS]
        by_pair, by_fragment = self._by_pair, self._by_fragment
        for place, (word, other) in enumerate(pairwise(words)):
            if word in by_pair and other in (by_other := by_pair[word]):
                held[place] = _both(held[place], by_other[other])
        for number, at, _ in self._fragments.find_matches_as_indexes(text[start:end], overlapping=True):
            place = max(0, bisect_right(starts, start + at) - 1)
            held[place] = _both(held[place], by_fragment[number])
        if _DIGIT.search(text, start, end):
            for place, word in enumerate(words):
                if _DIGIT.search(word):
                    held[place] = _both(held[place], self._by_digit)
        return held

    def _met(self, held: Sequence[_Bits]) -> list[tuple[int, int]]:
        """Give the rows whose needs are all met, with the place of the word that meets the last."""
        one, two = self._rows.given
        one_alike, two_alike = self._rows.alike
        found: list[tuple[int, int]] = []
        ones, twos = _Memory(self._masks, one), _Memory(self._masks, two)
        one_now = two_now = 0
        forgotten = _BLOCK if len(held) > _SHORT else len(held)
        for place, bits in enumerate(held):
            if place == forgotten:
                one, two = ones.forget(one, one_now), twos.forget(two, two_now)
                one_now = two_now = 0
                forgotten += _BLOCK
            if bits is _NO_BITS:
                continue
            first, second, third, _ = bits
            now = second and second & (one | first & one_alike)
            if third and (rows := third & (two | now & two_alike)):
                found.append((place, rows))
            if first:
                one |= first
                one_now |= first
            if now:
                two |= now
                two_now |= now
        return found


class _Memory:
    """What has been met, forgotten in blocks of words: of each reach in its own steps."""

    def __init__(self, masks: Sequence[int], given: int) -> None:
        self._near, self._far, self._farthest = masks
        self._given = given
        self._blocks = 0
        self._three = self._nine = 0

    def forget(self, held: int, now: int) -> int:
        """Give what is still held when a block ends in which some was met."""
        near = self._near
        self._blocks += 1
        self._three |= now
        held = held & ~near | now & near
        if self._blocks % _FARTHER == 0:
            held = held & ~self._far | self._three & self._far
            self._nine |= self._three
            self._three = 0
            if self._blocks % (_FARTHER * _FARTHER) == 0:
                held = held & ~self._farthest | self._nine & self._farthest
                self._nine = 0
        return held | self._given


def _bits(needs: Sequence[Sequence[int]], many: int) -> _Bits:
    first, second, third = map(_number, needs)
    return first, second, third, first | second << many | third << 2 * many


def _all(one: _Bits, other: _Bits) -> _Bits:
    return one[0] | other[0], one[1] | other[1], one[2] | other[2], one[3] | other[3]


def _both(one: _Bits, other: _Bits) -> _Bits:
    """Join what a word meets in one way and another; the number of all is for short texts and left out."""
    return one[0] | other[0], one[1] | other[1], one[2] | other[2], 0


@dataclass(frozen=True, slots=True)
class Rows:
    """What patterns need; each alternative of a pattern is a row by itself, sorted by how far its needs may lie apart.

    `patterns` has the number of each row's pattern, `around` how many words a match may go on for before and
    behind the last it needs, `counts` how many rows there are of each reach. `by_literal` has for each literal
    the rows whose first, second and third need it meets. A row with fewer needs is `given` the first, or both
    first ones; `alike` are the rows whose second, third need the same word may meet as the one before. The
    patterns that need nothing are tried `always`.
    """

    patterns: tuple[int, ...]
    around: tuple[tuple[int, int], ...]
    counts: tuple[int, ...]
    given: tuple[int, int]
    alike: tuple[int, int]
    always: tuple[int, ...]
    by_literal: Mapping[str, Sequence[Sequence[int]]]


def sorted_by_reach(patterns: Sequence[Iterable[Part]]) -> Rows:
    """Read what patterns need, each given by its alternatives."""
    by_reach: dict[int, list[tuple[int, Chain]]] = {reach: [] for reach in _REACHES}
    always: dict[int, None] = {}
    for number, parts in enumerate(patterns):
        for part in parts:
            chain = chain_of(part)
            if chain.needs:
                reach = next((reach for reach in _REACHES if chain.apart <= reach), _REACHES[-1])
                by_reach[reach].append((number, chain))
            else:
                always[number] = None
    rows = [row for of_reach in by_reach.values() for row in of_reach]
    given, alike = [0, 0], [0, 0]
    by_literal: dict[str, list[list[int]]] = {}
    for row, (_, chain) in enumerate(rows):
        missing = MOST_NEEDS - len(chain.needs)
        for place in range(missing):
            given[place] |= 1 << row
        for place, parted in enumerate(chain.parted, missing):
            alike[place] |= 0 if parted else 1 << row
        for place, need in enumerate(chain.needs, missing):
            for literal in need.literals:
                by_literal.setdefault(literal, [[], [], []])[place].append(row)
    return Rows(
        tuple(number for number, _ in rows),
        tuple((min(chain.back, _FARTHEST), min(chain.ahead, _FARTHEST)) for _, chain in rows),
        tuple(map(len, by_reach.values())),
        (given[0], given[1]),
        (alike[0], alike[1]),
        tuple(always),
        by_literal,
    )


def _number(bits: Sequence[int]) -> int:
    """Give the number with these bits."""
    if not bits:
        return 0
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
