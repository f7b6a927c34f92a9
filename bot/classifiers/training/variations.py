"""Texts that nobody wrote, made from those that somebody did: only a teacher says what they are.

A small network learns its few rows by heart long before it has learnt how its teacher tells them apart. What the
teacher says of texts that lie between the rows keeps it listening (Jiao et al., TinyBERT, 2020, section 3.3; Beyer et
al., Knowledge distillation: a good teacher is patient and consistent, 2022).
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

_SWAPPED = 0.25
"""Share of the words of a text that may be swapped for others that stand between the same two words elsewhere."""
_FEWEST, _MOST = 3, 70
"""Words of a text that is worth asking about."""
_TRIES = 4
_FRUITLESS = 1_000
"""Texts made in vain, one after the other, after which there is taken to be nothing new to make."""

_Words = tuple[str, ...]


class Varied:
    """Makes new texts from old ones: with words swapped, or with the beginning of one and the end of another.

    A word may stand for another where both stand between the same neighbours; two texts are joined where both
    have the same two words after each other. So most of what comes out reads as people write, but need not make sense.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [words for text in texts if _FEWEST <= len(words := tuple(text.split(" "))) <= _MOST]
        self._between: dict[tuple[str, str], set[str]] = {}
        self._pairs: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for number, words in enumerate(self._texts):
            plain = _plain(words)
            for at in range(len(words)):
                before, behind = _neighbours(plain, at)
                self._between.setdefault((before, behind), set()).add(words[at])
            for at, pair in enumerate(pairwise(plain)):
                self._pairs.setdefault(pair, []).append((number, at))
        self._sorted = {place: sorted(words) for place, words in self._between.items() if len(words) > 1}

    def draw(self, seed: int) -> Iterator[str]:
        """Give such texts, none twice and none that was given, while there are new ones; a seed gives the same ones."""
        chance = random.Random(seed)
        known, in_vain = set(self._texts), 0
        while self._texts and in_vain < _FRUITLESS:
            words = chance.choice(self._texts)
            made = self._swapped(words, chance) if chance.random() < 0.5 else self._crossed(words, chance)
            in_vain += 1
            if made not in known and _FEWEST <= len(made) <= _MOST:
                known.add(made)
                in_vain = 0
                yield " ".join(made)

    def _swapped(self, words: _Words, chance: random.Random) -> _Words:
        plain = _plain(words)
        places = [at for at in range(len(words)) if _neighbours(plain, at) in self._sorted]
        made = list(words)
        for at in chance.sample(places, min(len(places), chance.randint(1, max(1, int(len(words) * _SWAPPED))))):
            made[at] = chance.choice(self._sorted[_neighbours(plain, at)])
        return tuple(made)

    def _crossed(self, words: _Words, chance: random.Random) -> _Words:
        plain = _plain(words)
        for _ in range(_TRIES):
            at = chance.randrange(1, len(words) - 1)
            number, other = chance.choice(self._pairs[plain[at], plain[at + 1]])
            if self._texts[number] != words:
                return words[:at] + self._texts[number][other:]
        return words


def variations(texts: Iterable[str], many: int, *, seed: int) -> list[str]:
    """Give so many texts made from others, fewer where there are no more to make."""
    return list(islice(Varied(texts).draw(seed), many))


def _plain(words: _Words) -> list[str]:
    return [word.lower() for word in words]


def _neighbours(plain: Sequence[str], at: int) -> tuple[str, str]:
    return plain[at - 1] if at else "", plain[at + 1] if at + 1 < len(plain) else ""
