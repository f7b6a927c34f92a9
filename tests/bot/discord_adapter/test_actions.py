"""The actions themselves: what each asks of Discord, and what each of Discord's answers becomes."""

from dataclasses import replace
from datetime import timedelta

import aiohttp
import discord
import pytest

from bot.discord_adapter.actions import DiscordModerators
from handlers.alerts import not_competent_business
from handlers.errors import PlatformUnavailable
from handlers.ports import Notice
from policies.acts import Actor
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import ChannelId, CommunityId, IncidentId, MemberId, MessageId, MessageRef, PlatformName
from tests.bot.discord_adapter.test_cards import card
from tests.bot.discord_adapter.world import ABUSE, RUDE, World, card_text

ALL_PERMISSIONS = discord.Permissions.all().value & ~discord.Permissions(administrator=True).value


async def message_ref(here: World) -> MessageRef:
    """Let ann post, and name what she posted."""
    posted = await here.ann.send(here.general, "hello")
    return MessageRef(
        platform=PlatformName.DISCORD,
        community=CommunityId(str(here.guild.id)),
        channel=ChannelId(str(here.general.id)),
        message=MessageId(str(posted.id)),
    )


async def test_an_audit_reason_is_cut_to_what_discord_takes(here: World) -> None:
    ref = await message_ref(here)
    await here.platform.hide(ref, reason="I-2026-000001:\n" + "é" * 600)
    (request,) = here.requests("DELETE", "/messages/")
    assert len(request.reason) == 512
    assert request.reason.startswith("I-2026-000001: é")


async def test_unmuting_lifts_the_timeout(here: World) -> None:
    ref = await message_ref(here)
    member = MemberId(str(here.ann.id))
    until = here.env.now() + timedelta(hours=1)
    await here.platform.mute(ref, member, until=until, reason="I-1")
    await here.env.settle()
    outcome = await here.platform.unmute(ref, member, reason="I-1: not abuse")
    await here.env.settle()
    assert outcome.status is OutcomeStatus.DONE
    assert here.ann.member is not None
    assert here.ann.member.timed_out_until is None


async def test_repeating_a_mute_is_harmless(here: World) -> None:
    ref = await message_ref(here)
    until = here.env.now() + timedelta(hours=1)
    for _ in range(2):
        outcome = await here.platform.mute(ref, MemberId(str(here.ann.id)), until=until, reason="I-1")
        await here.env.settle()
        assert outcome.status is OutcomeStatus.DONE
    assert here.ann.member is not None
    assert here.ann.member.timed_out_until == until


async def test_a_mute_is_never_longer_than_discord_allows(here: World) -> None:
    ref = await message_ref(here)
    until = here.env.now() + timedelta(days=60)
    await here.platform.mute(ref, MemberId(str(here.ann.id)), until=until, reason="I-1")
    await here.env.settle()
    assert here.ann.member is not None
    assert here.ann.member.timed_out_until == here.env.now() + timedelta(days=28)


async def test_somebody_who_left_is_not_muted_and_that_is_said(here: World) -> None:
    ref = await message_ref(here)
    here.guild.remove_member(here.ann)
    until = here.env.now() + timedelta(hours=1)
    outcome = await here.platform.mute(ref, MemberId(str(here.ann.id)), until=until, reason="I-1")
    assert (outcome.status, outcome.detail) == (
        OutcomeStatus.FAILED,
        "the member is no longer in the server",
    )


async def test_a_channel_is_reminded_where_it_was_said(here: World) -> None:
    ref = await message_ref(here)
    told = await here.platform.remind(ref, None, not_competent_business("the standards team"))
    await here.env.settle()
    assert told.status is OutcomeStatus.DONE
    assert told.receipt.startswith(f"{ref.channel}/")
    (request,) = here.requests("POST", f"/channels/{ref.channel}/messages")
    assert request.json["content"].startswith("**Not competent business here**")


@pytest.mark.parametrize("here", [{"permissions": ALL_PERMISSIONS}], indirect=True)
async def test_slow_mode_is_set_and_lifted(here: World) -> None:
    ref = await message_ref(here)
    assert Action.SLOW_MODE in here.platform.can
    for asked, held in ((30, 30), (10**6, 21600), (0, 0)):
        await here.platform.slow_mode(ref.community, ref.channel, seconds=asked, reason="I-1")
        await here.env.settle()
        channel = here.env.bot.get_channel(here.general.id)
        assert isinstance(channel, discord.TextChannel)
        assert channel.slowmode_delay == held


async def test_what_the_invitation_does_not_ask_for_is_not_claimed(here: World) -> None:
    assert Action.SLOW_MODE not in here.platform.can
    assert {Action.HIDE, Action.HOLD, Action.MUTE} <= here.platform.can


async def test_a_card_is_replaced_by_its_receipt(here: World) -> None:
    community = CommunityId(str(here.guild.id))
    outcome = await here.platform.post_alert(community, card())
    await here.env.settle()
    await here.platform.update_alert(community, outcome.receipt, card(settled="mo decided."))
    await here.env.settle()
    (shown,) = here.cards()
    assert "mo decided." in card_text(shown)
    assert outcome.receipt == f"{here.alerts.id}/{shown.id}"


@pytest.mark.parametrize("receipt", ["", "17", "a/b", "100000000000000001/100000000000000002"])
async def test_a_receipt_that_names_no_card_fails_in_words(here: World, receipt: str) -> None:
    outcome = await here.platform.update_alert(CommunityId(str(here.guild.id)), receipt, card())
    assert outcome.status is OutcomeStatus.FAILED
    assert outcome.detail


