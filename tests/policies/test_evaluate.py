"""Decisions: every rule counts, the strictest restriction stands, and what is not done is said."""

import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.assessments import NOT_READ_WHOLE, Assessment, Context
from policies.conditions.condition import Condition, compile_condition
from policies.decisions import VERDICTS, Action, Mode
from policies.evaluate import ON_MEMBERS, decide
from policies.findings import Category, Scores, Span, Stance
from policies.identifiers import PlatformName
from policies.rules import Policy, Rule, RuleIndex
from tests.fakes.assessments import LIKELY, READER, assessed, finding, policy, rule
from tests.policies.conditions.written import assessments, conditions

THREAT = 'used.exists(f, f.kind == "threat")'
INSULT = 'used.exists(f, f.kind == "insult")'
EVERYTHING = frozenset(Action)


def both() -> Assessment:
    """Give a message with a threat and an insult in it."""
    return assessed(finding("threat", aim=READER), finding("insult", categories=(Category.INSULT,)))


def test_the_decision_is_all_that_follows_and_cites_every_clause() -> None:
    decision = decide(
        both(),
        policy(
            rule(THREAT, Action.HIDE, Action.OPEN_CASE, name="threats"),
            rule(INSULT, Action.ALERT, Action.NOTIFY_AUTHOR, name="insults"),
            rule('used.exists(f, f.kind == "slur")', Action.MUTE, name="slurs"),
        ),
        mode=Mode.ACT,
    )
    assert decision.actions == (Action.ALERT, Action.OPEN_CASE, Action.NOTIFY_AUTHOR, Action.HIDE)
    assert decision.action is Action.HIDE
    assert [(match.rule, match.clause) for match in decision.rules] == [
        ("threats", "Clause of threats."),
        ("insults", "Clause of insults."),
    ]
    assert decision.categories == (Category.THREAT, Category.INSULT)
    assert decision.reasons == (
        "Rule threats applies: plain threat, aimed at the reader.",
        "Rule insults applies: plain insult.",
    )


def test_hidden_is_not_also_held() -> None:
    decision = decide(both(), policy(rule(THREAT, Action.HOLD), rule(INSULT, Action.HIDE)), mode=Mode.ACT)
    assert decision.actions == (Action.HIDE,)


def test_muting_does_not_replace_hiding() -> None:
    decision = decide(both(), policy(rule(THREAT, Action.MUTE), rule(INSULT, Action.HIDE)), mode=Mode.ACT)
    assert decision.actions == (Action.HIDE, Action.MUTE)
    assert decision.action is Action.MUTE


def test_a_rule_that_allows_gives_way_to_any_that_does_not() -> None:
    allowing = rule("findings.size() > 0", Action.ALLOW, name="left-alone")
    assert decide(both(), policy(allowing), mode=Mode.ACT).actions == (Action.ALLOW,)
    assert decide(both(), policy(allowing, rule(INSULT)), mode=Mode.ACT).actions == (Action.ALERT,)


def test_a_message_without_findings_gets_the_one_shared_answer() -> None:
    made_up = policy(rule(THREAT, Action.HIDE), rule("scores.threat > 0.9"))
    assert decide(assessed(), made_up, mode=Mode.ACT) is made_up.allowed
    assert decide(assessed(scores=Scores(threat=0.2)), made_up, mode=Mode.ACT) is made_up.allowed
    assert made_up.allowed.actions == (Action.ALLOW,)
    assert made_up.allowed.policy.name == "Made up"


def test_an_allowed_message_still_says_what_was_missing() -> None:
    degraded = replace(assessed(), degraded=("classifier: no answer in time",))
    decision = decide(degraded, policy(rule(THREAT)), mode=Mode.ACT)
    assert (decision.actions, decision.degraded) == ((Action.ALLOW,), ("classifier: no answer in time",))


def test_a_mention_carries_no_category_and_matches_no_rule_about_use() -> None:
    told = assessed(finding("threat", Stance.REPORT))
    decision = decide(told, policy(rule(THREAT, Action.HIDE)), mode=Mode.ACT)
    assert (decision.actions, decision.categories) == ((Action.ALLOW,), ())


