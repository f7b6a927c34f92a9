"""The composition root: builds everything from the settings, runs it under one supervisor, stops it cleanly."""

import asyncio
import importlib.metadata
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.case_deadlines import CaseAlarms, access_to, case_deadlines
from bot.case_decisions import case_decisions
from bot.case_kinship import Kinship
from bot.classifiers.choice import ScorerName
from bot.classifiers.scorers import MissingScorer, opened_scorer
from bot.clock import SystemClock
from bot.discord_adapter.actions import DiscordModerators, DiscordPlatform, Server
from bot.discord_adapter.client import DiscordPart, DiscordSettingsError
from bot.evidence.errors import EvidenceError
from bot.evidence.words import Kind, Number
from bot.hold_review import HoldReview
from bot.policy_files import Read, TakingUp, policy_file
from bot.publication import Board, Publication
from bot.reading import ReadingThread
from bot.reopening import Reopening
from bot.resumption import Resumption
from bot.settings import DiscordSettings, Settings, SlackSettings
from bot.slack_adapter.actions import SlackPlatform
from bot.slack_adapter.calls import SLACK
from bot.slack_adapter.client import SlackPart, SlackSettingsError
from bot.slack_adapter.directory import SlackModerators
from bot.stamping import Record, Stamping
from bot.start import make_ready
from bot.status import StatusBoard, connected_until
from bot.store.sqlite.adoptions import SqliteAdoptions
from bot.store.sqlite.connection import Error, StoreUnusable, describe_engine
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.ledger import Entry
from bot.store.sqlite.store import Store, open_store
from bot.supervisor import Part, Repeating, Supervisor
from handlers.casework.adopting import Adopting, PolicyFile
from handlers.casework.intake import IntakeDeps
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable
from handlers.policies_in_force import InForce
from handlers.ports import Clock, Moderators, Platform, Scorer
from policies.acts import Actor
from policies.assess import Reader
from policies.casework.load import load_register
from policies.casework.register import PeopleRegister
from policies.conversations.following import Conversations
from policies.conversations.settings import RAID_KNOWN_AFTER, ConversationSettings
from policies.conversations.sign_files import house_signs
from policies.decisions import OutcomeStatus
from policies.identifiers import ChannelId, CommunityId, MemberId, PlatformName
from policies.lexicon_files import house_reader
from policies.problems import PolicyError, Problem
from policies.rules import Policy

log = structlog.get_logger(__name__)

_HOPELESS = (DiscordSettingsError, SlackSettingsError)
_FLUSH_EVERY = 30.0
_SIGN_EVERY = 60.0
_FAREWELL = 5.0
"""Seconds that a stop waits for the last checkpoint to be published."""


@dataclass(frozen=True, slots=True)
class App:
    """The bot, put together: what the handlers are given, and what runs the parts."""

    deps: Deps
    supervisor: Supervisor
    read: Read
    taking_up: TakingUp
    publication: Publication

    async def stop(self) -> None:
        """Publish the newest checkpoint while the platforms are connected, then let every part end."""
        try:
            async with asyncio.timeout(_FAREWELL):
                await self.publication.publish_now()
        except (TimeoutError, EvidenceUnavailable, StoreUnusable, Error) as error:
            log.warning("checkpoint.unpublished", trouble=str(error))
        finally:
            self.supervisor.stop()

    async def reload_policy(self) -> tuple[Problem, ...]:
        """Put the policy file in force as it now is; with mistakes in it they are told and the old one stays.

        It stays as well until two people agreed to the file, where there are officers.
        """
        try:
            # In a thread, because trying a large policy's examples takes long enough to miss a heartbeat.
            file = await asyncio.to_thread(self.read)
        except PolicyError as error:
            for problem in error.problems:
                log.error("policy.refused", problem=str(problem))
            return error.problems
        problems = await self.taking_up.next(file, self.deps.in_force)
        if not problems:
            log.info("policy.in-force", policy=self.deps.policy.sha256[:16], version=self.deps.policy.version)
        return problems


class EachPlatforms:
    """The moderators of every platform, each asked about its own."""

    def __init__(self, moderators: Mapping[PlatformName, Moderators]) -> None:
        self._moderators = moderators

    async def include(self, actor: Actor) -> bool:
        """Whether this person is a moderator where they gave the command."""
        asked = self._moderators.get(actor.platform)
        return asked is not None and await asked.include(actor)


