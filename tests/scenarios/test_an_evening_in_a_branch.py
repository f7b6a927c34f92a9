"""A whole evening in a branch's channels, as `hustings demo` plays it: abuse, and what only looks like it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.demo import Deed, Evening, Scene
from bot.demo_folder import make_afresh
from bot.replay_adapter.platform import Recorded
from policies.decisions import Action, OutcomeStatus
from policies.events import MessageEdited, MessagePosted
from policies.identifiers import PlatformName
from policies.incidents import IncidentState


@dataclass(frozen=True)
class Story:
    """What happened on one platform, and what the bot asked of it, in order."""

    scenes: list[Scene]
    deeds: list[Deed]
    asked: list[Recorded]

    def did(self, what: str) -> list[Recorded]:
        """Give what was asked of the platform by its verb."""
        return [thing for thing in self.asked if thing.did == what]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Scene | Deed], list[Recorded]]:
    """Play the evening once, on both platforms at the same time."""
    folder = tmp_path_factory.mktemp("evening") / "data"
    make_afresh(folder)
    return asyncio.run(_play(folder))


async def _play(folder: Path) -> tuple[list[Scene | Deed], list[Recorded]]:
    evening = Evening(folder)
    return [part async for part in evening.play()], evening.asked


@pytest.fixture
def story(evening: tuple[list[Scene | Deed], list[Recorded]], platform: PlatformName) -> Story:
    """Give one platform's share of the evening."""
    parts = [part for part in evening[0] if part.event.ref.platform is platform]
    return Story(
        [part for part in parts if isinstance(part, Scene)],
        [part for part in parts if isinstance(part, Deed)],
        [thing for thing in evening[1] if thing.platform is platform],
    )


def test_every_message_gets_the_verdict_it_deserves(story: Story) -> None:
    assert [(s.event.author.name, s.shows, s.verdict, s.expected) for s in story.scenes if not s.as_expected] == []


def test_what_people_do_has_the_effect_they_meant(story: Story) -> None:
    assert story.deeds
    assert [(deed.verb, deed.verdict, deed.expected) for deed in story.deeds if not deed.as_expected] == []


def test_what_is_left_alone_leaves_nothing_on_record_and_nobody_notices(story: Story) -> None:
    reported = {deed.event.ref for deed in story.deeds}
    left = [scene for scene in story.scenes if scene.verdict == ("left",) and scene.event.ref not in reported]
    assert len(left) > 10
    assert all(scene.incident is None for scene in left)
    touched = {thing.message for thing in story.asked if thing.did in ("hide", "mute")}
    edited = {scene.event.ref for scene in story.scenes if isinstance(scene.event, MessageEdited)}
    assert not touched & {scene.event.ref for scene in left} - edited


def test_the_record_has_every_text_that_mattered_to_the_letter(story: Story) -> None:
    kept = [scene for scene in story.scenes if scene.incident is not None]
    assert len(kept) > 10
    for scene in kept:
        assert scene.incident is not None
        assert scene.incident.event == scene.event
        assert scene.incident.outcomes
        assert not scene.incident.unfinished


def test_discord_hides_and_mutes_and_slack_alerts_because_it_cannot(story: Story, platform: PlatformName) -> None:
    verdicts = {verdict for scene in story.scenes for verdict in scene.verdict}
    hidden, muted = story.did("hide"), story.did("mute")
    if platform is PlatformName.DISCORD:
        assert {"hidden", "held", "muted", "alerted"} <= verdicts
        assert hidden
        assert muted
    else:
        assert verdicts == {"alerted", "left"}
        assert (hidden, muted) == ([], [])
    wanted = [scene for scene in story.scenes if scene.incident is not None]
    shown = {thing.card.incident for thing in story.did("alert") if thing.card is not None}
    assert {scene.incident.id for scene in wanted if scene.incident} <= shown


def test_no_card_and_no_notice_has_the_words_unmasked(story: Story) -> None:
    texts = [s.event.text for s in story.scenes if s.incident is not None and s.assessment.used]
    told = [thing.card.masked_text for thing in story.asked if thing.card is not None]
    told += [" ".join(thing.notice.paragraphs) for thing in story.asked if thing.notice is not None]
    assert texts
    assert told
    assert [text for text in texts if any(text in words for words in told)] == []


def test_an_edit_that_turns_a_message_into_abuse_is_caught(story: Story) -> None:
    edits = [scene for scene in story.scenes if isinstance(scene.event, MessageEdited)]
    assert edits
    assert all(scene.incident is not None for scene in edits)
    for scene in edits:
        firsts = [s for s in story.scenes if s.event.ref == scene.event.ref and isinstance(s.event, MessagePosted)]
        assert all(first.incident is None for first in firsts)


def test_a_verdict_that_a_moderator_finds_wrong_is_taken_back(
    evening: tuple[list[Scene | Deed], list[Recorded]],
) -> None:
    (deed,) = [part for part in evening[0] if isinstance(part, Deed) and part.verdict == ("restored",)]
    incident = deed.incident
    assert incident is not None
    assert incident.state is IncidentState.NOT_ABUSE
    assert incident.last(Action.HIDE) is OutcomeStatus.UNDONE
    assert incident.last(Action.MUTE) is OutcomeStatus.UNDONE
    did = [thing.did for thing in evening[1] if deed.event.ref == thing.message]
    assert did == ["hide", "mute", "restore", "unmute"]
