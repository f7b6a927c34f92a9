"""Acts that take two people: what they are, and when the second person's approval counts (evidence.md R40)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.duties import Duty, may
from policies.casework.people import THE_BOT, By, PersonId
from policies.casework.words import HeavyAct, Office, Sanction

VALID_FOR = timedelta(days=7)
"""How long after it was asked for an approval can be given and used."""

LONG = timedelta(days=7)
"""A suspension beyond this takes two people; so does a mute, which is one under another name."""

_OF_SUBSTANCE = (
    e.ReportJoined,
    e.IncidentLinked,
    e.PersonNamed,
    e.SeveritySet,
    e.StatementTaken,
    e.FactFound,
    e.CaseDecided,
    e.AppealMade,
    e.AppealDecided,
    e.SanctionImposed,
    e.SanctionEnded,
)
"""What changes the matter itself: an approval given before one of these was given of another matter."""


class ApprovalState(StrEnum):
    """Where the wish for an approval stands."""

    NOT_ASKED = "not-asked"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One heavy act exactly as it is to be done: on whom, until when, and what else the second person was shown."""

    act: HeavyAct
    on: PersonId | None = None
    until: datetime | None = None
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What became of the wish for one exact act."""

    wanted: Wanted
    digest: str
    state: ApprovalState = ApprovalState.NOT_ASKED
    asked_by: By = THE_BOT
    given_by: By = THE_BOT
    words: str = ""
    expires_at: datetime | None = None


def heavy_acts(
    sanctions: Iterable[e.SanctionChosen], *, at: datetime, protected: Iterable[PersonId] = (), details: str = ""
) -> tuple[Wanted, ...]:
    """Give what in a decision takes a second person, sanction by sanction; `at` is when they would begin."""
    shielded = frozenset(protected)
    wanted: list[Wanted] = []
    for sanction in sanctions:
        acts = []
        lasting = sanction.until is None or sanction.until - at > LONG
        if sanction.kind is Sanction.BAN:
            acts.append(HeavyAct.BAN)
        if sanction.kind in (Sanction.SUSPENSION, Sanction.MUTE) and lasting:
            acts.append(HeavyAct.LONG_SUSPENSION)
        if sanction.on in shielded:
            acts.append(HeavyAct.AGAINST_PROTECTED)
        said = "\n".join((sanction.kind.value, sanction.departure, details))
        wanted += [Wanted(act=act, on=sanction.on, until=sanction.until, details=said) for act in acts]
    return tuple(wanted)


def digest(case: Case, wanted: Wanted) -> str:
    """Give the SHA-256 in hex of an act and of how much the case held: with either changed, another approval."""
    held = sum(isinstance(one.what, _OF_SUBSTANCE) for one in case.history)
    whole = {
        "act": wanted.act.value,
        "case": case.id,
        "details": wanted.details,
        "held": held,
        "on": wanted.on or "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }
    return sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def approval(case: Case, wanted: Wanted, now: datetime) -> Approval:
    """Give what became of the wish for an act as the case stands now."""
    exact = digest(case, wanted)
    found = Approval(wanted=wanted, digest=exact)
    for one in case.history:
        what = one.what
        match what:
            case e.ApprovalAsked(digest=of) if of == exact:
                found = Approval(
                    wanted=wanted,
                    digest=exact,
                    state=ApprovalState.ASKED,
                    asked_by=one.by,
                    words=what.words,
                    expires_at=what.expires_at,
                )
            case e.ApprovalGiven(digest=of) if of == exact:
                state = ApprovalState.GRANTED if what.granted else ApprovalState.REFUSED
                found = _now(found, state, one.by, what.words)
            case e.ApprovalUsed(digest=of) if of == exact:
                found = _now(found, ApprovalState.USED, found.given_by, found.words)
    over = found.expires_at is not None and now >= found.expires_at
    if over and found.state in (ApprovalState.ASKED, ApprovalState.GRANTED):
        return _now(found, ApprovalState.EXPIRED, found.given_by, found.words)
    return found


def ensure_may_ask(case: Case, wanted: Wanted, by: By, now: datetime) -> None:
    """Refuse a wish that stands already or was refused; raises `NotAllowed`."""
    ensure_duty(by, Duty.ASK, "ask for an approval")
    match approval(case, wanted, now).state:
        case ApprovalState.ASKED | ApprovalState.GRANTED:
            raise NotAllowed("This has been asked for already. It needs the second person, or has their word.")
        case ApprovalState.REFUSED:
            raise NotAllowed(
                "This very act was refused, which ends it. It can be asked for again when the case holds something"
                " new, or as another act."
            )


def ensure_may_give(
    case: Case, wanted: Wanted, by: By, now: datetime, *, people: Mapping[str, PersonId], recused: bool
) -> None:
    """Refuse whoever is not a second person; `people` gives the person behind each officer's id.

    Raises `NotAllowed`. `recused` says whether the one who would agree has a stake in the case.
    """
    stands = approval(case, wanted, now)
    if stands.state is not ApprovalState.ASKED:
        raise NotAllowed(_WHY_NOT[stands.state])
    ensure_duty(by, Duty.APPROVE, "agree to what another person asks for")
    if recused or by.officer in case.recused:
        raise NotAllowed(f"{by.officer} cannot agree to anything in {case.id}. Somebody else has to.")
    if same_person(by.officer, stands.asked_by.officer, people):
        raise NotAllowed(
            f"{by.officer} is the person who asked for this, under this name or another. Somebody else has to agree."
        )
    if by.office is stands.asked_by.office:
        office = by.office.value if by.office else "nobody"
        raise NotAllowed(f"Who asked for this is {office} as {by.officer} is. Somebody in another office has to agree.")


def ensure_approved(case: Case, wanted: Iterable[Wanted], now: datetime) -> tuple[e.ApprovalUsed, ...]:
    """Give the records that use up the approvals of acts that are done now; raises `NotAllowed` where one lacks."""
    used = []
    for one in wanted:
        stands = approval(case, one, now)
        if stands.state is not ApprovalState.GRANTED:
            raise NotAllowed(f"{_NAMES[one.act]} takes a second person. {_WHY_NOT[stands.state]}")
        used.append(e.ApprovalUsed(act=one.act, digest=stands.digest))
    return tuple(used)


def same_person(one: str, other: str, people: Mapping[str, PersonId]) -> bool:
    """Whether two officers' ids stand for one person."""
    return one == other or (one in people and people[one] == people.get(other))


