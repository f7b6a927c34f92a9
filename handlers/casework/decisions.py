"""Deciding a case: by somebody without a stake, within the grid or with reasons, heavy acts by two people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.casework.bringing_about import bring_about
from handlers.casework.deciding import (
    DecidingDeps,
    by_bot,
    case_named,
    ensure_discreet,
    incidents_of,
    rules_in_force,
    window_from,
)
from handlers.casework.ports import CaseChanged
from handlers.casework.reasons import allowed_for
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed, advance
from policies.casework.duties import Duty
from policies.casework.four_eyes import (
    VALID_FOR,
    ApprovalState,
    Wanted,
    approval,
    ensure_approved,
    ensure_may_ask,
    ensure_may_give,
    heavy_acts,
)
from policies.casework.four_eyes import digest as digest_of
from policies.casework.grid import TIMED, ensure_in_grid
from policies.casework.outcomes import FOUND
from policies.casework.people import By, CaseId, PersonId
from policies.casework.register import PeopleRegister
from policies.casework.requests import ensure_may_end
from policies.casework.sanctions import sanctions_of
from policies.casework.words import CaseKind, HeavyAct, Part, Sanction, Verdict
from policies.rules import Policy

_ABOUT_CONDUCT = (CaseKind.CONDUCT, CaseKind.CAMPAIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody would decide. `conduct_at` says when it happened, where no incident tells."""

    verdict: Verdict
    reasons: str
    rules: tuple[str, ...] = ()
    sanctions: tuple[e.SanctionChosen, ...] = ()
    conduct_at: datetime | None = None
    departure: str = ""

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Give what a member will read of it, each text with its name."""
        why = "The reasons for departing from the grid"
        departures = (self.departure, *(chosen.departure for chosen in self.sanctions))
        return ("The reasons", self.reasons), *((why, text) for text in departures if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The case as it then stands, and which acts still wait for the second person; without any it is decided."""

    case: Case
    waits_for: tuple[HeavyAct, ...] = ()


Ruling = e.CaseDecided | e.AppealDecided


async def decide(
    case: CaseId, proposal: Proposal, by: By, deps: DecidingDeps, *, version: int | None = None
) -> Decided:
    """Decide a case, or put the decision before a second person if it takes two.

    Everybody is told and restricted by what is on record then. Raises `NotAllowed` with what stands against it,
    `CaseChanged` if the case is no longer at `version`.
    """
    found = await case_named(case, deps)
    if version is not None and version != found.version:
        raise CaseChanged(f"Somebody did something on {case} since it was read. Please look at it again.")
    await deps.access.ensure_may(found, by, e.CaseDecided)
    incidents = await incidents_of(found, deps)
    conduct_at, policy = await rules_in_force(found, proposal.conduct_at, incidents, deps)
    ruling = e.CaseDecided(
        verdict=proposal.verdict,
        reasons=proposal.reasons,
        rules=proposal.rules,
        policy=policy.known_as,
        sanctions=proposal.sanctions,
        conduct_at=conduct_at,
        departure=proposal.departure,
    )
    now = deps.clock.now()
    advance(found, e.Happened(at=now, by=by, what=ruling))
    ensure_coherent(found, proposal, policy, now)
    if proposal.verdict in FOUND and found.kind in _ABOUT_CONDUCT:
        await ensure_consistent(found, proposal, (conduct_at, policy), deps)
    await ensure_discreet(found, proposal.texts, incidents, deps)
    return await rule_or_ask(found, ruling, by, deps)


def ensure_coherent(case: Case, proposal: Proposal, policy: Policy, now: datetime) -> None:
    """Refuse a decision that does not hold together; raises `NotAllowed`."""
    found = proposal.verdict in FOUND
    ensure_may_end(case, proposal.verdict)
    if proposal.sanctions and not found:
        raise NotAllowed(f"Nobody is sanctioned where the verdict is {proposal.verdict.value}. Take the sanctions out.")
    if found and not proposal.rules and case.kind in _ABOUT_CONDUCT:
        raise NotAllowed("Name the rule that was broken: nobody is found to have broken one that is not written down.")
    for rule in proposal.rules:
        if not policy.clause_of(rule):
            raise NotAllowed(
                f"{policy.name}, version {policy.version}, which was in force when it happened, has no rule {rule!r}."
                " Nobody is judged by rules that came later."
            )
    subjects = case.with_part(Part.SUBJECT)
    seen: set[tuple[Sanction, PersonId]] = set()
    for chosen in proposal.sanctions:
        name = chosen.kind.value.removeprefix("sanction-")
        if chosen.on not in subjects:
            raise NotAllowed(
                f"Only those whom {case.id} is about can be sanctioned in it. Name them as its subjects first."
            )
        if (chosen.kind, chosen.on) in seen:
            raise NotAllowed(f"A {name} is imposed twice on the same person. Choose one of the two.")
        seen.add((chosen.kind, chosen.on))
        if chosen.kind in TIMED and chosen.until is None:
            raise NotAllowed(f"A {name} has an end. Say for how many days.")
        if chosen.until is not None and chosen.until <= now:
            raise NotAllowed(f"The end of the {name} is past already. Choose a later one.")
        if chosen.until is not None and chosen.kind in (Sanction.WARNING, Sanction.REMOVAL):
            raise NotAllowed(f"A {name} is done once and has no length. Leave the days out.")


