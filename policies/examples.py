"""Trying the examples in a policy: whether each rule catches and leaves alone what it says it does."""

from typing import Protocol

from policies.assessments import Assessment, Context
from policies.evaluate import ENGINE_ERRORS, describe, holds
from policies.problems import Problem
from policies.rules import Example, Policy, Rule


class Reads(Protocol):
    """Whatever gives an assessment of a text, such as `policies.assess.Reader`."""

    def read(self, text: str, context: Context | None = None) -> tuple[object, Assessment]:
        """Give the views of a text and what was found in it."""


def try_examples(policy: Policy, reader: Reads, file: str) -> list[Problem]:
    """Try every example of every rule; gives one problem for each that fails."""
    problems = []
    for rule in policy.rules:
        for wanted, examples in ((True, rule.match), (False, rule.ignore)):
            for example in examples:
                problem = _try(rule, example, wanted, reader)
                if problem:
                    problems.append(Problem(file, example.line, problem, f"rule {rule.id}"))
    return problems


def _try(rule: Rule, example: Example, wanted: bool, reader: Reads) -> str:
    _, assessment = reader.read(example.text)
    try:
        held = holds(rule, assessment)
    except ENGINE_ERRORS as error:
        return f"`when` breaks on this example ({type(error).__name__}). Correct `when`."
    if held == wanted:
        return ""
    found = "; ".join(dict.fromkeys(describe(finding) for finding in assessment.findings)) or "nothing"
    if wanted and rule.condition.gate.scores:
        return "`when` asks for a score, and examples are tried without a classifier. Take the example out."
    if wanted:
        return f"this `match` example is not matched. Found in it: {found}. Change the example or `when`."
    return f"this `ignore` example is matched. Found in it: {found}. Change the example or `when`."
