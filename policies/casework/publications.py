"""Published reports: each is made with all earlier ones in mind, so that no two of them together say too much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from policies.casework.alternatives import Bounds, Sum
from policies.casework.quarters import Quarter
from policies.casework.suppression import Hidden, Showing, Table, bounds_of, hide, lone_totals, sums_of


@dataclass(frozen=True, slots=True)
class Flow:
    """A number waiting that goes on from quarter to quarter: what was there, what came, what went."""

    waiting: str
    came: str
    went: str


@dataclass(frozen=True, slots=True)
class Turned:
    """Where one report counts what a later event undid, and another counts those events."""

    undone: str
    undoing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the counts of a report hang together."""

    tables: tuple[Table, ...]
    flow: Flow
    turned: Turned
    precious: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """One count as it was published; `value` is not for publication unless it is shown as a number."""

    value: int
    showing: Showing


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A report as it was published: of which quarter, after which quarter's appeals, and how each count is shown.

    `undone_in` says how many of the quarter's decisions were reversed in which quarter, `undoing_of` of which quarters'
    decisions were reversed in this one; neither is for publication. A corrected report is a publication of its own.
    """

    quarter: Quarter
    through: Quarter
    at: datetime
    tables: tuple[Table, ...]
    counts: Mapping[str, Published]
    undone_in: Mapping[Quarter, int] = field(default_factory=dict)
    undoing_of: Mapping[Quarter, int] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, int]:
        """Give the true counts."""
        return {cell: count.value for cell, count in self.counts.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The true counts of a quarter, before it is decided how each is published."""

    quarter: Quarter
    through: Quarter
    counts: Mapping[str, int]
    undone_in: Mapping[Quarter, int] = field(default_factory=dict)
    undoing_of: Mapping[Quarter, int] = field(default_factory=dict)


def publish(report: Report, shape: Shape, earlier: Sequence[Publication], at: datetime) -> Publication:
    """Give a report as it may be published after all those before it, oldest first.

    A report that says what the last one of its quarter said is that one again, and no new publication.
    """
    last = next((one for one in reversed(earlier) if one.quarter == report.quarter), None)
    if last is not None and last.values == dict(report.counts) and last.tables == shape.tables:
        return last
    draft = Publication(
        quarter=report.quarter,
        through=report.through,
        at=at,
        tables=shape.tables,
        counts={cell: Published(value, Showing.UNSHOWN) for cell, value in report.counts.items()},
        undone_in=report.undone_in,
        undoing_of=report.undoing_of,
    )
    known = Known([*earlier, draft], shape)
    names = known.names[-1]
    fresh = frozenset(names.values()) - frozenset(known.bounds)
    hidden = Hidden(
        values=known.values,
        known=known.bounds,
        sums=known.sums,
        changes=known.changes,
        open_zeros=(names[shape.turned.undone],) if shape.turned.undone in names else (),
        carried={name: known.showings[name] for name in names.values() if name not in fresh},
    )
    tables = tuple(_renamed(table, names) for table in shape.tables)
    counts = {name: report.counts[cell] for cell, name in names.items()}
    showings = hide(tables, counts, hidden, precious=[names[cell] for cell in shape.precious if cell in names])
    return replace(draft, counts={cell: Published(report.counts[cell], showings[name]) for cell, name in names.items()})


