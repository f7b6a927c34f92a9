"""Commands, presses and forms: each is answered within Slack's three seconds, or later by direct message."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackClientError

from bot.slack_adapter import cards
from bot.slack_adapter.actions import SlackPlatform
from bot.slack_adapter.calls import LOST
from bot.slack_adapter.commands import Desk
from bot.slack_adapter.convert import Payload, Workspace, part, word
from handlers.errors import PlatformUnavailable
from handlers.ports import Notice
from handlers.replies import Reply, refused
from policies.identifiers import MemberId

log = structlog.get_logger(__name__)

Body = dict[str, object]
Verb = Callable[[Payload], Awaitable[Reply | None]]
Guard = Callable[[Awaitable[Reply | None]], Awaitable[Reply | None]]

LATER = "Hustings is still at it. The answer will come as a direct message."
BROKEN = "Something went wrong on our side and is in the log. Nothing more was done; please try again."


class Listeners:
    """What Bolt calls when a person does something. `guard` keeps a fault in one from ending the others."""

    def __init__(self, desk: Desk, platform: SlackPlatform, home: Workspace, *, guard: Guard, within: float) -> None:
        self._desk, self._platform, self._home = desk, platform, home
        self._guard, self._within = guard, within
        self.under_way: set[asyncio.Task[Reply | None]] = set()

    def register(self, app: AsyncApp) -> None:
        """Have Bolt call these."""
        app.command("/hustings")(self._on_command)
        app.message_shortcut(cards.REPORT_SHORTCUT)(self._on_report_shortcut)
        app.block_action(cards.UPHOLD)(self._on_press)
        app.block_action(cards.NOT_ABUSE)(self._on_press)
        app.view(cards.DECIDE_FORM)(self._on_decide_form)
        app.view(cards.REPORT_FORM)(self._on_report_form)

    async def _on_command(self, body: Body, ack: AsyncAck) -> None:
        shown = cards.reply(await self._in_time(body, self._desk.command) or refused(BROKEN), self._home)
        await ack(text=shown.text, blocks=shown.blocks, response_type="ephemeral")

    async def _on_press(self, body: Body, ack: AsyncAck, respond: AsyncRespond) -> None:
        reply = await self._in_time(body, self._desk.press)
        await ack()
        await self._respond(respond, reply)

    async def _on_report_shortcut(self, body: Body, ack: AsyncAck, respond: AsyncRespond) -> None:
        reply = await self._in_time(body, self._desk.ask_report)
        await ack()
        await self._respond(respond, reply)

    async def _on_decide_form(self, body: Body, ack: AsyncAck) -> None:
        await self._in_form(ack, "Decision", await self._in_time(body, self._desk.decide))

    async def _on_report_form(self, body: Body, ack: AsyncAck) -> None:
        await self._in_form(ack, "Report", await self._in_time(body, self._desk.report))

    async def _in_time(self, body: Payload, verb: Verb) -> Reply | None:
        task = self._start(self._guard(verb(body)))
        await asyncio.wait({task}, timeout=self._within)
        if task.done():
            return task.result()
        self._start(self._tell_late(body, task))
        return Reply(text=LATER)

    def _start(self, work: Awaitable[Reply | None]) -> asyncio.Task[Reply | None]:
        task = asyncio.ensure_future(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return task

    async def _tell_late(self, body: Payload, answer: asyncio.Task[Reply | None]) -> Reply | None:
        reply = await answer
        member = word(part(body, "user"), "id") or word(body, "user_id")
        if reply is not None and member:
            notice = Notice(title="The answer to your command", paragraphs=(reply.text,))
            try:
                await self._platform.notify(self._home.team, MemberId(member), notice)
            except PlatformUnavailable:
                log.warning("slack.late-answer-lost")
        return None

    async def _respond(self, respond: AsyncRespond, reply: Reply | None) -> None:
        if reply is None:
            return
        shown = cards.reply(reply, self._home)
        try:
            await respond(text=shown.text, blocks=shown.blocks, response_type="ephemeral", replace_original=False)
        except (SlackClientError, *LOST) as error:
            log.warning("slack.answer-lost", error=type(error).__name__)

    async def _in_form(self, ack: AsyncAck, title: str, reply: Reply | None) -> None:
        await ack(response_action="update", view=cards.said(title, (reply or refused(BROKEN)).text))
