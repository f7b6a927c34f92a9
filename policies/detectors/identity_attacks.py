"""Identity attacks: hatred of people for a protected characteristic, and insults made of a group's name."""

import re
from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "identity-attacks"

_LOOSELY = "-loosely"
"""How the ids of groups end whose patterns span a clause and need a second look."""
_MOST_APART = 160
_DENIES = re.compile(
    r"\b(?:not|nor|neither|nobody|without|called|accused|labelled|branded|treated|stereotypes?|against|stop|end|myth|"
    r"lie that|hate crimes?|abuse|abused)\b|n't\b(?! (?:it|they|he|she|we|you)\b)"
)
_NOT_ALL = re.compile(
    r"\b(?:not|isn't|aren't|hardly) (?:all|every|only|just|even|most|many)(?: of)?(?: the| these| our)? $"
)


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each attack that the lexicon knows."""
    for hit in hits:
        if hit.entry.id.endswith(_LOOSELY) and (len(hit.text) > _MOST_APART or _DENIES.search(hit.text)):
            continue
        if _NOT_ALL.search(hit.view.text[max(0, hit.start - 40) : hit.start]):
            continue
        yield hit.finding()
