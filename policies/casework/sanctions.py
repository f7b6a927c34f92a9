"""What sanctions hold now, and what is left to do about them: worked out from what happened, so that it survives.

A sanction is wanted from the decision to its end, unless an appeal stays it, changes it or takes it back, or somebody
lifts it. Each account is then brought in line with that, one step at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.outcomes import standing_sanctions
from policies.casework.people import Account, CaseId, PersonId
from policies.casework.words import AppealVerdict, Sanction, Step
from policies.decisions import OutcomeStatus

RENEW_AHEAD = timedelta(days=3)
"""How long before a platform lets go of a sanction it is put on again; longer than a machine is away unnoticed."""

MOST_TRIES = 3
"""How often a platform is asked for one step before somebody named is asked to do it by hand."""

ON_ACCOUNTS = (Sanction.MUTE, Sanction.SUSPENSION, Sanction.REMOVAL, Sanction.BAN)
"""The sanctions that a platform carries; a warning is carried by its statement of reasons alone."""

_TAKES = (Sanction.SUSPENSION, Sanction.REMOVAL, Sanction.BAN)
"""Those that take roles, or the membership that they hang on."""

LASTING = (Sanction.MUTE, Sanction.SUSPENSION, Sanction.BAN)
"""Those that are taken off again; whoever was removed comes back by an invitation."""

_ENDED_WELL = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """What a platform answered to one step: until when it holds, and what was taken and has to be given back."""

    status: OutcomeStatus
    detail: str = ""
    until: datetime | None = None
    took: tuple[str, ...] = ()

    @property
    def went_well(self) -> bool:
        """Whether the account is now as it should be."""
        return self.status in _ENDED_WELL


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How one account stands to one sanction: whether the platform holds it, until when, what it took.

    `failed_on` and `failed_off` count the failures since the last success. `task` names what somebody was asked to do
    by hand, `task_for` the step that it stands for.
    """

    account: Account
    on: bool = False
    until: datetime | None = None
    took: tuple[str, ...] = ()
    failed_on: int = 0
    failed_off: int = 0
    task: str = ""
    task_for: Step | None = None
    task_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One sanction of a case: what it should be at a moment, and what it is on record as being."""

    case: CaseId
    kind: Sanction
    on: PersonId
    since: datetime
    until: datetime | None
    wanted: bool
    imposed: bool
    lifted: bool
    held: tuple[Held, ...] = ()

    def at(self, account: Account) -> Held:
        """Give how an account stands to it."""
        return next((held for held in self.held if held.account == account), Held(account=account))


def sanctions_of(case: Case, now: datetime) -> tuple[Standing, ...]:
    """Give every sanction that a case ever chose, as it should be now and as it is."""
    return tuple(_standing(case, kind, on, now) for kind, on in _chosen(case))


def due_step(standing: Standing, held: Held, now: datetime) -> Step | None:
    """Give the next step on one account, if one is due; the platform is asked for it no more than three times."""
    step = _lacking(standing, held, now)
    failed = held.failed_off if step is Step.TAKEN_OFF else held.failed_on
    return step if failed < MOST_TRIES else None


def due_task(standing: Standing, held: Held, now: datetime) -> Step | None:
    """Give the step that somebody named has to be asked for, because the platform would not or a person did it."""
    step = _lacking(standing, held, now)
    failed = held.failed_off if step is Step.TAKEN_OFF else held.failed_on
    if step is not None:
        return step if failed >= MOST_TRIES and held.task_for is not step else None
    # What a person was asked to put on a person has to take off.
    to_undo = not standing.wanted and standing.kind in LASTING and held.task_for in (Step.PUT_ON, Step.RENEWED)
    return Step.TAKEN_OFF if to_undo else None


def is_settled(standing: Standing, accounts: Iterable[Account], now: datetime) -> bool:
    """Whether every account is as the sanction wants it, by the platform or by somebody who was asked."""
    every = [standing.at(account) for account in {*accounts, *(held.account for held in standing.held)}]
    return all(due_step(standing, held, now) is None and due_task(standing, held, now) is None for held in every)


def _lacking(standing: Standing, held: Held, now: datetime) -> Step | None:
    """Give the step that would bring an account in line, whoever takes it."""
    if standing.kind not in ON_ACCOUNTS:
        return None
    if not standing.wanted:
        return Step.TAKEN_OFF if held.on and standing.kind in LASTING else None
    if not held.on:
        return Step.PUT_ON
    if standing.kind is Sanction.REMOVAL or held.until is None or held.until == standing.until:
        return None
    too_long = standing.until is not None and held.until > standing.until
    return Step.RENEWED if too_long or held.until - now <= RENEW_AHEAD else None


def taken(cases: Iterable[Case], account: Account) -> tuple[str, ...]:
    """Give what sanctions took of an account and nobody gave back yet, over all cases of the person."""
    turns = sorted((turn for case in cases for turn in _turns(case, account)), key=lambda turn: turn[0])
    missing: dict[str, None] = {}
    for _, given_back, things in turns:
        for thing in things:
            if given_back:
                missing.pop(thing, None)
            else:
                missing[thing] = None
    return tuple(missing)


def left_to_give(cases: Iterable[Case], account: Account, now: datetime) -> tuple[str, ...]:
    """Give what ended sanctions took of an account, if no platform gave it back and nobody is asked to.

    Nothing while another sanction holds the account that takes as much.
    """
    found = tuple(cases)
    standing = [one for case in found for one in sanctions_of(case, now) if one.kind in _TAKES]
    if any(one.wanted or (one.at(account).on and one.kind in LASTING) for one in standing):
        return ()
    asked = {thing for case in found for thing in _asked_for(case, account)}
    return tuple(thing for thing in taken(found, account) if thing not in asked)


def _asked_for(case: Case, account: Account) -> tuple[str, ...]:
    done = {one.what.task for one in case.of(e.TaskDone) if isinstance(one.what, e.TaskDone)}
    tasks = [one.what for one in case.of(e.TaskGiven) if isinstance(one.what, e.TaskGiven)]
    return tuple(thing for what in tasks if what.account == account and what.task not in done for thing in what.gives)


def _turns(case: Case, account: Account) -> Iterable[tuple[datetime, bool, tuple[str, ...]]]:
    """Give when something was taken of an account or given back, by the platform or by somebody who was asked."""
    asked: dict[str, tuple[str, ...]] = {}
    for one in case.history:
        match one.what:
            case e.SanctionStepped() as step if step.account == account:
                if step.status in (*_ENDED_WELL, OutcomeStatus.STARTED):
                    yield one.at, step.step is Step.TAKEN_OFF, step.took
            case e.TaskGiven() as given if given.account == account:
                asked[given.task] = given.gives
            case e.TaskDone() as done:
                yield one.at, True, asked.get(done.task, ())


def _chosen(case: Case) -> tuple[tuple[Sanction, PersonId], ...]:
    decisions = (one.what for one in case.history if isinstance(one.what, e.CaseDecided | e.AppealDecided))
    return tuple(dict.fromkeys((chosen.kind, chosen.on) for what in decisions for chosen in what.sanctions))


def _standing(case: Case, kind: Sanction, on: PersonId, now: datetime) -> Standing:
    until, since = _until(case, kind, on), case.opened_at
    stands = any((one.kind, one.on) == (kind, on) for one in standing_sanctions(case))
    imposed = stayed = lifted = False
    held: dict[Account, Held] = {}
    for one in case.history:
        match one.what:
            case e.CaseDecided() | e.AppealDecided() as what:
                if any((chosen.kind, chosen.on) == (kind, on) for chosen in what.sanctions):
                    since = one.at
                stayed = False
            case e.SanctionStayed(kind=k, on=o) if (k, o) == (kind, on):
                stayed = True
            case e.SanctionLifted(kind=k, on=o) if (k, o) == (kind, on):
                lifted = True
            case e.SanctionImposed(kind=k, on=o) if (k, o) == (kind, on):
                imposed = True
            case e.SanctionEnded(kind=k, on=o) if (k, o) == (kind, on):
                imposed = False
            case e.SanctionStepped(kind=k, on=o) as step if (k, o) == (kind, on):
                held[step.account] = _after(held.get(step.account, Held(account=step.account)), step)
            case e.TaskGiven(kind=k, on=o, account=account) as given if (k, o) == (kind, on) and account is not None:
                before = held.get(account, Held(account=account))
                held[account] = replace(before, task=given.task, task_for=given.step, task_done=False)
            case e.TaskDone(task=task):
                held.update({a: replace(h, task_done=True) for a, h in held.items() if h.task == task})
    over = until is not None and until <= now
    return Standing(
        case=case.id,
        kind=kind,
        on=on,
        since=since,
        until=until,
        wanted=stands and not (stayed or lifted or over),
        imposed=imposed,
        lifted=lifted or not stands,
        held=tuple(held.values()),
    )


def _after(before: Held, step: e.SanctionStepped) -> Held:
    """Give how an account stands after one step; what was begun may have taken something already."""
    took = tuple(dict.fromkeys((*before.took, *step.took)))
    if step.status is OutcomeStatus.STARTED:
        return replace(before, took=took)
    if step.status not in _ENDED_WELL:
        # What a platform cannot do at all it is not asked for again.
        more = MOST_TRIES if step.status is OutcomeStatus.DEGRADED else 1
        if step.step is Step.TAKEN_OFF:
            return replace(before, failed_off=before.failed_off + more)
        return replace(before, failed_on=before.failed_on + more)
    if step.step is Step.TAKEN_OFF:
        return Held(account=before.account)
    return Held(account=before.account, on=True, until=step.until, took=took)


def _until(case: Case, kind: Sanction, on: PersonId) -> datetime | None:
    """Give when a sanction ends; time for which an appeal stayed it is served afterwards."""
    standing = (one for one in standing_sanctions(case) if (one.kind, one.on) == (kind, on))
    chosen = next(standing, None)
    if chosen is None or chosen.until is None:
        return None
    appeal = case.appeal_decision
    if appeal is None or appeal.verdict is not AppealVerdict.STANDS:
        return chosen.until
    stays = [
        one.at
        for one in case.of(e.SanctionStayed)
        if isinstance(one.what, e.SanctionStayed) and (one.what.kind, one.what.on) == (kind, on)
    ]
    decided = next(one.at for one in case.of(e.AppealDecided))
    if not stays or stays[0] >= chosen.until:
        return chosen.until
    return chosen.until + (decided - stays[0])
