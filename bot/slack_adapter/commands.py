"""The verbs of moderators and members: `/hustings`, the card's buttons, the forms and the message shortcut."""

import json
import re
from collections import OrderedDict

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_adapter import cards
from bot.slack_adapter.actions import NO_TIMEOUT, Linked, SlackPlatform
from bot.slack_adapter.calls import answered, reason
from bot.slack_adapter.convert import (
    Payload,
    PayloadError,
    actor,
    linked_message,
    part,
    parts,
    posted,
    word,
)
from bot.slack_adapter.readers import may_read
from bot.slack_adapter.restraints import NO_SLOW_MODE
from handlers.casework.appealing import appeal_by_command
from handlers.casework.reactions import report_reaction
from handlers.casework.receipts import own_reports
from handlers.casework.requests import ask_about_own_data
from handlers.channel_commands import lock_channel, unlock_channel
from handlers.deps import Deps
from handlers.errors import PlatformUnavailable
from handlers.moderation import list_incidents, settle_incident, show_incident, warn_member
from handlers.replies import Reply, refused
from handlers.reports import handle_message_reported
from policies.acts import Actor, Verb
from policies.casework.people import Account
from policies.durations import read_duration
from policies.events import MessagePosted, MessageReported
from policies.identifiers import ChannelId, EventId, IncidentId, MemberId

log = structlog.get_logger(__name__)

HELP = """\
/hustings incident list - the newest incidents (moderators)
/hustings incident show ID - one incident with its card (moderators)
/hustings warn @member reason - warn a member in private; the reason is kept and sent (moderators)
/hustings timeout - why Slack has none, and what to do instead
/hustings slowmode - why Slack has none, and what to do instead
/hustings lock [2h] reason - ask for this channel to be closed for a while, on record (moderators)
/hustings unlock reason - ask for it to be opened again (moderators)
/hustings report LINK reason - ask the moderators to look at a message
/hustings reaction LINK :emoji: @member reason - report a reaction that a member put on a message
/hustings appeal CODE reasons - appeal against a decision, by the code in the notice that you got
/hustings myreports - how the reports that you made stand; with a code, that one
/hustings mydata copy - ask for a copy of what is kept about you; or erase, or complain, with words of your own
/hustings help - this list
To report a message you can also open its menu (More actions) and choose "Report to moderators"."""

_MEMBER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>\s*")
_REACTION = re.compile(
    r"(?P<link>\S+)\s+(?P<emoji>\S{1,100})\s+<@(?P<member>[UW][A-Z0-9]+)(?:\|[^>]*)?>\s+(?P<why>\S.*)", re.DOTALL
)
_UNREADABLE = (
    "Hustings cannot read that message for you: it may be gone, or it is in a channel that you or the app are not in."
)
_GONE = "The form is too old. Please choose the message and report it again; nothing was sent."
_SLOW = "Slack took too long to open the form. Please try again; nothing was changed."
_TITLES = {cards.UPHOLD: (Verb.UPHOLD, "Uphold"), cards.NOT_ABUSE: (Verb.NOT_ABUSE, "Not abuse")}
_VERDICTS = {verb.value: verb for verb, _ in _TITLES.values()}
_NAMELESS = frozenset({"directmessage", "privategroup"})
_KEPT = 200


