"""The demo: a made-up evening in a branch's channels, played through the production pipeline."""

import heapq
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.classifiers.choice import ScorerName
from bot.classifiers.scorers import NO_HURRY, unhurried
from bot.demo_folder import EXPORTS, PEOPLE, POLICY
from bot.policy_files import policy_file
from bot.replay import read_slack_message
from bot.replay_adapter.exports import open_export
from bot.replay_adapter.in_order import Happening, moment_of
from bot.replay_adapter.platform import NO_ADMIN_TOKEN, Recorded, ReplayPlatform
from bot.replay_adapter.stand_ins import NamedModerators, ReplayClock
from bot.store.sqlite.adoptions import SqliteAdoptions
from bot.store.sqlite.store import open_store
from bot.verdicts import verdict_on
from handlers.casework.adopting import Adopting, adopt
from handlers.deps import Deps
from handlers.messages import assess, handle_message_edited, handle_message_posted
from handlers.moderation import settle_incident
from handlers.policies_in_force import InForce
from handlers.ports import Platform
from handlers.reports import handle_message_reported
from policies.acts import Actor, Verb
from policies.assessments import Assessment
from policies.conversations.following import Conversations
from policies.conversations.sign_files import house_signs
from policies.decisions import Action, Mode, OutcomeStatus
from policies.events import MessageDeleted, MessageEdited, MessagePosted, MessageReported
from policies.identifiers import CommunityId, EventId, MemberId, PlatformName
from policies.incidents import Incident
from policies.lexicon_files import house_reader

ORGANISATION = "the standards team of the Aber Wen branch"

Written = MessagePosted | MessageEdited


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One message of the evening: what was said, what became of it, and what the transcript expects."""

    event: Written
    assessment: Assessment
    incident: Incident | None
    expected: tuple[str, ...]
    shows: str
    looks_like_abuse: bool

    @property
    def verdict(self) -> tuple[str, ...]:
        """Name what was done."""
        return verdict_on(self.incident)

    @property
    def as_expected(self) -> bool:
        """Whether that is what the transcript expects."""
        return self.verdict == self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a person did in the course of the evening, and what came of it."""

    event: Written
    assessment: Assessment
    actor: Actor
    verb: Verb
    reason: str
    incident: Incident | None
    expected: tuple[str, ...]

    @property
    def verdict(self) -> tuple[str, ...]:
        """Name what came of it: a report that was kept, a verdict that stands, a message shown again."""
        if self.incident is None:
            return ("refused",)
        if self.verb is Verb.REPORT:
            return ("reported",)
        if self.incident.last(Action.HIDE) is OutcomeStatus.UNDONE:
            return ("restored",)
        return (self.incident.state.value,)

    @property
    def as_expected(self) -> bool:
        """Whether that is what the transcript expects."""
        return self.verdict == self.expected


