"""What people may see of a case: everything but who reported anonymously, and the addresses reports came from."""

from dataclasses import replace

from policies.casework import events as e
from policies.casework.case import Case, case_of
from policies.casework.people import PersonId
from policies.casework.reports import NewReport
from policies.casework.words import ConflictKind, Part

NOT_NAMED = PersonId("somebody who is not named")
"""What stands in the place of whoever reported anonymously."""


def shown(case: Case) -> Case:
    """Give a case as everybody who works on it may see it; it has the same version.

    Whoever reported anonymously goes unnamed in every part that only a reporter has, and so does that an officer was
    the reporter. No report shows the account or the delivery it came by.
    """
    reports = [one.what.report.new for one in case.history if isinstance(one.what, e.ReportJoined)]
    hidden = {new.reporter for new in reports if new.anonymous} - {new.reporter for new in reports if not new.anonymous}
    return case_of(case.id, (replace(one, what=_shown(one.what, hidden)) for one in case.history))


def _shown(what: e.CaseEvent, hidden: set[PersonId | None]) -> e.CaseEvent:  # noqa: PLR0911 - one for each event
    match what:
        case e.ReportJoined(report=report):
            return e.ReportJoined(report=replace(report, new=_without_address(report.new)))
        case e.PersonNamed(person=person, part=Part.REPORTER) if person in hidden:
            return e.PersonNamed(person=NOT_NAMED, part=Part.REPORTER, posted_in_thread=False)
        case e.StatementTaken(part=Part.REPORTER, person=person) if person in hidden:
            return replace(what, person=None)
        case e.NoticeTried(part=Part.REPORTER, to=person) if person in hidden:
            return replace(what, to=None)
        case e.AppealMade(part=Part.REPORTER, by=person) if person in hidden:
            return replace(what, by=None)
        case e.ConflictNoted(kind=ConflictKind.IS_REPORTER):
            return replace(what, kind=ConflictKind.WITHHELD, words="")
    return what


def _without_address(new: NewReport) -> NewReport:
    return replace(new, key="", reporter_account=None, reporter=None if new.anonymous else new.reporter)
