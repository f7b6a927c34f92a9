"""How one policy takes the place of another: which two people said so, and until when that counts (evidence.md R40)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from policies.casework.case import NotAllowed
from policies.casework.duties import Duty
from policies.casework.four_eyes import ApprovalState, ensure_duty, same_person
from policies.casework.people import THE_BOT, By, PersonId
from policies.decisions import PolicyVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProposed:
    """The first of two people wants a policy, exactly this file, in the place of the one in force."""

    policy: PolicyVersion
    words: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAnswered:
    """The second person agreed to exactly this file, or refused it."""

    policy: PolicyVersion
    granted: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted:
    """A policy is in force from here on."""

    policy: PolicyVersion


AdoptionStep = PolicyProposed | PolicyAnswered | PolicyAdopted


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One step towards a policy's being in force, when, and by whom."""

    at: datetime
    by: By
    what: AdoptionStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the wish for one exact file stands."""

    policy: PolicyVersion
    state: ApprovalState = ApprovalState.NOT_ASKED
    asked_by: By = THE_BOT
    words: str = ""
    answer: str = ""
    expires_at: datetime | None = None


def adopted(history: Sequence[Taken]) -> PolicyVersion | None:
    """Give the policy that was adopted last, if there is one."""
    found = [one.what.policy for one in history if isinstance(one.what, PolicyAdopted)]
    return found[-1] if found else None


def standing(history: Sequence[Taken], policy: PolicyVersion, now: datetime) -> Standing:
    """Give where the wish for a policy stands.

    Whoever agrees compares it with the policy in force: with another in force, it has to be proposed again.
    """
    found = Standing(policy=policy)
    for one in history:
        match one.what:
            case PolicyAdopted():
                found = Standing(policy=policy)
            case PolicyProposed(policy=of) if of.sha256 == policy.sha256:
                found = Standing(
                    policy=policy,
                    state=ApprovalState.ASKED,
                    asked_by=one.by,
                    words=one.what.words,
                    expires_at=one.what.expires_at,
                )
            case PolicyAnswered(policy=of) if of.sha256 == policy.sha256:
                state = ApprovalState.GRANTED if one.what.granted else ApprovalState.REFUSED
                found = _with(found, state, one.what.words)
    if found.expires_at is not None and now >= found.expires_at:
        return _with(found, ApprovalState.EXPIRED, found.answer)
    return found


def waiting(history: Sequence[Taken], now: datetime) -> tuple[Standing, ...]:
    """Give where every policy stands that was proposed beside the one in force, oldest first."""
    proposed = {one.what.policy.sha256: one.what.policy for one in history if isinstance(one.what, PolicyProposed)}
    found = [standing(history, policy, now) for policy in proposed.values()]
    return tuple(one for one in found if one.state is not ApprovalState.NOT_ASKED)


def ensure_may_propose(history: Sequence[Taken], policy: PolicyVersion, by: By, now: datetime) -> None:
    """Refuse a proposal that is needless, stands already or was refused; raises `NotAllowed`."""
    ensure_duty(by, Duty.ASK, "propose a policy")
    current = adopted(history)
    if current is not None and current.sha256 == policy.sha256:
        raise NotAllowed(f"{named(policy)} is in force already, so there is nothing to propose.")
    match standing(history, policy, now).state:
        case ApprovalState.ASKED | ApprovalState.GRANTED:
            raise NotAllowed(f"{named(policy)} was proposed already. It needs the second person, or has their word.")
        case ApprovalState.REFUSED:
            raise NotAllowed(f"{named(policy)} was refused. Change the file as was asked, and propose that.")


def ensure_may_answer(
    history: Sequence[Taken], policy: PolicyVersion, by: By, now: datetime, *, people: Mapping[str, PersonId]
) -> None:
    """Refuse whoever is not a second person; `people` gives the person behind each officer's id.

    Raises `NotAllowed`.
    """
    stands = standing(history, policy, now)
    if stands.state is not ApprovalState.ASKED:
        raise NotAllowed(f"{named(policy)} cannot be agreed to. {_WHY_NOT[stands.state]}")
    ensure_duty(by, Duty.APPROVE, "agree to a policy that another person proposes")
    if same_person(by.officer, stands.asked_by.officer, people):
        raise NotAllowed(
            f"{by.officer} is the person who proposed this, under this name or another. Somebody else has to agree."
        )
    if by.office is stands.asked_by.office:
        office = by.office.value if by.office else "nobody"
        raise NotAllowed(f"Who proposed this is {office} as {by.officer} is. Somebody in another office has to agree.")


def ensure_may_adopt(history: Sequence[Taken], policy: PolicyVersion, now: datetime) -> None:
    """Refuse a policy to which no second person agreed; raises `NotAllowed`."""
    state = standing(history, policy, now).state
    if state is not ApprovalState.GRANTED:
        raise NotAllowed(f"{named(policy)} is not in force: a change of the policy takes two people. {_WHY_NOT[state]}")


def named(policy: PolicyVersion) -> str:
    """Name a policy so that exactly one file is meant."""
    return f"{policy.name}, version {policy.version} (fingerprint {policy.sha256[:16]}),"


def _with(found: Standing, state: ApprovalState, answer: str) -> Standing:
    return replace(found, state=state, answer=answer)


_WHY_NOT = {
    ApprovalState.NOT_ASKED: "Nobody has proposed exactly this file since the present policy came into force.",
    ApprovalState.ASKED: "It was proposed, and nobody has agreed yet.",
    ApprovalState.GRANTED: "It has the second person's word already.",
    ApprovalState.REFUSED: "The second person refused it.",
    ApprovalState.EXPIRED: "What was proposed has expired. Propose it again.",
    ApprovalState.USED: "It was in force already. Propose it again.",
}