_NO_CATEGORY = " {case} has no category, so that rows for a category do not count: `triage` gives it one."


async def ensure_consistent(
    case: Case, proposal: Proposal, in_force: tuple[datetime, Policy], deps: DecidingDeps
) -> None:
    """Refuse a choice outside the grid of that time without reasons in writing; raises `NotAllowed`."""
    for subject in case.with_part(Part.SUBJECT):
        theirs = [chosen for chosen in proposal.sanctions if chosen.on == subject]
        if not theirs and proposal.sanctions:
            continue  # of several people one may have done nothing
        allowed, _ = await allowed_for(case, subject, proposal.rules, in_force, deps)
        hint = "" if case.categories else _NO_CATEGORY.format(case=case.id)
        ensure_in_grid(theirs, allowed, deps.clock.now(), departure=proposal.departure, hint=hint)


async def rule_or_ask(case: Case, ruling: Ruling, by: By, deps: DecidingDeps) -> Decided:
    """Record a ruling that takes one person and bring it about; put one that takes two before the second."""
    now = deps.clock.now()
    wanted = _heavy(case, ruling, now, await deps.access.register())
    if not wanted:
        done = e.Happened(at=now, by=by, what=_with_window(ruling, now, deps))
        ruled = await deps.cases.append(case.id, done, version=case.version)
        return Decided(case=await bring_about(ruled, deps))
    for one in wanted:
        ensure_may_ask(case, one, by, now)
    digests = tuple(digest_of(case, one) for one in wanted)
    appeal = ruling if isinstance(ruling, e.AppealDecided) else None
    decision = ruling if isinstance(ruling, e.CaseDecided) else None
    asked: list[e.CaseEvent] = [e.DecisionProposed(decision=decision, appeal=appeal, digests=digests)]
    for one, digest in zip(wanted, digests, strict=True):
        expires = now + VALID_FOR
        asked.append(e.ApprovalAsked(act=one.act, words=ruling.reasons, expires_at=expires, digest=digest))
    happened = (e.Happened(at=now, by=by, what=what) for what in asked)
    waiting = await deps.cases.append(case.id, *happened, version=case.version)
    return Decided(case=waiting, waits_for=tuple(dict.fromkeys(one.act for one in wanted)))


async def approve(
    case: CaseId, by: By, words: str, deps: DecidingDeps, *, granted: bool = True, proposal: int | None = None
) -> Decided:
    """Give the second person's word on what waits; with it the decision is recorded and brought about.

    `proposal` is the number of the one that they read, needed where several were made: another one may have taken its
    place meanwhile. Raises `NotAllowed` where nothing waits, nothing is said, or whoever agrees is not a second person.
    """
    found = await case_named(case, deps)
    await deps.access.ensure_may(found, by, e.ApprovalGiven)
    proposed = waiting_for_approval(found)
    if proposed is None or not isinstance(proposed.what, e.DecisionProposed):
        raise NotAllowed(f"Nothing in {case} waits for a second person.")
    newest = len(found.of(e.DecisionProposed))
    if (proposal or 1) != newest:
        raise NotAllowed(
            f"What waits in {case} is proposal {newest}. Read it with hustings cases show {case}; your word counts for"
            f" it with --proposal {newest}."
        )
    if not words.strip():
        raise NotAllowed("Whoever agrees or refuses says why, in words that the record keeps. Nothing was done.")
    now, ruling = deps.clock.now(), proposed.what.decision or proposed.what.appeal
    assert ruling is not None
    register = await deps.access.register()
    wanted = _heavy(found, ruling, proposed.at, register)
    if tuple(digest_of(found, one) for one in wanted) != proposed.what.digests:
        raise NotAllowed(f"Something was added to {case} since this was asked for. Whoever decides has to look again.")
    given: list[e.Happened] = []
    for one in wanted:
        ensure_may_give(found, one, by, now, people=register.people, recused=False)
        what = e.ApprovalGiven(act=one.act, granted=granted, words=words, digest=digest_of(found, one))
        given.append(e.Happened(at=now, by=by, what=what))
    if not granted:
        return Decided(case=await deps.cases.append(case, *given, version=found.version))
    _ensure_still_possible(found, ruling, proposed.by, now)
    officer = register.officer(proposed.by.officer)
    if officer is None or await deps.access.stakes(officer, found):
        raise NotAllowed(f"Whoever proposed this can no longer take part in {case}. Somebody else has to decide it.")
    approved = found
    for happened in given:
        approved = advance(approved, happened)
    used = by_bot(ensure_approved(approved, wanted, now), now)
    done = e.Happened(at=now, by=proposed.by, what=_with_window(ruling, now, deps))
    ruled = await deps.cases.append(case, *given, *used, done, version=found.version)
    return Decided(case=await bring_about(ruled, deps))


