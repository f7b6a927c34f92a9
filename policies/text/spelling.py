"""Spelling: words with letters swapped, left out or doubled, read as the words they stand for."""

import re
from collections.abc import Container, Iterable, Iterator
from itertools import combinations, product

_VOWELS = "aeiou"
_MOST_VOWELS = 4
_SHORTEST_DOUBLED = 5
SHORTEST = 4
"""Letters of the shortest misspelling that is put right; shorter ones are abbreviations too often."""


def misspellings(word: str) -> Iterator[str]:
    """Give what a word looks like with two letters swapped, one left out or one doubled."""
    for at in range(len(word) - 1):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
    for at in range(len(word) if len(word) >= _SHORTEST_DOUBLED else 0):
        yield word[:at] + word[at] + word[at:]


def without_vowels(word: str) -> Iterator[str]:
    """Give what a word looks like with two of its vowels or more left out, but for a vowel that begins it."""
    places = [at for at in range(1, len(word)) if word[at] in _VOWELS][:_MOST_VOWELS]
    for count in range(2, len(places) + 1):
        for gone in combinations(places, count):
            yield "".join(letter for at, letter in enumerate(word) if at not in gone)


def corrections(disguised: Iterable[str], ordinary: Iterable[str], real: frozenset[str]) -> dict[str, str]:
    """Give what each misspelling stands for, so that putting a word right is one look.

    What is a `real` word of any language, or a name, is none. Of two words that a misspelling may stand for it is
    the `disguised` one, or the one named first.
    """
    found: dict[str, str] = {}
    for word in disguised:
        if len(word) < SHORTEST:
            continue
        for form in misspellings(word):
            if len(form) >= SHORTEST and form not in real:
                found.setdefault(form, word)
        for form in without_vowels(word):
            if len(form) >= SHORTEST and form not in real:
                found.setdefault(form, word)
    for word in ordinary:
        for form in misspellings(word):
            if len(form) >= min(SHORTEST, len(word)) and form not in real:
                found.setdefault(form, word)
    return found


_PAIR = re.compile(r"(.)\1")
_MOST_PAIRS, _MOST_STROKES = 4, 5
_STROKES = frozenset("il")
_SHORTEST_DRAWN = 4


def single_letters(word: str) -> Iterator[str]:
    """Give what a word is with some of its double letters as one, the most first."""
    pairs = [pair.start() for pair in _PAIR.finditer(word)]
    if len(pairs) <= _MOST_PAIRS:
        for count in range(len(pairs), 0, -1):
            for gone in combinations(pairs, count):
                yield "".join(letter for at, letter in enumerate(word) if at not in gone)


def straightened(word: str, known: Container[str]) -> str:
    """Give the known word that one is if a v may be a u, an i an l, as a capital i looks, and an l an i; or nothing."""
    if (meant := word.replace("v", "u")) in known and len(word) >= _SHORTEST_DRAWN:
        return meant
    places = [at for at, letter in enumerate(word) if letter in _STROKES]
    if not places or len(places) > _MOST_STROKES or len(word) < _SHORTEST_DRAWN:
        return ""
    for letters in product("li", repeat=len(places)):
        form = list(word)
        for at, letter in zip(places, letters, strict=True):
            form[at] = letter
        if (meant := "".join(form)) in known:
            return meant
    return ""
