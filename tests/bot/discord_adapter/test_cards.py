"""What people see on Discord: nothing unescaped, nothing longer than Discord takes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_adapter import cards
from handlers.alerts import matter_card
from handlers.ports import AlertCard, Notice
from policies.acts import Verb
from policies.identifiers import ChannelId, IncidentId, MemberId

LATER = datetime(2026, 5, 3, 13, tzinfo=UTC)


def card(**changes: Any) -> AlertCard:
    """Make a card of an incident in #general."""
    fields: dict[str, Any] = {
        "incident": IncidentId("I-2026-000001"),
        "version": 0,
        "headline": "High: threat",
        "masked_text": "you z•••••",
        "author_name": "ann",
        "author": MemberId("100000000000000001"),
        "channel": ChannelId("100000000000000002"),
        "channel_name": "general",
        "link": "https://discord.com/channels/1/2/3",
        "why": ("Do not threaten anyone. [no-threats]",),
        "done": ("The message was hidden",),
        "due_at": LATER,
    }
    return AlertCard(**{**fields, **changes})


def words(view: discord.ui.LayoutView) -> str:
    """Give all the text of a card."""
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay))


def pressable(view: discord.ui.LayoutView) -> list[tuple[str, bool]]:
    """Give the ids of a card's buttons, and whether they can be pressed."""
    return [
        (item.custom_id, not item.item.disabled)
        for item in view.walk_children()
        if isinstance(item, cards.VerdictButton)
    ]


async def test_a_card_hides_the_words_behind_a_spoiler() -> None:
    assert "||you z•••••||" in words(cards.alert(card()))


@pytest.mark.parametrize(
    "text", ["a||b", "https://x.example/||@everyone", "[a||b](https://x.example)", "a\\||", "ends with \\"]
)
async def test_no_text_breaks_out_of_its_spoiler(text: str) -> None:
    shown = words(cards.alert(card(masked_text=text)))
    (line,) = [line for line in shown.splitlines() if line.startswith("||")]
    assert line.endswith("||")
    inside = line[2:-2]
    unescaped = inside.replace("\\\\", "").replace("\\|", "")
    assert "|" not in unescaped
    assert not unescaped.endswith("\\")


async def test_due_time_is_shown_in_the_readers_own_time() -> None:
    assert f"<t:{int(LATER.timestamp())}:R>" in words(cards.alert(card()))


async def test_buttons_name_the_incident_and_its_version() -> None:
    assert pressable(cards.alert(card(version=2))) == [
        ("hustings:uphold:I-2026-000001:2", True),
        ("hustings:not-abuse:I-2026-000001:2", True),
    ]


async def test_a_settled_card_cannot_be_pressed() -> None:
    view = cards.alert(card(settled="mo decided at 12:00: upheld.", version=1))
    assert [can for _, can in pressable(view)] == [False, False]
    assert "mo decided at 12:00: upheld." in words(view)
    assert "<t:" not in words(view)


async def test_an_alarm_without_an_incident_has_nothing_to_press() -> None:
    view = cards.alert(card(incident=IncidentId(""), masked_text=""))
    assert pressable(view) == []
    assert "Incident" not in words(view)


async def test_a_card_of_any_length_is_one_that_discord_takes() -> None:
    long = "*word* " * 2000
    view = cards.alert(
        card(
            headline=long,
            masked_text=long,
            author_name=long,
            channel_name=long,
            why=(long,) * 40,
            done=(long,) * 40,
        )
    )
    assert view.content_length() <= 4000
    assert view.total_children_count <= 40


@given(st.text())
def test_plain_text_never_fails_and_never_passes_its_limit(text: str) -> None:
    shown = cards.plain(text, 80)
    assert len(shown) <= 80
    shown.encode()


def test_markdown_mentions_and_links_are_shown_as_they_are() -> None:
    assert cards.plain("**a** <@1> [b](c)\n- d\n# e\n> f `g` ~~h~~") == (
        "\\*\\*a\\*\\* \\<@1\\> \\[b\\](c)\n\\- d\n\\# e\n\\> f \\`g\\` \\~\\~h\\~\\~"
    )
    assert "https://" not in cards.plain("see https://phish.example")


def test_a_long_notice_becomes_several_messages_with_all_its_words() -> None:
    notice = Notice(title="About your message", paragraphs=("1" * 1500, "2" * 1500, "3" * 4500))
    sent = cards.notice(notice)
    assert all(len(piece) <= 2000 for piece in sent)
    joined = "".join(sent)
    assert [joined.count(digit) for digit in "123"] == [1500, 1500, 4500]


def test_lone_surrogates_and_nul_can_be_sent() -> None:
    assert cards.sendable("a\ud800b\0c") == "a?b\N{REPLACEMENT CHARACTER}c"


async def test_every_input_of_a_form_has_an_id_of_its_own() -> None:
    press = cards.Press(incident=IncidentId("I-2026-000001"), version=0, verb=Verb.UPHOLD)
    form = cards.DecideForm(press, opened_by=7)
    inputs = [item for item in form.walk_children() if isinstance(item, discord.ui.TextInput)]
    assert [item.custom_id for item in inputs] == ["hustings:reason"]
    assert form.custom_id == "hustings:decide:7"
    assert len(form.custom_id) <= 100


async def test_the_longest_incident_id_still_fits_a_button() -> None:
    view = cards.alert(card(incident=IncidentId("I" * 70), version=999_999_999))
    assert all(len(custom_id) <= 100 for custom_id, _ in pressable(view))


def test_a_task_about_a_channel_names_the_channel_and_nobody() -> None:
    shown = cards.alert(
        replace(matter_card("A channel is to be opened by hand", ("Do it so.",)), channel=ChannelId("7"))
    )
    words = [item.content for item in shown.walk_children() if isinstance(item, discord.ui.TextDisplay)]
    assert words == ["### A channel is to be opened by hand", "**Channel** <#7>", "**Why**\n- Do it so."]
