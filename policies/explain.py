"""Why each rule of a policy holds for an assessment or does not, in sentences."""

from dataclasses import dataclass, replace

from policies.assessments import Assessment
from policies.conditions.gates import ANY_KIND
from policies.evaluate import ENGINE_ERRORS, describe, holds, why
from policies.findings import Finding
from policies.rules import Policy, Rule

_UNFIT = "what was found does not fit its condition"


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule, whether it holds, and why; no text of the message."""

    rule: Rule
    holds: bool
    why: str
    nothing_found: bool = False
    """Whether it does not hold because nothing was found of the kind that it needs."""


def trace_rules(assessment: Assessment, policy: Policy) -> tuple[RuleTrace, ...]:
    """Apply every rule by itself and say why it holds or not, in the order of the file."""
    return tuple(_trace(rule, assessment) for rule in policy.rules)


def _trace(rule: Rule, assessment: Assessment) -> RuleTrace:
    try:
        held = holds(rule, assessment)
    except ENGINE_ERRORS as error:
        return RuleTrace(rule, False, f"Rule {rule.id} broke ({type(error).__name__}). Correct its `when`.")
    if held:
        return RuleTrace(rule, True, why(rule, assessment))
    return RuleTrace(rule, False, _why_not(rule, assessment), nothing_found=_nothing_found(rule, assessment))


def _nothing_found(rule: Rule, assessment: Assessment) -> bool:
    gate = rule.condition.gate
    if gate.always or gate.scores or not gate.kinds:
        return False
    return not any(finding.kind in gate.kinds for finding in assessment.findings)


def _why_not(rule: Rule, assessment: Assessment) -> str:
    gate = rule.condition.gate
    start = f"Rule {rule.id} does not apply:"
    if gate.always:
        return f"{start} its condition does not hold."
    if gate.scores and assessment.scores is None:
        return f"{start} no classifier gave scores."
    if gate.scores:
        return f"{start} no score is high enough."
    if gate.kinds:
        if found := dict.fromkeys(_told(f) for f in assessment.findings if f.kind in gate.kinds):
            doubted = _holds_undoubted(rule, assessment)
            reason = "the classifier sees no abuse here and doubted what was found" if doubted else _UNFIT
            return f"{start} {reason} ({'; '.join(found)})."
        wanted = "anything" if gate.kinds == ANY_KIND else " or ".join(sorted(gate.kinds))
        return f"{start} nothing was found of the kind it needs ({wanted})."
    return f"{start} the message is not of that sort."


def _told(finding: Finding) -> str:
    return f"{describe(finding)}, doubted" if finding.doubted else describe(finding)


def _holds_undoubted(rule: Rule, assessment: Assessment) -> bool:
    """Whether a rule would hold if the classifier had doubted nothing."""
    if not any(finding.doubted for finding in assessment.findings):
        return False
    findings = tuple(replace(finding, doubted=False) for finding in assessment.findings)
    try:
        return holds(rule, replace(assessment, findings=findings))
    except ENGINE_ERRORS:
        return False
