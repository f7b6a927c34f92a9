"""What moderators do: settle an incident, warn or mute a member, look at what is kept."""

from datetime import timedelta

from handlers.alerts import (
    alert_card,
    incident_line,
    known_ends,
    last_verdict,
    outcome_line,
    settled_line,
    timeout_notice,
    warning_notice,
)
from handlers.deps import Deps
from handlers.enforcement import carry_out, show_card_again
from handlers.errors import EvidenceUnavailable, HustingsError, PlatformUnavailable, UnknownIncident
from handlers.ports import IncidentFilter, Notice, Settlement
from handlers.replies import Reply, refused
from policies.acts import Act, Actor, Verb
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import ChannelId, CommunityId, EventId, IncidentId, MemberId, MessageId, MessageRef
from policies.incidents import Incident, IncidentState

LONGEST_TIMEOUT = timedelta(days=28)
_ENDED_WELL = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)
_NOT_YOURS = "Only the moderators named in the settings may do this. Nothing was changed."
_NO_REASON = "Please give a reason: it is kept with the decision. Nothing was changed."
_NO_VERDICT = "An incident is settled with uphold or not-abuse. Nothing was changed."
_OWN = "This is about your own message, so another moderator has to decide it. Nothing was changed."
_ABLE = {Action.MUTE: "mute members", Action.SLOW_MODE: "slow a channel down", Action.LOCK: "lock a channel"}
NOT_KEPT = "This could not be kept on record just now, so nothing was done. Please try again in a minute."
_REPEATED = "This was kept already; nothing was done a second time."


async def settle_incident(
    actor: Actor,
    incident: IncidentId,
    verdict: Verb,
    reason: str,
    *,
    version: int,
    event_id: EventId,
    deps: Deps,
) -> Reply:
    """Keep a moderator's verdict; "not abuse" also shows again what was hidden and lifts a mute.

    `version` is that of the card that was pressed: if somebody decided since, nothing changes and the
    reply says who decided what and when. Nobody decides about their own message.
    """
    if not await _may(actor, "settle", deps):
        return refused(_NOT_YOURS)
    if verdict not in (Verb.UPHOLD, Verb.NOT_ABUSE) or not reason.strip():
        return refused(_NO_REASON if not reason.strip() else _NO_VERDICT)
    act = Act(
        event_id=event_id,
        actor=actor,
        verb=verdict,
        reason=reason,
        at=deps.clock.now(),
        incident=incident,
    )
    try:
        if await _is_own(actor, incident, deps):
            deps.counters.count("commands.settle.own")
            return refused(_OWN)
        settlement = await deps.evidence.settle(act, version=version)
    except UnknownIncident:
        return _unknown(incident)
    except EvidenceUnavailable:
        deps.counters.count("evidence.unavailable")
        return refused(NOT_KEPT)
    return await _after(settlement, act, deps)


async def warn_member(
    actor: Actor,
    member: MemberId,
    reason: str,
    *,
    community: CommunityId,
    event_id: EventId,
    deps: Deps,
) -> Reply:
    """Keep a warning and send it to the member; a warning that may have been sent is not sent twice."""
    refusal = await may_not(actor, Verb.WARN, reason, Action.NOTIFY_AUTHOR, deps)
    if refusal:
        return refusal
    act = Act(
        event_id=event_id,
        actor=actor,
        verb=Verb.WARN,
        reason=reason,
        at=deps.clock.now(),
        subject=member,
    )
    refusal = await _keep(act, deps)
    if refusal:
        return refusal
    told = await _tell(actor, community, member, warning_notice(reason, deps.organisation), deps)
    return Reply(text=f"The warning is on record. {told}")


async def time_out_member(
    actor: Actor,
    member: MemberId,
    duration: timedelta,
    reason: str,
    *,
    community: CommunityId,
    event_id: EventId,
    deps: Deps,
    ref: MessageRef | None = None,
) -> Reply:
    """Keep a moderator's mute, carry it out and tell the member; `ref` names a message it is about."""
    refusal = await may_not(actor, Verb.TIMEOUT, reason, Action.MUTE, deps)
    if refusal:
        return refusal
    if not timedelta(0) < duration <= LONGEST_TIMEOUT:
        return refused("A mute lasts between one second and 28 days. Nothing was changed.")
    until = deps.clock.now() + duration
    act = Act(
        event_id=event_id,
        actor=actor,
        verb=Verb.TIMEOUT,
        reason=reason,
        at=deps.clock.now(),
        subject=member,
        until=until,
    )
    refusal = await _keep(act, deps)
    if refusal:
        return refusal
    where = ref or MessageRef(actor.platform, community, ChannelId(""), MessageId(""))
    try:
        platform = deps.platforms[actor.platform]
        outcome = await platform.mute(where, member, until=until, reason=f"Moderator: {reason}")
    except PlatformUnavailable:
        deps.counters.count("acts.timeout.unavailable")
        return refused("The mute is on record, but the platform did not answer. Please give the command again.")
    deps.counters.count(f"acts.timeout.{outcome.status.value}")
    if outcome.status not in _ENDED_WELL:
        return refused(f"The member was not muted: {outcome.detail or outcome.status.value}")
    told = await _tell(actor, community, member, timeout_notice(reason, until, deps.organisation), deps)
    return Reply(text=f"The member cannot post until {until:%H:%M} UTC on {until.day} {until:%B %Y}. {told}")