async def serve(settings: Settings, *, sync_commands: bool = False, slack_url: str = SLACK) -> None:
    """Run the live bot until SIGTERM or SIGINT; SIGHUP reads the policy file again.

    Raises `PolicyError`, for the policy or the register of people, or `StoreUnusable` when it cannot start.
    """
    async with opened(settings, SystemClock(), sync_commands=sync_commands, slack_url=slack_url) as app:
        _listen_to_signals(app)
        await asyncio.to_thread(make_ready, app.deps.reader)
        log.info(
            "started",
            version=importlib.metadata.version("hustings"),
            mode=app.deps.mode.value,
            classifier=app.deps.scorer.name if app.deps.scorer else "none",
            policy=app.deps.policy.sha256[:16],
            sqlite=describe_engine(),
            folder=str(settings.data),
        )
        await app.supervisor.run()
    log.info("stopped")


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock, *, sync_commands: bool = False, slack_url: str = SLACK
) -> AsyncIterator[App]:
    """Build the bot over its open record, and close the record afterwards."""
    reader = house_reader()
    known = load_register(settings.casework.people) if settings.casework.people else PeopleRegister()

    def read() -> PolicyFile:
        return policy_file(settings.policy, run_examples=reader)

    file = read()
    async with (
        open_store(settings.data, clock, settings.evidence.keys) as store,
        opened_scorer(ScorerName(settings.scorer), reader.undone, settings.scorer_folder) as scorer,
    ):
        if isinstance(scorer, MissingScorer):
            log.error("classifier.missing", trouble=scorer.why)
        taking_up = _taking_up(settings, store, known, clock)
        with ReadingThread(reader) as reading:
            yield await _put_together(
                settings,
                clock=clock,
                store=store,
                reader=reader,
                reading=reading,
                known=known,
                policy=await taking_up.first(file),
                scorer=scorer,
                read=read,
                taking_up=taking_up,
                sync_commands=sync_commands,
                slack_url=slack_url,
            )


async def _put_together(
    settings: Settings,
    *,
    clock: Clock,
    store: Store,
    reader: Reader,
    reading: ReadingThread,
    known: PeopleRegister,
    policy: Policy,
    scorer: Scorer | None,
    read: Read,
    taking_up: TakingUp,
    sync_commands: bool,
    slack_url: str,
) -> App:
    register = known.names
    platforms: dict[PlatformName, Platform] = {}
    boards: dict[PlatformName, Board] = {}
    moderators: dict[PlatformName, Moderators] = {}
    makers: list[Callable[[Deps], Part]] = []
    if settings.discord:
        since = connected_until(settings.data, DiscordPart.name)
        server = _server(settings.discord, officers=bool(known.officers))
        discord = DiscordPlatform(server, clock)
        platforms[PlatformName.DISCORD] = discord
        moderators[PlatformName.DISCORD] = DiscordModerators(server)
        if settings.evidence.discord_channel:
            channel = ChannelId(settings.evidence.discord_channel)
            boards[PlatformName.DISCORD] = Board(platform=discord, channel=channel)
        makers.append(_discord_part(settings.discord, server, discord, since, sync_commands))
    if settings.slack:
        slack = SlackPlatform(alert_channel=settings.slack.alert_channel)
        people = SlackModerators(members=settings.slack.moderators, groups=settings.slack.moderator_groups)
        platforms[PlatformName.SLACK] = slack
        moderators[PlatformName.SLACK] = people
        if settings.evidence.slack_channel:
            boards[PlatformName.SLACK] = Board(platform=slack, channel=ChannelId(settings.evidence.slack_channel))
        makers.append(_slack_part(settings.slack, slack, people, slack_url))
    homes = {PlatformName.DISCORD: CommunityId(settings.discord.server if settings.discord else "")}
    homes[PlatformName.SLACK] = CommunityId("")  # a Slack app is installed into one workspace
    deps = Deps(
        clock=clock,
        reader=reader,
        reading=reading,
        in_force=InForce(policy),
        evidence=store.evidence,
        incidents=store.incidents,
        intake=IntakeDeps(cases=store.cases, clock=clock, registered=known.first_accounts()),
        alarms=CaseAlarms(platforms, homes, known),
        case_secretary=settings.casework.breaches,
        counters=store.counters,
        moderators=EachPlatforms(moderators),
        platforms=platforms,
        scorer=scorer,
        mode=settings.mode,
        organisation=settings.organisation,
        mute_for=settings.mute_for,
        slow_mode_for=settings.slow_mode_for,
        calm_after=settings.calm_after,
        lock_for=settings.lock_for,
        conversations=Conversations(
            reader, house_signs(), register, ConversationSettings(raid_known_after=RAID_KNOWN_AFTER)
        ),
        register=register,
        context_messages=settings.context_messages,
    )
    stamps: list[Part] = []
    if settings.evidence.tsa_url:
        url, roots = settings.evidence.tsa_url, settings.evidence.tsa_roots
        stamping = Stamping(store.checkpoints, record_stamp(store), settings.data, clock, url=url, roots=roots)
        stamps.append(Repeating("time stamps", stamping.step))
    publication = Publication(store.checkpoints, boards, settings.data, clock, store.cases.last_closing)
    deadlines = await case_deadlines(settings.casework, store, platforms, homes, clock, rules=policy.clocks)
    decisions = await case_decisions(settings, store, deps, homes)
    deps = replace(deps, deciding=decisions.deps)
    connections = [make(deps) for make in makers]
    parts: list[Part] = [
        *connections,
        Repeating("checkpoints", _signing(store)),
        *([Repeating("publication", publication.step)] if boards else []),
        *stamps,
        Repeating("cases", deadlines.step),
        Repeating("decided cases", decisions.step),
        Repeating("linked accounts", Kinship(deps).step),
        Repeating("channels", Reopening(deps, connections).step),
        Repeating("holds", HoldReview(store.stewardship.holds, clock).step),
        Repeating("unfinished actions", Resumption(deps, connections).step),
        Repeating("counters", _flushing(store)),
    ]
    board = StatusBoard(settings.data, clock)
    supervisor = Supervisor([*parts, Repeating("status", board.tell)], hopeless=_HOPELESS)
    board.watch(supervisor)
    return App(deps, supervisor, read, taking_up, publication)


