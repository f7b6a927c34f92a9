"""What people bring to the moderators: each report kept once, in the case it belongs to, with a receipt."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.casework.intake import MOST_FILES, IntakeDeps, Receipt, open_for_incident, report_message, take_in
from handlers.casework.receipts import status
from handlers.errors import EvidenceUnavailable
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.reports import OutsideFile, Provenance
from policies.casework.seen import WITHHELD, as_seen
from policies.casework.words import CaseKind, CaseReason, CaseState, Channel, Office, Part
from policies.decisions import Severity
from policies.events import MessageReported
from policies.identifiers import EventId, IncidentId, MemberId
from policies.incidents import Incident, IncidentState, NewIncident
from tests.fakes import cases as make
from tests.fakes import incidents
from tests.fakes.clock import NOON, FrozenClock

CONTENT = b"a leaflet"
FILE = OutsideFile(name="leaflet.pdf", sha256=hashlib.sha256(CONTENT).hexdigest(), size=len(CONTENT))


@pytest.fixture
def deps() -> IntakeDeps:
    """Give an empty desk."""
    return IntakeDeps(cases=make.MemoryCases(), clock=FrozenClock())


def incident(name: str = "I-2026-000001", reporter: str | None = None) -> Incident:
    new: NewIncident = incidents.incident(1)
    return Incident(
        id=IncidentId(name),
        event=new.event,
        assessment=new.assessment,
        decision=new.decision,
        source=new.source,
        recorded_at=new.recorded_at,
        to_do=new.to_do,
        state=IncidentState.OPEN,
        reporter=None if reporter is None else MemberId(reporter),
    )


def reported(number: int, reporter: str = "") -> MessageReported:
    return MessageReported(
        event_id=EventId(f"report-{number}"),
        message=incidents.posted(1),
        reporter=MemberId(reporter or f"member-{number}"),
        reason=f"words of {number}",
        reported_at=NOON,
    )


async def case_of(receipt: Receipt, deps: IntakeDeps) -> Case:
    case = await deps.cases.get(receipt.case)
    assert case is not None
    return case


async def test_two_hundred_reports_of_one_message_make_one_case(deps: IntakeDeps) -> None:
    about = incident()
    receipts = await asyncio.gather(*(report_message(reported(n), about, deps) for n in range(200)))
    assert {receipt.case for receipt in receipts} == {"C-2026-000001"}
    assert sorted(receipt.report for receipt in receipts) == [f"R-2026-{n:06d}" for n in range(1, 201)]
    assert len({receipt.code for receipt in receipts}) == 200
    case = await case_of(receipts[0], deps)
    assert len(case.of(e.ReportJoined)) == 200
    assert case.incidents == (about.id,)
    assert case.state is CaseState.RECEIVED, "however many reports there are, nothing follows by itself"
    assert {type(one.what) for one in case.history} == {
        e.CaseOpened,
        e.ReportJoined,
        e.IncidentLinked,
        e.PersonNamed,
    }


async def test_the_same_report_delivered_again_changes_nothing(deps: IntakeDeps) -> None:
    first = await report_message(reported(1), incident(), deps)
    again = await report_message(reported(1), incident(), deps)
    assert (again.report, again.case, again.code, again.fresh) == (first.report, first.case, "", False)
    assert "code was told when" in str(again)
    assert first.code in str(first)
    assert len((await case_of(first, deps)).of(e.ReportJoined)) == 1


async def test_a_policy_that_wants_a_case_gets_one_and_reports_join_it(deps: IntakeDeps) -> None:
    opened = await open_for_incident(incident(), deps)
    assert await open_for_incident(incident(), deps) == opened
    receipt = await report_message(reported(1), incident(), deps)
    assert (receipt.case, receipt.joined) == (opened, True)
    case = await case_of(receipt, deps)
    assert case.severity is Severity.HIGH, "as grave as the policy has it, until somebody judges it"
    assert case.incidents == (IncidentId("I-2026-000001"),)


async def test_a_report_whose_case_was_lost_in_a_crash_is_opened_from_its_incident(deps: IntakeDeps) -> None:
    case = await deps.cases.get(await open_for_incident(incident(reporter="bert"), deps))
    assert case is not None
    (joined,) = case.of(e.ReportJoined)
    assert isinstance(joined.what, e.ReportJoined)
    assert joined.what.report.new.channel is Channel.MESSAGE
    assert joined.what.report.new.anonymous


async def test_a_report_after_the_decision_opens_a_case_that_is_linked_to_it(deps: IntakeDeps) -> None:
    first = await report_message(reported(1), incident(), deps)
    case = await case_of(first, deps)
    await deps.cases.append(case.id, *make.to_decided(), version=case.version)
    second = await report_message(reported(2), incident(), deps)
    assert second.case != first.case
    (linked,) = (await case_of(second, deps)).of(e.CaseLinked)
    assert isinstance(linked.what, e.CaseLinked)
    assert linked.what.case == first.case


async def test_a_report_joins_a_case_of_its_own_sort_alone(deps: IntakeDeps) -> None:
    request = make.happened(e.CaseOpened(kind=CaseKind.ERASURE_REQUEST, severity=Severity.HIGH))
    linked = make.happened(e.IncidentLinked(incident=incident().id))
    opened = await deps.cases.open(request, linked)
    receipt = await report_message(reported(1), incident(), deps)
    assert receipt.case != opened.id
    assert not (await case_of(receipt, deps)).of(e.CaseLinked)


async def test_reactions_are_cases_of_their_own_and_the_same_reaction_is_one(deps: IntakeDeps) -> None:
    message = await report_message(reported(1), incident(), deps)
    person = await deps.cases.person(make.account("reactor"))
    like = make.new_report("like-1", channel=Channel.REACTION, reaction="clown", about=person)
    one = await take_in(like, deps)
    same = await take_in(replace(like, key="like-2"), deps)
    other = await take_in(replace(like, key="like-3", reaction="snake"), deps)
    assert len({message.case, one.case, other.case}) == 3
    assert (same.case, same.joined) == (one.case, True)
    later = await report_message(reported(2), incident(), deps)
    assert later.case == message.case


async def test_something_from_outside_is_kept_with_its_files_and_where_it_comes_from(deps: IntakeDeps) -> None:
    leaflet = make.new_report(
        "outside-1",
        channel=Channel.OUTSIDE,
        message=None,
        text="Vote for nobody",
        files=(FILE,),
        provenance=Provenance(what="a leaflet", obtained_how="through the door"),
    )
    receipt = await take_in(leaflet, deps, files={FILE.sha256: CONTENT})
    assert await deps.cases.file(receipt.report, 1) == CONTENT
    second = await take_in(replace(leaflet, key="outside-2"), deps, files={FILE.sha256: CONTENT})
    assert second.case != receipt.case


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"key": ""}, "needs a key"),
        ({"message": None}, "names the message"),
        ({"channel": Channel.REACTION}, "and the reaction"),
        ({"channel": Channel.PERSON}, "names the person"),
        ({"channel": Channel.OUTSIDE}, "where it comes from"),
        (
            {"provenance": Provenance(what="a page", obtained_at=NOON + timedelta(days=400))},
            "which is still to come",
        ),
        (
            {"channel": Channel.OUTSIDE, "words": " ", "provenance": Provenance(what="a page")},
            "neither a text nor a file",
        ),
        ({"files": (FILE,)}, "did not come with it"),
        ({"files": (replace(FILE, size=(8 << 20) + 1),)}, "up to 8 MiB"),
        ({"files": (FILE,) * (MOST_FILES + 1)}, "up to 10 files"),
    ],
)
async def test_what_cannot_be_looked_into_is_refused_with_a_sentence(
    wrong: dict[str, object], says: str, deps: IntakeDeps
) -> None:
    with pytest.raises(NotAllowed, match=says):
        await take_in(make.new_report(**wrong), deps)  # type: ignore[arg-type] # fields of a report
    assert [case async for case in deps.cases.all()] == []


async def test_a_record_that_cannot_be_reached_keeps_nothing_and_says_so(deps: IntakeDeps) -> None:
    assert isinstance(deps.cases, make.MemoryCases)
    deps.cases.broken = True
    with pytest.raises(EvidenceUnavailable):
        await take_in(make.new_report(), deps)
    assert not (await status("ABCD-EFGH-JKMN-PQRS", deps.cases)).ok


async def test_whoever_has_the_code_is_told_how_it_stands_and_how_it_ended(deps: IntakeDeps) -> None:
    receipt = await report_message(reported(1, "bert"), incident(), deps)
    told = [(await status(receipt.code, deps.cases)).text]
    case = await case_of(receipt, deps)
    for step in (*make.to_decided(), make.happened(e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.APPEAL_WAIVED))):
        case = await deps.cases.append(case.id, step, version=case.version)
        told.append((await status(receipt.code.lower(), deps.cases)).text)
    assert told[0] == "Your report R-2026-000001 was received on 3 May 2026. It waits for somebody to look at it."
    assert told[-1].endswith("It is closed. The report was upheld: the rules were broken.")
    assert len(set(told)) == 6
    for said in told:
        assert not [name for name in ("bert", "ann", "dora", case.id, "words are on record") if name in said]
    unknown = await status("AAAA-AAAA-AAAA-AAAZ", deps.cases)
    assert not unknown.ok
    assert "four times four letters" in unknown.text


async def test_whoever_reported_anonymously_is_shown_to_nobody_over_a_hundred_stories(deps: IntakeDeps) -> None:
    hits = 0
    for number in range(100):
        name = f"quillfeather{number}"
        receipt = await report_message(
            replace(reported(number, name), message=incidents.posted(number), event_id=EventId(f"{name}-{number}")),
            replace(incident(f"I-2026-{number:06d}"), event=incidents.posted(number)),
            deps,
        )
        case = await case_of(receipt, deps)
        (reporter,) = case.with_part(Part.REPORTER)
        more = (
            make.happened(e.StatementTaken(part=Part.REPORTER, person=reporter, words="what they said"), make.INTAKE),
            make.happened(
                e.ConflictNoted(officer="ida", kind=e.ConflictKind.IS_REPORTER, words="their own"), make.INTAKE
            ),
            *make.to_decided(NOON + timedelta(days=1)),
            make.happened(e.AppealMade(by=reporter, part=Part.REPORTER, grounds="too mild")),
        )
        case = await deps.cases.append(case.id, *more, version=case.version)
        seen = as_seen(case, Office.INTAKE)
        assert (seen.version, seen.state) == (case.version, case.state)
        assert seen.with_part(Part.REPORTER) == (WITHHELD,)
        assert "conflict-is-reporter" not in repr(seen)
        assert name in repr(case)
        hits += name in repr(seen) or reporter in repr(seen)
        hits += name in (await status(receipt.code, deps.cases)).text or name in str(receipt)
    assert hits == 0


async def test_a_reporter_who_is_named_and_one_who_is_not_are_told_apart(deps: IntakeDeps) -> None:
    named = await deps.cases.person(make.account("nora"))
    hidden = await deps.cases.person(make.account("quill"))
    await take_in(make.new_report("one", reporter=named, target=named), deps)
    receipt = await take_in(make.new_report("two", reporter=hidden, anonymous=True, target=hidden), deps)
    seen = as_seen(await case_of(receipt, deps), Office.DECIDER)
    assert seen.with_part(Part.REPORTER) == (named, WITHHELD)
    assert seen.with_part(Part.TARGET) == (named, hidden), "that they are the target is no secret"
