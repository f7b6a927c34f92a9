"""From an assessment to a decision: every rule is applied, and the decision is all that follows."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from policies.assessments import NOT_READ_WHOLE, Assessment
from policies.conditions.activation import activate
from policies.decisions import Action, Decision, Mode, RuleMatch
from policies.findings import Aim, Category, Finding, Stance
from policies.rules import Policy, Rule

ON_MEMBERS = frozenset(
    {Action.NOTIFY_AUTHOR, Action.REMIND, Action.SLOW_MODE, Action.LOCK, Action.HOLD, Action.HIDE, Action.MUTE}
)
"""What a member notices: kept back in observe mode, and done only where the platform can."""

ENGINE_ERRORS = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""What the CEL engine raises on a condition that cannot be worked out for one assessment."""

_AIMED = {
    Aim.READER: ", aimed at the reader",
    Aim.PERSON: ", aimed at a person",
    Aim.GROUP: ", aimed at a group",
    Aim.SELF: ", said of the author",
    Aim.NOBODY: "",
}
_STANCES = {
    Stance.USE: "",
    Stance.QUOTE: ", quoted",
    Stance.REPORT: ", reported",
    Stance.CONDEMN: ", condemned",
    Stance.CRITICISE: ", in criticism",
}
_ABLE = {
    Action.NOTIFY_AUTHOR: "write to the author",
    Action.REMIND: "post in the channel",
    Action.SLOW_MODE: "slow the channel down",
    Action.LOCK: "lock the channel",
    Action.HOLD: "hold the message",
    Action.HIDE: "hide the message",
    Action.MUTE: "mute the author",
}
_UNREAD = (
    "The message is too long, or too full of words that may be abuse, to be read to its end, so moderators are "
    "alerted: please read the rest."
)
_SORTS_NAMED = 3


def decide(assessment: Assessment, policy: Policy, *, mode: Mode, can: frozenset[Action] | None = None) -> Decision:
    """Apply every rule and join what follows, keeping the strictest restriction and citing each clause.

    `mode` is the community's: in `observe` nothing touches a member. `can` is what the platform is
    able to do; where it cannot, moderators are alerted instead. A rule that breaks is skipped with
    an alert, and the others still apply.
    """
    candidates = policy.candidates(assessment)
    applied = _apply(assessment, candidates) if candidates else None
    unread = NOT_READ_WHOLE in assessment.degraded
    if applied is None:
        applied = _Applied()
    if not (applied.rules or applied.broken or unread):
        return replace(policy.allowed, degraded=assessment.degraded) if assessment.degraded else policy.allowed
    effects = _Effects(mode=mode, can=can, platform=assessment.context.platform.value.capitalize())
    sorts = _sorts(assessment)
    reasons = [_why(rule, assessment, sorts) for rule in applied.rules]
    for rule in applied.rules:
        effects.add(rule)
    for rule, cause in applied.broken:
        effects.wanted.add(Action.ALERT)
        reasons.append(f"Rule {rule.id} broke ({cause}), so moderators are alerted instead. Correct its `when`.")
    if unread:
        effects.wanted.add(Action.ALERT)
        reasons.append(_UNREAD)
    return Decision(
        actions=effects.actions,
        rules=tuple(_match(rule, mode) for rule in applied.rules),
        reasons=(*reasons, *effects.reasons),
        categories=_categories(assessment),
        policy=policy.known_as,
        withheld=effects.withheld,
        degraded=assessment.degraded,
    )


def holds(rule: Rule, assessment: Assessment) -> bool:
    """Apply one rule, index or not; raises what the engine raises."""
    activation = activate(assessment, rule.condition.variables, rule.condition.finding_members)
    return rule.condition.holds(activation)


def _categories(assessment: Assessment) -> tuple[Category, ...]:
    """Name what was found and, behind it, what the classifier suspects besides."""
    return tuple(dict.fromkeys((*assessment.categories, *assessment.suspected)))


@dataclass(slots=True)
class _Applied:
    """The rules that hold, and those that broke with the kind of error."""

    rules: list[Rule] = field(default_factory=list)
    broken: list[tuple[Rule, str]] = field(default_factory=list)


def _apply(assessment: Assessment, candidates: list[Rule]) -> _Applied:
    variables = frozenset[str]().union(*(rule.condition.variables for rule in candidates))
    members = frozenset[str]().union(*(rule.condition.finding_members for rule in candidates))
    activation = activate(assessment, variables, members)
    applied = _Applied()
    for rule in candidates:
        try:
            if rule.condition.holds(activation):
                applied.rules.append(rule)
        except ENGINE_ERRORS as error:
            applied.broken.append((rule, type(error).__name__))
    return applied


