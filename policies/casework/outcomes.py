"""What a case came to, with its appeal counted: the verdict that stands and the sanctions that stand."""

from datetime import datetime

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.words import AppealVerdict, Verdict

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
