"""Discord's shapes in our words: what is read of a message, and what is not."""

import pytest
from simcord.backend.models import MessageSticker, Poll
from simcord.backend.models.message import PollAnswer
from simcord.enums import MessageType

from bot.discord_adapter import convert
from tests.bot.discord_adapter.world import RUDE, World


@pytest.mark.parametrize("host", ["discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com"])
def test_message_links_of_every_client_are_read(host: str) -> None:
    link = f"https://{host}/channels/100000000000000001/100000000000000002/100000000000000003"
    assert convert.message_link(f"<{link}>") == (100000000000000001, 100000000000000002, 100000000000000003)


async def test_the_event_id_is_the_same_on_every_delivery(here: World) -> None:
    posted = await here.ann.send(here.general, "hello")
    assert convert.message_posted(posted).event_id == convert.message_posted(posted).event_id
    assert convert.message_posted(posted).event_id == f"message:{posted.id}"


async def test_two_edits_are_two_events_and_one_edit_twice_is_one(here: World) -> None:
    posted = await here.ann.send(here.general, f"{RUDE} 0")
    for n in (1, 2):
        await here.env.advance_time(1)
        await here.ann.edit(posted, f"{RUDE} {n}")
    ids = [incident.event.event_id for incident in here.incidents()]
    assert len(set(ids)) == 3
    edited = here.general.history()[0]
    again = convert.message_edited(edited)
    assert again is not None
    assert again.event_id == ids[-1]


async def test_a_message_that_was_never_edited_is_no_edit(here: World) -> None:
    posted = await here.ann.send(here.general, "hello")
    assert convert.message_edited(posted) is None


async def test_the_name_in_the_server_and_the_roles_come_with_the_author(here: World) -> None:
    nicked = here.guild.add_member(here.env.create_user("eve99"), roles=[here.moderators], nick="Eve Jones")
    posted = await nicked.send(here.general, "hello")
    author = convert.message_posted(posted).author
    assert (author.name, author.handle, author.is_bot) == ("Eve Jones", "eve99", False)
    assert author.roles == (str(here.moderators.id),)


async def test_a_preview_of_somebody_elses_page_is_not_the_authors_word(here: World) -> None:
    backend = here.env.backend
    backend.create_message(here.general.id, here.ann.id, "look", embeds=[{"title": RUDE, "type": "link"}])
    await here.env.settle()
    assert here.incidents() == []
    assert here.texts() == ["look"]


async def test_a_polls_question_and_answers_are_read(here: World) -> None:
    poll = Poll(
        question="Who is it?",
        answers=[PollAnswer(1, "ann"), PollAnswer(2, RUDE)],
        expiry="2026-06-01T00:00:00+00:00",
    )
    here.env.backend.create_message(here.general.id, here.ann.id, "", poll=poll)
    await here.env.settle()
    assert here.incident().event.text == f"Who is it?\nann\n{RUDE}"


async def test_a_stickers_name_is_read(here: World) -> None:
    sticker = here.guild.create_sticker(RUDE)
    here.env.backend.create_message(
        here.general.id, here.ann.id, "", stickers=[MessageSticker(sticker.id, RUDE, 1, here.guild.id)]
    )
    await here.env.settle()
    assert here.incident().event.text == RUDE


async def test_a_reply_to_a_deleted_message_still_names_it(here: World) -> None:
    first = await here.bob.send(here.general, "gone soon")
    reply = await here.ann.send(here.general, "hello", reply_to=first)
    await here.bob.delete(first)
    found = next(m for m in here.general.history() if m.id == reply.id)
    parent = convert.message_posted(found).parent
    assert parent is not None
    assert parent.message == str(first.id)


async def test_announcements_of_discord_itself_are_not_judged(here: World) -> None:
    here.guild.create_system_message(here.general, MessageType.NEW_MEMBER, author=here.ann)
    await here.env.settle()
    assert here.counters.counted["messages.posted.discord"] == 0