@dataclass(slots=True, kw_only=True)
class _Effects:
    """What all rules ask for together, sorted into what is done, kept back, and impossible here."""

    mode: Mode
    can: frozenset[Action] | None
    platform: str
    wanted: set[Action] = field(default_factory=set)
    kept_back: dict[Action, list[str]] = field(default_factory=dict)
    impossible: set[Action] = field(default_factory=set)

    def add(self, rule: Rule) -> None:
        acts = self.mode is Mode.ACT and rule.mode is Mode.ACT
        for action in rule.then:
            if action in ON_MEMBERS and not acts:
                self.kept_back.setdefault(action, []).append(rule.id)
            elif action in ON_MEMBERS and self.can is not None and action not in self.can:
                self.impossible.add(action)
            else:
                self.wanted.add(action)

    @property
    def actions(self) -> tuple[Action, ...]:
        wanted = set(self.wanted)
        if self.withheld or self.impossible:
            wanted.add(Action.ALERT)
        if Action.HIDE in wanted:
            wanted.discard(Action.HOLD)
        if wanted != {Action.ALLOW}:
            wanted.discard(Action.ALLOW)
        return _in_order(wanted)

    @property
    def withheld(self) -> tuple[Action, ...]:
        kept_back = set(self.kept_back) - self.wanted
        if Action.HIDE in self.wanted | kept_back:
            kept_back.discard(Action.HOLD)
        return _in_order(kept_back)

    @property
    def reasons(self) -> list[str]:
        reasons = [
            f"{self.platform} cannot {_ABLE[action]} here, so moderators are alerted instead."
            for action in _in_order(self.impossible)
        ]
        for action in self.withheld:
            if self.mode is Mode.OBSERVE:
                reasons.append(f"This community only observes: {action} was not done.")
            else:
                rules = ", ".join(self.kept_back[action])
                reasons.append(f"Only in observe mode: {action} was not done ({rules}).")
        return reasons


def _in_order(actions: Iterable[Action]) -> tuple[Action, ...]:
    wanted = set(actions)
    return tuple(action for action in Action if action in wanted)


def _match(rule: Rule, mode: Mode) -> RuleMatch:
    return RuleMatch(
        rule=rule.id,
        clause=rule.clause,
        severity=rule.severity,
        mode=rule.mode if mode is Mode.ACT else Mode.OBSERVE,
        asked=rule.then,
        triage_within_seconds=rule.triage_within_seconds,
    )


def why(rule: Rule, assessment: Assessment) -> str:
    """Say what led to a rule that holds, in words of ours alone: nothing of the message."""
    return _why(rule, assessment, _sorts(assessment))


def _sorts(assessment: Assessment) -> dict[tuple[str, bool, str], None]:
    """Give each sort of finding once: its kind, whether it is used, and how it is told."""
    return dict.fromkeys((f.kind, f.stance is Stance.USE, describe(f)) for f in assessment.findings)


def _why(rule: Rule, assessment: Assessment, sorts: Iterable[tuple[str, bool, str]]) -> str:
    condition = rule.condition
    if condition.variables & {"findings", "used", "categories"}:
        all_count = "findings" in condition.variables
        kinds = condition.gate.kinds
        seen = [told for kind, used, told in sorts if (used or all_count) and (not kinds or kind in kinds)]
        if seen:
            more = f"; and {len(seen) - _SORTS_NAMED} more" if len(seen) > _SORTS_NAMED else ""
            return f"Rule {rule.id} applies: {'; '.join(seen[:_SORTS_NAMED])}{more}."
    if "scores" in condition.variables and assessment.scores is not None:
        given = assessment.scores.as_dict()
        met = [label for label, least in sorted(condition.gate.scores) if given[label] > least]
        label = met[0] if met else max(given, key=lambda name: given[name])
        score = given[label]
        return f"Rule {rule.id} applies: the classifier gives {label.replace('_', ' ')} {score:.2f}."
    return f"Rule {rule.id} applies to messages of this sort."


def describe(finding: Finding) -> str:
    """Say a finding in words of ours alone."""
    disguise = ", disguised" if finding.disguised else ""
    kind = finding.kind.replace("-", " ")
    because = f" ({finding.because})" if finding.because else ""
    return f"{finding.certainty} {kind}{_STANCES[finding.stance]}{_AIMED[finding.aim]}{disguise}{because}"
