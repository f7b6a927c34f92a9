"""Small exports, written as Slack and DiscordChatExporter write them."""

import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.replay import read_slack_message
from bot.replay_adapter.exports import open_export
from bot.replay_adapter.in_order import Happening
from policies.events import MessageEdited, MessagePosted
from policies.identifiers import PlatformName

TEAM = "T0HOME"
ANN, BOB, FEED = "U0ANN0001", "U0BOB0001", "U0FEED001"
GENERAL, POLICY = "C0GENERAL", "C0POLICY1"
GUILD = {"id": "900000000000000001", "name": "Branch", "iconUrl": "https://cdn.example/icon.png"}

Row = dict[str, Any]
Written = MessagePosted | MessageEdited


def user(member: str, name: str, **extra: Any) -> Row:
    """Give one line of users.json."""
    profile = {"real_name": f"{name} Member", "display_name": name, "team": TEAM}
    return {"id": member, "team_id": TEAM, "name": name.lower(), "deleted": False, "profile": profile} | extra


USERS = [user(ANN, "Ann", is_admin=True), user(BOB, "Bob", deleted=True), user(FEED, "Feed", is_bot=True)]
CHANNELS = [{"id": GENERAL, "name": "general", "members": [ANN, BOB]}]
GROUPS = [{"id": POLICY, "name": "policy", "members": [ANN]}]


def said(ts: str, text: str, member: str = ANN, **extra: Any) -> Row:
    """Give a message as a day of a Slack export has it."""
    return {
        "client_msg_id": f"m-{ts}",
        "type": "message",
        "user": member,
        "text": text,
        "ts": ts,
        "team": TEAM,
        "user_team": TEAM,
        "source_team": TEAM,
        "blocks": [],
    } | extra


def slack_files(days: Mapping[str, list[Row]], **lists: list[Row]) -> dict[str, bytes]:
    """Give the files of a Slack export: `days` by channel and date, such as `general/2024-05-01`."""
    named = {"users": USERS, "channels": CHANNELS, "groups": GROUPS} | lists
    files = {f"{name}.json": json.dumps(rows).encode() for name, rows in named.items()}
    return files | {f"{name}.json": json.dumps(rows, ensure_ascii=False).encode() for name, rows in days.items()}


def message(number: int, text: str, *, at: str, member: str = "500", **extra: Any) -> Row:
    """Give a message as DiscordChatExporter writes it."""
    return {
        "id": str(number),
        "type": "Default",
        "timestamp": at,
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": text,
        "author": {
            "id": member,
            "name": f"member{member}",
            "discriminator": "0000",
            "nickname": f"Member {member}",
            "color": None,
            "isBot": False,
            "roles": [{"id": "700", "name": "Canvasser", "color": None, "position": 1}],
            "avatarUrl": "https://cdn.example/avatar.png",
        },
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        "inlineEmojis": [],
    } | extra


def channel(*messages: Row, name: str = "general", **extra: Any) -> Row:
    """Give a whole channel as DiscordChatExporter writes it."""
    return {
        "guild": GUILD,
        "channel": {
            "id": f"8{len(name):017}",
            "type": "GuildTextChat",
            "category": "Branch",
            "name": name,
            "topic": None,
        }
        | extra,
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2024-05-09T08:00:00+00:00",
        "messages": list(messages),
        "messageCount": len(messages),
    }


def dumped(value: object) -> bytes:
    """Write JSON as the exporter does: indented, with letters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")


def folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def zipped(path: Path, files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write files into a zip."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(path: Path) -> tuple[list[Happening], list[str], list[str]]:
    """Read a whole export: what happened, the problems, the notes."""
    with open_export(path, read_slack_message) as export:
        return list(export.events()), export.reading.problems, export.reading.notes


def texts(path: Path) -> list[str]:
    """Read the texts of an export that must be without problems."""
    events, problems, _ = read(path)
    assert problems == []
    return [event.text for event in events if isinstance(event, Written)]


def platform_of(path: Path) -> PlatformName:
    """Tell whose export it is."""
    with open_export(path, read_slack_message) as export:
        return export.platform


def utc(*parts: int) -> datetime:
    """Give a moment."""
    year, month, day, *rest = parts
    hour, minute, second, micro = [*rest, 0, 0, 0, 0][:4]
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
