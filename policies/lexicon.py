"""Lexicons: lists of words and patterns, and what a hit of one says.

Patterns see folded text: lower case, ASCII wherever that can be had. RE2 takes linear time on any
text, so nothing written in a lexicon can stall the bot.
"""

import re
from dataclasses import dataclass
from functools import cache

import re2

from policies.findings import Aim, Category, Certainty, Finding, Span
from policies.forms import Form
from policies.text.views import View

_SENTENCE_END = re.compile(r"[.!?\n]+")
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
    named: tuple[tuple[str, Form], ...] = ()
    terms: tuple[str, ...] = ()
    patterns: tuple[Form, ...] = ()
    unless: tuple[Form, ...] = ()
    unless_near: tuple[Form, ...] = ()
    nearby: tuple[Form, ...] = ()
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
