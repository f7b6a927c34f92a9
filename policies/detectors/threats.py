"""Threats of violence: announcing, promising or inviting bodily harm or damage to a person's home."""

from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "threats"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each threat that the lexicon knows."""
    for hit in hits:
        yield hit.finding()
