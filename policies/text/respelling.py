"""Respelling: strange words of a text read as the words they are made of, run together, cut up or misspelt."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from policies.text.dictionary import dictionary
from policies.text.run_together import SHORTEST_RUN, Cutter
from policies.text.spelling import corrections
from policies.text.views import Rewrite

_WORD = re.compile("[a-z]+")
_GAPS = frozenset(" .-_*\t")
_ORDINARY = 4_000
_ORDINARY_MISSPELT = 2_500
_EVERYDAY = 60
_SHORTEST_JOINED, _SHORTEST_ORDINARY_JOINED = 4, 6
_MOST_CUT = 800
"""Letters of runs that are cut up in one message: what is cut costs twenty times what is only read."""
_LONGEST_STRANGE = 24


class _Letters(dict[int, int]):
    """Reads whatever is no plain letter as a space."""

    def __missing__(self, code: int) -> int:
        return 32


_APART = _Letters({code: code for code in range(ord("a"), ord("z") + 1)})


class Respeller:
    """Reads strange words as known ones; immutable.

    `disguised` are the words that people misspell to hide them, likeliest first, `listed` are other words of which
    a run may be made.
    """

    def __init__(self, disguised: Iterable[str], listed: Iterable[str] = ()) -> None:
        words = dictionary()
        hidden = tuple(dict.fromkeys(disguised))
        listed = frozenset(listed)
        ordinary = [word for word in words.english[:_ORDINARY] if len(word) >= _SHORTEST_JOINED]
        self._real = words.real.union(hidden, listed)
        everyday = [word for word in words.english[:_EVERYDAY] if len(word) == _SHORTEST_JOINED - 1]
        self._fixes = corrections(hidden, (*everyday, *ordinary[:_ORDINARY_MISSPELT]), self._real)
        for word in hidden:
            if len(word) >= _SHORTEST_JOINED and word[::-1] not in self._real:
                self._fixes.setdefault(word[::-1], word)
        self._cutter = Cutter(words.english, (*hidden, *listed))
        self._joined = frozenset(word for word in hidden if len(word) >= _SHORTEST_JOINED).union(
            word for word in ordinary if len(word) >= _SHORTEST_ORDINARY_JOINED
        )

    def strange(self, text: str) -> set[str]:
        """Give the words of a folded text that are none of any language."""
        words = text.translate(_APART).split()
        return set() if self._real.issuperset(words) else set(words) - self._real

    def knows(self, word: str) -> bool:
        """Whether a word is one."""
        return word in self._real

    def cut(self, run: str) -> list[str]:
        """Give the words of a run of letters, or nothing."""
        return self._cutter.cut(run)

    def usual(self, word: str) -> bool:
        """Whether a word is one that sentences are made of."""
        return word in self._cutter

    def respelt(self, text: str, strange: set[str]) -> Iterator[Rewrite]:
        """Give the rewrites of the strange words of a text, in order."""
        words = [(found.start(), found.end(), found.group()) for found in _WORD.finditer(text)]
        left = _MOST_CUT
        known: dict[str, list[str]] = {}
        done = -1
        for number, (start, end, word) in enumerate(words):
            if word not in strange or number <= done:
                continue
            if fixed := self._fixes.get(word):
                done = number
                yield Rewrite(start, end, fixed)
                continue
            if len(word) <= _LONGEST_STRANGE and (pieces := self._pieces(text, words, number, done)):
                first, last = pieces
                done = last
                yield Rewrite(words[first][0], words[last][1], "".join(w for _, _, w in words[first : last + 1]))
                continue
            if len(word) < SHORTEST_RUN:
                continue
            if word not in known:
                left -= len(word)
                if left < 0:
                    continue
                known[word] = self._cutter.cut(word)
            place = start
            for part in known[word][:-1]:
                place += len(part)
                # The space goes with the letter before it, so that every other letter keeps its place.
                yield Rewrite(place - 1, place, f"{text[place - 1]} ")

    def _pieces(self, text: str, words: list[tuple[int, int, str]], number: int, done: int) -> tuple[int, int] | None:
        """Give the first and last of the neighbours that make one known word with a strange one."""
        for first, last in ((number - 1, number + 1), (number, number + 1), (number - 1, number), (number, number + 2)):
            if first <= done or first < 0 or last >= len(words):
                continue
            parts = words[first : last + 1]
            if any(after[0] - before[1] != 1 or text[before[1]] not in _GAPS for before, after in pairwise(parts)):
                continue
            if "".join(word for _, _, word in parts) in self._joined:
                return first, last
        return None
