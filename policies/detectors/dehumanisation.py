"""Dehumanisation: people spoken of as vermin, disease or less than human."""

from collections.abc import Iterator, Sequence

from policies.aimed import AIMED, MOST_READ, read_aim
from policies.findings import Aim, Certainty, Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "dehumanisation"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each denial of people's humanity; of "them", whoever they are, it asks a human."""
    for number, hit in enumerate(hits):
        if not hit.entry.id.endswith(AIMED):
            yield hit.finding()
        elif number < MOST_READ:
            reading, _ = read_aim(message, hit)
            if reading.aim in (Aim.READER, Aim.PERSON, Aim.GROUP) and not reading.kindly:
                certain = Certainty.LIKELY if reading.aim is Aim.GROUP or reading.asked else None
                yield hit.finding(aim=reading.aim, certainty=certain)
