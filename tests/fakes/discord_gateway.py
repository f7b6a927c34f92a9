"""A Discord on loopback: gateway v10 over one zlib stream, and the REST routes that the adapter calls."""

import asyncio
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar
from urllib.parse import unquote

import discord
from aiohttp import WSMsgType, web
from yarl import URL

from tests.fakes import discord_payloads as wire
from tests.fakes.files import FileServer

T = TypeVar("T")
Body = Any

PATIENCE = 8.0
TOKEN = "a.fake.token"
HELLO, DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, ACK = 10, 0, 1, 2, 6, 7, 9, 11
REQUEST_MEMBERS = 8


class Noted(list[T]):
    """A list on which a test can wait for what it expects, without asking again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = asyncio.Event()

    def append(self, item: T) -> None:
        """Add an item and wake whoever waits."""
        super().append(item)
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, wanted: Callable[[T], bool], times: int = 1) -> T:
        """Wait until so many items are as wanted; gives the last of these."""
        async with asyncio.timeout(PATIENCE):
            while len(found := [item for item in self if wanted(item)]) < times:
                await self._changed.wait()
        return found[times - 1]


@dataclass(frozen=True, slots=True)
class Call:
    """One REST call as it arrived."""

    method: str
    path: str
    body: Body
    reason: str
    token: str
    query: dict[str, str]


@dataclass(slots=True)
class Script:
    """An answer that replaces the usual one, once."""

    method: str
    path: str
    status: int
    body: Body
    headers: dict[str, str] = field(default_factory=dict)
    wait_for: asyncio.Event | None = None


class Session:
    """One gateway session: what was sent in it, so that a RESUME can be answered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[tuple[int, str, Body]] = []


