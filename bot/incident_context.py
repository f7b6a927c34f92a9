"""What was said around an incident's message, as admins read it: masked unless asked otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.incident_rows import one_line, printable, readable
from handlers.alerts import masked
from policies.assess import Reader
from policies.identifiers import PlatformName
from policies.surroundings import Nearby, Surroundings
from policies.text.masking import mask

_NOTHING = Surroundings(look=0, at=datetime(1970, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Around:
    """The messages around one on record; each is read by the detectors, so that what they find in it is masked."""

    found: Surroundings | None
    reader: Reader
    unmask: bool
    platform: PlatformName

    def as_object(self) -> dict[str, Any]:
        """Give them for machines."""
        found = self.found or _NOTHING
        return {
            "before": [self._said(message) for message in found.before],
            "after": [self._said(message) for message in found.after],
            "looked_at": found.at.isoformat() if self.found else None,
            "missing": found.missing,
        }

    def lines(self) -> Iterator[str]:
        """Give them as lines for a person."""
        if self.found is None:
            yield "around     nothing is kept of what was said around this message"
            return
        yield f"around     as it stood at {self.found.at:%Y-%m-%d %H:%M} UTC{self._why()}"
        for message in self.found.before:
            yield self._line(message)
        yield f"{'':<11}-- here --"
        for message in self.found.after:
            yield self._line(message)

    def _why(self) -> str:
        return f"; {self.found.missing}" if self.found and self.found.missing else ""

    def _line(self, message: Nearby) -> str:
        said = self._said(message)
        files = f" [files: {', '.join(said['files'])}]" if said["files"] else ""
        line = f"{message.at:%H:%M:%S} {said['author_name']}: {readable(said['text'], self.platform)}{files}"
        return f"{'':<11}{one_line(printable(line))}"

    def _said(self, message: Nearby) -> dict[str, Any]:
        text = message.text
        if not self.unmask:
            _, assessment = self.reader.read(text)
            text = masked(text, assessment, most=300)
        return {
            "message": message.message,
            "author": message.author,
            "author_name": message.author_name if self.unmask else mask(message.author_name, (), most=80),
            "text": text,
            "at": message.at.isoformat(),
            "files": [name if self.unmask else mask(name, (), most=80) for name in message.files],
        }
