"""When a condition can be skipped: what must be there before it can possibly hold.

Working out one condition costs some tens of microseconds, mostly to hand the findings to the
engine, and hardly any message gives reason to. A gate errs on one side only: when in doubt it is open.
"""

import functools
import operator
from dataclasses import dataclass

from policies.conditions.tree import Binary, Call, Items, Literal, Logic, Macro, Member, Name, Node, Unary
from policies.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Gate:
    """Any one of these must be there before a condition can hold; an empty gate never opens.

    `scores` are labels with the least score that matters. `flags` are members of the context that
    must be true, or more than zero.
    """

    always: bool = False
    kinds: frozenset[str] = frozenset()
    scores: frozenset[tuple[str, float]] = frozenset()
    degraded: bool = False
    flags: frozenset[str] = frozenset()

    def __or__(self, other: "Gate") -> "Gate":
        """Open where either is open."""
        return Gate(
            always=self.always or other.always,
            kinds=self.kinds | other.kinds,
            scores=self.scores | other.scores,
            degraded=self.degraded or other.degraded,
            flags=self.flags | other.flags,
        )

    @property
    def width(self) -> tuple[bool, int]:
        """How often the gate will stand open, for choosing the narrower of two."""
        rare = 4 * len(self.scores) + 8 * self.degraded + 16 * len(self.flags)
        return self.always, len(self.kinds) + rare


OPEN = Gate(always=True)
NEVER = Gate()
ANY_KIND = frozenset(KINDS)
_NAMED = {
    "scored": Gate(scores=frozenset({("toxicity", float("-inf"))})),
    "degraded": Gate(degraded=True),
}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def gate_of(node: Node) -> Gate:  # noqa: PLR0911 - one for each form
    """Work out the gate of a checked condition."""
    match node:
        case Literal(value=False):
            return NEVER
        case Name(name=name) if name in _NAMED:
            return _NAMED[name]
        case Member(of=Name(name="context"), name=name):
            return Gate(flags=frozenset({name}))
        case Logic(operator="&&", parts=parts):
            return min((gate_of(part) for part in parts), key=lambda gate: gate.width)
        case Logic(parts=parts):
            return functools.reduce(operator.or_, (gate_of(part) for part in parts))
        case Macro(name="exists" | "exists_one", over=over, item=item, body=body) if _is_findings(over):
            return Gate(kinds=_kinds_of(body, item) & _kinds_in(over) if _is_sure(over) else ANY_KIND)
        case Binary():
            return _comparison_gate(node)
    return OPEN


def _comparison_gate(node: Binary) -> Gate:
    left, sign, right = node.left, node.operator, node.right
    if isinstance(left, Literal):
        left, sign, right = right, _FLIPPED.get(sign, sign), left
    if not (isinstance(right, Literal) and isinstance(right.value, int | float) and _fails_at_zero(sign, right.value)):
        return OPEN
    match left:
        case Member(of=Name(name="scores"), name=label):
            return Gate(scores=frozenset({(label, float(right.value))}))
        case Member(of=Name(name="context"), name=name):
            return Gate(flags=frozenset({name}))
        case Call(name="size", of=of, args=args) if _is_findings(of or args[0]):
            counted = of or args[0]
            return Gate(kinds=_kinds_in(counted) if _is_sure(counted) else ANY_KIND)
    return OPEN


def _fails_at_zero(sign: str, number: float) -> bool:
    """Whether a comparison is false for 0 on its left, as it is for whatever is not there."""
    return (sign == ">" and number >= 0) or (sign in (">=", "==") and number > 0) or (sign == "!=" and number == 0)


def _is_findings(node: Node) -> bool:
    match node:
        case Name(name="findings" | "used"):
            return True
        case Macro(name="filter", over=over):
            return _is_findings(over)
    return False


def _kinds_in(node: Node) -> frozenset[str]:
    """Give the kinds of which one must be there before a list of findings can hold anything."""
    if isinstance(node, Macro):
        return _kinds_of(node.body, node.item) & _kinds_in(node.over)
    return ANY_KIND


def _kinds_of(body: Node, item: str) -> frozenset[str]:
    """Give the kinds for which a condition on one finding can hold."""
    match body:
        case Logic(operator="&&", parts=parts):
            return frozenset.intersection(*(_kinds_of(part, item) for part in parts))
        case Logic(parts=parts):
            return frozenset.union(*(_kinds_of(part, item) for part in parts))
        case Binary(operator="==", left=Member(of=Name(name=name), name="kind"), right=Literal(value=str(kind))):
            return frozenset({kind}) if name == item else ANY_KIND
        case Binary(operator="==", left=Literal(value=str(kind)), right=Member(of=Name(name=name), name="kind")):
            return frozenset({kind}) if name == item else ANY_KIND
        case Binary(operator="in", left=Member(of=Name(name=name), name="kind"), right=Items(items=items)):
            words = [word.value for word in items if isinstance(word, Literal) and isinstance(word.value, str)]
            return frozenset(words) if name == item and len(words) == len(items) else ANY_KIND
    return ANY_KIND


def _is_sure(node: Node) -> bool:
    """Whether a list of findings can be worked out without an error, whatever is in it."""
    return not isinstance(node, Macro) or (not _can_fail(node.body) and _is_sure(node.over))


def _can_fail(node: Node) -> bool:
    """Whether working it out can end in an error: only counting into a list, or sums, can."""
    match node:
        case Logic(parts=parts) | Items(items=parts):
            return any(_can_fail(part) for part in parts)
        case Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">=" | "in", left=left, right=right):
            return _can_fail(left) or _can_fail(right)
        case Member(of=of) | Unary(operator="!", of=of):
            return _can_fail(of)
    return not isinstance(node, Literal | Name)
