"""The policy that is in force now, and how another takes its place."""

from collections.abc import Callable

from policies.problems import PolicyError, Problem
from policies.rules import Policy


class InForce:
    """Holds one community's policy; a policy with mistakes never takes its place."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    @property
    def policy(self) -> Policy:
        """Give the policy by which messages are judged now."""
        return self._policy

    def try_replace(self, load: Callable[[], Policy]) -> tuple[Problem, ...]:
        """Load another policy and put it in force; where it has mistakes, give them and keep the old one."""
        try:
            policy = load()
        except PolicyError as error:
            return error.problems
        self._policy = policy
        return ()
