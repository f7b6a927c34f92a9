"""What Hustings does in Slack, and what Slack answered: the `Platform` of the handlers."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Collection, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.downloads import download
from bot.slack_adapter import cards
from bot.slack_adapter.calls import TOKEN_REFUSED, answered, reason
from bot.slack_adapter.convert import Workspace, part, parts, word
from bot.slack_adapter.directory import Directory
from bot.slack_adapter.history import messages_around
from bot.slack_adapter.restraints import SlackRestraints
from bot.slack_adapter.sanctions import SlackSanctions
from handlers.errors import PlatformUnavailable
from handlers.ports import AlertCard, Notice, Platform
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.events import Attachment, MessageWritten
from policies.identifiers import ChannelId, CommunityId, IncidentId, MemberId, MessageId, MessageRef, PlatformName
from policies.incidents import Incident
from policies.surroundings import Nearby

log = structlog.get_logger(__name__)

FILE_SERVERS = frozenset({"https://files.slack.com"})
"""Where Slack keeps what members upload; the token goes nowhere else."""

ALERT_EVENT = "hustings_alert"
CHECKPOINT_EVENT = "hustings_checkpoint"
REMINDER_EVENT = "hustings_reminder"
RESTORED_EVENT = "hustings_restored"

_RECEIPTS = 1_000
_REMEMBERED = 10_000
_ALWAYS = frozenset({Action.ALERT, Action.OPEN_REPORT, Action.OPEN_CASE, Action.NOTIFY_AUTHOR, Action.LOCK})
_BY_DELEGATE = frozenset({Action.HIDE, Action.HOLD})

STILL_STANDS = (
    "The message still stands: Slack lets an app delete only its own messages, and Hustings has no "
    "administrator's token. Its author, a workspace owner or an admin can delete it: open the message, "
    "More actions, Delete message."
)
NO_TIMEOUT = (
    "Slack has no timeout, so the member can still post. A workspace owner or admin can deactivate the "
    "account (Tools & settings, Manage members), and whoever manages a channel can remove the member from it."
)
_DELETE_REFUSED = {
    "cant_delete_message": "may not be deleted by this administrator (it may belong to another workspace)",
    "compliance_exports_prevent_deletion": "is kept by the workspace's compliance export",
    "channel_not_found": "is in a channel that the administrator is not in",
    "not_in_channel": "is in a channel that the administrator is not in",
    "is_archived": "is in an archived channel",
}
_POST_REFUSED = {
    "channel_not_found": "the channel does not exist or the app is not in it: type /invite @Hustings there",
    "not_in_channel": "the app is not in the channel: type /invite @Hustings there",
    "is_archived": "the channel is archived",
    "restricted_action": "the workspace's settings do not let the app post there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """The administrator whose user token deletes messages, as `auth.test` named them."""

    web: AsyncWebClient
    member: MemberId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What the platform needs of a live connection."""

    web: AsyncWebClient
    home: Workspace
    directory: Directory
    delegate: Delegate | None = None


