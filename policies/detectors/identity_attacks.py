"""Identity attacks: hatred of people for a protected characteristic, and insults made of a group's name."""

from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "identity-attacks"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each attack that the lexicon knows."""
    for hit in hits:
        yield hit.finding()
