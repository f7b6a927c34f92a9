"""Slack's own export: users.json, channels.json, groups.json, and for each channel a folder with a file a day."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.replay_adapter.files import Files, shown
from bot.replay_adapter.in_order import Happening, Source, moment_of
from bot.replay_adapter.reading import Reading, Row, opened, part, word
from bot.replay_adapter.streaming import BrokenError
from policies.events import Author, MessageDeleted
from policies.identifiers import CommunityId, MemberId

ReadMessage = Callable[[Mapping[str, object], CommunityId], Happening | None]
"""How the body of a Slack event is said in our words; the live adapter knows. It raises ValueError."""

LISTS = {"users.json", "org_users.json", "channels.json", "groups.json", "dms.json", "mpims.json"}

_DAY = re.compile(r"(?:(?P<root>.*)/)?(?P<folder>[^/]+)/(?P<day>\d{4}-\d\d-\d\d)\.json", re.DOTALL)
_ONE_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")
_PRIVATE = re.compile(r"D[A-Z0-9]{7,}|mpdm-.*")
_ROLES = (("is_owner", "owner"), ("is_admin", "admin"), ("is_restricted", "guest"))
_SORTED_WHOLE = 32 * 1024 * 1024
"""Bytes of a day up to which its messages are put into order; Slack writes them in order anyway."""

_NO_PRIVATE = "Private conversations were left out: Hustings does not read them."


@dataclass(slots=True)
class _Workspace:
    """What the lists of an export say: who is who, and which folder is which channel."""

    people: dict[str, Author] = field(default_factory=dict)
    channels: dict[str, tuple[str, str]] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    team: str = ""


def is_slack(files: Files) -> bool:
    """Whether these are the files of a Slack export."""
    return any(name.rpartition("/")[2] in LISTS or _DAY.fullmatch(name) for name in _own(files))


def is_channel(files: Files) -> bool:
    """Whether these are the days of one channel, without the lists that stand above it."""
    return any(_ONE_DAY.fullmatch(name) for name in _own(files))


def slack_sources(files: Files, reading: Reading, read_message: ReadMessage) -> tuple[list[Source], int]:
    """Give a source for each day of each channel, and their size in bytes together."""
    root = _root(files)
    workspace = _workspace(files, root, reading)
    for other in sorted(_folders_of_lists(files) - {root}):
        reading.problems.append(f"{shown(other)} is another Slack export and was left out. Replay it by itself.")
    sources, size = [], 0
    for name in _own(files):
        found = _DAY.fullmatch(name)
        if found is None or (found["root"] or "") != root:
            continue
        folder = found["folder"]
        if folder in workspace.private or (folder not in workspace.channels and _PRIVATE.fullmatch(folder)):
            reading.note_once(_NO_PRIVATE)
            continue
        day = _day(found["day"])
        if day is None:
            reading.problems.append(f"{shown(name)} was passed over, because its name is no date.")
            continue
        channel = workspace.channels.get(folder, (folder, folder))
        file = _DayFile(files, name, reading, workspace, channel, read_message)
        # A file holds a day by the workspace's clock, which may be ahead of UTC.
        sources.append(Source(day - timedelta(days=1), file.read))
        size += files.size(name)
    return sources, size


@dataclass(frozen=True, slots=True)
class _DayFile:
    files: Files
    name: str
    reading: Reading
    workspace: _Workspace
    channel: tuple[str, str]
    read_message: ReadMessage

    def read(self) -> Iterator[Happening]:
        """Give what is told in the file, oldest first, as far as it can be read."""
        events = self._events()
        yield from events if self.files.size(self.name) > _SORTED_WHOLE else sorted(events, key=moment_of)

    def _events(self) -> Iterator[Happening]:
        good = bad = 0
        try:
            with opened(self.files, self.name, self.reading, counted=True) as stream:
                for row in stream.elements():
                    try:
                        event = self._event(row)
                    except ValueError:
                        bad += 1
                        continue
                    if event is not None:
                        good += 1
                        yield event
        except BrokenError as broken:
            self.reading.broken(self.name, broken, good)
        self.reading.missing(self.name, bad, "not of the form that Slack gives its messages")

    def _event(self, row: object) -> Happening | None:
        if not isinstance(row, dict):
            raise ValueError("a message is an object")
        channel, name = self.channel
        event: dict[str, object] = {**row, "channel": channel}
        if edited := part(row, "edited"):
            # Only the last text is in the export: what is known is that it was changed to this, then.
            at = word(edited, "ts") or word(row, "ts")
            event = {"subtype": "message_changed", "channel": channel, "message": row, "event_ts": at}
        team = self.workspace.team or word(row, "team") or "slack-export"
        told = self.read_message({"event": event}, CommunityId(team))
        if told is None or isinstance(told, MessageDeleted):
            return told
        known = self.workspace.people.get(told.author.id)
        return replace(told, author=known or told.author, channel_name=name)


def _own(files: Files) -> Iterator[str]:
    """Give the names that Slack gave, without what systems add to folders and zips."""
    return (name for name in files.names if not name.startswith("__MACOSX/") and "/._" not in f"/{name}")


def _root(files: Files) -> str:
    """Give the folder in which the lists stand; without any, the one above most channels."""
    names = list(_own(files))
    if lists := _folders_of_lists(files):
        return min(lists, key=lambda folder: (folder.count("/") + bool(folder), folder))
    roots = Counter((found["root"] or "") for name in names if (found := _DAY.fullmatch(name)))
    return roots.most_common(1)[0][0]


def _folders_of_lists(files: Files) -> set[str]:
    return {name.rpartition("/")[0] for name in _own(files) if name.rpartition("/")[2] in LISTS}


def _workspace(files: Files, root: str, reading: Reading) -> _Workspace:
    workspace = _Workspace()
    there = {name.rpartition("/")[2]: name for name in _own(files) if name.rpartition("/")[0] == root}
    users = there.get("users.json") or there.get("org_users.json")
    if users is None:
        reading.problems.append("users.json is missing, so authors are shown by their ids.")
    if "channels.json" not in there and "groups.json" not in there:
        reading.problems.append("channels.json is missing, so channels are known by the names of their folders alone.")
    teams: Counter[str] = Counter()
    for row in _rows(files, users, reading, "authors that it does not name are shown by their ids"):
        workspace.people[word(row, "id")] = _author(row)
        teams[word(row, "team_id")] += 1
    del teams[""]
    workspace.team = teams.most_common(1)[0][0] if teams else ""
    by_folder = "channels that it does not name are known by their folders alone"
    for name in ("channels.json", "groups.json"):
        for row in _rows(files, there.get(name), reading, by_folder):
            workspace.channels[word(row, "name")] = (word(row, "id") or word(row, "name"), word(row, "name"))
    for name in ("dms.json", "mpims.json"):
        for row in _rows(files, there.get(name), reading, "private conversations are known by their folders' names"):
            workspace.private |= {word(row, "id"), word(row, "name")} - {""}
    return workspace


def _rows(files: Files, name: str | None, reading: Reading, otherwise: str) -> Iterator[Row]:
    """Give the objects of a list, as far as it can be read."""
    if name is None:
        return
    try:
        with opened(files, name, reading) as stream:
            for row in stream.elements():
                if isinstance(row, dict):
                    yield row
    except BrokenError as broken:
        reading.problems.append(f"{shown(name)}: {broken}; {otherwise}.")


def _author(user: Row) -> Author:
    profile = part(user, "profile")
    name = word(profile, "display_name") or word(profile, "real_name") or word(user, "real_name") or word(user, "name")
    return Author(
        id=MemberId(word(user, "id")),
        name=name or word(user, "id"),
        handle=word(user, "name"),
        is_bot=user.get("is_bot") is True,
        roles=tuple(role for key, role in _ROLES if user.get(key) is True),
    )


def _day(written: str) -> datetime | None:
    try:
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
