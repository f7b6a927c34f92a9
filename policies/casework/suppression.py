"""Which counts are published as numbers, and which are hidden so that no small one can be worked out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from policies.casework.alternatives import Alternatives, Bounds, Sum

SMALL = 5
"""Counts from 1 to one less than this could point to people (evidence.md R52)."""

_GRAVE = range(1, SMALL)
_ROOM = SMALL - 2


class Showing(StrEnum):
    """How a count is published."""

    NUMBER = "number"
    SMALL = "fewer-than-5"
    WITHHELD = "withheld"
    UNSHOWN = "not-shown"


@dataclass(frozen=True, slots=True)
class Table:
    """Counts that belong together: rows that add up to a total, or overlap within it.

    A table without a total has rows that have nothing to do with one another. In one that overlaps, everything counted
    in the total is in one row or in several.
    """

    name: str
    rows: tuple[str, ...]
    total: str = ""
    overlaps: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """Give its rows and its total."""
        return (*self.rows, self.total) if self.total else self.rows


@dataclass(frozen=True, slots=True)
class Hidden:
    """What readers know already, from all that was published before, and what they must not learn.

    `values` has the true value of every cell, `known` what readers know of the cells that are not chosen now, and
    `sums` all that ties cells together. `changes` are cells that stand for the difference of two published ones,
    `carried` how cells of the report were published before that have not changed since, `open_zeros` cells whose zeros
    readers know anyway.
    """

    values: Mapping[str, int]
    known: Mapping[str, Bounds]
    sums: tuple[Sum, ...]
    changes: tuple[str, ...] = ()
    carried: Mapping[str, Showing] = field(default_factory=dict)
    open_zeros: tuple[str, ...] = ()


def bounds_of(showing: Showing, value: int, *, least_small: int = 0) -> Bounds:
    """Give what a reader knows of a count from how it is published."""
    match showing:
        case Showing.NUMBER:
            return Bounds(value, value)
        case Showing.SMALL:
            return Bounds(least_small, SMALL - 1)
        case Showing.WITHHELD:
            return Bounds(SMALL, None)
        case Showing.UNSHOWN:
            return Bounds(0, None)


def first_showings(
    tables: Sequence[Table], counts: Mapping[str, int], open_zeros: Collection[str] = ()
) -> dict[str, Showing]:
    """Hide the small counts, and the zeros beside them but for those of `open_zeros`, which readers know anyway.

    A zero is shown where nothing beside it is hidden. In a table with a small count a zero looks like one, so that the
    rows that are hidden cover for one another. How a total below ten divides is not shown if a row is small.
    """
    showings = {cell: Showing.SMALL if counts[cell] in _GRAVE else Showing.NUMBER for cell in counts}
    growing = True
    while growing:
        growing = False
        for table in tables:
            if not table.total or not any(showings[cell] is Showing.SMALL for cell in table.cells):
                continue
            if not table.overlaps and SMALL <= counts[table.total] < 2 * SMALL:
                # So few divide in few ways: whoever knows the rule would see which.
                showings.update(dict.fromkeys(table.rows, Showing.UNSHOWN))
            else:
                able = [row for row in table.rows if row not in open_zeros]
                zeros = [row for row in able if not counts[row] and showings[row] is Showing.NUMBER]
                showings.update(dict.fromkeys(zeros, Showing.SMALL))
                growing |= bool(zeros)
    return showings


def sums_of(tables: Iterable[Table], values: Mapping[str, int]) -> tuple[dict[str, int], tuple[Sum, ...]]:
    """Give what ties the cells of tables together, and the values of the cells that stand for what overlaps."""
    extra: dict[str, int] = {}
    sums: list[Sum] = []
    for table in tables:
        if not table.total:
            continue
        rows = tuple((row, 1) for row in table.rows)
        if not table.overlaps:
            sums.append(Sum((*rows, (table.total, -1))))
            continue
        twice = f"{table.total}/{'+'.join(table.rows)}/twice"
        extra[twice] = sum(values[row] for row in table.rows) - values[table.total]
        sums.append(Sum((*rows, (table.total, -1), (twice, -1))))
        for row in table.rows:
            rest = f"{row}/{table.total}/rest"
            extra[rest] = values[table.total] - values[row]
            sums.append(Sum(((row, 1), (rest, 1), (table.total, -1))))
    return extra, tuple(sums)


def lone_totals(tables: Sequence[Table]) -> frozenset[str]:
    """Give the cells that are hidden only if they are not zero, for nothing beside them makes zeros look small."""
    rows = {row for table in tables if table.total for row in table.rows}
    return frozenset({cell for table in tables for cell in table.cells} - rows)


def hide(
    tables: Sequence[Table], counts: Mapping[str, int], hidden: Hidden, *, precious: Sequence[str] = ()
) -> dict[str, Showing]:
    """Say how each count of a report is published, so that none hidden now or before can be worked out.

    `precious` counts are the last to be hidden for the sake of others, the most precious last. A report in which every
    count is unshown adds nothing to what is known, and is what remains if nothing else is safe.
    """
    return _Hiding(tables, counts, hidden, precious).run()


class _Hiding:
    """The search for what to hide besides the small counts."""

    def __init__(
        self, tables: Sequence[Table], counts: Mapping[str, int], hidden: Hidden, precious: Sequence[str]
    ) -> None:
        self._tables, self._counts, self._hidden = tables, counts, hidden
        self._others = Alternatives(hidden.values, hidden.sums)
        self._least = dict.fromkeys(lone_totals(tables), 1)
        self._changes = frozenset(hidden.changes)
        totals = [table.total for table in tables if table.total]
        self._rank = {
            **dict.fromkeys([*totals, *sorted(lone_totals(tables))], 1),
            **{cell: 2 + place for place, cell in enumerate(precious)},
        }

    def run(self) -> dict[str, Showing]:
        first = first_showings(self._tables, self._counts, self._hidden.open_zeros)
        showings = {cell: showing for cell, showing in first.items() if cell not in self._hidden.carried}
        while (open_cell := self._unsafe(showings)) is not None:
            showings = self._hide_more(showings, open_cell)
        return {**showings, **self._hidden.carried}

    def known(self, showings: Mapping[str, Showing]) -> dict[str, Bounds]:
        """Give what a reader would know if the report were published so."""
        mine = {
            cell: bounds_of(showing, self._counts[cell], least_small=self._least.get(cell, 0))
            for cell, showing in showings.items()
        }
        return {**self._hidden.known, **mine}

    def _unsafe(self, showings: Mapping[str, Showing]) -> str | None:
        """Give a cell that a reader could work out, or narrow down more than the way it is shown does."""
        if all(showing is Showing.UNSHOWN for showing in showings.values()):
            return None  # also where nothing is chosen now: what adds nothing cannot harm
        known = self.known(showings)
        tied = self._others.tied(showings, known)
        # What hides by how little a row changed often hides the small rows beside it as well.
        tied.sort(key=lambda one: one not in self._changes)
        return next((one for one in tied if not self._safe(one, known)), None)

    def _safe(self, cell: str, known: Mapping[str, Bounds]) -> bool:
        value, bounds = self._hidden.values[cell], known[cell]
        if cell in self._changes:
            step = 1 if value > 0 else -1
            return abs(value) not in _GRAVE or self._others.reach(cell, [step * size for size in _GRAVE], known)
        if bounds.fixed or "/" in cell:
            return True
        if bounds.most is not None or value in _GRAVE:
            return self._others.reach(cell, _GRAVE, known)
        return self._others.room(cell, known, enough=_ROOM) >= _ROOM

    def _hide_more(self, showings: Mapping[str, Showing], cell: str) -> dict[str, Showing]:
        """Hide what makes a cell safe at the least cost: a row, two rows, how a total divides, a total, all of it."""
        tied = [one for one in self._others.tied([cell], self.known(showings)) if one in showings]
        for more in self._ways(showings, cell, tied):
            tried = {**showings, **more}
            known = self.known(tried)
            if self._safe(cell, known) and all(self._safe(one, known) for one in more):
                return tried
        left = [one for one in tied if showings[one] is not Showing.UNSHOWN]
        return {**showings, **dict.fromkeys(left or list(showings), Showing.UNSHOWN)}

    def _ways(self, showings: Mapping[str, Showing], cell: str, tied: Sequence[str]) -> Iterable[dict[str, Showing]]:
        """Give what could be hidden, the least costly first.

        Which row goes with small ones follows from what anybody can read, so that the choice itself tells nothing.
        """
        able = [one for one in tied if showings[one] is Showing.NUMBER and self._counts[one] >= SMALL]
        able.sort(key=lambda one: (self._rank.get(one, 0), -self._counts[one], one))
        totals = [one for one in able if one in self._rank]
        near = [table for table in self._tables if table.total and set(tied) & set(table.rows)]
        whole = [dict.fromkeys((row for row in table.rows if row in showings), Showing.UNSHOWN) for table in near]
        if cell in self._changes:
            rows = [one for one in able if one not in self._rank]
            yield from ({row: Showing.WITHHELD} for row in rows)
            yield from (dict.fromkeys(pair, Showing.WITHHELD) for pair in combinations(rows[:6], 2))
        clear = [self._clearly_largest(table, showings) for table in near]
        clear = [row for row in dict.fromkeys(clear) if row in able and row not in self._rank]
        yield from ({row: Showing.WITHHELD} for row in clear)
        yield dict.fromkeys(clear, Showing.WITHHELD)
        yield from whole
        for total in totals:
            yield {total: Showing.WITHHELD}
        for total in totals:
            yield from ({**rows_of_one, total: Showing.WITHHELD} for rows_of_one in whole)

    def _clearly_largest(self, table: Table, showings: Mapping[str, Showing]) -> str:
        """Give the row that would be the largest one even if the small rows were four more, or an empty string."""
        all_of_it = {**self._hidden.carried, **showings}
        shown = [row for row in table.rows if all_of_it[row] is Showing.NUMBER]
        small = [row for row in table.rows if all_of_it[row] is Showing.SMALL]
        if table.overlaps or not shown or len(shown) + len(small) < len(table.rows):
            return ""
        largest = max(shown, key=self._counts.__getitem__)
        together = self._counts[largest] + sum(self._counts[row] for row in small)
        others = max((self._counts[row] for row in shown if row != largest), default=0)
        return largest if together - (SMALL - 1) > max(others, SMALL - 1) else ""
