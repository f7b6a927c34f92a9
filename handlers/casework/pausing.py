"""Stopping the clocks of a case for a while, for a reason of the list, and letting them run again (evidence.md R36)."""

from handlers.casework.steps import StepDeps
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.clocks import ClockRules, may_pause, pauses
from policies.casework.people import By, CaseId


async def pause(case: CaseId, by: By, what: e.ClockPaused, deps: StepDeps, rules: ClockRules) -> Case:
    """Let the clocks of a case stand still until a moment at the latest; refused beyond the limit in all."""
    found, now = await _found(case, by, e.ClockPaused, deps), deps.clock.now()
    if not what.words.strip():
        raise NotAllowed("A pause needs words: what is waited for, and from whom.")
    if refusal := may_pause(found, what.until, now, rules):
        raise NotAllowed(refusal)
    return await deps.cases.append(case, e.Happened(at=now, by=by, what=what), version=found.version)


async def resume(case: CaseId, by: By, deps: StepDeps) -> Case:
    """Let the clocks of a case run again before their pause is over."""
    found, now = await _found(case, by, e.ClockResumed, deps), deps.clock.now()
    stood = pauses(found)
    if not stood or stood[-1][1] <= now:
        raise NotAllowed(f"The clocks of {case} are running.")
    return await deps.cases.append(case, e.Happened(at=now, by=by, what=e.ClockResumed()), version=found.version)


async def _found(case: CaseId, by: By, what: type[e.CaseEvent], deps: StepDeps) -> Case:
    found = await deps.cases.get(case)
    if found is None:
        raise NotAllowed(f"There is no case {case}.")
    await deps.access.ensure_may(found, by, what)
    return found
