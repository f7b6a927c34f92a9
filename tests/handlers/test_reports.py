"""Reports: kept, shown to moderators, joined when several come, and never naming who sent them."""

import asyncio
from dataclasses import replace

from handlers.casework.intake import IntakeDeps
from handlers.casework.receipts import status
from handlers.reports import handle_message_reported
from policies.casework.events import ReportJoined
from policies.decisions import Action
from policies.events import MessageReported
from policies.identifiers import EventId, MemberId
from policies.incidents import Source
from tests.fakes.cases import MemoryCases
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import SLUR
from tests.fakes.world import DISCORD, SLACK, World


def memory(world: World) -> MemoryEvidence:
    assert isinstance(world.evidence, MemoryEvidence)
    return world.evidence


async def test_a_report_is_kept_and_shown_to_moderators_without_naming_the_reporter(world: World) -> None:
    message = world.posted(SLACK, "we all know what kind of man he is")
    reply = await world.reports(message, "it is about my faith", reporter="rob")
    assert reply.ok
    assert reply.text.startswith("Thank you. The moderators have your report as I-2026-000001.")
    (kept,) = memory(world).kept.values()
    assert kept.source is Source.REPORT
    assert kept.reporter == "rob"
    assert kept.decision.actions == (Action.OPEN_REPORT, Action.ALERT)
    (card,) = world.slack.cards
    assert card.headline == "Reported by a member"
    assert "The report says: it is about my faith" in card.why
    assert "rob" not in repr(card).lower()


async def test_nothing_is_removed_on_a_report_alone(world: World) -> None:
    message = world.posted(DISCORD, f"you {SLUR}")
    await world.reports(message, "abuse")
    assert message.ref not in world.discord.hidden
    assert not world.discord.notices
    (kept,) = memory(world).kept.values()
    assert kept.decision.withheld == (Action.NOTIFY_AUTHOR, Action.HIDE)


async def test_further_reports_join_the_first_and_the_card_counts_them(world: World) -> None:
    message = world.posted(DISCORD, "look at this")
    for reporter in ("rob", "sue", "tim"):
        await world.reports(message, "abuse", reporter=reporter)
    (kept,) = memory(world).kept.values()
    assert [act.actor.id for act in kept.acts] == ["sue", "tim"]
    (card,) = world.discord.cards
    assert "Members who reported it: 3." in card.why


async def test_reports_at_the_same_moment_make_one_incident(world: World) -> None:
    message = world.posted(DISCORD, "look at this")
    await asyncio.gather(*(world.reports(message, "abuse", reporter=f"m{n}") for n in range(20)))
    (kept,) = memory(world).kept.values()
    assert len(kept.acts) == 19
    assert len(world.discord.cards) == 1


async def test_a_report_of_a_message_already_kept_joins_its_incident(world: World) -> None:
    message, _ = await world.says(DISCORD, f"you {SLUR}")
    reply = await world.reports(message, "me too")
    assert "I-2026-000001" in reply.text
    assert len(memory(world).kept) == 1
    assert "Members who reported it: 1." in world.discord.cards[0].why


async def test_a_report_delivered_twice_counts_once(world: World) -> None:
    event = MessageReported(
        event_id=EventId("report"),
        message=world.posted(DISCORD, "look at this"),
        reporter=MemberId("rob"),
        reason="abuse",
        reported_at=world.clock.now(),
    )
    first = await handle_message_reported(event, world.deps)
    second = await handle_message_reported(event, world.deps)
    assert first == second
    (kept,) = memory(world).kept.values()
    assert kept.acts == ()
    assert len(world.discord.cards) == 1


async def test_a_report_that_could_not_be_kept_says_so(world: World) -> None:
    memory(world).failures = 99
    reply = await world.reports(world.posted(DISCORD, "look"), "abuse")
    assert not reply.ok
    assert reply.text.startswith("Your report could not be kept just now")
    assert not world.discord.cards


def on_casework(world: World) -> MemoryCases:
    cases = MemoryCases()
    world.deps = replace(world.deps, intake=IntakeDeps(cases=cases, clock=world.clock))
    return cases


async def test_a_report_is_a_case_and_whoever_sent_it_has_a_code_to_ask_by(world: World) -> None:
    cases = on_casework(world)
    message = world.posted(DISCORD, "look at this")
    first = await world.reports(message, "abuse", reporter="bert")
    second = await world.reports(message, "abuse", reporter="cleo")
    (case,) = [case async for case in cases.all()]
    (incident,) = await world.incidents.of_message(message.ref)
    assert case.incidents == (incident.id,)
    assert len(case.of(ReportJoined)) == 2
    assert incident.outcomes[0].outcome.detail.startswith(f"{case.id}, ")
    for reply, report in ((first, "R-2026-000001"), (second, "R-2026-000002")):
        assert report in reply.text
        code = reply.text.partition("the code ")[2].split()[0]
        assert report in (await status(code, cases)).text
        assert case.id not in reply.text


async def test_a_report_that_became_no_case_is_sent_again(world: World) -> None:
    cases = on_casework(world)
    message = world.posted(DISCORD, "look at this")
    cases.broken = True
    reply = await world.reports(message, "abuse", reporter="bert")
    assert not reply.ok
    assert "send it again" in reply.text
    cases.broken = False
    assert "R-2026-000001" in (await world.reports(message, "abuse", reporter="bert")).text
    assert len([case async for case in cases.all()]) == 1
