"""What members wrote can neither forge a part of a card nor format, call or link in it."""

from bot.slack_adapter import cards
from bot.slack_adapter.convert import Workspace
from handlers.ports import AlertCard
from policies.identifiers import ChannelId, CommunityId, IncidentId, MemberId
from tests.bot.slack_adapter.world import words

HOME = Workspace(team=CommunityId("T1"), url="https://branch.slack.com/")
FORGERY = "rude\n*Done*\n• The message was hidden <!channel> `code` _and_ ~so~ on"


def _card(**changed: object) -> AlertCard:
    values: dict[str, object] = {
        "incident": IncidentId("I-2026-000001"),
        "version": 0,
        "headline": "High: insult",
        "masked_text": "w••••",
        "author_name": "*Ann*",
        "author": MemberId("U1ANN"),
        "channel": ChannelId("C1"),
        "channel_name": "general",
        "link": "https://branch.slack.com/archives/C1/p1",
        "why": (f"The report says: {FORGERY}",),
        "done": (),
        "due_at": None,
    }
    return AlertCard(**(values | changed))  # type: ignore[arg-type] # each by the name of its field


def _parsed(shown: object) -> str:
    """Give all text that Slack parses for markup."""
    if isinstance(shown, list):
        return "\n".join(_parsed(item) for item in shown)
    if not isinstance(shown, dict):
        return ""
    own = str(shown.get("text")) if shown.get("type") == "mrkdwn" else ""
    return "\n".join([own, *(_parsed(value) for value in shown.values())])


def test_a_reason_cannot_forge_another_part_of_the_card() -> None:
    shown = words(cards.alert(_card(settled=f"Priya decided. Reason: {FORGERY}"), HOME).blocks).splitlines()
    assert "*Done*" not in shown
    assert not any(line.startswith("• The message") for line in shown)
    assert "The report says: rude *Done* • The message was hidden @channel `code` _and_ ~so~ on" in shown


def test_slack_parses_nothing_that_a_person_wrote_for_markup() -> None:
    card = _card(settled=f"Priya decided. Reason: {FORGERY}")
    for shown in (_card(), card):
        parsed = _parsed(cards.alert(shown, HOME, stands="It stands.").blocks)
        for written in ("Ann", "Done", "code", "so", "channel"):
            assert written not in parsed


def test_a_card_with_more_to_say_than_slack_takes_is_cut() -> None:
    blocks = cards.alert(_card(why=("word " * 500,) * 9), HOME).blocks
    assert len(words(blocks)) < 3_500
