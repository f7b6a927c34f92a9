"""Nobody with a stake sees or decides a case, whatever account they use and whoever else is left."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import pytest

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import By, Officer, PersonId
from policies.casework.recusal import Bonds, Choice, Ties, choose, conflicts, noted
from policies.casework.words import ConflictKind, HeavyAct, Office, Part, Sanction, Verdict
from tests.policies.casework.offices import (
    TO_INVESTIGATION,
    WORKING,
    Situation,
    case_with,
    happened,
    random_situation,
    reported_by,
)

ADA = Officer(id="ada", name="Ada", offices=frozenset({Office.DECIDER}), person=PersonId("p_ada"), branch="North Ward")
BEN = Officer(id="ben", name="Ben", offices=frozenset({Office.DECIDER}), person=PersonId("p_ben"))
EVE = Officer(id="eve", name="Eve", offices=frozenset({Office.REVIEWER}), person=PersonId("p_eve"), external=True)
NOBODY = Ties(officers={"ada": PersonId("p_ada"), "ben": PersonId("p_ben"), "eve": PersonId("p_eve")})
KINDS = ConflictKind

Choose = Callable[[Office, Sequence[Officer], Case, Sequence[Case], Ties], Choice]


def violations(situation: Situation, office: Office, chosen: Officer | None) -> list[str]:
    """Say what is wrong with an assignment, worked out anew from the record and by other means than the code's."""
    if chosen is None:
        return []
    me, case, wrong = chosen.person, situation.case, []
    others = {one.id for one in situation.officers if one.id == chosen.id or (me and one.person == me)}
    events = [one.what for one in case.history]
    named = [what for what in events if isinstance(what, e.PersonNamed)]
    reports = [what.report.new for what in events if isinstance(what, e.ReportJoined)]
    appealed = [(what.by, what.part) for what in events if isinstance(what, e.AppealMade)]
    close = {n.person for n in named if n.part is not Part.WITNESS}
    close |= {p for r in reports for p in (r.reporter, r.about, r.target) if p}
    close |= {p for p, part in appealed if p and part is not Part.WITNESS}
    everybody = close | {n.person for n in named} | {p for p, _ in appealed if p}
    if me in everybody:
        wrong.append("is in the case")
    if me in situation.ties.posted or any(n.person == me and n.posted_in_thread for n in named):
        wrong.append("posted")
    if any(isinstance(what, e.ConflictNoted) and what.officer in others for what in events):
        wrong.append("is recused")
    for person in close - {me}:
        bonds = situation.ties.bonds.get(person, Bonds())
        for mine, theirs in zip(
            (chosen.branch, chosen.slate, chosen.employer), (bonds.branch, bonds.slate, bonds.employer), strict=True
        ):
            if mine and mine == theirs:
                wrong.append("belongs together")
    if any(isinstance(w, e.Assigned) and w.officer in others and w.office is not office for w in events):
        wrong.append("has another office")
    decided = [one for one in case.history if isinstance(one.what, e.CaseDecided)]
    if office is not Office.DECIDER and any(one.by.officer in others for one in decided):
        wrong.append("decided before")
    return [*wrong, *_old_scores(situation, chosen, others, everybody)]


def _old_scores(situation: Situation, chosen: Officer, others: set[str], everybody: set[PersonId]) -> list[str]:
    wrong = []
    decided = [one for earlier in situation.history for one in earlier.history if isinstance(one.what, e.CaseDecided)]
    for one in decided:
        assert isinstance(one.what, e.CaseDecided)
        punished = {sanction.on for sanction in one.what.sanctions}
        judge = situation.ties.officers.get(one.by.officer)
        if one.by.officer in others and punished & everybody:
            wrong.append("sanctioned one of them")
        if chosen.person in punished and judge in everybody and judge != chosen.person:
            wrong.append("was sanctioned by one of them")
    return wrong


def count_violations(assign: Choose, assignments: int, seed: int) -> tuple[int, int]:
    """Give how many assignments break a rule, and how many named somebody at all."""
    chance, broken, named = Random(seed), 0, 0
    for _ in range(assignments):
        situation = random_situation(chance)
        office = chance.choice(WORKING)
        chosen = assign(office, situation.officers, situation.case, situation.history, situation.ties).first
        broken += bool(violations(situation, office, chosen))
        named += chosen is not None
    return broken, named


def test_of_ten_thousand_random_assignments_none_gives_a_case_to_somebody_with_a_stake() -> None:
    broken, named = count_violations(choose, 10_000, seed=39)
    assert broken == 0
    assert named > 1_500, "too few situations had anybody left, so that nothing was tried"


def _by_name_alone(
    office: Office, officers: Sequence[Officer], case: Case, history: Sequence[Case], ties: Ties
) -> Choice:
    """Choose as one who takes two accounts for two people."""
    return choose(office, officers, case, history, replace(ties, officers={}))


def _blind_to_reporters(
    office: Office, officers: Sequence[Officer], case: Case, history: Sequence[Case], ties: Ties
) -> Choice:
    """Choose as one who does not look into sealed reports."""
    seen = tuple(one for one in case.history if not isinstance(one.what, e.ReportJoined))
    return choose(office, officers, replace(case, history=seen), history, ties)


