"""What a case came to, with its appeal counted: the verdict that stands and the sanctions that stand."""

from datetime import datetime

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.words import AppealVerdict, CaseKind, Channel, Part, Verdict

FOUND = (Verdict.UPHELD, Verdict.PARTLY_UPHELD)
"""The verdicts by which a rule was broken."""


def standing_verdict(case: Case) -> Verdict | None:
    """Give the verdict that counts, in figures and in anybody's history; a reversed one is not upheld."""
    decision, appeal = case.decision, case.appeal_decision
    if decision is None:
        return None
    if appeal is not None and appeal.verdict is AppealVerdict.REVERSED:
        return Verdict.NOT_UPHELD
    found_on_appeal = appeal is not None and bool(appeal.sanctions or appeal.rules)
    return Verdict.UPHELD if found_on_appeal and decision.verdict not in FOUND else decision.verdict


def standing_sanctions(case: Case) -> tuple[e.SanctionChosen, ...]:
    """Give the sanctions that stand: those of the decision, or those that its appeal put in their place."""
    decision, appeal = case.decision, case.appeal_decision
    if decision is None:
        return ()
    if appeal is None or appeal.verdict is AppealVerdict.STANDS:
        return decision.sanctions
    return appeal.sanctions if appeal.verdict is AppealVerdict.VARIED else ()


def standing_rules(case: Case) -> tuple[str, ...]:
    """Give the rules that were broken, as far as the decision stands."""
    if standing_verdict(case) not in FOUND or case.decision is None:
        return ()
    appeal = case.appeal_decision
    return (appeal.rules if appeal is not None else ()) or case.decision.rules


def decided_at(case: Case) -> datetime | None:
    """Give when the case was decided, if it was."""
    return next((one.at for one in case.of(e.CaseDecided)), None)


def all_waived(case: Case) -> bool:
    """Whether everybody who could appeal said after the decision, in a statement on record, that they will not.

    A statement that names nobody counts where one person alone has that part. Those who reported anonymously are not
    known to whoever keeps the statements: of theirs the number counts, so that nobody can try names by closing.
    """
    if case.kind not in (CaseKind.CONDUCT, CaseKind.CAMPAIGN) or case.decision is None:
        return True
    said = [
        one.what
        for place, one in enumerate(case.history)
        if isinstance(one.what, e.StatementTaken) and place > _place_of_decision(case)
    ]
    brought = [one.what.report.new for one in case.of(e.ReportJoined) if isinstance(one.what, e.ReportJoined)]
    reports = [new for new in brought if new.channel is not Channel.DETECTION]
    subjects = set(case.with_part(Part.SUBJECT))
    openly = {new.reporter for new in reports if new.reporter is not None and not new.anonymous}
    named = [one.what for one in case.of(e.PersonNamed) if isinstance(one.what, e.PersonNamed)]
    unknown = sum(what.part is Part.REPORTER and what.person not in openly for what in named)
    unnamed = max(unknown, sum(new.anonymous or new.reporter is None for new in reports))
    by_reporters = [what.person for what in said if what.part is Part.REPORTER and what.person not in openly]
    others = len({person for person in by_reporters if person is not None}) + by_reporters.count(None)
    if len(openly) == 1 and not unnamed and None in by_reporters:
        openly = set()
    told = {(what.part, what.person) for what in said}
    alone = len(subjects) == 1 and (Part.SUBJECT, None) in told
    return (
        (alone or all((Part.SUBJECT, who) in told for who in subjects))
        and all((Part.REPORTER, who) in told for who in openly)
        and others >= unnamed
    )


def _place_of_decision(case: Case) -> int:
    return next(place for place, one in enumerate(case.history) if isinstance(one.what, e.CaseDecided))
