"""Reading whom a clause is aimed at from the pronouns and mentions in it."""

import re

from policies.findings import Aim
from policies.lexicon import Hit
from policies.text.normalise import Normalised

_MENTION = re.compile(r"<@|@\w")
_YOU = re.compile(r"\b(?:you|u|ya|ye|yous|youse|your|ur|yer|yours|yourself|urself|youre|yourselves|yersel|thee)\b")
_ONE = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself)\b")
_MANY = re.compile(r"\b(?:they|them|their|em|all|every|these|those)\b")


def aim_of(hit: Hit) -> Aim:
    """Give the aim that the entry states, or else that of the first kind of pronoun in the words of the hit.

    Words that were hit for their company are read with their sentence.
    """
    if hit.entry.aim is not Aim.NOBODY:
        return hit.entry.aim
    text = hit.sentence if hit.entry.nearby else hit.text
    if _YOU.search(text):
        return Aim.READER
    if _ONE.search(text) or _MENTION.search(text):
        return Aim.PERSON
    return Aim.GROUP if _MANY.search(text) else Aim.NOBODY


def ends_in_a_name(message: Normalised, hit: Hit) -> bool:
    """Whether the last word of a hit is written as a name is: one capital, then small letters."""
    words = message.original[hit.span.start : hit.span.end].split()
    return bool(words) and words[-1].istitle() and words[-1].isalpha()


def begins_with_a_name(message: Normalised, hit: Hit) -> bool:
    """Whether the first word of a hit is written as a name is, and does not merely open a sentence."""
    start = hit.span.start
    words = message.original[start : hit.span.end].split()
    before = message.original[:start].rstrip()
    opens = not before or before[-1] in ".!?\n:;"
    return bool(words) and words[0].istitle() and words[0].isalpha() and not (opens and words[0].endswith("s"))
