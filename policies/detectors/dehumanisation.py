"""Dehumanisation: people spoken of as vermin, disease or less than human."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from policies.aimed import AIMED, MOST_READ, lives_off_others, read_aim
from policies.findings import Aim, Category, Certainty, Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "dehumanisation"

_WEAK = "creature-aimed"
"""The entry of words that are as often said of beasts and ills as of people."""
_BOATS = re.compile(r"\b(?:dinghy|dinghies|small boats?|rubber boats?)\b")


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each denial of people's humanity; of "them", whoever they are, it asks a human."""
    for number, hit in enumerate(hits):
        if not hit.entry.id.endswith(AIMED):
            yield hit.finding()
        elif number < MOST_READ and (finding := _said_of_somebody(message, hit)):
            yield finding


def _said_of_somebody(message: Normalised, hit: Hit) -> Finding | None:
    reading, foul = read_aim(message, hit)
    if reading.kindly or reading.aim not in (Aim.READER, Aim.PERSON, Aim.GROUP):
        return None
    if hit.entry.id == _WEAK and not (reading.attributed or foul or reading.sworn):
        return None
    characteristic = hit.characteristic_of(hit.view.text) or ("migrant" if _BOATS.search(hit.view.text) else "")
    if not characteristic and reading.aim is not Aim.READER and lives_off_others(hit):
        return None
    if reading.aim is not Aim.GROUP:
        return hit.finding(aim=reading.aim, certainty=Certainty.LIKELY if reading.asked else None)
    finding = hit.finding(aim=Aim.GROUP, certainty=Certainty.LIKELY)
    if characteristic:
        return replace(finding, categories=(Category.IDENTITY_ATTACK,), characteristic=characteristic)
    return finding
