"""Intimidation: a penalty that no procedure knows, held over a candidacy, complaint, testimony or speech."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policies.findings import Finding, Span
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "intimidation"

_WANTED = ("demand", "condition")
_CONSEQUENCE = "consequence"
_HALVES = (*_WANTED, _CONSEQUENCE)
_FARTHEST = 80
"""Characters between what is wanted and what will happen otherwise: a sentence and the start of the next."""


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each menace that stands alone, and each demand or condition that has a menacing consequence."""
    for hit in hits:
        if hit.entry.id not in _HALVES:
            yield hit.finding()
    consequences = [hit for hit in hits if hit.entry.id == _CONSEQUENCE]
    if not consequences:
        return
    for wanted in hits:
        if wanted.entry.id in _WANTED:
            for consequence in consequences:
                if wanted.view is consequence.view and _belong_together(wanted, consequence):
                    yield _joined(wanted, consequence)


def _belong_together(wanted: Hit, consequence: Hit) -> bool:
    """Whether the two halves are near each other and say more together than one of them alone."""
    first, second = sorted((wanted, consequence), key=lambda hit: hit.start)
    if second.end <= first.end:
        return False
    return second.start - first.end <= _FARTHEST


def _joined(wanted: Hit, consequence: Hit) -> Finding:
    first, last = wanted.span, consequence.span
    whole = Span(min(first.start, last.start), max(first.end, last.end))
    return replace(consequence.finding(), span=whole, entry=f"{LEXICON}/{wanted.entry.id}")
