"""What happens when a message is posted, edited or deleted: judge, keep, and only then act."""

from collections.abc import Callable
from dataclasses import replace

from handlers.attachments import to_copy
from handlers.casework.watch import watch
from handlers.classify import classified
from handlers.degraded import alarm, tell_recovery
from handlers.deps import Deps
from handlers.enforcement import carry_out, to_do
from handlers.errors import EvidenceUnavailable, HustingsError
from handlers.following import follow, forget
from handlers.ports import Recorded
from handlers.surroundings import look_around
from policies.acts import Actor
from policies.assessments import Assessment, Context
from policies.decisions import Action, Decision
from policies.evaluate import decide
from policies.events import MessageDeleted, MessageEdited, MessagePosted, MessageWritten
from policies.incidents import NewIncident, Source

NOT_KEPT = "evidence: it could not be kept, so nothing was removed"
"""Stands in `Decision.degraded` when the record failed; a platform that can deliver again should."""

_UNCHANGED = "The text is the one that was judged before."


async def handle_message_posted(
    event: MessagePosted, deps: Deps, *, on_durable: Callable[[], None] | None = None
) -> Decision:
    """Judge a message; if it matters keep it, act on it and keep what came of that.

    `on_durable` is called once nothing about the decision can be lost any more, before any action;
    it is not called when the record failed.
    """
    deps.counters.count(f"messages.posted.{event.ref.platform.value}")
    return await _handle(event, deps, on_durable)


async def handle_message_edited(
    event: MessageEdited, deps: Deps, *, on_durable: Callable[[], None] | None = None
) -> Decision:
    """Judge an edited message anew; an edit that leaves the text as it was is ignored."""
    deps.counters.count(f"messages.edited.{event.ref.platform.value}")
    return await _handle(event, deps, on_durable)


async def handle_message_deleted(event: MessageDeleted, deps: Deps) -> None:
    """Keep that a message went away, if there is an incident about it.

    Raises `EvidenceUnavailable` when that could not be kept; the same event may be delivered again.
    """
    deps.counters.count(f"messages.deleted.{event.ref.platform.value}")
    deps.memory.forget(event.ref)
    forget(event.ref, deps)
    deps.memory.note_deletion(event)
    async with deps.memory.turn(("judged", event.ref)):
        try:
            incidents = await deps.evidence.note_deletion(event)
        except EvidenceUnavailable:
            incidents = await deps.evidence.note_deletion(event)
    deps.counters.count("deletions.kept", len(incidents))


async def assess(event: MessageWritten, deps: Deps) -> Assessment:
    """Read a message in its context, and ask the classifier if there is one."""
    context = await _context(event, deps)
    if deps.reading is not None:
        assessment = await deps.reading.read(event.text, context)
    else:
        _, assessment = deps.reader.read(event.text, context)
    if deps.scorer is None:
        return assessment
    told = await classified(event.text, assessment, deps.scorer, deps.scorer_timeout)
    if len(told.degraded) > len(assessment.degraded):
        deps.counters.count("classifier.degraded")
    return told


def judge(event: MessageWritten, assessment: Assessment, deps: Deps) -> Decision:
    """Ask the policy in force what follows, on the platform where it was said."""
    platform = deps.platforms.get(event.ref.platform)
    can = platform.can if platform else frozenset[Action]()
    return decide(assessment, deps.policy, mode=deps.mode, can=can)


async def _handle(event: MessageWritten, deps: Deps, on_durable: Callable[[], None] | None) -> Decision:
    # Until a message is judged and kept, what follows it waits: an edit or a deletion that comes meanwhile would
    # find no incident to belong to.
    async with deps.memory.turn(("judged", event.ref)):
        decision, recorded = await _judge_and_keep(event, deps)
    if NOT_KEPT in decision.degraded:
        await alarm(event, deps)
        return decision
    if on_durable:
        on_durable()
    if recorded is not None and recorded.fresh:
        deps.counters.count("incidents.kept")
        await carry_out(recorded.incident, deps)
        await look_around(recorded.incident, deps)
        await watch(recorded.incident, deps)
    if recorded is not None and deps.memory.alarms():
        deps.memory.kept_after_all(event.ref)
        await tell_recovery(deps)
    return decision


