"""The versions of a community's rules, each from when it was in force: none is applied to what came before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from policies.casework.case import NotAllowed
from policies.decisions import PolicyVersion
from policies.rules import Policy

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of the rules, and since when it was in force."""

    since: datetime
    policy: Policy


class PolicyBook:
    """Every version that is on file, oldest first."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        self.editions = tuple(sorted(editions, key=lambda edition: edition.since))

    @classmethod
    def of(cls, policy: Policy) -> "PolicyBook":
        """Hold the one version that there has ever been."""
        return cls([Edition(ALWAYS, policy)])

    @property
    def newest(self) -> Policy:
        """Give the version in force now."""
        return self.editions[-1].policy

    def at(self, moment: datetime) -> Policy:
        """Give the version in force at a moment; raises `NotAllowed` where none of then is on file."""
        found = [edition.policy for edition in self.editions if edition.since <= moment]
        if not found:
            first = self.editions[0]
            raise NotAllowed(
                f"The oldest rules on file are from {first.since:%Y-%m-%d}, and this happened on {moment:%Y-%m-%d}."
                " Nobody is judged by rules that came later: put the rules of that time into the folder of policies."
            )
        return found[-1]

    def of_version(self, version: PolicyVersion) -> Policy:
        """Give the very file by which something was judged; raises `NotAllowed` where it is not on file."""
        for edition in self.editions:
            if edition.policy.sha256 == version.sha256:
                return edition.policy
        raise NotAllowed(
            f"This happened under {version.name}, version {version.version} (SHA-256 {version.sha256[:12]}…), and that"
            " file is not in the folder of policies. Nobody is judged by rules that came later: put it there."
        )
