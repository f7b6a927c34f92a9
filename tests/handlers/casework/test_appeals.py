"""What members live through when they appeal: somebody else looks anew, and a reversal gives everything back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.casework.appeals import appeal, decide_appeal
from handlers.casework.decisions import Proposal, decide, task_done
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.outcomes import standing_verdict
from policies.casework.people import By
from policies.casework.seen import as_seen
from policies.casework.words import AppealVerdict, CaseState, HeavyAct, Office, Part, Sanction, Verdict
from policies.incidents import IncidentState
from tests.fakes.tribunal import ALBA, BOB, DORA, IDA, MAIR, PRIYA, Tribunal


@pytest.fixture
def tribunal() -> Tribunal:
    """Give a branch in which nothing has been decided yet."""
    return Tribunal()


async def suspended(tribunal: Tribunal, days: int = 7) -> Case:
    """Let Bob be suspended for some days."""
    case = await tribunal.investigated()
    chosen = await tribunal.sanction(Sanction.SUSPENSION, days)
    return (await decide(case.id, await tribunal.proposal(chosen), DORA, tribunal.deps)).case


def ruling(*sanctions: e.SanctionChosen, reasons: str = "Heard anew.") -> Proposal:
    return Proposal(verdict=Verdict.UPHELD, reasons=reasons, sanctions=sanctions)


async def test_a_reversal_gives_back_roles_message_and_name(tribunal: Tribunal) -> None:
    case = await suspended(tribunal)
    incident = case.incidents[0]
    assert tribunal.world.discord.hidden
    await appeal(case.id, await tribunal.bob(), "It was a line from a play.", tribunal.deps, evidence="The script.")
    done = await decide_appeal(case.id, AppealVerdict.REVERSED, ruling(), ALBA, tribunal.deps)
    assert done.case.state is CaseState.APPEAL_DECIDED
    assert tribunal.world.discord.roles[BOB.member] == {"canvasser", "poster"}
    assert not tribunal.world.discord.restricted
    assert not tribunal.world.discord.hidden
    kept = await tribunal.world.incidents.get(incident)
    assert kept is not None
    assert kept.state is IncidentState.NOT_ABUSE
    assert standing_verdict(done.case) is Verdict.NOT_UPHELD
    (restored,) = done.case.of(e.ContentRestored)
    assert isinstance(restored.what, e.ContentRestored)
    assert restored.what.detail == "What was hidden is shown again."
    outcome = next(text for text in tribunal.told(BOB.member) if "The appeal in" in text)
    assert "the decision is taken back: our rules were not broken. What was imposed on you is taken back" in outcome
    for member in (PRIYA.member, MAIR.member):
        assert any("the decision is taken back" in text for text in tribunal.told(member))
    await tribunal.passes(timedelta(days=1))
    assert len((await tribunal.now(case.id)).of(e.ContentRestored)) == 1


async def test_an_appeal_suspends_what_the_policy_says_and_the_rest_is_served_afterwards(tribunal: Tribunal) -> None:
    case = await suspended(tribunal, days=7)
    await tribunal.passes(timedelta(days=2))
    await appeal(case.id, await tribunal.bob(), "I quoted it.", tribunal.deps)
    assert tribunal.world.discord.roles[BOB.member] == {"canvasser", "poster"}
    assert "Until then the sanction is suspended." in next(
        text for text in tribunal.told(BOB.member) if "has arrived" in text
    )
    await tribunal.passes(timedelta(days=20))
    await decide_appeal(case.id, AppealVerdict.STANDS, ruling(), ALBA, tribunal.deps)
    assert tribunal.world.discord.roles[BOB.member] == set()
    await tribunal.passes(timedelta(days=4, hours=23))
    assert tribunal.world.discord.roles[BOB.member] == set()
    await tribunal.passes(timedelta(hours=1))
    assert tribunal.world.discord.roles[BOB.member] == {"canvasser", "poster"}


async def test_the_appeal_is_heard_by_somebody_who_had_nothing_to_do_with_the_decision(tribunal: Tribunal) -> None:
    case = await suspended(tribunal)
    await appeal(case.id, await tribunal.bob(), "I quoted it.", tribunal.deps)
    as_appeal = By(Office.APPEAL, "dora")
    with pytest.raises(NotAllowed, match="had to do with the decision"):
        await decide_appeal(case.id, AppealVerdict.STANDS, ruling(), as_appeal, tribunal.deps)
    both = tuple(
        replace(officer, offices=frozenset(Office)) if officer.id == "ida" else officer
        for officer in tribunal.deps.register.officers
    )
    register = replace(tribunal.deps.register, officers=both)
    deps = replace(tribunal.deps, register=register, access=tribunal.access(register))
    with pytest.raises(NotAllowed, match="not yours to see"):
        await decide_appeal(case.id, AppealVerdict.STANDS, ruling(), By(Office.APPEAL, "ida"), deps)


async def test_only_the_subject_and_whoever_reported_can_appeal_and_only_in_time(tribunal: Tribunal) -> None:
    case = await suspended(tribunal)
    target = await tribunal.cases.person(MAIR)
    with pytest.raises(NotAllowed, match="nobody else can"):
        await appeal(case.id, target, "It was worse.", tribunal.deps)
    with pytest.raises(NotAllowed, match="reasons in words"):
        await appeal(case.id, await tribunal.bob(), " ", tribunal.deps)
    await tribunal.passes(timedelta(days=185))
    with pytest.raises(NotAllowed, match="The time to appeal in C-2026-000001 ended on 3 November 2026"):
        await appeal(case.id, await tribunal.bob(), "Too late?", tribunal.deps)


@pytest.mark.parametrize("decided", [False, True])
async def test_a_refused_appeal_does_not_say_who_reported(tribunal: Tribunal, decided: bool) -> None:
    case = await tribunal.investigated(anonymous=True)
    if decided:
        nothing = Proposal(verdict=Verdict.NOT_UPHELD, reasons="It was a song.")
        await decide(case.id, nothing, DORA, tribunal.deps)
        await tribunal.passes(timedelta(days=185))
    refusals = set()
    for account in (PRIYA, MAIR, BOB):
        with pytest.raises(NotAllowed) as refused:
            await appeal(case.id, await tribunal.cases.person(account), "Not so.", tribunal.deps)
        refusals.add(str(refused.value))
    assert len(refusals) == 1


async def test_only_intake_enters_an_appeal_for_somebody(tribunal: Tribunal) -> None:
    case = await suspended(tribunal)
    with pytest.raises(NotAllowed, match="It is for: intake"):
        await appeal(case.id, await tribunal.bob(), "It was a play.", tribunal.deps, entered_by=DORA)


async def test_an_anonymous_reporter_can_appeal_and_still_nobody_learns_who_it_was(tribunal: Tribunal) -> None:
    case = await tribunal.investigated(anonymous=True)
    nothing = Proposal(verdict=Verdict.NOT_UPHELD, reasons="It was a song.")
    await decide(case.id, nothing, DORA, tribunal.deps)
    reporter = await tribunal.cases.person(PRIYA)
    await appeal(case.id, reporter, "It was no song.", tribunal.deps)
    assert any("Somebody appealed against the decision" in text for text in tribunal.told(BOB.member))
    with pytest.raises(NotAllowed, match="nothing to take back"):
        await decide_appeal(case.id, AppealVerdict.REVERSED, ruling(), ALBA, tribunal.deps)
    mute = await tribunal.sanction(Sanction.MUTE, 7)
    varied = replace(ruling(mute), rules=("threats",))
    done = await decide_appeal(case.id, AppealVerdict.VARIED, varied, ALBA, tribunal.deps)
    assert standing_verdict(done.case) is Verdict.UPHELD
    assert tribunal.world.discord.holds(BOB.member, Sanction.MUTE, tribunal.world.clock.now())
    for text in tribunal.told(BOB.member):
        assert "priya" not in text.lower()
        assert "nair" not in text.lower()


async def test_nobody_is_sanctioned_more_heavily_because_they_appealed(tribunal: Tribunal) -> None:
    case = await suspended(tribunal, days=7)
    await appeal(case.id, await tribunal.bob(), "I quoted it.", tribunal.deps)
    with pytest.raises(NotAllowed, match="more heavily"):
        await decide_appeal(
            case.id,
            AppealVerdict.VARIED,
            ruling(await tribunal.sanction(Sanction.SUSPENSION, 20)),
            ALBA,
            tribunal.deps,
        )
    milder = await tribunal.sanction(Sanction.MUTE, 2)
    done = await decide_appeal(case.id, AppealVerdict.VARIED, ruling(milder), ALBA, tribunal.deps)
    assert tribunal.world.discord.roles[BOB.member] == {"canvasser", "poster"}
    assert tribunal.world.discord.holds(BOB.member, Sanction.MUTE, tribunal.world.clock.now())
    ended = [one.what.kind for one in done.case.of(e.SanctionEnded) if isinstance(one.what, e.SanctionEnded)]
    assert Sanction.SUSPENSION in ended
    assert sum("imposes a mute for 2 days on you" in text for text in tribunal.told(BOB.member)) == 1


async def test_a_heavier_sanction_on_the_reporters_appeal_takes_two_people(tribunal: Tribunal) -> None:
    case = await suspended(tribunal, days=7)
    await appeal(case.id, await tribunal.cases.person(PRIYA), "It was worse than that.", tribunal.deps)
    made = (await tribunal.now(case.id)).of(e.AppealMade)[0].what
    assert isinstance(made, e.AppealMade)
    assert made.part is Part.REPORTER
    longer = ruling(await tribunal.sanction(Sanction.SUSPENSION, 28))
    asked = await decide_appeal(case.id, AppealVerdict.VARIED, longer, ALBA, tribunal.deps)
    assert asked.waits_for == (HeavyAct.LONG_SUSPENSION,)
    assert asked.case.state is CaseState.APPEALED


async def test_an_officer_who_tries_names_as_appellants_does_not_learn_who_reported(tribunal: Tribunal) -> None:
    case = await tribunal.investigated(anonymous=True)
    reporter, stranger = await tribunal.cases.person(PRIYA), await tribunal.cases.person(MAIR)

    async def answers() -> set[str]:
        said = set()
        for person in (reporter, stranger):
            with pytest.raises(NotAllowed) as refused:
                await appeal(case.id, person, "x", tribunal.deps, entered_by=IDA)
            said.add(str(refused.value))
        return said

    assert len(await answers()) == 1
    await decide(case.id, Proposal(verdict=Verdict.NOT_UPHELD, reasons="It was a song."), DORA, tribunal.deps)
    assert len(await answers()) == 1


async def test_a_reporter_who_shows_the_code_can_appeal_through_an_officer_and_stays_unnamed(
    tribunal: Tribunal,
) -> None:
    case = await tribunal.investigated(anonymous=True)
    await decide(case.id, Proposal(verdict=Verdict.NOT_UPHELD, reasons="It was a song."), DORA, tribunal.deps)
    with pytest.raises(NotAllowed, match="has this code"):
        await appeal(case.id, None, "It was no song.", tribunal.deps, entered_by=IDA, code="AAAA-AAAA-AAAA-AAAA")
    made = await appeal(case.id, None, "It was no song.", tribunal.deps, entered_by=IDA, code=tribunal.code)
    (what,) = (one.what for one in as_seen(made, Office.ADMIN).of(e.AppealMade))
    assert isinstance(what, e.AppealMade)
    assert (what.by, what.part) == (None, Part.REPORTER)


async def test_whoever_only_reads_enters_no_appeal_and_ticks_off_no_task(tribunal: Tribunal) -> None:
    case = await suspended(tribunal)
    for by in (DORA, By(Office.AUDITOR, "ida")):
        with pytest.raises(NotAllowed, match=r"not for the office|not yours"):
            await appeal(case.id, await tribunal.bob(), "x", tribunal.deps, entered_by=by)
    with pytest.raises(NotAllowed, match="not yours"):
        await task_done(case.id, "T1", "", By(Office.AUDITOR, "ida"), tribunal.deps)