async def _judge_and_keep(event: MessageWritten, deps: Deps) -> tuple[Decision, Recorded | None]:
    """Decide about a message, and keep it if it matters; a decision that could not be kept says so."""
    if _unchanged(event, deps):
        deps.counters.count("messages.unchanged")
        return _ignored(deps), None
    changed = _changed(event, deps)
    deps.memory.judge(event)
    assessment = follow(event, await assess(event, deps), deps)
    decision = judge(event, assessment, deps)
    if not _matters(decision):
        deps.counters.count("messages.allowed")
        if isinstance(event, MessageEdited):
            await _note_edit(event, deps)
        return decision, None
    try:
        recorded = await _record(event, assessment, decision, deps, changed=changed)
    except EvidenceUnavailable:
        deps.counters.count("evidence.unavailable")
        deps.memory.forget(event.ref)
        return _held_back(decision), None
    if recorded is None:
        deps.counters.count("messages.unchanged")
        return _ignored(deps), None
    if not recorded.fresh:
        deps.counters.count("messages.repeated")
    return decision, recorded


async def _note_edit(event: MessageEdited, deps: Deps) -> None:
    """Keep what a message with incidents was changed to, although nothing follows from the new text."""
    try:
        incidents = await deps.evidence.note_edit(event)
    except EvidenceUnavailable:
        incidents = await deps.evidence.note_edit(event)
    deps.counters.count("edits.kept", len(incidents))


async def _record(
    event: MessageWritten, assessment: Assessment, decision: Decision, deps: Deps, *, changed: bool
) -> Recorded | None:
    """Keep the incident; nothing if the latest one has this very text, unless the text is known to have changed."""
    new = NewIncident(
        event_id=event.event_id,
        event=event,
        assessment=assessment,
        decision=decision,
        source=Source.DETECTION,
        recorded_at=deps.clock.now(),
        to_do=to_do(decision),
        to_copy=to_copy(event),
        wants_context=deps.context_messages > 0,
    )
    async with deps.memory.turn(event.ref):
        if isinstance(event, MessageEdited) and not changed:
            earlier = await deps.incidents.of_message(event.ref)
            if any(i.event.event_id != event.event_id and i.event.text == event.text for i in earlier[-1:]):
                return None
        try:
            recorded = await deps.evidence.record(new)
        except EvidenceUnavailable:
            # Whether the first attempt was kept is unknown; repeating it with the same id is harmless.
            deps.counters.count("evidence.unavailable")
            recorded = await deps.evidence.record(new)
    gone = deps.memory.deletion_of(event.ref)
    if gone is not None and recorded.fresh:  # the platform told of the deletion first
        deps.counters.count("deletions.kept", len(await deps.evidence.note_deletion(gone)))
    return recorded


def _held_back(decision: Decision) -> Decision:
    """Give what is left of a decision that could not be kept: to alert, and to do nothing."""
    held_back = tuple(a for a in decision.actions if a not in (Action.ALLOW, Action.ALERT))
    return replace(
        decision,
        actions=(Action.ALERT,),
        withheld=(*decision.withheld, *held_back),
        degraded=(*decision.degraded, NOT_KEPT),
    )


def _unchanged(event: MessageWritten, deps: Deps) -> bool:
    if isinstance(event, MessageEdited) and event.before is not None and event.before == event.text:
        return True
    return deps.memory.judged_before(event)


def _changed(event: MessageWritten, deps: Deps) -> bool:
    """Whether an edit is known to have changed the text; an abusive one may come back after a decent one."""
    told = isinstance(event, MessageEdited) and event.before is not None and event.before != event.text
    return told or deps.memory.judged_otherwise(event)


def _matters(decision: Decision) -> bool:
    return bool(decision.withheld) or any(action is not Action.ALLOW for action in decision.actions)


def _ignored(deps: Deps) -> Decision:
    return replace(deps.policy.allowed, reasons=(_UNCHANGED,))


async def _context(event: MessageWritten, deps: Deps) -> Context:
    author, parent = event.author, event.parent
    actor = Actor(
        platform=event.ref.platform,
        community=event.ref.community,
        id=author.id,
        name=author.name,
        roles=author.roles,
    )
    try:
        moderator = await deps.moderators.include(actor)
    except HustingsError:
        moderator = False
    borrowed = deps.register.lookalike(author.id, author.name, author.handle)
    return Context(
        platform=event.ref.platform,
        channel=event.channel_name or event.ref.channel,
        author_roles=author.roles,
        author_is_moderator=moderator,
        in_thread=event.thread is not None,
        is_edit=isinstance(event, MessageEdited),
        parent_text=parent.text if parent else None,
        parent_is_own=parent is not None and parent.author == author.id,
        attachment_count=len(event.attachments),
        lookalike_of=borrowed.name if borrowed else "",
    )
