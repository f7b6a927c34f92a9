"""Channels slowed down and locked: on record with what stood before, and given back as they were."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.alerts import matter_card, moment
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable, NotReadable, PlatformUnavailable
from handlers.ports import IncidentFilter, Platform
from policies.acts import Act, Actor, Verb
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import EventId, MemberId
from policies.incidents import Incident
from policies.restraints import LIFTS, ChannelState, Place, Standing, apply_act, ends_when_calm, is_over, standing

ACTIONS = {Verb.SLOW_CHANNEL: Action.SLOW_MODE, Verb.LOCK_CHANNEL: Action.LOCK}
TELL_EVERY = timedelta(days=1)
"""How often moderators are told of a channel that could not be given back."""

_STANDS = (OutcomeStatus.DONE, OutcomeStatus.ALREADY, OutcomeStatus.DEGRADED)
_WHAT = {Verb.SLOW_CHANNEL: "slowed down", Verb.LOCK_CHANNEL: "locked"}
_OVER = {Verb.SLOW_CHANNEL: "the slow mode was to end", Verb.LOCK_CHANNEL: "it was to be open again"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restraining:
    """What is to be done to a channel: by whom and why, for how long, and with which wait between two posts."""

    verb: Verb
    place: Place
    by: Actor
    reason: str
    event_id: EventId
    until: datetime | None = None
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifting:
    """What is to be taken back from a channel, by whom and why."""

    verb: Verb
    place: Place
    by: Actor
    reason: str
    event_id: EventId


def the_bot(place: Place) -> Actor:
    """Give the bot itself, acting by the policy."""
    return Actor(platform=place.platform, community=place.community, id=MemberId(""), name="Hustings")


async def restrain_for(incident: Incident, verb: Verb, deps: Deps) -> Outcome:
    """Slow a channel down, or lock it, because of a message in it, as the policy says."""
    ref = incident.event.ref
    place = Place(ref.platform, ref.community, ref.channel)
    rules = ", ".join(match.rule for match in incident.decision.rules)
    wanted = Restraining(
        verb=verb,
        place=place,
        by=the_bot(place),
        reason=f"{incident.id}: {rules}",
        event_id=EventId(f"{verb.value}:{incident.id}"),
        until=incident.recorded_at + deps.lock_for if verb is Verb.LOCK_CHANNEL else None,
        seconds=int(deps.slow_mode_for.total_seconds()) if verb is Verb.SLOW_CHANNEL else 0,
    )
    return await restrain(wanted, deps)


async def restrain(wanted: Restraining, deps: Deps) -> Outcome:
    """Keep how the channel stood, then slow it down or lock it; what stands already is left alone.

    A person's word goes before the bot's: it may give another end or another wait, and what stood before either stays
    what is given back. Raises `EvidenceUnavailable` and `PlatformUnavailable`; repeated with the same event it goes on.
    """
    action, place = ACTIONS[wanted.verb], wanted.place
    platform = deps.platforms[place.platform]
    async with deps.memory.turn(("channel", place)):
        stands = await _stands(deps)
        held = stands.get((place, wanted.verb))
        if held is not None and held.event_id != wanted.event_id and wanted.by.is_bot:
            since = f"it is {_WHAT[wanted.verb]} since {moment(held.at)}"
            return Outcome(action=action, status=OutcomeStatus.ALREADY, detail=since)
        if held is None or held.event_id != wanted.event_id:
            refused = await _keep_first(wanted, held, platform, deps)
            if refused is not None:
                return refused
        outcome = await _put_on(wanted, platform)
        if outcome.status not in _STANDS:
            await _keep_end(_end(wanted, f"not carried out: {outcome.detail or outcome.status.value}", deps), deps)
        elif outcome.status is OutcomeStatus.DEGRADED:
            await _ask_somebody(place, f"A channel is to be {_WHAT[wanted.verb]} by hand", outcome.detail, deps)
        return outcome


async def let_go(wanted: Lifting, deps: Deps) -> Outcome:
    """Give a channel back as it stood before, and keep that; what somebody changed meanwhile is left as it is.

    Where the platform refuses, it goes on standing. Raises `EvidenceUnavailable` and `PlatformUnavailable`.
    """
    action, place = ACTIONS[wanted.verb], wanted.place
    platform = deps.platforms[place.platform]
    async with deps.memory.turn(("channel", place)):
        held = (await _stands(deps)).get((place, wanted.verb))
        if held is None:
            detail = f"the bot did not have it {_WHAT[wanted.verb]}"
            return Outcome(action=action, status=OutcomeStatus.ALREADY, detail=detail)
        outcome = await _take_off(held, platform, wanted.reason)
        if outcome.status in _STANDS:
            reason = f"{wanted.reason} ({outcome.detail})" if outcome.detail else wanted.reason
            await _keep_end(_end(replace(wanted, reason=reason), "", deps), deps)
        if outcome.status is OutcomeStatus.DEGRADED:
            await _ask_somebody(place, "A channel is to be opened again by hand", outcome.detail, deps)
        return outcome


async def give_back_due(deps: Deps, *, reachable: Collection[str] | None = None) -> int:
    """Lift what is over: a lock whose time is up, a slow mode once no flood went on for a while; gives how many.

    What cannot be lifted stays on the list, and moderators are told once a day that it takes a person.
    """
    now, lifted = deps.clock.now(), 0
    for (place, verb), held in list((await _stands(deps)).items()):
        if place.platform not in deps.platforms or (reachable is not None and place.platform.value not in reachable):
            continue
        calm = ends_when_calm(held) and await _is_calm(place, held, now, deps)
        if not calm and not is_over(held, now):
            continue
        wanted = Lifting(
            verb=verb,
            place=place,
            by=the_bot(place),
            reason="no flood went on" if calm else "its time is over",
            event_id=EventId(f"{LIFTS[verb].value}:{held.event_id}"),
        )
        try:
            outcome = await let_go(wanted, deps)
        except PlatformUnavailable:
            deps.counters.count("channels.postponed")
            continue
        lifted += outcome.status in _STANDS
        if outcome.status not in _STANDS and deps.memory.long_since(("unlifted", place, verb), now, TELL_EVERY):
            deps.memory.note_done(("unlifted", place, verb), now)
            headline = f"A channel could not be given back: {_OVER[verb]} at {moment(now)}"
            await _ask_somebody(place, headline, outcome.detail, deps)
    return lifted


async def _stands(deps: Deps) -> Standing:
    """Give what stands, read from the record once and kept in step with it from then on."""
    if deps.memory.channels is None:
        deps.memory.channels = standing(await deps.evidence.channel_acts())
    return deps.memory.channels


async def _is_calm(place: Place, held: Act, now: datetime, deps: Deps) -> bool:
    """Whether nothing on record asked for the slow mode lately; the record knows it after a restart as well."""
    since = now - deps.calm_after
    if held.at > since:
        return False
    wanted = IncidentFilter(
        since=since, platform=place.platform, channel=place.channel, action=Action.SLOW_MODE, limit=1
    )
    return not [incident async for incident in deps.incidents.find(wanted)]


async def _keep_first(wanted: Restraining, held: Act | None, platform: Platform, deps: Deps) -> Outcome | None:
    """Put the restraint on record with what stands now; gives the outcome if it ends there."""
    action, place = ACTIONS[wanted.verb], wanted.place
    try:
        state = await platform.channel_state(place.community, place.channel)
    except NotReadable as error:
        return Outcome(action=action, status=OutcomeStatus.REFUSED, detail=str(error))
    if held is None and wanted.verb is Verb.SLOW_CHANNEL and wanted.by.is_bot and state.wait >= wanted.seconds:
        longer = f"members wait {state.wait} seconds between two posts there as it is"
        return Outcome(action=action, status=OutcomeStatus.ALREADY, detail=longer)
    act = Act(
        event_id=wanted.event_id,
        actor=wanted.by,
        verb=wanted.verb,
        reason=wanted.reason,
        at=deps.clock.now(),
        until=wanted.until,
        channel=place.channel,
        stood=held.stood if held is not None else _written(wanted.verb, state),
        seconds=wanted.seconds or None,
    )
    if await _append(act, deps):
        return None
    return Outcome(action=action, status=OutcomeStatus.ALREADY, detail="this was kept before, and lifted since")


async def _put_on(wanted: Restraining, platform: Platform) -> Outcome:
    community, channel = wanted.place.community, wanted.place.channel
    if wanted.verb is Verb.LOCK_CHANNEL:
        return await platform.lock(community, channel, reason=wanted.reason)
    return await platform.slow_mode(community, channel, seconds=wanted.seconds, reason=wanted.reason)


async def _take_off(held: Act, platform: Platform, reason: str) -> Outcome:
    assert held.channel is not None
    community = held.actor.community
    if held.verb is Verb.LOCK_CHANNEL:
        return await platform.unlock(community, held.channel, stood=held.stood, reason=reason)
    try:
        state = await platform.channel_state(community, held.channel)
    except NotReadable as error:
        return Outcome(action=Action.SLOW_MODE, status=OutcomeStatus.REFUSED, detail=str(error))
    if state.wait != (held.seconds or 0):
        changed = "somebody changed the wait since, so it was left as it is"
        return Outcome(action=Action.SLOW_MODE, status=OutcomeStatus.ALREADY, detail=changed)
    return await platform.slow_mode(community, held.channel, seconds=int(held.stood or 0), reason=reason)


def _written(verb: Verb, state: ChannelState) -> str:
    return state.writing if verb is Verb.LOCK_CHANNEL else str(state.wait)


def _end(wanted: Restraining | Lifting, why: str, deps: Deps) -> Act:
    lift = LIFTS[wanted.verb]
    return Act(
        event_id=EventId(f"{lift.value}:{wanted.event_id}") if why else wanted.event_id,
        actor=the_bot(wanted.place) if why else wanted.by,
        verb=lift,
        reason=why or wanted.reason,
        at=deps.clock.now(),
        channel=wanted.place.channel,
    )


async def _keep_end(act: Act, deps: Deps) -> None:
    if not await _append(act, deps):
        deps.memory.channels = None  # somebody else kept it; what stands is read anew


async def _append(act: Act, deps: Deps) -> bool:
    try:
        fresh = await deps.evidence.append_act(act)
    except EvidenceUnavailable:
        # Whether it was kept is unknown: what stands is read from the record before anything else is done.
        deps.memory.channels = None
        raise
    if fresh and deps.memory.channels is not None:
        apply_act(act, deps.memory.channels)
    deps.counters.count(f"channels.{act.verb.value}")
    return fresh


async def _ask_somebody(place: Place, headline: str, what: str, deps: Deps) -> None:
    """Give moderators the task to do by hand what the platform lets no bot do."""
    card = replace(matter_card(headline, (what,)), channel=place.channel)
    try:
        shown = await deps.platforms[place.platform].post_alert(place.community, card)
    except PlatformUnavailable:
        deps.counters.count("alarms.unsent")
        return
    if shown.status not in _STANDS:
        deps.counters.count("alarms.unsent")
