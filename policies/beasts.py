"""Telling "them" who are beasts or pests, spoken of just before, from "them" who are people."""

import re

from policies.lexicon import Hit

_DONE_TO_BEASTS = re.compile(r"\b(?:gas|cull|shoot|poison|trap|exterminate|kill|drown|slaughter|hunt|round)\w*\b")
_BEASTS = re.compile(
    r"\b(?:badgers?|foxes|deer|pigeons?|seagulls?|gulls|geese|moles?|rabbits?|hares?|grouse|pheasants?|beavers?|"
    r"squirrels?|cormorants?|crows|magpies|hedgehogs?|cattle|cows|calves|lambs|sheep|hens|chickens|turkeys|horses|ponies|"
    r"dogs|cats|bees|wasps|moths|slugs|ants|japanese knotweed)\b"
)
_CARED_ABOUT = re.compile(
    r"\b(?:cull\w*|setts?|burrows?|nests?|roosts?|badger group|wildlife|tb|bovine|vaccinat\w*|defra|rspca|rspb|"
    r"animal rights|animal welfare|council|pest control|farmers?|hunt|hounds|shelter|vets?|traps?|moor|bait)\b"
)
_PEOPLE = re.compile(
    r"\b(?:you|your|u|people|men|women|jews?|jewish|muslims?|islam\w*|hindus?|sikhs?|christians?|catholics?|protestants?|"
    r"migrants?|immigrants?|refugees?|asylum|boats?|foreigners?|gyps\w+|travellers?|roma|poles|blacks?|asians?|arabs?|gays?|"
    r"trans|tories|tory|labour|lefties|left|right|reform|greens|liberals|lot|every last|mosques?|synagogues?|"
    r"zion\w*|like (?:them|those|these)|these|those)\b"
)
_REACH = 120


def about_beasts(hit: Hit) -> bool:
    """Whether what is said of "them" is said of beasts that were named just before, with what is argued about them.

    Never where people are named beside them.
    """
    if not re.search(r"\b(?:them|they|'?em)\b", hit.text) or not _DONE_TO_BEASTS.search(hit.text):
        return False
    before = hit.view.text[max(0, hit.start - _REACH) : hit.start]
    around = before + hit.view.text[hit.start : hit.end + _REACH]
    return bool(_BEASTS.search(before) and _CARED_ABOUT.search(around)) and not _PEOPLE.search(around)
