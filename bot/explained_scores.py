"""Where a message's scores come from: which part and reading gave each, the stances, and the thresholds that count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.classifiers.choice import Explained
from bot.classifiers.contributions import Contribution
from policies.assess import DOUBT_BELOW, DOUBT_HARDLY_BELOW
from policies.findings import LIKELY, Certainty
from policies.rules import Policy

_WORTH_SHOWING = 0.1
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Everything that went into the scores of one message.

    `fired` has for each label the number of the part that gave its score; `asked` for each threshold of the
    policy the label, the number that its score must exceed, and the rules that ask; `conditions` for each of these
    rules what it asks for, as its policy says it: a threshold may count only where another score is missing.
    """

    labels: Sequence[str]
    parts: Sequence[Contribution]
    fired: Mapping[str, int]
    cuts: Mapping[str, float]
    asked: Sequence[tuple[str, float, tuple[str, ...]]]
    conditions: Mapping[str, str]


def account_of(model: Explained, text: str, policy: Policy) -> Account:
    """Ask a model for the parts of its answer, and a policy for what it asks of scores."""
    parts = model.contributions(text)
    asked: dict[tuple[str, float], list[str]] = {}
    conditions: dict[str, str] = {}
    for rule in policy.rules:
        for threshold in rule.condition.gate.scores:
            if threshold[1] >= 0.0:  # the others ask only whether there are scores
                asked.setdefault(threshold, []).append(rule.id)
                conditions[rule.id] = " ".join(rule.condition.source.split())
    labels = (*model.labels, "mention") if any(part.stances for part in parts) else tuple(model.labels)
    return Account(
        labels=labels,
        parts=parts,
        fired={label: _highest([part.scores[label] for part in parts]) for label in model.labels if parts},
        cuts=model.cuts,
        asked=[(label, least, tuple(rules)) for (label, least), rules in sorted(asked.items())],
        conditions=conditions,
    )


def _highest(values: Sequence[float]) -> int:
    return values.index(max(values))


def account_values(account: Account) -> dict[str, object]:
    """Give an account as plain values."""
    return {
        "labels": list(account.labels),
        "parts": [
            {"view": part.view, "text": part.text, "scores": dict(part.scores), "stances": dict(part.stances)}
            for part in account.parts
        ],
        "fired": {label: {"part": at, "view": account.parts[at].view} for label, at in account.fired.items()},
        "cuts": dict(account.cuts),
        "thresholds": [
            {"score": label, "more-than": least, "rules": list(rules)} for label, least, rules in account.asked
        ],
        "doubts-below": DOUBT_BELOW,
        "likely-from": LIKELY,
    }


def account_lines(account: Account, *, doubts: bool = True) -> Iterator[str]:
    """Give an account as sentences, the part that gave most first; of `doubts` where something was found."""
    order = sorted(
        range(len(account.parts)), key=lambda at: -sum(account.fired[label] == at for label in account.fired)
    )
    for at in order:
        part = account.parts[at]
        gave = [
            f"{label} {part.scores[label]:.2f}"
            for label, where in account.fired.items()
            if where == at and part.scores[label] >= _WORTH_SHOWING
        ]
        words = part.text if len(part.text) <= _MOST_SHOWN else part.text[:_MOST_SHOWN] + "…"
        of = f" {at + 1} of {len(account.parts)}" if len(account.parts) > 1 else ""
        read = f"Part{of}, {part.view} (the classifier is shown: {' '.join(words.split())})"
        yield f"{read}: gave {', '.join(gave) or 'no score that counts'}"
        if part.stances:
            yield "  taken as " + ", ".join(f"{name} {value:.2f}" for name, value in part.stances.items())
    asked_for = {label for label, _, _ in account.asked}
    for label, cut in account.cuts.items():
        if label in asked_for:
            yield f"On the model's own scale {label} begins at {cut:.3f}; here that is shown as {LIKELY:.2f}."
    if doubts and "abuse" in account.labels:
        plain, likely = DOUBT_BELOW[Certainty.PLAIN], DOUBT_BELOW[Certainty.LIKELY]
        yield (
            f"Where abuse is under {plain:.2f}, the classifier doubts what the rules take for plain (of a threat or a "
            f"wish of death only under {DOUBT_HARDLY_BELOW:.2f}); under {likely:.2f}, what they take for likely."
        )
    for rule, condition in account.conditions.items():
        yield f"Rule {rule} asks for {condition}"
    if lacking := sorted(asked_for - set(account.labels)):
        yield f"This model gives no {' and no '.join(lacking)}: for a rule they are 0."
