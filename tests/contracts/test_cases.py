"""What all kept cases promise: each thing once and in order, all of it given back, one name for one person."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.sqlite.store import open_store
from handlers.casework.ports import CaseChanged, Cases
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.people import By, CaseId, PersonId, ReportId
from policies.casework.reports import OutsideFile, Provenance, Report
from policies.casework.words import CaseReason, CaseState, Channel, Office, Part, Sanction
from policies.decisions import Severity
from policies.identifiers import IncidentId, PlatformName
from tests.fakes import cases as make
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.incidents import message

NOTE = make.happened(e.NoteAdded(words="rang the branch \ud800 \x00"), make.INTAKE)


@pytest.fixture(params=["memory", "sqlite"])
async def cases(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Cases]:
    """Give an empty place for cases of each kind."""
    if request.param == "memory":
        yield make.MemoryCases()
    else:
        async with open_store(tmp_path, FrozenClock()) as store:
            yield store.cases


async def reported(cases: Cases, key: str = "k-1", **more: object) -> tuple[Case, Report, str]:
    report, code = await cases.new_report(make.new_report(key, **more))  # type: ignore[arg-type] # fields of a report
    case = await cases.open(make.opening(), make.happened(e.ReportJoined(report=report)))
    return case, report, code


async def test_a_case_is_given_back_as_it_was_opened(cases: Cases) -> None:
    opened, report, _ = await reported(cases)
    assert (opened.id, report.id, opened.state) == ("C-2026-000001", "R-2026-000001", CaseState.RECEIVED)
    assert [one.what for one in opened.history] == [make.opening().what, e.ReportJoined(report=report)]
    assert await cases.get(opened.id) == opened
    assert await cases.get(CaseId("C-2026-000099")) is None


async def test_everything_that_can_happen_comes_back_whole(cases: Cases) -> None:
    person = await cases.person(make.account("ann"))
    sanction = e.SanctionChosen(kind=Sanction.MUTE, on=person, until=NOON + timedelta(days=1), departure="milder")
    case, *_ = await reported(
        cases,
        provenance=Provenance(what="a leaflet", obtained_at=NOON, obtained_how="through the door"),
        reporter=person,
        reporter_account=make.account("ann"),
    )
    more = (
        NOTE,
        make.happened(e.PersonNamed(person=person, part=Part.SUBJECT), make.INTAKE),
        make.happened(e.IncidentLinked(incident=IncidentId("I-2026-000001")), make.INTAKE),
        make.happened(e.Assigned(office=Office.INVESTIGATOR, officer="ivo"), make.INTAKE),
        make.happened(e.StatementTaken(part=Part.SUBJECT, person=person, words="I was quoting"), make.INVESTIGATOR),
        make.happened(e.FactFound(words="it was no quotation", rests_on=("I-2026-000001",)), make.INVESTIGATOR),
        *make.to_decided(),
    )
    more = (*more[:-1], replace(more[-1], what=replace(more[-1].what, sanctions=(sanction,))))  # type: ignore[call-arg, type-var] # a decision
    now = await cases.append(case.id, *more, version=case.version)
    assert now.history == (*case.history, *more)
    assert (now.state, now.version) == (CaseState.DECIDED, len(case.history) + len(more))
    assert await cases.get(case.id) == now


async def test_whoever_saw_an_earlier_version_changes_nothing(cases: Cases) -> None:
    case, *_ = await reported(cases)
    await cases.append(case.id, NOTE, version=case.version)
    with pytest.raises(CaseChanged, match=case.id):
        await cases.append(case.id, NOTE, version=case.version)
    now = await cases.get(case.id)
    assert now is not None
    assert now.version == case.version + 1


async def test_of_ten_at_once_who_saw_the_same_version_one_succeeds(cases: Cases) -> None:
    case, *_ = await reported(cases)
    tries = [cases.append(case.id, NOTE, version=case.version) for _ in range(10)]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(end) for end in ends if isinstance(end, BaseException)] == [CaseChanged] * 9


async def test_what_the_state_forbids_is_kept_neither_wholly_nor_in_part(cases: Cases) -> None:
    case, *_ = await reported(cases)
    closing = make.happened(e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.APPEAL_WAIVED), make.DECIDER)
    with pytest.raises(NotAllowed, match="cannot become closed"):
        await cases.append(case.id, NOTE, closing, version=case.version)
    assert await cases.get(case.id) == case
    with pytest.raises(NotAllowed):
        await cases.open(NOTE)
    with pytest.raises(NotAllowed):
        await cases.open()
    with pytest.raises(NotAllowed, match="no case"):
        await cases.append(CaseId("C-2026-000099"), NOTE, version=1)
    assert [kept.id async for kept in cases.all()] == [case.id]


async def test_nothing_is_decided_without_reasons(cases: Cases) -> None:
    case, *_ = await reported(cases)
    *moves, decided = make.to_decided()
    assert isinstance(decided.what, e.CaseDecided)
    with pytest.raises(NotAllowed, match="reasons"):
        await cases.append(
            case.id, *moves, replace(decided, what=replace(decided.what, reasons=" ")), version=case.version
        )


async def test_the_same_report_is_kept_once(cases: Cases) -> None:
    case, report, _ = await reported(cases)
    again, _ = await cases.new_report(report.new)
    with pytest.raises(CaseChanged, match="already"):
        await cases.append(case.id, make.happened(e.ReportJoined(report=again)), version=case.version)
    with pytest.raises(CaseChanged, match="already"):
        await cases.open(make.opening(), make.happened(e.ReportJoined(report=again)))
    assert await cases.of_report_key("k-1") == case
    assert await cases.of_report_key("k-2") is None


async def test_reports_that_come_at_once_get_ids_without_gap_or_repeat(cases: Cases) -> None:
    reports = [(await cases.new_report(make.new_report(f"k-{number}")))[0] for number in range(3)]
    for report in reports:
        await cases.open(make.opening(), make.happened(e.ReportJoined(report=report)))
    found = [await cases.of_report(ReportId(f"R-2026-00000{number}")) for number in (1, 2, 3)]
    assert [case and case.id for case in found] == ["C-2026-000001", "C-2026-000002", "C-2026-000003"]
    assert await cases.of_report(ReportId("R-2026-000004")) is None


async def test_a_report_is_found_by_its_code_however_that_is_written_and_by_no_other(cases: Cases) -> None:
    case, report, code = await reported(cases)
    assert len(code.replace("-", "")) == 16
    for written in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        assert await cases.of_code(written) == (case, report.id)
    _, _, other = await reported(cases, "k-2")
    assert other != code
    assert await cases.of_code("AAAA-AAAA-AAAA-ZZZZ") is None
    assert await cases.of_code("") is None
    assert code not in repr(case)


async def test_cases_are_found_by_message_incident_and_state(cases: Cases) -> None:
    one, *_ = await reported(cases)
    two, *_ = await reported(cases, "k-2", message=message(2))
    linked = make.happened(e.IncidentLinked(incident=IncidentId("I-2026-000007")))
    two = await cases.append(two.id, linked, version=two.version)
    assert await cases.of_message(message(1)) == [one]
    assert await cases.of_message(message(3)) == []
    assert await cases.of_incident(IncidentId("I-2026-000007")) == [two]
    closing = make.happened(e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.APPEAL_WAIVED), make.DECIDER)
    one = await cases.append(one.id, *make.to_decided(), closing, version=one.version)
    assert [case.id async for case in cases.all()] == [one.id, two.id]
    assert [case.id async for case in cases.all(open_only=True)] == [two.id]


async def test_many_cases_are_given_without_gap_or_repeat(cases: Cases) -> None:
    for number in range(120):
        await cases.open(make.opening(Severity.LOW if number % 2 else Severity.HIGH))
    assert [case.id async for case in cases.all()] == [f"C-2026-{number:06d}" for number in range(1, 121)]


async def test_somebody_has_one_name_on_every_account_that_was_linked_and_one_history(cases: Cases) -> None:
    ann, slack = make.account("ann"), make.account("U1", PlatformName.SLACK)
    first, second = await cases.person(ann), await cases.person(slack)
    assert first != second
    assert "ann" not in first
    old, *_ = await reported(cases)
    old = await cases.append(old.id, make.happened(e.PersonNamed(person=second, part=Part.TARGET)), version=old.version)
    new = await cases.open(make.opening(), make.happened(e.PersonNamed(person=first, part=Part.TARGET)))
    assert [case.id for case in await cases.of_person(second)] == [old.id]
    one = await cases.link(slack, ann, "ida")
    assert one == first == await cases.person(ann) == await cases.person(slack)
    assert await cases.accounts(second) == await cases.accounts(one) == [ann, slack]
    for name in (first, second):
        assert [case.id for case in await cases.of_person(name)] == [old.id, new.id]
    kept = await cases.get(old.id)
    assert kept is not None
    assert kept.with_part(Part.TARGET) == (one,)


async def test_links_reach_over_several_accounts_and_may_be_repeated(cases: Cases) -> None:
    given = [make.account(name, PlatformName.SLACK) for name in "abcd"]
    assert await cases.linked() == []
    names = [await cases.person(one) for one in given]
    await cases.link(given[3], given[2], "ida")
    await cases.link(given[1], given[0], "ida")
    assert await cases.link(given[2], given[1], "") == names[0]
    assert await cases.link(given[0], given[3], "ida") == names[0]
    assert {await cases.person(one) for one in given} == {names[0]}
    assert await cases.accounts(names[2]) == given
    assert await cases.linked() == [given]


async def test_an_account_linked_by_mistake_is_a_person_of_its_own_again_and_the_others_stay_one(cases: Cases) -> None:
    given = [make.account(name, PlatformName.SLACK) for name in "abcd"]
    names = [await cases.person(one) for one in given]
    own = await cases.open(make.opening(), make.happened(e.PersonNamed(person=names[0], part=Part.SUBJECT)))
    theirs = await cases.open(make.opening(), make.happened(e.PersonNamed(person=names[2], part=Part.SUBJECT)))
    for other in given[1:]:
        await cases.link(given[0], other, "ida")
    assert [case.id for case in await cases.of_person(names[2])] == [own.id, theirs.id]
    assert await cases.part(given[0], "ida", "They were both at the count.") == names[0]
    assert await cases.person(given[0]) == names[0]
    assert {await cases.person(one) for one in given[1:]} == {names[1]}
    assert await cases.linked() == [given[1:]]
    assert await cases.accounts(names[0]) == given[:1]
    assert [case.id for case in await cases.of_person(names[0])] == [own.id]
    assert [case.id for case in await cases.of_person(names[3])] == [theirs.id]
    kept = await cases.get(theirs.id)
    assert kept is not None
    assert kept.with_part(Part.SUBJECT) == (names[1],)
    with pytest.raises(NotAllowed, match="linked to no other"):
        await cases.part(given[0], "ida", "Again.")
    with pytest.raises(NotAllowed, match="linked to no other"):
        await cases.part(make.account("z"), "ida", "Never seen.")
    assert await cases.part(given[2], "ida", "Nor are they.") == names[2]
    assert await cases.person(given[1]) == await cases.person(given[3]) == names[1]
    assert await cases.link(given[0], given[2], "ida") == names[0]
    assert await cases.person(given[2]) == names[0]
    groups = [set(accounts) for accounts in await cases.linked()]
    assert sorted(groups, key=lambda group: given[0] not in group) == [{given[0], given[2]}, {given[1], given[3]}]


async def test_one_account_on_two_servers_of_a_platform_with_names_of_its_own_is_one_person(cases: Cases) -> None:
    assert await cases.person(make.account("7", community="a")) == await cases.person(make.account("7", community="b"))
    slack = [make.account("7", PlatformName.SLACK, community) for community in "ab"]
    assert await cases.person(slack[0]) != await cases.person(slack[1])
    assert await cases.accounts(PersonId("P-0000000000000000")) == []


async def test_a_file_comes_back_and_a_wrong_or_large_one_is_refused(cases: Cases) -> None:
    content = b"\x00 a leaflet \xff"
    sha256 = hashlib.sha256(content).hexdigest()
    given = OutsideFile(name="leaflet.pdf", sha256=sha256, size=len(content))
    new = make.new_report(channel=Channel.OUTSIDE, message=None, files=(given,))
    report, _ = await cases.new_report(new)
    joined = make.happened(e.ReportJoined(report=report))
    with pytest.raises(NotAllowed, match="not the one"):
        await cases.open(make.opening(), joined, files={sha256: b"another"})
    large = bytes((8 << 20) + 1)
    with pytest.raises(NotAllowed, match="8 MiB"):
        await cases.open(make.opening(), joined, files={hashlib.sha256(large).hexdigest(): large})
    assert [case async for case in cases.all()] == []
    case = await cases.open(make.opening(), joined, files={sha256: content})
    assert await cases.file(report.id, 1) == content
    assert await cases.file(report.id, 2) is None
    assert await cases.file(report.id, 0) is None
    assert await cases.get(case.id) == case


async def test_a_view_is_on_record_and_changes_no_version(cases: Cases) -> None:
    case, *_ = await reported(cases)
    await cases.note_view(case.id, make.INTAKE)
    await cases.note_view(case.id, make.DECIDER)
    await cases.note_view(case.id, make.INTAKE)
    first, second, third = await cases.views(case.id)
    assert [view.office for view in (first, second, third)] == ["intake", "decider", "intake"]
    assert first.actor == third.actor != second.actor
    assert "ida" not in first.actor
    assert await cases.get(case.id) == case
    with pytest.raises(NotAllowed):
        await cases.note_view(case.id, By())
    with pytest.raises(NotAllowed):
        await cases.note_view(CaseId("C-2026-000099"), make.INTAKE)
