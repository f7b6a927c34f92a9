"""Channels slowed down and locked: what stands of what was done to them, and when it is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.acts import Act, Verb
from policies.identifiers import ChannelId, CommunityId, PlatformName

LONGEST = timedelta(days=28)
"""How long a restraint stands at most; who wants it to go on says so again, which is on record again."""

LIFTS = {Verb.SLOW_CHANNEL: Verb.SPEED_CHANNEL, Verb.LOCK_CHANNEL: Verb.UNLOCK_CHANNEL}
"""What is done to a channel, and what takes it back."""

CHANNEL_VERBS = frozenset({*LIFTS, *LIFTS.values()})


@dataclass(frozen=True, slots=True)
class Place:
    """One channel of one community."""

    platform: PlatformName
    community: CommunityId
    channel: ChannelId


Standing = dict[tuple[Place, Verb], Act]
"""What stands now: of each channel, how it was slowed down or locked last."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel stands on its platform: seconds between two posts, and who may write, as the platform has it."""

    wait: int = 0
    writing: str = ""


def place_of(act: Act) -> Place:
    """Give the channel that an act is about; raises `TypeError` for an act about none."""
    if act.channel is None:
        raise TypeError(f"{act.verb} names no channel.")
    return Place(act.actor.platform, act.actor.community, act.channel)


def standing(acts: Iterable[Act]) -> Standing:
    """Fold what was done to channels, oldest first, into what of it stands."""
    stands: Standing = {}
    for act in acts:
        apply_act(act, stands)
    return stands


def apply_act(act: Act, stands: Standing) -> None:
    """Bring what stands up to one more act."""
    place = place_of(act)
    if act.verb in LIFTS:
        stands[place, act.verb] = act
    for verb, lift in LIFTS.items():
        if act.verb is lift:
            stands.pop((place, verb), None)


def is_over(act: Act, now: datetime) -> bool:
    """Whether a restraint ran out; one without an end stands until somebody lifts it, or until it is calm.

    No channel is silenced for ever by one person's word: what nobody lifted is over after `LONGEST`.
    """
    until = act.until or (None if ends_when_calm(act) else act.at + LONGEST)
    return until is not None and now >= until


def ends_when_calm(act: Act) -> bool:
    """Whether the bot slowed a channel down in a flood, and so has to lift it after the flood."""
    return act.verb is Verb.SLOW_CHANNEL and act.actor.is_bot and act.until is None
