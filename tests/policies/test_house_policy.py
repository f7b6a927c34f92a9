"""The shipped policy: it covers every detector, and keeps to the laws that the project set itself."""

import json
from importlib import resources

import jsonschema
import pytest
from ruamel.yaml import YAML

from policies.capabilities import CAPABILITIES
from policies.decisions import Action, Mode, Severity
from policies.evaluate import ON_MEMBERS, decide
from policies.findings import Aim, Certainty, Scores, Stance
from policies.identifiers import PlatformName
from policies.kinds import KINDS
from policies.lexicon_files import house_reader
from policies.load import house_policy, house_policy_bytes
from policies.policy_file import json_schema
from policies.rules import Policy
from tests.fakes.assessments import assessed, finding

MENTIONS = [stance for stance in Stance if stance is not Stance.USE]


@pytest.mark.parametrize("certainty", Certainty)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_and_certainty_has_one_rule_of_its_own(house: Policy, kind: str, certainty: Certainty) -> None:
    decision = decide(assessed(finding(kind, certainty=certainty)), house, mode=Mode.ACT)
    assert len(decision.rules) == 1
    assert (Action.REMIND if kind == "case-talk" else Action.ALERT) in decision.actions


@pytest.mark.parametrize("stance", MENTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mention_is_left_alone(house: Policy, kind: str, stance: Stance) -> None:
    assert decide(assessed(finding(kind, stance)), house, mode=Mode.ACT).actions == (Action.ALLOW,)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_only_likely_is_shown_to_a_person_and_nothing_more(house: Policy, kind: str) -> None:
    decision = decide(assessed(finding(kind, certainty=Certainty.LIKELY)), house, mode=Mode.ACT)
    # A crowd gets a case at once, because each of its messages alone is too little for anybody to open one.
    special = {"pile-on": (Action.ALERT, Action.OPEN_CASE), "case-talk": (Action.REMIND,)}
    expected = special.get(kind, (Action.ALERT,))
    assert decision.actions == expected


def test_nothing_touches_a_member_on_a_score_alone(house: Policy) -> None:
    highest = Scores(**dict.fromkeys(Scores().as_dict(), 1.0))
    assert decide(assessed(scores=highest), house, mode=Mode.ACT).actions == (Action.ALERT,)


def test_every_act_on_a_member_is_told_to_the_author_and_the_moderators(house: Policy) -> None:
    for rule in house.rules:
        if (ON_MEMBERS - {Action.REMIND}).intersection(rule.then):
            assert {Action.ALERT, Action.NOTIFY_AUTHOR} <= set(rule.then), rule.id


def test_grave_breaches_open_a_case_with_a_deadline(house: Policy) -> None:
    for rule in house.rules:
        # Whoever draws a reminder did nothing that anybody has to look at.
        assert rule.triage_within_seconds or rule.then == (Action.REMIND,), rule.id
        if rule.severity in (Severity.HIGH, Severity.CRITICAL) and ON_MEMBERS.intersection(rule.then):
            assert Action.OPEN_CASE in rule.then, rule.id
        if rule.severity is Severity.CRITICAL:
            assert rule.triage_within_seconds == 3600, rule.id


@pytest.mark.parametrize("characteristic", ["", "religion", "sex", "disability", "race", "age"])
@pytest.mark.parametrize("aim", Aim)
def test_the_same_words_get_the_same_answer_whoever_they_are_about(
    house: Policy, aim: Aim, characteristic: str
) -> None:
    for kind in KINDS:
        one = decide(assessed(finding(kind)), house, mode=Mode.ACT)
        other = decide(assessed(finding(kind, aim=aim, characteristic=characteristic)), house, mode=Mode.ACT)
        assert one.actions == other.actions


def test_the_shipped_rules_need_nothing_that_either_platform_lacks(house: Policy) -> None:
    for platform in PlatformName:
        for rule in house.rules:
            assert set(rule.then) <= CAPABILITIES[platform], (platform, rule.id)


def test_no_definition_is_built_in(house: Policy) -> None:
    assert house.definitions == ()


def test_the_shipped_file_is_written_for_people_to_edit() -> None:
    text = house_policy_bytes().decode()
    assert text.startswith("# yaml-language-server: $schema=policy.schema.json\n")
    assert all(f"\n#   {word}  " in text for word in ("id", "clause", "when", "then", "severity", "mode"))
    assert all(ord(letter) < 128 for letter in text)


def test_the_shipped_schema_is_the_one_the_models_give() -> None:
    kept = json.loads(resources.files("policies.house").joinpath("policy.schema.json").read_text(encoding="utf-8"))
    assert kept == json_schema()


def test_the_shipped_file_is_valid_by_its_schema() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(YAML(typ="safe", pure=True).load(house_policy_bytes()), schema)


def test_every_example_of_the_shipped_file_is_caught_or_left_as_it_says() -> None:
    house_policy(run_examples=house_reader())
