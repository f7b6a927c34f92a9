"""What a member lives through who appeals by a command: heard if it is theirs and in time, told nothing otherwise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.casework.appealing import LONGEST, appeal_by_command
from handlers.casework.decisions import decide
from handlers.casework.intake import IntakeDeps
from handlers.casework.receipts import own_reports
from handlers.deps import Deps
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.clocks import Span, Unit
from policies.casework.policy_book import Edition, PolicyBook
from policies.casework.words import CaseState, Part, Sanction
from policies.identifiers import PlatformName
from tests.fakes.cases import MemoryCases
from tests.fakes.reading import SLUR, THREAT
from tests.fakes.tribunal import BOB, BOB_ON_SLACK, DORA, MAIR, PRIYA, Tribunal

NOT_YOURS = "There is nothing under {} that you could appeal against."


def deps_of(tribunal: Tribunal) -> Deps:
    """Give what the adapters hand on."""
    intake = IntakeDeps(cases=tribunal.cases, clock=tribunal.world.clock)
    return replace(tribunal.world.deps, deciding=lambda: tribunal.deps, intake=intake)


@pytest.fixture
async def decided() -> tuple[Tribunal, Case]:
    """Give a case in which Bob was muted."""
    tribunal = Tribunal()
    case = await tribunal.investigated()
    proposal = await tribunal.proposal(await tribunal.sanction(Sanction.MUTE, 7))
    return tribunal, (await decide(case.id, proposal, DORA, tribunal.deps)).case


async def test_the_statement_of_reasons_names_the_command_and_the_command_takes_the_appeal(
    decided: tuple[Tribunal, Case],
) -> None:
    tribunal, case = decided
    letter = next(text for text in tribunal.told(BOB.member) if "imposes a mute" in text)
    assert f"type /appeal {case.id} and your reasons on Discord" in letter
    assert f"type /hustings appeal {case.id} and your reasons on Slack" in letter
    before = len(tribunal.notices)
    reply = await appeal_by_command(BOB, f" {case.id.lower()}. ", "It was a line of our play.", deps_of(tribunal))
    assert reply.ok
    assert f"Your appeal in {case.id} is kept." in reply.text
    (made,) = (await tribunal.now(case.id)).of(e.AppealMade)
    assert made.what == e.AppealMade(by=await tribunal.bob(), part=Part.SUBJECT, grounds="It was a line of our play.")
    assert len(tribunal.notices) == before  # the running bot tells everybody, once
    assert any("Your appeal" in text for text in await told_after_a_look(tribunal, case))
    again = await appeal_by_command(BOB, case.id, "And another thing.", deps_of(tribunal))
    assert not again.ok
    assert "There was an appeal" in again.text


async def told_after_a_look(tribunal: Tribunal, case: Case) -> list[str]:
    """Let the bot look, and give what Bob was told."""
    await tribunal.look(case.id)
    return tribunal.told(BOB.member)


async def test_whoever_is_sanctioned_appeals_under_any_of_their_linked_accounts(decided: tuple[Tribunal, Case]) -> None:
    tribunal, case = decided
    assert not (await appeal_by_command(BOB_ON_SLACK, case.id, "It was a play.", deps_of(tribunal))).ok
    await tribunal.cases.link(BOB, BOB_ON_SLACK, "ida")
    assert (await appeal_by_command(BOB_ON_SLACK, case.id, "It was a play.", deps_of(tribunal))).ok


async def test_an_anonymous_reporter_appeals_by_their_own_account_and_stays_anonymous(
    decided: tuple[Tribunal, Case],
) -> None:
    tribunal, case = decided
    reply = await appeal_by_command(PRIYA, case.id, "A mute is too little.", deps_of(tribunal))
    assert reply.ok
    await tribunal.look(case.id)
    assert not any("Priya" in text for text in tribunal.told(BOB.member))


async def test_outside_the_window_it_says_so(decided: tuple[Tribunal, Case]) -> None:
    tribunal, case = decided
    tribunal.world.clock.advance(timedelta(days=200))
    reply = await appeal_by_command(BOB, case.id, "It was a play.", deps_of(tribunal))
    assert not reply.ok
    assert reply.text == f"The time to appeal in {case.id} ended on 3 November 2026. Nothing was sent."


async def test_a_policy_adopted_later_does_not_shorten_the_time_that_was_promised(
    decided: tuple[Tribunal, Case],
) -> None:
    tribunal, case = decided
    world = tribunal.world
    shorter = replace(world.policy.clocks, appeal_window=Span(1, Unit.MONTHS))
    later = replace(world.policy, version=2, sha256="2" * 64, clocks=shorter)
    world.clock.advance(timedelta(days=60))
    tribunal.policies = PolicyBook([*tribunal.policies.editions, Edition(world.clock.now(), later)])
    tribunal.restart()
    await tribunal.look(case.id)
    assert (await tribunal.now(case.id)).state is CaseState.DECIDED
    assert (await appeal_by_command(BOB, case.id, "It was a play.", deps_of(tribunal))).ok


async def test_nobody_learns_of_a_case_that_is_not_theirs_or_that_they_were_not_told_of(
    decided: tuple[Tribunal, Case],
) -> None:
    tribunal, case = decided
    for who, code in ((MAIR, case.id), (BOB, "C-2026-000099"), (BOB, "nonsense"), (MAIR, "I-2026-000001")):
        reply = await appeal_by_command(who, code, "Let me in.", deps_of(tribunal))
        assert not reply.ok
        assert reply.text.startswith(NOT_YOURS.format(code.upper()))
    fresh = Tribunal()
    opened = e.CaseOpened(kind=case.kind, severity=case.severity)
    named = e.PersonNamed(person=await fresh.bob(), part=Part.SUBJECT)
    now = fresh.world.clock.now()
    waiting = await fresh.cases.open(*(e.Happened(at=now, by=DORA, what=what) for what in (opened, named)))
    assert NOT_YOURS.format(waiting.id) in (await appeal_by_command(BOB, waiting.id, "Why?", deps_of(fresh))).text


async def test_what_is_not_decided_yet_or_says_too_little_or_too_much_is_refused_with_a_sentence() -> None:
    tribunal = Tribunal()
    case = await tribunal.investigated()
    deps = deps_of(tribunal)
    assert "is not decided yet" in (await appeal_by_command(BOB, case.id, "It was a play.", deps)).text
    assert "Say which and why" in (await appeal_by_command(BOB, case.id, " ", deps)).text
    assert "Say which and why" in (await appeal_by_command(BOB, "", "It was a play.", deps)).text
    assert f"longer than {LONGEST}" in (await appeal_by_command(BOB, case.id, "x" * (LONGEST + 1), deps)).text
    assert "keeps no cases" in (await appeal_by_command(BOB, case.id, "Why?", replace(deps, deciding=None))).text
    assert isinstance(tribunal.cases, MemoryCases)
    tribunal.cases.broken = True
    assert "could not be kept just now" in (await appeal_by_command(BOB, case.id, "It was a play.", deps)).text


async def test_what_was_done_automatically_is_objected_to_by_its_own_code_and_a_case_hears_the_author() -> None:
    tribunal = Tribunal()
    tribunal.world.deciding = lambda: tribunal.deps
    tribunal.restart()
    message, _ = await tribunal.world.says(PlatformName.DISCORD, f"{THREAT} to you", author="bob")
    (incident,) = await tribunal.world.incidents.of_message(message.ref)
    notice = next(text for text in tribunal.told(BOB.member) if "If you think this is wrong" in text)
    assert f"type /appeal {incident.id} and your reasons until 3 November 2026, or write to" in notice
    tribunal.world.clock.advance(timedelta(days=20))
    assert not (await appeal_by_command(MAIR, incident.id, "It was a play.", deps_of(tribunal))).ok
    reply = await appeal_by_command(BOB, incident.id, "It was a line of our play.", deps_of(tribunal))
    assert reply.ok, reply.text
    (case,) = await tribunal.cases.of_incident(incident.id)
    (heard,) = case.of(e.StatementTaken)
    bob = await tribunal.bob()
    assert heard.what == e.StatementTaken(part=Part.SUBJECT, person=bob, words="It was a line of our play.")
    assert case.opened_at == tribunal.world.clock.now()  # so that it is not late before anybody could look
    tribunal.world.clock.advance(timedelta(days=200))
    late = await appeal_by_command(BOB, incident.id, "And again.", deps_of(tribunal))
    assert late.text == f"The time to object to {incident.id} ended on 3 November 2026. Nothing was sent."


async def test_a_message_that_was_only_shown_to_moderators_is_nothing_its_author_can_find_by_trying_codes() -> None:
    tribunal = Tribunal()
    message, _ = await tribunal.world.says(PlatformName.DISCORD, f'"{SLUR}"', author="bob")
    (incident,) = await tribunal.world.incidents.of_message(message.ref)
    reply = await appeal_by_command(BOB, incident.id, "Why?", deps_of(tribunal))
    assert reply.text.startswith(NOT_YOURS.format(incident.id))


async def test_a_decision_about_an_incident_is_appealed_by_the_incidents_code_as_well(
    decided: tuple[Tribunal, Case],
) -> None:
    tribunal, case = decided
    reply = await appeal_by_command(BOB, case.incidents[0], "It was a play.", deps_of(tribunal))
    assert f"Your appeal in {case.id} is kept." in reply.text


async def test_a_member_sees_how_their_own_reports_stand_and_nobody_elses() -> None:
    tribunal = Tribunal()
    case = await tribunal.investigated(anonymous=False)
    await decide(case.id, await tribunal.proposal(await tribunal.sanction(Sanction.MUTE, 7)), DORA, tribunal.deps)
    deps = deps_of(tribunal).intake
    mine = (await own_reports(PRIYA, "", deps)).text
    assert "Your report R-2026-000001 was received on 3 May 2026. It was decided" in mine
    assert case.id not in mine
    assert (await own_reports(MAIR, "", deps)).text == "Nothing that you reported is on record under this account."
    by_code = await own_reports(MAIR, tribunal.code, deps)
    assert by_code.text == mine
    assert not (await own_reports(MAIR, "AAAA-AAAA-AAAA-AAAA", deps)).ok
    assert not (await own_reports(PRIYA, "", None)).ok
