"""Bringing the platforms in line with what was decided: each step on record, renewed in time, given back at the end.

Everything is worked out from the record, so that a restart changes nothing; every call is harmless when repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.casework.deciding import DecidingDeps, by_bot
from handlers.casework.notices import was_told
from handlers.errors import PlatformUnavailable
from handlers.ports import Notice, Platform
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.outcomes import standing_sanctions
from policies.casework.people import Account
from policies.casework.sanctions import (
    LASTING,
    ON_ACCOUNTS,
    Held,
    Standing,
    StepAnswer,
    due_step,
    due_task,
    is_settled,
    left_to_give,
    sanctions_of,
    taken,
)
from policies.casework.statements import NAMES, moment
from policies.casework.words import AppealVerdict, Sanction, Step
from policies.decisions import OutcomeStatus
from policies.identifiers import PlatformName


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One account to be brought in line with one sanction."""

    standing: Standing
    held: Held
    step: Step
    platform: Platform

    @property
    def reason(self) -> str:
        """What the platform's own log is told: the case, and nothing about anybody."""
        return f"{self.standing.case}: {self.standing.kind.value.removeprefix('sanction-')}"


async def keep_sanctions(case: Case, deps: DecidingDeps) -> Case:
    """Bring every account in line with the sanctions of a case, as far as the platforms answer now."""
    for place in range(len(sanctions_of(case, deps.clock.now()))):
        standing = sanctions_of(case, deps.clock.now())[place]
        if standing.wanted and not was_told(case, standing.kind, standing.on):
            continue  # nobody is restricted before they were told why, or telling them was tried
        accounts = await deps.cases.accounts(standing.on) if standing.kind in ON_ACCOUNTS else ()
        # An account that is no longer known as theirs still has to be let go.
        for account in dict.fromkeys((*accounts, *(held.account for held in standing.held))):
            case = await _keep_account(case, place, account, deps)
        case = await _conclude(case, place, accounts, deps)
    return case


async def _keep_account(case: Case, place: int, account: Account, deps: DecidingDeps) -> Case:
    now = deps.clock.now()
    standing = await _for(account, sanctions_of(case, now)[place], deps)
    held = standing.at(account)
    step, platform = due_step(standing, held, now), deps.platforms.get(account.platform)
    if step is not None:
        if platform is None:
            lacking = StepAnswer(
                status=OutcomeStatus.DEGRADED, detail=f"The bot is not connected to {_name(account.platform)}."
            )
            case = await _record(case, standing, (account, step), lacking, deps)
        else:
            case = await _take(case, _Turn(standing=standing, held=held, step=step, platform=platform), deps)
    standing = await _for(account, sanctions_of(case, now)[place], deps)
    by_hand = due_task(standing, standing.at(account), now)
    if by_hand is not None:
        return await _ask_somebody(case, standing, account, by_hand, deps)
    return await _ask_to_give_back(case, standing, account, deps)


async def _for(account: Account, standing: Standing, deps: DecidingDeps) -> Standing:
    """Give a sanction as it is for one account: none for an account that was found to be somebody else's."""
    if standing.wanted and standing.kind in ON_ACCOUNTS and await deps.cases.person(account) != standing.on:
        return replace(standing, wanted=False)
    return standing


async def _take(case: Case, turn: _Turn, deps: DecidingDeps) -> Case:
    """Take one step; when the connection breaks nothing is recorded and the step stays due."""
    account = turn.held.account
    try:
        if turn.step is Step.TAKEN_OFF:
            answer = await _take_off(case, turn, deps)
        else:
            took: tuple[str, ...] = turn.held.took
            if turn.step is Step.PUT_ON:
                found = await turn.platform.would_take(account.community, account.member, turn.standing.kind)
                took = tuple(dict.fromkeys((*took, *found)))
            if took != turn.held.took:
                # On record before it is taken: what a crash hid could never be given back.
                begun = StepAnswer(status=OutcomeStatus.STARTED, took=took)
                case = await _record(case, turn.standing, (account, turn.step), begun, deps)
            answer = await _put_on(turn, took)
    except PlatformUnavailable:
        return case
    case = await _record(case, turn.standing, (account, turn.step), answer, deps)
    if answer.went_well and turn.step is Step.RENEWED:
        until = answer.until or turn.standing.until or deps.clock.now()
        what = e.SanctionRenewed(kind=turn.standing.kind, on=turn.standing.on, until=until)
        case = await deps.cases.append(case.id, *by_bot([what], deps.clock.now()), version=case.version)
    return case


