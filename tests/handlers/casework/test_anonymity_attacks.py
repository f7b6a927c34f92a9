"""Who reported anonymously is learnt by nobody who works on the case, whatever they try with the verbs they have."""

from collections import Counter
from datetime import timedelta

import pytest

from handlers.casework.appealing import appeal_by_command
from handlers.casework.decisions import decide
from handlers.casework.intake import IntakeDeps, take_in
from handlers.casework.receipts import own_reports
from handlers.casework.steps import StepDeps, Steps
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.people import Account
from policies.casework.reports import NewReport
from policies.casework.seen import as_seen
from policies.casework.words import CaseReason, Channel, NoticeKind, Office, Part, Sanction
from policies.identifiers import CommunityId, MemberId, PlatformName
from tests.fakes.tribunal import BOB, DORA, IDA, IVO, MAIR, PRIYA, Tribunal
from tests.handlers.casework.test_appealing import deps_of

CONFEDERATE = Account(platform=PlatformName.DISCORD, community=CommunityId("branch"), member=MemberId("con"))


async def decided(tribunal: Tribunal, *, reporter: Account = PRIYA) -> Case:
    """Give a case that was decided; its anonymous reporter is Priya, or somebody with another part in it as well."""
    if reporter != PRIYA:
        await tribunal.cases.person(PRIYA)
        await tribunal.cases.person(reporter)
    case = await tribunal.investigated()
    if reporter != PRIYA:
        case = await another_report(tribunal, case, reporter)
    mute = await tribunal.sanction(Sanction.MUTE, 7)
    return (await decide(case.id, await tribunal.proposal(mute), DORA, tribunal.deps)).case


async def another_report(
    tribunal: Tribunal, case: Case, who: Account, *, anonymous: bool = True, key: str = ""
) -> Case:
    """Let somebody report the same message once more, at the desk."""
    (joined, *_) = case.of(e.ReportJoined)
    assert isinstance(joined.what, e.ReportJoined)
    new = NewReport(
        key=key or f"desk:{who.member}",
        channel=Channel.MESSAGE,
        words="I saw it",
        received_at=tribunal.world.clock.now(),
        reporter=await tribunal.cases.person(who),
        reporter_account=who,
        anonymous=anonymous,
        message=joined.what.report.new.message,
    )
    await take_in(new, IntakeDeps(cases=tribunal.cases, clock=tribunal.world.clock), by=IDA)
    return await tribunal.now(case.id)


async def test_an_account_that_an_officer_calls_the_reporters_is_told_nothing_of_what_they_reported() -> None:
    tribunal = Tribunal()
    await tribunal.cases.person(CONFEDERATE)
    case = await tribunal.investigated()
    await tribunal.cases.link(CONFEDERATE, PRIYA, "ida")
    mute = await tribunal.sanction(Sanction.MUTE, 7)
    await decide(case.id, await tribunal.proposal(mute), DORA, tribunal.deps)
    deps = deps_of(tribunal)
    assert (await own_reports(CONFEDERATE, "", deps.intake)).text.startswith("Nothing that you reported")
    reply = await appeal_by_command(CONFEDERATE, case.id, "A mute is too little.", deps)
    assert reply.text.startswith(f"There is nothing under {case.id}")
    assert tribunal.told(CONFEDERATE.member) == []
    assert len(tribunal.told(PRIYA.member)) == 1
    assert "R-2026-000001" in (await own_reports(PRIYA, "", deps.intake)).text
    assert (await appeal_by_command(PRIYA, case.id, "A mute is too little.", deps)).ok


async def test_a_second_report_under_a_tried_name_leaves_the_same_trace_whether_they_reported_or_not() -> None:
    traces = []
    for tried in (PRIYA, CONFEDERATE):
        tribunal = Tribunal()
        case = await tribunal.investigated()
        case = await another_report(tribunal, case, PRIYA)
        before = as_seen(case, Office.INTAKE)
        after = as_seen(await another_report(tribunal, case, tried, key="desk:try"), Office.INTAKE)
        traces.append([type(one.what).__name__ for one in after.history[before.version :]])
        traces[-1].append(str(len(after.people) - len(before.people)))
    assert traces[0] == traces[1]


@pytest.mark.parametrize("who", [MAIR, BOB])
async def test_the_letters_of_a_case_do_not_show_that_one_of_its_people_is_the_one_who_reported(who: Account) -> None:
    """An officer sees to whom letters went, and in which part; the same whoever it was that reported."""
    seen = []
    for reporter in (who, CONFEDERATE):
        tribunal = Tribunal()
        case = await decided(tribunal, reporter=reporter)
        await appeal_by_command(reporter, case.id, "It is too little.", deps_of(tribunal))
        case = as_seen(await tribunal.look(case.id), Office.DECIDER)
        tried = [one.what for one in case.of(e.NoticeTried) if isinstance(one.what, e.NoticeTried)]
        made = [one.what for one in case.of(e.AppealMade) if isinstance(one.what, e.AppealMade)]
        by = [what.part for what in made]
        seen.append((Counter((what.kind, what.part, what.to) for what in tried), by))
    (own, own_appeal), (other, other_appeal) = seen
    if who == MAIR:
        assert (own, own_appeal) == (other, other_appeal)
    else:  # whoever is sanctioned appeals as such; what whoever reported is told of the decision is alike
        kinds = NoticeKind.DECISION, NoticeKind.STATEMENT_OF_REASONS
        assert {key: n for key, n in own.items() if key[0] in kinds} == {
            key: n for key, n in other.items() if key[0] in kinds
        }


async def test_who_was_limited_is_not_found_out_by_entering_reports_for_people_in_turn() -> None:
    answers = []
    for tried in (PRIYA, CONFEDERATE):
        tribunal = Tribunal()
        case = await tribunal.investigated()
        (joined,) = case.of(e.ReportJoined)
        assert isinstance(joined.what, e.ReportJoined)
        until = tribunal.world.clock.now() + timedelta(days=20)
        limited = e.ReporterLimited(report=joined.what.report.id, until=until, words="four without any ground")
        happened = e.Happened(at=tribunal.world.clock.now(), by=DORA, what=limited)
        await tribunal.cases.append(case.id, happened, version=case.version)
        new = NewReport(
            key="desk:try",
            channel=Channel.PERSON,
            words="rude",
            received_at=tribunal.world.clock.now(),
            reporter=await tribunal.cases.person(tried),
            reporter_account=tried,
            about=await tribunal.bob(),
        )
        try:
            await take_in(new, IntakeDeps(cases=tribunal.cases, clock=tribunal.world.clock), by=IDA)
            answers.append("taken in")
        except NotAllowed:
            answers.append("refused")
    assert answers == ["taken in", "taken in"]


async def test_whether_a_case_can_be_closed_does_not_tell_who_reported_it() -> None:
    answers = []
    for tried in (PRIYA, MAIR):
        tribunal = Tribunal()
        case = await decided(tribunal)
        steps = Steps(StepDeps(cases=tribunal.cases, access=tribunal.deps.access, clock=tribunal.world.clock))
        for part, who in ((Part.SUBJECT, BOB), (Part.REPORTER, tried)):
            person = await tribunal.cases.person(who)
            await steps.hear(case.id, IVO, part, "I will not appeal.", person=person)
        try:
            await steps.close(case.id, DORA, CaseReason.APPEAL_WAIVED, "nobody appeals")
            answers.append("closed")
        except NotAllowed:
            answers.append("refused")
    assert answers[0] == answers[1]
