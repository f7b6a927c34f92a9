"""What a pattern cannot do without: the words of which every match of it holds one, and how far a match may reach."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product

from policies.common_words import SHARES

EDGE = "\0"
"""In a literal: here a word begins or ends, and what parts it from the next does not matter."""
MOST_NEEDS = 3
_ON_AND_ON = 8
"""Repeats that are followed where a pattern sets no bound; nobody pads a phrase with more."""
_CHARACTERS_A_WORD = 3

_MOST_SPELLINGS = 48
_TOO_COMMON = 60.0
"""A need that more messages than these in hundred meet is not worth asking for."""
_OPEN = "\1"
"""In a literal: here the part ends, and only what stands beside it in the pattern tells whether the word does."""
_AN_EDGE = frozenset({EDGE})
_NOTHING = frozenset({""})
_BOUNDS = EDGE + _OPEN
_TOGETHER = 200.0
"""By how much less two words are met in a row than both would be by chance in a hundred messages."""
_USUAL_SIGNS = frozenset(["'", ",", ".", "-", ":", ";", "/", "(", ")", "!", "?"]) | {'"', " ", ". ", ", ", "\n"}
_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_PIECES = re.compile(r"[a-z0-9]+|[^a-z0-9\0\1]+")


@dataclass(frozen=True, slots=True)
class Need:
    """Literals of which each match holds one, and a guess at the short messages in hundred that hold one as well.

    A literal between two `EDGE`s is a whole word.
    """

    literals: frozenset[str]
    share: float


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of a stretch of a pattern.

    `spellings` are all texts it can match, where they are few; `needs`, the rarest first, what else is
    known. `starts`, `ends`: every match that is not empty begins, ends outside a word. `empty`: it may
    match nothing. `gaps`: how many gaps between words a match may hold, give or take those within a word.
    """

    spellings: frozenset[str] | None
    needs: tuple[Need, ...] = ()
    starts: bool = False
    ends: bool = False
    empty: bool = False
    gaps: int = 0


BORDER = Part(frozenset({EDGE}), starts=True, ends=True)
"""Where a word begins or ends, without a sign of its own (`\\b`)."""
GAP = replace(BORDER, gaps=1)
UNKNOWN = Part(None, gaps=1)
"""One sign of which nothing is known."""
LETTER = Part(None)
"""One letter or digit, or a sign that stands within words."""


def needs_of(part: Part) -> tuple[Need, ...]:
    """Give the needs of a whole pattern, the rarest first, each of whole words or parts of words."""
    needs = (_closed(need, "", "") for need in _needs_of(part))
    return tuple(need for need in needs if need.share < _TOO_COMMON)


@cache
def spelt(phrases: str) -> Part:
    """Read phrases of letters, digits, apostrophes and gaps that stand as they are, parted by strokes."""
    spellings = frozenset(phrases.replace(" ", EDGE).split("|"))
    full = [one for one in spellings if one]
    return Part(
        spellings,
        starts=not any(one[0] in _WORD for one in full),
        ends=not any(one[-1] in _WORD for one in full),
        empty="" in spellings,
        gaps=max(one.count(EDGE) + one.count("'") for one in spellings),
    )


@cache
def sign(character: str) -> Part:
    """Read one character."""
    if character in _WORD:
        return spelt(character)
    return Part(frozenset({character}), starts=True, ends=True, gaps=1)


@cache
def one_of(inner: str) -> Part:
    """Read a class by what stands in its brackets: signs outside words are an edge, few letters are spelt out."""
    if inner.startswith("^"):
        return GAP if "\\w" in inner else LETTER if "\\s" in inner else UNKNOWN
    plain = inner.replace("\\s", " ").replace("\\n", " ").replace("\\-", "-")
    if not _WORD.intersection(plain) and plain.isascii() and "\\w" not in inner and "\\d" not in inner:
        return GAP
    if "\\" in plain or any(plain[place] == "-" for place in range(1, len(plain) - 1)):
        return UNKNOWN if " " in plain else LETTER
    return any_of([sign(character) for character in dict.fromkeys(plain)])


