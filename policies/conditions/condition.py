"""Conditions ready to run: checked, compiled once, and told what they need."""

from dataclasses import dataclass, field

import cel

from policies.conditions.check import Mistake, check, compile_pattern
from policies.conditions.gates import Gate, gate_of
from policies.conditions.syntax import ConditionError, parse

_MATCHES = "matches_in_linear_time"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition without mistakes.

    `variables` and `finding_members` are all that it looks at; `gate` says when it need not be run.
    """

    source: str
    gate: Gate
    variables: frozenset[str]
    finding_members: frozenset[str]
    _program: cel.Program = field(repr=False, compare=False)

    def holds(self, activation: cel.Context) -> bool:
        """Work the condition out; raises what the engine raises, such as `IndexError`."""
        return self._program.execute(activation) is True


def compile_condition(source: str) -> Condition | tuple[Mistake, ...]:
    """Give a condition that can run, or every mistake in it."""
    try:
        tree = parse(source)
    except ConditionError as error:
        return (Mistake(error.at, str(error)),)
    checked = check(tree)
    if checked.mistakes:
        return tuple(checked.mistakes)
    try:
        program = cel.compile(_with_own_matches(source, checked.patterns))
    except (ValueError, TypeError, RuntimeError):
        return (Mistake(0, "the CEL engine cannot read this condition. Write it more simply."),)
    return Condition(
        source=source,
        gate=gate_of(tree),
        variables=frozenset(checked.variables),
        finding_members=frozenset(checked.finding_members),
        _program=program,
    )


def new_activation() -> cel.Context:
    """Give an activation with our functions and no variables yet."""
    return cel.Context(functions={_MATCHES: _matches})


def _matches(text: str, pattern: str) -> bool:
    return compile_pattern(pattern).search(text) is not None


def _with_own_matches(source: str, patterns: dict[int, str]) -> str:
    # The engine's own `matches` compiles its pattern anew for every item, by another dialect than was checked.
    for at in sorted(patterns, reverse=True):
        source = source[:at] + _MATCHES + source[at + len("matches") :]
    return source
