"""A Slack on loopback: Socket Mode and the Web API on a free port, scripted and recorded."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes import slack_payloads as wire
from tests.fakes.files import FileServer
from tests.fakes.slack_workspace import GENERAL, MODERATORS, Body, Call, Workspace

APP_TOKEN = "xapp-app"
PATIENCE = 8.0


@dataclass(slots=True)
class Envelope:
    """Something sent to the app, and its acknowledgement."""

    id: str
    body: Body
    acked: asyncio.Future[Body | None]


@dataclass(slots=True)
class Delivery:
    """A message that a member wrote, and the envelope that told the app."""

    message: Body
    channel: str
    envelope: Envelope

    @property
    def ts(self) -> str:
        """Give the message's timestamp."""
        return str(self.message["ts"])


@dataclass(slots=True)
class _Script:
    status: int = 200
    answer: Body | None = None
    headers: dict[str, str] = field(default_factory=dict)
    until: asyncio.Event | None = None
    lose_answer: bool = False


class FakeSlack(Workspace):
    """One workspace; `journal` is shared with other fakes, so that the order of happenings can be told."""

    def __init__(self, journal: list[str] | None = None) -> None:
        super().__init__()
        self.journal = journal if journal is not None else []
        self.calls: list[Call] = []
        self.connections = 0
        self.closed_for_sockets = False
        self._scripts: dict[str, deque[_Script]] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._envelopes: dict[str, Envelope] = {}
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self.files = FileServer()

    async def start(self) -> "FakeSlack":
        """Listen on a free port."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._on_call)
        app.router.add_post("/response/{trigger}", self._on_response_url)
        app.router.add_get("/link", self._on_socket)
        self.files.serve(app)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def close(self) -> None:
        """Stop listening."""
        for socket in self._sockets:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api(self) -> str:
        """Give the address that stands for https://slack.com/api/."""
        return f"http://127.0.0.1:{self._port}/api/"

    @property
    def origin(self) -> str:
        """Give the address that stands for https://files.slack.com."""
        return f"http://127.0.0.1:{self._port}"

    # What a test scripts and waits for.

    def refuse(self, method: str, error: str) -> None:
        """Answer the next call of a method with an error."""
        self._script(method, _Script(answer={"ok": False, "error": error}))

    def limit(self, method: str, retry_after: int) -> None:
        """Answer the next call of a method with 429."""
        self._script(
            method,
            _Script(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(retry_after)}),
        )

    def let(self, method: str) -> None:
        """Answer the next call of a method as usual; what is scripted then meets the one after."""
        self._script(method, _Script())

    def hold(self, method: str) -> asyncio.Event:
        """Let the next call of a method wait until the event is set."""
        until = asyncio.Event()
        self._script(method, _Script(until=until))
        return until

    def lose(self, method: str) -> None:
        """Carry out the next call of a method and break the connection before the answer."""
        self._script(method, _Script(lose_answer=True))

    async def called(self, method: str, times: int = 1) -> Call:
        """Wait until a method was called so many times; gives that call."""
        calls: list[Call] = await self._until(lambda: found if len(found := self.of(method)) >= times else None)
        return calls[times - 1]

    def of(self, method: str) -> list[Call]:
        """Give the calls of a method so far."""
        return [call for call in self.calls if call.method == method]

    async def connected(self, times: int = 1) -> None:
        """Wait until the app has connected so many times."""
        await self._until(lambda: self.connections >= times or None)

    async def acked(self, envelope: Envelope) -> Body | None:
        """Wait for an acknowledgement; gives its payload."""
        return await asyncio.wait_for(asyncio.shield(envelope.acked), PATIENCE)

    # What people and Slack do.

    async def say(self, user: str, text: str, *, channel: str = GENERAL, thread: str = "", **extra: Any) -> Delivery:
        """Let a member write a message."""
        message = wire.message(user, text, at=wire.ts(), thread=thread, **extra)
        self.messages[channel][message["ts"]] = message
        return Delivery(message, channel, await self.event(wire.posted(message, channel)))

    async def edit(self, told: Delivery, text: str) -> Delivery:
        """Let the author of a message change it."""
        at = wire.ts()
        now = {**told.message, "text": text, "edited": {"user": told.message["user"], "ts": at}}
        self.messages[told.channel][told.ts] = now
        event = wire.changed(now, told.message, told.channel, at=at)
        return Delivery(now, told.channel, await self.event(event))

    async def event(self, event: Body, *, event_id: str = "", retry: int = 0) -> Envelope:
        """Send an event."""
        return await self.envelope("events_api", wire.event_callback(event, event_id=event_id), retry=retry)

    async def again(self, envelope: Envelope) -> Envelope:
        """Deliver the same event once more, as Slack does when an acknowledgement is missing."""
        return await self.envelope("events_api", envelope.body, retry=1)

    async def command(self, user: str, text: str, *, channel: str = GENERAL) -> Envelope:
        """Let somebody type `/hustings`."""
        trigger, url = self._trigger()
        body = wire.slash_command(user, text, channel=channel, trigger=trigger, response_url=url)
        return await self.envelope("slash_commands", body)

    async def press(self, user: str, card: Body, action_id: str, *, team: str = wire.TEAM) -> Envelope:
        """Let somebody press a button under a message of the moderators' channel."""
        buttons = [b for block in card["blocks"] if block["type"] == "actions" for b in block["elements"]]
        button = next(b for b in buttons if b["action_id"] == action_id)
        trigger, url = self._trigger()
        body = wire.block_actions(
            user, button, card=card, channel=MODERATORS, trigger=trigger, response_url=url, team=team
        )
        return await self.envelope("interactive", body)

    async def submit(self, user: str, view: Body, reason: str) -> Envelope:
        """Let somebody send a form with a reason."""
        return await self.envelope("interactive", wire.view_submission(user, view, {"reason": {"text": reason}}))

    async def shortcut(self, user: str, message: Body, *, channel: str, name: str = "general") -> Envelope:
        """Let somebody choose "Report to moderators" in a message's menu."""
        trigger, url = self._trigger()
        body = wire.message_action(user, message, channel=channel, name=name, trigger=trigger, response_url=url)
        return await self.envelope("interactive", body)

    async def envelope(self, kind: str, body: Body, *, retry: int = 0) -> Envelope:
        """Send anything in an envelope."""
        sent = Envelope(f"envelope-{len(self._envelopes) + 1}", body, asyncio.get_running_loop().create_future())
        self._envelopes[sent.id] = sent
        frame: Body = {
            "type": kind,
            "envelope_id": sent.id,
            "payload": body,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            frame |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        await self.raw(json.dumps(frame))
        return sent

    async def raw(self, text: str) -> None:
        """Send any text frame."""
        await self._socket().send_str(text)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell the app that its connection is about to end, as Slack does every few hours."""
        old = self._socket()
        await old.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "loopback"}})

    async def drop(self) -> None:
        """End the connection without a word."""
        transport = self._socket()._req.transport  # type: ignore[union-attr] # it was accepted, so it has one
        if transport is not None:
            transport.abort()

    def latest(self, channel: str) -> Body:
        """Give the newest message of a channel as it now is."""
        return list(self.messages[channel].values())[-1]

    # The wire.

    async def _on_socket(self, request: web.Request) -> web.StreamResponse:
        if self.closed_for_sockets:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": 1,
                "debug_info": {"host": "loopback", "approximate_connection_time": 18060},
                "connection_info": {"app_id": wire.APP},
            }
        )
        self.connections += 1
        await self._tell()
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            answer = json.loads(frame.data)
            envelope = self._envelopes[answer["envelope_id"]]
            if not envelope.acked.done():
                self.journal.append("ack")
                envelope.acked.set_result(answer.get("payload"))
            await self._tell()
        return socket

    async def _on_call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        call = Call(method, await _arguments(request), token)
        self.calls.append(call)
        script = self._scripts.get(method, deque())
        scripted = script.popleft() if script else _Script()
        await self._tell()
        if scripted.until is not None:
            await scripted.until.wait()
        answer = scripted.answer if scripted.answer is not None else await self._answer(call)
        if answer.get("ok"):
            self.journal.append(method)
        if scripted.lose_answer and request.transport is not None:
            request.transport.abort()
        return web.json_response(answer, status=scripted.status, headers=scripted.headers)

    async def _on_response_url(self, request: web.Request) -> web.Response:
        self.calls.append(Call("response_url", await request.json(), ""))
        await self._tell()
        return web.Response(text="ok")

    async def _answer(self, call: Call) -> Body:
        if call.method != "apps.connections.open":
            return await self.answer(call)
        if call.token != APP_TOKEN:
            return {"ok": False, "error": "invalid_auth"}
        return {"ok": True, "url": f"ws://127.0.0.1:{self._port}/link"}

    def _script(self, method: str, script: _Script) -> None:
        self._scripts.setdefault(method, deque()).append(script)

    def _socket(self) -> web.WebSocketResponse:
        return next(socket for socket in reversed(self._sockets) if not socket.closed)

    def _trigger(self) -> tuple[str, str]:
        trigger = f"trigger.{wire.ts()}"
        return trigger, f"http://127.0.0.1:{self._port}/response/{trigger}"

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _until(self, found: Any) -> Any:
        async with asyncio.timeout(PATIENCE), self._changed:
            while (value := found()) is None:
                await self._changed.wait()
            return value


async def _arguments(request: web.Request) -> Body:
    args: Body = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    else:
        args |= {key: str(value) for key, value in (await request.post()).items()}
    for key in ("blocks", "view", "metadata"):
        if isinstance(args.get(key), str):
            args[key] = json.loads(args[key])
    return args
