"""What a pattern cannot do without: the words of which every match of it holds one, in their order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product

from policies.common_words import SHARES

EDGE = "\0"
"""In a literal: here a word begins or ends, and what parts it from the next does not matter."""
_ON_AND_ON = 8
"""Repeats that are followed where a pattern sets no bound; nobody pads a phrase with more."""
_CHARACTERS_A_WORD = 3

_MOST_SPELLINGS = 48
TOO_COMMON = 150.0
"""A need that is met more often than so in a hundred messages is not worth asking for."""
OPEN = "\1"
"""In a literal: here the part ends, and only what stands beside it in the pattern tells whether the word does."""
_AN_EDGE = frozenset({EDGE})
_NOTHING = frozenset({""})
_BOUNDS = EDGE + OPEN
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

    @property
    def of_words(self) -> bool:
        """Whether it is met by words alone; a sign is taken to stand where the word before it does."""
        return all(literal.strip(EDGE + OPEN)[:1] in _WORD for literal in self.literals)


@dataclass(frozen=True, slots=True)
class Link:
    """A need at its place in a stretch of a pattern.

    `lead`: how many gaps may lie between the need before it, or the beginning, and this one; `gaps`: how many
    the words that meet it may span. `parted`: it is met by a word behind the one that meets the need before it.
    """

    need: Need
    lead: int
    gaps: int
    parted: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of a stretch of a pattern.

    `spellings` are all texts it can match, where they are few; `links`, in their order, what else it needs, and
    `trail` the gaps that may follow the last. `starts`, `ends`: every match that is not empty begins, ends
    outside a word. `empty`: it may match nothing. `gaps`: how many gaps between words a match may hold, give or
    take those within a word. `loose`: there are letters in it of which nothing is known.
    """

    spellings: frozenset[str] | None
    links: tuple[Link, ...] = ()
    trail: int = 0
    starts: bool = False
    ends: bool = False
    empty: bool = False
    gaps: int = 0
    loose: bool = False


BORDER = Part(frozenset({EDGE}), starts=True, ends=True)
"""Where a word begins or ends, without a sign of its own (`\\b`)."""
GAP = replace(BORDER, gaps=1)
UNKNOWN = Part(None, gaps=1, loose=True)
"""One sign of which nothing is known."""
LETTER = Part(None, loose=True)
"""One letter or digit, or a sign that stands within words."""


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
        return Part(spelt, (), 0, part.starts, part.ends, empty=True, gaps=gaps, loose=part.loose)
    if border:
        return part
    left, right = (OPEN if part.ends else ""), (OPEN if part.starts else "")
    links = [replace(link, need=closed(link.need, left, right)) for link in links_of(part)]
    more = gaps - part.gaps
    if links:
        links[0] = replace(links[0], lead=links[0].lead + more)
    return replace(part, spellings=None, links=tuple(links), trail=part.trail + more, gaps=gaps)


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
        loose=any(part.loose for part in parts),
    )
    if all(part.spellings is not None for part in parts):
        spellings = frozenset().union(*(part.spellings or () for part in parts))
        if len(spellings) <= _MOST_SPELLINGS:
            return replace(joined, spellings=spellings)
    columns = [_rarest_two(links_of(part)) for part in parts]
    if not all(columns):
        return joined
    places = (0, -1) if max(map(len, columns)) > 1 else (0,)
    links = tuple(_either([column[place] for column in columns], column_of=columns, place=place) for place in places)
    return replace(joined, links=links, trail=max(_trail(part) for part in parts))


def _rarest_two(links: Sequence[Link]) -> tuple[Link, ...]:
    """Keep the two rarest needs in their order, each with the gaps that it and those left out before it may span."""
    if len(links) <= 2:
        return tuple(links)
    one, other = sorted(sorted(range(len(links)), key=lambda place: links[place].need.share)[:2])
    skipped = sum(link.lead + link.gaps for link in links[:one])
    between = links[one + 1 : other]
    return (
        replace(links[one], lead=links[one].lead + skipped),
        replace(
            links[other],
            lead=links[other].lead + sum(link.lead + link.gaps for link in between),
            parted=any(link.parted for link in (*between, links[other])),
        ),
    )


def _either(links: Sequence[Link], column_of: Sequence[Sequence[Link]], place: int) -> Link:
    """Join needs of which one is met; what has one need only meets the second with it, where it met the first."""
    alone = [place == -1 and len(column) == 1 for column in column_of]
    return Link(
        _need(frozenset().union(*(link.need.literals for link in links))),
        lead=max(0 if one else link.lead for link, one in zip(links, alone, strict=True)),
        gaps=max(link.gaps for link in links),
        parted=place == -1 and not any(alone) and all(link.parted for link in links),
    )


