"""What a handler answers to the person who gave a command."""

from dataclasses import dataclass

from handlers.ports import AlertCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Plain sentences for the person alone, without platform markup or unmasked text.

    `card` is an incident to show with the words, if there is one.
    """

    text: str
    ok: bool = True
    card: AlertCard | None = None


def refused(text: str) -> Reply:
    """Answer that nothing was done, and why."""
    return Reply(text=text, ok=False)
