"""Lexicons: lists of words and patterns, compiled together so that a clean message costs one look.

Patterns see folded text: lower case, ASCII wherever that can be had. RE2 takes linear time on any
text, so nothing written in a lexicon can stall the bot.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import re2
from ahocorasick_rs import AhoCorasick, MatchKind

from policies.findings import Aim, Category, Certainty, Finding, Span
from policies.text.normalise import Normalised
from policies.text.views import View

_SENTENCE_END = re.compile(r"[.!?\n]+")
_MOST_OF_ONE, _MOST_HITS = 12, 150
"""Of one entry, and in all. Many entries find nothing by themselves: were only the sum bounded, a few dozen
harmless adjectives before an attack would hide it."""

_WINDOW, _OVERLAP = 320, 140
"""Characters of a long text that are looked at together, and how many of them again with the next.

Each pattern whose words are somewhere in a text runs over all of it. In pieces, only the patterns whose
words are in a piece run, and only over the piece; no pattern spans more than the overlap but by its gaps.
"""

_OPTIONS = re2.Options()
_OPTIONS.max_mem = 64 << 20
_OPTIONS.log_errors = False
"""Long lists of names need more than the 8 MB that RE2 allows a pattern by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A group of words and patterns that mean the same, with what a hit of it says.

    Patterns are RE2 as `compiled_form` wrote them out. `unless` are patterns that excuse a hit they
    overlap; `unless_near` excuse any hit in the same sentence. `source` says where the entry is from.
    Words that mean little alone are a hit only in company: each pattern of `nearby` must be found, in
    any order, within `reach` characters before or behind them.
    An entry over many groups has no `characteristic` of its own but `named`: each characteristic with
    the pattern of the words that name it.
    """

    lexicon: str
    id: str
    kind: str
    categories: tuple[Category, ...]
    aim: Aim = Aim.NOBODY
    certainty: Certainty = Certainty.PLAIN
    characteristic: str = ""
    named: tuple[tuple[str, str], ...] = ()
    terms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    unless_near: tuple[str, ...] = ()
    nearby: tuple[str, ...] = ()
    reach: int = 0
    source: str = ""
    hits: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The entries of one file, and the words that people disguise."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry seen in one view of a message, from `start` to `end` of that view's text."""

    entry: Entry
    view: View
    start: int
    end: int

    @property
    def text(self) -> str:
        """Give the words as the view reads them."""
        return self.view.text[self.start : self.end]

    @property
    def span(self) -> Span:
        """Give the place in the original."""
        return self.view.original_span(self.start, self.end)

    @property
    def sentence(self) -> str:
        """Give the sentence of the view around the hit."""
        start, end = sentence_around(self.view.text, self.start, self.end)
        return self.view.text[start:end]

    @property
    def characteristic(self) -> str:
        """Give the protected characteristic that the words touch, the first named where there are several."""
        own = self.characteristic_of(self.text)
        if own or not self.entry.nearby:
            return own
        reach = self.entry.reach
        return self.characteristic_of(self.view.text[max(0, self.start - reach) : self.end + reach])

    def characteristic_of(self, text: str) -> str:
        """Give the protected characteristic that a text names first, or the entry's own."""
        places = [(m.start(), name) for name, form in self.entry.named if (m := compiled(form).search(text))]
        return min(places, key=lambda place: place[0])[1] if places else self.entry.characteristic

    def finding(
        self, *, aim: Aim | None = None, certainty: Certainty | None = None, characteristic: str | None = None
    ) -> Finding:
        """Say this hit as a finding; what is not given is as the entry has it."""
        return Finding(
            kind=self.entry.kind,
            entry=f"{self.entry.lexicon}/{self.entry.id}",
            categories=self.entry.categories,
            span=self.span,
            view=self.view.name,
            aim=aim or self.entry.aim,
            certainty=certainty or self.entry.certainty,
            characteristic=self.characteristic if characteristic is None else characteristic,
        )