def _trail(part: Part) -> int:
    """Give the gaps that may follow the last need of a part that `_rarest_two` keeps."""
    links = links_of(part)
    if len(links) <= 2:
        return part.trail
    last = max(sorted(range(len(links)), key=lambda place: links[place].need.share)[:2])
    return part.trail + sum(link.lead + link.gaps for link in links[last + 1 :])


def all_of(parts: Sequence[Part]) -> Part:
    """Join parts that follow one another: spellings grow together as far as they go, the needs are strung together."""
    runs = _runs(parts)
    if len(runs) == 1 and runs[0].spellings is not None:
        return runs[0]
    before = _sides([(run.ends, run.empty) for run in runs])
    behind = _sides([(run.starts, run.empty) for run in reversed(runs)])[::-1]
    links: list[Link] = []
    lead, parted = 0, False
    for run, left, right in zip(runs, before, behind, strict=True):
        own = () if run.empty else links_of(run)
        if not own:
            lead += run.gaps
            parted = parted or (not run.empty and (run.starts or run.ends))
            continue
        first = replace(own[0], lead=own[0].lead + lead, parted=parted or run.starts)
        links += (replace(link, need=closed(link.need, left, right)) for link in (first, *own[1:]))
        lead, parted = run.trail if run.spellings is None else 0, run.ends
    return Part(
        None,
        tuple(links),
        lead,
        starts=_bound((run.starts, run.empty) for run in runs),
        ends=_bound((run.ends, run.empty) for run in reversed(runs)),
        empty=all(run.empty for run in runs),
        gaps=sum(run.gaps for run in runs),
        loose=any(run.loose for run in runs),
    )


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
        loose=last.loose or part.loose,
    )


def _sides(parts: Sequence[tuple[bool, bool]]) -> list[str]:
    """Give for each part what stands beside it: an edge, nothing that is known (`""`), or what is outside them all."""
    sides = []
    side = OPEN
    for bound, empty in parts:
        sides.append(side)
        if not bound:
            side = ""
        elif not empty:
            side = EDGE
    return sides


@cache
def closed(need: Need, left: str, right: str) -> Need:
    """Say of literals at the border of their part what stands beside the part."""
    if left == right == OPEN:
        return need
    literals = frozenset(_closed_literal(literal, left, right) for literal in need.literals)
    return need if literals == need.literals else _need(literals)


def _closed_literal(literal: str, left: str, right: str) -> str:
    if literal[0] == OPEN:
        literal = left + literal[1:]
    if literal[-1] == OPEN:
        literal = literal[:-1] + right
    one, space, other = literal.partition(" ")
    if not space or not one.strip(EDGE) or (one[0] in _BOUNDS and other[-1] in _BOUNDS):
        return literal
    # Two words in a row are looked for as whole words; where one may be part of a longer word, one must do.
    return min(one + EDGE, EDGE + other, key=_share)


def links_of(part: Part) -> tuple[Link, ...]:
    """Give the needs of a part; of one that is spelt out, the rarest piece of each spelling."""
    if part.spellings is None:
        return part.links
    if part.empty:
        return ()
    need = _need_of_spelt(part.spellings)
    return (Link(need, 0, part.gaps),) if need else ()


@cache
def _need_of_spelt(spellings: frozenset[str]) -> Need | None:
    pieces = [_piece_of(spelling) for spelling in spellings]
    return None if None in pieces else _need(frozenset(piece for piece in pieces if piece))


@cache
def _piece_of(spelling: str) -> str | None:
    """Give the rarest of what a text that stands as it is cannot be without: two words in a row, or one."""
    words: list[str] = []
    signs: list[str] = []
    for piece in _PIECES.finditer(spelling):
        literal = piece.group()
        if literal[0] in _WORD:
            left = EDGE if piece.start() else OPEN
            words.append(left + literal + (EDGE if piece.end() < len(spelling) else OPEN))
        else:
            signs.append(literal)
    pairs = [f"{one[:-1]} {other[1:]}" for one, other in pairwise(words)]
    return min((*(pairs or words), *signs), key=_share, default=None)


@cache
def _share(literal: str) -> float:
    """Guess how many short messages in hundred hold a literal; a fragment stands in many words."""
    if literal[0] not in _WORD and literal[0] not in (EDGE, OPEN):
        return TOO_COMMON if literal in _USUAL_SIGNS else 0.5
    word = literal.strip(EDGE + OPEN)
    one, _, other = word.partition(" ")
    if other:
        return _share_of_word(one) * _share_of_word(other) / _TOGETHER
    if literal[0] in (EDGE, OPEN) and literal[-1] in (EDGE, OPEN):
        return _share_of_word(word)
    if len(word) < 3:
        return 0.8 if word.isdigit() else TOO_COMMON
    return max(_share_of_word(word), 200.0 / 4.0 ** min(len(word), 6))


def _share_of_word(word: str) -> float:
    return SHARES.get(word) or (0.05 if len(word) > 3 else 0.2 if len(word) == 3 else 1.0)
