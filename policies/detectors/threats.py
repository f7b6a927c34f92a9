"""Threats of violence: announcing, promising or inviting bodily harm or damage to a person's home."""

from collections.abc import Iterator, Sequence

from policies.beasts import about_beasts
from policies.findings import Finding
from policies.jest import in_jest
from policies.lexicon import Hit
from policies.text.normalise import Normalised
from policies.whom import aim_of, ends_in_a_name, holds_a_name, names_in_full, opens_a_clause

LEXICON = "threats"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each threat that the lexicon knows; one against a bare word only where that word is a name.

    What friends and players say in jest is left.
    """
    for hit in hits:
        if in_jest(hit) or about_beasts(hit):
            continue
        if _against_somebody(message, hit):
            yield hit.finding(aim=aim_of(hit))


def _against_somebody(message: Normalised, hit: Hit) -> bool:
    match hit.entry.id:
        case "will-kill-named":
            return ends_in_a_name(message, hit)
        case "ordered-by-title" | "ordered-by-surname" | "laid-low-by-name":
            return opens_a_clause(hit)
        case "ordered-by-forename-alone":
            return opens_a_clause(hit) and ends_in_a_name(message, hit)
        case "ordered-by-forename":
            return opens_a_clause(hit) and names_in_full(message, hit)
        case "ordered-by-name":
            return opens_a_clause(hit) and holds_a_name(message, hit)
    return True
