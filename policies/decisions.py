"""What a policy decided, what the bot is to do, and what the platform answered."""

from dataclasses import dataclass
from enum import StrEnum

from policies.findings import Category


class Action(StrEnum):
    """What the bot can do of its own accord; every one can be undone."""

    ALLOW = "allow"
    ALERT = "alert"
    OPEN_REPORT = "open-report"
    OPEN_CASE = "open-case"
    NOTIFY_AUTHOR = "notify-author"
    REMIND = "remind"
    SLOW_MODE = "slow-mode"
    LOCK = "lock"
    HOLD = "hold"
    HIDE = "hide"
    MUTE = "mute"


VERDICTS = (Action.ALLOW, Action.ALERT, Action.HOLD, Action.HIDE, Action.MUTE)
"""The ladder on which a decision's strictest action is named, mildest first."""


class Mode(StrEnum):
    """Whether a rule or a community acts on members or only shows moderators what it would do."""

    OBSERVE = "observe"
    ACT = "act"


class Severity(StrEnum):
    """How much harm a breach of a rule does, mildest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMatch:
    """A rule that matched: its id, the clause it quotes to the member, and what it asked for."""

    rule: str
    clause: str
    severity: Severity
    mode: Mode
    asked: tuple[Action, ...]
    triage_within_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """Which policy decided: its name, version number and the SHA-256 of its file."""

    name: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from a message: the union of the effects of every rule that matched.

    `actions` holds no `allow` unless it is alone. `reasons` are sentences for moderators.
    `withheld` are actions that a rule asked for and observe mode kept back.
    """

    actions: tuple[Action, ...]
    rules: tuple[RuleMatch, ...]
    reasons: tuple[str, ...]
    categories: tuple[Category, ...]
    policy: PolicyVersion
    withheld: tuple[Action, ...] = ()
    degraded: tuple[str, ...] = ()

    @property
    def action(self) -> Action:
        """The strictest action on the ladder of verdicts."""
        return max((a for a in self.actions if a in VERDICTS), key=VERDICTS.index, default=Action.ALERT)

    @property
    def severity(self) -> Severity:
        """The gravest severity among the rules that matched."""
        order = list(Severity)
        return max((match.severity for match in self.rules), key=order.index, default=Severity.LOW)


class OutcomeStatus(StrEnum):
    """How an attempt on the platform ended.

    `started` is kept before an attempt that must not be made twice; with nothing after it, it is not
    known how the attempt ended. `undone` and `not-undone` say what became of taking an action back.
    """

    STARTED = "started"
    DONE = "done"
    ALREADY = "already"
    DEGRADED = "degraded"
    REFUSED = "refused"
    FAILED = "failed"
    UNDONE = "undone"
    NOT_UNDONE = "not-undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the platform answered to one action; `detail` is a sentence without message text.

    `receipt` is the platform's id of what was made (an alert's message id), if anything was.
    """

    action: Action
    status: OutcomeStatus
    detail: str = ""
    receipt: str = ""
