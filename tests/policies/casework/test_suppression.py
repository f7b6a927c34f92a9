"""Small counts stay hidden: from sums, from the sums of several tables, and from whoever compares reports."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.casework.publications import Flow, Publication, Published, Report, Shape, Turned, publish
from policies.casework.quarters import Quarter
from policies.casework.suppression import Showing, Table, first_showings
from tests.fakes.drawn_figures import AT, published
from tests.fakes.figures_attack import learnt

Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
SHOWN = {Showing.SMALL: "<5", Showing.WITHHELD: "-", Showing.UNSHOWN: "?"}


def shape(*tables: Table) -> Shape:
    return Shape(
        tables=tables,
        flow=Flow("cases.open", "cases.opened", "cases.closed"),
        turned=Turned("decisions.reversed-since", "appeals.decision-reversed"),
        precious=("cases.open",),
    )


def report(counts: dict[str, int], quarter: Quarter = Q1, through: Quarter | None = None) -> Report:
    return Report(quarter=quarter, through=through or quarter, counts=counts)


def showings(one: Publication) -> dict[str, int | str]:
    return {
        cell: count.value if count.showing is Showing.NUMBER else SHOWN[count.showing]
        for cell, count in one.counts.items()
    }


def table(**counts: int) -> dict[str, int | str]:
    rows = tuple(counts)
    total = {"total": sum(counts.values())}
    return showings(publish(report({**counts, **total}), shape(Table("one", rows, "total")), (), AT))


def test_numbers_without_a_small_one_among_them_are_all_shown() -> None:
    assert table(a=5, b=0, c=40) == {"a": 5, "b": 0, "c": 40, "total": 45}


def test_one_small_count_takes_a_second_row_with_it_and_leaves_the_total() -> None:
    assert table(a=3, b=12, c=20) == {"a": "<5", "b": 12, "c": "-", "total": 35}


def test_small_counts_and_zeros_cover_for_one_another() -> None:
    assert table(a=3, b=3, c=0, d=50) == {"a": "<5", "b": "<5", "c": "<5", "d": 50, "total": 56}


def test_a_sum_that_small_counts_can_reach_in_few_ways_hides_how_the_total_divides() -> None:
    assert table(a=4, b=4) == {"a": "?", "b": "?", "total": 8}


def test_a_small_total_is_hidden_with_all_its_rows() -> None:
    assert table(a=3, b=0) == {"a": "<5", "b": "<5", "total": "<5"}


def test_nothing_at_all_is_shown_as_nothing() -> None:
    assert table(a=0, b=0) == {"a": 0, "b": 0, "total": 0}


def test_a_row_that_stands_in_two_tables_is_hidden_in_both() -> None:
    two = shape(Table("one", ("a", "b", "c"), "total"), Table("two", ("a", "d"), "total"))
    found = showings(publish(report({"a": 3, "b": 12, "c": 20, "d": 32, "total": 35}), two, (), AT))
    assert found["total"] == 35
    assert found["a"] == "<5"
    assert found["d"] == "-"


def test_what_waits_does_not_give_back_what_went() -> None:
    counts = Table("flow", ("cases.open", "cases.opened", "cases.closed"))
    first = publish(report({"cases.open": 74, "cases.opened": 9, "cases.closed": 8}), shape(counts), (), AT)
    after = report({"cases.open": 81, "cases.opened": 10, "cases.closed": 3}, Q2)
    second = publish(after, shape(counts), [first], AT)
    assert showings(second) == {"cases.open": 81, "cases.opened": "-", "cases.closed": "<5"}
    assert learnt([first, second]) == []


def test_a_corrected_report_does_not_show_by_how_little_it_was_corrected() -> None:
    found = ("decisions.case-upheld", "decisions.case-not-upheld", "decisions.reversed-since")
    rows = shape(Table("decisions", found, "decisions.made"), Table("appeals", ("appeals.decision-reversed",)))
    counts = {"decisions.made": 20, "appeals.decision-reversed": 0, **dict(zip(found, (12, 8, 0), strict=True))}
    first = publish(report(counts), rows, (), AT)
    assert showings(first) == counts
    after = {**counts, "decisions.case-upheld": 11, "decisions.reversed-since": 1}
    second = publish(replace(report(after, Q1, Q2), undone_in={Q2: 1}), rows, [first], AT)
    assert showings(second)["decisions.case-upheld"] == "-"
    assert showings(second)["decisions.reversed-since"] == "<5"
    assert showings(second)["decisions.made"] == 20
    assert learnt([first, second]) == []


def test_a_report_that_says_the_same_again_is_the_same_publication() -> None:
    one = shape(Table("one", ("a", "b", "c"), "total"))
    counts = {"a": 3, "b": 12, "c": 20, "total": 35}
    first = publish(report(counts), one, (), AT)
    assert publish(report(counts, Q1, Q2), one, [first], AT) is first


def test_the_attack_sees_what_hiding_small_counts_alone_gives_away() -> None:
    counts = {"a": 3, "b": 12, "c": 20, "total": 35}
    tables = (Table("one", ("a", "b", "c"), "total"),)
    naive = {cell: Published(counts[cell], showing) for cell, showing in first_showings(tables, counts).items()}
    one = Publication(quarter=Q1, through=Q1, at=AT, tables=tables, counts=naive)
    assert learnt([one]) == ["2026Q1#0 a is 3 to 3"]


@st.composite
def two_margins(draw: st.DrawFn) -> tuple[Shape, dict[str, int]]:
    """A table of two margins, each margin with its total: every row and column adds up."""
    count = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 30))
    high, wide = draw(st.integers(2, 3)), draw(st.integers(2, 3))
    counts = {f"{row}.{column}": draw(count) for row in range(high) for column in range(wide)}
    tables = []
    for row in range(high):
        cells = tuple(f"{row}.{column}" for column in range(wide))
        counts[f"row {row}"] = sum(counts[cell] for cell in cells)
        tables.append(Table(f"row {row}", cells, f"row {row}"))
    for column in range(wide):
        cells = tuple(f"{row}.{column}" for row in range(high))
        counts[f"column {column}"] = sum(counts[cell] for cell in cells)
        tables.append(Table(f"column {column}", cells, f"column {column}"))
    for side, number in (("row", high), ("column", wide)):
        cells = tuple(f"{side} {place}" for place in range(number))
        counts["all"] = sum(counts[cell] for cell in cells)
        tables.append(Table(side, cells, "all"))
    return shape(*tables), counts


@settings(max_examples=40, deadline=None)
@given(two_margins())
def test_no_cell_of_a_table_with_two_margins_can_be_worked_out(drawn: tuple[Shape, dict[str, int]]) -> None:
    assert learnt([publish(report(drawn[1]), drawn[0], (), AT)]) == []


def by_hand(counts: tuple[int, ...], one: Publication) -> list[set[int]]:
    """Give the values that each row may have, by trying all that any reader could think of."""
    names, total = [f"r{number}" for number in range(len(counts))], one.counts["total"]
    may = {Showing.SMALL: range(5), Showing.WITHHELD: range(5, 40), Showing.UNSHOWN: range(40)}
    each = [
        (one.counts[name].value,) if one.counts[name].showing is Showing.NUMBER else may[one.counts[name].showing]
        for name in names
    ]
    totals = {total.value} if total.showing is Showing.NUMBER else set(may[total.showing]) - {0}
    fits = [rows for rows in product(*each) if sum(rows) in totals]
    return [{rows[place] for rows in fits} for place in range(len(names))]


def drawn_rows(seed: int, most: int) -> tuple[int, ...]:
    chance = random.Random(seed)
    kinds = [lambda: 0, lambda: chance.randint(1, 4), lambda: chance.randint(5, 11)]
    return tuple(chance.choice(kinds)() for _ in range(chance.randint(2, most)))


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.full)])
def test_trying_every_table_that_a_reader_could_think_of_finds_no_small_count(count: int) -> None:
    hidden = 0
    for seed in range(count):
        counts = drawn_rows(seed, 3)
        rows = {f"r{number}": value for number, value in enumerate(counts)}
        one = publish(report({**rows, "total": sum(counts)}), shape(Table("one", tuple(rows), "total")), (), AT)
        for value, name, possible in zip(counts, rows, by_hand(counts, one), strict=True):
            assert value in possible
            if one.counts[name].showing is not Showing.NUMBER:
                hidden += 1
                assert possible >= set(range(1, 5)) or (value >= 5 and len(possible) >= 4), (seed, name, possible)
    assert hidden > count / 2


@pytest.mark.parametrize("count", [120, pytest.param(5_000, marks=pytest.mark.full)])
def test_a_solver_finds_no_small_count_in_any_of_many_tables(count: int) -> None:
    for seed in range(count):
        counts = drawn_rows(seed, 7)
        rows = {f"r{number}": value for number, value in enumerate(counts)}
        one = publish(report({**rows, "total": sum(counts)}), shape(Table("one", tuple(rows), "total")), (), AT)
        assert learnt([one]) == [], seed


@pytest.mark.parametrize(
    ("seeds", "quarters"),
    [(range(4), 1), ((107, 113), 2), pytest.param(range(100, 200), 3, marks=pytest.mark.full)],
)
def test_a_solver_with_every_report_of_some_quarters_finds_no_small_count(seeds: Sequence[int], quarters: int) -> None:
    for seed in seeds:
        assert learnt(published(seed, quarters)) == [], seed


@pytest.mark.parametrize(
    ("rows", "most"),
    [(2, 16), (3, 13), pytest.param(3, 26, marks=pytest.mark.full), pytest.param(4, 26, marks=pytest.mark.full)],
)
def test_whoever_runs_the_rule_on_every_table_there_could_be_finds_no_count(rows: int, most: int) -> None:
    """The rule is public: which of all tables would have been published just so?"""
    names = tuple(f"r{number}" for number in range(rows))
    one_table = shape(Table("one", names, "total"))
    alike: dict[tuple[int | str, ...], list[tuple[int, ...]]] = {}
    for counts in product(range(most + 1), repeat=rows):
        if sum(counts) <= most:
            said = publish(report({**dict(zip(names, counts, strict=True)), "total": sum(counts)}), one_table, (), AT)
            alike.setdefault(tuple(showings(said).values()), []).append(counts)
    assert len(alike) > most
    for said, tables in alike.items():
        for place in range(rows):
            if not isinstance(said[place], int):
                assert len({counts[place] for counts in tables}) >= 3, (said, place)
