"""Channels as DiscordChatExporter writes them: replies, threads, edits, bots, partitions, and damage."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.replay_adapter.exports import open_export
from bot.replay_adapter.in_order import moment_of
from policies.events import MessageEdited, MessagePosted
from policies.identifiers import PlatformName
from tests.bot.replay_adapter.exported import (
    GUILD,
    Row,
    channel,
    dumped,
    folder,
    message,
    read,
    read_slack_message,
    utc,
)

AT = "2024-05-01T10:00:00+01:00"
LATER = "2024-05-01T10:05:00+01:00"


def exported(path: Path, *messages: Row, **extra: Any) -> Path:
    return folder(path / "export", {"general.json": dumped(channel(*messages, **extra))}) / "general.json"


def only(path: Path) -> Any:
    (event,), problems, _ = read(path)
    assert problems == []
    return event


def test_a_message_is_said_as_the_live_bot_would_have_said_it(tmp_path: Path) -> None:
    event = only(exported(tmp_path, message(42, "See you at the count", at=AT)))
    assert isinstance(event, MessagePosted)
    assert event.ref.platform is PlatformName.DISCORD
    assert (event.ref.community, event.ref.message) == (GUILD["id"], "42")
    assert event.event_id == "message:42"
    assert event.posted_at == utc(2024, 5, 1, 9)
    assert event.channel_name == "general"
    assert (event.author.id, event.author.name, event.author.handle) == ("500", "Member 500", "member500")
    assert event.author.roles == ("700",)
    assert event.link == f"https://discord.com/channels/{GUILD['id']}/{event.ref.channel}/42"


@pytest.mark.parametrize(
    "written", ["2024-05-01T09:00:00.123+00:00", "2024-05-01T09:00:00.1234567+00:00", "2024-05-01T09:00:00"]
)
def test_times_are_read_in_every_form_that_exporters_wrote(tmp_path: Path, written: str) -> None:
    assert moment_of(only(exported(tmp_path, message(1, "x", at=written)))).replace(microsecond=0) == utc(2024, 5, 1, 9)


def test_an_edited_message_is_told_as_changed_to_its_last_text_at_that_time(tmp_path: Path) -> None:
    event = only(exported(tmp_path, message(42, "now this", at=AT, timestampEdited="2024-05-01T10:01:00.5+01:00")))
    assert isinstance(event, MessageEdited)
    assert (event.text, event.before, event.edited_at) == ("now this", None, utc(2024, 5, 1, 9, 1, 0, 500_000))
    assert event.event_id == "edit:42:1714554060500000"


def test_an_edit_stands_at_its_own_time(tmp_path: Path) -> None:
    late = message(1, "changed", at=AT, timestampEdited="2024-05-02T10:00:00+01:00")
    events, _, _ = read(exported(tmp_path, late, message(2, "between", at=LATER)))
    assert [e.text for e in events if isinstance(e, MessagePosted | MessageEdited)] == ["between", "changed"]


def test_a_reply_carries_the_text_it_answers(tmp_path: Path) -> None:
    reply = message(2, "no", at=LATER, type="Reply", reference={"type": "Default", "messageId": "1", "channelId": "8"})
    pin = message(3, "Pinned a message.", at=LATER, type="ChannelPinnedMessage", reference={"messageId": "1"})
    events, problems, _ = read(exported(tmp_path, message(1, "shall we?", at=AT, member="501"), reply, pin))
    assert problems == []
    answer = events[1]
    assert isinstance(answer, MessagePosted)
    assert answer.parent is not None
    assert (answer.parent.author, answer.parent.text) == ("501", "shall we?")
    assert len(events) == 2


@pytest.mark.parametrize("kind", ["RecipientAdd", "GuildMemberJoin", "ThreadCreated", "ChannelNameChange", "7", "24"])
def test_what_discord_itself_says_is_nobodys_message(tmp_path: Path, kind: str) -> None:
    events, problems, _ = read(exported(tmp_path, message(1, "Joined the server.", at=AT, type=kind)))
    assert (events, problems) == ([], [])


@pytest.mark.parametrize("kind", ["Default", "Reply", "20", "23"])
def test_every_way_of_writing_is_read(tmp_path: Path, kind: str) -> None:
    assert only(exported(tmp_path, message(1, "mine", at=AT, type=kind))).text == "mine"


def test_a_thread_goes_by_the_channel_it_hangs_under(tmp_path: Path) -> None:
    event = only(exported(tmp_path, message(1, "x", at=AT), name="rota", type="GuildPublicThread", category="doors"))
    assert event.channel_name == "doors"
    assert event.thread == event.ref.channel


def test_stickers_forwarded_words_and_what_bots_embed_are_read_and_previews_are_not(tmp_path: Path) -> None:
    embed = {
        "title": "Title",
        "description": "Words",
        "fields": [{"name": "Who", "value": "Ann"}],
        "footer": {"text": "End"},
    }
    bot = message(1, "", at=AT)["author"] | {"isBot": True}
    forwarded = {"content": "passed on", "stickers": [], "attachments": []}
    events, problems, _ = read(
        exported(
            tmp_path,
            message(1, "look", at=AT, embeds=[embed], stickers=[{"id": "1", "name": "wave"}]),
            message(2, "", at=AT, author=bot, embeds=[embed]),
            message(3, "", at=AT, forwardedMessage=forwarded, reference={"type": "Forward", "messageId": "9"}),
        )
    )
    assert problems == []
    said = [event.text for event in events if isinstance(event, MessagePosted)]
    assert said == ["look\nwave", "Title\nWords\nWho\nAnn\nEnd", "passed on"]


def test_files_are_known_by_name_and_size(tmp_path: Path) -> None:
    files = [{"id": "1", "url": "media/leaflet.pdf", "fileName": "leaflet.pdf", "fileSizeBytes": 99}]
    (attachment,) = only(exported(tmp_path, message(1, "here", at=AT, attachments=files))).attachments
    assert (attachment.name, attachment.size, attachment.url) == ("leaflet.pdf", 99, "media/leaflet.pdf")


@pytest.mark.parametrize(
    ("url", "content"),
    [
        ("general.json_Files/leaf let-A1.pdf", b"the leaflet"),
        ("general.json_Files/leaf%20let-A1.pdf", b"the leaflet"),
        ("general.json_Files\\leaf let-A1.pdf", b"the leaflet"),
        ("https://cdn.discordapp.com/attachments/1/2/leaf%20let.pdf", None),
        ("general.json_Files/other.pdf", None),
        ("../general.json_Files/leaf let-A1.pdf", None),
        ("/etc/passwd", None),
        ("twice.pdf", None),
    ],
)
def test_a_file_is_found_beside_the_export_or_not_at_all(url: str, content: bytes | None, tmp_path: Path) -> None:
    files = [{"id": "1", "url": url, "fileName": "leaf let.pdf", "fileSizeBytes": 11}]
    export = folder(
        tmp_path / "export",
        {
            "general.json": dumped(channel(message(1, "here", at=AT, attachments=files))),
            "general.json_Files/leaf let-A1.pdf": b"the leaflet",
            "a/twice.pdf": b"one",
            "b/twice.pdf": b"another",
        },
    )
    with open_export(export, read_slack_message) as opened:
        (event,) = opened.events()
        assert isinstance(event, MessagePosted)
        found = opened.attached(event.attachments[0])
        if found is None:
            assert content is None
            return
        with found:
            assert found.read() == content


def test_the_parts_of_a_channel_and_other_channels_are_told_in_the_order_of_their_time(tmp_path: Path) -> None:
    export = folder(
        tmp_path / "export",
        {
            "Branch - general [part 2].json": dumped(channel(message(4, "fourth", at="2024-05-02T10:00:00Z"))),
            "Branch - general.json": dumped(
                channel(message(1, "first", at="2024-05-01T10:00:00Z"), message(3, "third", at="2024-05-01T12:00:00Z"))
            ),
            "Branch - doors.json": dumped(channel(message(2, "second", at="2024-05-01T11:00:00Z"), name="doors")),
            "Branch - general.json_Files/note.json": b"what a member attached",
        },
    )
    events, problems, _ = read(export)
    assert problems == []
    assert [e.text for e in events if isinstance(e, MessagePosted)] == ["first", "second", "third", "fourth"]


def test_private_conversations_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    events, problems, notes = read(exported(tmp_path, message(1, "x", at=AT), type="DirectTextChat"))
    assert (events, problems) == ([], [])
    assert notes == ["Private conversations were left out: Hustings does not read them."]


def test_a_channel_cut_off_in_the_middle_is_read_up_to_the_cut(tmp_path: Path) -> None:
    export = exported(tmp_path, *(message(n, f"number {n}", at=AT) for n in range(10)))
    whole = export.read_bytes()
    export.write_bytes(whole[: whole.index(b"number 7")])
    events, problems, _ = read(export)
    assert len(events) == 7
    assert problems == ["general.json: it was cut off; 7 messages of it could be replayed."]


def test_one_broken_channel_beside_good_ones_costs_only_itself(tmp_path: Path) -> None:
    export = exported(tmp_path, message(1, "good", at=AT)).parent
    (export / "broken.json").write_bytes(b'{"guild": {"id": "9')
    (export / "other.json").write_bytes(b'{"something": "else"}')
    events, problems, _ = read(export)
    assert len(events) == 1
    assert problems == [
        "broken.json: it was cut off; nothing of it could be replayed.",
        "other.json: it is no channel that DiscordChatExporter wrote; nothing of it could be replayed.",
    ]


def test_messages_without_what_every_message_has_are_counted(tmp_path: Path) -> None:
    bad: list[Any] = [{"id": "1"}, "text", None, message(2, "x", at="yesterday"), message(3, "x", at=AT, author=None)]
    events, problems, _ = read(exported(tmp_path, message(9, "good", at=AT), *bad))
    assert len(events) == 1
    assert problems == ["general.json: 5 messages passed over: no id, no time or no author."]


def test_a_channel_in_which_no_message_has_a_time_is_told(tmp_path: Path) -> None:
    events, problems, _ = read(exported(tmp_path, message(1, "x", at=""), message(2, "y", at="soon")))
    assert events == []
    assert problems == ["general.json: 2 messages passed over: no id, no time or no author."]


def test_people_who_deleted_their_account_still_have_written_what_they_wrote(tmp_path: Path) -> None:
    gone = {
        "id": "456226577798135808",
        "name": "Deleted User",
        "discriminator": "0000",
        "nickname": None,
        "isBot": False,
    }
    event = only(exported(tmp_path, message(1, "x", at=AT, author=gone)))
    assert (event.author.name, event.text) == ("Deleted User", "x")


def test_the_order_of_the_parts_in_the_file_does_not_matter(tmp_path: Path) -> None:
    whole = channel(message(1, "x", at=AT), message(2, "y", at=LATER))
    turned = dict(reversed(list(whole.items())))
    assert next(iter(turned)) == "messageCount"
    (tmp_path / "turned.json").write_text(json.dumps(turned))
    events, problems, _ = read(tmp_path / "turned.json")
    assert (len(events), problems) == (2, [])


def test_a_channel_with_the_newest_first_is_read_and_that_is_said(tmp_path: Path) -> None:
    events, problems, notes = read(exported(tmp_path, message(2, "y", at=LATER), message(1, "x", at=AT)))
    assert (len(events), problems) == (2, [])
    assert "newest messages first" in notes[0]


def test_an_empty_channel_is_an_export_of_nothing(tmp_path: Path) -> None:
    assert read(exported(tmp_path)) == ([], [], [])


def test_what_was_read_of_the_bytes_is_known_while_reading(tmp_path: Path) -> None:
    path = exported(tmp_path, *(message(n, "x" * 1_000, at=AT) for n in range(2_000)))
    with open_export(path, read_slack_message) as export:
        events = export.events()
        next(events)
        early = export.reading.bytes_read
        assert len(list(events)) == 1_999
        assert 0 < early < export.reading.bytes_read == export.size == path.stat().st_size
