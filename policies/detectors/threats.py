"""Threats of violence: announcing, promising or inviting bodily harm or damage to a person's home."""

from collections.abc import Iterator, Sequence

from policies.beasts import about_beasts
from policies.findings import Finding
from policies.jest import in_jest
from policies.lexicon import Hit
from policies.text.normalise import Normalised
from policies.whom import aim_of, ends_in_a_name

LEXICON = "threats"

_NAMED = "will-kill-named"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each threat that the lexicon knows; one against a bare word only where that word is a name.

    What friends and players say in jest is left.
    """
    for hit in hits:
        if in_jest(hit) or about_beasts(hit):
            continue
        if hit.entry.id != _NAMED or ends_in_a_name(message, hit):
            yield hit.finding(aim=aim_of(hit))
