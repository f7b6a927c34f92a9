"""What somebody brings to the moderators: about a message, a reaction, a person, or something outside the channels."""

from dataclasses import dataclass
from datetime import datetime

from policies.casework.people import Account, PersonId, ReportId
from policies.casework.words import Channel
from policies.identifiers import IncidentId, MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideFile:
    """A file brought from outside the channels: its name as given, its SHA-256 in hex, its size in bytes."""

    name: str
    sha256: str
    size: int
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where something outside the channels comes from: what it is, who has it, when and how they got it."""

    what: str
    address: str = ""
    obtained_at: datetime | None = None
    obtained_how: str = ""
    original_kept_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """A report as it comes in.

    `key` is the same on every delivery of the same report. An `anonymous` reporter is named to nobody who works on
    the case; the sealed record alone knows them, so that they can be told the outcome.
    """

    key: str
    channel: Channel
    words: str
    received_at: datetime
    reporter: PersonId | None = None
    reporter_account: Account | None = None
    anonymous: bool = False
    message: MessageRef | None = None
    incident: IncidentId | None = None
    reaction: str = ""
    about: PersonId | None = None
    target: PersonId | None = None
    text: str = ""
    files: tuple[OutsideFile, ...] = ()
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report that was kept, under its id; `code_hash` is the SHA-256 of the receipt code, which is not kept."""

    id: ReportId
    new: NewReport
    code_hash: str
