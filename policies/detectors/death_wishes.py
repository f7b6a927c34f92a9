"""Wishes of harm: wishing somebody's death, illness, accident or execution, or rejoicing in it."""

from collections.abc import Iterator, Sequence

from policies.beasts import about_beasts
from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised
from policies.whom import aim_of, begins_with_a_name

LEXICON = "death-wishes"

_NAMED = "should-be-shot-named"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each wish that the lexicon knows; one about a bare word only where that word is a name."""
    for hit in hits:
        if about_beasts(hit):
            continue
        if hit.entry.id != _NAMED or begins_with_a_name(message, hit):
            yield hit.finding(aim=aim_of(hit))
