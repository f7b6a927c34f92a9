"""What members ask about their own data: a case of its own, the law's clock, and an end with reasons."""

from datetime import UTC, timedelta

import pytest

from handlers.casework.decisions import Proposal, decide
from handlers.casework.intake import IntakeDeps
from handlers.casework.requests import ask_about_own_data, note_carried_out, open_request, waiting_request
from policies.casework import events as e
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import Case, NotAllowed
from policies.casework.clocks import ClockRules, Span, Unit, clocks
from policies.casework.people import CaseId
from policies.casework.words import CaseKind, CaseReason, CaseState, ClockName, Office, Part, Verdict
from policies.identifiers import PlatformName
from tests.fakes import cases as make
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.tribunal import DORA, IDA, IVO, PRIYA, Tribunal

CALENDAR = Calendar(Nation.ENGLAND, UTC)
ANN = make.account("ann")


@pytest.fixture
def deps() -> IntakeDeps:
    """Give an empty desk."""
    return IntakeDeps(cases=make.MemoryCases(), clock=FrozenClock())


async def cases(deps: IntakeDeps) -> list[Case]:
    """Give the cases, oldest first."""
    return [case async for case in deps.cases.all()]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("copy", CaseKind.SUBJECT_ACCESS),
        ("ERASE everything please", CaseKind.ERASURE_REQUEST),
        ("complain my reports went unanswered", CaseKind.DATA_COMPLAINT),
    ],
)
async def test_each_is_a_case_of_its_own_sort_with_a_receipt(deps: IntakeDeps, written: str, kind: CaseKind) -> None:
    reply = await ask_about_own_data(ANN, written, "k-1", deps)
    (case,) = await cases(deps)
    assert reply.ok
    assert case.kind is kind
    assert "R-2026-000001" in reply.text
    person = await deps.cases.person(ANN)
    assert case.with_part(Part.REPORTER) == case.with_part(Part.SUBJECT) == (person,)


@pytest.mark.parametrize("written", ["", "everything", "complain", "complain   "])
async def test_what_nobody_could_act_on_is_refused_with_what_to_write(deps: IntakeDeps, written: str) -> None:
    reply = await ask_about_own_data(ANN, written, "k-1", deps)
    assert not reply.ok
    assert "Nothing was sent." in reply.text
    assert await cases(deps) == []


async def test_a_record_that_cannot_be_written_is_said(deps: IntakeDeps) -> None:
    assert isinstance(deps.cases, make.MemoryCases)
    deps.cases.broken = True
    reply = await ask_about_own_data(ANN, "copy", "k-1", deps)
    assert "send it again" in reply.text


async def test_asking_again_while_it_waits_opens_no_second_case_and_complaints_are_each_their_own(
    deps: IntakeDeps,
) -> None:
    for number in range(3):
        await ask_about_own_data(ANN, "copy", f"k-{number}", deps)
        await ask_about_own_data(ANN, f"complain number {number}", f"c-{number}", deps)
    kinds = [case.kind for case in await cases(deps)]
    assert kinds.count(CaseKind.SUBJECT_ACCESS) == 1
    assert kinds.count(CaseKind.DATA_COMPLAINT) == 3


async def test_a_copy_is_due_in_a_month_and_a_complaint_is_acknowledged_within_thirty_days(deps: IntakeDeps) -> None:
    slow = ClockRules(acknowledge=Span(3, Unit.MONTHS))
    for kind in (CaseKind.SUBJECT_ACCESS, CaseKind.DATA_COMPLAINT):
        await open_request(kind, ANN, "words", kind.value, deps)
    copy, complaint = [{clock.name: clock.due for clock in clocks(case, slow, CALENDAR)} for case in await cases(deps)]
    assert copy[ClockName.DECIDE].isoformat() == "2026-06-04T00:00:00+00:00", "to the end of 3 June"
    assert complaint[ClockName.ACKNOWLEDGE] == NOON + timedelta(days=30)
    prompt = {clock.name: clock.due for clock in clocks((await cases(deps))[1], ClockRules(), CALENDAR)}
    assert prompt[ClockName.ACKNOWLEDGE] == NOON + timedelta(hours=24)