async def _put_on(turn: _Turn, took: Sequence[str]) -> StepAnswer:
    account, standing = turn.held.account, turn.standing
    shorter = standing.until is not None and turn.held.until is not None and turn.held.until > standing.until
    if shorter:  # a platform leaves a longer restriction alone, so it is let go first
        await turn.platform.release(account.community, account.member, standing.kind, took=(), reason=turn.reason)
    answer = await turn.platform.restrict(
        account.community, account.member, standing.kind, until=standing.until, took=took, reason=turn.reason
    )
    if answer.until is not None and standing.until is not None:
        answer = replace(answer, until=min(answer.until, standing.until))
    return answer


async def _take_off(case: Case, turn: _Turn, deps: DecidingDeps) -> StepAnswer:
    """Let an account go and give back what was taken, unless another sanction still holds it."""
    account, kind, now = turn.held.account, turn.standing.kind, deps.clock.now()
    others = [other for other in await deps.cases.of_person(turn.standing.on) if other.id != case.id]
    holding = [
        standing
        for other in (case, *others)
        for standing in sanctions_of(other, now)
        if standing.wanted and standing.at(account).on and (standing.case, standing.kind) != (case.id, kind)
    ]
    if any(standing.kind is kind for standing in holding):
        other = next(standing.case for standing in holding if standing.kind is kind)
        return StepAnswer(status=OutcomeStatus.ALREADY, detail=f"It is held for {other} still.")
    if kind is Sanction.MUTE and turn.held.until is not None and turn.held.until <= now:
        return StepAnswer(status=OutcomeStatus.ALREADY, detail="The platform let go of it by itself.")
    took = taken((case, *others), account) if kind is not Sanction.MUTE else ()
    kept = tuple(thing for standing in holding for thing in standing.at(account).took)
    answer = await turn.platform.release(
        account.community,
        account.member,
        kind,
        took=tuple(thing for thing in took if thing not in kept),
        reason=turn.reason,
    )
    for standing in holding:  # one restriction can stand for two; what still holds is put on again at once
        await turn.platform.restrict(
            account.community,
            account.member,
            standing.kind,
            until=standing.until,
            took=standing.at(account).took,
            reason=f"{standing.case}: goes on",
        )
    return answer


async def _record(
    case: Case, standing: Standing, tried: tuple[Account, Step], answer: StepAnswer, deps: DecidingDeps
) -> Case:
    account, step = tried
    what = e.SanctionStepped(
        kind=standing.kind,
        on=standing.on,
        account=account,
        step=step,
        status=answer.status,
        until=answer.until,
        took=answer.took,
        detail=answer.detail,
    )
    return await deps.cases.append(case.id, *by_bot([what], deps.clock.now()), version=case.version)


async def _ask_somebody(case: Case, standing: Standing, account: Account, step: Step, deps: DecidingDeps) -> Case:
    """Ask somebody named for what the platform does not let the bot do."""
    why = next(
        (
            one.what.detail
            for one in reversed(case.of(e.SanctionStepped))
            if isinstance(one.what, e.SanctionStepped) and one.what.account == account and one.what.detail
        ),
        "",
    )
    words = f"{_DO[step]} {NAMES[standing.kind]} on {_name(account.platform)}, account {account.member}"
    until = "" if standing.until is None else f", until {moment(standing.until)}"
    said = f"{words}{until}. {why}".strip().rstrip(".") + "."
    if step is Step.TAKEN_OFF:
        said = f"{words}. If nobody imposed it there, there is nothing to do but to say so."
    return await _give_task(case, standing, account, (said, step, ()), deps)


