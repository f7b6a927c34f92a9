"""Slurs: words of contempt for people of a protected characteristic, plain, masked or made so by their context."""

from collections.abc import Iterator, Sequence

from policies.aimed import AIMED, MOST_READ, read_aim
from policies.findings import Aim, Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "slurs"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each slur, but not what people call themselves."""
    for number, hit in enumerate(hits):
        ambiguous = hit.entry.id.endswith(AIMED)
        if number >= MOST_READ:
            if not ambiguous:
                yield hit.finding()
            continue
        reading, foul = read_aim(message, hit)
        if reading.aim is Aim.SELF or (ambiguous and reading.aim is Aim.NOBODY and not foul):
            continue
        yield hit.finding(aim=None if reading.aim is Aim.NOBODY else reading.aim)