class Desk:
    """Answers people. Each method gives what to say to that person alone, or nothing if a form opened.

    `hasty` is a client that does not wait out rate limits: a form opens within three seconds or never.
    """

    def __init__(self, linked: Linked, platform: SlackPlatform, deps: Deps, *, hasty: AsyncWebClient) -> None:
        self._linked, self._platform, self._deps, self._hasty = linked, platform, deps, hasty
        # A message that is being reported waits here for its form: the bot may not be in its channel.
        self._reported: OrderedDict[str, MessagePosted] = OrderedDict()

    async def command(self, body: Payload) -> Reply:  # noqa: PLR0911, PLR0912 - one for each verb
        """Carry out one `/hustings` command."""
        verb, _, rest = word(body, "text").strip().partition(" ")
        rest = rest.strip()
        match verb.lower():
            case "" | "help":
                return Reply(text=HELP)
            case "incident" | "incidents":
                return await self._incident(body, rest)
            case "warn":
                return await self._warn(body, rest)
            case "timeout":
                return refused(f"{NO_TIMEOUT} Nothing was changed.")
            case "slowmode":
                return refused(f"{NO_SLOW_MODE} /hustings lock asks the moderators to do so. Nothing was changed.")
            case "lock":
                return await self._lock(body, rest)
            case "unlock":
                return await self._unlock(body, rest)
            case "report":
                return await self._report_link(body, rest)
            case "reaction":
                return await self._reaction(body, rest)
            case "appeal":
                code, why, *_ = (*rest.split(None, 1), "", "")
                return await appeal_by_command(self._account(body), code, why, self._deps)
            case "myreports":
                return await own_reports(self._account(body), rest, self._deps.intake)
            case "mydata":
                return await self._own_data(body, rest)
            case _:
                return refused(f"There is no command {verb[:40]!r}.\n{HELP}")

    async def press(self, body: Payload) -> Reply | None:
        """Ask for the reason of a verdict; a press that comes too late only says who decided."""
        pressed = next(iter(parts(body, "actions")), {})
        button = cards.Press.unpacked(word(pressed, "value"))
        verb, title = _TITLES.get(word(pressed, "action_id"), (None, ""))
        if button is None or verb is None:
            raise PayloadError("the button is none of ours")
        shown = await show_incident(self._actor(body), button.incident, deps=self._deps)
        if not shown.ok or shown.card is None:
            return shown
        if shown.card.settled or shown.card.version != button.version:
            await self._show_anew(body, shown)
            return refused(f"{shown.card.settled or 'This card is out of date.'}\nYour press changed nothing.")
        return await self._open(body, cards.decide_form(title, button, verb.value))

    async def decide(self, body: Payload) -> Reply:
        """Settle an incident with the reason that the form brought."""
        view = part(body, "view")
        asked = _metadata(view)
        verdict, version = _VERDICTS.get(word(asked, "verb")), asked.get("version")
        if verdict is None or not isinstance(version, int):
            raise PayloadError("the form is none of ours")
        return await settle_incident(
            await self._linked.directory.named(self._actor(body)),
            IncidentId(word(asked, "incident")),
            verdict,
            _typed(view),
            version=version,
            event_id=self._event_id("form", word(view, "id")),
            deps=self._deps,
        )

    async def ask_report(self, body: Payload) -> Reply | None:
        """Open the form with which a member reports the message it was chosen on."""
        channel = part(body, "channel")
        name = word(channel, "name")
        message = posted(
            {"ts": word(body, "message_ts"), **part(body, "message")},
            word(channel, "id"),
            self._linked.home,
            channel_name="" if name in _NAMELESS else name,
        )
        key = f"{message.event_id}:{self._actor(body).id}"
        self._reported[key] = message
        self._reported.move_to_end(key)
        while len(self._reported) > _KEPT:
            self._reported.popitem(last=False)
        return await self._open(body, cards.report_form(key))

    async def report(self, body: Payload) -> Reply:
        """Send the message and the reason of a report form to the moderators."""
        view = part(body, "view")
        message = self._reported.get(word(_metadata(view), "kept"))
        if message is None:
            return refused(_GONE)
        return await self._report(body, message, _typed(view), self._event_id("form", word(view, "id")))

    async def _incident(self, body: Payload, rest: str) -> Reply:
        verb, _, name = rest.partition(" ")
        if verb.lower() == "list":
            return await list_incidents(self._actor(body), deps=self._deps)
        if verb.lower() == "show" and name.strip():
            return await show_incident(self._actor(body), IncidentId(name.strip(" `")), deps=self._deps)
        return refused("Say /hustings incident list, or /hustings incident show followed by the incident's id.")

    async def _warn(self, body: Payload, rest: str) -> Reply:
        found = _MEMBER.match(rest)
        if found is None:
            return refused(
                "Say whom: /hustings warn @member reason. Choose the member from the list that Slack offers after "
                "@; if that does not help, the command lacks 'Escape channels, users, and links' in the app's settings."
            )
        return await warn_member(
            await self._linked.directory.named(self._actor(body)),
            MemberId(found.group(1)),
            rest[found.end() :].strip(),
            community=self._linked.home.team,
            event_id=self._event_id("command", word(body, "trigger_id")),
            deps=self._deps,
        )

    async def _lock(self, body: Payload, rest: str) -> Reply:
        first, _, more = rest.partition(" ")
        lasts = read_duration(first)
        return await lock_channel(
            self._actor(body),
            ChannelId(word(body, "channel_id")),
            lasts,
            rest if lasts is None else more.strip(),
            event_id=self._event_id("command", word(body, "trigger_id")),
            deps=self._deps,
        )

    async def _unlock(self, body: Payload, rest: str) -> Reply:
        return await unlock_channel(
            self._actor(body),
            ChannelId(word(body, "channel_id")),
            rest,
            event_id=self._event_id("command", word(body, "trigger_id")),
            deps=self._deps,
        )

    async def _reaction(self, body: Payload, rest: str) -> Reply:
        found = _REACTION.fullmatch(rest)
        channel, ts, thread = linked_message(found["link"]) if found else ("", "", "")
        if found is None or not channel:
            return refused("Say which one: /hustings reaction LINK :emoji: @member reason. Nothing was sent.")
        message = await self._read(body, channel, ts, thread)
        if message is None:
            return refused(f"{_UNREADABLE} Nothing was sent.")
        event = MessageReported(
            event_id=self._event_id("command", word(body, "trigger_id")),
            message=message,
            reporter=self._actor(body).id,
            reason=found["why"],
            reported_at=self._deps.clock.now(),
        )
        return await report_reaction(event, found["emoji"], MemberId(found["member"]), self._deps.intake)

    async def _own_data(self, body: Payload, rest: str) -> Reply:
        asks = self._account(body)
        key = f"{asks.platform.value}:{self._event_id('command', word(body, 'trigger_id'))}"
        return await ask_about_own_data(asks, rest, key, self._deps.intake)

    async def _report_link(self, body: Payload, rest: str) -> Reply:
        link, _, why = rest.partition(" ")
        channel, ts, thread = linked_message(link)
        if not channel:
            return refused("Say which message: /hustings report LINK reason. The message's menu has 'Copy link'.")
        if not why.strip():
            return refused("Please say why: /hustings report LINK reason. Nothing was sent.")
        message = await self._read(body, channel, ts, thread)
        if message is None:
            return refused(
                f"{_UNREADABLE} Open the message's menu instead and choose 'Report to moderators'; that works"
                " everywhere. Nothing was sent."
            )
        event_id = self._event_id("command", word(body, "trigger_id"))
        return await self._report(body, message, why.strip(), event_id)

    async def _report(self, body: Payload, message: MessagePosted, why: str, event_id: EventId) -> Reply:
        event = MessageReported(
            event_id=event_id,
            message=await self._linked.directory.introduce(message),
            reporter=self._actor(body).id,
            reason=why,
            reported_at=self._deps.clock.now(),
        )
        return await handle_message_reported(event, self._deps)

    async def _read(self, body: Payload, channel: str, ts: str, thread: str) -> MessagePosted | None:
        """Look a message up on behalf of somebody who may read it themselves; nothing where they may not."""
        try:
            if await may_read(self._linked.web, self._linked.home, self._actor(body).id, channel):
                return await self._fetch(channel, ts, thread)
        except SlackApiError as error:
            log.info("slack.reported-message-unreadable", channel=channel, error=reason(error))
        return None

    async def _fetch(self, channel: str, ts: str, thread: str) -> MessagePosted | None:
        web = self._linked.web
        if thread and thread != ts:
            page = await answered(
                web.conversations_replies(channel=channel, ts=thread, oldest=ts, latest=ts, inclusive=True, limit=2)
            )
        else:
            page = await answered(
                web.conversations_history(channel=channel, oldest=ts, latest=ts, inclusive=True, limit=1)
            )
        for message in parts({"messages": page.get("messages")}, "messages"):
            if word(message, "ts") == ts:
                return posted(message, channel, self._linked.home)
        return None

    async def _open(self, body: Payload, view: cards.Block) -> Reply | None:
        try:
            await answered(self._hasty.views_open(trigger_id=word(body, "trigger_id"), view=view))
        except (SlackApiError, PlatformUnavailable) as error:
            log.warning("slack.form-not-opened", error=reason(error) or str(error))
            return refused(_SLOW)
        return None

    async def _show_anew(self, body: Payload, shown: Reply) -> None:
        place = part(body, "container")
        channel, ts = word(place, "channel_id"), word(place, "message_ts")
        if shown.card is None or not ts or place.get("is_ephemeral") is True:
            return
        try:
            await self._platform.update_alert(self._linked.home.team, f"{channel}:{ts}", shown.card)
        except PlatformUnavailable:
            self._deps.counters.count("cards.stale")

    def _actor(self, body: Payload) -> Actor:
        return actor(body, self._linked.home)

    def _account(self, body: Payload) -> Account:
        who = self._actor(body)
        return Account(platform=who.platform, community=who.community, member=who.id)

    def _event_id(self, kind: str, unique: str) -> EventId:
        if not unique:
            raise PayloadError(f"the {kind} has no id")
        return EventId(f"{self._linked.home.team}:{kind}:{unique}")


def _metadata(view: Payload) -> Payload:
    try:
        value = json.loads(word(view, "private_metadata"))
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {}


def _typed(view: Payload) -> str:
    values = part(part(view, "state"), "values")
    return word(part(part(values, cards.REASON_BLOCK), cards.REASON_INPUT), "value").strip()