class Known:
    """What somebody who keeps every publication knows: bounds of each cell, and the sums that tie them.

    A count that a corrected report does not change is one cell with the one before: readers know what can change. The
    cells of the last publication that are new have no bounds yet. `names` gives, for each publication, the cell of
    every count; a cell with a stroke in its name stands for something that was never published.
    """

    def __init__(self, publications: Sequence[Publication], shape: Shape) -> None:
        self.values: dict[str, int] = {}
        self.bounds: dict[str, Bounds] = {}
        self.showings: dict[str, Showing] = {}
        self.names: list[dict[str, str]] = []
        self.changes: tuple[str, ...] = ()
        self._sums: list[Sum] = []
        latest: dict[Quarter, tuple[Publication, dict[str, str]]] = {}
        for number, one in enumerate(publications):
            before = latest.get(one.quarter)
            names = self._name(one, number, before)
            self.names.append(names)
            if number < len(publications) - 1:
                self._learn(one, names)
            self._tie(one, names)
            if before is not None:
                self._compare(one, names, *before, number)
            latest[one.quarter] = (one, names)
        for quarter, (one, names) in latest.items():
            if quarter.before in latest:
                self._flow(one, names, *latest[quarter.before], shape.flow)
        self._turns(publications, latest, shape.turned)
        self.sums = tuple(self._sums)

    def _name(self, one: Publication, number: int, before: tuple[Publication, dict[str, str]] | None) -> dict[str, str]:
        names: dict[str, str] = {}
        for cell, count in one.counts.items():
            same = before is not None and cell in before[0].counts and before[0].counts[cell].value == count.value
            names[cell] = before[1][cell] if before is not None and same else f"{one.quarter}#{number}:{cell}"
            self.values[names[cell]] = count.value
        return names

    def _learn(self, one: Publication, names: Mapping[str, str]) -> None:
        alone = lone_totals(one.tables)
        for cell, count in one.counts.items():
            bounds = bounds_of(count.showing, count.value, least_small=1 if cell in alone else 0)
            self.bounds.setdefault(names[cell], bounds)
            self.showings.setdefault(names[cell], count.showing)

    def _latent(self, name: str, value: int) -> str:
        self.values[name] = value
        self.bounds[name] = Bounds(0, None)
        return name

    def _tie(self, one: Publication, names: Mapping[str, str]) -> None:
        extra, sums = sums_of([_renamed(table, names) for table in one.tables], self.values)
        for name, value in extra.items():
            self._latent(name, value)
        self._sums += [found for found in sums if found not in self._sums]

    def _compare(
        self, one: Publication, names: Mapping[str, str], other: Publication, was: Mapping[str, str], number: int
    ) -> None:
        """Make a cell of every difference between a report and the one that it corrects."""
        for cell in one.counts:
            if cell in was and names[cell] != was[cell]:
                by = one.counts[cell].value - other.counts[cell].value
                # Whoever knows in which direction a count can change knows more: be safe from them.
                change = self._latent(f"{names[cell]}/change/{number}", by)
                self.bounds[change] = Bounds(0, None) if by > 0 else Bounds(None, 0)
                self.changes += (change,)
                self._sums.append(Sum(((names[cell], 1), (was[cell], -1), (change, -1))))

    def _flow(
        self, one: Publication, names: Mapping[str, str], prior: Publication, were: Mapping[str, str], flow: Flow
    ) -> None:
        if {flow.waiting, flow.came, flow.went} <= set(names) and flow.waiting in were:
            self._believed(
                (names[flow.waiting], 1), (were[flow.waiting], -1), (names[flow.came], -1), (names[flow.went], 1)
            )

    def _turns(
        self,
        publications: Sequence[Publication],
        latest: Mapping[Quarter, tuple[Publication, dict[str, str]]],
        turned: Turned,
    ) -> None:
        """Tie what each quarter's report says was undone to what the reports of later quarters say of undoing."""
        undone = {
            (quarter, later): one.undone_in.get(later, 0)
            for quarter, (one, _) in latest.items()
            for later in latest
            if quarter <= later <= one.through
        }
        moved = {
            (quarter, later): self._latent(f"/undone/{quarter}/{later}", number)
            for (quarter, later), number in undone.items()
        }
        for number, one in enumerate(publications):
            parts = [name for (of, later), name in moved.items() if of == one.quarter and later <= one.through]
            if turned.undone in one.counts:
                self._made_of(self.names[number][turned.undone], parts)
        for quarter, (one, names) in latest.items():
            if turned.undoing in one.counts:
                self._made_of(names[turned.undoing], [name for (_, later), name in moved.items() if later == quarter])

    def _made_of(self, whole: str, parts: Sequence[str]) -> None:
        """Tie a count to its parts, and to a rest of which nothing was published if there is one."""
        rest = self.values[whole] - sum(self.values[part] for part in parts)
        if parts and rest >= 0:
            others = [self._latent(f"{whole}/elsewhere", rest)] if rest else []
            self._believed((whole, -1), *((part, 1) for part in [*parts, *others]))

    def _believed(self, *terms: tuple[str, int]) -> None:
        """Keep a sum that holds; where erasure or a late entry broke it, it tells readers nothing true."""
        found = Sum(terms)
        if not found.of(self.values) and found not in self._sums:
            self._sums.append(found)


def _renamed(table: Table, names: Mapping[str, str]) -> Table:
    total = names[table.total] if table.total else ""
    return replace(table, rows=tuple(names[row] for row in table.rows), total=total)
