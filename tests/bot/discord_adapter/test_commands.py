"""What moderators and members do on Discord: buttons, forms, slash commands and the message menu."""

from datetime import timedelta

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from policies.acts import Verb
from policies.casework.events import AppealMade
from policies.casework.people import Account
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import CommunityId, MemberId, PlatformName
from policies.incidents import IncidentState, Source
from tests.bot.discord_adapter.world import ABUSE, RUDE, World, buttons, card_text
from tests.fakes.deciding import decided_case

REPORT = "Report to moderators"


async def pressed(here: World, who: MemberActor, label: str) -> InteractionResult:
    """Press a button of the newest card."""
    return await who.click(here.cards()[-1], label=label)


async def decided(here: World, who: MemberActor, label: str, reason: str) -> InteractionResult:
    """Press a button and send the form that it opens."""
    form = await pressed(here, who, label)
    return await who.submit_modal(form, {"hustings:reason": reason})


def answer(result: InteractionResult) -> str:
    """Give what the person alone was told."""
    assert result.response is not None
    assert result.ephemeral
    return result.response.content


async def test_upholding_takes_a_reason_and_settles_the_incident(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    result = await decided(here, here.mo, "Uphold", "A threat, plainly.")
    kept = here.incident()
    assert kept.state is IncidentState.UPHELD
    assert [(act.verb, act.actor.name, act.reason) for act in kept.acts] == [(Verb.UPHOLD, "mo", "A threat, plainly.")]
    assert "upheld" in answer(result)


async def test_a_settled_card_says_who_decided_and_its_buttons_are_dead(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    assert buttons(here.cards()[-1]) == {"Uphold": True, "Not abuse": True}
    await decided(here, here.mo, "Uphold", "A threat, plainly.")
    (card,) = here.cards()
    assert buttons(card) == {"Uphold": False, "Not abuse": False}
    assert "mo decided at" in card_text(card)


async def test_not_abuse_shows_the_message_again_and_lifts_the_mute(here: World) -> None:
    await here.ann.send(here.general, f"the play is called *{ABUSE}*")
    assert here.texts() == []
    await decided(here, here.mo, "Not abuse", "The title of a play.")
    (shown,) = here.general.history()
    (embed,) = shown.embeds
    assert embed.author.name == "ann wrote:"
    assert embed.description == f"the play is called *{ABUSE}*"
    assert embed.timestamp == here.incident().recorded_at
    assert here.incident().id in (embed.footer.text or "")
    assert here.ann.member is not None
    assert here.ann.member.timed_out_until is None
    assert here.outcome(Action.HIDE).status is OutcomeStatus.UNDONE


async def test_buttons_work_after_a_restart(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    await here.restart()
    await decided(here, here.mo, "Uphold", "A threat, plainly.")
    assert here.incident().state is IncidentState.UPHELD


async def test_a_stale_press_says_who_decided_and_changes_nothing(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    cas = here.guild.add_member(here.env.create_user("cas"), roles=[here.moderators])
    late = await pressed(here, cas, "Not abuse")
    await decided(here, here.mo, "Uphold", "A threat, plainly.")
    result = await cas.submit_modal(late, {"hustings:reason": "I saw no harm."})
    assert "mo decided at" in answer(result)
    assert "changed nothing" in answer(result)
    kept = here.incident()
    assert (kept.state, kept.version, len(kept.acts)) == (IncidentState.UPHELD, 1, 1)
    assert here.texts() == []


async def test_a_press_on_a_card_that_was_not_renewed_opens_no_form(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    here.env.inject_error("PATCH", "/channels/*/messages/*", status=404, code=10008)
    await decided(here, here.mo, "Uphold", "A threat, plainly.")
    assert buttons(here.cards()[-1]) == {"Uphold": True, "Not abuse": True}
    late = await pressed(here, here.mo, "Not abuse")
    assert late.modal is None
    assert "mo decided at" in answer(late)
    assert buttons(here.cards()[-1]) == {"Uphold": False, "Not abuse": False}


async def test_two_moderators_may_have_the_form_open_at_once(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    cas = here.guild.add_member(here.env.create_user("cas"), roles=[here.moderators])
    first, second = await pressed(here, here.mo, "Uphold"), await pressed(here, cas, "Not abuse")
    await here.mo.submit_modal(first, {"hustings:reason": "First to send."})
    result = await cas.submit_modal(second, {"hustings:reason": "Second to send."})
    assert "First to send" in answer(result)


async def test_a_member_who_is_no_moderator_is_refused(here: World) -> None:
    await here.ann.send(here.general, f"what {RUDE}")
    for result in (
        await pressed(here, here.bob, "Not abuse"),
        await here.bob.slash(here.general, "incident list"),
        await here.bob.slash(here.general, "incident show", id=here.incident().id),
        await here.bob.slash(here.general, "warn", member=here.ann, reason="because"),
        await here.bob.slash(here.general, "timeout", member=here.ann, duration="1h", reason="because"),
    ):
        assert "Only the moderators" in answer(result)
        assert result.modal is None
    assert here.incident().acts == ()
    assert here.requests("PATCH", "/members/") == []


async def test_a_moderator_named_by_id_needs_no_role(here: World) -> None:
    await here.ann.send(here.general, f"what {RUDE}")
    result = await here.dai.slash(here.general, "incident list")
    assert here.incident().id in answer(result)


async def test_the_list_and_the_show_are_masked_and_seen_by_one_alone(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    listed = answer(await here.mo.slash(here.general, "incident list"))
    shown = await here.mo.slash(here.general, "incident show", id=here.incident().id)
    assert ABUSE not in listed + answer(shown)
    (card,) = shown.followups
    assert card.ephemeral
    assert here.general.history(viewer=here.bob) == []


async def test_an_unknown_incident_is_said_to_be_unknown(here: World) -> None:
    result = await here.mo.slash(here.general, "incident show", id="I-1999-000001")
    assert "There is no incident" in answer(result)


async def test_a_warning_is_kept_and_sent(here: World) -> None:
    result = await here.mo.slash(here.general, "warn", member=here.ann, reason="Mind the *tone*.")
    assert "on record" in answer(result)
    (act,) = here.evidence.acts
    assert (act.verb, act.subject, act.reason) == (Verb.WARN, str(here.ann.id), "Mind the *tone*.")
    assert "Mind the \\*tone\\*." in here.ann.user.dm_channel.history()[-1].content


async def test_a_warning_to_somebody_with_closed_messages_says_so(here: World) -> None:
    here.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    result = await here.mo.slash(here.general, "warn", member=here.ann, reason="Mind the tone.")
    assert "could not be told" in answer(result)
    assert len(here.evidence.acts) == 1


@pytest.mark.parametrize(
    ("words", "lasts"),
    [
        ("10m", timedelta(minutes=10)),
        ("2h", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("4 w", timedelta(weeks=4)),
    ],
)
async def test_a_timeout_lasts_as_long_as_was_said(here: World, words: str, lasts: timedelta) -> None:
    now = here.env.now()
    await here.mo.slash(here.general, "timeout", member=here.ann, duration=words, reason="Cool down.")
    assert here.ann.member is not None
    assert here.ann.member.timed_out_until == now + lasts
    assert here.evidence.acts[0].until == now + lasts


@pytest.mark.parametrize("words", ["soon", "10", "1y", "-5m", "5m5", "29d", "0m"])
async def test_a_duration_that_is_none_mutes_nobody(here: World, words: str) -> None:
    result = await here.mo.slash(here.general, "timeout", member=here.ann, duration=words, reason="Cool down.")
    assert "28 days" in answer(result)
    assert here.requests("PATCH", "/members/") == []


async def test_a_refused_timeout_is_told_to_the_moderator(here: World) -> None:
    here.env.inject_error("PATCH", "/guilds/*/members/*", status=403, code=50013, times=None)
    result = await here.mo.slash(here.general, "timeout", member=here.ann, duration="1h", reason="Cool down.")
    assert "was not muted" in answer(result)
    assert "above the bot" in answer(result)
    assert len(here.requests("PATCH", "/members/")) == 1


async def test_the_bot_never_shortens_a_longer_timeout(here: World) -> None:
    await here.mo.slash(here.general, "timeout", member=here.ann, duration="7d", reason="Cool down.")
    assert here.ann.member is not None
    week = here.ann.member.timed_out_until
    result = await here.mo.slash(here.general, "timeout", member=here.ann, duration="1h", reason="Less.")
    assert "already timed out" in answer(result)
    assert here.ann.member.timed_out_until == week


async def test_reporting_by_the_menu_asks_why_and_opens_an_incident(here: World) -> None:
    posted = await here.ann.send(here.general, "a quiet insinuation")
    form = await here.bob.context_menu(here.general, REPORT, posted)
    assert here.incidents() == []
    result = await here.bob.submit_modal(form, {"hustings:reason": "It is about me."})
    kept = here.incident()
    assert (kept.source, kept.event.text, kept.reporter) == (
        Source.REPORT,
        "a quiet insinuation",
        str(here.bob.id),
    )
    assert kept.id in answer(result)
    (card,) = here.cards()
    assert "It is about me." in card_text(card)
    assert "bob" not in card_text(card)
    assert here.texts() == ["a quiet insinuation"]


async def test_reporting_by_link_does_the_same(here: World) -> None:
    posted = await here.ann.send(here.general, "a quiet insinuation")
    result = await here.bob.slash(here.general, "report", link=posted.jump_url, reason="It is about me.")
    assert here.incident().id in answer(result)
    assert here.incident().event.text == "a quiet insinuation"


async def test_a_report_names_no_message_that_the_reporter_cannot_read(here: World) -> None:
    private = here.guild.create_text_channel(
        "executive",
        overwrites={
            here.guild.default_role: discord.PermissionOverwrite(view_channel=False),
            here.moderators: discord.PermissionOverwrite(view_channel=True),
            here.bot_user(): discord.PermissionOverwrite(view_channel=True),
        },
    )
    secret = await here.mo.send(private, "for the executive alone")
    result = await here.mo.slash(here.general, "report", link=secret.jump_url, reason="I may.")
    assert here.incident().id in answer(result)
    here.evidence.kept.clear()
    result = await here.bob.slash(here.general, "report", link=secret.jump_url, reason="Curious.")
    assert "cannot be read" in answer(result)
    assert here.incidents() == []


@pytest.mark.parametrize(
    "link",
    [
        "hello",
        "https://discord.com/channels/1/2/3",
        "https://discord.com/channels/100000000000000000/100000000000000001/100000000000000002",
        "https://discord.example/channels/100000000000000000/100000000000000001/100000000000000002",
    ],
)
async def test_a_link_to_somewhere_else_is_refused_in_words(here: World, link: str) -> None:
    result = await here.bob.slash(here.general, "report", link=link, reason="Look.")
    assert "no link to a message here" in answer(result)


async def test_a_link_to_a_message_that_is_gone_is_refused_in_words(here: World) -> None:
    posted = await here.ann.send(here.general, "a quiet insinuation")
    await here.ann.delete(posted)
    result = await here.bob.slash(here.general, "report", link=posted.jump_url, reason="Look.")
    assert "cannot be read" in answer(result)


async def test_commands_are_acknowledged_before_the_work_is_done(here: World) -> None:
    await here.mo.slash(here.general, "warn", member=here.ann, reason="Mind the tone.")
    paths = [request.path for request in here.env.http_requests]
    first = next(n for n, path in enumerate(paths) if path.endswith("/callback"))
    assert first < paths.index("/users/@me/channels")


async def test_a_failing_command_apologises_without_details(here: World) -> None:
    posted = await here.ann.send(here.general, "a quiet insinuation")
    form = await here.bob.context_menu(here.general, REPORT, posted)
    here.reader.broken = True
    result = await here.bob.submit_modal(form, {"hustings:reason": "It is about me."})
    said = [message.content for message in ([result.response] if result.response else []) + result.followups]
    assert any("Something went wrong" in words for words in said)
    assert "insinuation" not in "".join(said)
    assert [type(error) for error in here.errors()] == [ZeroDivisionError]


async def test_the_same_press_delivered_twice_counts_once(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    await decided(here, here.mo, "Uphold", "A threat, plainly.")
    (act,) = here.incident().acts
    again = await here.evidence.settle(act, version=0)
    assert not again.took_effect
    assert act.event_id.startswith("press:")


async def test_a_member_asks_for_their_data_to_be_erased_and_has_a_receipt(here: World) -> None:
    told = answer(await here.bob.slash(here.general, "mydata", what="erase", words="all of it"))
    assert "to be erased" in told
    assert "R-2026-000001" in told
    assert "within one month" in told


async def test_a_reaction_is_reported_by_whom_it_was_put_there(here: World) -> None:
    posted = await here.ann.send(here.general, "Good morning.")
    said = {"link": posted.jump_url, "emoji": "🤡", "member": here.mo, "reason": "at her"}
    told = answer(await here.bob.slash(here.general, "reaction", **said))
    assert "R-2026-000001" in told
    assert here.incidents() == []
    elsewhere = await here.bob.slash(here.general, "reaction", **(said | {"link": "hello"}))
    assert "no link to a message here" in answer(elsewhere)


async def test_a_member_appeals_by_the_code_of_the_notice_and_outsiders_learn_nothing(here: World) -> None:
    guild = CommunityId(str(here.guild.id))
    bob = Account(platform=PlatformName.DISCORD, community=guild, member=MemberId(str(here.bob.id)))
    case, _ = await decided_case(here.cases, here.part.deps.clock, bob)
    said = {"case": case.id, "statement": "It was a play."}
    stranger = answer(await here.ann.slash(here.general, "appeal", **said))
    assert f"There is nothing under {case.id} that you could appeal against." in stranger
    told = answer(await here.bob.slash(here.general, "appeal", **said))
    assert f"Your appeal in {case.id} is kept." in told
    kept = await here.cases.get(case.id)
    assert kept is not None
    assert [one.what.grounds for one in kept.history if isinstance(one.what, AppealMade)] == ["It was a play."]


async def test_a_member_sees_how_their_own_reports_stand(here: World) -> None:
    posted = await here.ann.send(here.general, "Good morning.")
    assert "Nothing that you reported" in answer(await here.bob.slash(here.general, "myreports"))
    await here.bob.slash(here.general, "report", link=posted.jump_url, reason="She says this every week.")
    told = answer(await here.bob.slash(here.general, "myreports"))
    assert "Your report R-2026-000001 was received on" in told
    assert "Nothing that you reported" in answer(await here.ann.slash(here.general, "myreports"))
    assert "No report has this code." in answer(await here.ann.slash(here.general, "myreports", code="ABCD"))
