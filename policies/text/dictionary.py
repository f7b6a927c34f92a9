"""The dictionary: English words by how often they are met, and names and foreign words not to be read as any.

The English words are those of pyspellchecker 0.9 (MIT, Tyler Barrus) in their order, British and party words moved up
as often as the training rows have them. Of the names and foreign words, from wordninja 2.0 (MIT, Derek Anderson), names
0.3 (the census of the United States, public domain), pyspellchecker's other languages and by hand, only those are kept
that would otherwise be read as a misspelling or cut into words. tools/dictionary/build.py makes the file,
and NOTICE has the licences.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words from the commonest to the rarest, and the names and foreign words beside them; all folded."""

    english: tuple[str, ...]
    others: frozenset[str]
    real: frozenset[str]


@cache
def dictionary() -> Dictionary:
    """Give the dictionary that ships; it is read once."""
    raw = gzip.decompress(resources.files("policies.text").joinpath("dictionary.txt.gz").read_bytes()).decode("ascii")
    english, others = (tuple(part.split()) for part in raw.split("\n\n"))
    return Dictionary(english, frozenset(others), frozenset((*english, *others)))
