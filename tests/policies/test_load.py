"""Policy files: every mistake at once, each with its line, and nothing half right is let through."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from policies.assessments import Assessment, Context
from policies.decisions import Action, Mode, Severity
from policies.load import house_policy_bytes, load_policy, parse_policy
from policies.problems import PolicyError, Problem
from tests.fakes.assessments import assessed, finding

GOOD = """\
policy: Party channels
version: 3
definitions: [equality-act-2010]
rules:
  - id: threat-of-violence
    clause: "2.1 Do not threaten anyone."
    when: findings.exists(f, f.kind == "threat") && stance == "use"
    then: [hide, alert, open-case]
    severity: critical
    triage-within: 1h
    mode: act
    examples:
      match: ["a threat"]
      ignore: ["we will fight them on every doorstep"]
  - id: anything
    clause: 2.2
    when: |
      used.size() > 0
        || scored
    then:
      - alert
"""

BAD = """\
policy:
verson: 3
version: three
definitions: Equality Act
rules:
  - id: threat-of-violence
    clause: "2.1 Do not threaten anyone."
    when: findings.exists(f, f.kind == "threatt") && stanse == "use"
    then: [hidee, alert]
    severity: severe
    triage-within: 1 hour
    mode: acting
    examples: {match: "see you", ignores: []}
  - id: threat-of-violence
    when: |
      scored &&
        scores.threta > 0.5
    then: hide
    whn: true
  - clause: "2.3 Something."
    when: used.size()
    then: []
    mode:
  - Not a rule
  - id: "Rule Seven!"
    clause: ""
    when: used.exists(f, f.entry.matches("(?<!a)b"))
    then: [allow, hide]
    severity: [low]
    examples: {match: [""], ignore: [[x]]}
    id: again
