"""The dictionary: English words by how often they are met, and names and foreign words not to be read as any."""

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
