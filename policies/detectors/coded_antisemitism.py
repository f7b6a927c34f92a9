"""Coded antisemitism: brackets, numbers, tropes of power and disloyalty, denial and mockery of the Holocaust."""

from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "coded-antisemitism"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each code and trope that the lexicon knows."""
    for hit in hits:
        yield hit.finding()