def _now(found: Approval, state: ApprovalState, given_by: By, words: str) -> Approval:
    return replace(found, state=state, given_by=given_by, words=words)


def ensure_duty(by: By, duty: Duty, what: str) -> None:
    """Refuse what somebody's office may not do, and say whose may; raises `NotAllowed`."""
    if by.office is None or not by.officer or not may(by.office, duty):
        able = ", ".join(office.value for office in Office if may(office, duty))
        raise NotAllowed(f"Somebody without that office cannot {what}. These can: {able}.")


_NAMES = {
    HeavyAct.BAN: "A ban",
    HeavyAct.LONG_SUSPENSION: f"A suspension or mute beyond {LONG.days} days",
    HeavyAct.POLICE_REFERRAL: "A referral to the police",
    HeavyAct.ERASURE: "Erasing",
    HeavyAct.HOLD: "A legal hold",
    HeavyAct.EXPORT: "An export",
    HeavyAct.POLICY_CHANGE: "A change of the policy",
    HeavyAct.AGAINST_PROTECTED: "Anything against a candidate, an officer or somebody else who is protected",
}
_WHY_NOT = {
    ApprovalState.NOT_ASKED: "Nobody has asked for exactly this, as the case now stands. The first person asks.",
    ApprovalState.ASKED: "It was asked for, and nobody has agreed yet.",
    ApprovalState.GRANTED: "It has the second person's word already.",
    ApprovalState.REFUSED: "The second person refused, which ends it.",
    ApprovalState.EXPIRED: "What was asked for has expired. Ask again.",
    ApprovalState.USED: "It was approved once and was done once. Ask again for it to be done again.",
}
