"""Findings, assessments and policies as tests need them, made of the few words that matter to each."""

from policies.assessments import Assessment, Context
from policies.conditions.condition import Condition, compile_condition
from policies.decisions import Action, Mode, Severity
from policies.findings import Aim, Category, Certainty, Finding, Scores, Span, Stance
from policies.rules import Policy, Rule


def finding(kind: str = "threat", stance: Stance = Stance.USE, **given: object) -> Finding:
    """Give a finding of a kind; a plain one aimed at nobody unless told otherwise."""
    known: dict[str, object] = {"entry": "made/up", "categories": (Category.THREAT,), "span": Span(0, 4)}
    return Finding(kind=kind, stance=stance, **{**known, **given})  # type: ignore[arg-type] # the caller's words


def assessed(*findings: Finding, scores: Scores | None = None, context: Context | None = None) -> Assessment:
    """Give the assessment of a message with these findings."""
    stance = Stance.USE if not findings or any(f.stance is Stance.USE for f in findings) else findings[0].stance
    return Assessment(findings=findings, stance=stance, scores=scores, context=context or Context())


def condition(source: str) -> Condition:
    """Compile a condition that has no mistakes."""
    compiled = compile_condition(source)
    assert isinstance(compiled, Condition), compiled
    return compiled


def rule(when: str, *then: Action, name: str = "some-rule", mode: Mode = Mode.ACT) -> Rule:
    """Give a rule that alerts unless told otherwise."""
    return Rule(
        id=name,
        clause=f"Clause of {name}.",
        condition=condition(when),
        then=then or (Action.ALERT,),
        severity=Severity.MEDIUM,
        mode=mode,
    )


def policy(*rules: Rule) -> Policy:
    """Put rules together as a policy."""
    return Policy.of(rules, name="Made up", version=1, sha256="0" * 64)


PLAIN, LIKELY = Certainty.PLAIN, Certainty.LIKELY
READER = Aim.READER
