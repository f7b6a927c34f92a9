"""What a training run sees: own rows, contrast templates and public rows, drawn by fixed shares."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.classifiers.training.rows import Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows and their share of what is drawn."""

    name: str
    rows: Sequence[Row]
    share: float


class Shuffled(Generic[T]):
    """Draws from a list without end: all of it in a new order, then all of it again."""

    def __init__(self, items: Sequence[T], chance: random.Random) -> None:
        self._items = items
        self._chance = chance
        self._left: list[T] = []

    def draw(self) -> T:
        """Give the next item."""
        if not self._left:
            self._left = list(self._items)
            self._chance.shuffle(self._left)
        return self._left.pop()


def draws(parts: Sequence[Part], seed: int) -> Iterator[Row]:
    """Give rows without end, each from a part chosen by its share; the same seed gives the same rows."""
    chance = random.Random(seed)
    decks = [Shuffled(part.rows, chance) for part in parts if part.rows]
    shares = [part.share for part in parts if part.rows]
    while True:
        (deck,) = chance.choices(decks, shares)
        yield deck.draw()


def bucketed(rows: Iterator[T], length: Callable[[T], int], *, size: int, pool: int, seed: int) -> Iterator[list[T]]:
    """Give batches of rows of about one length: `pool` batches are drawn, sorted, cut and given in any order."""
    chance = random.Random(seed)
    while True:
        drawn = sorted((next(rows) for _ in range(size * pool)), key=length)
        batches = [drawn[i : i + size] for i in range(0, len(drawn), size)]
        chance.shuffle(batches)
        yield from batches


_SMALL_TALK = frozenset({"everyday", "banter", "other"})
_LONGEST_TALK = 16
"""Words of a row that others are padded with: it must leave room for them in what is learnt from at a time."""


def small_talk(parts: Sequence[Part]) -> list[str]:
    """Give the short friendly texts among the rows, in their order."""
    rows = (row for part in parts for row in part.rows)
    return [row.text for row in rows if row.kind in _SMALL_TALK and len(row.text.split()) <= _LONGEST_TALK]


def padded(text: str, talk: Sequence[str], chance: random.Random) -> str:
    """Put small talk before or behind a text; done to rows of every label alike, so that it tells nothing."""
    added = chance.choice(talk)
    first, second = (added, text) if chance.random() < 0.5 else (text, added)
    return f"{first}{'' if first[-1:] in '.!?' else '.'} {second}"


_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "j": "k", "k": "l",
    "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b",
    "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip
_LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}


def smudged(text: str, chance: random.Random) -> str:
    """Write one to three words as people mistype or disguise them; done to rows of every label alike."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    for place in chance.sample(places, min(len(places), chance.randint(1, 3))):
        words[place] = _smudged_word(words[place], chance)
    return " ".join(words)


def _smudged_word(word: str, chance: random.Random) -> str:  # noqa: PLR0911 - one for each slip
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(7):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2:
            return word[:at] + word[at] + word[at:]
        case 3:
            return word[:at] + _NEIGHBOURS.get(word[at].lower(), word[at]) + word[at + 1 :]
        case 4:
            return "".join(chance.choice(_LEET[c]) if c in _LEET and chance.random() < 0.6 else c for c in word)
        case 5:
            return chance.choice((" ", ".", "-", "_")).join(word)
        case _:
            return word[:at] + chance.choice("*-_#") + word[at + 1 :]