async def test_a_restored_message_pings_nobody(here: World) -> None:
    await here.ann.send(here.general, f"@everyone {ABUSE} {here.bob.mention}")
    await here.platform.restore(here.incident(), note="Shown again.")
    await here.env.settle()
    (request,) = here.requests("POST", f"/channels/{here.general.id}/messages")
    assert request.json["allowed_mentions"] == {"parse": []}
    assert request.json.get("content") is None


async def test_alerts_and_reposts_carry_a_nonce_by_which_discord_drops_repeats(here: World) -> None:
    await here.ann.send(here.general, f"what {RUDE}")
    for _ in range(2):
        again = card(incident=IncidentId("I-2026-000002"))
        await here.platform.post_alert(CommunityId(str(here.guild.id)), again)
    nonces = [request.json["nonce"] for request in here.requests("POST", f"/channels/{here.alerts.id}/messages")]
    assert nonces[1] == nonces[2] != nonces[0]
    assert all(len(nonce) <= 25 for nonce in nonces)
    assert all(r.json["enforce_nonce"] for r in here.requests("POST", f"/channels/{here.alerts.id}/messages"))


@pytest.mark.parametrize(
    ("status", "code", "ends"),
    [
        (403, 50013, OutcomeStatus.REFUSED),
        (403, 50001, OutcomeStatus.REFUSED),
        (404, 10008, OutcomeStatus.ALREADY),
        (400, 50035, OutcomeStatus.FAILED),
    ],
)
async def test_an_answer_of_discord_is_a_value(here: World, status: int, code: int, ends: OutcomeStatus) -> None:
    ref = await message_ref(here)
    here.env.inject_error("DELETE", "/channels/*/messages/*", status=status, code=code)
    outcome = await here.platform.hide(ref, reason="I-1")
    assert outcome.status is ends
    assert outcome.detail
    assert len(here.requests("DELETE", "/messages/")) == 1
    assert here.platform.deleted(int(ref.message)) is False


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_a_breakdown_is_no_answer(here: World, status: int) -> None:
    ref = await message_ref(here)
    here.env.inject_error("DELETE", "/channels/*/messages/*", status=status, times=None)
    with pytest.raises(PlatformUnavailable):
        await here.platform.hide(ref, reason="I-1")


@pytest.mark.parametrize(
    "error",
    [aiohttp.ClientConnectionError(), OSError(), TimeoutError(), discord.RateLimited(90.0)],
    ids=lambda error: type(error).__name__,
)
async def test_a_lost_connection_is_no_answer(here: World, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = await message_ref(here)

    async def lost(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(here.env.bot.http, "request", lost)
    with pytest.raises(PlatformUnavailable):
        await here.platform.hide(ref, reason="I-1")


async def test_a_notice_shows_markdown_as_it_is(here: World) -> None:
    notice = Notice(title="About *you*", paragraphs=("You wrote: z•••••",))
    outcome = await here.platform.notify(CommunityId(str(here.guild.id)), MemberId(str(here.ann.id)), notice)
    await here.env.settle()
    assert outcome.status is OutcomeStatus.DONE
    assert here.ann.user.dm_channel.history()[-1].content == "**About \\*you\\***\n\nYou wrote: z•••••"


@pytest.mark.parametrize(
    ("actor", "included"),
    [
        ({"id": MemberId("7")}, True),
        ({"roles": ("70", "71")}, True),
        ({"roles": ("72",)}, False),
        ({"roles": ("70",), "community": CommunityId("9")}, False),
        ({"id": MemberId("7"), "platform": PlatformName.SLACK}, False),
    ],
)
async def test_moderators_are_those_of_this_server_alone(here: World, actor: dict[str, object], included: bool) -> None:
    server = replace(
        here.part.server,
        guild=CommunityId("1"),
        moderator_members=frozenset({MemberId("7")}),
        moderator_roles=frozenset({"70"}),
    )
    asked = Actor(platform=PlatformName.DISCORD, community=CommunityId("1"), id=MemberId("5"), name="x")
    assert await DiscordModerators(server).include(replace(asked, **actor)) is included  # type: ignore[arg-type] # the rows are typed one by one


async def test_a_checkpoint_is_published_as_it_is_and_once(here: World) -> None:
    channel = ChannelId(str(here.general.id))
    first = await here.platform.publish(channel, "log\n5\nroot\n\n— log sig\n", key="5", before=False)
    await here.env.settle()
    again = await here.platform.publish(channel, "log\n5\nroot\n\n— log sig\n", key="5", before=True)
    other = await here.platform.publish(channel, "log\n6\nroot\n\n— log sig\n", key="6", before=True)
    await here.env.settle()
    assert (first.status, again.receipt) == (OutcomeStatus.DONE, first.receipt)
    assert other.receipt != first.receipt
    assert here.texts(here.general) == [f"```\nlog\n{size}\nroot\n\n— log sig\n```" for size in (5, 6)]


async def test_a_channel_for_checkpoints_that_is_closed_to_the_bot_is_said_with_the_remedy(here: World) -> None:
    await here.let_the_bot_see(here.general, False)
    outcome = await here.platform.publish(ChannelId(str(here.general.id)), "note", key="5", before=False)
    assert outcome.status is OutcomeStatus.REFUSED
    assert "needs View Channel, Send Messages and Read Message History" in outcome.detail
