"""Sanctions hold for as long as they are to hold, through restarts, absences and limits of the platforms."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.casework.appeals import appeal, decide_appeal
from handlers.casework.bringing_about import keep_decisions
from handlers.casework.decisions import Proposal, approve, decide, lift, task_done
from policies.casework import events as e
from policies.casework.case import NotAllowed
from policies.casework.sanctions import sanctions_of, taken
from policies.casework.words import AppealVerdict, Sanction, Verdict
from policies.decisions import OutcomeStatus
from tests.fakes.tribunal import ALBA, BOB, DAN, DORA, RITA, Tribunal

DISCORD_ROLES = {"canvasser", "poster"}


async def imposed(tribunal: Tribunal, kind: Sanction, days: int | None) -> e.SanctionChosen:
    """Let Bob be sanctioned, by two people where it takes two."""
    case = await tribunal.investigated()
    chosen = await tribunal.sanction(kind, days, departure="He said where she lives.")
    decided = await decide(case.id, await tribunal.proposal(chosen), DORA, tribunal.deps)
    if decided.waits_for:
        await approve(case.id, RITA, "I agree.", tribunal.deps)
    return chosen


async def test_a_suspension_of_ninety_days_is_renewed_before_the_platform_lets_go_of_it() -> None:
    tribunal = Tribunal()
    chosen = await imposed(tribunal, Sanction.SUSPENSION, 90)
    for _ in range(89):
        await tribunal.passes(timedelta(days=1))
        tribunal.restart()
        assert tribunal.world.discord.holds(BOB.member, Sanction.SUSPENSION, tribunal.world.clock.now())
    async for case in tribunal.cases.all():
        renewed = case.of(e.SanctionRenewed)
        assert len(renewed) == 3
        assert isinstance(renewed[-1].what, e.SanctionRenewed)
        assert renewed[-1].what.until == chosen.until
    await tribunal.passes(timedelta(days=1))
    assert not tribunal.world.discord.restricted
    assert tribunal.world.discord.roles[BOB.member] == DISCORD_ROLES


async def test_what_ran_out_while_the_bot_was_away_is_put_on_again() -> None:
    tribunal = Tribunal()
    await imposed(tribunal, Sanction.SUSPENSION, 90)
    await tribunal.passes(timedelta(days=40))
    assert tribunal.world.discord.holds(BOB.member, Sanction.SUSPENSION, tribunal.world.clock.now())


async def test_a_crash_between_taking_roles_and_recording_it_loses_none() -> None:
    tribunal = Tribunal()
    tribunal.world.discord.broken, tribunal.world.discord.broken_verbs = 1, frozenset({"restrict"})
    await imposed(tribunal, Sanction.SUSPENSION, 7)
    # The platform took the roles and its answer was lost.
    tribunal.world.discord.roles[BOB.member].clear()
    tribunal.restart()
    await tribunal.passes(timedelta(minutes=1))
    assert tribunal.world.discord.holds(BOB.member, Sanction.SUSPENSION, tribunal.world.clock.now())
    await tribunal.passes(timedelta(days=7))
    assert tribunal.world.discord.roles[BOB.member] == DISCORD_ROLES


async def test_what_the_platform_refuses_three_times_is_asked_of_somebody_named() -> None:
    tribunal = Tribunal()
    tribunal.world.discord.answers["restrict"].extend([OutcomeStatus.REFUSED] * 10)
    await imposed(tribunal, Sanction.MUTE, 7)
    for _ in range(5):
        await tribunal.passes(timedelta(minutes=1))
    assert len(tribunal.world.discord.answers["restrict"]) == 7
    ((_, notice),) = tribunal.alarms.told
    assert notice.paragraphs[0].startswith("Please impose a mute on Discord, account bob")


async def two_suspensions_of_which_one_has_ended(tribunal: Tribunal) -> None:
    """Suspend Bob for 7 days and, by another case of the same day, for 20; eight days go by."""
    await imposed(tribunal, Sanction.SUSPENSION, 7)
    second = await tribunal.investigated(decider="dan")
    longer = await tribunal.sanction(Sanction.SUSPENSION, 20, departure="A second one on the same day.")
    await decide(second.id, await tribunal.proposal(longer), DAN, tribunal.deps)
    await approve(second.id, RITA, "I agree.", tribunal.deps)
    await tribunal.passes(timedelta(days=8))


async def test_one_sanction_that_ends_leaves_another_of_another_case_in_force() -> None:
    tribunal = Tribunal()
    await two_suspensions_of_which_one_has_ended(tribunal)
    assert tribunal.world.discord.holds(BOB.member, Sanction.SUSPENSION, tribunal.world.clock.now())
    assert tribunal.world.discord.roles[BOB.member] == set()
    await tribunal.passes(timedelta(days=12))
    assert not tribunal.world.discord.restricted
    assert tribunal.world.discord.roles[BOB.member] == DISCORD_ROLES


async def test_a_suspension_that_ends_leaves_a_mute_of_another_case_in_force() -> None:
    tribunal = Tribunal()
    await imposed(tribunal, Sanction.SUSPENSION, 7)
    second = await tribunal.investigated(decider="dan")
    mute = await tribunal.sanction(Sanction.MUTE, 20, departure="A second one on the same day.")
    asked = await decide(second.id, await tribunal.proposal(mute), DAN, tribunal.deps)
    assert asked.waits_for
    await approve(second.id, RITA, "I agree.", tribunal.deps)
    await tribunal.passes(timedelta(days=8))
    assert tribunal.world.discord.holds(BOB.member, Sanction.MUTE, tribunal.world.clock.now())
    assert tribunal.world.discord.roles[BOB.member] == DISCORD_ROLES
    await tribunal.passes(timedelta(days=12))
    assert not tribunal.world.discord.holds(BOB.member, Sanction.MUTE, tribunal.world.clock.now())


async def given_tasks(tribunal: Tribunal) -> list[e.TaskGiven]:
    """Give what people were asked to do by hand, in all cases."""
    cases = [case async for case in tribunal.cases.all()]
    return [one.what for case in cases for one in case.of(e.TaskGiven) if isinstance(one.what, e.TaskGiven)]


async def test_when_a_ban_is_lifted_somebody_is_asked_to_give_the_roles_back_once() -> None:
    tribunal = Tribunal()
    chosen = await imposed(tribunal, Sanction.BAN, None)
    (case,) = [case.id async for case in tribunal.cases.all()]
    assert not await given_tasks(tribunal)
    for by in (DORA, RITA):
        await lift(case, Sanction.BAN, chosen.on, "He said that he is sorry.", by, deps=tribunal.deps)
    for _ in range(3):
        await tribunal.passes(timedelta(hours=1))
    task, *others = [one for one in await given_tasks(tribunal) if one.account == BOB]
    assert not others
    assert set(task.gives) == DISCORD_ROLES
    assert task.to == tribunal.deps.sanctioner
    assert "The ban has ended. On Discord please give account bob back" in task.words
    assert "canvasser" in task.words
    told = [notice for holder, notice in tribunal.alarms.told if task.words in notice.paragraphs]
    assert len(told) == 1
    assert [one.kind for one in sanctions_of(await tribunal.now(case), tribunal.world.clock.now()) if one.imposed] == []
    await task_done(case, task.task, "He is back.", DORA, tribunal.deps)
    found = await tribunal.now(case)
    assert taken((found,), BOB) == ()


async def test_roles_are_asked_for_by_hand_where_the_member_left_before_a_suspension_ended() -> None:
    tribunal = Tribunal()
    await imposed(tribunal, Sanction.SUSPENSION, 7)
    tribunal.world.discord.away.add(BOB.member)
    await tribunal.passes(timedelta(days=8))
    (task,) = [one for one in await given_tasks(tribunal) if one.account == BOB]
    assert set(task.gives) == DISCORD_ROLES


async def test_what_another_sanction_still_holds_is_asked_of_nobody() -> None:
    tribunal = Tribunal()
    await two_suspensions_of_which_one_has_ended(tribunal)
    assert [one for one in await given_tasks(tribunal) if one.account == BOB] == []
    await tribunal.passes(timedelta(days=13))
    assert tribunal.world.discord.roles[BOB.member] == DISCORD_ROLES
    assert [one for one in await given_tasks(tribunal) if one.account == BOB] == []


async def test_looking_again_changes_nothing() -> None:
    tribunal = Tribunal()
    await imposed(tribunal, Sanction.SUSPENSION, 7)
    assert (await keep_decisions(tribunal.deps)).changed == 0
    tribunal.restart()
    assert (await keep_decisions(tribunal.deps)).changed == 0


COMMANDS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(1, 60 * 24)),
        st.tuples(st.just("break"), st.integers(1, 3)),
        st.tuples(st.just("refuse"), st.integers(1, 2)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("appeal"), st.just(0)),
        st.tuples(st.sampled_from(["stands", "reversed", "varied"]), st.integers(1, 10)),
        st.tuples(st.just("lift"), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([(Sanction.MUTE, 20), (Sanction.SUSPENSION, 40), (Sanction.BAN, None), (Sanction.BAN, 30)]),
    COMMANDS,
)
def test_whatever_happens_the_platform_holds_what_the_record_wants_and_nothing_else(
    chosen: tuple[Sanction, int | None], commands: list[tuple[str, int]]
) -> None:
    asyncio.run(lived_through(chosen, commands))


async def lived_through(chosen: tuple[Sanction, int | None], commands: list[tuple[str, int]]) -> None:
    tribunal = Tribunal()
    sanction = await imposed(tribunal, *chosen)
    case = next(iter([case.id async for case in tribunal.cases.all()]))
    discord = tribunal.world.discord
    for command, number in commands:
        with suppress(NotAllowed):
            await one_command(tribunal, command, number, sanction)
        discord.broken = 0
        discord.answers.clear()
        await tribunal.passes(timedelta(minutes=20))
        now = tribunal.world.clock.now()
        wanted = {one.kind for one in sanctions_of(await tribunal.now(case), now) if one.wanted}
        by_hand = {
            one.what.kind for one in (await tribunal.now(case)).of(e.TaskGiven) if isinstance(one.what, e.TaskGiven)
        }
        for kind in Sanction:
            if kind is not Sanction.WARNING and kind not in by_hand:
                assert discord.holds(BOB.member, kind, now) is (kind in wanted), (kind, command)
        if not wanted and not by_hand:
            assert discord.roles[BOB.member] == DISCORD_ROLES


async def one_command(tribunal: Tribunal, command: str, number: int, sanction: e.SanctionChosen) -> None:
    case = next(iter([case.id async for case in tribunal.cases.all()]))
    discord = tribunal.world.discord
    match command:
        case "pass":
            await tribunal.passes(timedelta(hours=number))
        case "break":
            discord.broken = number
            await tribunal.passes(timedelta(hours=1))
        case "refuse":
            discord.answers["release"].extend([OutcomeStatus.FAILED] * number)
            discord.answers["restrict"].extend([OutcomeStatus.FAILED] * number)
            await tribunal.passes(timedelta(hours=1))
        case "restart":
            tribunal.restart()
        case "appeal":
            await appeal(case, sanction.on, "I quoted it.", tribunal.deps)
        case "lift":
            await lift(case, sanction.kind, sanction.on, "It is enough.", DORA, deps=tribunal.deps)
        case "stands" | "reversed" | "varied":
            verdict = AppealVerdict(f"decision-{command}")
            milder = (await tribunal.sanction(Sanction.MUTE, min(7, number)),) if command == "varied" else ()
            ruling = Proposal(verdict=Verdict.UPHELD, reasons="Heard anew.", sanctions=milder)
            await decide_appeal(case, verdict, ruling, ALBA, tribunal.deps)
