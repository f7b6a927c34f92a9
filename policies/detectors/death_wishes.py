"""Wishes of harm: wishing somebody's death, illness, accident or execution, or rejoicing in it."""

from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "death-wishes"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each wish of death or harm that the lexicon knows."""
    for hit in hits:
        yield hit.finding()
