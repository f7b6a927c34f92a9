"""Each rule says why it applies or not, without a word of the message."""

import pytest

from policies.assessments import Assessment
from policies.explain import trace_rules
from policies.findings import Scores, Stance
from tests.fakes.assessments import assessed, finding, policy, rule


@pytest.mark.parametrize(
    ("when", "assessment", "held", "why"),
    [
        ('used.exists(f, f.kind == "threat")', assessed(finding()), True, "Rule r applies: plain threat."),
        (
            'used.exists(f, f.kind == "threat")',
            assessed(finding(stance=Stance.QUOTE)),
            False,
            "Rule r does not apply: what was found does not fit its condition (plain threat, quoted).",
        ),
        (
            'used.exists(f, f.kind == "intimidation")',
            assessed(finding("intimidation", doubted=True)),
            False,
            "Rule r does not apply: the classifier sees no abuse here and doubted what was found "
            "(plain intimidation, doubted).",
        ),
        (
            'used.exists(f, f.kind == "intimidation" && f.certainty == "likely")',
            assessed(finding("intimidation", doubted=True)),
            False,
            "Rule r does not apply: what was found does not fit its condition (plain intimidation, doubted).",
        ),
        (
            'used.exists(f, f.kind in ["threat", "slur"])',
            assessed(finding("insult")),
            False,
            "Rule r does not apply: nothing was found of the kind it needs (slur or threat).",
        ),
        (
            "used.size() > 0",
            assessed(),
            False,
            "Rule r does not apply: nothing was found of the kind it needs (anything).",
        ),
        ("scores.threat > 0.9", assessed(), False, "Rule r does not apply: no classifier gave scores."),
        (
            "scores.threat > 0.9",
            assessed(scores=Scores(threat=0.5)),
            False,
            "Rule r does not apply: no score is high enough.",
        ),
        (
            "scores.threat > 0.9",
            assessed(scores=Scores(threat=0.95)),
            True,
            "Rule r applies: the classifier gives threat 0.95.",
        ),
        ("context.is_edit", assessed(), False, "Rule r does not apply: the message is not of that sort."),
        ("!context.is_edit", assessed(), True, "Rule r applies to messages of this sort."),
        (
            "!context.is_edit && !scored",
            assessed(scores=Scores()),
            False,
            "Rule r does not apply: its condition does not hold.",
        ),
        ("findings[0].disguised", assessed(), False, "Rule r broke (IndexError). Correct its `when`."),
    ],
)
def test_a_rule_says_why(when: str, assessment: Assessment, held: bool, why: str) -> None:
    (trace,) = trace_rules(assessment, policy(rule(when, name="r")))
    assert (trace.holds, trace.why) == (held, why)


def test_every_rule_is_told_in_the_order_of_the_file() -> None:
    written = policy(rule("scored", name="one"), rule("degraded", name="two"))
    assert [trace.rule.id for trace in trace_rules(assessed(), written)] == ["one", "two"]