def _blind_to_history(
    office: Office, officers: Sequence[Officer], case: Case, history: Sequence[Case], ties: Ties
) -> Choice:
    """Choose as one who knows this case alone."""
    return choose(office, officers, case, (), ties)


def _blind_to_offices(
    office: Office, officers: Sequence[Officer], case: Case, history: Sequence[Case], ties: Ties
) -> Choice:
    """Choose as one who forgets who had another office."""
    free = tuple(o for o in officers if office in o.offices and not conflicts(o, case, history, ties))
    return Choice(able=free)


@pytest.mark.parametrize(
    "careless",
    [_by_name_alone, _blind_to_reporters, _blind_to_history, _blind_to_offices],
    ids=["by-name-alone", "blind-to-reporters", "blind-to-history", "blind-to-offices"],
)
def test_the_count_notices_whoever_chooses_carelessly(careless: Choose) -> None:
    assert count_violations(careless, 2_000, seed=39)[0] > 0


def test_no_appeal_is_decided_by_anybody_who_decided_before() -> None:
    chance, tried = Random(41), 0
    for _ in range(10_000):
        situation = random_situation(chance)
        first = {
            situation.ties.officers[one.by.officer]
            for one in situation.case.history
            if isinstance(one.what, e.CaseDecided)
        }
        able = choose(Office.APPEAL, situation.officers, situation.case, situation.history, situation.ties).able
        assert first.isdisjoint({officer.person for officer in able})
        tried += bool(first) and bool(able)
    assert tried > 300


SANCTIONED = e.CaseDecided(
    verdict=Verdict.UPHELD,
    reasons="It was a threat.",
    sanctions=(e.SanctionChosen(kind=Sanction.WARNING, on=PersonId("p_ada")),),
)


@pytest.mark.parametrize(
    ("history", "kind"),
    [
        pytest.param([reported_by("p_ada")], KINDS.IS_REPORTER, id="reporter"),
        pytest.param([reported_by("p_ada", anonymous=True)], KINDS.IS_REPORTER, id="anonymous-reporter"),
        pytest.param([reported_by("p_x", about="p_ada")], KINDS.IS_SUBJECT, id="reported-as-a-person"),
        pytest.param([e.PersonNamed(person=PersonId("p_ada"), part=Part.TARGET)], KINDS.IS_TARGET, id="target"),
        pytest.param([e.PersonNamed(person=PersonId("p_ada"), part=Part.SUBJECT)], KINDS.IS_SUBJECT, id="subject"),
        pytest.param([e.PersonNamed(person=PersonId("p_ada"), part=Part.WITNESS)], KINDS.IS_WITNESS, id="witness"),
        pytest.param(
            [e.StatementTaken(part=Part.WITNESS, person=PersonId("p_ada"), words="I saw it.")],
            KINDS.IS_WITNESS,
            id="heard-as-a-witness",
        ),
        pytest.param(
            [e.PersonNamed(person=PersonId("p_ada"), part=Part.WITNESS, posted_in_thread=True)],
            KINDS.POSTED_IN_THREAD,
            id="posted",
        ),
        pytest.param([e.ConflictNoted(officer="ada", kind=KINDS.SAME_SLATE)], KINDS.SAME_SLATE, id="declared"),
    ],
)
def test_each_stake_is_noticed_and_somebody_without_it_stays(history: list[e.CaseEvent], kind: ConflictKind) -> None:
    case = case_with(*history)
    assert kind in conflicts(ADA, case, (), NOBODY)
    assert conflicts(BEN, case, (), NOBODY) == ()


def test_what_the_party_knows_of_branches_counts_without_a_declaration() -> None:
    case = case_with(e.PersonNamed(person=PersonId("p_x"), part=Part.SUBJECT))
    ties = replace(NOBODY, bonds={PersonId("p_x"): Bonds(branch=" north  ward")})
    assert conflicts(ADA, case, (), ties) == (KINDS.SAME_BRANCH,)
    assert conflicts(BEN, case, (), ties) == ()


def test_whoever_was_sanctioned_by_somebody_in_the_case_is_out_and_so_is_whoever_sanctioned_one() -> None:
    earlier = case_with(*TO_INVESTIGATION, happened(SANCTIONED, By(Office.DECIDER, "ben")), name="C-2025-000001")
    about_ben = case_with(e.PersonNamed(person=PersonId("p_ben"), part=Part.SUBJECT))
    assert conflicts(ADA, about_ben, (earlier,), NOBODY) == (KINDS.SANCTIONED_BY,)
    about_ada = case_with(e.PersonNamed(person=PersonId("p_ada"), part=Part.TARGET))
    assert conflicts(BEN, about_ada, (earlier,), NOBODY) == (KINDS.HAS_SANCTIONED,)
    assert conflicts(EVE, about_ada, (earlier,), NOBODY) == ()


