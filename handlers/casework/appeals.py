"""Appeals: within the window, heard anew by somebody else, with new evidence; a reversal gives everything back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from handlers.casework.bringing_about import bring_about
from handlers.casework.deciding import DecidingDeps, case_named, ensure_discreet, incidents_of, window_end
from handlers.casework.decisions import Decided, Proposal, ensure_coherent, ensure_consistent, rule_or_ask
from handlers.casework.notices import reporters
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed, advance
from policies.casework.four_eyes import same_person
from policies.casework.grid import measure_of
from policies.casework.outcomes import FOUND
from policies.casework.people import THE_BOT, By, CaseId, PersonId
from policies.casework.recusal import deciders
from policies.casework.sanctions import sanctions_of
from policies.casework.seen import anonymous_reporters
from policies.casework.statements import last_day
from policies.casework.words import AppealVerdict, CaseState, Part, Verdict
from policies.rules import Policy


async def appeal(
    case: CaseId,
    by: PersonId | None,
    grounds: str,
    deps: DecidingDeps,
    *,
    evidence: str = "",
    entered_by: By = THE_BOT,
    code: str = "",
) -> Case:
    """Take an appeal of the subject or of whoever reported; what the policy says is suspended until it is decided.

    `entered_by` is the officer who entered it for them; to an officer whoever reported anonymously is known by the
    receipt `code` alone. Raises `NotAllowed` outside the window and for anybody else.
    """
    found = await case_named(case, deps)
    now = deps.clock.now()
    if entered_by != THE_BOT:
        await deps.access.ensure_may(found, entered_by, e.AppealMade)
    _ensure_in_window(found, now, deps)
    advance(found, e.Happened(at=now, by=entered_by, what=e.AppealMade(by=None, part=Part.SUBJECT, grounds=grounds)))
    if code:
        by, part = await _whose_code(found, code, deps), Part.REPORTER
    else:
        part = _part_of(found, by, by_hand=entered_by != THE_BOT)
    made = e.Happened(at=now, by=entered_by, what=e.AppealMade(by=by, part=part, grounds=grounds, evidence=evidence))
    stayed = _stayed(found, now, deps) if part is Part.SUBJECT else ()
    happened = (made, *(e.Happened(at=now, by=THE_BOT, what=what) for what in stayed))
    return await bring_about(await deps.cases.append(case, *happened, version=found.version), deps)


async def decide_appeal(
    case: CaseId, verdict: AppealVerdict, proposal: Proposal, by: By, deps: DecidingDeps
) -> Decided:
    """Decide an appeal anew: the decision stands, is taken back, or another takes its place.

    Of the proposal the sanctions and rules count where the decision is changed; the reasons always. Nobody who had
    anything to do with the decision decides its appeal, and who appeals is not sanctioned more heavily for it.
    """
    found = await case_named(case, deps)
    _ensure_other_person(found, by, (await deps.access.register()).people)
    await deps.access.ensure_may(found, by, e.AppealDecided)
    decision = found.decision
    if decision is None:
        raise NotAllowed(f"{case} has no decision that could be appealed.")
    varied = verdict is AppealVerdict.VARIED
    rules = (proposal.rules or decision.rules) if varied else ()
    ruling = e.AppealDecided(
        verdict=verdict,
        reasons=proposal.reasons,
        sanctions=proposal.sanctions if varied else (),
        rules=rules,
        departure=proposal.departure,
    )
    now = deps.clock.now()
    advance(found, e.Happened(at=now, by=by, what=ruling))
    if verdict is AppealVerdict.REVERSED and decision.verdict not in FOUND:
        raise NotAllowed("Nothing was found against anybody, so there is nothing to take back. Change the decision.")
    if proposal.sanctions and not varied:
        raise NotAllowed("Sanctions are chosen anew only where the decision is changed. Take them out.")
    conduct_at = decision.conduct_at or found.opened_at
    policy = deps.policies.of_version(decision.policy) if decision.policy else deps.policies.at(conduct_at)
    if varied:
        anew = replace(proposal, verdict=Verdict.UPHELD, rules=rules)
        ensure_coherent(found, anew, policy, now)
        await ensure_consistent(found, anew, (conduct_at, policy), deps)
        _ensure_not_heavier(found, ruling, now)
    await ensure_discreet(found, proposal.texts, await incidents_of(found, deps), deps)
    return await rule_or_ask(found, ruling, by, deps)


async def _whose_code(case: Case, code: str, deps: DecidingDeps) -> PersonId | None:
    """Give who made the report of a receipt code; nobody where it came without an account."""
    known = await deps.cases.of_code(code)
    if known is None or known[0].id != case.id:
        raise NotAllowed(f"No report of {case.id} has this code. Ask for it letter by letter.")
    joined = (one.what.report for one in case.history if isinstance(one.what, e.ReportJoined))
    return next(report.new.reporter for report in joined if report.id == known[1])


def _part_of(case: Case, person: PersonId | None, *, by_hand: bool) -> Part:
    """Give the part of whoever appeals; an officer who tries names learns nothing about who reported anonymously."""
    if person in case.with_part(Part.SUBJECT):
        return Part.SUBJECT
    if person in reporters(case) and not (by_hand and person in anonymous_reporters(case)):
        return Part.REPORTER
    code = " Whoever reported anonymously is known by the code of their report alone." if by_hand else ""
    raise NotAllowed(f"Whoever {case.id} is about, and whoever reported it, can appeal; nobody else can.{code}")


def _ensure_in_window(case: Case, now: datetime, deps: DecidingDeps) -> None:
    ends = window_end(case, deps)
    if ends is None or case.state in (CaseState.APPEALED, CaseState.APPEAL_DECIDED):
        return  # the case itself says what is wrong
    if now >= ends:
        raise NotAllowed(f"The time to appeal in {case.id} ended on {last_day(ends)}.")


def _stayed(case: Case, now: datetime, deps: DecidingDeps) -> tuple[e.SanctionStayed, ...]:
    """Give what an appeal suspends, by the rules that were in force when it happened."""
    policy = _policy_of(case, deps)
    return tuple(
        e.SanctionStayed(kind=standing.kind, on=standing.on)
        for standing in sanctions_of(case, now)
        if standing.wanted and standing.kind in policy.sanctions.stayed_by_appeal
    )


def _policy_of(case: Case, deps: DecidingDeps) -> Policy:
    decision = case.decision
    if decision is None or decision.policy is None:
        return deps.policies.newest
    return deps.policies.of_version(decision.policy)


def _ensure_other_person(case: Case, by: By, people: Mapping[str, PersonId]) -> None:
    if any(same_person(by.officer, who, people) for who in deciders(case, first_only=True)):
        raise NotAllowed(
            f"{by.officer} had to do with the decision in {case.id}. Somebody else has to hear the appeal."
        )


def _ensure_not_heavier(case: Case, ruling: e.AppealDecided, now: datetime) -> None:
    """Refuse a heavier sanction where only those who were sanctioned appealed."""
    made = [one.what for one in case.of(e.AppealMade)]
    if not all(isinstance(what, e.AppealMade) and what.part is Part.SUBJECT for what in made) or case.decision is None:
        return
    begun = next(one.at for one in case.of(e.CaseDecided))
    for chosen in ruling.sanctions:
        before = [measure_of(one, begun).weight for one in case.decision.sanctions if one.on == chosen.on]
        if not before or measure_of(chosen, min(now, begun)).weight > max(before):
            raise NotAllowed(
                "Nobody is sanctioned more heavily because they appealed. Choose what was imposed, or less."
            )
