"""Rules and policies as they are applied: checked, compiled, versioned, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.assessments import Assessment
from policies.casework.clocks import ClockRules
from policies.casework.grid import SanctionRules
from policies.conditions.activation import CONTEXT
from policies.conditions.condition import Condition
from policies.conditions.gates import ANY_KIND
from policies.decisions import Action, Decision, Mode, PolicyVersion, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A message that a rule must catch, or must leave alone; `line` is where it stands in the file."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One clause of a policy: when it applies, and what then follows."""

    id: str
    clause: str
    condition: Condition
    then: tuple[Action, ...]
    severity: Severity
    mode: Mode
    triage_within_seconds: int | None = None
    match: tuple[Example, ...] = ()
    ignore: tuple[Example, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """Which rules can hold for an assessment, by what must be there first; numbers are places in the policy."""

    always: tuple[int, ...] = ()
    any_finding: tuple[int, ...] = ()
    by_kind: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    by_score: tuple[tuple[str, float, int], ...] = ()
    by_flag: tuple[tuple[str, int], ...] = ()
    when_degraded: tuple[int, ...] = ()

    @classmethod
    def of(cls, rules: tuple[Rule, ...]) -> "RuleIndex":
        """Sort rules by the gates of their conditions."""
        gates = [rule.condition.gate for rule in rules]
        numbered = list(enumerate(gates))
        return cls(
            always=tuple(n for n, gate in numbered if gate.always),
            any_finding=tuple(n for n, gate in numbered if gate.kinds == ANY_KIND),
            by_kind={kind: tuple(n for n, gate in numbered if kind in gate.kinds) for kind in sorted(ANY_KIND)},
            by_score=tuple((label, least, n) for n, gate in numbered for label, least in sorted(gate.scores)),
            by_flag=tuple((flag, n) for n, gate in numbered for flag in sorted(gate.flags)),
            when_degraded=tuple(n for n, gate in numbered if gate.degraded),
        )

    @classmethod
    def none(cls, rules: tuple[Rule, ...]) -> "RuleIndex":
        """Hold every rule open for every assessment."""
        return cls(always=tuple(range(len(rules))))

    def candidates(self, assessment: Assessment) -> set[int]:
        """Give the rules that may hold; a rule that is left out surely does not."""
        found = set(self.always)
        if assessment.findings:
            found.update(self.any_finding)
            for finding in assessment.findings:
                found.update(self.by_kind.get(finding.kind, ()))
        if assessment.scores is not None:
            scores = assessment.scores
            found.update(n for label, least, n in self.by_score if getattr(scores, label) >= least)
        if self.by_flag:
            context = assessment.context
            found.update(n for flag, n in self.by_flag if CONTEXT[flag](context))
        if assessment.degraded:
            found.update(self.when_degraded)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of one community, all of which are applied to every message."""

    name: str
    version: int
    sha256: str
    rules: tuple[Rule, ...]
    definitions: tuple[str, ...] = ()
    clocks: ClockRules = field(default_factory=ClockRules)
    sanctions: SanctionRules = field(default_factory=SanctionRules)
    index: RuleIndex = field(repr=False, compare=False)
    allowed: Decision = field(repr=False, compare=False)
    """What is decided of every message for which no rule holds; one object for all of them."""

    @classmethod
    def of(
        cls,
        rules: tuple[Rule, ...],
        *,
        name: str,
        version: int,
        sha256: str,
        definitions: tuple[str, ...] = (),
        clocks: ClockRules | None = None,
        sanctions: SanctionRules | None = None,
    ) -> "Policy":
        """Put rules together."""
        known_as = PolicyVersion(name=name, version=version, sha256=sha256)
        return cls(
            name=name,
            version=version,
            sha256=sha256,
            rules=rules,
            definitions=definitions,
            clocks=clocks or ClockRules(),
            sanctions=sanctions or SanctionRules(),
            index=RuleIndex.of(rules),
            allowed=Decision(actions=(Action.ALLOW,), rules=(), reasons=(), categories=(), policy=known_as),
        )

    @property
    def known_as(self) -> PolicyVersion:
        """What a decision says about the policy that made it."""
        return self.allowed.policy

    def clause_of(self, rule: str) -> str:
        """Give the clause of a rule, or an empty string where there is no such rule."""
        return next((one.clause for one in self.rules if one.id == rule), "")

    def candidates(self, assessment: Assessment) -> list[Rule]:
        """Give the rules that may hold for an assessment, in the order of the file."""
        return [self.rules[number] for number in sorted(self.index.candidates(assessment))]
