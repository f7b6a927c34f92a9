"""Which accounts are one person's: those of one entry of the register, and those that were linked since."""

from collections.abc import Iterable, Sequence

from policies.conversations.utterances import Member
from policies.identifiers import MemberId
from policies.people import Register


class Kin:
    """Gives one name to all accounts of a person; whoever is not known to have several stays who they are."""

    def __init__(self, register: Register | None = None) -> None:
        self._register = register or Register()
        self._linked: dict[Member, Member] = {}

    def link(self, groups: Iterable[Sequence[Member]]) -> None:
        """Take in which accounts are linked now, in place of what was known before."""
        linked: dict[Member, Member] = {}
        for group in groups:
            known = (self._registered(member) for member in group)
            name = next((one for one in known if one is not None), group[0])
            linked |= dict.fromkeys(group, name)
        self._linked = linked

    def of(self, member: Member) -> Member:
        """Give the one name of whoever is behind an account."""
        return self._linked.get(member) or self._registered(member) or member

    def _registered(self, member: Member) -> Member | None:
        person = self._register.person(MemberId(member[1]))
        return None if person is None else ("", person.id)
