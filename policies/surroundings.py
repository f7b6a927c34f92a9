"""What was said around a message on record: some messages before it and some after, in the same place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from policies.identifiers import MemberId, MessageId

MOST = 10
"""The most messages that are kept on either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """One message near another, as the platform had it when the bot looked; its files are named, not kept."""

    message: MessageId
    author: MemberId
    author_name: str
    text: str
    at: datetime
    is_bot: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What one look around found, oldest first on both sides; `look` counts the looks from 1.

    `missing` is a sentence where the platform did not let the bot look.
    """

    look: int
    at: datetime
    before: tuple[Nearby, ...] = ()
    after: tuple[Nearby, ...] = ()
    missing: str = ""


def together(looks: Iterable[Surroundings]) -> Surroundings | None:
    """Put several looks together; of a message that changed in between each text stays, one after the other."""
    told = sorted(looks, key=lambda look: look.look)
    if not told:
        return None
    return Surroundings(
        look=told[-1].look,
        at=told[-1].at,
        before=_merged(look.before for look in told),
        after=_merged(look.after for look in told),
        missing=next((look.missing for look in told if look.missing), ""),
    )


def _merged(sides: Iterable[tuple[Nearby, ...]]) -> tuple[Nearby, ...]:
    seen: dict[tuple[MessageId, str], Nearby] = {}
    for side in sides:
        for message in side:
            seen.setdefault((message.message, message.text), message)
    return tuple(sorted(seen.values(), key=lambda message: message.at))
