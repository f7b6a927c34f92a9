"""What casework needs of the outside world, as protocols."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.ports import Notice
from policies.casework.case import Case
from policies.casework.events import Happened
from policies.casework.people import Account, By, CaseId, PersonId, ReportId
from policies.casework.reports import NewReport, Report
from policies.casework.words import Delivery
from policies.identifiers import IncidentId, MessageRef


class CaseChanged(Exception):  # noqa: N818 - it names a state of the world
    """Somebody did something on the case since it was read; read it again and look before doing it once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed:
    """That somebody was about to see a case: when, in which office, and under which opaque name."""

    at: datetime
    office: str
    actor: str


class Cases(Protocol):
    """The kept cases. What returned is durable, and each thing that happened is a record of the log.

    Every method raises `EvidenceUnavailable` when the record could not be made or read.
    """

    async def new_report(self, new: NewReport) -> tuple[Report, str]:
        """Give a report its id and its receipt code; the code is told to the reporter and kept by nobody.

        Nothing is recorded by this alone: the report is kept when a case that it joined is. Where two come at once
        they may be given the same id; the later to be kept gets the next one, so ids have no gaps: read the id that
        stands from the case that `open` or `append` gave.
        """

    async def open(self, *happened: Happened, files: Mapping[str, bytes] | None = None) -> Case:
        """Begin a case with `CaseOpened` and what goes with it, all of it or nothing.

        `files` are the contents of the files of its reports by their SHA-256 in hex. Raises `CaseChanged` if a report
        with the same key was kept before, `NotAllowed` for what the law of cases forbids.
        """

    async def append(
        self, case: CaseId, *happened: Happened, version: int, files: Mapping[str, bytes] | None = None
    ) -> Case:
        """Keep what happened, all of it or nothing.

        Raises `CaseChanged` if the case is at another version, or a report with the same key was kept before,
        `NotAllowed` for what its state forbids.
        """

    async def note_view(self, case: CaseId, by: By) -> None:
        """Record that somebody is about to see a case; only when this returned may they be shown anything."""

    async def views(self, case: CaseId) -> Sequence[Viewed]:
        """Give who was about to see a case, oldest first."""

    async def file(self, report: ReportId, number: int) -> bytes | None:
        """Give a file that came with a report, by its number, counted from 1."""

    async def get(self, case: CaseId) -> Case | None:
        """Give a case as it stands."""

    def all(self, *, open_only: bool = False) -> AsyncIterator[Case]:
        """Give the cases, oldest first, without holding them all in memory."""

    async def of_report(self, report: ReportId) -> Case | None:
        """Give the case that a report joined."""

    async def of_report_key(self, key: str) -> Case | None:
        """Give the case that a report with this key joined: the same report, delivered again."""

    async def of_code(self, code: str) -> tuple[Case, ReportId] | None:
        """Give the report of a receipt code with its case, in whatever case and with whatever dashes it is written."""

    async def of_message(self, ref: MessageRef) -> Sequence[Case]:
        """Give the cases with a report about a message, oldest first."""

    async def of_incident(self, incident: IncidentId) -> Sequence[Case]:
        """Give the cases to which an incident is linked, oldest first."""

    async def of_person(self, person: PersonId) -> Sequence[Case]:
        """Give the cases in which somebody has a part, oldest first: one history, whatever account they used."""

    async def person(self, account: Account) -> PersonId:
        """Give the opaque name of whoever is behind an account; the same for all accounts linked to them."""

    async def accounts(self, person: PersonId) -> Sequence[Account]:
        """Give the accounts that are known of somebody."""

    async def linked(self) -> Sequence[Sequence[Account]]:
        """Give the accounts that were linked, those of one person together."""

    async def link(self, one: Account, other: Account, happened_by: str) -> PersonId:
        """Record that two accounts are one person's; gives their one name from here on."""

    async def part(self, account: Account, happened_by: str, words: str) -> PersonId:
        """Record that an account is a person's of its own, as a link was a mistake; gives the name it has then.

        Other accounts that it was linked to stay one person's. What was recorded meanwhile keeps the name that it was
        recorded under. Raises `NotAllowed` for an account that is linked to no other.
        """


class Alarms(Protocol):
    """Telling the holders of posts, by the names of their posts."""

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        """Tell whoever holds a post; several are divided by commas, and all of them have to be reached."""
