"""Copies of the files that came with a message: how each attempt to keep one ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CopyStatus(StrEnum):
    """How an attempt to keep a file ended; only `unreachable` and `no-room` are tried again."""

    KEPT = "kept"
    TOO_LARGE = "too-large"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    ELSEWHERE = "elsewhere"
    UNREACHABLE = "unreachable"
    NO_ROOM = "no-room"
    GIVEN_UP = "given-up"

    @property
    def final(self) -> bool:
        """Whether nothing more is tried."""
        return self not in (CopyStatus.UNREACHABLE, CopyStatus.NO_ROOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentCopy:
    """What became of one file of a message; `number` counts the message's attachments from 1.

    `size` and `sha256` are of the bytes that were kept, counted and hashed as they arrived; `detail` is a sentence.
    """

    number: int
    status: CopyStatus
    at: datetime
    size: int = 0
    sha256: str = ""
    detail: str = ""
