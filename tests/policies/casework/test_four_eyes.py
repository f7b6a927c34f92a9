"""A heavy act takes two people in two offices, each time anew, and exactly the act that both of them saw."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.casework import events as e
from policies.casework.case import Case, NotAllowed, advance
from policies.casework.four_eyes import (
    VALID_FOR,
    ApprovalState,
    Wanted,
    approval,
    digest,
    ensure_approved,
    ensure_may_ask,
    ensure_may_give,
    heavy_acts,
)
from policies.casework.people import By, PersonId
from policies.casework.words import ConflictKind, HeavyAct, Office, Part, Sanction
from tests.policies.casework.offices import START, case_with, happened

ON = PersonId("p_x")
BAN = Wanted(act=HeavyAct.BAN, on=ON, details="sanction-ban")
GRACE, RUTH = By(Office.DECIDER, "grace"), By(Office.REVIEWER, "ruth")
PEOPLE = {
    "grace": PersonId("p_grace"),
    "ruth": PersonId("p_ruth"),
    "grace2": PersonId("p_grace"),
    "ada": PersonId("p_ada"),
}
AN_HOUR = timedelta(hours=1)


def asked(case: Case, wanted: Wanted = BAN, by: By = GRACE, *, hours: int = 0) -> Case:
    now = START + timedelta(hours=hours)
    ensure_may_ask(case, wanted, by, now)
    what = e.ApprovalAsked(
        act=wanted.act, words="Third threat in a month.", expires_at=now + VALID_FOR, digest=digest(case, wanted)
    )
    return advance(case, e.Happened(at=now, by=by, what=what))


def given_(
    case: Case,
    wanted: Wanted = BAN,
    by: By = RUTH,
    *,
    granted: bool = True,
    hours: int = 1,
    people: Mapping[str, PersonId] = PEOPLE,
) -> Case:
    now = START + timedelta(hours=hours)
    ensure_may_give(case, wanted, by, now, people=people, recused=False)
    what = e.ApprovalGiven(act=wanted.act, granted=granted, digest=digest(case, wanted))
    return advance(case, e.Happened(at=now, by=by, what=what))


def state(case: Case, wanted: Wanted = BAN, *, hours: int = 1) -> ApprovalState:
    return approval(case, wanted, START + timedelta(hours=hours)).state


def test_one_asks_a_second_agrees_it_is_done_once_and_not_again() -> None:
    case = given_(asked(case_with()))
    (used,) = ensure_approved(case, [BAN], START + AN_HOUR)
    done = advance(case, happened(used, GRACE, hours=2))
    assert state(done, hours=2) is ApprovalState.USED
    with pytest.raises(NotAllowed, match="done once"):
        ensure_approved(done, [BAN], START + 2 * AN_HOUR)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        pytest.param(GRACE, "grace is the person who asked", id="herself"),
        pytest.param(By(Office.REVIEWER, "grace"), "grace is the person who asked", id="herself-in-another-office"),
        pytest.param(By(Office.REVIEWER, "grace2"), "under this name or another", id="herself-under-another-name"),
        pytest.param(By(Office.DECIDER, "ruth"), "is decider as ruth is", id="a-colleague-in-the-same-office"),
        pytest.param(By(Office.AUDITOR, "ruth"), "These can: investigator, decider, reviewer, admin", id="an-auditor"),
        pytest.param(By(Office.OPERATOR, "ruth"), "without that office", id="whoever-runs-the-server"),
        pytest.param(By(), "without that office", id="nobody-named"),
    ],
)
def test_the_second_person_is_another_person_in_another_office(second: By, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        given_(asked(case_with()), by=second)


def test_somebody_who_is_recused_agrees_to_nothing() -> None:
    case = asked(case_with(e.ConflictNoted(officer="ruth", kind=ConflictKind.DECLARED)))
    with pytest.raises(NotAllowed, match="ruth cannot agree to anything"):
        given_(case)
    with pytest.raises(NotAllowed, match="ada cannot agree to anything"):
        ensure_may_give(asked(case_with()), BAN, By(Office.ADMIN, "ada"), START, people=PEOPLE, recused=True)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Wanted(act=HeavyAct.LONG_SUSPENSION, on=ON, details="sanction-ban"), id="another-act"),
        pytest.param(Wanted(act=HeavyAct.BAN, on=PersonId("p_y"), details="sanction-ban"), id="another-person"),
        pytest.param(
            Wanted(act=HeavyAct.BAN, on=ON, until=START + VALID_FOR, details="sanction-ban"), id="another-end"
        ),
        pytest.param(Wanted(act=HeavyAct.BAN, on=ON, details="sanction-ban\nharsher"), id="other-words"),
    ],
)
def test_an_approval_is_of_one_exact_act(other: Wanted) -> None:
    case = given_(asked(case_with()))
    assert state(case, other) is ApprovalState.NOT_ASKED
    with pytest.raises(NotAllowed, match="Nobody has asked for exactly this"):
        ensure_approved(case, [other], START + AN_HOUR)


def test_an_approval_ends_when_the_case_comes_to_hold_something_new_and_not_by_a_note() -> None:
    case = given_(asked(case_with()))
    assert state(advance(case, happened(e.NoteAdded(words="Rang her back."), GRACE))) is ApprovalState.GRANTED
    heard = e.StatementTaken(part=Part.SUBJECT, person=ON, words="My account was taken over.")
    assert state(advance(case, happened(heard, GRACE))) is ApprovalState.NOT_ASKED


def test_an_approval_expires_after_a_week_whether_given_or_not() -> None:
    week = int(VALID_FOR.total_seconds() // 3600)
    for case in (asked(case_with()), given_(asked(case_with()))):
        assert state(case, hours=week - 1) in (ApprovalState.ASKED, ApprovalState.GRANTED)
        assert state(case, hours=week) is ApprovalState.EXPIRED
    with pytest.raises(NotAllowed, match="expired"):
        given_(asked(case_with()), hours=week)
    assert state(asked(asked(case_with()), hours=week), hours=week) is ApprovalState.ASKED


def test_a_refusal_ends_it_and_the_same_is_not_asked_until_somebody_agrees() -> None:
    case = given_(asked(case_with()), granted=False)
    assert state(case) is ApprovalState.REFUSED
    with pytest.raises(NotAllowed, match="refused, which ends it"):
        ensure_approved(case, [BAN], START + AN_HOUR)
    with pytest.raises(NotAllowed, match="very act was refused"):
        asked(case, hours=2)
    with pytest.raises(NotAllowed, match="refused"):
        given_(case, by=By(Office.ADMIN, "ada"), hours=2)
    assert state(asked(advance(case, happened(e.FactFound(words="There is a fourth threat."))))) is ApprovalState.ASKED


def test_the_same_wish_is_not_asked_for_twice_at_once() -> None:
    with pytest.raises(NotAllowed, match="asked for already"):
        asked(asked(case_with()))


@pytest.mark.parametrize(
    ("kind", "days", "acts"),
    [
        pytest.param(Sanction.WARNING, 0, (), id="warning"),
        pytest.param(Sanction.MUTE, 7, (), id="week-of-mute"),
        pytest.param(Sanction.MUTE, 8, (HeavyAct.LONG_SUSPENSION,), id="mute-that-is-a-suspension"),
        pytest.param(Sanction.SUSPENSION, 7, (), id="week"),
        pytest.param(Sanction.SUSPENSION, 8, (HeavyAct.LONG_SUSPENSION,), id="more-than-a-week"),
        pytest.param(Sanction.SUSPENSION, None, (HeavyAct.LONG_SUSPENSION,), id="without-end"),
        pytest.param(Sanction.REMOVAL, None, (), id="removal"),
        pytest.param(Sanction.BAN, None, (HeavyAct.BAN,), id="ban"),
    ],
)
def test_what_takes_two_people(kind: Sanction, days: int | None, acts: tuple[HeavyAct, ...]) -> None:
    until = None if days is None else START + timedelta(days=days)
    chosen = e.SanctionChosen(kind=kind, on=ON, until=until)
    assert tuple(one.act for one in heavy_acts([chosen], at=START)) == acts
    against = heavy_acts([chosen], at=START, protected=[ON])
    assert tuple(one.act for one in against) == (*acts, HeavyAct.AGAINST_PROTECTED)


_OFFICES = (Office.DECIDER, Office.REVIEWER, Office.AUDITOR)
_VERBS = ("ask", "agree", "refuse", "do", "do", "hear")
_ACTS = (BAN, Wanted(act=HeavyAct.EXPORT))
Step = tuple[str, Wanted, By, int]
_STEPS = st.tuples(
    st.sampled_from(_VERBS),
    st.sampled_from(_ACTS),
    st.builds(By, st.sampled_from(Office), st.sampled_from(sorted(PEOPLE))),
    st.integers(min_value=0, max_value=60),
)


def played(steps: Iterable[Step], people: Mapping[str, PersonId] = PEOPLE) -> Case:
    case, hours = case_with(), 0
    for verb, wanted, by, later in steps:
        hours += later
        now = START + timedelta(hours=hours)
        try:
            if verb == "ask":
                case = asked(case, wanted, by, hours=hours)
            elif verb in ("agree", "refuse"):
                case = given_(case, wanted, by, granted=verb == "agree", hours=hours, people=people)
            elif verb == "hear":
                case = advance(case, happened(e.FactFound(words="Something new."), by, hours=hours))
            else:
                (used,) = ensure_approved(case, [wanted], now)
                case = advance(case, happened(used, by, hours=hours))
        except NotAllowed:
            continue
    return case


def wrongly_done(case: Case) -> list[str]:
    """Say what is wrong with what was carried out, worked out anew from the history."""
    wrong = []
    for place, one in enumerate(case.history):
        if not isinstance(one.what, e.ApprovalUsed):
            continue
        of = one.what.digest
        kinds = e.ApprovalAsked | e.ApprovalGiven | e.ApprovalUsed
        same = [h for h in case.history[:place] if isinstance(h.what, kinds) and h.what.digest == of]
        first, second = same[-2:]
        if not isinstance(first.what, e.ApprovalAsked) or one.at >= first.what.expires_at:
            wrong.append("not asked in time")
        if not isinstance(second.what, e.ApprovalGiven) or not second.what.granted:
            wrong.append("not agreed to")
        if PEOPLE[first.by.officer] == PEOPLE[second.by.officer] or first.by.office is second.by.office:
            wrong.append("one person")
        between = case.history[case.history.index(first) : place]
        if any(isinstance(h.what, e.FactFound) for h in between):
            wrong.append("another matter")
    return wrong


@given(st.lists(_STEPS, max_size=30))
def test_whatever_people_try_nothing_heavy_is_done_without_two_of_them(steps: list[Step]) -> None:
    assert wrongly_done(played(steps)) == []


def _drawn(chance: Random) -> list[Step]:
    return [
        (
            chance.choice(_VERBS),
            chance.choice(_ACTS),
            By(chance.choice(_OFFICES), chance.choice(sorted(PEOPLE))),
            chance.randint(0, 60),
        )
        for _ in range(25)
    ]


def test_of_many_attempts_some_succeed_and_each_of_these_had_two_people() -> None:
    chance = Random(40)
    cases = [played(_drawn(chance)) for _ in range(2_000)]
    assert sum(len(case.of(e.ApprovalUsed)) for case in cases) > 40
    assert [wrong for case in cases for wrong in wrongly_done(case)] == []


def test_the_check_notices_one_person_under_two_names() -> None:
    chance = Random(40)
    cases = [played(_drawn(chance), people={}) for _ in range(2_000)]
    assert "one person" in [wrong for case in cases for wrong in wrongly_done(case)]