"""


class Reading:
    """Finds a threat in whatever has the word."""

    def read(self, text: str, context: Context | None = None) -> tuple[object, Assessment]:
        """Give one finding or none."""
        return None, assessed(finding("threat")) if "threat" in text else assessed()


def mistakes(text: str | bytes, reader: Reading | None = None) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text.encode() if isinstance(text, str) else text, file="party.yaml", run_examples=reader)
    return str(caught.value).splitlines()


def problems(data: bytes) -> tuple[Problem, ...]:
    """Give the mistakes of a file, or none where it is a policy."""
    try:
        policy = parse_policy(data, file="party.yaml")
    except PolicyError as refused:
        return refused.problems or pytest.fail("a refusal without a reason")
    return () if policy.rules else pytest.fail("a policy without rules")


def test_a_good_file_becomes_a_policy() -> None:
    policy = parse_policy(GOOD.encode(), file="party.yaml")
    assert (policy.name, policy.version, policy.definitions) == ("Party channels", 3, ("equality-act-2010",))
    assert policy.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    first, second = policy.rules
    assert first.then == (Action.ALERT, Action.OPEN_CASE, Action.HIDE)
    assert (first.severity, first.triage_within_seconds, first.mode) == (Severity.CRITICAL, 3600, Mode.ACT)
    assert [(example.text, example.line) for example in first.match] == [("a threat", 13)]
    assert (second.clause, second.mode, second.line) == ("2.2", Mode.OBSERVE, 15)


def test_every_mistake_of_a_file_is_told_at_once(snapshot: SnapshotAssertion) -> None:
    assert mistakes(BAD) == snapshot


def test_a_mistake_says_where_what_and_what_to_do() -> None:
    told = mistakes(GOOD.replace("[hide, alert, open-case]", "[hidee, alert]"))
    assert told == [
        "party.yaml:8: rule threat-of-violence: unknown action 'hidee'. Did you mean 'hide'? Use one of: allow, "
        "alert, open-report, open-case, notify-author, remind, slow-mode, lock, hold, hide, mute."
    ]


def test_a_mistake_in_a_block_of_lines_is_told_with_its_own_line() -> None:
    told = mistakes(GOOD.replace("|| scored", "|| scoerd"))
    assert told[0].startswith("party.yaml:19: rule anything: `when`, character 22: unknown name 'scoerd'.")


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n", "[]\n"])
def test_a_file_that_is_no_mapping_is_told_what_to_begin_with(text: str) -> None:
    assert mistakes(text) == [
        "party.yaml:1: the file must begin with `policy:`, `version:` and `rules:`. Start from the shipped policy file."
    ]


@pytest.mark.parametrize(
    ("written", "instead"),
    [("1h", "0h"), ("1h", "1w"), ("1h", "h"), ("version: 3", "version: 0"), ("version: 3", "version: 3.5")],
)
def test_values_that_cannot_be_are_refused_on_their_line(written: str, instead: str) -> None:
    told = mistakes(GOOD.replace(written, instead))
    assert len(told) == 1
    assert "cannot be" in told[0]


@pytest.mark.parametrize(("written", "seconds"), [("30m", 1800), ("1h", 3600), ("2d", 172_800)])
def test_triage_within_is_minutes_hours_or_days(written: str, seconds: int) -> None:
    policy = parse_policy(GOOD.replace("1h", written).encode(), file="party.yaml")
    assert policy.rules[0].triage_within_seconds == seconds


def test_hundreds_of_mistakes_are_not_all_printed() -> None:
    rules = "".join(f"  - id: r{n}\n    clause: c\n    when: wrong\n    then: [alert]\n" for n in range(150))
    told = mistakes(f"policy: p\nversion: 1\nrules:\n{rules}")
    assert len(told) == 101
    assert told[-1] == "... and 50 more."


def test_more_rules_than_a_policy_may_have_are_refused() -> None:
    rules = "".join(f"  - {{id: r{n}, clause: c, when: scored, then: [alert]}}\n" for n in range(201))
    assert mistakes(f"policy: p\nversion: 1\nrules:\n{rules}") == [
        "party.yaml:3: `rules` has more than 200 entries. Shorten it."
    ]


def test_examples_run_when_a_reader_is_given() -> None:
    assert parse_policy(GOOD.encode(), file="party.yaml", run_examples=Reading()).rules
    wrong = GOOD.replace('["a threat"]', '["a sunny day"]').replace("we will fight", "a threat to fight")
    assert mistakes(wrong, Reading()) == [
        "party.yaml:13: rule threat-of-violence: this `match` example is not matched. Found in it: nothing. "
        "Change the example or `when`.",
        "party.yaml:14: rule threat-of-violence: this `ignore` example is matched. Found in it: plain threat. "
        "Change the example or `when`.",
    ]


def test_an_example_on_which_the_condition_breaks_is_told() -> None:
    text = GOOD.replace("used.size() > 0", 'findings[1].kind == "threat"') + "    examples: {match: [a threat]}\n"
    assert mistakes(text, Reading())[0].startswith(
        "party.yaml:22: rule anything: `when` breaks on this example (IndexError)."
    )


def test_examples_do_not_run_in_a_file_with_other_mistakes() -> None:
    told = mistakes(GOOD.replace("a threat", "a sunny day").replace("stance ==", "stanse =="), Reading())
    assert len(told) == 1
    assert "unknown name 'stanse'" in told[0]


def test_a_file_is_read_from_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "party.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_policy(path).version == 3


@pytest.mark.parametrize("name", ["missing.yaml", "", "a\0b"])
def test_a_file_that_cannot_be_read_is_a_mistake_like_others(tmp_path: Path, name: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy(tmp_path / name if name else tmp_path)
    assert "the file cannot be read: " in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_the_file_may_be_json() -> None:
    text = json.dumps(
        {"policy": "p", "version": 1, "rules": [{"id": "a", "clause": "c", "when": "scored", "then": ["alert"]}]}
    )
    assert parse_policy(text.encode(), file="party.json").rules[0].id == "a"


YAMLISH = st.recursive(
    st.one_of(st.text(max_size=10), st.sampled_from(["hide", "alert", "scored", "1h", "act", "threat-of-violence"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from(["policy", "version", "rules", "definitions", "id", "clause", "when", "then"]),
                st.sampled_from(["severity", "mode", "triage-within", "examples", "match", "ignore"]),
                st.text(max_size=5),
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        YAMLISH.map(lambda value: json.dumps(value).encode()),
        st.lists(YAMLISH, max_size=3).map(
            lambda rules: json.dumps({"policy": "p", "version": 1, "rules": rules}).encode()
        ),
    )
)
def test_no_file_at_all_does_more_than_be_refused(data: bytes) -> None:
    for problem in problems(data):
        assert str(problem).startswith("party.yaml")
        assert problem.what.endswith((".", '."'))
        assert len(str(problem)) < 1000
        str(problem).encode()


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_house_policy_with_damage_done_to_it_is_refused_or_still_a_policy(data: st.DataObject) -> None:
    text = house_policy_bytes()
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 40))
    junk = data.draw(st.one_of(st.just(b""), st.binary(max_size=5), st.sampled_from([b"\t", b"'", b": ", b"- ", b"}"])))
    for problem in problems(text[:at] + junk + text[at + cut :]):
        assert str(problem).startswith("party.yaml")
