"""What a replay shows: the messages that matter, what they come to, and the same as JSON for machines."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.replay import Judged
from bot.replay_adapter.reading import Reading
from bot.verdict_lines import STYLES, say, show_line
from bot.verdicts import ALERTED, LEFT, counted, listed, one_line, shown, verdict_of, where, why
from handlers.messages import NOT_KEPT
from policies.decisions import Decision
from policies.events import MessageEdited, MessagePosted
from policies.rules import Policy

_ORDER = (LEFT, ALERTED, "held", "hidden", "muted")
_WITH_CHANGE = 30
_NEEDS_TOKEN = (
    "A Slack bot can hide messages only with an administrator's token; without one the message stays and the "
    "moderators are alerted."
)


@dataclass(slots=True)
class Sum:
    """What a replay has come to so far, in constant memory."""

    messages: int = 0
    kept: int = 0
    standing: int = 0
    not_kept: int = 0
    changed: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    verdicts: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)

    def add(self, judged: Judged) -> None:
        """Count one message."""
        at = _moment(judged.event)
        self.first_at = self.first_at or at
        self.last_at = at
        self.messages += 1
        self.kept += judged.incident is not None and not judged.standing
        self.standing += judged.standing
        self.not_kept += NOT_KEPT in judged.decision.degraded
        self.verdicts.update(verdict_of(judged.decision))
        self.rules.update(match.rule for match in judged.decision.rules)
        self.withheld.update(action.value for action in judged.decision.withheld)
        if judged.before is not None:
            self.before.update(verdict_of(judged.before))
            self.changed += judged.changed
            if judged.changed:
                self.changes[_change(judged.before, judged.decision)] += 1


def show(console: Console, judged: Judged) -> None:
    """Show a message that matters, with the day on which it was written."""
    before = judged.before
    verdict = verdict_of(judged.decision)
    if before is not None:
        verdict = (" → ".join(_change(before, judged.decision)),)
    rules = _rules(judged)
    reasons = [f"{why(judged.assessment, most=most)} [{rules}]" for most in (3, 2, 1)]
    show_line(
        console,
        verdict,
        place=f"{_moment(judged.event):%d %b %y} {where(judged.event)}",
        author=judged.event.author.name,
        said=shown(judged.event, judged.assessment),
        reasons=[*reasons, rules],
        style=STYLES.get(verdict_of(judged.decision)[0], "bold"),
        verdict_width=_WITH_CHANGE if before is not None else 14,
        place_width=24,
    )


def sum_up(
    console: Console,
    total: Sum,
    reading: Reading,
    *,
    policy: Policy,
    before: Policy | None,
    on_slack: bool,
    kept_in: str,
) -> None:
    """Say what the replay came to, what was left out, and what was kept."""
    console.print()
    say(console, f"{counted(total.messages, 'message')} judged{_span(total)} by {_named(policy)}.")
    if total.messages and before is None:
        console.print(_table(total))
    if total.messages and before is not None:
        say(console, f"Compared with {_named(before)}: {_changes(total)}.")
        console.print(_table(total, compared=True))
        if (before.name, before.version) == (policy.name, policy.version) and before.sha256 != policy.sha256:
            say(console, f"Both bear version {policy.version}. Raise `version` in the draft before it is adopted.")
    if total.rules:
        say(console, f"Rules that applied: {listed(f'{name} {n:,}' for name, n in total.rules.most_common())}.")
    if total.withheld:
        kept_back = listed(f"{name} {n:,}" for name, n in total.withheld.most_common())
        say(console, f"Kept back by rules that only observe: {kept_back}.")
    if on_slack and any(total.verdicts[verdict] for verdict in ("hidden", "held")):
        say(console, _NEEDS_TOKEN)
    for note in reading.notes:
        say(console, note)
    if total.standing:
        say(
            console,
            f"{counted(total.standing, 'incident')} of these stood in {kept_in} already and stay as decided then.",
        )
    if kept_in and total.kept:
        say(console, f"{counted(total.kept, 'incident')} kept in {kept_in}. Nobody was touched.")
    else:
        say(console, "Nothing was kept, and nobody was touched.")


def as_object(judged: Judged) -> dict[str, Any]:
    """Give a message for machines; the text is masked."""
    event, decision = judged.event, judged.decision
    values = {
        "kind": "message",
        "id": event.ref.message,
        "platform": event.ref.platform.value,
        "channel": event.channel_name or event.ref.channel,
        "author": event.author.id,
        "author_name": one_line(event.author.name),
        "at": _moment(event).isoformat(),
        "edited": isinstance(event, MessageEdited),
        "text": shown(event, judged.assessment),
        **_decided(decision),
        "categories": [category.value for category in decision.categories],
        "stance": judged.assessment.stance.value,
        "why": why(judged.assessment, most=9),
        "incident": judged.incident.id if judged.incident else None,
    }
    return values | ({"before": _decided(judged.before)} if judged.before is not None else {})


def summary(total: Sum, reading: Reading, *, policy: Policy, before: Policy | None) -> dict[str, Any]:
    """Give the summary for machines."""
    values: dict[str, Any] = {
        "kind": "summary",
        "messages": total.messages,
        "from": total.first_at.isoformat() if total.first_at else None,
        "until": total.last_at.isoformat() if total.last_at else None,
        "verdicts": dict(total.verdicts.most_common()),
        "rules": dict(total.rules.most_common()),
        "withheld": dict(total.withheld.most_common()),
        "policy": _policy(policy),
        "notes": reading.notes,
        "problems": reading.problems,
        "not_kept": total.not_kept,
    }
    if before is not None:
        values["before"] = {"policy": _policy(before), "verdicts": dict(total.before.most_common())}
        values["changed"] = total.changed
        values["changes"] = [{"before": a, "after": b, "messages": n} for (a, b), n in total.changes.most_common()]
    return values


def _moment(event: MessagePosted | MessageEdited) -> datetime:
    return event.edited_at if isinstance(event, MessageEdited) else event.posted_at


def _words(decision: Decision) -> str:
    """Name a decision in one go, and whether observing rules would have done more."""
    words = "+".join(verdict_of(decision))
    return f"{words} (observing)" if decision.withheld else words


def _change(before: Decision, after: Decision) -> tuple[str, str]:
    """Name two decisions; where they bear one name, the second says in which actions it differs."""
    old, new = _words(before), _words(after)
    if old != new:
        return old, new
    more = [f"with {action.value}" for action in after.actions if action not in before.actions]
    less = [f"without {action.value}" for action in before.actions if action not in after.actions]
    return old, " ".join([new, *more, *less])


def _rules(judged: Judged) -> str:
    rules = [match.rule for match in judged.decision.rules or (judged.before.rules if judged.before else ())]
    return ", ".join(rules)


def _span(total: Sum) -> str:
    if total.first_at is None or total.last_at is None:
        return ""
    first, last = (f"{at.day} {at:%B %Y}" for at in (total.first_at, total.last_at))
    return f", of {first}," if first == last else f", {first} to {last},"


def _changes(total: Sum) -> str:
    if not total.changed:
        return "nothing would change"
    would = "message would be decided" if total.changed == 1 else "messages would be decided"
    those = listed(f"{before} → {after} {number:,}" for (before, after), number in total.changes.most_common())
    return f"{total.changed:,} {would} otherwise ({those})"


def _named(policy: Policy) -> str:
    return f"“{one_line(policy.name)}”, version {policy.version} ({policy.sha256[:8]})"


def _policy(policy: Policy) -> dict[str, Any]:
    return {"name": policy.name, "version": policy.version, "sha256": policy.sha256}


def _decided(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": list(verdict_of(decision)),
        "action": decision.action.value,
        "actions": [action.value for action in decision.actions],
        "withheld": [action.value for action in decision.withheld],
        "rules": [match.rule for match in decision.rules],
    }


def _table(total: Sum, *, compared: bool = False) -> Table:
    table = Table(box=None, pad_edge=False, show_header=compared)
    table.add_column("")
    if compared:
        table.add_column("before", justify="right")
    table.add_column("after" if compared else "", justify="right")
    for verdict in _ORDER:
        if total.verdicts[verdict] or total.before[verdict]:
            numbers = ([total.before[verdict]] if compared else []) + [total.verdicts[verdict]]
            table.add_row(Text(verdict.upper(), style=STYLES[verdict]), *(f"{number:,}" for number in numbers))
    return table
