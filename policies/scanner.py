"""Finding the entries of many lexicons in a message at once."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate
from typing import cast

from ahocorasick_rs import AhoCorasick, MatchKind

from policies.anchors import Anchors, Rows, sorted_by_reach
from policies.findings import Span
from policies.forms import Form
from policies.lexicon import Hit, Lexicon, compiled, sentence_around
from policies.text.normalise import Normalised
from policies.text.views import View

_MOST_OF_ONE = 12
"""Hits of one entry. Many entries find nothing by themselves: a bound on the sum would let a few dozen
harmless adjectives before an attack hide it."""

_TRYING, _WEIGHING, _TELLING = 150, 800, 2_000
"""What it costs to begin with a pattern, to judge a hit and to say what it means, in characters read."""
_AT_LEAST, _A_CHARACTER = 250_000, 110
"""What reading a message may cost at least, and for each of its characters. Of 4,000 characters of party talk each
costs 25, of a speech that touches all that is hated 43, of harmless messages written to mislead the rules, joined to
a text as long, 83 at most; a text packed with abuse would cost 400, and a person has to read the rest of that."""

_WINDOW, _OVERLAP = 320, 140
"""Characters of a later view that are compared with the first at a time, and how many of them again with the next.

Of a sentence without an end so much is read around a hit for what excuses it.
"""


class Scanner:
    """Finds the entries of many lexicons in a message at once.

    `rows` are what the patterns of the lexicons need, in their order, where that was worked out before.
    """

    def __init__(self, lexicons: Iterable[Lexicon], rows: Rows | None = None) -> None:
        entries = [entry for lexicon in lexicons for entry in lexicon.entries]
        self._by_term = [entry for entry in entries for _ in entry.terms]
        self._terms = AhoCorasick(
            [term.lower() for entry in entries for term in entry.terms], matchkind=MatchKind.Standard
        )
        self._by_pattern = [(entry, form) for entry in entries for form in entry.patterns]
        self._anchors = Anchors(sorted_by_reach([f.parts for _, f in self._by_pattern]) if rows is None else rows)

    def warm_up(self) -> None:
        """Compile every pattern, so that no message has to wait for it."""
        for entry, form in self._by_pattern:
            compiled(form)
            for part in (entry.unless, entry.unless_near):
                if part:
                    _either(part)
            for needed in entry.nearby:
                compiled(needed)

    def scan(self, message: Normalised) -> dict[str, list[Hit]]:
        """Give the hits of each lexicon, in the order of the views and without repeats; so many of one entry."""
        return self.read(message)[0]

    def read(self, message: Normalised) -> tuple[dict[str, list[Hit]], bool]:
        """Give the hits as `scan` does, and whether all of the message was looked at.

        Of a long text only the first view and the last, which undoes all disguise, are looked at.
        """
        found: dict[str, list[tuple[int, int, int, Hit]]] = {}
        seen: set[tuple[int, Span]] = set()
        counts: dict[int, int] = {}
        views = message.views if len(message.original) <= _WINDOW else message.views[:1] + message.views[1:][-1:]
        effort = _Effort(len(views[0].text))
        for turn, view in enumerate(views):
            for number, hit in self._hits(view, views[0].text if turn else "", counts, effort):
                entry = id(hit.entry)
                key = (entry, hit.span)
                if key in seen or counts.get(entry, 0) == _MOST_OF_ONE:
                    continue
                effort.left -= _WEIGHING
                if not _in_company(hit) or _excused(hit):
                    continue
                effort.left -= _TELLING
                seen.add(key)
                counts[entry] = counts.get(entry, 0) + 1
                found.setdefault(hit.entry.lexicon, []).append((turn, number, hit.start, hit))
            if effort.left < 0:
                break
        # Detectors prefer what comes first: what an entry says counts for more than where it was seen.
        return {name: [hit for *_, hit in sorted(hits, key=_turn)] for name, hits in found.items()}, effort.left >= 0

    def _hits(self, view: View, read: str, counts: dict[int, int], effort: "_Effort") -> Iterator[tuple[int, Hit]]:
        """Give the hits in a view with their patterns, but for what stands word for word in a text read already."""
        text = view.text
        for number, start, end in self._terms.find_matches_as_indexes(text, overlapping=True):
            if (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
                yield -1, Hit(self._by_term[number], view, start, end)
                if effort.left < 0:
                    return
        parts = [(0, len(text))] if not read else list(_unread(text, read))
        candidates = self._anchors.candidates(text, parts)
        if not candidates:
            return
        searched = _Bytes(text)
        for start, end, number in sorted((*place, number) for number, places in candidates.items() for place in places):
            entry, form = self._by_pattern[number]
            if counts.get(id(entry), 0) == _MOST_OF_ONE:
                continue
            effort.left -= _TRYING + end - start
            if effort.left < 0:
                return
            for first, last in searched.find(compiled(form), start, end):
                if counts.get(id(entry), 0) < _MOST_OF_ONE:
                    yield number, Hit(entry, view, first, last)


def _turn(found: tuple[int, int, int, Hit]) -> tuple[int, int, int]:
    return found[:3]


class _Effort:
    """What reading a message may still cost, in characters that one pattern reads.

    It is counted, not timed, so that the same message is always read as far.
    """

    def __init__(self, length: int) -> None:
        self.left = max(_AT_LEAST, _A_CHARACTER * length)


class _Bytes:
    """A text as RE2 reads it, so that it is not written out again for each pattern."""

    def __init__(self, text: str) -> None:
        self._encoded = text.encode()
        self._wide = [] if text.isascii() else [found.start() for found in _NOT_ASCII.finditer(text)]
        more = (1 if text[at] < "\u0800" else 2 if text[at] < "\U00010000" else 3 for at in self._wide)
        self._more = [0, *accumulate(more)]
        self._bytes = [at + more for at, more in zip(self._wide, self._more, strict=False)]

    def find(self, pattern: re.Pattern[str], start: int, end: int) -> list[tuple[int, int]]:
        """Give where a pattern matches within a range of the text, both in characters."""
        wide, more, places = self._wide, self._more, self._bytes
        if wide:
            start, end = start + more[bisect_left(wide, start)], end + more[bisect_left(wide, end)]
        found: list[tuple[int, int]] = []
        while (match := _search(pattern, self._encoded, start, end)) is not None:
            first, last = match.span()
            # Nothing stops at an empty match but patterns that match nothing at all.
            start = last if last > first else last + 1
            if last == first:
                if start > end:
                    break
                continue
            if wide:
                first, last = first - more[bisect_left(places, first)], last - more[bisect_left(places, last)]
            found.append((first, last))
        return found


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _search(pattern: re.Pattern[str], text: bytes, start: int, end: int) -> re.Match[bytes] | None:
    """Run a pattern over bytes, as RE2 may whatever the pattern was written in."""
    return cast(re.Pattern[bytes], pattern).search(text, start, end)


def _in_company(hit: Hit) -> bool:
    wanted = hit.entry.nearby
    if not wanted:
        return True
    text, reach = hit.view.text, hit.entry.reach
    # A word that the reach cuts in two is left out.
    before = text[max(0, hit.start - reach) : hit.start]
    if hit.start > reach:
        before = before.partition(" ")[2]
    behind = text[hit.end : hit.end + reach]
    if len(text) - hit.end > reach:
        behind = behind.rpartition(" ")[0]
    return all((company := compiled(form)).search(before) or company.search(behind) for form in wanted)


def _excused(hit: Hit) -> bool:
    unless, unless_near = hit.entry.unless, hit.entry.unless_near
    if not unless and not unless_near:
        return False
    # A sentence without an end would be read again for each of its hits.
    first = max(0, hit.start - _WINDOW)
    around = hit.view.text[first : hit.end + _WINDOW]
    start, end = sentence_around(around, hit.start - first, hit.end - first)
    sentence, start = around[start:end], first + start
    if unless_near and _either(unless_near).search(sentence):
        return True
    return bool(unless) and any(
        m.start() + start < hit.end and hit.start < m.end() + start for m in _either(unless).finditer(sentence)
    )


@cache
def _either(patterns: tuple[Form, ...]) -> re.Pattern[str]:
    return compiled("|".join(patterns))


def _unread(text: str, read: str) -> Iterator[tuple[int, int]]:
    """Give the parts of a text that do not stand word for word in another, with a little on both sides."""
    start, end = 0, 0
    for first, last in _pieces(text):
        if text[first:last] in read:
            continue
        if first > end:
            if end:
                yield start, end
            start = first
        end = last
    if end:
        yield start, end


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Give a text in pieces by their places: whole sentences, or parts of one that overlap, cut between words."""
    start = 0
    while len(text) - start > _WINDOW:
        sentence = _last_end(text, start + _OVERLAP, start + _WINDOW)
        if sentence > 1:
            yield start, sentence
            start = sentence
            continue
        cut = text.rfind(" ", start + _OVERLAP + 1, start + _WINDOW)
        end = cut if cut > 0 else start + _WINDOW
        yield start, end
        again = text.find(" ", end - _OVERLAP, end)
        start = again if again > start else end - _OVERLAP
    yield start, len(text)


def _last_end(text: str, first: int, last: int) -> int:
    """Give the place behind the last sentence that ends in a range, or one; no pattern goes over its full stop."""
    return max(text.rfind(mark, first, last) for mark in (". ", "! ", "? ")) + 2