async def _give_task(
    case: Case,
    standing: Standing,
    account: Account,
    asked: tuple[str, Step | None, tuple[str, ...]],
    deps: DecidingDeps,
) -> Case:
    """Put on record what is asked of somebody named, and ask them."""
    words, step, gives = asked
    to = await deps.access.whom_to_tell(deps.sanctioner, case)
    task = f"T{len(case.of(e.TaskGiven)) + 1}"
    given = e.TaskGiven(
        task=task,
        to=to,
        words=words,
        kind=standing.kind,
        on=standing.on,
        account=account,
        step=step,
        gives=gives,
    )
    case = await deps.cases.append(case.id, *by_bot([given], deps.clock.now()), version=case.version)
    done = f"When it is done: hustings cases done {case.id} {task}"
    await deps.alarms.tell(to, Notice(title=f"To be done by hand in {case.id}", paragraphs=(given.words, done)))
    return case


async def _ask_to_give_back(case: Case, standing: Standing, account: Account, deps: DecidingDeps) -> Case:
    """Ask somebody named for the roles that an ended sanction took and the platform could not give back."""
    if standing.wanted or not standing.held:
        return case
    others = [other for other in await deps.cases.of_person(standing.on) if other.id != case.id]
    left = left_to_give((case, *others), account, deps.clock.now())
    if not left:
        return case
    name = NAMES[standing.kind].partition(" ")[2]
    words = (
        f"The {name} has ended. On {_name(account.platform)} please give account {account.member} back, once they are"
        f" there again, the roles {', '.join(left)}: nobody can give roles to somebody who is not there."
    )
    return await _give_task(case, standing, account, (words, None, left), deps)


async def _conclude(case: Case, place: int, accounts: Sequence[Account], deps: DecidingDeps) -> Case:
    """Record that a sanction took effect, or ended, once every account is in line."""
    now = deps.clock.now()
    standing = sanctions_of(case, now)[place]
    if standing.wanted is standing.imposed:
        return case
    theirs = [one for one in standing.held if (await _for(one.account, standing, deps)).wanted is standing.wanted]
    if not is_settled(replace(standing, held=tuple(theirs)), accounts, now):
        return case
    what: e.CaseEvent
    if standing.wanted:
        what = e.SanctionImposed(
            kind=standing.kind, on=standing.on, until=standing.until, detail=_how(standing, accounts)
        )
    else:
        what = e.SanctionEnded(
            kind=standing.kind, on=standing.on, lifted=standing.lifted, detail=_why(case, standing, now)
        )
    return await deps.cases.append(case.id, *by_bot([what], now), version=case.version)


def _how(standing: Standing, accounts: Sequence[Account]) -> str:
    if standing.kind not in ON_ACCOUNTS:
        return "The statement of reasons carries it."
    if not accounts:
        return "No account of theirs is known, so nothing was done on a platform."
    held = [standing.at(account) for account in accounts]
    parts = [f"{_name(one.account.platform)}: {'done' if one.on else f'by hand ({one.task})'}" for one in held]
    return "; ".join(parts)


def _why(case: Case, standing: Standing, now: datetime) -> str:
    appeal = case.appeal_decision
    if any(
        isinstance(one.what, e.SanctionLifted) and (one.what.kind, one.what.on) == (standing.kind, standing.on)
        for one in case.history
    ):
        return "It was lifted before its time."
    if appeal is not None and appeal.verdict is AppealVerdict.REVERSED:
        return "The decision was taken back on appeal."
    chosen = {(one.kind, one.on) for one in standing_sanctions(case)}
    if (standing.kind, standing.on) not in chosen:
        return "The decision was changed on appeal."
    if standing.until is not None and standing.until <= now:
        return "Its time is over." if standing.kind in LASTING else "It was done once."
    return "It is suspended until the appeal is decided."


def _name(platform: PlatformName) -> str:
    return platform.value.capitalize()


_DO = {
    Step.PUT_ON: "Please impose",
    Step.RENEWED: "Please keep up",
    Step.TAKEN_OFF: "Please end",
}
