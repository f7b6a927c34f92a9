"""Who is who in the workspace: names of members and channels, and who moderates, remembered for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_adapter.calls import LOST, reason, retry_after
from bot.slack_adapter.convert import OUTSIDER, Payload, Workspace, part, shown_name, word
from handlers.errors import PlatformUnavailable
from handlers.ports import Moderators
from policies.acts import Actor
from policies.events import Author, MessageEdited, MessagePosted, Parent
from policies.identifiers import ChannelId, MemberId, MessageRef, PlatformName

log = structlog.get_logger(__name__)

Written = TypeVar("Written", MessagePosted, MessageEdited)
Answer = TypeVar("Answer")

_PATIENCE = 0.7  # A name is worth less than an acknowledgement within three seconds.
_MEMBER_FOR = 15 * 60.0
_CHANNEL_FOR = 60 * 60.0
_GROUP_FOR = 5 * 60.0
_GROUP_AT_MOST = 60 * 60.0
_GROUP_AGAIN = 30.0
_KEPT = 5_000
_ROOTS = 2_000
_ROOT_LENGTH = 4_000


@dataclass(frozen=True, slots=True)
class _Fresh(Generic[Answer]):
    value: Answer
    until: float


class _Memory(Generic[Answer]):
    """Answers of one Web API method, asked for once at a time and never waited for longer than `patience`."""

    def __init__(self, ask: Callable[[str], Awaitable[Answer]], *, keep_for: float, default: Answer) -> None:
        self._ask, self._keep_for, self._default = ask, keep_for, default
        self._known: OrderedDict[str, _Fresh[Answer]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._quiet_until = 0.0

    async def get(self, key: str) -> Answer:
        now = asyncio.get_running_loop().time()
        known = self._known.get(key)
        if known is not None and known.until > now:
            return known.value
        if now >= self._quiet_until:
            task = self._asking.get(key)
            if task is None:
                task = asyncio.create_task(self._learn(key))
                self._asking[key] = task
                task.add_done_callback(lambda _: self._asking.pop(key, None))
            await asyncio.wait({task}, timeout=_PATIENCE)
            known = self._known.get(key)
        return known.value if known is not None else self._default

    async def _learn(self, key: str) -> None:
        now = asyncio.get_running_loop().time
        try:
            value = await self._ask(key)
        except SlackClientError as error:
            wait = retry_after(error)
            self._quiet_until = now() + wait
            if not wait:
                self._remember(key, self._default)
            return
        except LOST:
            return
        self._remember(key, value)

    def learn(self, key: str, value: Answer) -> None:
        """Take an answer that came unasked."""
        self._remember(key, value)

    def _remember(self, key: str, value: Answer) -> None:
        self._known[key] = _Fresh(value, asyncio.get_running_loop().time() + self._keep_for)
        self._known.move_to_end(key)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)


class Directory:
    """Adds names to what the events carry only as ids; without an answer in time the id stands for the name.

    The names of members of other workspaces are not asked for: what they wrote is enough.
    `web` must not wait out rate limits, since a name is not worth it.
    """

    def __init__(self, web: AsyncWebClient, home: Workspace) -> None:
        self._web, self._home = web, home
        nobody: Payload = {}
        self._members: _Memory[Payload] = _Memory(self._member, keep_for=_MEMBER_FOR, default=nobody)
        self._channels: _Memory[str] = _Memory(self._channel, keep_for=_CHANNEL_FOR, default="")
        self._roots: OrderedDict[MessageRef, tuple[MemberId, str]] = OrderedDict()

    async def introduce(self, event: Written) -> Written:
        """Give the same event with the author's name, the channel's name and the thread parent's text."""
        author, channel = await asyncio.gather(self._author(event.author), self._channels.get(event.ref.channel))
        return replace(
            event,
            author=author,
            channel_name=event.channel_name or channel,
            parent=self._parent(event.parent, event.ref),
        )

    async def named(self, actor: Actor) -> Actor:
        """Give the same person under the name that the others know them by."""
        user = {} if OUTSIDER in actor.roles else await self._members.get(actor.id)
        return replace(actor, name=shown_name(user) or actor.name)

    def learn(self, user: Payload) -> None:
        """Take over what an event says of a member, so that what they write next stands under their new name."""
        self._members.learn(word(user, "id"), user)

    def remember(self, event: MessagePosted | MessageEdited) -> None:
        """Keep the beginning of a possible thread parent in memory, so that replies are read beside it."""
        if event.thread is None:
            self._roots[event.ref] = (event.author.id, event.text[:_ROOT_LENGTH])
            self._roots.move_to_end(event.ref)
            while len(self._roots) > _ROOTS:
                self._roots.popitem(last=False)

    def forget(self, ref: MessageRef) -> None:
        """Drop the text of a message that went away."""
        self._roots.pop(ref, None)

    async def names(self, member: MemberId) -> list[str]:
        """Give every name of a member; raises `PlatformUnavailable` if Slack does not say in time."""
        user = await self._members.get(member)
        if not user:
            raise PlatformUnavailable("Slack did not say in time who somebody is.")
        profile = part(user, "profile")
        found = [word(profile, key) for key in ("display_name", "real_name")]
        found += [word(user, key) for key in ("real_name", "name")]
        return list(dict.fromkeys(filter(None, found)))

    async def is_outsider(self, member: MemberId) -> bool:
        """Whether a member is known to belong to another workspace."""
        user = await self._members.get(member)
        team = word(user, "team_id")
        return bool(user.get("is_stranger")) or bool(team and team != self._home.team)

    async def _author(self, author: Author) -> Author:
        if OUTSIDER in author.roles or not author.id.startswith(("U", "W")):
            return author
        user = await self._members.get(author.id)
        if not user:
            return author
        name = shown_name(user) or author.name
        roles = tuple(role for key, role in _ROLES if user.get(key) is True)
        team = word(user, "team_id")
        if team and team != self._home.team:
            return replace(author, roles=(OUTSIDER,))
        # A person posting through an app also carries a bot id; the account itself says which it is.
        is_bot = user.get("is_bot") is True if "is_bot" in user else author.is_bot
        return replace(author, name=name, handle=word(user, "name") or author.handle, is_bot=is_bot, roles=roles)

    def _parent(self, parent: Parent | None, ref: MessageRef) -> Parent | None:
        if parent is None or parent.text is not None:
            return parent
        root = self._roots.get(replace(ref, message=parent.message))
        return replace(parent, author=root[0], text=root[1]) if root else parent

    async def _member(self, member: str) -> Payload:
        answer = await self._web.users_info(user=member)
        return part({"user": answer.get("user")}, "user")

    async def _channel(self, channel: str) -> str:
        answer = await self._web.conversations_info(channel=channel)
        return word(part({"channel": answer.get("channel")}, "channel"), "name")

    async def channel_name(self, channel: ChannelId) -> str:
        """Give a channel's name, or an empty string if Slack does not say in time."""
        return await self._channels.get(channel)


