"""Coded antisemitism: brackets, numbers, tropes of power and disloyalty, denial and mockery of the Holocaust."""

from collections.abc import Iterator, Sequence

from policies.aimed import AIMED, MOST_READ, read_aim
from policies.beasts import about_beasts
from policies.findings import Aim, Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "coded-antisemitism"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each code and trope that the lexicon knows."""
    for number, hit in enumerate(hits):
        if about_beasts(hit):
            continue
        if not hit.entry.id.endswith(AIMED):
            yield hit.finding()
        elif number < MOST_READ:
            reading, foul = read_aim(message, hit)
            if foul or reading.aim in (Aim.READER, Aim.PERSON, Aim.GROUP):
                yield hit.finding(aim=None if reading.aim is Aim.NOBODY else reading.aim)
