"""Telling what an export is, and opening it: one platform's messages in the order in which they were written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.replay_adapter.discord_export import discord_sources, json_files
from bot.replay_adapter.files import ExportError, open_files
from bot.replay_adapter.in_order import Happening, Source, in_order, with_parents
from bot.replay_adapter.reading import Reading
from bot.replay_adapter.slack_export import ReadMessage, is_slack, slack_sources
from policies.identifiers import PlatformName

KNOWN = (
    "Hustings reads what Slack exports (the zip, or the folder it unpacks to: users.json, channels.json and a folder "
    "for each channel) and what DiscordChatExporter writes as JSON (a file, a folder of them, or a zip)."
)


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is open; `reading` fills while `events` are read."""

    platform: PlatformName
    size: int
    reading: Reading
    sources: list[Source]

    def events(self) -> Iterator[Happening]:
        """Give what happened, oldest first; what cannot be read is told in `reading`, and the rest given."""
        return with_parents(in_order(self.sources))


@contextmanager
def open_export(path: Path, read_slack_message: ReadMessage) -> Iterator[Export]:
    """Open an export; raises `ExportError` with a sentence where there is nothing to replay."""
    with open_files(path) as files:
        reading = Reading()
        if is_slack(files):
            platform = PlatformName.SLACK
            sources, size = slack_sources(files, reading, read_slack_message)
        elif json_files(files):
            platform = PlatformName.DISCORD
            sources, size = discord_sources(files, reading)
        else:
            raise ExportError(" ".join([f"{path} is no export that can be replayed.", *files.problems, KNOWN]))
        reading.problems[:0] = files.problems
        if not sources and not reading.notes and reading.problems:
            raise ExportError(" ".join([f"{path} holds nothing that can be replayed.", *reading.problems, KNOWN]))
        yield Export(platform, size, reading, sources)