_ROLES = (
    ("is_owner", "owner"),
    ("is_admin", "admin"),
    ("is_restricted", "guest"),
)


@dataclass(frozen=True, slots=True)
class _Group:
    members: frozenset[str]
    read_at: float
    ask_again_at: float


class SlackModerators(Moderators):
    """The configured moderators: named members, and the members of named user groups.

    The members of a group are read anew every five minutes. If Slack does not answer, the last
    answer counts for at most an hour; after that only the members named in the settings do.
    """

    def __init__(self, *, members: Iterable[str] = (), groups: Iterable[str] = ()) -> None:
        self._web: AsyncWebClient | None = None
        self._home: Workspace | None = None
        self._named = frozenset(members)
        self._groups = tuple(groups)
        self._groups_read: dict[str, _Group] = {}
        self._reading = asyncio.Lock()

    def link(self, web: AsyncWebClient, home: Workspace) -> None:
        """Start to ask through a live connection; until then nobody is a moderator."""
        self._web, self._home = web, home

    async def include(self, actor: Actor) -> bool:
        """Whether this person is one of the configured moderators now; never an outsider."""
        if self._home is None or actor.community != self._home.team:
            return False
        if actor.platform is not PlatformName.SLACK or OUTSIDER in actor.roles:
            return False
        if actor.id in self._named:
            return True
        for group in self._groups:
            if self._web is not None and actor.id in await self._of(group, self._web):
                return True
        return False

    async def _of(self, group: str, web: AsyncWebClient) -> frozenset[str]:
        async with self._reading:
            now = asyncio.get_running_loop().time()
            known = self._groups_read.get(group, _Group(frozenset(), -_GROUP_AT_MOST, 0.0))
            if now >= known.ask_again_at:
                try:
                    answer = await asyncio.wait_for(web.usergroups_users_list(usergroup=group), _PATIENCE)
                except (SlackClientError, *LOST) as error:
                    log.warning("slack.usergroup-unreadable", group=group, error=reason(error) or type(error).__name__)
                    members = known.members if now - known.read_at < _GROUP_AT_MOST else frozenset()
                    known = _Group(members, known.read_at, now + max(_GROUP_AGAIN, retry_after(error)))
                else:
                    users = answer.get("users") or []
                    known = _Group(frozenset(str(user) for user in users), now, now + _GROUP_FOR)
                self._groups_read[group] = known
            return known.members
