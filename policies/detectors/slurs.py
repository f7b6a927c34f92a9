"""Slurs: words of contempt for people of a protected characteristic, plain, masked or made so by their context."""

from collections.abc import Iterator, Sequence

from policies.findings import Aim, Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "slurs"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each slur, aimed at the reader where the words say so."""
    for hit in hits:
        yield hit.finding(aim=Aim.READER if hit.text.startswith(_ADDRESS) else None)


_ADDRESS = ("you ", "ya ", "your a ", "you're ", "ur a ", "u ")
