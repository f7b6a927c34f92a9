"""A Slack export as Slack makes it: people, channels, edits, threads, files, bots, and what is missing in it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.replay_adapter.in_order import moment_of
from policies.events import MessageDeleted, MessageEdited, MessagePosted
from policies.identifiers import PlatformName
from tests.bot.replay_adapter.exported import (
    ANN,
    BOB,
    CHANNELS,
    FEED,
    GENERAL,
    POLICY,
    TEAM,
    Row,
    folder,
    read,
    said,
    slack_files,
    user,
    utc,
)

TS = "1714555200.000100"  # 1 May 2024, 09:20 UTC
LATER = "1714558800.000200"


def exported(path: Path, *rows: Row, day: str = "general/2024-05-01", **lists: list[Row]) -> Path:
    return folder(path / "export", slack_files({day: list(rows)}, **lists))


def only(path: Path) -> Any:
    (event,), problems, _ = read(path)
    assert problems == []
    return event


def test_a_message_is_said_as_the_live_bot_would_have_said_it(tmp_path: Path) -> None:
    event = only(exported(tmp_path, said(TS, "See you at the count &lt;3", ANN)))
    assert isinstance(event, MessagePosted)
    assert event.ref.platform is PlatformName.SLACK
    assert (event.ref.community, event.ref.channel, event.ref.message) == (TEAM, GENERAL, TS)
    assert event.event_id == f"{TEAM}:{GENERAL}:{TS}"
    assert event.text == "See you at the count &lt;3"
    assert event.posted_at == utc(2024, 5, 1, 9, 20, 0, 100)
    assert event.channel_name == "general"
    assert (event.author.id, event.author.name, event.author.handle) == (ANN, "Ann", "ann")
    assert event.author.roles == ("admin",)


def test_private_channels_are_read_and_go_by_their_ids(tmp_path: Path) -> None:
    event = only(exported(tmp_path, said(TS, "x"), day="policy/2024-05-01"))
    assert (event.ref.channel, event.channel_name) == (POLICY, "policy")


def test_people_who_left_keep_their_names_and_strangers_their_ids(tmp_path: Path) -> None:
    events, problems, _ = read(exported(tmp_path, said(TS, "x", BOB), said(LATER, "y", "U0NOBODY1")))
    assert problems == []
    assert [event.author.name for event in events if isinstance(event, MessagePosted)] == ["Bob", "U0NOBODY1"]


def test_a_stranger_with_a_profile_in_the_message_has_its_name(tmp_path: Path) -> None:
    event = only(exported(tmp_path, said(TS, "x", "U0NOBODY1", user_profile={"display_name": "Zoe", "team": TEAM})))
    assert event.author.name == "Zoe"


def test_an_edited_message_is_told_as_changed_to_its_last_text_at_that_time(tmp_path: Path) -> None:
    event = only(exported(tmp_path, said(TS, "now this", edited={"user": ANN, "ts": "1714557000.000000"})))
    assert isinstance(event, MessageEdited)
    assert (event.text, event.before, event.edited_at) == ("now this", None, utc(2024, 5, 1, 9, 50))
    assert event.event_id == f"{TEAM}:{GENERAL}:{TS}:edited:1714557000.000000"
    assert event.author.name == "Ann"


def test_an_export_with_its_edit_log_tells_both_texts(tmp_path: Path) -> None:
    first = said(TS, "first")
    now = said(TS, "second", edited={"user": ANN, "ts": "1714557000.000000"})
    change = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "ts": "1714557000.000300",
        "message": now,
        "previous_message": first,
    }
    events, problems, _ = read(exported(tmp_path, first, change))
    assert problems == []
    posted, edited = events
    assert isinstance(posted, MessagePosted)
    assert isinstance(edited, MessageEdited)
    assert (posted.text, edited.before, edited.text) == ("first", "first", "second")
    assert posted.ref == edited.ref


def test_a_logged_deletion_is_told(tmp_path: Path) -> None:
    gone = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": LATER, "deleted_ts": TS}
    event = only(exported(tmp_path, gone))
    assert isinstance(event, MessageDeleted)
    assert (event.ref.message, event.ref.channel) == (TS, GENERAL)


def test_a_reply_carries_the_text_it_answers(tmp_path: Path) -> None:
    root = said(TS, "the root", BOB, thread_ts=TS, reply_count=1)
    reply = said(LATER, "the reply", ANN, thread_ts=TS, parent_user_id=BOB)
    events, _, _ = read(exported(tmp_path, root, reply))
    answer = events[1]
    assert isinstance(answer, MessagePosted)
    assert answer.thread == TS
    assert answer.parent is not None
    assert (answer.parent.author, answer.parent.text) == (BOB, "the root")


def test_a_reply_on_a_later_day_still_finds_its_root(tmp_path: Path) -> None:
    days = {
        "general/2024-05-01": [said(TS, "the root", BOB, thread_ts=TS)],
        "general/2024-05-03": [said("1714730000.000100", "the reply", ANN, thread_ts=TS, parent_user_id=BOB)],
    }
    events, _, _ = read(folder(tmp_path / "export", slack_files(days)))
    answer = events[-1]
    assert isinstance(answer, MessagePosted)
    assert answer.parent is not None
    assert answer.parent.text == "the root"


def test_files_are_known_by_name_and_size(tmp_path: Path) -> None:
    files = [
        {"id": "F1", "name": "leaflet.pdf", "mimetype": "application/pdf", "size": 99, "url_private": "https://x/"}
    ]
    (attachment,) = only(exported(tmp_path, said(TS, "here", files=files, upload=True))).attachments
    assert (attachment.id, attachment.name, attachment.size) == ("F1", "leaflet.pdf", 99)


@pytest.mark.parametrize("subtype", ["me_message", "thread_broadcast", "file_share"])
def test_every_way_of_writing_is_read(tmp_path: Path, subtype: str) -> None:
    assert only(exported(tmp_path, said(TS, "mine", subtype=subtype))).text == "mine"


def test_bots_are_read_as_bots(tmp_path: Path) -> None:
    old = {
        "type": "message",
        "subtype": "bot_message",
        "text": "rota",
        "ts": TS,
        "username": "Rota",
        "bot_id": "B0ROTA",
    }
    events, problems, _ = read(exported(tmp_path, old, said(LATER, "feed", FEED)))
    assert problems == []
    assert [(e.author.name, e.author.is_bot) for e in events if isinstance(e, MessagePosted)] == [
        ("Rota", True),
        ("Feed", True),
    ]


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "pinned_item", "reminder_add", "tombstone"])
def test_what_slack_itself_says_is_nobodys_message(tmp_path: Path, subtype: str) -> None:
    events, problems, _ = read(exported(tmp_path, said(TS, "<@U0ANN0001> has joined", subtype=subtype)))
    assert [event for event in events if not isinstance(event, MessageDeleted)] == []
    assert problems == []


def test_private_conversations_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    days = {
        "general/2024-05-01": [said(TS, "public")],
        "D0SECRET1/2024-05-01": [said(TS, "private")],
        "mpdm-ann--bob-1/2024-05-01": [said(TS, "private")],
    }
    lists = {"dms": [{"id": "D0SECRET1", "members": [ANN, BOB]}], "mpims": [{"id": "G1", "name": "mpdm-ann--bob-1"}]}
    for listed in (lists, {}):
        events, problems, notes = read(folder(tmp_path / f"export{len(listed)}", slack_files(days, **listed)))
        assert [event.text for event in events if isinstance(event, MessagePosted)] == ["public"]
        assert problems == []
        assert notes == ["Private conversations were left out: Hustings does not read them."]


def test_channels_and_days_are_told_in_the_order_of_their_time(tmp_path: Path) -> None:
    days = {
        "general/2024-05-02": [said("1714640500.000100", "fourth")],
        "general/2024-05-01": [said("1714555300.000100", "third"), said(TS, "first")],
        "policy/2024-05-01": [said("1714555250.000100", "second")],
        "policy/2024-05-03": [said("1714730000.000100", "fifth")],
    }
    events, _, _ = read(folder(tmp_path / "export", slack_files(days)))
    assert [e.text for e in events if isinstance(e, MessagePosted)] == ["first", "second", "third", "fourth", "fifth"]


def test_a_day_is_in_its_place_whatever_the_workspaces_clock_says(tmp_path: Path) -> None:
    days = {
        "general/2024-05-02": [said("1714595000.000100", "in Auckland it is tomorrow")],
        "policy/2024-05-01": [said("1714595100.000100", "a moment later in London")],
    }
    events, _, _ = read(folder(tmp_path / "export", slack_files(days)))
    assert [moment_of(event) for event in events] == sorted(moment_of(event) for event in events)


def test_an_edit_stands_at_its_own_time_even_on_a_later_day(tmp_path: Path) -> None:
    days = {
        "general/2024-05-01": [said(TS, "changed later", edited={"user": ANN, "ts": "1714730000.000000"})],
        "general/2024-05-02": [said("1714640500.000100", "between")],
    }
    events, _, _ = read(folder(tmp_path / "export", slack_files(days)))
    assert [e.text for e in events if isinstance(e, MessagePosted | MessageEdited)] == ["between", "changed later"]
    assert moment_of(events[1]) - moment_of(events[0]) > timedelta(hours=20)


@pytest.mark.parametrize("missing", ["users.json", "channels.json"])
def test_a_missing_list_is_told_and_everything_is_still_read(tmp_path: Path, missing: str) -> None:
    export = exported(tmp_path, said(TS, "x"))
    (export / missing).unlink()
    if missing == "channels.json":
        (export / "groups.json").unlink()
    events, problems, _ = read(export)
    assert len(events) == 1
    assert [problem.split(" ")[0] for problem in problems] == [missing]


def test_a_list_that_was_cut_off_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    export = exported(tmp_path, said(TS, "x", ANN), said(LATER, "y", BOB))
    users = json.dumps([user(ANN, "Ann"), user(BOB, "Bob")])
    (export / "users.json").write_text(users[: users.index("Bob")])
    events, problems, _ = read(export)
    assert [event.author.name for event in events if isinstance(event, MessagePosted)] == ["Ann", BOB]
    assert problems == ["users.json: it was cut off; authors that it does not name are shown by their ids."]


def test_a_broken_day_loses_what_is_broken_and_nothing_beside_it(tmp_path: Path) -> None:
    export = exported(tmp_path, said(TS, "good"))
    day = json.dumps([said("1714640500.000100", "also good"), said("1714640600.000100", "lost")])
    (export / "general" / "2024-05-02.json").write_text(day[: day.index("lost")])
    (export / "general" / "2024-05-03.json").write_text("not json at all")
    (export / "general" / "2024-13-01.json").write_text("[]")
    events, problems, _ = read(export)
    assert [event.text for event in events if isinstance(event, MessagePosted)] == ["good", "also good"]
    assert sorted(problems) == [
        "general/2024-05-02.json: it was cut off; 1 message of it could be replayed.",
        "general/2024-05-03.json: it is no JSON at about character 0: [ was expected; nothing of it could be replayed.",
        "general/2024-13-01.json was passed over, because its name is no date.",
    ]


def test_messages_without_what_every_message_has_are_counted(tmp_path: Path) -> None:
    bad: list[Any] = [{"type": "message"}, "text", None, said("yesterday", "x"), {**said(TS, "x"), "user": None}]
    events, problems, _ = read(exported(tmp_path, *bad, said(LATER, "good")))
    assert [event.text for event in events if isinstance(event, MessagePosted)] == ["good"]
    (problem,) = problems
    assert problem.startswith("general/2024-05-01.json: 5 messages passed over")


def test_a_channel_that_no_list_names_goes_by_its_folder(tmp_path: Path) -> None:
    event = only(exported(tmp_path, said(TS, "x"), day="renamed/2024-05-01", channels=CHANNELS))
    assert (event.ref.channel, event.channel_name) == ("renamed", "renamed")


def test_no_sentence_about_a_problem_has_anybodys_words(tmp_path: Path) -> None:
    export = exported(tmp_path, said("1", "a secret"))
    (export / "general" / "2024-05-02.json").write_text('[{"text": "a secret" "more"}]')
    _, problems, _ = read(export)
    assert problems
    assert "secret" not in " ".join(problems)
