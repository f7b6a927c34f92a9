"""Respelling: strange words of a text read as the words they are made of, run together, cut up or misspelt."""

import re
from collections.abc import Iterable, Iterator

from policies.text.dictionary import dictionary
from policies.text.run_together import SHORTEST_RUN, Cutter
from policies.text.spelling import corrections, single_letters, straightened
from policies.text.views import Rewrite

_WORD = re.compile("[a-z]+")
_GAPS = frozenset(" .-_*\t\n")
_ORDINARY = 4_000
_ORDINARY_MISSPELT = 2_500
_EVERYDAY = 60
_SHORTEST_JOINED, _SHORTEST_ORDINARY_JOINED = 4, 6
_MOST_CUT = 800
"""Letters of runs that are cut up in one message: what is cut costs twenty times what is only read."""
_LONGEST_STRANGE = 24
_DOUBLE = re.compile(r"([aijkuvwxy])\1|(.)\2.*(.)\3")
"""A letter that English hardly ever doubles, or two that are."""


_COMMONEST = 6_000
"""Words that are looked up first: so few stay in the processor's cache, and most sentences have no other."""


class _Letters(dict[int, int]):
    """Reads whatever is no plain letter as a space."""

    def __missing__(self, code: int) -> int:
        return 32


_APART = _Letters({code: code if chr(code).islower() else 32 for code in range(128)})


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
        self._commonest = frozenset(words.english[:_COMMONEST])
        self._listed = listed.union(hidden)
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
        words = set(text.translate(_APART).split()) - self._commonest
        return words - self._real if words else words

    def knows(self, word: str) -> bool:
        """Whether a word is one."""
        return word in self._real

    def lists(self, words: Iterable[str]) -> bool:
        """Whether one of some words is one that people hide or that a lexicon lists."""
        return not self._listed.isdisjoint(words)

    def cut(self, run: str) -> list[str]:
        """Give the words of a run of letters, or nothing."""
        return self._cutter.cut(run)

    def usual(self, word: str) -> bool:
        """Whether a word is one that sentences are made of."""
        return word in self._cutter

    def corrected(self, text: str, strange: set[str]) -> list[Rewrite]:
        """Give the rewrites of those strange words that are slips of the hand, in order; nobody hides by one."""
        if self._fixes.keys().isdisjoint(strange):
            return []
        return [
            Rewrite(found.start(), found.end(), self._fixes[found.group()])
            for found in _WORD.finditer(text)
            if found.group() in strange and _slip(found.group(), self._fixes.get(found.group(), ""))
        ]

    def respelt(self, text: str, strange: set[str]) -> Iterator[Rewrite]:
        """Give the rewrites of the strange words of a text, in order."""
        drawn = self._drawn(strange)
        if not drawn and self._fixes.keys().isdisjoint(strange) and not self._made_of_words(text, strange):
            return
        words = [(found.start(), found.end(), found.group()) for found in _WORD.finditer(text)]
        left = _MOST_CUT
        known: dict[str, list[str]] = {}
        done = -1
        for number, (start, end, word) in enumerate(words):
            if word not in strange or number <= done:
                continue
            if fixed := drawn.get(word) or self._fixes.get(word):
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

    def _drawn(self, strange: set[str]) -> dict[str, str]:
        """Give what strange words are by the look of them: with letters doubled, or an i for an l."""
        drawn: dict[str, str] = {}
        doubled: dict[str, str] = {}
        for word in strange:
            if len(word) > _LONGEST_STRANGE:
                continue
            if word[::2] == word[1::2] and self.usual(word[::2]):
                doubled[word] = word[::2]
            elif _DOUBLE.search(word):
                forms = tuple(single_letters(word))
                if listed := next((form for form in forms if form in self._listed), ""):
                    drawn[word] = listed
                elif usual := next(filter(self.usual, forms), ""):
                    doubled[word] = usual
            if word not in drawn and (meant := straightened(word, self._listed)):
                drawn[word] = meant
        # A slip of the hand doubles one letter of one word.
        return {**doubled, **drawn} if len(doubled) + len(drawn) > 1 else drawn

    def _made_of_words(self, text: str, strange: set[str]) -> bool:
        """Whether a strange word may be a run or a piece of a word; most are names, or of another language."""
        if sum(map(len, strange)) > _MOST_CUT:
            return True
        if any(len(word) >= SHORTEST_RUN and self._cutter.cut(word) for word in strange):
            return True
        words = ["", *text.translate(_APART).split(), "", ""]
        for number, word in enumerate(words):
            if word in strange:
                before, after = words[number - 1], word + words[number + 1]
                if not self._joined.isdisjoint((before + word, after, before + after, after + words[number + 2])):
                    return True
        return False

    def _pieces(self, text: str, words: list[tuple[int, int, str]], number: int, done: int) -> tuple[int, int] | None:
        """Give the first and last of the neighbours that make one known word with a strange one."""
        word = words[number][2]
        before = words[number - 1][2] if number - 1 > done and _close(text, words, number - 1) else ""
        after = words[number + 1][2] if _close(text, words, number) else ""
        if before and after and f"{before}{word}{after}" in self._joined:
            return number - 1, number + 1
        if after and f"{word}{after}" in self._joined:
            return number, number + 1
        if before and f"{before}{word}" in self._joined:
            return number - 1, number
        if after and _close(text, words, number + 1) and f"{word}{after}{words[number + 2][2]}" in self._joined:
            return number, number + 2
        return None


def _close(text: str, words: list[tuple[int, int, str]], number: int) -> bool:
    """Whether nothing but one gap stands between a word and the next."""
    if not 0 <= number < len(words) - 1:
        return False
    end = words[number][1]
    return words[number + 1][0] - end == 1 and text[end] in _GAPS


def _slip(word: str, meant: str) -> bool:
    """Whether a word may be meant for another by a slip: one letter too few or too many, or two that changed places."""
    return bool(meant) and abs(len(word) - len(meant)) <= 1 and word[::-1] != meant