def record_stamp(store: Store) -> Record:
    """Put stamps on record: `done` where they were verified, `degraded` where they could not be."""

    async def record(size: int, verified: bool) -> None:
        status = OutcomeStatus.DONE if verified else OutcomeStatus.DEGRADED
        entry = Entry(kind=Kind.CHECKPOINT_STAMPED, codes=(status.value,), numbers={Number.SIZE.value: size})
        await answered(store.writer.write(lambda database: append(database, store.ledger, entry)), "written")

    return record


def _taking_up(settings: Settings, store: Store, known: PeopleRegister, clock: Clock) -> TakingUp:
    alarms = CaseAlarms({}, {}, known)
    access = access_to(store, settings.casework, known, alarms, clock=clock) if known.officers else None
    adoptions = SqliteAdoptions(store.writer, store.ledger)
    return TakingUp(Adopting(adoptions=adoptions, cases=store.cases, clock=clock, access=access), settings.policy)


def _server(settings: DiscordSettings, *, officers: bool) -> Server:
    return Server(
        guild=CommunityId(settings.server),
        alert_channel=ChannelId(settings.alert_channel),
        moderator_roles=frozenset(settings.moderator_roles),
        moderator_members=frozenset(MemberId(member) for member in settings.moderators),
        watched=frozenset(ChannelId(channel) for channel in settings.channels),
        officers=officers,
    )


def _discord_part(
    settings: DiscordSettings,
    server: Server,
    platform: DiscordPlatform,
    since: datetime | None,
    sync_commands: bool,
) -> Callable[[Deps], Part]:
    token = settings.token.get_secret_value()
    return lambda deps: DiscordPart(
        token=token, server=server, deps=deps, platform=platform, since=since, sync_commands=sync_commands
    )


def _slack_part(
    settings: SlackSettings, platform: SlackPlatform, moderators: SlackModerators, url: str
) -> Callable[[Deps], Part]:
    admin = settings.admin_token.get_secret_value() if settings.admin_token else ""
    return lambda deps: SlackPart(
        bot_token=settings.bot_token.get_secret_value(),
        app_token=settings.app_token.get_secret_value(),
        admin_token=admin,
        deps=deps,
        platform=platform,
        moderators=moderators,
        base_url=url,
    )


def _flushing(store: Store) -> Callable[[], Awaitable[float]]:
    async def flush() -> float:
        if not await store.counters.flush():
            log.error("counters.unwritten")
        return _FLUSH_EVERY

    return flush


def _signing(store: Store) -> Callable[[], Awaitable[float]]:
    async def sign() -> float:
        try:
            await store.checkpoints.sign()
        except (EvidenceError, Error, OSError, StoreUnusable) as error:
            log.error("checkpoint.unsigned", trouble=str(error))
        return _SIGN_EVERY

    return sign


def _listen_to_signals(app: App) -> None:
    loop = asyncio.get_running_loop()
    reloading: set[asyncio.Task[tuple[Problem, ...]]] = set()
    stopping: set[asyncio.Task[None]] = set()

    def stop() -> None:
        if stopping:
            app.supervisor.stop()  # asked twice, so without farewell
        else:
            stopping.add(loop.create_task(app.stop()))

    def reload() -> None:
        task = loop.create_task(app.reload_policy())
        reloading.add(task)
        task.add_done_callback(reloading.discard)

    wanted = {"SIGTERM": stop, "SIGINT": stop, "SIGHUP": reload}
    for name, answer in wanted.items():
        if hasattr(signal, name):
            with suppress(NotImplementedError):  # Windows has no handlers in the loop; Ctrl-C still ends it
                loop.add_signal_handler(getattr(signal, name), answer)
