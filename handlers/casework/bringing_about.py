"""What follows from what was decided: letters, sanctions, content shown again; at once, and again as time passes."""

from dataclasses import dataclass

from handlers.casework.deciding import DecidingDeps, by_bot
from handlers.casework.notices import tell_owed
from handlers.casework.ports import CaseChanged
from handlers.casework.sanctioning import keep_sanctions
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.people import THE_BOT
from policies.casework.words import AppealVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look at all cases came to: how many changed, and how many are left for the next look."""

    changed: int = 0
    left_for_later: int = 0


async def bring_about(case: Case, deps: DecidingDeps) -> Case:
    """Do whatever is due in a case now: first people are told, then the platforms are brought in line."""
    if not deps.connected:
        return case
    case = await tell_owed(case, deps)
    case = await keep_sanctions(case, deps)
    case = await _restore(case, deps)
    return await tell_owed(case, deps)


async def keep_decisions(deps: DecidingDeps) -> Looked:
    """Look at every case once, closed ones too: a sanction can outlive its case. Harmless when repeated.

    A case that somebody works on at this moment is left for the next look.
    """
    changed = later = 0
    async for case in deps.cases.all():
        try:
            changed += (await bring_about(case, deps)).version > case.version
        except (CaseChanged, NotAllowed):
            later += 1
    return Looked(changed=changed, left_for_later=later)


async def _restore(case: Case, deps: DecidingDeps) -> Case:
    """Show again what was hidden, once the decision was taken back."""
    appeal = case.appeal_decision
    if appeal is None or appeal.verdict is not AppealVerdict.REVERSED:
        return case
    by = next((one.by for one in case.of(e.AppealDecided)), THE_BOT)
    done = {one.what.incident for one in case.of(e.ContentRestored) if isinstance(one.what, e.ContentRestored)}
    for incident in case.incidents:
        if incident not in done:
            detail = await deps.restoring.restore(incident, by, f"{case.id}: taken back on appeal")
            what = e.ContentRestored(incident=incident, detail=detail)
            case = await deps.cases.append(case.id, *by_bot([what], deps.clock.now()), version=case.version)
    return case
