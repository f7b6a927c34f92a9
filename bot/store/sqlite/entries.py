"""What is recorded of each thing that can happen: what the leaf says openly, and what is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from bot.evidence.chance import IncidentRef, PersonRef, new_incident
from bot.evidence.errors import LeafRefused
from bot.evidence.leaves import MOST, PolicyRef, policy_id
from bot.evidence.words import Kind, Number, Role, Sealed, per_mille
from bot.store.codec import put_together, take_apart
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import Entry, InFile, Ledger
from policies.acts import Act, Verb
from policies.copies import AttachmentCopy, CopyStatus
from policies.decisions import Outcome, PolicyVersion
from policies.events import MessageDeleted, MessageEdited
from policies.findings import Scores
from policies.identifiers import IncidentId
from policies.incidents import NewIncident, Source
from policies.surroundings import Surroundings

T = TypeVar("T")

_LONGEST_RULE = 64
_LABELS = tuple((label.name, f"{label.name}_pm") for label in fields(Scores))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeEntry:
    """An outcome, the incident it belongs to, and when it was known."""

    incident: IncidentId
    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A message that went away, and the incident about it of whose record this is a part."""

    event: MessageDeleted
    incident: IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a message was changed to, and the incident about it of whose record this is a part."""

    event: MessageEdited
    incident: IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyEntry:
    """What became of a file, and the incident to whose message it belongs."""

    incident: IncidentId
    copy: AttachmentCopy


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextEntry:
    """What a look around found, and the incident around whose message it was."""

    incident: IncidentId
    found: Surroundings


def of_incident(new: NewIncident) -> Entry:
    """Record an incident, under a key of its own that the vault has yet to make."""
    ref = new_incident()
    decision = new.decision
    codes = [*decision.actions, *decision.categories, decision.severity, new.source, new.assessment.stance]
    rules = [match.rule for match in decision.rules if len(match.rule) <= _LONGEST_RULE]
    return Entry(
        kind=Kind.INCIDENT_RECORDED,
        role=Role.MEMBER if new.source is Source.REPORT else Role.BOT,
        group=ref,
        incident=ref,
        policy=_policy(decision.policy),
        rules=tuple(dict.fromkeys(rules))[:MOST],
        codes=_distinct(codes),
        numbers=_scores(new.assessment.scores),
        plat_at=new.event.edited_at if isinstance(new.event, MessageEdited) else new.event.posted_at,
        sealed=take_apart(new),
    )


def of_outcome(entry: OutcomeEntry, ref: IncidentRef) -> Entry:
    """Record what a platform answered."""
    return Entry(
        kind=Kind.OUTCOME_RECORDED,
        group=ref,
        incident=ref,
        codes=_distinct([entry.outcome.action, entry.outcome.status]),
        sealed=take_apart(entry),
    )


def of_act(act: Act, ref: IncidentRef | None, actor: PersonRef) -> Entry:
    """Record what a person did; members who report are not named in the leaf, moderators by an opaque name."""
    nameless = Role.MEMBER if act.verb is Verb.REPORT else Role.BOT if act.actor.is_bot else None
    return Entry(
        kind=Kind.ACT_RECORDED,
        role=nameless or Role.MODERATOR,
        actor=None if nameless else actor,
        group=ref or new_incident(),
        incident=ref,
        codes=(act.verb.value,),
        plat_at=act.at,
        sealed=take_apart(act),
    )


def of_deletion(event: MessageDeleted, name: IncidentId, ref: IncidentRef, first: int) -> Entry:
    """Record that a message went away, as a part of one incident about it."""
    return Entry(
        kind=Kind.MESSAGE_DELETED,
        group=ref,
        incident=ref,
        numbers={Number.OF_SEQ: first},
        plat_at=event.deleted_at,
        sealed=take_apart(Deletion(event=event, incident=name)),
    )


def of_edit(event: MessageEdited, name: IncidentId, ref: IncidentRef, first: int) -> Entry:
    """Record that a message was changed, as a part of one incident about it."""
    return Entry(
        kind=Kind.MESSAGE_EDITED,
        group=ref,
        incident=ref,
        numbers={Number.OF_SEQ: first},
        plat_at=event.edited_at,
        sealed=take_apart(Edit(event=event, incident=name)),
    )


def of_copy(copy: AttachmentCopy, name: IncidentId, ref: IncidentRef, file: InFile | None = None) -> Entry:
    """Record that a file was kept, or why it was not; how large it was stands in the leaf, what it was does not."""
    is_kept = copy.status is CopyStatus.KEPT
    numbers = {Number.ITEM.value: copy.number}
    if is_kept:
        numbers[Number.BYTES.value] = copy.size
    return Entry(
        kind=Kind.ATTACHMENT_KEPT if is_kept else Kind.ATTACHMENT_MISSED,
        group=ref,
        incident=ref,
        codes=(copy.status.value,),
        numbers=numbers,
        sealed=take_apart(CopyEntry(incident=name, copy=copy)),
        files={} if file is None else {Sealed.ATTACHMENT.numbered(copy.number): file},
    )


def of_context(found: Surroundings, name: IncidentId, ref: IncidentRef, again_in: timedelta | None) -> Entry:
    """Record what was said around a message; the leaf tells how many messages, and when the bot looks again."""
    numbers = {Number.ITEM.value: found.look, Number.ITEMS.value: len(found.before) + len(found.after)}
    if again_in is not None:
        numbers[Number.SECONDS.value] = max(1, int(again_in.total_seconds()))
    return Entry(
        kind=Kind.CONTEXT_KEPT,
        group=ref,
        incident=ref,
        numbers=numbers,
        sealed=take_apart(ContextEntry(incident=name, found=found)),
    )


def kept(database: Database, ledger: Ledger, seq: int, kind: type[T]) -> T:
    """Read what was recorded; raises `Erased` when its key is gone."""
    return put_together(ledger.sealed(database, seq), kind)


@lru_cache(maxsize=64)  # one policy decides on message after message
def _policy(version: PolicyVersion) -> PolicyRef | None:
    """Name the policy; one without a proper hash is named in the sealed part alone, rather than lose the record."""
    try:
        return PolicyRef(id=policy_id(version.name), version=version.version, sha256=version.sha256)
    except LeafRefused:
        return None


def _scores(scores: Scores | None) -> Mapping[str, int]:
    if scores is None:
        return {}
    return {said: per_mille(getattr(scores, name)) for name, said in _LABELS}


def _distinct(words: Sequence[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(word) for word in words))
