"""Reporters whose reports are manifestly unfounded: found so by a person, warned, limited; never shut out."""

from collections.abc import Iterable
from datetime import datetime

from handlers.casework.access import Access
from handlers.casework.ports import Cases
from handlers.ports import Clock
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.misuse import NEVER_LIMITED, ensure_may_limit, reporter_of, said_in, too_soon
from policies.casework.people import By, PersonId, ReportId
from policies.findings import Category


async def ensure_may_report(
    reporter: PersonId | None,
    categories: Iterable[Category],
    words: str,
    cases: Cases,
    clock: Clock,
    *,
    openly: bool = False,
) -> None:
    """Refuse a report of somebody who is limited and reported a moment ago; raises `NotAllowed`.

    Threats, hatred and what else cannot wait are always taken: by the `categories` that were found in what is reported,
    or by the reporter's own `words`. Reads the cases of the reporter, unless theirs cannot wait. `openly` leaves out
    what they reported anonymously: an officer who enters reports could else find by trying who was limited.
    """
    named = frozenset(categories) | said_in(words)
    if reporter is None or named & NEVER_LIMITED:
        return
    again = too_soon(reporter, named, await cases.of_person(reporter), clock.now(), openly=openly)
    if again is not None:
        raise NotAllowed(
            "Several of your reports were found to be without any ground, and you were told. The next one can be made"
            f" from {again:%H:%M} UTC on {again.day} {again:%B} on. Threats, hatred, self-harm and somebody's home"
            " address can be reported at any time: say in your report which of these it is."
        )


class Misuse:
    """Acts on a report, never on a name: whoever reported anonymously stays so."""

    def __init__(self, cases: Cases, access: Access, clock: Clock) -> None:
        self._cases, self._access, self._clock = cases, access, clock

    async def find_unfounded(self, report: ReportId, by: By, words: str) -> Case:
        """Record that a person found a report manifestly unfounded."""
        return await self._add(report, by, e.ReportUnfounded(report=report, words=words), words)

    async def warn(self, report: ReportId, by: By, words: str) -> Case:
        """Record that whoever made a report is warned; they are told on the way of the other notices."""
        return await self._add(report, by, e.ReporterWarned(report=report, words=words), words)

    async def limit(self, report: ReportId, by: By, until: datetime, words: str) -> Case:
        """Limit whoever made a report for a while; raises `NotAllowed` without a warning that was not heeded."""
        case = await self._case(report)
        reporter = reporter_of(report, case)
        if reporter is None:
            raise NotAllowed(f"{report} came from nobody who is known, so nobody can be limited.")
        await self._access.ensure_may(case, by, e.ReporterLimited)
        cases = [one async for one in self._cases.all()]
        ensure_may_limit(reporter, cases, until, self._clock.now())
        return await self._add(report, by, e.ReporterLimited(report=report, until=until, words=words), words)

    async def _add(self, report: ReportId, by: By, what: e.CaseEvent, words: str) -> Case:
        if not words.strip():
            raise NotAllowed("Say why, in words: nobody is warned or limited without reasons.")
        case = await self._case(report)
        await self._access.ensure_may(case, by, type(what))
        happened = e.Happened(at=self._clock.now(), by=by, what=what)
        return await self._cases.append(case.id, happened, version=case.version)

    async def _case(self, report: ReportId) -> Case:
        case = await self._cases.of_report(report)
        if case is None:
            raise NotAllowed(f"There is no report {report}.")
        return case
