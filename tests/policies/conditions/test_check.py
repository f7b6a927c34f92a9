"""Every mistake in a condition is told in a sentence, with what to do, wherever it hides."""

import pytest
from syrupy.assertion import SnapshotAssertion

from policies.conditions.check import MAX_PATTERN
from policies.conditions.condition import Condition, compile_condition
from policies.conditions.syntax import MAX_DEPTH, MAX_LENGTH

MISTAKES = {
    "empty": "  ",
    "broken-off": "used.size() >",
    "bracket-left-open": '(stance == "use"',
    "quotation-left-open": 'stance == "use',
    "single-equals": 'stance = "use"',
    "python-and": 'scored and stance == "use"',
    "python-true": "scored == True",
    "stray-sign": "scored # really",
    "two-values": "scored degraded",
    "null": "scores.threat == null",
    "map": "{'a': 1}",
    "division": "scores.threat / 2 > 0.5",
    "number-with-letters": "2u == 2",
    "huge-number": "context.attachment_count > 99999999999999999999",
    "bad-escape": r'context.channel == "a\d"',
    "too-long": "scored || " * 300 + "scored",
    "too-deep": "(" * 40 + "scored" + ")" * 40,
    "unknown-name": "scroes.threat > 0.5",
    "the-text-itself": 'text.contains("bloody")',
    "unknown-member": "scores.threta > 0.5",
    "unknown-member-hidden": "false && scores.threta > 0.5",
    "unknown-member-of-item": 'findings.exists(f, f.knd == "threat")',
    "unknown-item": 'findings.exists(f, g.kind == "threat")',
    "unknown-function": "used.count() > 1",
    "unknown-kind": 'used.exists(f, f.kind == "threatt")',
    "unknown-kind-in-list": 'used.exists(f, f.kind in ["threat", "slurr"])',
    "unknown-stance": 'stance == "used"',
    "unknown-category": '"identity_attack" in categories',
    "unknown-aim": 'used.exists(f, f.aim == "me")',
    "unknown-certainty": 'used.exists(f, f.certainty == "certain")',
    "unknown-platform": 'context.platform == "teams"',
    "score-out-of-range": "scores.threat > 80",
    "not-a-bool": "scores.threat",
    "not-a-bool-list": "used",
    "not-a-bool-text": "stance",
    "half-not-a-bool": 'used.size() && stance == "use"',
    "denied-number": "!used.size()",
    "minus-bool": "-scored == 1",
    "compared-with-like": 'scores.threat == "high"',
    "words-of-two-sorts": "used.exists(f, f.kind == f.aim)",
    "text-order": 'stance < "use"',
    "mixed-sum": "scores.threat + 1 > 0.5",
    "list-as-a-whole": "findings == used",
    "list-has-no-member": 'findings.kind == "threat"',
    "text-has-no-member": "stance.kind == 'threat'",
    "member-in-brackets": 'scores["threat"] > 0.5',
    "index-with-text": 'findings["first"].disguised',
    "index-of-text": "stance[0] == 'u'",
    "in-text": '"use" in stance',
    "empty-list": "stance in []",
    "mixed-list": 'stance in ["use", 1]',
    "has": "has(scores.threat)",
    "macro-without-item": 'used.exists(f.kind == "threat")',
    "macro-as-function": "exists(used, f, true)",
    "macro-on-text": "stance.exists(c, c == 'u')",
    "macro-in-macro": "used.exists(f, f.categories.exists(c, c == 'threat'))",
    "macro-shadows": "used.exists(findings, true)",
    "macro-body": "used.exists(f, f.kind)",
    "too-many-walks": " || ".join(["used.exists(f, f.disguised)"] * 9),
    "size-of-number": "size(scores.threat) > 1",
    "size-of-two": "size(used, findings) > 1",
    "text-function-alone": 'contains("a", "b")',
    "contains-on-list": 'categories.contains("threat")',
    "starts-on-number": 'scores.threat.startsWith("0")',
    "pattern-not-written-out": "context.channel.matches(stance)",
    "pattern-look-around": 'context.channel.matches("(?<!x)general")',
    "pattern-back-reference": r'context.channel.matches(r"(a)\1")',
    "pattern-broken": 'context.channel.matches("(general")',
    "pattern-repeats": 'context.channel.matches("((a{1,100}){1,100})")',
    "pattern-huge": f'context.channel.matches("{"a" * (MAX_PATTERN + 1)}")',
    "pattern-too-much-memory": r'context.channel.matches("\\pL{1,900}")',
    "choice-of-two-sorts": "scored ? 1 : 'one'",
    "choice-without-test": "stance ? true : false",
}


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_the_wording_of_each_mistake(name: str, snapshot: SnapshotAssertion) -> None:
    compiled = compile_condition(MISTAKES[name])
    assert not isinstance(compiled, Condition)
    assert [f"{mistake.at + 1}: {mistake.what}" for mistake in compiled] == snapshot


def test_all_mistakes_of_a_condition_are_told_at_once() -> None:
    compiled = compile_condition('scroes.threat > 0.5 && stance == "used" && findings.exists(f, f.knd == "x")')
    assert not isinstance(compiled, Condition)
    assert [mistake.at for mistake in compiled] == [0, 33, 64]


def test_one_slip_is_told_once() -> None:
    compiled = compile_condition("scroes.threat + scroes.insult > 0.5 && !scroes.deep[0]")
    assert not isinstance(compiled, Condition)
    assert [mistake.at for mistake in compiled] == [0, 16, 40]
    assert len({mistake.what for mistake in compiled}) == 1


@pytest.mark.parametrize(
    "source",
    [
        " || ".join(["scored"] * (MAX_LENGTH // 10)),
        "(" * (MAX_DEPTH - 2) + "scored" + ")" * (MAX_DEPTH - 2),
        'used.exists(f, f.kind.startsWith("self"))',
        "size('four') == 4",
        "used.size() >= 1.5",
        '["use", "quote"].exists(s, s == stance)',
        "0xFF > context.attachment_count && 1e-2 > scores.threat",
        "scored == degraded",
    ],
)
def test_what_looks_odd_and_is_right_is_let_through(source: str) -> None:
    assert isinstance(compile_condition(source), Condition)
