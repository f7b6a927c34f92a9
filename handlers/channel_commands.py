"""What moderators do to a whole channel: slow it down, lock it, and give it back."""

from dataclasses import replace
from datetime import timedelta

from handlers.alerts import moment
from handlers.channels import Lifting, Restraining, let_go, restrain
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable, PlatformUnavailable
from handlers.moderation import NOT_KEPT, may_not
from handlers.replies import Reply, refused
from policies.acts import Actor, Verb
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import ChannelId, EventId
from policies.restraints import LONGEST, Place

LONGEST_WAIT = timedelta(hours=6)
_UNANSWERED = (
    "It is on record, but the platform did not answer, so it is not known whether it was done. Please give the"
    " command again."
)
_TOO_LONG = "A channel is restrained for between one second and 28 days. Nothing was changed."
_BAD_WAIT = "Members can be made to wait between 1 second and 6 hours; 0 lifts it. Nothing was changed."


async def slow_channel(
    actor: Actor,
    channel: ChannelId,
    wait: timedelta,
    duration: timedelta | None,
    *,
    reason: str,
    event_id: EventId,
    deps: Deps,
) -> Reply:
    """Make members wait between two posts, for a time or until somebody lifts it; no wait at all lifts it."""
    if refusal := await may_not(actor, Verb.SLOW_CHANNEL, reason, Action.SLOW_MODE, deps):
        return refusal
    if not timedelta(0) <= wait <= LONGEST_WAIT:
        return refused(_BAD_WAIT)
    if not wait:
        place = Place(actor.platform, actor.community, channel)
        lifting = Lifting(verb=Verb.SLOW_CHANNEL, place=place, by=actor, reason=reason, event_id=event_id)
        return await _lift(lifting, deps)
    wanted = Restraining(
        verb=Verb.SLOW_CHANNEL,
        place=Place(actor.platform, actor.community, channel),
        by=actor,
        reason=reason,
        event_id=event_id,
        seconds=int(wait.total_seconds()),
    )
    return await _restrain(wanted, duration, deps)


async def lock_channel(
    actor: Actor, channel: ChannelId, duration: timedelta | None, reason: str, *, event_id: EventId, deps: Deps
) -> Reply:
    """Keep members from writing in a channel, for a time or until somebody unlocks it."""
    if refusal := await may_not(actor, Verb.LOCK_CHANNEL, reason, Action.LOCK, deps):
        return refusal
    place = Place(actor.platform, actor.community, channel)
    wanted = Restraining(verb=Verb.LOCK_CHANNEL, place=place, by=actor, reason=reason, event_id=event_id)
    return await _restrain(wanted, duration, deps)


async def unlock_channel(actor: Actor, channel: ChannelId, reason: str, *, event_id: EventId, deps: Deps) -> Reply:
    """Let members write in a channel again, just as they could before it was locked."""
    if refusal := await may_not(actor, Verb.UNLOCK_CHANNEL, reason, Action.LOCK, deps):
        return refusal
    place = Place(actor.platform, actor.community, channel)
    return await _lift(Lifting(verb=Verb.LOCK_CHANNEL, place=place, by=actor, reason=reason, event_id=event_id), deps)


async def _restrain(wanted: Restraining, duration: timedelta | None, deps: Deps) -> Reply:
    if duration is not None and not timedelta(0) < duration <= LONGEST:
        return refused(_TOO_LONG)
    until = None if duration is None else deps.clock.now() + duration
    wanted = replace(wanted, until=until)
    try:
        outcome = await restrain(wanted, deps)
    except EvidenceUnavailable:
        return refused(NOT_KEPT)
    except PlatformUnavailable:
        return refused(_UNANSWERED)
    end = f"until {moment(until)}" if until else f"until somebody lifts it, {LONGEST.days} days at most"
    if outcome.status is OutcomeStatus.DEGRADED:
        return Reply(text=f"{outcome.detail} The moderators were given the task, and it is on record, {end}.")
    what = f"Members wait {wanted.seconds} seconds between two posts" if wanted.seconds else "The channel is locked"
    return _said(outcome, f"{what} {end}; then everything stands as before.")


async def _lift(wanted: Lifting, deps: Deps) -> Reply:
    try:
        outcome = await let_go(wanted, deps)
    except EvidenceUnavailable:
        return refused(NOT_KEPT)
    except PlatformUnavailable:
        return refused("The platform did not answer, so the channel stands as it did. Please give the command again.")
    if outcome.status is OutcomeStatus.DEGRADED:
        return Reply(text=f"{outcome.detail} The moderators were given the task, and it is on record.")
    return _said(outcome, "The channel stands as it did before.")


def _said(outcome: Outcome, done: str) -> Reply:
    if outcome.status is OutcomeStatus.DONE:
        return Reply(text=done)
    detail = (outcome.detail or outcome.status.value).rstrip(".")
    if outcome.status is OutcomeStatus.ALREADY:
        return Reply(text=f"Nothing had to be done: {detail}.")
    return refused(f"The channel was not changed: {detail}.")
