"""The live connection to Slack: Socket Mode events to handlers, and when Slack is told that they are safe.

An event is acknowledged once its decision is durable, before any action. If that takes longer than
two and a half seconds it is not acknowledged at all: the work goes on, Slack delivers the event
again, and the second delivery joins the first, or finds it on record after a restart.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_adapter.actions import Delegate, Linked, SlackPlatform
from bot.slack_adapter.calls import SLACK, answered, quiet_logger, reason, session, web_client
from bot.slack_adapter.commands import Desk
from bot.slack_adapter.convert import PayloadError, Workspace, member_event, message_event, part, word
from bot.slack_adapter.directory import Directory, SlackModerators
from bot.slack_adapter.listeners import BROKEN, Body, Listeners
from handlers.deps import Deps
from handlers.errors import HustingsError, PlatformUnavailable
from handlers.members import handle_member_joined, handle_member_renamed
from handlers.messages import handle_message_deleted, handle_message_edited, handle_message_posted
from handlers.replies import Reply, refused
from policies.events import MemberJoined, MessageDeleted, MessageEdited, MessagePosted
from policies.identifiers import CommunityId, EventId, MemberId

log = structlog.get_logger(__name__)

Happening = MessagePosted | MessageEdited | MessageDeleted

_HEARD = {"message", "team_join", "user_change"}
_WARM_UP: Body = {"type": "event_callback", "event": {"type": "hustings_warm_up"}}


class SlackSettingsError(HustingsError):
    """A token or setting will not do; the sentence says which, and what to do."""


@dataclass(frozen=True, slots=True)
class _Work:
    task: asyncio.Task[None]
    durable: asyncio.Event


class SlackPart:
    """One workspace, served until it is closed; what ends it otherwise is raised, so that a supervisor starts it anew.

    `trouble` is a sentence about what is wrong although the part runs, empty while nothing is.
    """

    name = "slack"

    def __init__(
        self,
        *,
        bot_token: str,
        app_token: str,
        admin_token: str = "",
        deps: Deps,
        platform: SlackPlatform,
        moderators: SlackModerators,
        base_url: str = SLACK,
        ping_interval: float = 10.0,
        acknowledge_within: float = 2.5,
        drain_for: float = 10.0,
        give_up_after: float = 60.0,
    ) -> None:
        self._bot_token, self._app_token, self._admin_token = bot_token, app_token, admin_token
        self._deps, self._platform, self._moderators = deps, platform, moderators
        self._base_url, self._ping_interval = base_url, ping_interval
        self._within, self._drain_for = acknowledge_within, drain_for
        self._give_up_after = give_up_after
        self._closing, self._stopped = asyncio.Event(), asyncio.Event()
        self._stopped.set()
        self._socket: SocketModeClient | None = None
        self._events: dict[EventId, _Work] = {}
        self._answers: set[asyncio.Task[Reply | None]] = set()
        self.trouble = ""

    @property
    def connected(self) -> bool:
        """Whether events can arrive at this moment."""
        live = self._socket.current_session if self._socket else None
        return live is not None and not live.closed and not self._closing.is_set()

    @property
    def under_way(self) -> frozenset[asyncio.Task[None] | asyncio.Task[Reply | None]]:
        """What was begun for events, commands and presses and has not ended."""
        return frozenset(work.task for work in self._events.values()) | frozenset(self._answers)

    async def run(self) -> None:
        """Connect and serve until `close`; raises `SlackSettingsError` where only other settings help.

        A lost connection that cannot be made again raises `PlatformUnavailable`.
        """
        self._stopped.clear()
        self.trouble = ""
        try:
            async with session() as http:
                linked = await self._link(http)
                self._platform.link(linked)
                hasty = self._client(self._bot_token, http, patient=False)
                self._moderators.link(hasty, linked.home)
                desk = Desk(linked, self._platform, self._deps, hasty=hasty)
                listeners = Listeners(desk, self._platform, linked.home, guard=self._guarded, within=self._within)
                self._answers = listeners.under_way
                await self._serve(linked, listeners)
        finally:
            self._socket = None
            self._stopped.set()

    async def close(self) -> None:
        """Take no more events, let those begun come to their end, and disconnect."""
        self._closing.set()
        await self._stopped.wait()

    def _client(self, token: str, http: aiohttp.ClientSession, *, patient: bool = True) -> AsyncWebClient:
        return web_client(token, http, base_url=self._base_url, patient=patient)

    async def _link(self, http: aiohttp.ClientSession) -> Linked:
        web = self._client(self._bot_token, http)
        try:
            me = await answered(web.auth_test())
        except SlackApiError as error:
            raise SlackSettingsError(
                f"Slack refused the bot token ({reason(error)}). Copy the 'Bot User OAuth Token' (xoxb-...) from "
                "the app's page 'OAuth & Permissions' into SLACK_BOT_TOKEN."
            ) from error
        if not me.get("bot_id"):
            raise SlackSettingsError(
                "SLACK_BOT_TOKEN is a person's token. Use the 'Bot User OAuth Token', which begins with xoxb-."
            )
        home = Workspace(
            team=CommunityId(str(me.get("team_id"))),
            url=str(me.get("url") or ""),
            bot_user=str(me.get("user_id") or ""),
            bot=str(me.get("bot_id")),
        )
        directory = Directory(self._client(self._bot_token, http, patient=False), home)
        delegate = await self._delegate(http, home) if self._admin_token else None
        return Linked(web=web, home=home, directory=directory, delegate=delegate)

    async def _delegate(self, http: aiohttp.ClientSession, home: Workspace) -> Delegate | None:
        web = self._client(self._admin_token, http)
        try:
            who = await answered(web.auth_test())
        except SlackApiError as error:
            self._alarm(
                f"Slack refused the administrator's token ({reason(error)}), so messages are shown to moderators "
                "and not deleted. Put a new 'User OAuth Token' (xoxp-...) into SLACK_ADMIN_TOKEN, or unset it."
            )
            return None
        if who.get("team_id") != home.team or who.get("bot_id"):
            self._alarm(
                "SLACK_ADMIN_TOKEN is not the token of a person in this workspace, so messages are shown to "
                "moderators and not deleted. Use the 'User OAuth Token' (xoxp-...) of an owner or admin."
            )
            return None
        return Delegate(web=web, member=MemberId(str(who.get("user_id"))), name=str(who.get("user")))

    async def _serve(self, linked: Linked, listeners: Listeners) -> None:
        app = self._app(linked, listeners)
        # Until it has an answer Bolt asks auth.test once for every event; this makes it one call in all.
        await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=_WARM_UP))
        address = await self._socket_address(linked.web)
        handler = AsyncSocketModeHandler(
            app, self._app_token, quiet_logger(), linked.web, ping_interval=self._ping_interval
        )
        socket = self._socket = handler.client
        socket.wss_uri = address
        socket.on_message_listeners.append(self._on_frame)
        connecting = asyncio.ensure_future(_connect(socket))
        try:
            await self._watch(socket)
            await self._drain()
        finally:
            connecting.cancel()
            await socket.close()  # type: ignore[no-untyped-call] # slack_sdk leaves it unannotated

    async def _watch(self, socket: SocketModeClient) -> None:
        """Wait until `close`; raises when the client stopped reading, or has long been without a connection.

        Left alone it would try the same address for ever, although addresses expire.
        """
        closing = asyncio.create_task(self._closing.wait())
        now = asyncio.get_running_loop().time
        was_connected, since = False, now()
        try:
            while not self._closing.is_set():
                if self.connected != was_connected:
                    was_connected, since = self.connected, now()
                    log.info("slack.connected" if was_connected else "slack.disconnected")
                if socket.message_processor.done():
                    raise PlatformUnavailable("Slack's client stopped reading.")
                if not was_connected and now() - since > self._give_up_after:
                    raise PlatformUnavailable("Slack could not be reached again.")
                await asyncio.wait(
                    {closing, socket.message_processor},
                    timeout=min(self._ping_interval, self._give_up_after) / 4,
                    return_when=asyncio.FIRST_COMPLETED,
                )
        finally:
            closing.cancel()

    async def _socket_address(self, web: AsyncWebClient) -> str:
        try:
            opened = await answered(web.apps_connections_open(app_token=self._app_token))
        except SlackApiError as error:
            raise SlackSettingsError(
                f"Slack opened no Socket Mode connection ({reason(error)}). Turn Socket Mode on in the app's "
                "settings and put an app-level token with connections:write (xapp-...) into SLACK_APP_TOKEN."
            ) from error
        return str(opened.get("url"))

    async def _drain(self) -> None:
        if not self.under_way:
            return
        _, left = await asyncio.wait(self.under_way, timeout=self._drain_for)
        for task in left:
            # What is on record and unfinished is taken up again at the next start.
            task.cancel()

    def _app(self, linked: Linked, listeners: Listeners) -> AsyncApp:
        # process_before_response makes Bolt acknowledge after a listener returned, not before it ran.
        app = AsyncApp(client=linked.web, name="hustings", logger=quiet_logger(), process_before_response=True)
        if app.oauth_flow is not None:
            raise SlackSettingsError(
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set, which makes Slack's library ignore the bot "
                "token. Unset them: an app that is installed from the manifest needs neither."
            )

        async def on_message(body: Body) -> BoltResponse | None:
            return await self._on_message(body, linked)

        app.use(self._before_all)

        async def on_member(body: Body) -> None:
            linked.directory.learn(part(part(body, "event"), "user"))
            await self._bounded(self._on_member(body, linked))

        app.event("message")(on_message)
        app.event("team_join")(on_member)
        app.event("user_change")(on_member)
        listeners.register(app)
        return app

    async def _before_all(self, body: Body, next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        """Acknowledge at once what nobody listens to, and nothing at all while closing."""
        if self._closing.is_set():
            return _unsafe()
        event = part(body, "event")
        kind = word(event, "type") if body.get("type") == "event_callback" else word(body, "type")
        if kind in {"tokens_revoked", "app_uninstalled", "app_rate_limited"}:
            self._on_trouble(kind, body)
        elif body.get("type") != "event_callback" or kind in _HEARD:
            await next_()
            return None
        return BoltResponse(status=200)

    async def _on_message(self, body: Body, linked: Linked) -> BoltResponse | None:
        try:
            event = message_event(body, linked.home)
        except PayloadError as error:
            # Nobody can ever judge it, so it is acknowledged: asking for it again would not help.
            self._malformed(error, word(body, "event_id"))
            return None
        if event is None or event.ref.channel == self._platform.alert_channel:
            return None  # in the moderators' own channel abuse is quoted all day
        work = self._events.get(event.event_id) or self._begin(event, linked)
        durable = asyncio.create_task(work.durable.wait())
        await asyncio.wait({work.task, durable}, timeout=self._within, return_when=asyncio.FIRST_COMPLETED)
        durable.cancel()
        if work.durable.is_set():
            return None
        if not work.task.done():
            self._deps.counters.count("slack.late")
            log.warning("slack.late", event_id=event.event_id)
        return _unsafe()

    async def _on_member(self, body: Body, linked: Linked) -> None:
        event = member_event(body, linked.home)
        if isinstance(event, MemberJoined):
            await handle_member_joined(event, self._deps)
        else:
            await handle_member_renamed(event, self._deps)

    def _begin(self, event: Happening, linked: Linked) -> _Work:
        durable = asyncio.Event()
        task = asyncio.create_task(self._handle(event, linked, durable))
        self._events[event.event_id] = _Work(task, durable)
        task.add_done_callback(lambda _: self._events.pop(event.event_id, None))
        return self._events[event.event_id]

    async def _handle(self, event: Happening, linked: Linked, durable: asyncio.Event) -> None:
        async def work() -> None:
            if isinstance(event, MessageDeleted):
                linked.directory.forget(event.ref)
                ours = linked.delegate if self._platform.deleted(event.ref) else None
                gone = replace(event, deleted_by=ours.member) if ours else event
                await handle_message_deleted(gone, self._deps)
                durable.set()
                return
            linked.directory.remember(event)
            if isinstance(event, MessageEdited):
                told = await linked.directory.introduce(event)
                await handle_message_edited(told, self._deps, on_durable=durable.set)
            else:
                known = await linked.directory.introduce(event)
                await handle_message_posted(known, self._deps, on_durable=durable.set)

        await self._bounded(work())

    async def _guarded(self, answer: Awaitable[Reply | None]) -> Reply | None:
        said: list[Reply | None] = []

        async def work() -> None:
            said.append(await answer)

        await self._bounded(work())
        return said[0] if said else refused(BROKEN)

    async def _bounded(self, work: Coroutine[object, object, None]) -> None:
        """Let no fault in one event, press or command reach another."""
        try:
            await work
        except PayloadError as error:
            self._malformed(error, "")
        except HustingsError as error:
            self._deps.counters.count("slack.unfinished")
            log.warning("slack.unfinished", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the one boundary of this adapter
            self._deps.counters.count("slack.broken")
            log.error("slack.broken", error=type(error).__name__, at=_place(error))

    def _malformed(self, error: PayloadError, event_id: str) -> None:
        self._deps.counters.count("slack.malformed")
        log.error("slack.malformed", event_id=event_id, problem=str(error))

    def _on_trouble(self, kind: str, body: Body) -> None:
        event = part(body, "event")
        if kind == "app_uninstalled":
            self._alarm("The app was removed from the workspace: nothing is moderated. Install it again.")
        elif kind == "app_rate_limited":
            self._deps.counters.count("slack.events-dropped")
            self._alarm("Slack held events back, because there were too many: some messages were not seen.")
        else:
            tokens = part(event, "tokens")
            if tokens.get("bot"):
                self._alarm("The bot token was revoked: nothing is moderated. Install the app again.")
            people = tokens.get("oauth")
            if isinstance(people, list) and self._platform.drop_delegate(map(str, people)):
                self._alarm("The administrator's token was revoked: messages are shown, no longer deleted.")

    async def _on_frame(self, frame: aiohttp.WSMessage) -> None:
        if isinstance(frame.data, str) and '"link_disabled"' in frame.data:
            try:
                told = json.loads(frame.data)
            except ValueError:
                return
            if isinstance(told, dict) and told.get("type") == "disconnect":
                self._alarm("Socket Mode was turned off in the app's settings: nothing is moderated until it is on.")

    def _alarm(self, sentence: str) -> None:
        self.trouble = sentence
        self._deps.counters.count("slack.trouble")
        log.error("slack.trouble", trouble=sentence)


async def _connect(socket: SocketModeClient) -> None:
    await socket.connect()  # type: ignore[no-untyped-call] # slack_sdk leaves it unannotated


def _unsafe() -> BoltResponse:
    """Answer with anything but 200, which leaves an event unacknowledged: Slack delivers it again."""
    return BoltResponse(status=503)


def _place(error: Exception) -> str:
    """Say where in the code an error arose; its own words might hold message text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