def times(part: Part, least: int, most: int | None) -> Part:
    """Repeat a part; without a most it may go on and on."""
    if least == most == 1:
        return part
    border = part.spellings == _AN_EDGE
    gaps = part.gaps if border else _gaps(part, most)
    if least == 0:
        spelt = part.spellings | {""} if part.spellings is not None and (most == 1 or border) else None
        return Part(spelt, (), part.starts, part.ends, empty=True, gaps=gaps)
    if border:
        return part
    left, right = (_OPEN if part.ends else ""), (_OPEN if part.starts else "")
    needs = tuple(_closed(need, left, right) for need in _needs_of(part))
    return Part(None, needs, part.starts, part.ends, part.empty, gaps)


def _gaps(part: Part, most: int | None) -> int:
    if part is UNKNOWN:
        return _ON_AND_ON if most is None else most // _CHARACTERS_A_WORD + 1
    return part.gaps * (_ON_AND_ON if most is None else most)


def any_of(parts: Sequence[Part]) -> Part:
    """Join parts of which one is matched."""
    if len(parts) == 1:
        return parts[0]
    full = [part for part in parts if part.spellings != _NOTHING]
    joined = Part(
        None,
        starts=all(part.starts for part in full),
        ends=all(part.ends for part in full),
        empty=any(part.empty for part in parts),
        gaps=max(part.gaps for part in parts),
    )
    if all(part.spellings is not None for part in parts):
        spellings = frozenset().union(*(part.spellings or () for part in parts))
        if len(spellings) <= _MOST_SPELLINGS:
            return replace(joined, spellings=spellings)
    return replace(joined, needs=_each([[need.literals for need in _needs_of(part)] for part in parts]))


def all_of(parts: Sequence[Part]) -> Part:
    """Join parts that follow one another: spellings grow together as far as they go, the best needs are kept."""
    runs = _runs(parts)
    if len(runs) == 1 and runs[0].spellings is not None:
        return runs[0]
    before = _sides([(run.ends, run.empty) for run in runs])
    behind = _sides([(run.starts, run.empty) for run in reversed(runs)])[::-1]
    needs = [
        _closed(need, left, right)
        for run, left, right in zip(runs, before, behind, strict=True)
        if not run.empty
        for need in _needs_of(run)
    ]
    needs.sort(key=_share_of)
    return Part(
        None,
        tuple(needs[:MOST_NEEDS]),
        starts=_bound((run.starts, run.empty) for run in runs),
        ends=_bound((run.ends, run.empty) for run in reversed(runs)),
        empty=all(run.empty for run in runs),
        gaps=sum(run.gaps for run in runs),
    )


def _share_of(need: Need) -> float:
    return need.share


def _each(columns: Sequence[Sequence[frozenset[str]]]) -> tuple[Need, ...]:
    """Give what every match needs where one of several is matched: the first of each, the second of each, and so on."""
    if not all(columns):
        return ()
    most = max(map(len, columns))
    joined = (frozenset().union(*(needs[min(n, len(needs) - 1)] for needs in columns)) for n in range(most))
    needs = [need for literals in dict.fromkeys(joined) if (need := _need(literals)).share < _TOO_COMMON]
    return tuple(sorted(needs, key=_share_of))


def _need(literals: frozenset[str]) -> Need:
    return Need(literals, sum(map(_share, literals)))


def _bound(sides: Iterable[tuple[bool, bool]]) -> bool:
    """Whether whatever comes first of a sequence, some of which may be missing, is outside a word."""
    for bound, empty in sides:
        if not bound:
            return False
        if not empty:
            break
    return True


def _runs(parts: Sequence[Part]) -> list[Part]:
    """Grow neighbours whose spellings are known together, as long as they stay few."""
    runs: list[Part] = []
    last = Part(frozenset({""}), empty=True)
    for part in parts:
        if (
            part.spellings is not None
            and last.spellings is not None
            and len(last.spellings) * len(part.spellings) <= _MOST_SPELLINGS
        ):
            last = _grown(last, part)
            runs[-1:] = [last]
        else:
            last = part
            runs.append(part)
    return runs or [last]