class FakeDiscord:
    """One server behind a gateway; events are dispatched by the test, REST calls are noted and answered."""

    def __init__(self) -> None:
        self.calls: Noted[Call] = Noted()
        self.frames: Noted[dict[str, Any]] = Noted()
        """What the bot sent over the gateway."""
        self.queries: list[dict[str, str]] = []
        self.history: dict[str, list[Body]] = {}
        """What GET /channels/{id}/messages gives, oldest first."""
        self.oldest_in_bulk = 0
        """The id of the oldest message that may be deleted together with others."""
        self.scripts: list[Script] = []
        self.refuse_identify_with: int | None = None
        self.resumable = True
        self.repeat = False
        """Whether a RESUME sends again what had arrived, as happens when a sequence number was lost."""
        self.guild = wire.guild()
        self.members: list[Body] | None = [wire.member(wire.ANN), wire.member(wire.MO, name="mo")]
        """Who is named when the bot asks for everybody; it gets no answer without."""
        self._sessions: list[Session] = []
        self._ws: web.WebSocketResponse | None = None
        self._zlib = zlib.compressobj()
        self._ids = count(1)
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.files = FileServer()

    async def start(self) -> None:
        """Listen on a free port of the loopback interface."""
        app = web.Application()
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self.files.serve(app)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close every connection and the port."""
        if self._ws is not None:
            await self._ws.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def point(self, patch: Callable[[object, str, object], None]) -> None:
        """Make discord.py speak to this server; `patch` is `monkeypatch.setattr`."""
        patch(discord.http.Route, "BASE", f"{self.url}/api/v10")
        gateway = f"{self.url.replace('http', 'ws')}/gateway/"
        patch(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", URL(gateway))

    def script(self, method: str, path: str, status: int, body: Body = None, **more: Any) -> None:
        """Answer the next call of a method whose path holds a piece in another way."""
        self.scripts.append(Script(method, path, status, body, **more))

    async def asked(self, method: str, path: str, times: int = 1) -> Call:
        """Wait for the n-th call of a method whose path ends so."""
        return await self.calls.until(lambda c: c.method == method and c.path.endswith(path), times)

    async def sent_by_bot(self, op: int, times: int = 1) -> dict[str, Any]:
        """Wait for the n-th gateway frame with an opcode, and give its data."""
        frame = await self.frames.until(lambda f: f["op"] == op, times)
        data: dict[str, Any] = frame["d"]
        return data

    def next_id(self) -> str:
        """Give a fresh snowflake, later than all before."""
        return wire.snowflake(next(self._ids))

    async def dispatch(self, event: str, data: Body) -> None:
        """Send an event in the present session, or only keep it for a RESUME while nobody is connected."""
        session = self._sessions[-1]
        sequence = len(session.sent) + 1
        session.sent.append((sequence, event, data))
        if self._ws is not None and not self._ws.closed:
            await self._send({"op": DISPATCH, "t": event, "s": sequence, "d": data})

    async def say(self, text: str, **changes: Any) -> Body:
        """Let a member post in #general; gives the message."""
        message = self.lose(text, **changes)
        await self.dispatch("MESSAGE_CREATE", message)
        return message

    def lose(self, text: str, **changes: Any) -> Body:
        """Let a member post in #general without the bot being told."""
        message = wire.message(self.next_id(), text, **changes)
        self.history.setdefault(message["channel_id"], []).append(message)
        for channel in self.guild["channels"]:
            if channel["id"] == message["channel_id"]:
                channel["last_message_id"] = message["id"]
        return message

    async def reconnect(self) -> None:
        """Ask the bot to reconnect and resume (op 7)."""
        await self._send({"op": RECONNECT, "d": None})

    async def invalidate(self) -> None:
        """Tell the bot that its session is gone and cannot be resumed (op 9, false)."""
        await self._send({"op": INVALID, "d": False})

    def drop(self) -> None:
        """Cut the connection as a broken line does."""
        assert self._ws is not None
        transport = self._ws._req.transport if self._ws._req else None
        assert transport is not None
        transport.abort()
        self._ws = None

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        self.queries.append(dict(request.query))
        self._ws, self._zlib = ws, zlib.compressobj()
        await self._send({"op": HELLO, "d": {"heartbeat_interval": 41250}})
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                continue
            frame = json.loads(message.data)
            if frame["op"] == HEARTBEAT:
                await self._send({"op": ACK})
            elif frame["op"] == IDENTIFY:
                await self._identify(frame["d"])
            elif frame["op"] == RESUME:
                await self._resume(frame["d"])
            elif frame["op"] == REQUEST_MEMBERS and self.members is not None:
                answer = {"guild_id": wire.GUILD, "members": self.members, "chunk_index": 0, "chunk_count": 1}
                await self.dispatch("GUILD_MEMBERS_CHUNK", {**answer, "nonce": frame["d"]["nonce"], "not_found": []})
            self.frames.append(frame)
        return ws

    async def _identify(self, asked: dict[str, Any]) -> None:
        assert self._ws is not None
        if self.refuse_identify_with is not None:
            await self._ws.close(code=self.refuse_identify_with)
            return
        session = Session(f"session-{len(self._sessions)}")
        self._sessions.append(session)
        ready = wire.ready(session.name, f"{self.url.replace('http', 'ws')}/gateway/")
        await self.dispatch("READY", ready)
        await self.dispatch("GUILD_CREATE", self.guild)

    async def _resume(self, asked: dict[str, Any]) -> None:
        session = self._sessions[-1]
        if not self.resumable or asked["session_id"] != session.name:
            await self.invalidate()
            return
        seen = 2 if self.repeat else asked["seq"]  # READY and GUILD_CREATE are never sent twice.
        for sequence, event, data in session.sent[seen:]:
            await self._send({"op": DISPATCH, "t": event, "s": sequence, "d": data})
        await self.dispatch("RESUMED", {"_trace": []})

    async def _send(self, frame: dict[str, Any]) -> None:
        assert self._ws is not None
        packed = self._zlib.compress(json.dumps(frame).encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
        await self._ws.send_bytes(packed)

    async def _rest(self, request: web.Request) -> web.Response:
        raw = await request.read()
        call = Call(
            method=request.method,
            path=f"/{request.match_info['path']}",
            body=json.loads(raw) if raw else None,
            reason=unquote(request.headers.get("X-Audit-Log-Reason", "")),
            token=request.headers.get("Authorization", ""),
            query=dict(request.query),
        )
        script = next((s for s in self.scripts if s.method == call.method and s.path in call.path), None)
        self.calls.append(call)
        if script is not None:
            self.scripts.remove(script)
            if script.wait_for is not None:
                await script.wait_for.wait()
            return self._response(script.status, script.body, script.headers)
        if call.token != f"Bot {TOKEN}" and not call.path.startswith(("/interactions", "/webhooks")):
            return self._response(401, {"message": "401: Unauthorized", "code": 0})
        return self._response(*self._answer(call))

    def _response(self, status: int, body: Body, headers: dict[str, str] | None = None) -> web.Response:
        # discord.py reads a 204 that claims to be JSON as JSON, and fails on it.
        if status == 204:
            return web.Response(status=204, headers=headers)
        return web.Response(
            status=status,
            body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **(headers or {})},
        )

    def _answer(self, call: Call) -> tuple[int, Body]:  # noqa: PLR0911, PLR0912 - one case a route
        match call.method, call.path.strip("/").split("/"):
            case "GET", ["users", "@me"]:
                return 200, wire.bot_user()
            case "GET", ["oauth2", "applications", "@me"]:
                return 200, wire.application()
            case "PUT", ["applications", _, "guilds", _, "commands"]:
                return 200, [wire.command(self.next_id(), asked) for asked in call.body]
            case "GET", ["channels", channel, "messages"]:
                after, size = int(call.query.get("after", 0)), int(call.query.get("limit", 50))
                before = int(call.query.get("before", 1 << 63))
                found = [m for m in self.history.get(channel, []) if after < int(m["id"]) < before]
                return 200, (found[:size] if after else found[-size:])[::-1]
            case "GET", ["channels", channel, "messages", message]:
                held = {m["id"]: m for m in self.history.get(channel, [])}
                return (200, held[message]) if message in held else (404, wire.unknown("Message", 10008))
            case "POST", ["channels", channel, "messages"]:
                return 200, wire.own_message(self.next_id(), channel, call.body)
            case "PATCH", ["channels", channel, "messages", message]:
                return 200, wire.own_message(message, channel, call.body)
            case "DELETE", ["channels", channel, "messages", message]:
                kept = self.history.get(channel, [])
                self.history[channel] = [m for m in kept if m["id"] != message]
                return 204, None
            case "GET", ["channels", channel]:
                found = next((c for c in self.guild["channels"] if c["id"] == channel), None)
                return (200, {**found, "guild_id": wire.GUILD}) if found else (404, wire.unknown("Channel", 10003))
            case (("PUT" | "DELETE"), ["channels", channel, "permissions", role]):
                place = next(c for c in self.guild["channels"] if c["id"] == channel)
                marks = [mark for mark in place.get("permission_overwrites", []) if mark["id"] != role]
                asked = [{"id": role, **call.body, "type": 0}] if call.body else []
                place["permission_overwrites"] = [*marks, *asked]
                return 204, None
            case "POST", ["channels", channel, "messages", "bulk-delete"]:
                asked, oldest = [str(message) for message in call.body["messages"]], self.oldest_in_bulk
                if not 2 <= len(asked) <= 100 or len(set(asked)) < len(asked) or min(map(int, asked)) < oldest:
                    return 400, wire.error("Invalid Form Body", 50035)
                self.history[channel] = [m for m in self.history.get(channel, []) if m["id"] not in asked]
                return 204, None
            case "PATCH", ["guilds", _, "members", member]:
                return 200, wire.member(member, **call.body)
            case "POST", ["users", "@me", "channels"]:
                return 200, wire.dm_channel(str(call.body["recipient_id"]))
            case "POST", ["interactions", interaction, _, "callback"]:
                return 200, wire.callback(interaction, call.body)
            case (("PATCH" | "POST"), ["webhooks", _, _, *_]):
                return 200, wire.own_message(self.next_id(), wire.GENERAL, call.body)
            case _:
                return 404, wire.unknown("Route", 0)
