"""Officers take a case step by step: each step by its own office, seen versions only, and nothing without words."""

import pytest

from handlers.casework.access import Access, AccessDeps
from handlers.casework.deadlines import PostHolders
from handlers.casework.intake import IntakeDeps, take_in
from handlers.casework.ports import CaseChanged
from handlers.casework.steps import StepDeps, Steps
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.load import parse_register
from policies.casework.people import By, CaseId
from policies.casework.words import CaseKind, CaseReason, CaseState, Office, Part
from policies.decisions import Severity
from policies.identifiers import IncidentId
from tests.fakes.cases import MemoryCases, account, happened, new_report, to_decided
from tests.fakes.clock import FrozenClock
from tests.fakes.evidence import MemoryEvidence
from tests.handlers.casework.test_access import DAI, IAN, IDA, IVO, REGISTER, SERVER, Alarms

CASE = CaseKind.CONDUCT
NO_REASON_TO_SEE = "is not yours to see"


class Desk:
    """A desk with its register, one case on it, and officers given to it."""

    def __init__(self) -> None:
        self.cases, self.clock, self.incidents = MemoryCases(), FrozenClock(), MemoryEvidence()
        register = parse_register(REGISTER.encode(), file="people.yaml")
        self.access = Access(
            AccessDeps(cases=self.cases, alarms=Alarms(), clock=self.clock, register=register, holders=PostHolders())
        )
        self.steps = Steps(StepDeps(cases=self.cases, access=self.access, clock=self.clock, incidents=self.incidents))

    async def open(self) -> Case:
        receipt = await take_in(new_report(), IntakeDeps(cases=self.cases, clock=self.clock))
        return await self.now(receipt.case)

    async def now(self, case: CaseId) -> Case:
        found = await self.cases.get(case)
        assert found is not None
        return found


@pytest.fixture
def desk() -> Desk:
    """Give an empty desk."""
    return Desk()


async def test_a_case_goes_from_report_to_investigation_each_step_by_its_office(desk: Desk) -> None:
    case = await desk.open()
    await desk.steps.acknowledge(case.id, IDA, "rang them")
    await desk.steps.triage(case.id, IDA, Severity.HIGH, "a threat")
    await desk.access.assign(case.id, Office.INVESTIGATOR, IDA, officer="ivo")
    await desk.steps.investigate(case.id, IVO)
    await desk.steps.hear(case.id, IVO, Part.SUBJECT, "I was quoting")
    await desk.steps.find(case.id, IVO, "it was no quotation", ("R-2026-000001",))
    await desk.steps.note(case.id, IVO, "the branch was told")
    now = await desk.now(case.id)
    assert (now.state, now.severity) == (CaseState.INVESTIGATING, Severity.HIGH)
    kinds = [type(one.what) for one in now.history]
    assert kinds[-7:] == [
        e.SeveritySet,
        e.CaseMoved,
        e.Assigned,
        e.CaseMoved,
        e.StatementTaken,
        e.FactFound,
        e.NoteAdded,
    ]
    assert now.history[-1].by == IVO


@pytest.mark.parametrize("by", [IVO, DAI, By(), By(Office.INTAKE, "nobody"), By(Office.INTAKE, "ivo")])
async def test_nobody_takes_a_step_of_another_office_or_in_one_they_do_not_hold(by: By, desk: Desk) -> None:
    case = await desk.open()
    with pytest.raises(NotAllowed):
        await desk.steps.acknowledge(case.id, by)
    assert await desk.now(case.id) == case


async def test_triage_goes_on_from_where_the_case_is_and_may_be_done_again(desk: Desk) -> None:
    case = await desk.open()
    with pytest.raises(NotAllowed, match="cannot become triaged"):
        await desk.steps.triage(case.id, IDA, Severity.HIGH)
    await desk.steps.acknowledge(case.id, IDA)
    await desk.steps.triage(case.id, IDA, Severity.HIGH)
    again = await desk.steps.triage(case.id, IDA, Severity.LOW, "it was less")
    assert (again.state, again.severity) == (CaseState.TRIAGED, Severity.LOW)


async def test_a_step_on_what_somebody_has_not_seen_changes_nothing(desk: Desk) -> None:
    case = await desk.open()
    await desk.steps.note(case.id, IDA, "one")
    with pytest.raises(CaseChanged):
        await desk.steps.acknowledge(case.id, IDA, version=case.version)
    now = await desk.now(case.id)
    assert now.state is CaseState.RECEIVED
    assert (await desk.steps.acknowledge(case.id, IDA, version=now.version)).state is CaseState.ACKNOWLEDGED


