"""Who people are to casework: an opaque id for each, the accounts behind it, and the officers who work on cases."""

from dataclasses import dataclass
from typing import NewType

from policies.casework.words import Office
from policies.identifiers import CommunityId, MemberId, PlatformName

PersonId = NewType("PersonId", str)
"""An opaque name for somebody, the same whatever account they use; it tells nothing and leads to nobody by itself."""

CaseId = NewType("CaseId", str)
ReportId = NewType("ReportId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account on one platform."""

    platform: PlatformName
    community: CommunityId
    member: MemberId

    def is_same(self, other: "Account | None") -> bool:
        """Whether another one is this very account; a member of two Discord servers has one."""
        if other is None or (self.platform, self.member) != (other.platform, other.member):
            return False
        return self.platform is PlatformName.DISCORD or self.community == other.community


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who works on cases: their offices, accounts, and the ties that may give them a stake.

    `id` is the name they are known under in the register, `logins` are other names they go by in the shell. Ties are
    words, compared whatever their case and spaces.
    """

    id: str
    name: str
    offices: frozenset[Office]
    person: PersonId | None = None
    accounts: tuple[Account, ...] = ()
    branch: str = ""
    slate: str = ""
    employer: str = ""
    external: bool = False
    logins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class By:
    """Who did something on a case: an officer in an office, or nobody named (the bot, a member)."""

    office: Office | None = None
    officer: str = ""


THE_BOT = By()