def _grown(last: Part, part: Part) -> Part:
    spellings = frozenset(
        one + other for one, other in product(last.spellings or frozenset(), part.spellings or frozenset())
    )
    return Part(
        spellings,
        starts=not any(one[0] in _WORD for one in spellings if one),
        ends=not any(one[-1] in _WORD for one in spellings if one),
        empty="" in spellings,
        gaps=last.gaps + part.gaps,
    )


def _sides(parts: Sequence[tuple[bool, bool]]) -> list[str]:
    """Give for each part what stands beside it: an edge, nothing that is known (`""`), or what is outside them all."""
    sides = []
    side = _OPEN
    for bound, empty in parts:
        sides.append(side)
        if not bound:
            side = ""
        elif not empty:
            side = EDGE
    return sides


@cache
def _closed(need: Need, left: str, right: str) -> Need:
    """Say of literals at the border of their part what stands beside the part."""
    if left == right == _OPEN:
        return need
    literals = frozenset(_closed_literal(literal, left, right) for literal in need.literals)
    return need if literals == need.literals else _need(literals)


def _closed_literal(literal: str, left: str, right: str) -> str:
    if literal[0] == _OPEN:
        literal = left + literal[1:]
    if literal[-1] == _OPEN:
        literal = literal[:-1] + right
    one, space, other = literal.partition(" ")
    if not space or not one.strip(EDGE) or (one[0] in _BOUNDS and other[-1] in _BOUNDS):
        return literal
    # Two words in a row are looked for as whole words; where one may be part of a longer word, one must do.
    return min(one + EDGE, EDGE + other, key=_share)


def _needs_of(part: Part) -> tuple[Need, ...]:
    """Give the needs of a part; of one that is spelt out, the rarest pieces of each spelling."""
    if part.spellings is None:
        return part.needs
    if part.empty:
        return ()
    return _needs_of_spelt(part.spellings)


@cache
def _needs_of_spelt(spellings: frozenset[str]) -> tuple[Need, ...]:
    return _each([_pieces_of(spelling) for spelling in spellings])


@cache
def _pieces_of(spelling: str) -> tuple[frozenset[str], ...]:
    """Give what a text that stands as it is cannot be without, the rarest first: two words in a row, or one."""
    words: list[str] = []
    signs: list[str] = []
    for piece in _PIECES.finditer(spelling):
        literal = piece.group()
        if literal[0] in _WORD:
            left = EDGE if piece.start() else _OPEN
            words.append(left + literal + (EDGE if piece.end() < len(spelling) else _OPEN))
        else:
            signs.append(literal)
    pairs = [f"{one[:-1]} {other[1:]}" for one, other in pairwise(words)]
    return tuple(frozenset((one,)) for one in sorted((*(pairs or words), *signs), key=_share)[:MOST_NEEDS])


@cache
def _share(literal: str) -> float:
    """Guess how many short messages in hundred hold a literal; a fragment stands in many words."""
    if literal[0] not in _WORD and literal[0] not in (EDGE, _OPEN):
        return _TOO_COMMON if literal in _USUAL_SIGNS else 0.5
    word = literal.strip(EDGE + _OPEN)
    one, _, other = word.partition(" ")
    if other:
        return _share_of_word(one) * _share_of_word(other) / _TOGETHER
    if literal[0] in (EDGE, _OPEN) and literal[-1] in (EDGE, _OPEN):
        return _share_of_word(word)
    if len(word) < 3:
        return 0.8 if word.isdigit() else _TOO_COMMON
    return 200.0 / 4.0 ** min(len(word), 6)


def _share_of_word(word: str) -> float:
    return SHARES.get(word) or (0.05 if len(word) > 3 else 0.2 if len(word) == 3 else 1.0)
