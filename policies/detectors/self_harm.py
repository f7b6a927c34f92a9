"""Self-harm incitement: urging somebody to kill or hurt themselves, never talk of one's own feelings."""

from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised
from policies.whom import aim_of

LEXICON = "self-harm"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each incitement that the lexicon knows."""
    for hit in hits:
        yield hit.finding(aim=aim_of(hit))
