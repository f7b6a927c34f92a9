"""The register of protected people: candidates, officers and others whose names must not be borrowed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from policies.fakes import Fakes, Flagged, plain
from policies.identifiers import MemberId
from policies.text.folding import fold

DECORATION = re.compile(r"\b(?:official|the real|real|not|mp|msp|ms|cllr|councillor|candidate|hq|account|backup|new)\b")
_NOT_A_LETTER = re.compile(r"[^a-z]")
_NUMBERED = re.compile(r"(.*?[^\d])(\d{1,9})")
_DIGITS = str.maketrans("01345789", "oieastbg")
_DOUBLES = (("rn", "m"), ("vv", "w"), ("cl", "d"))
"""Pairs of letters that look like another one in most typefaces (Unicode UTS 39, confusables)."""

SHORTEST_MISSPELT = 8
"""Letters a name must have before one wrong letter in it counts as a likeness; shorter ones differ by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A protected person: the id they post under, their name, other handles, roles and other accounts.

    `fakes` are pages and handles, anywhere, that were found to pass themselves off as this person.
    """

    id: MemberId
    name: str
    handles: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    accounts: tuple[MemberId, ...] = ()
    fakes: tuple[str, ...] = ()


class Register:
    """Looks up names that look like those of registered people; immutable."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._people = tuple({person.id: person for person in people}.values())
        self._by_id = {account: person for person in self._people for account in (person.id, *person.accounts)}
        self.fakes = Fakes(Flagged(plain(one), person.name) for person in self._people for one in person.fakes)
        self._named = {person.name: person for person in self._people}
        self._by_shape: dict[str, Person] = {}
        self._handles = frozenset(handle for person in self._people for handle in person.handles)
        for person in self._people:
            for name in (person.name, *person.handles):
                if shape := shape_of_name(name):
                    self._by_shape.setdefault(shape, person)

    @property
    def people(self) -> tuple[Person, ...]:
        """Give everybody who is registered."""
        return self._people

    def person(self, member: MemberId) -> Person | None:
        """Give the registered person who posts under an id."""
        return self._by_id.get(member)

    def lookalike(self, member: MemberId, *names: str) -> Person | None:
        """Give the registered person that a name or handle of somebody else could be taken for."""
        if not self._by_shape or member in self._by_id or member in self._handles:
            return None
        if flagged := self.fakes.handle(*names):
            return self._named[flagged.of]
        for name in names:
            shape = shape_of_name(name)
            if not shape:
                continue
            if shape in self._by_shape and not _of_a_row(name, self._by_shape[shape]):
                return self._by_shape[shape]
            if len(shape) >= SHORTEST_MISSPELT:
                for known, person in self._by_shape.items():
                    if len(known) < SHORTEST_MISSPELT or _of_a_row(name, person):
                        continue
                    if _one_apart(shape, known):
                        return person
        return None


def shape_of_name(name: str) -> str:
    """Give what is left of a name to the hurried eye: no case, accents, digits for letters, titles or signs."""
    folded = fold(name[:200]).text.replace("_", " ").replace(".", " ")
    plain = _NOT_A_LETTER.sub("", DECORATION.sub(" ", folded).translate(_DIGITS))
    for pair, letter in _DOUBLES:
        plain = plain.replace(pair, letter)
    return plain.replace("l", "i")


def _of_a_row(name: str, person: Person) -> bool:
    return any(numbered_apart(name, known) for known in (person.name, *person.handles))


def numbered_apart(one: str, other: str) -> bool:
    """Whether two names are the same word with different numbers behind it: "Member 1" and "Member 12"."""
    first, second = _NUMBERED.fullmatch(one.strip().casefold()), _NUMBERED.fullmatch(other.strip().casefold())
    if first is None or second is None:
        return False
    return _stem(first) == _stem(second) and int(first[2]) != int(second[2])


def _stem(match: re.Match[str]) -> str:
    return match[1].strip(" _.-#")


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter added, left out, exchanged or swapped with its neighbour parts two different names."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) == len(other):
        swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
        return swapped or one[at + 1 :] == other[at + 1 :]
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[at + 1 :] == shorter[at:]
