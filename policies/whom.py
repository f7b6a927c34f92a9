"""Reading whom a clause is aimed at from the pronouns and mentions in it."""

import re
from functools import cache
from itertools import pairwise

from policies.findings import Aim
from policies.leaders import names_a_leader
from policies.lexicon import Hit
from policies.text.dictionary import dictionary
from policies.text.markup import capitals_apart
from policies.text.normalise import Normalised

_MENTION = re.compile(r"<@|@\w")
_YOU = re.compile(r"\b(?:you|u|ya|ye|yous|youse|your|ur|yer|yours|yourself|urself|youre|yourselves|yersel|thee)\b")
_ONE = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself)\b")
_MANY = re.compile(r"\b(?:they|them|their|em|all|every|these|those)\b")

_OPENING = re.compile(
    r"(?:^|[^\w\s'’-]|^@[\w.-]+|\b(?:right|honestly|seriously|literally|ffs|okay?|omg|"
    r"please|pls|plz|just|let'?s(?: all)?|let us|lads|boys|guys|folks|everyone|everybody|"
    r"someone|somebody|now|then|go|(?:go|come|get round there) and|i'?ll|we'?ll|i will|we will|finally|fucking|"
    r"(?:it'?s )?time (?:we|someone|somebody|to)|"
    r"(?:i|we|i'?m|we'?re|i'?d|we'?d|someone|somebody|one of (?:you|us)|you lot|you)(?: \w+){0,3} "
    r"(?:to|gonna|gunna|wanna|should|must|shall|better|could)))\s*(?:all |just |really |fucking |please )?$"
)
"""What stands before a verb that is an order, or the author's own intent, and no tale of others."""
_LOOKED_BACK = 60
_NAME = re.compile(r"[A-Z][a-z]+(?:['\u2019-][A-Z]?[a-z]+)*|(?:Mc|Mac|O['\u2019]|De|Le|Al-)[A-Z][a-z]+")
_SIGNS = '.,!?;:()"*_~'
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_COMMON = 12_000
"""So many of the most frequent words are words first, even where they are names as well."""
_SURNAMES_IN_S = frozenset(
    ("hughes", "jones", "davies", "williams", "evans", "roberts", "edwards", "phillips", "richards", "harris", "morris",
     "rogers", "watkins", "jenkins", "perkins", "hopkins", "adams", "stevens", "peters", "simmons", "simpkins", "ellis",
     "lewis", "francis", "harries", "humphreys", "collins", "higgins", "wilkins", "watts", "griffiths", "matthews",
     "andrews", "daniels", "jeffries", "humphries", "dawkins", "hawkins", "hodges", "sanders", "saunders", "summers",
     "james", "thomas", "nicholas", "nicholls", "reeves", "burgess", "banks", "woods", "rees", "gibbons", "owens",
     "barnes", "byrnes")
)  # fmt: skip


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
    words = _written(message, hit).rstrip(" .!?").split()
    return bool(words) and words[-1].istitle() and words[-1].isalpha()


def begins_with_a_name(message: Normalised, hit: Hit) -> bool:
    """Whether the first word of a hit is written as a name is, and does not merely open a sentence."""
    start = hit.span.start
    words = _written(message, hit).lstrip("#").split()
    before = message.original[:start].rstrip()
    opens = not before or before[-1] in ".!?\n:;"
    if words and words[0].startswith(("@", "<@")):
        return True
    if not words or not words[0].istitle() or not words[0].isalpha():
        return False
    return not opens or not words[0].endswith("s") or words[0].lower() in _SURNAMES_IN_S


def opens_a_clause(hit: Hit) -> bool:
    """Whether a hit stands as an order does, or as what the author means to do, and not as what others did."""
    return bool(_OPENING.search(hit.view.text[max(0, hit.start - _LOOKED_BACK) : hit.start]))


def holds_a_name(message: Normalised, hit: Hit) -> bool:
    """Whether some word of a hit behind its first is written as a name is, and is no word that everybody uses."""
    return any(_NAME.fullmatch(word) and _rare(word) for word in _behind_the_first(message, hit))


def names_in_full(message: Normalised, hit: Hit) -> bool:
    """Whether a hit, behind its first word, has two names in a row or a word that few use, however it is written."""
    words = _behind_the_first(message, hit)
    return any(map(_rare, words)) or any(
        _NAME.fullmatch(one) and _NAME.fullmatch(other) for one, other in pairwise(words)
    )


def _written(message: Normalised, hit: Hit) -> str:
    """Give the words of a hit with the capitals that the author gave them."""
    return capitals_apart(message.original[hit.span.start : hit.span.end])


def _behind_the_first(message: Normalised, hit: Hit) -> list[str]:
    words = _written(message, hit).split()[1:]
    return [bare for word in words if (bare := _POSSESSIVE.sub("", word.strip(_SIGNS)))]


def _rare(word: str) -> bool:
    # The dictionary lists some politicians among common words and others not, and some peoples: neither may decide.
    if not word.isalpha() or (word.endswith("s") and word.lower() not in _SURNAMES_IN_S):
        return names_a_leader(word)
    return word.lower() not in _common() or names_a_leader(word)


@cache
def _common() -> frozenset[str]:
    return frozenset(dictionary().english[:_COMMON])
