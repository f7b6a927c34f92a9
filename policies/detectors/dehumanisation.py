"""Dehumanisation: people spoken of as vermin, disease or less than human."""

from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "dehumanisation"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each denial of people's humanity that the lexicon knows."""
    for hit in hits:
        yield hit.finding()
