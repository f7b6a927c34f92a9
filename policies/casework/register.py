"""The register of a community: the officers who work on cases, and the people who are protected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from policies.casework.people import Account, Officer, PersonId
from policies.casework.recusal import Bonds
from policies.casework.words import Office
from policies.identifiers import CommunityId, MemberId, PlatformName
from policies.people import Person
from policies.people import Register as Names

WORKED_IN = (Office.INTAKE, Office.INVESTIGATOR, Office.DECIDER, Office.APPEAL)
"""The offices that every case goes through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """A candidate, officer or campaigner: nobody else may borrow their name, nothing is done to them by one alone.

    `id` is the name they are known under in the register, `handles` are other names that are theirs, `fakes` pages and
    handles that were found to pass themselves off as them.
    """

    id: str
    name: str
    roles: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    fakes: tuple[str, ...] = ()
    person: PersonId | None = None
    bonds: Bonds = Bonds()  # noqa: RUF009 - frozen, so that all may share it


@dataclass(frozen=True, slots=True)
class PeopleRegister:
    """Who works on cases and who is protected; every officer is protected as well. Immutable."""

    officers: tuple[Officer, ...] = ()
    others: tuple[Protected, ...] = ()

    def officer(self, named: str) -> Officer | None:
        """Give the officer of an id."""
        return next((officer for officer in self.officers if officer.id == named), None)

    def officer_of(self, account: Account) -> Officer | None:
        """Give the officer behind an account."""
        return next((officer for officer in self.officers if account in officer.accounts), None)

    def officer_at_shell(self, name: str) -> Officer | None:
        """Give the officer who goes by a name in the shell."""
        return next((one for one in self.officers if name == one.id or name in one.logins), None)

    @property
    def protected(self) -> tuple[Protected, ...]:
        """Give everybody who is protected, each once."""
        named = {one.id: one for one in self.others}
        for officer in self.officers:
            known = named.get(officer.id)
            if known is None:
                named[officer.id] = Protected(
                    id=officer.id,
                    name=officer.name,
                    roles=("officer",),
                    accounts=officer.accounts,
                    person=officer.person,
                    bonds=bonds_of(officer),
                )
            else:
                accounts = tuple(dict.fromkeys((*known.accounts, *officer.accounts)))
                person = known.person or officer.person
                named[officer.id] = replace(known, accounts=accounts, person=person)
        return tuple(named.values())

    @property
    def shielded(self) -> frozenset[PersonId]:
        """Give the protected people by their opaque names, as far as these are known."""
        return frozenset(one.person for one in self.protected if one.person is not None)

    @property
    def bonds(self) -> dict[PersonId, Bonds]:
        """Give what is known of the bonds of those in the register."""
        found = {one.person: one.bonds for one in self.others if one.person is not None}
        return {**found, **{one.person: bonds_of(one) for one in self.officers if one.person is not None}}

    @property
    def people(self) -> dict[str, PersonId]:
        """Give the person behind every officer's id."""
        return {officer.id: officer.person for officer in self.officers if officer.person is not None}

    @property
    def names(self) -> Names:
        """Give the names that nobody else may borrow, as the detectors look them up."""
        return Names(
            Person(
                id=one.accounts[0].member if one.accounts else MemberId(f"register:{one.id}"),
                name=one.name,
                handles=one.handles,
                roles=one.roles,
                accounts=tuple(account.member for account in one.accounts),
                fakes=one.fakes,
            )
            for one in self.protected
        )

    def accounts(self) -> dict[str, tuple[Account, ...]]:
        """Give the accounts of everybody in the register by their id; all of one entry are one person's."""
        return {one.id: one.accounts for one in self.protected if one.accounts}

    def first_accounts(self) -> dict[MemberId, Account]:
        """Give the first account of everybody in the register, by each id under which they can be met."""
        found: dict[MemberId, Account] = {}
        for one in self.protected:
            nameless = MemberId(f"register:{one.id}")
            own = Account(platform=PlatformName.DISCORD, community=CommunityId(""), member=nameless)
            first = one.accounts[0] if one.accounts else own
            found |= {account.member: first for account in one.accounts or (own,)}
        return found

    def with_persons(self, persons: Mapping[str, PersonId]) -> "PeopleRegister":
        """Give the same register with the opaque names of its people, by their ids."""
        return PeopleRegister(
            tuple(replace(one, person=persons.get(one.id, one.person)) for one in self.officers),
            tuple(replace(one, person=persons.get(one.id, one.person)) for one in self.others),
        )

    def lacking(self) -> tuple[str, ...]:
        """Say which cases nobody could work on; empty if the offices are filled."""
        return tuple(_lacking(self.officers))


def bonds_of(officer: Officer) -> Bonds:
    """Give what an officer belongs to."""
    return Bonds(branch=officer.branch, slate=officer.slate, employer=officer.employer)


def _lacking(officers: tuple[Officer, ...]) -> Iterable[str]:
    inside = [officer for officer in officers if not officer.external]
    for office in WORKED_IN:
        if not any(office in officer.offices for officer in inside):
            yield f"Nobody holds the office {office.value}. Name at least one officer who does."
    able = [officer for officer in inside if officer.offices & set(WORKED_IN)]
    if 0 < len(able) < len(WORKED_IN):
        yield (
            f"A case goes through {len(WORKED_IN)} people, one in each of {', '.join(o.value for o in WORKED_IN)}, and"
            f" the register names {len(able)}. Name more, or cases will stand still."
        )
    if not any(officer.external for officer in officers):
        yield "There is no reviewer from outside (external: yes), so a case in which all have a stake stands still."
