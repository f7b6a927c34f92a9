"""Reports that are manifestly unfounded: when a reporter may be limited, and to what (evidence.md R51)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.people import PersonId, ReportId
from policies.findings import Category

REPEATED = 3
"""How many reports of one person people must have found manifestly unfounded before a limit."""

LONGEST_LIMIT = timedelta(days=30)
ONE_IN = timedelta(days=1)
"""While limited, somebody may make one report in this time; nobody is shut out."""

NEVER_LIMITED = frozenset({Category.THREAT, Category.IDENTITY_ATTACK, Category.SELF_HARM, Category.DOXXING})
"""What everybody may report at any time: where a report that comes too late can cost somebody dearly."""


_SAID = {
    Category.THREAT: ("threat", "threaten", "threatens", "threatened", "threatening", "threats", "kill", "violence"),
    Category.IDENTITY_ATTACK: ("hate", "hatred", "racist", "racism", "antisemitic", "antisemitism", "islamophobic"),
    Category.SELF_HARM: ("self-harm", "suicide", "suicidal"),
    Category.DOXXING: ("address", "doxxing", "doxxed", "doxing"),
}
"""By which words of a reporter they say that it is one of these; more than needed, as a wrong refusal costs more."""


def said_in(words: str) -> frozenset[Category]:
    """Give what a reporter says that it is, of what is never limited."""
    said = {word.strip(".,;:!?\"'()“”‘’").lower() for word in words.split()}
    return frozenset(category for category, known in _SAID.items() if said.intersection(known))


def reporter_of(report: ReportId, case: Case) -> PersonId | None:
    """Give whoever made a report, anonymously or not; for deciding by, never for showing."""
    for one in case.history:
        if isinstance(one.what, e.ReportJoined) and one.what.report.id == report:
            return one.what.report.new.reporter
    return None


def ensure_may_limit(reporter: PersonId, cases: Sequence[Case], until: datetime, now: datetime) -> None:
    """Refuse a limit without a warning that was not heeded, or one that is too long; raises `NotAllowed`."""
    unfounded = _about(reporter, cases, e.ReportUnfounded)
    warned = _about(reporter, cases, e.ReporterWarned)
    if len(unfounded) < REPEATED:
        raise NotAllowed(
            f"{len(unfounded)} of this person's reports were found manifestly unfounded. A limit takes {REPEATED}."
        )
    if not warned:
        raise NotAllowed("This person was not warned. Warn them first; the limit can follow the next such report.")
    if max(unfounded) <= min(warned):
        raise NotAllowed("None of their reports was found manifestly unfounded since the warning.")
    if not now < until <= now + LONGEST_LIMIT:
        raise NotAllowed(f"A limit lasts {LONGEST_LIMIT.days} days at most. Name an earlier day.")


def too_soon(
    reporter: PersonId, categories: Iterable[Category], cases: Sequence[Case], now: datetime, *, openly: bool = False
) -> datetime | None:
    """Give when somebody who is limited may report again; nothing where they may at once.

    `categories` are those that the reporter named and those that were found in the reported message. With `openly`
    only what they reported under their name counts: whoever enters a report for them learns nothing of the rest.
    """
    if NEVER_LIMITED & frozenset(categories):
        return None
    limits = [
        one.what.until
        for case in cases
        for one in case.history
        if isinstance(one.what, e.ReporterLimited)
        and reporter_of(one.what.report, case) == reporter
        and not (openly and _is_anonymous(one.what.report, case))
    ]
    if not any(now < until for until in limits):
        return None
    made = [
        one.what.report.new.received_at
        for case in cases
        for one in case.history
        if isinstance(one.what, e.ReportJoined)
        and one.what.report.new.reporter == reporter
        and not (openly and one.what.report.new.anonymous)
    ]
    again = max(made) + ONE_IN if made else now
    return again if now < again else None


def _is_anonymous(report: ReportId, case: Case) -> bool:
    joined = (one.what.report for one in case.history if isinstance(one.what, e.ReportJoined))
    return any(kept.id == report and kept.new.anonymous for kept in joined)


def _about(
    reporter: PersonId, cases: Sequence[Case], kind: type[e.ReportUnfounded] | type[e.ReporterWarned]
) -> list[datetime]:
    return [
        one.at
        for case in cases
        for one in case.history
        if isinstance(one.what, kind) and reporter_of(one.what.report, case) == reporter
    ]