async def test_a_copy_goes_to_whoever_asked_and_to_nobody_else(deps: IntakeDeps) -> None:
    case = (await open_request(CaseKind.SUBJECT_ACCESS, ANN, "", "k-1", deps)).case
    platform = PlatformName.DISCORD
    assert await waiting_request(case, CaseKind.SUBJECT_ACCESS, deps.cases, platform=platform, member="ann")
    with pytest.raises(NotAllowed, match="not asked for by that member"):
        await waiting_request(case, CaseKind.SUBJECT_ACCESS, deps.cases, platform=platform, member="bob")
    with pytest.raises(NotAllowed, match="no case of the kind erasure-request"):
        await waiting_request(case, CaseKind.ERASURE_REQUEST, deps.cases)


async def investigated(tribunal: Tribunal, kind: CaseKind) -> CaseId:
    """Open a request, and bring it to where it is decided."""
    deps = IntakeDeps(cases=tribunal.cases, clock=tribunal.world.clock)
    case = (await open_request(kind, PRIYA, "please", "k-1", deps)).case
    steps = (
        (e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT), IDA),
        (e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET), IDA),
        (e.Assigned(office=Office.INVESTIGATOR, officer="ivo"), IDA),
        (e.Assigned(office=Office.DECIDER, officer="dora"), IDA),
        (e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED), IVO),
    )
    now = await tribunal.now(case)
    happened = [make.happened(what, by, tribunal.world.clock.now()) for what, by in steps]
    await tribunal.cases.append(case, *happened, version=now.version)
    return case


async def test_it_is_met_only_once_it_was_carried_out_and_whoever_asked_reads_the_reasons() -> None:
    tribunal = Tribunal()
    case = await investigated(tribunal, CaseKind.SUBJECT_ACCESS)
    met = Proposal(verdict=Verdict.DONE, reasons="A copy was handed over.")
    with pytest.raises(NotAllowed, match="Nothing says that C-2026-000001 was carried out"):
        await decide(case, met, DORA, tribunal.deps)
    deps = IntakeDeps(cases=tribunal.cases, clock=tribunal.world.clock)
    await note_carried_out(case, IVO, 17, "A copy was made.", deps)
    decided = await decide(case, met, DORA, tribunal.deps)
    assert decided.case.state is CaseState.DECIDED
    received, letter = tribunal.told(PRIYA.member)
    assert "has what you asked about your own data, as C-2026-000001" in received
    assert "What was asked for was done." in letter
    assert "The reasons: A copy was handed over." in letter


async def test_a_refusal_needs_no_carrying_out_and_its_reasons_are_sent() -> None:
    tribunal = Tribunal()
    case = await investigated(tribunal, CaseKind.ERASURE_REQUEST)
    refused = Proposal(verdict=Verdict.REFUSED, reasons="It is held for a legal claim until November.")
    await decide(case, refused, DORA, tribunal.deps)
    letter = tribunal.told(PRIYA.member)[-1]
    assert "What was asked for was refused." in letter
    assert "held for a legal claim" in letter
    assert "Information Commissioner" in letter


@pytest.mark.parametrize("verdict", [Verdict.UPHELD, Verdict.NOT_UPHELD, Verdict.NOT_PROVEN])
async def test_a_request_has_no_verdict_on_anybody(verdict: Verdict) -> None:
    tribunal = Tribunal()
    case = await investigated(tribunal, CaseKind.SUBJECT_ACCESS)
    with pytest.raises(NotAllowed, match="met or refused"):
        await decide(case, Proposal(verdict=verdict, reasons="words", rules=("threats",)), DORA, tribunal.deps)
