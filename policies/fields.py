"""Fields of meaning: which words of a text bring which things into a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

_APART = {ord(mark): " " for mark in '\t\n\r.,;:!?"()[]{}<>*_~|/\\'}
"""Marks that part words; each becomes one space, so that places in the text stay what they are."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase of a text that stands in at least one field, as bits, from `start` to `end`."""

    fields: int
    start: int
    end: int


def inflected(entry: str) -> tuple[str, ...]:
    """Write out an entry: `rat/n` as one and many, `kill/v` and `shoot/v:shot` as all forms of a verb."""
    word, _, form = entry.partition("/")
    if form == "n":
        many = word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")
        if word.endswith("y") and word[-2:-1] not in "aeiou":
            many = f"{word[:-1]}ies"
        return word, many
    if form[:1] == "v":
        past = tuple(form.split(":")[1:])
        stem = word[:-1] if word.endswith("e") else word
        third = word + ("es" if word.endswith(("s", "x", "ch", "sh", "o")) else "s")
        if word.endswith("y") and word[-2:-1] not in "aeiou":
            third, stem_past = f"{word[:-1]}ies", f"{word[:-1]}ied"
        else:
            stem_past = f"{stem}ed"
        return word, third, f"{stem}ing", stem_past, *past
    return (entry,)


class Fields:
    """Looks up the words of a text; one pass by Aho-Corasick, whatever the number of words."""

    def __init__(self, fields: Mapping[str, Iterable[str]]) -> None:
        self.names = tuple(fields)
        known: dict[str, int] = {}
        for bit, entries in enumerate(fields.values()):
            for entry in entries:
                for form in inflected(entry):
                    key = f" {' '.join(form.translate(_APART).split())} "
                    known[key] = known.get(key, 0) | 1 << bit
        self._bits = tuple(known.values())
        self._finder = AhoCorasick(list(known), matchkind=MatchKind.Standard)

    def bits(self, names: Iterable[str]) -> int:
        """Give the bits of some fields; raises `ValueError` for a name that is none."""
        return sum(1 << self.names.index(name) for name in names)

    def read(self, text: str) -> list[Word]:
        """Give the words of a folded text that stand in a field, in order of their ends."""
        flat = f" {text.translate(_APART)} "
        bits = self._bits
        return [
            Word(bits[number], start, end - 2)
            for number, start, end in self._finder.find_matches_as_indexes(flat, overlapping=True)
        ]
