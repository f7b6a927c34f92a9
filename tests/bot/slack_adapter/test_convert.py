"""What Slack says, in our words; held to real payloads where they are at hand."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack_adapter import convert
from bot.slack_adapter.convert import PayloadError, Workspace
from policies.events import MessageDeleted, MessageEdited, MessagePosted
from policies.identifiers import CommunityId, PlatformName
from tests.fakes import slack_payloads as wire

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = Path(os.environ.get("HUSTINGS_FIXTURES", ROOT.parent / "shared" / "fixtures")) / "slack"
needs_fixtures = pytest.mark.skipif(
    not FIXTURES.is_dir(), reason=f"no Slack payloads in {FIXTURES}; set HUSTINGS_FIXTURES to their folder"
)
HOME = Workspace(team=CommunityId("T111"), url="https://branch.slack.com/")


def _payload(name: str) -> dict[str, Any]:
    body = json.loads((FIXTURES / "bolt_payloads" / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(body, dict)
    return body


def _payloads() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted((FIXTURES / "bolt_payloads").glob("*.json")):
        body = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(body, dict):
            yield file.name, body


@needs_fixtures
def test_every_real_message_event_is_understood() -> None:
    read = 0
    for name, body in _payloads():
        event = body.get("event")
        if isinstance(event, dict) and event.get("type") == "message":
            told = convert.message_event(body, HOME)
            assert told is not None, name
            assert told.ref.platform is PlatformName.SLACK
            assert told.ref.channel == event["channel"]
            read += 1
    assert read >= 12


@needs_fixtures
def test_a_real_message_keeps_its_text_author_and_time() -> None:
    told = convert.message_event(_payload("message_bot.user_message_event_payload"), HOME)
    assert isinstance(told, MessagePosted)
    assert told.event_id == "T111:C111:1610261659.001400"
    assert told.text == "Hi there! Thanks for sharing the info!"
    assert (told.author.id, told.author.is_bot, told.author.roles) == ("W111", False, ())
    assert told.posted_at == datetime(2021, 1, 10, 6, 54, 19, 1400, tzinfo=UTC)
    assert told.link == "https://branch.slack.com/archives/C111/p1610261659001400"


@needs_fixtures
def test_a_real_edit_keeps_both_texts_and_the_messages_own_identity() -> None:
    told = convert.message_event(_payload("message_changed.event_payload"), HOME)
    assert isinstance(told, MessageEdited)
    assert (told.before, told.text) == ("original message", "updated message")
    assert told.ref.message == "1665102338.901939"
    assert told.event_id == "T111:C111:1665102338.901939:edited:1665102362.000000"


@needs_fixtures
def test_a_real_deletion_names_the_message_and_not_the_event() -> None:
    told = convert.message_event(_payload("message_deleted.event_payload"), HOME)
    assert isinstance(told, MessageDeleted)
    assert told.ref.message == "1665368619.804829"
    assert told.deleted_at == datetime(2022, 10, 10, 2, 23, 49, 7100, tzinfo=UTC)


@needs_fixtures
def test_a_real_thread_broadcast_brings_its_parent() -> None:
    told = convert.message_event(_payload("message_thread_broadcast.event_payload"), HOME)
    assert isinstance(told, MessagePosted)
    assert told.thread == "1633663824.000500"
    assert told.parent is not None
    assert (told.parent.author, told.parent.text) == ("U111", "Write in the thread :bow:")


@needs_fixtures
def test_a_real_file_keeps_its_name_type_and_size() -> None:
    told = convert.message_event(_payload("message_file_share.event_payload"), HOME)
    assert isinstance(told, MessagePosted)
    (file,) = told.attachments
    assert (file.id, file.name, file.media_type, file.size) == ("F111", "file.png", "image/png", 92582)


@needs_fixtures
def test_real_bots_are_bots() -> None:
    for name, author, called in (
        ("message_bot.bot_message_event_payload", "UB111", "UB111"),
        ("message_bot.classic_bot_message_event_payload", "B888", "classic-bot"),
    ):
        told = convert.message_event(_payload(name), HOME)
        assert isinstance(told, MessagePosted)
        assert (told.author.id, told.author.name, told.author.is_bot) == (author, called, True)


@needs_fixtures
def test_everybody_who_acts_in_a_real_payload_is_named() -> None:
    kinds = {"message_action", "block_actions", "view_submission"}
    acting = [(n, b) for n, b in _payloads() if b.get("type") in kinds or "command" in b]
    acting = [(name, body) for name, body in acting if "user" in body or "user_id" in body]
    assert len(acting) >= 15
    for name, body in acting:
        who = convert.actor(body, HOME)
        assert who.id.startswith(("U", "W")), name
        assert who.community == "T111"


@needs_fixtures
def test_somebody_from_the_other_side_of_a_shared_channel_is_an_outsider() -> None:
    assert convert.actor(_payload("view_submission.connect_channel_payload"), HOME).roles == (convert.OUTSIDER,)


@needs_fixtures
def test_the_message_of_a_real_shortcut_is_the_message() -> None:
    body = _payload("shortcut.message_shortcut_body")
    told = convert.posted(body["message"], body["channel"]["id"], HOME)
    assert told.event_id == "T111:C111:1583636382.000300"
    assert told.text == "<@W222> test"


_SHAPES = [
    pytest.param(
        "MessagePayload",
        lambda: wire.posted(wire.message("U1ANN", "x", at=wire.ts(), thread=wire.ts()), "C1"),
        id="reply",
    ),
    pytest.param(
        "MessageFileSharePayload",
        lambda: wire.posted(
            wire.message("U1ANN", "x", at=wire.ts(), subtype="file_share", files=[wire.file("a.png")], upload=False),
            "C1",
        ),
        id="file",
    ),
    pytest.param("MessagePayload", lambda: wire.posted(wire.message("U1ANN", "x", at=wire.ts()), "C1"), id="posted"),
    pytest.param(
        "MessageThreadBroadcastPayload",
        lambda: wire.posted(
            wire.message(
                "U1ANN",
                "x",
                at=wire.ts(),
                thread=wire.ts(),
                subtype="thread_broadcast",
                root={"type": "message", "text": "x", "user": "U2BEN", "ts": wire.ts(), "reply_count": 1},
            ),
            "C1",
        ),
        id="thread-broadcast",
    ),
    pytest.param(
        "MessageChangedPayload",
        lambda: wire.changed(
            {**wire.message("U1ANN", "y", at=wire.ts()), "edited": {"user": "U1ANN", "ts": wire.ts()}},
            wire.message("U1ANN", "x", at=wire.ts()),
            "C1",
            at=wire.ts(),
        ),
        id="changed",
    ),
    pytest.param(
        "MessageDeletedPayload",
        lambda: wire.deleted(wire.message("U1ANN", "x", at=wire.ts()), "C1", at=wire.ts()),
        id="deleted",
    ),
    pytest.param("TokensRevokedPayload", lambda: {"type": "tokens_revoked", "tokens": {}}, id="tokens-revoked"),
    pytest.param("AppUninstalledPayload", lambda: {"type": "app_uninstalled"}, id="app-uninstalled"),
]


@needs_fixtures
@pytest.mark.parametrize(("shape", "made"), _SHAPES)
def test_what_the_fake_sends_has_only_fields_that_slack_is_known_to_send(shape: str, made: Any) -> None:
    known = json.loads((FIXTURES / "shapes" / f"{shape}.json").read_text(encoding="utf-8"))
    # The sample of a file share lacks this field, which the real payload of one has.
    also_seen = {"event.client_msg_id"} if shape == "MessageFileSharePayload" else set()
    assert set(_unknown(wire.event_callback(made()), known)) - also_seen == set()


@needs_fixtures
@pytest.mark.parametrize(
    ("shape", "body"),
    [
        pytest.param(
            "slash-commands/SlashCommandPayload",
            wire.slash_command("U1", "help", channel="C1", trigger="t", response_url="u"),
            id="command",
        ),
        pytest.param(
            "interactive-components/BlockActionPayload",
            wire.block_actions(
                "U1",
                {"action_id": "a", "text": {}, "value": "v"},
                card={"ts": "1.0"},
                channel="C1",
                trigger="t",
                response_url="u",
            ),
            id="press",
        ),
        pytest.param(
            "interactive-components/MessageShortcutPayload",
            wire.message_action("U1", {"ts": "1.0"}, channel="C1", name="x", trigger="t", response_url="u"),
            id="shortcut",
        ),
        pytest.param("views/ViewSubmissionPayload", wire.view_submission("U1", {"id": "V1"}, {}), id="form"),
    ],
)
def test_what_people_do_in_the_fake_has_only_known_fields(shape: str, body: dict[str, Any]) -> None:
    known = json.loads((FIXTURES / "shapes" / "app-backend" / f"{shape}.json").read_text(encoding="utf-8"))
    # The samples lack these, which Slack documents: https://docs.slack.dev/interactivity/
    documented = {"api_app_id", "response_urls"}
    assert sorted(set(_unknown(body, known)) - documented) == []


def _unknown(sent: dict[str, Any], known: dict[str, Any], at: str = "") -> list[str]:
    found: list[str] = []
    for key, value in sent.items():
        if key not in known:
            found.append(f"{at}{key}")
        elif isinstance(value, dict) and isinstance(known[key], dict) and key != "state":
            found += _unknown(value, known[key], f"{at}{key}.")
    return found


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    ["type", "subtype", "user", "bot_id", "ts", "text", "channel", "thread_ts", "edited", "files", "root", "team"]
)
_MESSAGE = st.dictionaries(_FIELDS, _JSON | st.just("1760000000.000001") | st.just("message_changed"), max_size=8)


@given(
    st.fixed_dictionaries(
        {"event": _MESSAGE | _JSON},
        optional={"type": _JSON},
    ),
    _MESSAGE,
    _MESSAGE,
)
def test_any_payload_is_an_event_or_nothing_or_refused_and_never_a_crash(
    body: dict[str, Any], message: dict[str, Any], previous: dict[str, Any]
) -> None:
    if isinstance(body["event"], dict):
        body["event"] |= {"message": message, "previous_message": previous}
    try:
        told = convert.message_event(body, HOME)
    except PayloadError:
        told = None
    assert told is None or (told.ref.channel and told.ref.message)


@given(st.text())
def test_showing_a_text_never_fails_and_leaves_plain_text_alone(text: str) -> None:
    shown = convert.plain(text)
    if not set("<&") & set(text):
        assert shown == text


@pytest.mark.parametrize(
    ("delivered", "seen"),
    [
        pytest.param("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c", id="escapes-once"),
        pytest.param("&eacute; &#107; &amp;lt;", "&eacute; &#107; &lt;", id="only-slacks-own-escapes"),
        pytest.param("<@U123>", "@U123", id="a-mention"),
        pytest.param("<@U123|ann>", "@ann", id="a-named-mention"),
        pytest.param("<#C123|general> <#C123>", "#general #C123", id="channels"),
        pytest.param("<https://a.example/b|the page>", "the page (https://a.example/b)", id="a-labelled-link"),
        pytest.param("<https://a.example/b>", "https://a.example/b", id="a-link"),
        pytest.param("<mailto:a@b.example|a@b.example>", "mailto:a@b.example", id="an-address"),
        pytest.param("<!here> <!channel> <!subteam^S1|@team>", "@here @channel @team", id="calls"),
        pytest.param("&lt;@U123&gt;", "<@U123>", id="what-only-looks-like-a-mention"),
        pytest.param("1 < 2 <", "1 < 2 <", id="no-markup"),
    ],
)
def test_markup_is_shown_as_people_saw_it(delivered: str, seen: str) -> None:
    assert convert.plain(delivered) == seen


@pytest.mark.parametrize(
    ("link", "found"),
    [
        pytest.param("https://b.slack.com/archives/C1/p1665102362013600", ("C1", "1665102362.013600", ""), id="plain"),
        pytest.param(
            "<https://b.slack.com/archives/C1/p1665102362013600?thread_ts=1665102338.901939&amp;cid=C1>",
            ("C1", "1665102362.013600", "1665102338.901939"),
            id="in-a-thread-as-slack-writes-it",
        ),
        pytest.param("https://b.slack.com/team/U1", ("", "", ""), id="something-else"),
    ],
)
def test_a_pasted_link_names_a_message(link: str, found: tuple[str, str, str]) -> None:
    assert convert.linked_message(link) == found


@pytest.mark.parametrize("ts", ["", "1", "1.", ".1", "-1.0", "1e5.0", "٣.٣", "9" * 30 + ".0"])
def test_what_is_no_timestamp_is_refused(ts: str) -> None:
    with pytest.raises(PayloadError):
        convert.moment(ts)