class SlackPlatform(SlackSanctions, SlackRestraints, Platform):
    """One Slack workspace. Until it is linked, and while Slack does not answer, nothing is done.

    Alerts and restored messages carry their incident's id as metadata, so that one that was posted
    before an answer got lost is found again and not posted twice. A notice repeated after a lost
    answer may arrive twice.
    """

    def __init__(self, *, alert_channel: str, file_servers: Collection[str] = FILE_SERVERS) -> None:
        self._alert_channel, self._file_servers = alert_channel, file_servers
        self._linked: Linked | None = None
        self._delegate: Delegate | None = None
        self._receipts: dict[IncidentId, str] = {}
        self._asked: OrderedDict[MessageRef, None] = OrderedDict()
        self._certain = False
        self._alerting = asyncio.Lock()

    @property
    def alert_channel(self) -> str:
        """Give the moderators' channel."""
        return self._alert_channel

    @property
    def delegate(self) -> str:
        """Name the administrator whose token deletes messages; empty where there is none."""
        return f"{self._delegate.name} ({self._delegate.member})" if self._delegate else ""

    def deleted(self, ref: MessageRef) -> bool:
        """Whether this process itself asked for a message to be deleted, as far as it remembers."""
        return ref in self._asked

    def drop_delegate(self, members: Iterable[str]) -> bool:
        """Stop deleting messages if the administrator is one of these members; true if so."""
        if self._delegate is None or self._delegate.member not in set(members):
            return False
        self._delegate = None
        return True

    def link(self, linked: Linked) -> None:
        """Start to act through a live connection."""
        self._linked, self._delegate, self._certain = linked, linked.delegate, False

    @property
    def name(self) -> PlatformName:
        """Give the platform's name."""
        return PlatformName.SLACK

    @property
    def can(self) -> frozenset[Action]:
        """Give the actions that Slack and the tokens allow; others degrade."""
        return _ALWAYS | _BY_DELEGATE if self._delegate else _ALWAYS

    async def hide(self, ref: MessageRef, *, reason: str) -> Outcome:
        """Delete a message with the administrator's token; without one say who can.

        Slack keeps no reason beside a deletion, so `reason` stays in the record alone.
        """
        self._live()
        delegate = self._delegate
        if delegate is None:
            return _outcome(Action.HIDE, OutcomeStatus.DEGRADED, STILL_STANDS)
        asked_before = self.deleted(ref)
        # Remembered before the call: Slack may announce the deletion ahead of its answer.
        self._asked[ref] = None
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        try:
            await answered(delegate.web.chat_delete(channel=ref.channel, ts=ref.message))
        except SlackApiError as error:
            if not asked_before:
                self._asked.pop(ref, None)
            return self._not_deleted(delegate, error, asked_before=asked_before)
        log.info("slack.deleted-by-delegate", channel=ref.channel, message=ref.message, delegate=delegate.member)
        return _outcome(
            Action.HIDE,
            OutcomeStatus.DONE,
            f"Deleted with the token, and so in the name, of {delegate.name} ({delegate.member}).",
        )

    async def restore(self, incident: Incident, *, note: str) -> Outcome:
        """Repost a deleted message with its author, its time and a note."""
        linked, event = self._live(), incident.event
        thread = event.thread or ""
        before = await self._posted_before(event.ref.channel, RESTORED_EVENT, thread=thread)
        if incident.id in before:
            return _outcome(Action.HIDE, OutcomeStatus.ALREADY, "The message was reposted before.", before[incident.id])
        shown = cards.restored(incident, note)
        channel = event.ref.channel
        return await self._post(
            linked,
            Action.HIDE,
            channel,
            shown,
            event_type=RESTORED_EVENT,
            incident=incident.id,
            thread=thread,
        )

    async def mute(self, ref: MessageRef, member: MemberId, *, until: datetime, reason: str) -> Outcome:
        """Say that Slack cannot."""
        return _outcome(Action.MUTE, OutcomeStatus.DEGRADED, NO_TIMEOUT)

    async def unmute(self, ref: MessageRef, member: MemberId, *, reason: str) -> Outcome:
        """Say that there was nothing to lift."""
        return _outcome(Action.MUTE, OutcomeStatus.ALREADY, "Slack has no timeout, so there was none to lift.")

    async def remind(self, ref: MessageRef, thread: MessageId | None, notice: Notice) -> Outcome:
        """Post a notice where a message stands, in its thread if it has one."""
        post, named = partial(self._post, event_type=REMINDER_EVENT, thread=thread or ""), IncidentId(ref.message)
        return await post(self._live(), Action.REMIND, ref.channel, cards.notice(notice), incident=named)

    async def post_alert(self, community: CommunityId, card: AlertCard) -> Outcome:
        """Show a card in the moderators' channel; the receipt is `channel:timestamp`."""
        # One at a time: Slack takes about one post a second in a channel, and the rest would be refused.
        async with self._alerting:
            return await self._post_alert(card, self._live())

    async def update_alert(self, community: CommunityId, receipt: str, card: AlertCard) -> Outcome:
        """Show the card anew in place of the one named by the receipt."""
        linked = self._live()
        channel, _, ts = receipt.partition(":")
        shown = self._alert(card, linked)
        try:
            await answered(linked.web.chat_update(channel=channel, ts=ts, text=shown.text, blocks=shown.blocks))
        except SlackApiError as error:
            return _refused(Action.ALERT, "The alert could not be changed", error)
        return _outcome(Action.ALERT, OutcomeStatus.DONE, "", receipt)

    async def notify(self, community: CommunityId, member: MemberId, notice: Notice) -> Outcome:
        """Send a direct message; it stays in the member's history, as a passing remark would not."""
        linked = self._live()
        if not member.startswith(("U", "W")):
            return _outcome(
                Action.NOTIFY_AUTHOR, OutcomeStatus.DEGRADED, "An app posted this: there is nobody to tell."
            )
        if await linked.directory.is_outsider(member):
            return _outcome(
                Action.NOTIFY_AUTHOR,
                OutcomeStatus.DEGRADED,
                "The author belongs to another workspace, and Hustings contacts nobody there.",
            )
        shown = cards.notice(notice)
        try:
            opened = await answered(linked.web.conversations_open(users=member))
            channel = word(part({"channel": opened.get("channel")}, "channel"), "id")
            sent = await answered(
                linked.web.chat_postMessage(
                    channel=channel,
                    text=shown.text,
                    blocks=shown.blocks,
                    unfurl_links=False,
                    unfurl_media=False,
                )
            )
        except SlackApiError as error:
            return _refused(Action.NOTIFY_AUTHOR, "The member could not be told", error)
        return _outcome(Action.NOTIFY_AUTHOR, OutcomeStatus.DONE, "", f"{channel}:{sent.get('ts')}")

    async def publish(self, channel: ChannelId, text: str, *, key: str, before: bool) -> Outcome:
        """Post a text as it is in a channel; one that may have been posted before is looked for first."""
        linked, named = self._live(), IncidentId(key)
        known = await self._posted_before(channel, CHECKPOINT_EVENT) if before else {}
        if named in known:
            return _outcome(Action.ALERT, OutcomeStatus.ALREADY, "It was posted before.", known[named])
        block: cards.Block = {"type": "section", "text": {"type": "mrkdwn", "text": f"```{text}```"}}
        shown = cards.Message(text=f"Checkpoint {key} of the record", blocks=[block])
        return await self._post(linked, Action.ALERT, channel, shown, event_type=CHECKPOINT_EVENT, incident=named)

    async def around(self, event: MessageWritten, *, most: int) -> tuple[Sequence[Nearby], Sequence[Nearby]]:
        """Give the messages just before one and just after it, in its thread if it is in one."""
        linked = self._live()
        return await messages_around(linked.web, linked.home, linked.directory, event, most=most)

    async def fetch(self, ref: MessageRef, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        """Give a file of a message as it arrives, asked for with the bot's token (`files:read`)."""
        # Without the right to a file Slack answers 200 and a page on which to sign in.
        pieces = download(
            attachment.url,
            origins=self._file_servers,
            headers={"Authorization": f"Bearer {self._live().web.token}"},
            may_be_html=attachment.media_type.startswith("text/"),
        )
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece

    async def _post_alert(self, card: AlertCard, linked: Linked) -> Outcome:
        if card.incident and not self._certain:
            self._receipts.update(await self._posted_before(self._alert_channel, ALERT_EVENT))
            self._certain = True
        if receipt := self._receipts.get(card.incident):
            return _outcome(Action.ALERT, OutcomeStatus.ALREADY, "The alert was posted before.", receipt)
        shown = self._alert(card, linked)
        try:
            outcome = await self._post(
                linked, Action.ALERT, self._alert_channel, shown, event_type=ALERT_EVENT, incident=card.incident
            )
        except PlatformUnavailable:
            self._certain = False
            raise
        if card.incident and outcome.receipt:
            self._receipts[card.incident] = outcome.receipt
            while len(self._receipts) > _RECEIPTS:
                del self._receipts[next(iter(self._receipts))]
        return outcome

    def _alert(self, card: AlertCard, linked: Linked) -> cards.Message:
        return cards.alert(card, linked.home, stands="" if self._delegate else STILL_STANDS)

    def _directory(self) -> Directory:
        return self._live().directory

    def _live(self) -> Linked:
        if self._linked is None:
            raise PlatformUnavailable("Slack is not connected yet.")
        return self._linked

    def _not_deleted(self, delegate: Delegate, error: SlackApiError, *, asked_before: bool) -> Outcome:
        said = reason(error)
        if said == "message_not_found" and asked_before:
            # The answer to an earlier call was lost; what is gone went by the bot's own hand.
            return _outcome(Action.HIDE, OutcomeStatus.DONE, "Deleted at an earlier attempt.")
        if said == "message_not_found":
            return _outcome(Action.HIDE, OutcomeStatus.ALREADY, "The message was gone already.")
        if said in TOKEN_REFUSED:
            self._delegate = None
            log.error("slack.admin-token-refused", delegate=delegate.member, error=said)
            return _outcome(
                Action.HIDE,
                OutcomeStatus.DEGRADED,
                f"Slack refused the administrator's token of {delegate.name} ({said}). {STILL_STANDS}",
            )
        why = _DELETE_REFUSED.get(said, f"may not be deleted ({said})")
        return _outcome(Action.HIDE, OutcomeStatus.REFUSED, f"The message still stands: Slack says that it {why}.")

    async def _post(
        self,
        linked: Linked,
        action: Action,
        channel: str,
        shown: cards.Message,
        *,
        event_type: str,
        incident: IncidentId,
        thread: str = "",
    ) -> Outcome:
        try:
            sent = await answered(
                linked.web.chat_postMessage(
                    channel=channel,
                    text=shown.text,
                    blocks=shown.blocks,
                    thread_ts=thread or None,
                    metadata={"event_type": event_type, "event_payload": {"incident": incident}},
                    unfurl_links=False,
                    unfurl_media=False,
                )
            )
        except SlackApiError as error:
            return _refused(action, "The message could not be posted", error)
        return _outcome(action, OutcomeStatus.DONE, "", f"{channel}:{sent.get('ts')}")

    async def _posted_before(self, channel: str, event_type: str, *, thread: str = "") -> dict[IncidentId, str]:
        """Give the receipts of the incidents that the bot's own latest messages in a channel are about.

        Any app may give a message this metadata, so only what carries the bot's own id is believed.
        """
        linked = self._live()
        web = linked.web
        try:
            if thread:
                page = await answered(
                    web.conversations_replies(channel=channel, ts=thread, limit=100, include_all_metadata=True)
                )
            else:
                page = await answered(web.conversations_history(channel=channel, limit=100, include_all_metadata=True))
        except SlackApiError as error:
            # Without the history a card may come twice, which is better than not at all.
            log.warning("slack.history-unreadable", channel=channel, error=reason(error))
            return {}
        found: dict[IncidentId, str] = {}
        for message in parts({"messages": page.get("messages")}, "messages"):
            metadata = part(message, "metadata")
            ours = bool(linked.home.bot) and word(message, "bot_id") == linked.home.bot
            if ours and word(metadata, "event_type") == event_type:
                incident = IncidentId(word(part(metadata, "event_payload"), "incident"))
                found.setdefault(incident, f"{channel}:{word(message, 'ts')}")
        return found


def _outcome(action: Action, status: OutcomeStatus, detail: str, receipt: str = "") -> Outcome:
    return Outcome(action=action, status=status, detail=detail, receipt=receipt)


def _refused(action: Action, what: str, error: SlackApiError) -> Outcome:
    said = reason(error)
    log.error("slack.refused", action=action.value, error=said)
    return _outcome(action, OutcomeStatus.REFUSED, f"{what}: {_POST_REFUSED.get(said, f'Slack says {said}')}.")