def test_a_rule_may_open_a_report_for_a_mention() -> None:
    asking = rule('findings.exists(f, f.kind == "threat" && f.stance == "report")', Action.OPEN_REPORT, name="told")
    decision = decide(assessed(finding("threat", Stance.REPORT)), policy(asking), mode=Mode.ACT)
    assert (decision.actions, decision.categories) == ((Action.OPEN_REPORT,), ())
    assert decision.reasons == ("Rule told applies: plain threat, reported.",)


@pytest.mark.parametrize(
    ("community", "own"), [(Mode.OBSERVE, Mode.ACT), (Mode.ACT, Mode.OBSERVE), (Mode.OBSERVE, Mode.OBSERVE)]
)
def test_observing_touches_no_member_and_says_what_was_kept_back(community: Mode, own: Mode) -> None:
    asking = rule(THREAT, Action.HIDE, Action.NOTIFY_AUTHOR, Action.OPEN_CASE, mode=own)
    decision = decide(both(), policy(asking), mode=community)
    assert decision.actions == (Action.ALERT, Action.OPEN_CASE)
    assert decision.withheld == (Action.NOTIFY_AUTHOR, Action.HIDE)
    assert [match.mode for match in decision.rules] == [Mode.OBSERVE]
    assert decision.rules[0].asked == asking.then
    assert any("hide was not done" in reason for reason in decision.reasons)


def test_what_one_rule_does_is_not_withheld_by_another() -> None:
    acting = rule(THREAT, Action.HIDE, name="acting")
    trying = rule(INSULT, Action.HOLD, Action.HIDE, Action.MUTE, name="trying", mode=Mode.OBSERVE)
    decision = decide(both(), policy(acting, trying), mode=Mode.ACT)
    assert decision.actions == (Action.ALERT, Action.HIDE)
    assert decision.withheld == (Action.MUTE,)
    assert decision.reasons[-1] == "Only in observe mode: mute was not done (trying)."


def test_what_a_platform_cannot_do_becomes_an_alert_with_a_reason() -> None:
    asking = rule(THREAT, Action.MUTE, Action.OPEN_CASE)
    slack = replace(both(), context=Context(platform=PlatformName.SLACK))
    decision = decide(slack, policy(asking), mode=Mode.ACT, can=EVERYTHING - {Action.MUTE})
    assert decision.actions == (Action.ALERT, Action.OPEN_CASE)
    assert decision.withheld == ()
    assert decision.reasons[-1] == "Slack cannot mute the author here, so moderators are alerted instead."


def test_alerts_and_cases_need_nothing_of_the_platform() -> None:
    asking = rule(THREAT, Action.ALERT, Action.OPEN_CASE, Action.OPEN_REPORT)
    decision = decide(both(), policy(asking), mode=Mode.ACT, can=frozenset())
    assert decision.actions == (Action.ALERT, Action.OPEN_REPORT, Action.OPEN_CASE)


def test_a_rule_that_breaks_is_an_alert_and_loses_no_other_rule() -> None:
    broken = rule('findings[9].kind == "threat"', Action.MUTE, name="broken")
    decision = decide(both(), policy(broken, rule(THREAT, Action.HIDE, name="threats")), mode=Mode.ACT)
    assert decision.actions == (Action.ALERT, Action.HIDE)
    assert [match.rule for match in decision.rules] == ["threats"]
    assert "Rule broken broke (IndexError), so moderators are alerted instead. Correct its `when`." in decision.reasons


def test_a_broken_rule_alone_is_an_alert() -> None:
    decision = decide(both(), policy(rule('findings[9].kind == "threat"')), mode=Mode.OBSERVE)
    assert (decision.actions, decision.rules) == ((Action.ALERT,), ())


@pytest.mark.parametrize("mode", Mode)
def test_what_was_not_read_whole_is_never_silently_allowed(mode: Mode) -> None:
    unread = replace(assessed(), degraded=(NOT_READ_WHOLE,))
    decision = decide(unread, policy(rule("used.size() > 0")), mode=mode)
    assert decision.actions == (Action.ALERT,)
    assert decision.degraded == (NOT_READ_WHOLE,)
    assert "please read the rest" in decision.reasons[0]


def test_what_was_not_read_whole_is_still_judged_by_what_was() -> None:
    unread = replace(assessed(finding("slur")), degraded=(NOT_READ_WHOLE,))
    decision = decide(unread, policy(rule("used.size() > 0", Action.HIDE)), mode=Mode.ACT)
    assert decision.actions == (Action.ALERT, Action.HIDE)
    assert len(decision.reasons) == 2