def test_whoever_was_sanctioned_on_a_report_of_somebody_in_the_case_is_out() -> None:
    earlier = case_with(
        reported_by("p_x"), *TO_INVESTIGATION, happened(SANCTIONED, By(Office.DECIDER, "ben")), name="C-2025-000001"
    )
    about_x = case_with(e.PersonNamed(person=PersonId("p_x"), part=Part.SUBJECT))
    assert conflicts(ADA, about_x, (earlier,), NOBODY) == (KINDS.SANCTIONED_BY,)


def test_a_second_account_is_the_same_person() -> None:
    second = replace(ADA, id="ada-on-slack")
    ties = replace(NOBODY, officers={**NOBODY.officers, "ada-on-slack": PersonId("p_ada")})
    recused = case_with(e.ConflictNoted(officer="ada", kind=KINDS.DECLARED))
    assert conflicts(second, recused, (), ties) == (KINDS.DECLARED,)
    investigated = case_with(e.Assigned(office=Office.INVESTIGATOR, officer="ada"))
    assert conflicts(second, investigated, (), ties, office=Office.DECIDER) == (KINDS.EARLIER_OFFICE,)
    assert conflicts(second, investigated, (), ties, office=Office.INVESTIGATOR) == ()


def test_an_account_that_was_linked_after_the_report_counts_too() -> None:
    case = case_with(reported_by("p_old", anonymous=True))
    assert conflicts(ADA, case, (), NOBODY) == ()
    linked = replace(NOBODY, renamed={PersonId("p_old"): PersonId("p_ada")})
    assert conflicts(ADA, case, (), linked) == (KINDS.IS_REPORTER,)
    assert conflicts(BEN, case, (), linked) == ()


def test_where_everybody_is_recused_somebody_from_outside_is_named() -> None:
    case = case_with(reported_by("p_ada", anonymous=True), reported_by("p_ben"))
    chosen = choose(Office.DECIDER, (ADA, BEN, EVE), case, (), NOBODY)
    assert (chosen.first, chosen.outside) == (EVE, True)


def test_nobody_from_outside_is_asked_while_somebody_inside_can() -> None:
    chosen = choose(Office.DECIDER, (ADA, BEN, EVE), case_with(reported_by("p_ada")), (), NOBODY)
    assert (chosen.able, chosen.outside) == ((BEN,), False)


def test_where_nobody_at_all_is_left_nobody_is_named() -> None:
    case = case_with(reported_by("p_ada"), reported_by("p_ben"), e.ConflictNoted(officer="eve", kind=KINDS.DECLARED))
    assert choose(Office.DECIDER, (ADA, BEN, EVE), case, (), NOBODY).first is None


def test_the_same_reviewer_from_outside_cannot_decide_the_appeal_as_well() -> None:
    decided = e.CaseDecided(verdict=Verdict.UPHELD, reasons="It was a threat.")
    case = case_with(
        *TO_INVESTIGATION,
        happened(decided, By(Office.DECIDER, "eve")),
        e.AppealMade(by=None, part=Part.SUBJECT, grounds="I was quoting."),
    )
    assert choose(Office.APPEAL, (EVE,), case, (), NOBODY).first is None


def test_whoever_decides_the_appeal_is_not_shut_out_by_asking_for_a_second_person_in_it() -> None:
    appeal = Officer(id="ada", name="Ada", offices=frozenset({Office.APPEAL}), person=PersonId("p_ada"))
    asked = e.ApprovalAsked(act=HeavyAct.BAN, words="x", expires_at=happened(TO_INVESTIGATION[0]).at)
    case = case_with(
        *TO_INVESTIGATION,
        happened(e.CaseDecided(verdict=Verdict.UPHELD, reasons="It was a threat."), By(Office.DECIDER, "ben")),
        e.AppealMade(by=None, part=Part.SUBJECT, grounds="I was quoting."),
        happened(asked, By(Office.APPEAL, "ada")),
    )
    assert choose(Office.APPEAL, (appeal,), case, (), NOBODY).first == appeal


def test_a_refused_look_gives_nobody_an_office() -> None:
    case = case_with(happened(e.ViewRefused(officer="ben"), By(Office.INTAKE, "ben")))
    assert conflicts(BEN, case, (), NOBODY, office=Office.DECIDER) == ()


def test_the_lot_does_not_always_fall_on_the_same_officer() -> None:
    firsts = {
        choose(Office.DECIDER, (ADA, BEN), case_with(name=f"C-2026-{n:06}"), (), NOBODY).first for n in range(1, 30)
    }
    assert firsts == {ADA, BEN}


def test_what_is_noticed_goes_on_record_under_one_name_whatever_it_was() -> None:
    kinds = set(ConflictKind) - {
        KINDS.SAME_BRANCH,
        KINDS.SAME_SLATE,
        KINDS.SAME_EMPLOYER,
        KINDS.PARTY_TO_IT,
        KINDS.DECLARED,
    }
    assert {noted(kind) for kind in kinds} == {KINDS.WITHHELD}
    assert noted(KINDS.SAME_SLATE) is KINDS.SAME_SLATE
