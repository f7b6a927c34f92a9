"""The grid treats the same breach alike, by what was in force when somebody acted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.casework import events as e
from policies.casework.case import Case, NotAllowed, case_of
from policies.casework.clocks import Span, Unit
from policies.casework.grid import (
    Measure,
    Range,
    Row,
    SanctionRules,
    earlier_sanctions,
    ensure_in_grid,
    measure_of,
    read_measure,
    read_range,
)
from policies.casework.outcomes import standing_sanctions, standing_verdict
from policies.casework.people import THE_BOT, CaseId, PersonId
from policies.casework.words import AppealVerdict, CaseKind, CaseReason, CaseState, Part, Sanction, Verdict
from policies.decisions import Severity
from policies.findings import Category

ANN, BOB = PersonId("p-ann"), PersonId("p-bob")
DECIDED = datetime(2026, 1, 10, 12, tzinfo=UTC)
MEASURES = st.one_of(
    st.sampled_from([Measure(), Measure(Sanction.WARNING), Measure(Sanction.REMOVAL), Measure(Sanction.BAN)]),
    st.builds(Measure, st.sampled_from([Sanction.MUTE, Sanction.SUSPENSION, Sanction.BAN]), st.integers(1, 3650)),
)


def chosen(kind: Sanction, *, days: int | None = None, on: PersonId = ANN, departure: str = "") -> e.SanctionChosen:
    until = None if days is None else DECIDED + timedelta(days=days)
    return e.SanctionChosen(kind=kind, on=on, until=until, departure=departure)


def decided_case(
    *sanctions: e.SanctionChosen,
    at: datetime = DECIDED,
    appeal: AppealVerdict | None = None,
    instead: tuple[e.SanctionChosen, ...] = (),
) -> Case:
    opened = at - timedelta(days=5)
    path = (
        (CaseState.ACKNOWLEDGED, CaseReason.RECEIPT_SENT),
        (CaseState.TRIAGED, CaseReason.SEVERITY_SET),
        (CaseState.INVESTIGATING, CaseReason.FACTS_NEEDED),
    )
    whats: list[tuple[datetime, e.CaseEvent]] = [
        (opened, e.CaseOpened(kind=CaseKind.CONDUCT, severity=Severity.HIGH)),
        *((opened, e.CaseMoved(to=to, reason=reason)) for to, reason in path),
        (at, e.CaseDecided(verdict=Verdict.UPHELD, reasons="It was said.", sanctions=sanctions)),
    ]
    if appeal is not None:
        whats.append((at, e.AppealMade(by=ANN, part=Part.SUBJECT, grounds="I quoted it.")))
        whats.append((at, e.AppealDecided(verdict=appeal, reasons="Heard anew.", sanctions=instead)))
    return case_of(CaseId("C-1"), (e.Happened(at=when, by=THE_BOT, what=what) for when, what in whats))


@given(MEASURES)
def test_a_sanction_is_read_as_it_is_written(measure: Measure) -> None:
    assert read_measure(str(measure)) == measure
    assert read_range(str(measure)) == Range(measure, measure)


@given(MEASURES, MEASURES, MEASURES)
def test_a_range_holds_what_lies_between_its_ends_and_nothing_else(one: Measure, two: Measure, three: Measure) -> None:
    low, high = sorted((one, two), key=lambda measure: measure.weight)
    found = read_range(f"{low} to {high}")
    assert found.holds(low)
    assert found.holds(high)
    assert found.holds(three) == (low.weight <= three.weight <= high.weight)


@pytest.mark.parametrize("written", ["mute", "warning 7d", "ban forever", "mute 0d", "suspension 4000d", "", "mute 7"])
def test_what_is_no_sanction_is_refused_with_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match="write"):
        read_measure(written)


def test_a_choice_outside_the_grid_needs_reasons_in_writing() -> None:
    allowed = read_range("warning to mute 7d")
    ensure_in_grid([chosen(Sanction.MUTE, days=7)], allowed, DECIDED)
    with pytest.raises(NotAllowed, match=r"The grid allows warning to mute 7d here, and ban was chosen\."):
        ensure_in_grid([chosen(Sanction.BAN)], allowed, DECIDED)
    with pytest.raises(NotAllowed, match="nothing was chosen"):
        ensure_in_grid([], allowed, DECIDED)
    with pytest.raises(NotAllowed, match="no row for this"):
        ensure_in_grid([chosen(Sanction.WARNING)], None, DECIDED)
    with pytest.raises(NotAllowed):
        ensure_in_grid([chosen(Sanction.BAN, departure="   ")], allowed, DECIDED)
    with pytest.raises(NotAllowed, match=r"anything from no sanction up to warning here.* Give it one"):
        ensure_in_grid([chosen(Sanction.BAN)], read_range("nothing to warning"), DECIDED, hint=" Give it one.")
    ensure_in_grid([chosen(Sanction.BAN, departure="He came back under a third account.")], allowed, DECIDED)
    ensure_in_grid([], allowed, DECIDED, departure="She apologised to everybody at once.")


def test_a_warning_beside_a_suspension_is_measured_by_the_suspension() -> None:
    both = [chosen(Sanction.WARNING), chosen(Sanction.SUSPENSION, days=10)]
    ensure_in_grid(both, read_range("suspension 7d to ban"), DECIDED)


def test_part_of_a_day_counts_as_a_day() -> None:
    until = DECIDED + timedelta(days=7, minutes=1)
    assert measure_of(e.SanctionChosen(kind=Sanction.MUTE, on=ANN, until=until), DECIDED) == Measure(Sanction.MUTE, 8)


def test_a_rule_comes_before_its_category_and_the_gravest_of_several_rules_counts() -> None:
    mild, grave = read_range("warning"), read_range("removal to ban")

    def row(found: Range, **named: object) -> Row:
        rules = frozenset(named.get("rules", ()))  # type: ignore[call-overload]  # each test names strings
        kinds = frozenset(named.get("kinds", ()))  # type: ignore[call-overload]  # each test names categories
        return Row(rules=rules, categories=kinds, first=found, second=found, further=found)

    rules = SanctionRules(
        grid=(row(mild, rules=["a"]), row(grave, rules=["b"]), row(grave, kinds=[Category.THREAT]), row(mild))
    )
    assert rules.range_for(["a"], [Category.THREAT], Severity.LOW, 0) == mild
    assert rules.range_for(["a", "b"], [], Severity.LOW, 0) == grave
    assert rules.range_for(["c"], [Category.THREAT], Severity.LOW, 0) == grave
    assert rules.range_for([], [Category.INSULT], Severity.LOW, 0) == mild
    assert SanctionRules().range_for(["a"], [], Severity.LOW, 0) is None


def test_an_earlier_sanction_counts_until_it_expires_counted_from_its_end() -> None:
    rules = SanctionRules(count_for={Sanction.MUTE: Span(30, Unit.DAYS)})
    case = decided_case(chosen(Sanction.MUTE, days=7))
    ends = DECIDED + timedelta(days=7 + 30)
    assert [one.kind for one in earlier_sanctions(ANN, [case], ends - timedelta(seconds=1), rules)] == [Sanction.MUTE]
    assert earlier_sanctions(ANN, [case], ends, rules) == ()
    assert earlier_sanctions(BOB, [case], DECIDED + timedelta(days=1), rules) == ()


def test_what_was_decided_after_somebody_acted_does_not_count_against_them() -> None:
    case = decided_case(chosen(Sanction.BAN))
    assert earlier_sanctions(ANN, [case], DECIDED - timedelta(seconds=1), SanctionRules()) == ()
    assert len(earlier_sanctions(ANN, [case], DECIDED, SanctionRules())) == 1


def test_a_ban_counts_for_ever() -> None:
    case = decided_case(chosen(Sanction.BAN))
    assert len(earlier_sanctions(ANN, [case], DECIDED + timedelta(days=36500), SanctionRules())) == 1


def test_a_sanction_reversed_on_appeal_never_counts_and_the_case_is_no_longer_upheld() -> None:
    case = decided_case(chosen(Sanction.BAN), appeal=AppealVerdict.REVERSED)
    assert standing_sanctions(case) == ()
    assert standing_verdict(case) is Verdict.NOT_UPHELD
    assert earlier_sanctions(ANN, [case], DECIDED + timedelta(days=1), SanctionRules()) == ()


def test_a_sanction_that_an_appeal_changed_counts_as_the_changed_one() -> None:
    instead = (chosen(Sanction.WARNING),)
    case = decided_case(chosen(Sanction.BAN), appeal=AppealVerdict.VARIED, instead=instead)
    assert standing_verdict(case) is Verdict.UPHELD
    found = earlier_sanctions(ANN, [case], DECIDED + timedelta(days=1), SanctionRules())
    assert [one.kind for one in found] == [Sanction.WARNING]
