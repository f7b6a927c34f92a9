"""An export through the handlers: every message judged as the live bot would judge it, and nobody touched."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from bot.classifiers.scorers import NO_HURRY
from bot.replay_adapter.exports import Export
from bot.replay_adapter.in_order import Happening, moment_of
from bot.replay_adapter.passing_record import PassingRecord
from bot.replay_adapter.platform import ReplayPlatform
from bot.replay_adapter.stand_ins import NamedModerators, ReplayClock, Tally
from bot.slack_adapter.convert import Workspace, message_event
from handlers.deps import Deps
from handlers.messages import handle_message_deleted, handle_message_edited, handle_message_posted
from handlers.policies_in_force import InForce
from handlers.ports import Evidence, Incidents, Scorer
from policies.assess import Reader
from policies.assessments import Assessment
from policies.conversations.following import Conversations
from policies.conversations.recent import Recent
from policies.conversations.sign_files import house_signs
from policies.decisions import Action, Decision, Mode
from policies.events import MessageDeleted, MessageEdited, MessagePosted
from policies.identifiers import CommunityId, EventId
from policies.incidents import Incident
from policies.rules import Policy

_REMEMBERED = 50_000
"""Messages; exports that overlap tell the same ones at the same time, so that few have to be remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One message of an export and what was decided; `before` is what another policy decided.

    `standing` says that the record had the message already, from an earlier replay, and keeps it as decided then.
    """

    event: MessagePosted | MessageEdited
    decision: Decision
    assessment: Assessment
    incident: Incident | None = None
    before: Decision | None = None
    standing: bool = False

    @property
    def changed(self) -> bool:
        """Whether the two policies would do different things."""
        before, after = self.before, self.decision
        return before is not None and (before.actions, before.withheld) != (after.actions, after.withheld)


@dataclass(frozen=True, slots=True)
class Record:
    """Where incidents go: to a folder if somebody asked for that, else nowhere."""

    evidence: Evidence
    incidents: Incidents
    keeps: bool = True


def read_slack_message(body: Mapping[str, object], team: CommunityId) -> Happening | None:
    """Say a Slack message in our words, as the live adapter does."""
    return message_event(body, Workspace(team=team, url=""))


def nothing_kept() -> Record:
    """Give a record that forgets."""
    record = PassingRecord()
    return Record(record, record, keeps=False)


async def replay(
    export: Export,
    reader: Reader,
    policy: Policy,
    *,
    record: Record,
    before: Policy | None = None,
    scorer: Scorer | None = None,
) -> AsyncGenerator[Judged, None]:
    """Judge an export by a policy, in the order of its time; with a second policy, by both.

    Rules act as they would in a community whose mode is `act`. Only what is decided by `policy` goes
    to the record. Close it if you stop early.
    """
    clock = ReplayClock()
    deps = _deps(export, reader, policy, record, clock, scorer=scorer)
    other = _deps(export, reader, before, nothing_kept(), clock, scorer=scorer) if before else None
    latest = Recent[EventId, bool](_REMEMBERED)
    twice = 0
    for event in export.events():
        if event.event_id in latest:
            twice += 1
            continue
        latest.put(event.event_id, True)
        clock.go_on_to(moment_of(event))
        if isinstance(event, MessageDeleted):
            await handle_message_deleted(event, deps)
            continue
        stood = record.keeps and await _incident(event, deps) is not None
        decision = await _handle(event, deps)
        decision_before = await _handle(event, other) if other else None
        incident = await _incident(event, deps) if _matters(decision) else None
        found = incident
        if found is None and other and decision_before and _matters(decision_before):
            found = await _incident(event, other)
        yield Judged(
            event=event,
            decision=decision,
            assessment=found.assessment if found else Assessment(),
            incident=incident if record.keeps else None,
            before=decision_before,
            standing=stood,
        )
    if twice:
        were = "1 message stands in several files and was" if twice == 1 else f"{twice:,} messages stand twice and were"
        export.reading.notes.append(f"{were} judged once, as where exports overlap.")


async def _handle(event: MessagePosted | MessageEdited, deps: Deps) -> Decision:
    if isinstance(event, MessageEdited):
        return await handle_message_edited(event, deps)
    return await handle_message_posted(event, deps)


async def _incident(event: MessagePosted | MessageEdited, deps: Deps) -> Incident | None:
    about = await deps.incidents.of_message(event.ref)
    return next((incident for incident in reversed(about) if incident.event.event_id == event.event_id), None)


def _matters(decision: Decision) -> bool:
    return bool(decision.withheld) or decision.actions != (Action.ALLOW,)


def _deps(
    export: Export, reader: Reader, policy: Policy, record: Record, clock: ReplayClock, *, scorer: Scorer | None
) -> Deps:
    return Deps(
        clock=clock,
        reader=reader,
        in_force=InForce(policy),
        evidence=record.evidence,
        incidents=record.incidents,
        counters=Tally(),
        moderators=NamedModerators(),
        platforms={export.platform: ReplayPlatform(export.platform, attached=export.attached)},
        scorer=scorer,
        scorer_timeout=NO_HURRY,
        mode=Mode.ACT,
        conversations=Conversations(reader, house_signs()),
    )
