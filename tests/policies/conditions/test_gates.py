"""A gate may be open for nothing, and is never closed before a condition that holds or breaks."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from policies.assessments import Assessment
from policies.conditions.condition import Condition, compile_condition
from policies.conditions.gates import ANY_KIND, Gate
from policies.evaluate import ENGINE_ERRORS, holds
from policies.rules import RuleIndex
from tests.fakes.assessments import assessed, condition, finding, rule
from tests.policies.conditions.written import assessments, conditions


@pytest.mark.parametrize(
    ("source", "gate"),
    [
        pytest.param('used.exists(f, f.kind == "threat")', Gate(kinds=frozenset({"threat"})), id="one-kind"),
        pytest.param(
            'findings.exists(f, f.kind in ["threat", "slur"] && f.stance == "use")',
            Gate(kinds=frozenset({"threat", "slur"})),
            id="a-list-of-kinds",
        ),
        pytest.param(
            'used.exists(f, f.kind == "threat" || f.kind == "slur")',
            Gate(kinds=frozenset({"threat", "slur"})),
            id="either-kind",
        ),
        pytest.param('used.exists(f, f.kind != "threat")', Gate(kinds=ANY_KIND), id="all-but-one-kind"),
        pytest.param('used.filter(f, f.kind == "threat").size() > 1', Gate(kinds=frozenset({"threat"})), id="counted"),
        pytest.param(
            'stance == "use" && used.exists(f, f.kind == "threat")',
            Gate(kinds=frozenset({"threat"})),
            id="the-narrower-of-two",
        ),
        pytest.param("findings.size() > 0", Gate(kinds=ANY_KIND), id="anything-found"),
        pytest.param("scores.threat > 0.9", Gate(scores=frozenset({("threat", 0.9)})), id="a-score"),
        pytest.param("0.9 <= scores.threat", Gate(scores=frozenset({("threat", 0.9)})), id="a-score-turned-round"),
        pytest.param("scores.threat < 0.9", Gate(always=True), id="a-low-score-is-there-without-a-model"),
        pytest.param("context.is_edit", Gate(flags=frozenset({"is_edit"})), id="a-flag"),
        pytest.param("degraded", Gate(degraded=True), id="degraded"),
        pytest.param("false", Gate(), id="never"),
        pytest.param("findings.all(f, f.disguised)", Gate(always=True), id="all-of-nothing-holds"),
        pytest.param('findings[0].kind == "threat"', Gate(always=True), id="what-breaks-on-nothing"),
        pytest.param("!degraded", Gate(always=True), id="a-denial"),
    ],
)
def test_a_gate_asks_for_what_must_be_there(source: str, gate: Gate) -> None:
    assert condition(source).gate == gate


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=conditions, given_assessments=st.lists(assessments, min_size=1, max_size=3))
@example(
    source='findings.filter(g, g.categories[1] == "threat").exists(f, f.kind == "threat")',
    given_assessments=[assessed(finding("insult", categories=()))],
)
def test_a_condition_behind_a_closed_gate_is_false_and_does_not_break(
    source: str, given_assessments: list[Assessment]
) -> None:
    compiled = compile_condition(source)
    if not isinstance(compiled, Condition):
        return
    written = rule(source)
    index = RuleIndex.of((written,))
    for assessment in given_assessments:
        if index.candidates(assessment):
            continue
        try:
            assert holds(written, assessment) is False
        except ENGINE_ERRORS as error:
            pytest.fail(f"a skipped condition would have broken: {error!r}")
