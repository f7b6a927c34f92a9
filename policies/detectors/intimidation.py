"""Intimidation: a penalty that no procedure knows, held over a candidacy, complaint, testimony or speech."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policies.findings import Finding, Span
from policies.jest import in_jest
from policies.lexicon import Hit
from policies.text.normalise import Normalised
from policies.whom import aim_of

LEXICON = "intimidation"

_PAIRS = (("demand", "consequence"), ("condition", "consequence"), ("possession", "pity"))
"""Halves that say little alone: what is wanted and what happens otherwise, a possession and the pity of its loss."""
_HALVES = frozenset(half for pair in _PAIRS for half in pair)
_FARTHEST = 80
"""Characters between two halves: a sentence and the start of the next."""


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each menace that stands alone, and each demand or condition that has a menacing consequence.

    What players say of a game is left.
    """
    halves: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.entry.id in _HALVES:
            halves.setdefault(hit.entry.id, []).append(hit)
        elif not in_jest(hit):
            yield hit.finding(aim=aim_of(hit))
    for one, other in _PAIRS:
        for first in halves.get(one, ()):
            for second in halves.get(other, ()):
                if first.view is second.view and _belong_together(first, second):
                    yield _joined(first, second)


def _belong_together(one: Hit, other: Hit) -> bool:
    """Whether two halves are near each other and neither lies within the other."""
    first, second = sorted((one, other), key=lambda hit: (hit.start, -hit.end))
    return second.end > first.end and second.start - first.end <= _FARTHEST


def _joined(one: Hit, other: Hit) -> Finding:
    first, last = one.span, other.span
    whole = Span(min(first.start, last.start), max(first.end, last.end))
    return replace(other.finding(aim=aim_of(other)), span=whole)
