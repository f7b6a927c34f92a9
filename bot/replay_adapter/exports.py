"""Telling what an export is, and opening it: one platform's messages in the order in which they were written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from bot.replay_adapter.discord_export import discord_sources, json_files, named_by_exporter
from bot.replay_adapter.files import ExportError, Files, open_files, shown
from bot.replay_adapter.in_order import Happening, Source, in_order, with_parents
from bot.replay_adapter.reading import Reading
from bot.replay_adapter.slack_export import ReadMessage, is_channel, is_slack, slack_sources
from policies.events import Attachment
from policies.identifiers import PlatformName

KNOWN = (
    "Hustings reads what Slack exports (the zip, or the folder it unpacks to: users.json, channels.json and a folder "
    "for each channel) and what DiscordChatExporter writes as JSON (a file, a folder of them, or a zip)."
)
ONE_CHANNEL = (
    "is one channel of a Slack export, or a day of one, and does not say who wrote in it or what it is called. Give "
    "the folder above the channels, the one with users.json and channels.json in it, or the zip as Slack made it."
)


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is open; `reading` fills while `events` are read."""

    platform: PlatformName
    size: int
    reading: Reading
    sources: list[Source]
    files: Files

    def events(self) -> Iterator[Happening]:
        """Give what happened, oldest first; what cannot be read is told in `reading`, and the rest given."""
        return with_parents(in_order(self.sources))

    def attached(self, attachment: Attachment) -> BinaryIO | None:
        """Open a file of a message where the export holds it; nothing where it holds only a link."""
        name = _name_of(attachment, self.files.names)
        return self.files.open(name) if name else None


@contextmanager
def open_export(path: Path, read_slack_message: ReadMessage) -> Iterator[Export]:
    """Open an export; raises `ExportError` with a sentence where there is nothing to replay."""
    with open_files(path) as files:
        reading = Reading()
        if is_slack(files):
            platform = PlatformName.SLACK
            sources, size = slack_sources(files, reading, read_slack_message)
            if others := named_by_exporter(files):
                count = "1 file" if len(others) == 1 else f"{len(others):,} files"
                reading.problems.append(
                    f"{count} of DiscordChatExporter beside the Slack export left out, such as {shown(others[0])}."
                    " Replay what is Discord's by itself."
                )
        elif json_files(files):
            platform = PlatformName.DISCORD
            sources, size = discord_sources(files, reading)
        else:
            raise ExportError(" ".join([f"{path} is no export that can be replayed.", *files.problems, KNOWN]))
        reading.problems[:0] = files.problems
        if not sources and is_channel(files):
            raise ExportError(f"{path} {ONE_CHANNEL}")
        if not sources and not reading.notes and reading.problems:
            raise ExportError(" ".join([f"{path} holds nothing that can be replayed.", *reading.problems, KNOWN]))
        yield Export(platform, size, reading, sources, files)


def _name_of(attachment: Attachment, names: tuple[str, ...]) -> str:
    """Find a file beside the export: DiscordChatExporter names its path, Slack's tools use `__uploads`."""
    wanted = [f"__uploads/{attachment.id}/{attachment.name}"] if attachment.id and attachment.name else []
    if "://" not in attachment.url:
        wanted += [path.replace("\\", "/") for path in (attachment.url, unquote(attachment.url)) if path]
    for path in wanted:
        found = [name for name in names if name == path or name.endswith(f"/{path}")]
        if len(found) == 1:  # of two that fit nobody can say which it was
            return found[0]
    return ""