async def list_incidents(actor: Actor, *, deps: Deps, limit: int = 10) -> Reply:
    """Show the newest incidents, one masked line each."""
    if not await _may(actor, "list", deps):
        return refused(_NOT_YOURS)
    try:
        lines = [incident_line(kept) async for kept in deps.incidents.find(IncidentFilter(limit=limit))]
    except EvidenceUnavailable:
        return refused("The record cannot be read just now. Please try again in a minute.")
    return Reply(text="\n".join(lines) or "No incidents are kept yet.")


async def show_incident(actor: Actor, incident: IncidentId, *, deps: Deps) -> Reply:
    """Show one incident, masked, with what was done about it."""
    if not await _may(actor, "show", deps):
        return refused(_NOT_YOURS)
    try:
        kept = await deps.incidents.get(incident)
    except EvidenceUnavailable:
        return refused("The record cannot be read just now. Please try again in a minute.")
    if kept is None:
        return _unknown(incident)
    done = [outcome_line(record.outcome) for record in known_ends(kept)]
    lines = [incident_line(kept), *done, settled_line(kept)]
    return Reply(text="\n".join(line for line in lines if line), card=alert_card(kept))


async def _may(actor: Actor, verb: str, deps: Deps) -> bool:
    try:
        allowed = await deps.moderators.include(actor)
    except HustingsError:
        allowed = False
    deps.counters.count(f"commands.{verb}" if allowed else f"commands.{verb}.refused")
    return allowed


async def _is_own(actor: Actor, incident: IncidentId, deps: Deps) -> bool:
    kept = await deps.incidents.get(incident)
    return kept is not None and (kept.event.ref.platform, kept.event.author.id) == (actor.platform, actor.id)


async def may_not(actor: Actor, verb: Verb, reason: str, action: Action, deps: Deps) -> Reply | None:
    """Give the sentence that says why this may not be done, if it may not."""
    if not await _may(actor, verb.value, deps):
        return refused(_NOT_YOURS)
    if not reason.strip():
        return refused(_NO_REASON)
    platform = deps.platforms.get(actor.platform)
    if platform is None or action not in platform.can:
        what = _ABLE.get(action, "write to members")
        name = actor.platform.value.capitalize()
        return refused(f"{name} does not let this bot {what}. Nothing was changed; please do it by hand.")
    return None


async def _keep(act: Act, deps: Deps) -> Reply | None:
    """Keep an act before it is carried out; give the reply that ends the command if it may not go on."""
    try:
        fresh = await deps.evidence.append_act(act)
    except EvidenceUnavailable:
        deps.counters.count("evidence.unavailable")
        return refused(NOT_KEPT)
    return None if fresh else Reply(text=_REPEATED)


async def _tell(actor: Actor, community: CommunityId, member: MemberId, notice: Notice, deps: Deps) -> str:
    try:
        outcome = await deps.platforms[actor.platform].notify(community, member, notice)
    except PlatformUnavailable:
        return "The connection broke, so it is not known whether the notice arrived."
    if outcome.status in _ENDED_WELL:
        return "The member was told."
    return f"The member could not be told: {outcome.detail or outcome.status.value}"


async def _after(settlement: Settlement, act: Act, deps: Deps) -> Reply:
    """Take back what the verdict takes back, show the card anew, and say what happened."""
    now = settlement.incident
    if settlement.took_effect:
        deps.counters.count(f"settled.{act.verb.value}")
        await carry_out(now.id, deps)
        try:
            now = await deps.incidents.get(now.id) or now
        except EvidenceUnavailable:
            deps.counters.count("evidence.unavailable")  # the verdict is kept, and is shown as it was returned
    await show_card_again(now, deps)
    if not settlement.took_effect and not any(kept.event_id == act.event_id for kept in now.acts):
        deps.counters.count("settled.stale")
        return Reply(text=_stale(now), ok=False, card=alert_card(now))
    return Reply(text=_settled(now), card=alert_card(now))


def _settled(incident: Incident) -> str:
    words = [settled_line(incident)]
    if incident.state is IncidentState.NOT_ABUSE:
        undone = (OutcomeStatus.UNDONE, OutcomeStatus.NOT_UNDONE)
        words += [f"{outcome_line(r.outcome)}." for r in incident.outcomes if r.outcome.status in undone]
        if incident.to_undo:
            words.append("The platform did not answer; what is left is taken back as soon as it does.")
    return "\n".join(words)


def _stale(incident: Incident) -> str:
    if last_verdict(incident) is None:
        return "This card is out of date; it was shown anew. Nothing was changed."
    return f"{settled_line(incident)}\nYour press came later and changed nothing."


def _unknown(incident: IncidentId) -> Reply:
    return refused(f"There is no incident {incident}. The list of incidents shows their names.")
