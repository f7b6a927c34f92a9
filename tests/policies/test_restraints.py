"""What stands of what was done to channels."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policies.acts import Act, Actor, Verb
from policies.identifiers import ChannelId, CommunityId, EventId, MemberId, PlatformName
from policies.restraints import LONGEST, Place, apply_act, ends_when_calm, is_over, place_of, standing
from tests.fakes.clock import NOON

MO = Actor(platform=PlatformName.DISCORD, community=CommunityId("branch"), id=MemberId("mo"), name="Mo")
THE_BOT = replace(MO, id=MemberId(""), name="Hustings")
HERE = Place(PlatformName.DISCORD, CommunityId("branch"), ChannelId("general"))


def act(verb: Verb, name: str, *, channel: str = "general", by: Actor = MO, **more: object) -> Act:
    """Make an act about a channel."""
    made = Act(event_id=EventId(name), actor=by, verb=verb, reason="raid", at=NOON, channel=ChannelId(channel))
    return replace(made, **more)  # type: ignore[arg-type]  # a test names the fields


def test_a_lock_stands_until_it_is_lifted_and_leaves_the_slow_mode_of_the_channel_alone() -> None:
    slowed, locked = act(Verb.SLOW_CHANNEL, "1"), act(Verb.LOCK_CHANNEL, "2")
    assert standing([slowed, locked, act(Verb.UNLOCK_CHANNEL, "3")]) == {(HERE, Verb.SLOW_CHANNEL): slowed}


def test_the_last_word_about_a_channel_stands() -> None:
    first, second = act(Verb.LOCK_CHANNEL, "1"), act(Verb.LOCK_CHANNEL, "2", until=NOON)
    assert standing([first, second])[HERE, Verb.LOCK_CHANNEL] is second


def test_each_channel_stands_by_itself() -> None:
    here, there = act(Verb.LOCK_CHANNEL, "1"), act(Verb.LOCK_CHANNEL, "2", channel="news")
    stands = standing([here, there])
    apply_act(act(Verb.UNLOCK_CHANNEL, "3", channel="news"), stands)
    assert list(stands.values()) == [here]


def test_lifting_what_does_not_stand_changes_nothing() -> None:
    assert standing([act(Verb.UNLOCK_CHANNEL, "1"), act(Verb.SPEED_CHANNEL, "2")]) == {}


@pytest.mark.parametrize(("after", "over"), [(-1, False), (0, True), (1, True)])
def test_a_restraint_is_over_at_its_end(after: int, over: bool) -> None:
    until = NOON + timedelta(hours=1)
    assert is_over(act(Verb.LOCK_CHANNEL, "1", until=until), until + timedelta(seconds=after)) is over


def test_a_restraint_without_an_end_is_over_after_the_longest_time() -> None:
    forever = act(Verb.LOCK_CHANNEL, "1")
    assert not is_over(forever, NOON + LONGEST - timedelta(seconds=1))
    assert is_over(forever, NOON + LONGEST)


@pytest.mark.parametrize(
    ("made", "when_calm"),
    [
        pytest.param(act(Verb.SLOW_CHANNEL, "1", by=THE_BOT), True, id="slowed-by-the-bot"),
        pytest.param(act(Verb.SLOW_CHANNEL, "1"), False, id="slowed-by-a-moderator"),
        pytest.param(act(Verb.LOCK_CHANNEL, "1", by=THE_BOT), False, id="locked-by-the-bot"),
    ],
)
def test_only_the_bots_own_slow_mode_ends_by_itself_when_it_is_calm(made: Act, when_calm: bool) -> None:
    assert ends_when_calm(made) is when_calm


def test_an_act_about_no_channel_is_no_restraint() -> None:
    with pytest.raises(TypeError):
        place_of(replace(act(Verb.WARN, "1"), channel=None))
