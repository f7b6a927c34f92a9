"""Carrying out what was decided: only what is on record, each action once, its outcome kept at once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from handlers.alerts import alert_card, author_notice, due_at, moment, not_competent_business
from handlers.attachments import copy_attachments
from handlers.casework.campaigns import case_of_incident
from handlers.channels import restrain_for
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable, PlatformUnavailable
from handlers.gathering import show
from handlers.ports import Platform
from policies.acts import Verb
from policies.casework.calendars import Calendar, Nation
from policies.decisions import Action, Decision, Outcome, OutcomeStatus
from policies.identifiers import IncidentId
from policies.incidents import Incident, IncidentState, Source

ORDER = (
    Action.HIDE,
    Action.HOLD,
    Action.MUTE,
    Action.LOCK,
    Action.SLOW_MODE,
    Action.OPEN_REPORT,
    Action.OPEN_CASE,
    Action.REMIND,
    Action.NOTIFY_AUTHOR,
    Action.ALERT,
)
"""What touches the message comes first; the card comes last, because it says how the rest ended."""

REMINDED_EVERY = timedelta(hours=1)
"""How long a channel is left alone after it was reminded what is not its business."""

LONGEST_MUTE = timedelta(hours=24)
_PLAIN = Calendar(Nation.NONE, UTC)
"""Months need no bank holidays."""

_UNALARMED = (Action.ALLOW, Action.NOTIFY_AUTHOR, Action.REMIND)
_PLATFORM_ACTIONS = (
    Action.HIDE,
    Action.HOLD,
    Action.MUTE,
    Action.LOCK,
    Action.SLOW_MODE,
    Action.REMIND,
    Action.NOTIFY_AUTHOR,
)
_ENDED_WELL = (OutcomeStatus.DONE, OutcomeStatus.ALREADY, OutcomeStatus.DEGRADED)


def to_do(decision: Decision) -> tuple[Action, ...]:
    """Give what has to be carried out, in order; what restricts a member they are told, and moderators are shown."""
    wanted = set(decision.actions) - {Action.ALLOW}
    if wanted & {Action.HIDE, Action.HOLD, Action.MUTE}:
        wanted.add(Action.NOTIFY_AUTHOR)
    if decision.withheld or any(action not in _UNALARMED for action in wanted):
        wanted.add(Action.ALERT)
    return tuple(action for action in ORDER if action in wanted)


async def carry_out(incident: IncidentId, deps: Deps) -> bool:
    """Bring the platform in line with the record of one incident; true when nothing is left to do.

    The message's files are kept first, as far as they can be had in time. Tasks take turns and each reads
    the record anew, so an action with an outcome is never repeated. A lost platform or record leaves the
    rest for the next call.
    """
    async with deps.memory.turn(incident):
        try:
            kept = await deps.incidents.get(incident)
            platform = deps.platforms.get(kept.event.ref.platform) if kept else None
            if kept is None or platform is None:
                return False
            kept = await copy_attachments(kept, platform, deps)
            for action in kept.unfinished:
                kept = await _act(action, kept, platform, deps)
            for action in kept.to_undo:
                kept = await _undo(action, kept, platform, deps)
        except PlatformUnavailable:
            deps.counters.count("actions.postponed")
            return False
        except EvidenceUnavailable:
            deps.counters.count("evidence.unavailable")
            return False
        return True


async def resume_unfinished(deps: Deps, *, reachable: Collection[str] | None = None) -> int:
    """Carry out whatever has no outcome yet, oldest first; gives how many incidents still wait.

    With `reachable`, the names of the platforms that are connected, the incidents of others are left for
    later: before it is connected a platform does not know what it can do, and would record too little.
    One incident that cannot be finished never keeps the others waiting, and files alone keep nothing waiting:
    incidents that lack only those come last, and are not counted.
    """
    left = 0
    waiting = await deps.evidence.unfinished()
    for incident in sorted(waiting, key=_lacks_only_files):
        if reachable is not None and incident.event.ref.platform.value not in reachable:
            continue
        try:
            finished = await carry_out(incident.id, deps)
        except Exception:  # noqa: BLE001 - a fault in one incident must not keep the others waiting
            deps.counters.count("actions.broken")
            finished = False
        left += not finished and not _lacks_only_files(incident)
    return left


async def show_card_again(incident: Incident, deps: Deps) -> bool:
    """Replace the card in the moderator channel by one that shows how the incident now stands."""
    receipt = incident.receipt(Action.ALERT)
    platform = deps.platforms.get(incident.event.ref.platform)
    if not receipt or platform is None:
        return False
    try:
        outcome = await platform.update_alert(incident.event.ref.community, receipt, alert_card(incident))
    except PlatformUnavailable:
        deps.counters.count("cards.stale")
        return False
    return outcome.status in _ENDED_WELL


def _lacks_only_files(incident: Incident) -> bool:
    return not incident.unfinished and not incident.to_undo


async def _act(action: Action, incident: Incident, platform: Platform, deps: Deps) -> Incident:
    if incident.state is IncidentState.NOT_ABUSE and action in _PLATFORM_ACTIONS:
        called_off = "not carried out, because a moderator found no abuse first"
        outcome = Outcome(action=action, status=OutcomeStatus.UNDONE, detail=called_off)
    elif action in _PLATFORM_ACTIONS and action not in platform.can:
        outcome = _degraded(action, platform)
    elif action is Action.NOTIFY_AUTHOR:
        return await _notify_author(incident, platform, deps)
    else:
        outcome = await _attempt(action, incident, platform, deps)
    return await _keep(outcome, incident, deps)


async def _attempt(action: Action, incident: Incident, platform: Platform, deps: Deps) -> Outcome:
    match action:
        case Action.HIDE | Action.HOLD:
            return await _hide(action, incident, platform)
        case Action.MUTE:
            return await _mute(incident, platform, deps)
        case Action.SLOW_MODE | Action.LOCK:
            verb = Verb.LOCK_CHANNEL if action is Action.LOCK else Verb.SLOW_CHANNEL
            return await restrain_for(incident, verb, deps)
        case Action.REMIND:
            return await _remind(incident, platform, deps)
        case Action.ALERT:
            return await show(incident, platform, deps)
        case _:
            due = due_at(incident)
            when = f"due by {moment(due)}" if due else "no time limit"
            if deps.intake is not None and (action is Action.OPEN_CASE or incident.source is Source.REPORT):
                when = f"{await case_of_incident(incident, deps.intake, deps.incidents)}, {when}"
            return Outcome(action=action, status=OutcomeStatus.DONE, detail=when)


async def _hide(action: Action, incident: Incident, platform: Platform) -> Outcome:
    if action is Action.HOLD and incident.last(Action.HIDE) in _ENDED_WELL:
        return Outcome(action=action, status=OutcomeStatus.ALREADY, detail="the message is hidden")
    outcome = await platform.hide(incident.event.ref, reason=_audit_reason(incident))
    return replace(outcome, action=action)


async def _mute(incident: Incident, platform: Platform, deps: Deps) -> Outcome:
    # The end is reckoned from the record, so that repeating the call never lengthens the mute.
    until = _mute_ends(incident, deps)
    if until <= deps.clock.now():
        late = "its time was over before the platform could be reached"
        return Outcome(action=Action.MUTE, status=OutcomeStatus.FAILED, detail=late)
    reason = _audit_reason(incident)
    return await platform.mute(incident.event.ref, incident.event.author.id, until=until, reason=reason)


def _mute_ends(incident: Incident, deps: Deps) -> datetime:
    return incident.recorded_at + min(deps.mute_for, LONGEST_MUTE)


async def _remind(incident: Incident, platform: Platform, deps: Deps) -> Outcome:
    event, now = incident.event, deps.clock.now()
    key = ("reminded", event.ref.platform, event.ref.community, event.ref.channel)
    async with deps.memory.turn(key):
        if not deps.memory.long_since(key, now, REMINDED_EVERY):
            return Outcome(action=Action.REMIND, status=OutcomeStatus.ALREADY, detail="the channel was told lately")
        outcome = await platform.remind(event.ref, event.thread, not_competent_business(deps.organisation))
        if outcome.status in _ENDED_WELL:
            deps.memory.note_done(key, now)
        return outcome


async def _notify_author(incident: Incident, platform: Platform, deps: Deps) -> Incident:
    action = Action.NOTIFY_AUTHOR
    author = incident.event.author
    if author.is_bot:
        nobody = Outcome(action=action, status=OutcomeStatus.DEGRADED, detail="the author is a bot")
        return await _keep(nobody, incident, deps)
    # A private message cannot be taken back or recognised as a repeat: the intent is kept first, and
    # whoever finds it after a crash does not send a second one.
    incident = await _keep(Outcome(action=action, status=OutcomeStatus.STARTED), incident, deps)
    try:
        notice = author_notice(
            incident,
            deps.organisation,
            until=deps.policy.clocks.appeal_window.after(deps.clock.now(), _PLAIN),
            muted_until=_mute_ends(incident, deps),
            by_command=deps.deciding is not None,
        )
        outcome = await platform.notify(incident.event.ref.community, author.id, notice)
    except PlatformUnavailable:
        unknown = "the connection broke, so it is not known whether the notice arrived"
        outcome = Outcome(action=action, status=OutcomeStatus.FAILED, detail=unknown)
    return await _keep(outcome, incident, deps)


async def _undo(action: Action, incident: Incident, platform: Platform, deps: Deps) -> Incident:
    ref = incident.event.ref
    if action is Action.MUTE:
        answer = await platform.unmute(ref, incident.event.author.id, reason=f"{incident.id}: not abuse")
    elif OutcomeStatus.UNDONE in (incident.last(Action.HIDE), incident.last(Action.HOLD)):
        # A message that was both hidden and held is shown again once.
        answer = Outcome(action=action, status=OutcomeStatus.ALREADY)
    elif incident.gone_before:
        why = "somebody had deleted it before the bot could"
        gone = Outcome(action=action, status=OutcomeStatus.NOT_UNDONE, detail=why)
        return await _keep(gone, incident, deps)
    else:
        note = f"Shown again: a moderator looked at it and found no abuse ({incident.id})."
        answer = await platform.restore(incident, note=note)
    status = OutcomeStatus.UNDONE if answer.status in _ENDED_WELL else OutcomeStatus.NOT_UNDONE
    return await _keep(replace(answer, action=action, status=status), incident, deps)


async def _keep(outcome: Outcome, incident: Incident, deps: Deps) -> Incident:
    """Keep an outcome and give the incident as the record now has it."""
    await deps.evidence.append_outcome(incident.id, outcome, deps.clock.now())
    deps.counters.count(f"actions.{outcome.action.value}.{outcome.status.value}")
    kept = await deps.incidents.get(incident.id)
    return kept or incident


def _degraded(action: Action, platform: Platform) -> Outcome:
    words = {
        Action.HIDE: "hide messages of members",
        Action.HOLD: "hold messages back",
        Action.MUTE: "mute members",
        Action.SLOW_MODE: "slow a channel down",
        Action.LOCK: "lock a channel",
        Action.REMIND: "post in that channel",
        Action.NOTIFY_AUTHOR: "write to members",
    }
    name = platform.name.value.capitalize()
    detail = f"{name} does not let this bot {words[action]}; moderators were alerted instead"
    return Outcome(action=action, status=OutcomeStatus.DEGRADED, detail=detail)


def _audit_reason(incident: Incident) -> str:
    rules = ", ".join(match.rule for match in incident.decision.rules) or "report"
    return f"{incident.id}: {rules}"
