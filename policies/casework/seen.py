"""A case as those who work on it see it: without whoever reported anonymously, and without why somebody is recused."""

from dataclasses import replace

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import Account, PersonId
from policies.casework.words import ConflictKind, Office, Part

WITHHELD = PersonId("withheld")
"""Stands where somebody is whose name is kept from those who work on the case."""


def as_seen(case: Case, office: Office) -> Case:
    """Give a case as somebody in an office may see it; its version is that of the whole case.

    Nobody who works on a case sees who reported anonymously. Why somebody is recused is shown to the auditor alone.
    """
    hidden = anonymous_reporters(case)
    if hidden:  # whoever is only said to have reported looks like one who did, so that nobody can try names
        said = {one.what.person for one in case.of(e.StatementTaken) if isinstance(one.what, e.StatementTaken)}
        tried = {person for person in (*said, *case.with_part(Part.REPORTER)) if person is not None}
        hidden |= tried - _open_reporters(case)
    history = tuple(replace(one, what=_seen(one.what, office, hidden)) for one in case.history)
    # One line for all who are not named, so that their number does not show who reported before.
    people = tuple(dict.fromkeys(_person(named, hidden) for named in case.people))
    return replace(case, history=history, people=people)


def anonymous_reporters(case: Case) -> frozenset[PersonId]:
    """Give those who reported anonymously and in no other way."""
    reports = [one.what.report.new for one in case.history if isinstance(one.what, e.ReportJoined)]
    openly = _open_reporters(case)
    return frozenset(new.reporter for new in reports if new.anonymous and new.reporter and new.reporter not in openly)


def reported_from(case: Case, reporter: PersonId) -> tuple[Account, ...]:
    """Give the accounts from which somebody reported, whatever accounts were called theirs since.

    What only whoever reported may learn goes to these: a link is an officer's word, and could be made to find out.
    """
    reports = [one.what.report.new for one in case.of(e.ReportJoined) if isinstance(one.what, e.ReportJoined)]
    found = (new.reporter_account for new in reports if new.reporter == reporter)
    return tuple(dict.fromkeys(account for account in found if account is not None))


def _open_reporters(case: Case) -> frozenset[PersonId]:
    reports = [one.what.report.new for one in case.of(e.ReportJoined) if isinstance(one.what, e.ReportJoined)]
    return frozenset(new.reporter for new in reports if not new.anonymous and new.reporter is not None)


def _seen(  # noqa: PLR0911 - one for each event that names a reporter
    what: e.CaseEvent, office: Office, hidden: frozenset[PersonId]
) -> e.CaseEvent:
    match what:
        case e.ReportJoined() if what.report.new.anonymous:
            # A key can hold the name of the account that a report came from.
            new = replace(what.report.new, key="", reporter=None, reporter_account=None)
            return e.ReportJoined(report=replace(what.report, new=new))
        case e.PersonNamed():
            return _person(what, hidden)
        case e.StatementTaken() if what.part is Part.REPORTER and what.person in hidden:
            return replace(what, person=None)
        case e.AppealMade() if what.part is Part.REPORTER and what.by in hidden:
            return replace(what, by=None)
        case e.NoticeTried() if what.part is Part.REPORTER and what.to in hidden:
            return replace(what, to=None)
        case e.ConflictNoted() if office is not Office.AUDITOR:
            return e.ConflictNoted(officer=what.officer, kind=ConflictKind.WITHHELD)
    return what


def _person(named: e.PersonNamed, hidden: frozenset[PersonId]) -> e.PersonNamed:
    if named.part is Part.REPORTER and named.person in hidden:
        return e.PersonNamed(person=WITHHELD, part=Part.REPORTER)
    return named