@cache
def compiled(form: str) -> re.Pattern[str]:
    """Compile a written-out pattern when it is first needed."""
    pattern: re.Pattern[str] = re2.compile(form, _OPTIONS)
    return pattern


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Give the bounds of the sentence, or sentences, that a range of a text stands in."""
    opened = max(text.rfind(mark, 0, start) for mark in ".!?\n") + 1
    closed = _SENTENCE_END.search(text, end)
    return opened, closed.start() if closed else len(text)


_SHORT_CHOICE = re.compile(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]|(\(\?:|\|)(?=[a-z]{1,4}(?![a-z]))")
"""The beginning of a choice whose first word is short; what stands behind a stroke or in brackets is skipped."""


def _unshared(pattern: str) -> str:
    """Keep RE2 from writing `die|dig` as `di(?:e|g)`: it would look for no part of a word under three letters."""
    return _SHORT_CHOICE.sub(lambda found: found.group() + ("(?:)" if found.group(1) else ""), pattern)


class Scanner:
    """Finds the entries of many lexicons in a message at once."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        entries = [entry for lexicon in lexicons for entry in lexicon.entries]
        self._by_term: list[Entry] = []
        terms: list[str] = []
        self._filter = re2.Filter()
        self._by_pattern: list[Entry] = []
        for entry in entries:
            for term in entry.terms:
                terms.append(term.lower())
                self._by_term.append(entry)
            for pattern in entry.patterns:
                self._filter.Add(_unshared(pattern), _OPTIONS)
                self._by_pattern.append(entry)
        self._terms = AhoCorasick(terms, matchkind=MatchKind.Standard)
        if self._by_pattern:
            self._filter.Compile()
        self._patterns = [self._filter.re(number) for number in range(len(self._by_pattern))]

    def scan(self, message: Normalised) -> dict[str, list[Hit]]:
        """Give the hits of each lexicon, in the order of the views and without repeats; so many of one entry.

        Of a long text only the first view and the last, which undoes all disguise, are looked at.
        """
        found: dict[str, list[Hit]] = {}
        seen: set[tuple[int, Span]] = set()
        counts: dict[int, int] = {}
        views = message.views if len(message.original) <= _WINDOW else message.views[:1] + message.views[1:][-1:]
        for view in views:
            for hit in self._hits(view, "" if view is views[0] else views[0].text):
                entry = id(hit.entry)
                key = (entry, hit.span)
                if key in seen or counts.get(entry, 0) == _MOST_OF_ONE:
                    continue
                if not self._in_company(hit) or self._excused(hit):
                    continue
                seen.add(key)
                counts[entry] = counts.get(entry, 0) + 1
                found.setdefault(hit.entry.lexicon, []).append(hit)
                if len(seen) == _MOST_HITS:
                    return found
        return found

    def _hits(self, view: View, read: str) -> Iterator[Hit]:
        """Give the hits in a view, but for the pieces of it that stand word for word in a text read already."""
        text = view.text
        for number, start, end in self._terms.find_matches_as_indexes(text, overlapping=True):
            if (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
                yield Hit(self._by_term[number], view, start, end)
        if not self._by_pattern:
            return
        for offset, piece in _pieces(text):
            if piece in read:
                continue
            for number in self._filter.Match(piece) or ():
                for match in self._patterns[number].finditer(piece):
                    if match.end() > match.start():
                        yield Hit(self._by_pattern[number], view, offset + match.start(), offset + match.end())

    def _in_company(self, hit: Hit) -> bool:
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

    def _excused(self, hit: Hit) -> bool:
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


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Give a text in pieces with their places: whole sentences, or parts of one that overlap, cut between words."""
    start = 0
    while len(text) - start > _WINDOW:
        sentence = _last_end(text, start + _OVERLAP, start + _WINDOW)
        if sentence > 1:
            yield start, text[start:sentence]
            start = sentence
            continue
        cut = text.rfind(" ", start + _OVERLAP + 1, start + _WINDOW)
        end = cut if cut > 0 else start + _WINDOW
        yield start, text[start:end]
        again = text.find(" ", end - _OVERLAP, end)
        start = again if again > start else end - _OVERLAP
    yield start, text[start:]


def _last_end(text: str, first: int, last: int) -> int:
    """Give the place behind the last sentence that ends in a range, or one; no pattern goes over its full stop."""
    return max(text.rfind(mark, first, last) for mark in (". ", "! ", "? ")) + 2


@cache
def _either(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return compiled("|".join(patterns))
