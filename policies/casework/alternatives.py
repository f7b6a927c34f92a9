"""Other figures that the same publications would stand for: what a reader with all of them cannot tell apart.

Every published number, and every number hidden behind a sign, is a cell. What a reader knows of them are bounds of
each cell, and sums that tie cells together. An alternative is another way to fill in the hidden cells that keeps all
of that; it is found by moving single units about, and each one found is valid, so that a cell is never called safe
that is not. Where sums form a network, as those of tables with one margin do, none that exists is missed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

EFFORT = 4000
"""How many moves are tried for one unit before an alternative counts as not found."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a reader knows of one cell: the least and the most that it can be; nothing for no limit."""

    least: int | None
    most: int | None

    def admit(self, value: int) -> bool:
        """Whether a reader would believe in a value."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def fixed(self) -> bool:
        """Whether the reader knows the value."""
        return self.least is not None and self.least == self.most


@dataclass(frozen=True, slots=True)
class Sum:
    """Something every reader knows to be zero: cells taken once each, with a sign."""

    terms: tuple[tuple[str, int], ...]

    def of(self, values: Mapping[str, int]) -> int:
        """Work it out."""
        return sum(sign * values[cell] for cell, sign in self.terms)


class Alternatives:
    """The cells of all publications together, with what a reader knows of them."""

    def __init__(self, values: Mapping[str, int], sums: Iterable[Sum]) -> None:
        self._values = dict(values)
        self._sums: tuple[Sum, ...] = tuple(sums)
        self._in: dict[str, list[tuple[int, int]]] = {cell: [] for cell in values}
        for number, one in enumerate(self._sums):
            if one.of(values):
                raise ValueError(f"These cells do not add up: {', '.join(cell for cell, _ in one.terms)}.")
            for cell, sign in one.terms:
                self._in[cell].append((number, sign))

    def reach(self, cell: str, wanted: Sequence[int], known: Mapping[str, Bounds]) -> bool:
        """Whether a reader must think each of some values of a cell possible."""
        return all(self.point(cell, value, known) is not None for value in wanted)

    def room(self, cell: str, known: Mapping[str, Bounds], *, enough: int) -> int:
        """Count values that a reader must think possible besides the true one, in one run; at most `enough`."""
        found = 0
        for step in (1, -1):
            point: dict[str, int] | None = self._values
            while found < enough and (point := self._moved(point, cell, step, known)) is not None:
                found += 1
        return found

    def point(self, cell: str, value: int, known: Mapping[str, Bounds]) -> dict[str, int] | None:
        """Give an alternative in which a cell has a value, if one is found."""
        point: dict[str, int] | None = self._values
        step = 1 if value > self._values[cell] else -1
        for _ in range(abs(value - self._values[cell])):
            if point is None:
                return None
            point = self._moved(point, cell, step, known)
        return point

    def tied(self, cells: Iterable[str], known: Mapping[str, Bounds]) -> list[str]:
        """Give some cells, those that share a sum with one of them, or with a hidden one that does, and so on.

        The nearest come first. A cell whose value is known passes nothing on, unless it is one of those given.
        """
        order = list(cells)
        given, seen, looked = frozenset(order), set(order), set[int]()
        for one in order:
            if one not in given and known[one].fixed:
                continue
            for number, _ in self._in[one]:
                if number not in looked:
                    looked.add(number)
                    fresh = [other for other, _ in self._sums[number].terms if other not in seen]
                    seen.update(fresh)
                    order.extend(fresh)
        return order

    def _moved(
        self, point: Mapping[str, int] | None, cell: str, step: int, known: Mapping[str, Bounds]
    ) -> dict[str, int] | None:
        """Give the point with one unit more or less in a cell, and units moved elsewhere until all adds up again."""
        if point is None or not known[cell].admit(point[cell] + step):
            return None
        search = _Search(self._sums, self._in, point, known)
        return search.run(cell, step)


class _Search:
    """One unit on its way through the sums."""

    def __init__(
        self,
        sums: Sequence[Sum],
        where: Mapping[str, Sequence[tuple[int, int]]],
        point: Mapping[str, int],
        known: Mapping[str, Bounds],
    ) -> None:
        self._sums, self._in, self._point, self._known = sums, where, point, known
        self._changed: dict[str, int] = {}
        self._open: dict[int, int] = {}
        self._left = EFFORT

    def run(self, cell: str, step: int) -> dict[str, int] | None:
        """Give the point after the move, if there is one."""
        self._apply(cell, step)
        if not self._settle():
            return None
        return {**self._point, **{one: self._point[one] + by for one, by in self._changed.items()}}

    def _settle(self) -> bool:
        """Make the first open sum add up by a unit in one of its cells, then the others."""
        if not self._open:
            return True
        number, off = next(iter(self._open.items()))
        for cell, step in self._choices(number, off):
            self._left -= 1
            if self._left < 0:
                return False
            self._apply(cell, step)
            if self._settle():
                return True
            self._undo(cell, step)
        return False

    def _choices(self, number: int, off: int) -> list[tuple[str, int]]:
        found = []
        for cell, sign in self._sums[number].terms:
            step = -sign if off > 0 else sign
            if cell not in self._changed and self._known[cell].admit(self._point[cell] + step):
                found.append((len(self._in[cell]), cell, step))
        return [(cell, step) for _, cell, step in sorted(found)]

    def _apply(self, cell: str, step: int) -> None:
        self._changed[cell] = step
        self._shift(cell, step)

    def _undo(self, cell: str, step: int) -> None:
        del self._changed[cell]
        self._shift(cell, -step)

    def _shift(self, cell: str, step: int) -> None:
        for number, sign in self._in[cell]:
            off = self._open.get(number, 0) + sign * step
            if off:
                self._open[number] = off
            else:
                self._open.pop(number, None)
