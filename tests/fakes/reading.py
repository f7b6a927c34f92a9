"""A reader and a policy in miniature: two marker words instead of lexicons, four rules instead of a house policy."""

from dataclasses import replace

from policies.assess import Reader, overall
from policies.assessments import Assessment, Context
from policies.conditions.condition import Condition, compile_condition
from policies.decisions import Action, Mode, Severity
from policies.findings import Category, Finding, Span, Stance
from policies.rules import Policy, Rule
from policies.text.normalise import Normalised, Normaliser

SLUR = "vilewordly"
THREAT = "threatword"

_PLAIN = Normaliser(())
_KINDS = {
    SLUR: Finding(
        kind="slur",
        entry="marker",
        categories=(Category.IDENTITY_ATTACK, Category.INSULT),
        span=Span(0, 0),
        characteristic="religion",
    ),
    THREAT: Finding(kind="threat", entry="marker", categories=(Category.THREAT,), span=Span(0, 0)),
}


class ScriptedReader(Reader):
    """Finds the marker words, quoted ones as quoted; keeps the contexts it was given."""

    def __init__(self) -> None:
        self.contexts: list[Context] = []

    def read(self, text: str, context: Context | None = None) -> tuple[Normalised, Assessment]:
        """Give a finding for each marker word."""
        context = context or Context()
        self.contexts.append(context)
        findings = tuple(
            replace(
                finding,
                span=Span(at, at + len(word)),
                stance=Stance.QUOTE if text[at - 1 : at] == '"' else Stance.USE,
            )
            for word, finding in _KINDS.items()
            for at in _places(text.lower(), word)
        )
        stance = overall(tuple(finding.stance for finding in findings))
        return _PLAIN.normalise(text), Assessment(findings=findings, stance=stance, context=context)


def small_policy(version: int = 1) -> Policy:
    """Give a policy with one rule for each thing the handlers have to carry out."""
    rules = (
        _rule("slurs", 'used.exists(f, f.kind == "slur")', Action.HIDE, Action.NOTIFY_AUTHOR, Action.ALERT),
        _rule(
            "threats",
            'used.exists(f, f.kind == "threat")',
            *(Action.HIDE, Action.MUTE, Action.NOTIFY_AUTHOR, Action.OPEN_CASE, Action.ALERT),
            severity=Severity.CRITICAL,
            triage=3600,
        ),
        _rule("quoted", 'findings.exists(f, f.stance == "quote")', Action.OPEN_REPORT),
        _rule("scored", "scores.threat > 0.9", Action.ALERT),
    )
    return Policy.of(rules, name="Small", version=version, sha256=f"{version:064x}")


def crowd_policy() -> Policy:
    """Give a policy that slows a channel down for one marker word, and locks it for the other."""
    rules = (
        _rule("flood", 'used.exists(f, f.kind == "slur")', Action.SLOW_MODE, Action.ALERT),
        _rule("raid", 'used.exists(f, f.kind == "threat")', Action.LOCK, Action.ALERT),
    )
    return Policy.of(rules, name="Crowds", version=1, sha256=f"{7:064x}")


def _rule(
    name: str,
    when: str,
    *then: Action,
    severity: Severity = Severity.MEDIUM,
    triage: int | None = None,
) -> Rule:
    condition = compile_condition(when)
    assert isinstance(condition, Condition), condition
    return Rule(
        id=name,
        clause=f"Clause about {name}.",
        condition=condition,
        then=then,
        severity=severity,
        mode=Mode.ACT,
        triage_within_seconds=triage,
    )


def _places(text: str, word: str) -> list[int]:
    places, at = [], text.find(word)
    while at >= 0:
        places.append(at)
        at = text.find(word, at + 1)
    return places
