"""Who gets to a case: looking, acting, taking an office, standing aside, what outsiders try (evidence.md R39-R42)."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.casework.deadlines import PostHolders
from handlers.casework.ports import Alarms, CaseChanged, Cases
from handlers.ports import Clock, Incidents, Notice
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.duties import Duty, duty_of, may
from policies.casework.four_eyes import VALID_FOR, Wanted, approval, digest, ensure_may_ask, ensure_may_give
from policies.casework.people import THE_BOT, Account, By, CaseId, Officer, PersonId
from policies.casework.recusal import (
    DECLARED,
    KEPT_OUT,
    Choice,
    Ties,
    choose,
    conflicts,
    noted,
    offices_held,
    people_of,
)
from policies.casework.register import WORKED_IN, PeopleRegister
from policies.casework.seen import as_seen
from policies.casework.words import ConflictKind, Office

_EVERY_CASE = (Office.AUDITOR, Office.ADMIN)
"""Offices that see every case in which they have no stake."""

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDeps:
    """What access is decided by. Without `incidents` nobody counts as having posted around a message."""

    cases: Cases
    alarms: Alarms
    clock: Clock
    register: PeopleRegister
    holders: PostHolders
    incidents: Incidents | None = None


class Access:
    """Decides about every look and every act anew, by the record and the register as they are at that moment.

    What is refused raises `NotAllowed` with a sentence that tells nothing of the case.
    """

    def __init__(self, deps: AccessDeps) -> None:
        self._deps = deps
        self._cases = deps.cases

    async def link_accounts(self) -> None:
        """Put on record that all accounts of one entry of the register are one person's; run at the start."""
        for accounts in self._deps.register.accounts().values():
            for other in accounts[1:]:
                if await self._cases.person(accounts[0]) != await self._cases.person(other):
                    await self._cases.link(accounts[0], other, "register")

    async def register(self) -> PeopleRegister:
        """Give the register with the opaque names of its people, as their accounts are linked now."""
        accounts = self._deps.register.accounts()
        persons = {name: await self._cases.person(of[0]) for name, of in accounts.items()}
        return self._deps.register.with_persons(persons)

    async def view(self, case: CaseId, by: By) -> Case:
        """Give a case as its reader may see it, once the look is on record; a refused one is on record as well."""
        found = await self._cases.get(case)
        if found is None:
            raise _not_yours(case)
        if await self._may_look(found, by):
            await self._cases.note_view(case, by)
            return as_seen(found, by.office or Office.OPERATOR)
        if by.officer:
            await self._note_refusal(found, by)
        raise _not_yours(case)

    async def may_view(self, case: Case, by: By) -> bool:
        """Whether somebody may see a case; for lists, where what is left out is no refused attempt."""
        return await self._may_look(case, by)

    async def ensure_may(self, case: Case, by: By, what: type[e.CaseEvent] | Duty) -> None:
        """Refuse an act to whoever may not see the case, or may not act so in their office."""
        duty = what if isinstance(what, Duty) else duty_of(what)
        if not await self._may_look(case, by):
            raise _not_yours(case.id)
        if duty is not None and (by.office is None or not may(by.office, duty)):
            able = ", ".join(office.value for office in Office if may(office, duty))
            raise NotAllowed(f"That is not for the office {by.office}. It is for: {able}.")
        officer = await self._officer(by)
        if officer is None or await self.stakes(officer, case, office=by.office):
            raise NotAllowed(f"{by.officer} has another office in {case.id}, and nobody acts in two.")

    async def choice(self, case: Case, office: Office) -> Choice:
        """Give who can take an office in a case."""
        register = await self.register()
        history, ties = await self._known(case, register)
        return choose(office, register.officers, case, history, ties)

    async def assign(self, case: CaseId, office: Office, by: By, *, officer: str = "") -> Case:
        """Give an office in a case to an officer, or to whom the lot names.

        Where nobody is left, not even from outside, the case says so and the alarm is raised.
        """
        found = await self._found(case)
        await self.ensure_may(found, by, e.Assigned)
        chosen = await self.choice(found, office)
        taker = next((able for able in chosen.able if able.id == officer), None) if officer else chosen.first
        if taker is None and officer and chosen.able:
            raise NotAllowed(
                f"{officer} cannot be {office.value} in {case}: they do not hold that office, have another one in this"
                " case, or must not take part. Leave the name out, and somebody who can is drawn by lot."
            )
        now = self._deps.clock.now()
        if taker is not None:
            what: e.CaseEvent = e.Assigned(office=office, officer=taker.id)
            return await self._cases.append(case, e.Happened(at=now, by=by, what=what), version=found.version)
        holder = f"{self._deps.holders.reviewer}, {self._deps.holders.leadership}"
        what = e.OfficeUnfilled(office=office, told=holder)
        kept = await self._cases.append(case, e.Happened(at=now, by=by, what=what), version=found.version)
        await self._deps.alarms.tell(holder, _nobody_left(case, office))
        return kept

    async def declare(self, case: CaseId, by: By, kind: ConflictKind, words: str = "") -> Case:
        """Let an officer stand aside, whether they could see the case or not."""
        if kind not in DECLARED or not by.officer:
            raise NotAllowed(f"What can be declared is: {', '.join(kind.value for kind in DECLARED)}.")
        if kind is ConflictKind.DECLARED and not words.strip():
            raise NotAllowed("Say in a few words what the stake is; only the auditor reads them.")
        if self._deps.register.officer(by.officer) is None:
            raise NotAllowed(f"{by.officer} is no officer of the register.")
        found = await self._found(case)
        what = e.ConflictNoted(officer=by.officer, kind=kind, words=words)
        return await self._note(found, by, what)

    async def recuse_whoever_must(self, case: CaseId) -> Case:
        """Take the offices from those who by now have a stake; run whenever somebody new comes into a case."""
        found = await self._found(case)
        register = await self.register()
        history, ties = await self._known(found, register)
        for _, name in sorted(offices_held(found)):
            officer = register.officer(name)
            if officer is None or name in found.recused:
                continue
            kinds = conflicts(officer, found, history, ties)
            if kinds:
                found = await self._note(found, THE_BOT, e.ConflictNoted(officer=name, kind=noted(kinds[0])))
        return found

    async def ask(self, case: CaseId, wanted: Wanted, by: By, words: str) -> Case:
        """Ask for a second person's word on one exact act."""
        found, now = await self._found(case), self._deps.clock.now()
        await self.ensure_may(found, by, e.ApprovalAsked)
        if not words.strip():
            raise NotAllowed("Say why, in words: the second person has to be able to judge it.")
        ensure_may_ask(found, wanted, by, now)
        what = e.ApprovalAsked(act=wanted.act, words=words, expires_at=now + VALID_FOR, digest=digest(found, wanted))
        return await self._cases.append(case, e.Happened(at=now, by=by, what=what), version=found.version)

    async def answer(self, case: CaseId, wanted: Wanted, by: By, *, granted: bool, words: str = "") -> Case:
        """Give or refuse a second person's word on one exact act."""
        found, now = await self._found(case), self._deps.clock.now()
        await self.ensure_may(found, by, e.ApprovalGiven)
        if not granted and not words.strip():
            raise NotAllowed("Say why it is refused, in words: a refusal ends it.")
        register = await self.register()
        officer = register.officer(by.officer)
        recused = officer is None or bool(await self.stakes(officer, found))
        ensure_may_give(found, wanted, by, now, people=register.people, recused=recused)
        asker = register.officer(approval(found, wanted, now).asked_by.officer)
        if granted and (asker is None or await self.stakes(asker, found)):
            raise NotAllowed(f"Whoever asked for this can no longer take part in {case}. Somebody else has to ask.")
        what = e.ApprovalGiven(act=wanted.act, granted=granted, words=words, digest=digest(found, wanted))
        return await self._cases.append(case, e.Happened(at=now, by=by, what=what), version=found.version)

    async def log_contact(self, case: CaseId, by: By, *, who: str, how: str, words: str) -> Case:
        """Keep that somebody outside the case tried to have a say in it."""
        if not who.strip() or not how.strip() or not words.strip():
            raise NotAllowed("Say who it was, how they came (a call, a letter, in the corridor), and what they wanted.")
        found = await self._found(case)
        await self.ensure_may(found, by, e.ContactLogged)
        what = e.ContactLogged(who=who, how=how, words=words)
        happened = e.Happened(at=self._deps.clock.now(), by=by, what=what)
        return await self._cases.append(case, happened, version=found.version)

    async def stakes(self, officer: Officer, case: Case, *, office: Office | None = None) -> tuple[ConflictKind, ...]:
        """Give why an officer may not touch a case, or not in that office; for deciding by, never for showing."""
        register = await self.register()
        history, ties = await self._known(case, register)
        known = register.officer(officer.id) or officer
        return conflicts(known, case, history, ties, office=office)

    async def whom_to_tell(self, holders: str, case: Case) -> str:
        """Give those of some post-holders, with commas between them, who have no stake in a case.

        Where all have one it is the first of the other post-holders without; nobody where there is none. A post in
        words, of which the register knows no officer, has no stake.
        """
        posts, found = self._deps.holders, []
        for name in (one.strip() for one in holders.split(",")):
            if name and not await self._has_stake(name, case):
                found.append(name)
        if found:
            return ", ".join(found)
        for name in (posts.breaches, *posts.reviewer.split(","), *posts.leadership.split(",")):
            if name.strip() and not await self._has_stake(name.strip(), case):
                return name.strip()
        return ""

    async def _has_stake(self, name: str, case: Case) -> bool:
        officer = self._deps.register.officer(name)
        return officer is not None and bool(await self.stakes(officer, case))

    async def _may_look(self, case: Case, by: By) -> bool:
        officer = await self._officer(by)
        if officer is None or by.office is None or not may(by.office, Duty.VIEW):
            return False
        return _has_business(case, by.office, officer) and not await self.stakes(officer, case)

    async def _officer(self, by: By) -> Officer | None:
        """Give whoever acts, if the register or the case gives them that office."""
        officer = self._deps.register.officer(by.officer)
        if officer is None or by.office is None:
            return None
        outside = officer.external and Office.REVIEWER in officer.offices and by.office in WORKED_IN
        return officer if by.office in officer.offices or outside else None

    async def _found(self, case: CaseId) -> Case:
        found = await self._cases.get(case)
        if found is None:
            raise _not_yours(case)
        return found

    async def _note_refusal(self, case: Case, by: By) -> None:
        """Record a refused look; somebody who works on the case at that moment keeps nobody from being recorded."""
        refused = e.Happened(at=self._deps.clock.now(), by=by, what=e.ViewRefused(officer=by.officer))
        for _ in range(_ATTEMPTS):
            try:
                await self._cases.append(case.id, refused, version=case.version)
            except CaseChanged:
                case = await self._found(case.id)
                continue
            return
        raise CaseChanged(f"{case.id} is being worked on so much that nothing could be added.")

    async def _note(self, case: Case, by: By, what: e.ConflictNoted) -> Case:
        happened = e.Happened(at=self._deps.clock.now(), by=by, what=what)
        return await self._cases.append(case.id, happened, version=case.version)

    async def _known(self, case: Case, register: PeopleRegister) -> tuple[Sequence[Case], Ties]:
        """Give the other cases of those in this one and of the officers, and what is known of them besides."""
        named = set(people_of(case)) | set(register.people.values())
        history = {one.id: one for person in sorted(named) for one in await self._cases.of_person(person)}
        history.pop(case.id, None)
        everybody = named | {person for one in history.values() for person in people_of(one)}
        renamed = {person: await self._name_now(person) for person in everybody}
        ties = Ties(
            bonds=register.bonds,
            officers=register.people,
            posted=await self._posted(case),
            renamed={old: new for old, new in renamed.items() if old != new},
        )
        return tuple(history.values()), ties

    async def _name_now(self, person: PersonId) -> PersonId:
        accounts = await self._cases.accounts(person)
        return await self._cases.person(accounts[0]) if accounts else person

    async def _posted(self, case: Case) -> frozenset[PersonId]:
        """Give those who posted around the messages of the case, as far as that is on record."""
        found: set[PersonId] = set()
        for name in case.incidents if self._deps.incidents is not None else ():
            assert self._deps.incidents is not None
            incident = await self._deps.incidents.get(name)
            if incident is None:
                continue
            ref = incident.event.ref
            around = await self._deps.incidents.context(name)
            members = {near.author for look in around for near in (*look.before, *look.after) if near.author}
            for member in members:
                account = Account(platform=ref.platform, community=ref.community, member=member)
                found.add(await self._cases.person(account))
        return frozenset(found)


