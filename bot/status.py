"""What is connected: told in the log when it changes, and kept in a file for whoever asks."""

import json
import os
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import structlog

from bot.supervisor import Supervisor
from handlers.ports import Clock

log = structlog.get_logger(__name__)

STATUS = "status.json"
EVERY = 10.0


class StatusBoard:
    """Looks at the parts now and then; the file says of each whether it is connected, and until when it was."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._supervisor: Supervisor | None = None
        self._told: dict[str, tuple[bool, str]] = {}

    def watch(self, supervisor: Supervisor) -> None:
        """Name the supervisor whose parts are looked at."""
        self._supervisor = supervisor

    async def tell(self) -> float:
        """Log what changed and write the file; gives the seconds until the next look."""
        now = self._clock.now().isoformat()
        before = {part.get("name"): part.get("connected_until") for part in _read(self._folder)}
        parts = []
        for part in self._supervisor.status() if self._supervisor else ():
            if self._told.get(part.name) != (part.connected, part.trouble):
                self._told[part.name] = (part.connected, part.trouble)
                state = "connected" if part.connected else "not connected"
                log.info("part.status", part=part.name, status=state, trouble=part.trouble)
            parts.append({**asdict(part), "connected_until": now if part.connected else before.get(part.name)})
        half = self._folder / f"{STATUS}.new"
        try:
            half.write_text(json.dumps({"at": now, "process": os.getpid(), "parts": parts}, indent=2), "utf-8")
            half.replace(self._folder / STATUS)
        except OSError as error:
            log.error("status.unwritten", error=type(error).__name__)
        return EVERY


def connected_until(folder: Path, name: str) -> datetime | None:
    """Give the moment until which a part was connected when the bot last ran, if it is known."""
    for part in _read(folder):
        if part.get("name") == name:
            with suppress(TypeError, ValueError):
                return datetime.fromisoformat(str(part.get("connected_until")))
    return None


def _read(folder: Path) -> list[dict[str, object]]:
    try:
        parts = json.loads((folder / STATUS).read_text("utf-8"))["parts"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
