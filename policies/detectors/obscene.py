"""Obscene abuse: sexual or lavatorial words directed at somebody, as against swearing."""

from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "obscene"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each line that the lexicon knows."""
    for hit in hits:
        yield hit.finding()