def _has_business(case: Case, office: Office, officer: Officer) -> bool:
    """Whether an office leads to this case: assigned, not yet assigned to anybody, or over all cases."""
    if office in _EVERY_CASE:
        return True
    if office is Office.REVIEWER:
        return bool(case.of(e.CaseEscalated) or case.of(e.OfficeUnfilled) or _waits_for_a_second(case))
    holder = case.in_office(office)
    return holder == officer.id or (office is Office.INTAKE and office in officer.offices and not holder)


def _waits_for_a_second(case: Case) -> bool:
    waiting: set[str] = set()
    for one in case.history:
        if isinstance(one.what, e.ApprovalAsked):
            waiting.add(one.what.digest)
        elif isinstance(one.what, e.ApprovalGiven):
            waiting.discard(one.what.digest)
    return bool(waiting)


def _not_yours(case: CaseId) -> NotAllowed:
    """Say the same to everybody, whether there is such a case or not, and whatever keeps them from it."""
    return NotAllowed(f"{case} is not yours to see. {KEPT_OUT}")


def _nobody_left(case: CaseId, office: Office) -> Notice:
    return Notice(
        title=f"Nobody can be {office.value} in {case}",
        paragraphs=(
            f"Everybody who could be {office.value} has a stake in {case} or another office in it, from outside the"
            " party as well.",
            "The case stands still until somebody without a stake is named: add them to the register of officers"
            " (casework.people) with `external: yes`.",
        ),
    )