def _with_window(ruling: Ruling, now: datetime, deps: DecidingDeps) -> Ruling:
    """Put the end of the time to appeal on record with a decision, by the rules under which it is made."""
    return replace(ruling, appeal_until=window_from(now, deps)) if isinstance(ruling, e.CaseDecided) else ruling


def waiting_for_approval(case: Case) -> e.Happened | None:
    """Give the newest ruling that waits for a second person, if it was neither refused nor overtaken."""
    waiting: e.Happened | None = None
    for one in case.history:
        match one.what:
            case e.DecisionProposed():
                waiting = one
            case e.ApprovalGiven(granted=False) | e.CaseDecided() | e.AppealDecided():
                waiting = None
    return waiting


async def lift(case: CaseId, kind: Sanction, on: PersonId, reasons: str, by: By, *, deps: DecidingDeps) -> Case:
    """End a sanction early and give back what it took; raises `NotAllowed` where none is in force.

    What took two people to impose takes two to end: it is asked for first, and lifted when a second person does the
    same.
    """
    found = await case_named(case, deps)
    await deps.access.ensure_may(found, by, Duty.VIEW)
    if not reasons.strip():
        raise NotAllowed("Lifting a sanction needs reasons in words.")
    now = deps.clock.now()
    standing = [one for one in sanctions_of(found, now) if (one.kind, one.on) == (kind, on)]
    if not standing or not standing[0].wanted:
        raise NotAllowed(f"No {kind.value.removeprefix('sanction-')} of {case} is in force on them.")
    chosen = e.SanctionChosen(kind=kind, on=on, until=standing[0].until)
    wanted = heavy_acts([chosen], at=standing[0].since, details="SanctionLifted")
    first, used = by, tuple[e.Happened, ...]()
    stands = [approval(found, one, now) for one in wanted]
    if stands and stands[0].state is ApprovalState.ASKED:
        found = await deps.access.answer(case, wanted[0], by, granted=True, words=reasons)
        first, reasons = stands[0].asked_by, stands[0].words
        used = by_bot(ensure_approved(found, wanted, now), now)
    elif stands and stands[0].state is ApprovalState.GRANTED:
        # It was agreed to and a crash kept it from being done: either of the two gives the command again.
        if by.officer not in (stands[0].asked_by.officer, stands[0].given_by.officer):
            await deps.access.ensure_may(found, by, e.SanctionLifted)
        first, reasons = stands[0].asked_by, stands[0].words
        used = by_bot(ensure_approved(found, wanted, now), now)
    else:
        await deps.access.ensure_may(found, by, e.SanctionLifted)
        if wanted:
            return await deps.access.ask(case, wanted[0], by, reasons)
    what = e.SanctionLifted(kind=kind, on=on, reasons=reasons)
    lifted = await deps.cases.append(case, *used, e.Happened(at=now, by=first, what=what), version=found.version)
    return await bring_about(lifted, deps)


async def task_done(case: CaseId, task: str, words: str, by: By, deps: DecidingDeps) -> Case:
    """Record that somebody did by hand what was asked of them; raises `NotAllowed` where nothing was."""
    found = await case_named(case, deps)
    await deps.access.ensure_may(found, by, e.TaskDone)
    given = {one.what.task for one in found.of(e.TaskGiven) if isinstance(one.what, e.TaskGiven)}
    done = {one.what.task for one in found.of(e.TaskDone) if isinstance(one.what, e.TaskDone)}
    if task not in given:
        raise NotAllowed(f"{case} has no task {task}. hustings cases sanctions {case} shows those that are left.")
    if task in done:
        raise NotAllowed(f"{task} of {case} was done already.")
    what = e.TaskDone(task=task, words=words)
    return await deps.cases.append(case, e.Happened(at=deps.clock.now(), by=by, what=what), version=found.version)


def _heavy(case: Case, ruling: Ruling, at: datetime, register: PeopleRegister) -> tuple[Wanted, ...]:
    """Give what in a ruling takes a second person; what was imposed before and stays as it is does not."""
    shielded = {named.person for named in case.people if named.protected} | register.shielded
    standing: Sequence[e.SanctionChosen] = ()
    if isinstance(ruling, e.AppealDecided) and case.decision is not None:
        standing = case.decision.sanctions
    fresh = tuple(chosen for chosen in ruling.sanctions if replace(chosen, departure="") not in _plain(standing))
    return heavy_acts(fresh, at=at, protected=shielded, details=f"{type(ruling).__name__}\n{ruling.reasons}")


def _plain(sanctions: Sequence[e.SanctionChosen]) -> list[e.SanctionChosen]:
    return [replace(chosen, departure="") for chosen in sanctions]


def _ensure_still_possible(case: Case, ruling: Ruling, by: By, now: datetime) -> None:
    advance(case, e.Happened(at=now, by=by, what=ruling))
    for chosen in ruling.sanctions:
        if chosen.until is not None and chosen.until <= now:
            raise NotAllowed("The time of a sanction in it is over already. Whoever decides has to propose it anew.")