@dataclass(slots=True)
class Evening:
    """A transcript in a folder, to be played once; `asked` fills with what was asked of the two platforms."""

    folder: Path
    asked: list[Recorded] = field(default_factory=list)
    scorer: ScorerName = ScorerName.EMBEDDED
    _said: dict[str, Written] = field(default_factory=dict)

    def messages(self) -> int:
        """Count what is said in the course of the evening, edits included."""
        return len(_marks(self.folder))

    async def play(self) -> AsyncGenerator[Scene | Deed, None]:
        """Play the evening by its own clock; what matters is kept in the folder. Close it if you stop early."""
        marks, deeds, clock = _marks(self.folder), _planned(self.folder), ReplayClock(_begins(self.folder))
        async with self._deps(clock, deeds) as deps:
            with ExitStack() as stack:
                for event in _events(self.folder, stack):
                    at = moment_of(event)
                    while deeds and deeds[0].at <= at:
                        yield await self._do(deeds.pop(0), deps, clock)
                    clock.go_on_to(at)
                    if not isinstance(event, MessageDeleted):
                        yield await self._say(event, marks, deps)
            while deeds:
                yield await self._do(deeds.pop(0), deps, clock)

    async def _say(self, event: Written, marks: "dict[_Key, dict[str, object]]", deps: Deps) -> Scene:
        self._said[event.ref.message] = event
        if isinstance(event, MessageEdited):
            await handle_message_edited(event, deps)
        else:
            await handle_message_posted(event, deps)
        about = [i for i in await deps.incidents.of_message(event.ref) if i.event.event_id == event.event_id]
        mark = marks[event.ref.message, isinstance(event, MessageEdited)]
        return Scene(
            event=event,
            assessment=about[-1].assessment if about else await assess(event, deps),
            incident=about[-1] if about else None,
            expected=tuple(str(mark["expect"]).split(", ")),
            shows=str(mark["shows"]),
            looks_like_abuse=bool(mark.get("lookalike")),
        )

    async def _do(self, planned: "_Planned", deps: Deps, clock: ReplayClock) -> Deed:
        clock.go_on_to(planned.at)
        event = self._said[planned.message]
        if planned.verb is Verb.REPORT and isinstance(event, MessagePosted):
            await handle_message_reported(
                MessageReported(
                    event_id=planned.event_id,
                    message=event,
                    reporter=planned.actor.id,
                    reason=planned.reason,
                    reported_at=planned.at,
                ),
                deps,
            )
        else:
            for incident in await deps.incidents.of_message(event.ref):
                await settle_incident(
                    planned.actor,
                    incident.id,
                    planned.verb,
                    planned.reason,
                    version=incident.version,
                    event_id=planned.event_id,
                    deps=deps,
                )
        about = await deps.incidents.of_message(event.ref)
        return Deed(
            event=event,
            assessment=about[-1].assessment if about else await assess(event, deps),
            actor=planned.actor,
            verb=planned.verb,
            reason=planned.reason,
            incident=about[-1] if about else None,
            expected=(planned.expected,),
        )

    @asynccontextmanager
    async def _deps(self, clock: ReplayClock, deeds: "list[_Planned]") -> AsyncIterator[Deps]:
        reader = house_reader()
        file = policy_file(self.folder / POLICY)
        platforms: dict[PlatformName, Platform] = {
            PlatformName.DISCORD: self._platform(PlatformName.DISCORD),
            PlatformName.SLACK: self._platform(PlatformName.SLACK, can=NO_ADMIN_TOKEN),
        }
        async with open_store(self.folder, clock) as store:
            adoptions = SqliteAdoptions(store.writer, store.ledger)
            await adopt(file, Adopting(adoptions=adoptions, cases=store.cases, clock=clock))
            yield Deps(
                clock=clock,
                reader=reader,
                in_force=InForce(file.policy),
                evidence=store.evidence,
                incidents=store.incidents,
                counters=store.counters,
                moderators=NamedModerators(*(deed.actor.id for deed in deeds if deed.verb is not Verb.REPORT)),
                platforms=platforms,
                scorer=unhurried(self.scorer, reader.undone),
                scorer_timeout=NO_HURRY,
                mode=Mode.ACT,
                organisation=ORGANISATION,
                conversations=Conversations(reader, house_signs()),
            )

    def _platform(self, name: PlatformName, can: frozenset[Action] | None = None) -> ReplayPlatform:
        return ReplayPlatform(name, can=can, record=self.asked.append, remark="in the demo: nobody was touched")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """What the transcript has a person do."""

    at: datetime
    event_id: EventId
    message: str
    actor: Actor
    verb: Verb
    reason: str
    expected: str


_Key = tuple[str, bool]
"""A message's id, and whether an edit of it is meant."""


def _begins(folder: Path) -> datetime:
    """Give the moment of the first thing that happens, at which the policy comes into force."""
    with ExitStack() as stack:
        return moment_of(next(_events(folder, stack)))


def _events(folder: Path, stack: ExitStack) -> Iterator[Happening]:
    """Give what both exports tell, in the order of its time."""
    exports = [
        stack.enter_context(open_export(folder / EXPORTS / name, read_slack_message)) for name in ("discord", "slack")
    ]
    return heapq.merge(*(export.events() for export in exports), key=moment_of)


def _marks(folder: Path) -> dict[_Key, dict[str, object]]:
    """Read what the transcript says about its own messages; an export would not have it."""
    marks: dict[_Key, dict[str, object]] = {}
    for file in sorted((folder / EXPORTS / "discord").glob("*.json")):
        for row in json.loads(file.read_text("utf-8"))["messages"]:
            marks[row["id"], bool(row["timestampEdited"])] = row["hustings"]
    for file in sorted((folder / EXPORTS / "slack").glob("*/*.json")):
        for row in json.loads(file.read_text("utf-8")):
            marks[row.get("message", row)["ts"], "message" in row] = row["hustings"]
    return marks


def _planned(folder: Path) -> list[_Planned]:
    """Read what people do in the course of the evening, in order."""
    rows = json.loads((folder / EXPORTS / PEOPLE).read_text("utf-8"))
    planned = [
        _Planned(
            at=datetime.fromisoformat(row["at"]),
            event_id=EventId(f"demo:{number}"),
            message=row["message"],
            actor=Actor(
                platform=PlatformName(row["platform"]),
                community=CommunityId(row["community"]),
                id=MemberId(row["by"]),
                name=row["name"],
            ),
            verb=Verb(row["verb"]),
            reason=row["reason"],
            expected=row["expect"],
        )
        for number, row in enumerate(rows)
    ]
    return sorted(planned, key=lambda deed: deed.at)
