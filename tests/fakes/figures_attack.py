"""An attack on published figures with an integer programme; it shares no line with what it attacks.

It reads publications as a stranger does: the numbers, the showings, and what the tables' titles say. It knows that rows
add up to totals, that what waits goes on from quarter to quarter, that a correction moves decisions from what was found
to what was reversed, and that nothing else changes.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from policies.casework.publications import Publication
from policies.casework.suppression import Showing

FAR = 10_000
CORRECTED = ("decisions.", "sanctions.")
FLOW = ("cases.open", "cases.opened", "cases.closed")


class Stranger:
    """Somebody with every publication, in order."""

    def __init__(self, publications: Sequence[Publication]) -> None:
        self.least: list[float] = []
        self.most: list[float] = []
        self.rows: list[tuple[dict[int, int], float, float]] = []
        self.cells: list[dict[str, int]] = []
        for one in publications:
            self.cells.append(self.read(one))
            self.add_up(one, self.cells[-1])
        quarters = [one.quarter for one in publications]
        latest = {quarter: number for number, quarter in enumerate(quarters)}
        for number, one in enumerate(publications):
            earlier = [other for other in range(number) if quarters[other] == one.quarter]
            if earlier:
                self.corrected(self.cells[earlier[-1]], self.cells[number])
            prior = [other for other in range(len(quarters)) if quarters[other] == one.quarter.before]
            if prior:
                self.went_on(self.cells[prior[-1]], self.cells[number])
        self.reversals(publications, latest)

    def new(self, least: float, most: float) -> int:
        self.least.append(least)
        self.most.append(most)
        return len(self.least) - 1

    def read(self, one: Publication) -> dict[str, int]:
        in_rows = {row for table in one.tables if table.total for row in table.rows}
        found = {}
        for cell, count in one.counts.items():
            match count.showing:
                case Showing.NUMBER:
                    found[cell] = self.new(count.value, count.value)
                case Showing.SMALL:
                    found[cell] = self.new(0 if cell in in_rows else 1, 4)
                case Showing.WITHHELD:
                    found[cell] = self.new(5, FAR)
                case Showing.UNSHOWN:
                    found[cell] = self.new(0, FAR)
        return found

    def add_up(self, one: Publication, cells: dict[str, int]) -> None:
        for table in one.tables:
            if not table.total:
                continue
            line = {cells[table.total]: -1}
            for row in table.rows:
                line[cells[row]] = 1
            self.rows.append((line, 0, FAR if table.overlaps else 0))
            if table.overlaps:
                self.rows += [({cells[row]: 1, cells[table.total]: -1}, -FAR, 0) for row in table.rows]

    def corrected(self, was: dict[str, int], now: dict[str, int]) -> None:
        for cell, number in now.items():
            least, most = 0.0, 0.0
            if cell.startswith("sanctions."):
                least, most = -FAR, FAR
            elif cell == "decisions.reversed-since":
                most = FAR
            elif cell.startswith("decisions.case-"):
                least = -FAR
            self.rows.append(({number: 1, was[cell]: -1}, least, most))

    def went_on(self, before: dict[str, int], now: dict[str, int]) -> None:
        waiting, came, went = FLOW
        if waiting in now:
            self.rows.append(({now[waiting]: 1, before[waiting]: -1, now[came]: -1, now[went]: 1}, 0, 0))

    def reversals(self, publications: Sequence[Publication], latest: dict) -> None:
        if not publications or "decisions.reversed-since" not in publications[0].counts:
            return
        moved = {(of, at): self.new(0, FAR) for of in latest for at in latest if of <= at}
        for number, one in enumerate(publications):
            line = {name: 1 for (of, at), name in moved.items() if of == one.quarter and at <= one.through}
            known, at = True, one.quarter
            while at <= one.through:
                known, at = known and at in latest, at.following
            line[self.cells[number]["decisions.reversed-since"]] = -1
            self.rows.append((line, 0 if known else -FAR, 0))
        for at, number in latest.items():
            line = {name: 1 for (_, then), name in moved.items() if then == at}
            line[self.cells[number]["appeals.decision-reversed"]] = -1
            self.rows.append((line, -FAR, 0))

    @cached_property
    def limits(self) -> LinearConstraint:
        entries = [
            (number, cell, factor) for number, (terms, _, _) in enumerate(self.rows) for cell, factor in terms.items()
        ]
        rows, cells, factors = zip(*entries, strict=True)
        matrix = csr_array((factors, (rows, cells)), shape=(len(self.rows), len(self.least)))
        return LinearConstraint(matrix, [row[1] for row in self.rows], [row[2] for row in self.rows])

    def extreme(self, line: dict[int, int], sense: int) -> int:
        """Give the least (1) or the most (-1) that a combination of cells can be."""
        cost = np.zeros(len(self.least))
        for cell, factor in line.items():
            cost[cell] = factor * sense
        found = milp(
            cost,
            integrality=np.ones(len(self.least)),
            bounds=Bounds(np.array(self.least), np.array(self.most)),
            constraints=self.limits,
        )
        assert found.success, "The publications contradict one another."
        return round(found.fun) * sense

    def interval(self, line: dict[int, int]) -> tuple[int, int]:
        return self.extreme(line, 1), self.extreme(line, -1)


def learnt(publications: Sequence[Publication]) -> list[str]:
    """Give every hidden count that a stranger can narrow down more than its showing does."""
    stranger, found = Stranger(publications), []
    for number, one in enumerate(publications):
        for cell, count in one.counts.items():
            if count.showing is Showing.NUMBER:
                continue
            least, most = stranger.interval({stranger.cells[number][cell]: 1})
            assert least <= count.value <= most
            grave = count.showing is Showing.SMALL or 0 < count.value < 5
            if (grave and (least > 1 or most < 4)) or most - least < 3:
                found.append(f"{one.quarter}#{number} {cell} is {least} to {most}")
        found += _changes(publications, number, stranger)
    return found


def _changes(publications: Sequence[Publication], number: int, stranger: Stranger) -> list[str]:
    one, found = publications[number], []
    earlier = [other for other in range(number) if publications[other].quarter == one.quarter]
    for cell, count in one.counts.items() if earlier else ():
        by = count.value - publications[earlier[-1]].counts[cell].value
        if 0 < abs(by) < 5:
            line = {stranger.cells[number][cell]: 1, stranger.cells[earlier[-1]][cell]: -1}
            least, most = stranger.interval(line)
            if (by > 0 and (least > 1 or most < 4)) or (by < 0 and (least > -4 or most < -1)):
                found.append(f"{one.quarter}#{number} {cell} changed by {least} to {most}")
    return found