async def test_what_needs_words_is_refused_without_them(desk: Desk) -> None:
    case = await desk.open()
    for step in (
        desk.steps.note(case.id, IDA, "  "),
        desk.steps.hear(case.id, IVO, Part.SUBJECT, ""),
        desk.steps.find(case.id, IVO, ""),
        desk.steps.link_case(case.id, IDA, CaseId("C-2026-000002"), ""),
        desk.steps.close(case.id, DAI, CaseReason.MATTER_ENDED, ""),
    ):
        with pytest.raises(NotAllowed, match="needs words"):
            await step


async def test_only_incidents_and_cases_that_are_there_are_linked(desk: Desk) -> None:
    case, other = await desk.open(), await desk.cases.open(happened(e.CaseOpened(kind=CASE, severity=Severity.LOW)))
    with pytest.raises(NotAllowed, match="no incident I-2026-000009"):
        await desk.steps.link_incident(case.id, IDA, IncidentId("I-2026-000009"))
    with pytest.raises(NotAllowed, match="no other case"):
        await desk.steps.link_case(case.id, IDA, case.id, "itself")
    linked = await desk.steps.link_case(case.id, IDA, other.id, "the same evening")
    assert isinstance(linked.history[-1].what, e.CaseLinked)


async def test_a_finding_rests_on_what_is_in_the_case_alone(desk: Desk) -> None:
    case = await desk.open()
    await desk.access.assign(case.id, Office.INVESTIGATOR, IDA, officer="ivo")
    with pytest.raises(NotAllowed, match="has no incident or report R-2026-000999"):
        await desk.steps.find(case.id, IVO, "He wrote it.", ("R-2026-000999",))
    assert not (await desk.now(case.id)).of(e.FactFound)


async def test_an_officer_who_turns_out_to_be_a_party_loses_the_office(desk: Desk) -> None:
    case = await desk.open()
    await desk.access.assign(case.id, Office.INVESTIGATOR, IDA, officer="ivo")
    person = await desk.cases.person(account("100000000000000002", community=SERVER))
    now = await desk.steps.name_person(case.id, IDA, person, Part.WITNESS)
    assert now.in_office(Office.INVESTIGATOR) == ""
    assert "ivo" in now.recused
    with pytest.raises(NotAllowed, match=NO_REASON_TO_SEE):
        await desk.steps.note(case.id, IVO, "still here")
    await desk.access.assign(case.id, Office.INVESTIGATOR, IDA, officer="ian")
    assert (await desk.steps.note(case.id, IAN, "taken over")).history[-1].by == IAN


async def test_a_case_is_closed_only_after_its_decision_by_who_decides_and_for_a_reason_of_the_list(
    desk: Desk,
) -> None:
    case = await desk.open()
    await desk.access.assign(case.id, Office.DECIDER, IDA, officer="dai")
    with pytest.raises(NotAllowed, match="cannot become closed"):
        await desk.steps.close(case.id, DAI, CaseReason.MATTER_ENDED, "over")
    now = await desk.now(case.id)
    *moves, decided = to_decided()
    await desk.cases.append(case.id, *moves, happened(decided.what, DAI), version=now.version)
    with pytest.raises(NotAllowed, match="appeal-waived"):
        await desk.steps.close(case.id, DAI, CaseReason.APPEAL_WINDOW_OVER, "over")
    with pytest.raises(NotAllowed):
        await desk.steps.close(case.id, IDA, CaseReason.APPEAL_WAIVED, "both sides said so")
    for reason in (CaseReason.APPEAL_WAIVED, CaseReason.MATTER_ENDED):
        with pytest.raises(NotAllowed, match="everybody who could appeal"):
            await desk.steps.close(case.id, DAI, reason, "nobody will mind")
    await desk.access.assign(case.id, Office.INVESTIGATOR, IDA, officer="ivo")
    await desk.steps.hear(case.id, IVO, Part.SUBJECT, "I will not appeal.")
    with pytest.raises(NotAllowed, match="everybody who could appeal"):
        await desk.steps.close(case.id, DAI, CaseReason.APPEAL_WAIVED, "one side said so")
    await desk.steps.hear(case.id, IVO, Part.REPORTER, "Nor will I.")
    closed = await desk.steps.close(case.id, DAI, CaseReason.APPEAL_WAIVED, "both sides said so")
    assert closed.state is CaseState.CLOSED


async def test_there_is_no_telling_a_case_that_is_not_there_from_one_that_is_somebody_elses(desk: Desk) -> None:
    case = await desk.open()
    said = []
    for name in (case.id, CaseId("C-2026-000099")):
        with pytest.raises(NotAllowed) as refused:
            await desk.steps.note(name, IVO, "what is this")
        said.append(str(refused.value).replace(name, "IT"))
    assert said[0] == said[1]
