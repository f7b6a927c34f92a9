"""Mixtures: words of several fields of meaning met close together, where no single phrase is known."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policies.fields import Fields, Word
from policies.findings import Aim, Category, Certainty, Finding, Span
from policies.text.normalise import Normalised

MIXTURES = "mixtures/"
"""What the entry of a finding begins with that is a mixture."""

_STEP = 150
"""The farthest that the words of a mixture may lie apart; a window is twice as long and begins at each multiple."""
_MOST = 6
"""A message with so many mixtures is shown to a person by the first of them already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Fields that mean abuse of a kind where words of each meet within `reach` characters.

    A field named twice needs two words. Words of a field in `unless`, in the same window of the text,
    turn it into another kind of talk. `entry` names the mixture in findings.
    """

    entry: str
    kind: str
    categories: tuple[Category, ...]
    aim: Aim
    needs: tuple[str, ...]
    unless: tuple[str, ...] = ()
    reach: int = _STEP


@dataclass(frozen=True, slots=True)
class _Prepared:
    mixture: Mixture
    needs: tuple[int, ...]
    every: int
    unless: int


class Mixer:
    """Finds mixtures in a message; safe to share, holds no state between messages."""

    def __init__(self, fields: Fields, mixtures: Iterable[Mixture]) -> None:
        self._fields = fields
        self._mixtures = tuple(
            _Prepared(
                mixture,
                tuple(fields.bits((name,)) for name in mixture.needs),
                fields.bits(set(mixture.needs)),
                fields.bits(mixture.unless),
            )
            for mixture in mixtures
        )

    def find(self, message: Normalised) -> list[Finding]:
        """Give a finding for each mixture, where it is met first; each of them only asks a human."""
        found: dict[str, Finding] = {}
        for view in (message.views[0], message.views[-1]) if len(message.views) > 1 else message.views:
            for words in _windows(self._fields.read(view.text)):
                union = 0
                for word in words:
                    union |= word.fields
                for prepared in self._mixtures:
                    if prepared.every & ~union or prepared.unless & union or prepared.mixture.entry in found:
                        continue
                    place = _meeting(words, prepared.needs, prepared.mixture.reach)
                    if place is None:
                        continue
                    span = view.original_span(*place)
                    found[prepared.mixture.entry] = _finding(prepared.mixture, span.start, span.end, view.name)
                    if len(found) == _MOST:
                        return list(found.values())
        return list(found.values())


def _windows(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Give the words in windows of two steps; any two words no farther apart than one step share a window."""
    if not words:
        return
    if words[-1].end <= 2 * _STEP:
        yield list(words)
        return
    by_step: dict[int, list[Word]] = {}
    for word in words:
        by_step.setdefault(word.start // _STEP, []).append(word)
    for step, first in by_step.items():
        if step + 1 in by_step or step - 1 not in by_step:
            yield first + by_step.get(step + 1, [])


_MOST_OF_A_FIELD = 12
"""Words of one field that are tried in a window, so that a wall of them costs no more than a sentence."""


def _meeting(words: Sequence[Word], needs: Sequence[int], reach: int) -> tuple[int, int] | None:
    """Give the first stretch in which there is a word of its own for each need."""
    offered = [[word for word in words if word.fields & need][:_MOST_OF_A_FIELD] for need in needs]
    return _extend(offered, (), reach)


def _extend(offered: Sequence[Sequence[Word]], chosen: tuple[Word, ...], reach: int) -> tuple[int, int] | None:
    if not offered:
        return min(word.start for word in chosen), max(word.end for word in chosen)
    for word in offered[0]:
        if any(word.start < other.end and other.start < word.end for other in chosen):
            continue
        start = min((word.start, *(other.start for other in chosen)))
        end = max((word.end, *(other.end for other in chosen)))
        if end - start <= reach:
            place = _extend(offered[1:], (*chosen, word), reach)
            if place is not None:
                return place
    return None


def _finding(mixture: Mixture, start: int, end: int, view: str) -> Finding:
    return Finding(
        kind=mixture.kind,
        entry=f"{MIXTURES}{mixture.entry}",
        categories=mixture.categories,
        span=Span(start, end),
        view=view,
        aim=mixture.aim,
        certainty=Certainty.LIKELY,
    )
