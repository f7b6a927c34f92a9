"""Taking up another policy: who proposes it, who agrees, and when it is in force (evidence.md R40, R47)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from handlers.casework.access import Access
from handlers.casework.ports import Cases
from handlers.ports import Clock
from policies.casework.adoption import (
    AdoptionStep,
    PolicyAdopted,
    PolicyAnswered,
    PolicyProposed,
    Standing,
    Taken,
    adopted,
    ensure_may_adopt,
    ensure_may_answer,
    ensure_may_propose,
    standing,
)
from policies.casework.case import NotAllowed
from policies.casework.four_eyes import VALID_FOR
from policies.casework.people import THE_BOT, By
from policies.casework.words import CaseState, Part
from policies.rules import Policy

NO_OFFICERS = (
    "There is no register of officers (casework.people), so a policy is taken up without a second person: the bot takes"
    " up the file of the settings when it starts, or on SIGHUP."
)


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy with the very bytes that it was read from."""

    policy: Policy
    text: bytes = field(repr=False)


class Adoptions(Protocol):
    """The kept steps by which policies came into force; each is a record of the log.

    Every method raises `EvidenceUnavailable` when the record could not be made or read.
    """

    async def all(self) -> Sequence[Taken]:
        """Give every step, oldest first."""

    async def keep(self, by: By, what: AdoptionStep, text: bytes) -> None:
        """Keep one more step, and the file that it is about."""

    async def text(self, sha256: str) -> bytes | None:
        """Give a file that was proposed or adopted, by the SHA-256 of its bytes in hex."""


@dataclass(frozen=True, slots=True)
class Adopting:
    """What taking up a policy is decided by. Without `access` there are no officers, and no second person."""

    adoptions: Adoptions
    cases: Cases
    clock: Clock
    access: Access | None = None


async def propose(file: PolicyFile, words: str, by: By, deps: Adopting) -> Standing:
    """Ask for a policy to take the place of the one in force; a second person has to agree."""
    access = _officers(deps)
    if not words.strip():
        raise NotAllowed("Say why, in words: the second person has to be able to judge it.")
    await _ensure_no_stake(by, access, deps)
    history, now, version = await deps.adoptions.all(), deps.clock.now(), file.policy.known_as
    ensure_may_propose(history, version, by, now)
    what = PolicyProposed(policy=version, words=words, expires_at=now + VALID_FOR)
    await deps.adoptions.keep(by, what, file.text)
    return standing(await deps.adoptions.all(), version, now)


async def answer(file: PolicyFile, words: str, by: By, deps: Adopting, *, granted: bool) -> Standing:
    """Give or refuse the second person's word on exactly this file."""
    access = _officers(deps)
    if not words.strip():
        raise NotAllowed("Say why you agree or refuse, in words.")
    await _ensure_no_stake(by, access, deps)
    history, now, version = await deps.adoptions.all(), deps.clock.now(), file.policy.known_as
    register = await access.register()
    ensure_may_answer(history, version, by, now, people=register.people)
    asked_by = standing(history, version, now).asked_by
    if granted and register.officer(asked_by.officer) is None:
        raise NotAllowed(
            f"{asked_by.officer}, who proposed this, is no officer of the register now, so that nobody can say whether"
            " you are two people. Somebody who is one proposes it again when it has expired, or another file."
        )
    await deps.adoptions.keep(by, PolicyAnswered(policy=version, granted=granted, words=words), file.text)
    return standing(await deps.adoptions.all(), version, now)


async def adopt(file: PolicyFile, deps: Adopting) -> bool:
    """Put on record that a policy is in force from here on; false if it was already.

    The first policy needs nobody's word, and none does where there are no officers. Raises `NotAllowed` with a
    sentence where two people have to agree and did not.
    """
    history = await deps.adoptions.all()
    current = adopted(history)
    if current is not None and current.sha256 == file.policy.sha256:
        return False
    if current is not None and deps.access is not None:
        ensure_may_adopt(history, file.policy.known_as, deps.clock.now())
    await deps.adoptions.keep(THE_BOT, PolicyAdopted(policy=file.policy.known_as), file.text)
    return True


def _officers(deps: Adopting) -> Access:
    if deps.access is None:
        raise NotAllowed(NO_OFFICERS)
    return deps.access


async def _ensure_no_stake(by: By, access: Access, deps: Adopting) -> None:
    """Refuse whoever is the subject of an open case: the rules that are changed may be those they are judged by.

    Only cases of which they were told count, so that nobody learns of a case by trying.
    """
    person = (await access.register()).people.get(by.officer)
    for case in await deps.cases.of_person(person) if person is not None else ():
        if case.is_open and case.state is not CaseState.RECEIVED and person in case.with_part(Part.SUBJECT):
            raise NotAllowed(
                f"{by.officer} is the subject of a case that is open, and takes no part in a change of the rules until"
                " it is over. Somebody else has to."
            )
