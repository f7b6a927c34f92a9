"""A case goes only where the law lets it, and everything that happened to it is what it is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.casework import events as e
from policies.casework.case import REASONS, Case, NotAllowed, advance, case_of, opened
from policies.casework.people import THE_BOT, By, CaseId, PersonId
from policies.casework.words import (
    TRANSITIONS,
    AppealVerdict,
    CaseKind,
    CaseReason,
    CaseState,
    ConflictKind,
    Office,
    Part,
    Verdict,
)
from policies.decisions import Severity

NAME = CaseId("C-2026-000001")
START = datetime(2026, 5, 4, 9, tzinfo=UTC)
ORDER = list(CaseState)


def happened(what: e.CaseEvent, hours: int = 0) -> e.Happened:
    return e.Happened(at=START + timedelta(hours=hours), by=THE_BOT, what=what)


OPENED = happened(e.CaseOpened(kind=CaseKind.CONDUCT, severity=Severity.MEDIUM))
MOVES = st.builds(e.CaseMoved, to=st.sampled_from(CaseState), reason=st.sampled_from(CaseReason))
OTHERS = st.sampled_from(
    [
        e.NoteAdded(words="noted"),
        e.SeveritySet(severity=Severity.CRITICAL),
        e.Assigned(office=Office.DECIDER, officer="grace"),
        e.Assigned(office=Office.INVESTIGATOR, officer="ada"),
        e.ConflictNoted(officer="ada", kind=ConflictKind.SAME_BRANCH),
        e.PersonNamed(person=PersonId("p_1"), part=Part.SUBJECT),
        e.CaseDecided(verdict=Verdict.UPHELD, reasons="It was said, and it is a threat."),
        e.CaseDecided(verdict=Verdict.UPHELD, reasons="  "),
        e.AppealMade(by=None, part=Part.SUBJECT, grounds="I was quoting."),
        e.AppealMade(by=None, part=Part.SUBJECT, grounds=""),
        e.AppealDecided(verdict=AppealVerdict.REVERSED, reasons="It was a quotation."),
        e.AppealDecided(verdict=AppealVerdict.STANDS, reasons="\n"),
        e.CaseOpened(kind=CaseKind.CONDUCT, severity=Severity.LOW),
    ]
)


@given(st.lists(MOVES | OTHERS, max_size=60))
def test_no_sequence_of_commands_reaches_a_state_that_the_law_forbids(wanted: list[e.CaseEvent]) -> None:
    case = opened(NAME, OPENED)
    for number, what in enumerate(wanted, 1):
        before = case
        try:
            case = advance(case, happened(what, number))
        except NotAllowed:
            assert case is before
        assert case.state is before.state or case.state in TRANSITIONS[before.state]
        if case.state in ORDER[ORDER.index(CaseState.DECIDED) :]:
            assert case.decision is not None
            assert case.decision.reasons.strip()
        if case.appeal_decision is not None:
            assert case.appeal_decision.reasons.strip()
            assert case.of(e.AppealMade)
        assert not {officer for _, officer in case.officers} & case.recused
    assert case_of(NAME, case.history) == case


@given(st.lists(MOVES | OTHERS, max_size=60))
def test_a_case_is_closed_only_after_a_reasoned_decision(wanted: list[e.CaseEvent]) -> None:
    case = opened(NAME, OPENED)
    for what in wanted:
        try:
            case = advance(case, happened(what))
        except NotAllowed:
            continue
    assert case.state is not CaseState.CLOSED or case.of(e.CaseDecided)


def walk(*whats: e.CaseEvent) -> Case:
    return case_of(NAME, [OPENED, *(happened(what) for what in whats)])


TO_INVESTIGATION = (
    e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT),
    e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET),
    e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED),
)
DECIDED = e.CaseDecided(verdict=Verdict.NOT_UPHELD, reasons="The words were a quotation.")


def test_the_whole_way_can_be_walked() -> None:
    case = walk(
        *TO_INVESTIGATION,
        DECIDED,
        e.AppealMade(by=None, part=Part.REPORTER, grounds="There is a second message."),
        e.AppealDecided(verdict=AppealVerdict.VARIED, reasons="The second message is a threat."),
        e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.MATTER_ENDED),
    )
    assert (case.state, case.version, case.is_open) == (CaseState.CLOSED, 8, False)


def test_every_state_but_the_first_has_reasons_and_each_reason_leads_to_one_state() -> None:
    assert set(REASONS) == set(CaseState) - {CaseState.RECEIVED}
    named = [reason for reasons in REASONS.values() for reason in reasons]
    assert sorted(named) == sorted(CaseReason)


def test_no_reason_speaks_of_publicity_seniority_or_faction() -> None:
    forbidden = ("press", "media", "public", "senior", "faction", "wing", "leader", "polit", "reputation")
    assert not [reason for reason in CaseReason for word in forbidden if word in reason.value]


def test_a_refusal_says_what_can_follow() -> None:
    with pytest.raises(NotAllowed, match="is received and cannot become closed; what can follow is acknowledged"):
        walk(e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.MATTER_ENDED))


def test_a_reason_of_another_state_is_refused() -> None:
    with pytest.raises(NotAllowed, match="matter-ended is no reason"):
        walk(e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.MATTER_ENDED))


def test_nobody_gets_round_a_decision_by_moving_the_case() -> None:
    with pytest.raises(NotAllowed, match="by a decision"):
        walk(*TO_INVESTIGATION, e.CaseMoved(to=CaseState.DECIDED, reason=CaseReason.EVIDENCE_HEARD))


def test_a_recused_officer_loses_the_office_and_gets_no_other() -> None:
    case = walk(
        e.Assigned(office=Office.INVESTIGATOR, officer="ada"),
        e.ConflictNoted(officer="ada", kind=ConflictKind.SAME_SLATE),
    )
    assert case.in_office(Office.INVESTIGATOR) == ""
    with pytest.raises(NotAllowed, match="ada is recused"):
        advance(case, e.Happened(at=START, by=By(), what=e.Assigned(office=Office.DECIDER, officer="ada")))