def test_a_score_alone_is_named_as_the_reason() -> None:
    decision = decide(
        assessed(scores=Scores(threat=0.93)), policy(rule("scores.threat > 0.9", name="scored")), mode=Mode.ACT
    )
    assert decision.reasons == ("Rule scored applies: the classifier gives threat 0.93.",)
    assert decision.categories == ()


def test_many_sorts_of_finding_are_not_all_listed() -> None:
    kinds = ("threat", "slur", "insult", "doxxing", "obscene")
    decision = decide(
        assessed(*(finding(kind) for kind in kinds)), policy(rule("used.size() > 0", name="any")), mode=Mode.ACT
    )
    assert decision.reasons == ("Rule any applies: plain threat; plain slur; plain insult; and 2 more.",)


def test_reasons_hold_nothing_of_the_message_or_the_lexicon() -> None:
    secret = finding("slur", entry="slurs/secret", span=Span(3, 9), certainty=LIKELY, view="leet")
    decision = decide(assessed(secret), policy(rule("used.size() > 0", name="any")), mode=Mode.ACT)
    assert decision.reasons == ("Rule any applies: likely slur, disguised.",)


def _rules(sources: list[str], actions: list[tuple[Action, ...]]) -> list[Rule]:
    compiled = [(source, then) for source, then in zip(sources, actions, strict=True) if _compiles(source)]
    return [rule(source, *then, name=f"rule-{n}") for n, (source, then) in enumerate(compiled)]


def _compiles(source: str) -> bool:
    return isinstance(compile_condition(source), Condition)


RULES = st.lists(
    st.tuples(conditions, st.lists(st.sampled_from(Action), min_size=1, max_size=4, unique=True).map(tuple)),
    min_size=1,
    max_size=4,
).map(lambda written: _rules([source for source, _ in written], [then for _, then in written]))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RULES, assessments, st.sampled_from(Mode), st.none() | st.frozensets(st.sampled_from(Action)))
def test_skipping_rules_never_changes_a_decision(
    rules: list[Rule], assessment: Assessment, mode: Mode, can: frozenset[Action] | None
) -> None:
    indexed = policy(*rules)
    unindexed = replace(indexed, index=RuleIndex.none(indexed.rules))
    assert decide(assessment, indexed, mode=mode, can=can) == decide(assessment, unindexed, mode=mode, can=can)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RULES, assessments, st.sampled_from(Mode), st.frozensets(st.sampled_from(Action)))
def test_a_decision_keeps_its_promises(
    rules: list[Rule], assessment: Assessment, mode: Mode, can: frozenset[Action]
) -> None:
    decision = decide(assessment, policy(*rules), mode=mode, can=can)
    done = set(decision.actions)
    assert done
    assert Action.ALLOW not in done or done == {Action.ALLOW}
    assert list(decision.actions) == [action for action in Action if action in done]
    assert done & ON_MEMBERS <= can
    assert mode is Mode.ACT or not done & ON_MEMBERS
    assert not done & set(decision.withheld)
    assert decision.action in VERDICTS
    assert not decision.withheld or Action.ALERT in done
    assert all(reason.endswith((".", "`when`.")) for reason in decision.reasons)


def _cpu_microseconds(policy: Policy, assessment: Assessment, rounds: int) -> float:
    def once() -> float:
        started = time.process_time_ns()
        for _ in range(rounds):
            decide(assessment, policy, mode=Mode.ACT, can=EVERYTHING)
        return (time.process_time_ns() - started) / rounds / 1000

    return min(once() for _ in range(7))


@pytest.mark.bench
def test_a_clean_message_is_decided_in_microseconds(house: Policy) -> None:
    assert _cpu_microseconds(house, assessed(), 5000) < 5
    assert _cpu_microseconds(house, assessed(scores=Scores(toxicity=0.1)), 5000) < 8


@pytest.mark.bench
def test_each_finding_of_a_flood_costs_less_than_a_third_of_each_of_two(house: Policy) -> None:
    flood = assessed(*(finding(kind) for _ in range(20) for kind in house.index.by_kind))
    assert len(flood.findings) >= 200
    each_of_many = _cpu_microseconds(house, flood, 20) / len(flood.findings)
    assert each_of_many < _cpu_microseconds(house, both(), 300) / 2 / 3
