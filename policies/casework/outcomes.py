"""What a case came to, with its appeal counted: the verdict that stands and the sanctions that stand."""

from datetime import datetime

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import PersonId
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

    A statement that names nobody counts where one person alone has that part.
    """
    if case.kind not in (CaseKind.CONDUCT, CaseKind.CAMPAIGN) or case.decision is None:
        return True
    said = [
        one.what
        for place, one in enumerate(case.history)
        if isinstance(one.what, e.StatementTaken) and place > _place_of_decision(case)
    ]
    subjects: set[PersonId | str] = set(case.with_part(Part.SUBJECT))
    reporters: set[PersonId | str] = set(case.with_part(Part.REPORTER))
    for one in case.of(e.ReportJoined):
        if isinstance(one.what, e.ReportJoined) and one.what.report.new.channel is not Channel.DETECTION:
            reporters.add(one.what.report.new.reporter or one.what.report.id)
    return all(
        any(
            what.part is part and (what.person == who or (what.person is None and len(everybody) == 1)) for what in said
        )
        for part, everybody in ((Part.SUBJECT, subjects), (Part.REPORTER, reporters))
        for who in everybody
    )


def _place_of_decision(case: Case) -> int:
    return next(place for place, one in enumerate(case.history) if isinstance(one.what, e.CaseDecided))
