"""What became of a message, in words for people who know nothing of Hustings: verdict, reason, masked text."""

import unicodedata
from collections.abc import Iterable

from bot.slack_adapter.convert import plain
from handlers.alerts import masked
from policies.assessments import Assessment
from policies.decisions import Action, Decision, Mode, OutcomeStatus
from policies.events import MessageEdited, MessagePosted
from policies.findings import LIKELY, Stance
from policies.identifiers import PlatformName
from policies.incidents import Incident, Source

LEFT = "left"
ALERTED = "alerted"
REPORTED = "reported"

_VERDICTS = {Action.HIDE: "hidden", Action.HOLD: "held", Action.MUTE: "muted", Action.SLOW_MODE: "slowed"}
_IN_FORCE = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)
_KINDS = {
    "slur": "a slur",
    "coded-antisemitism": "coded antisemitism",
    "identity-attack": "hatred for who people are",
    "dehumanisation": "calls people less than human",
    "threat": "a threat of violence",
    "death-wish": "wishes death or illness",
    "self-harm-incitement": "urges self-harm",
    "insult": "an insult",
    "intimidation": "a threat to a candidacy or office",
    "doxxing": "gives away a private address or number",
    "pile-on-call": "calls for a pile-on",
    "scam-link": "a link that deceives",
    "impersonation-claim": "poses as somebody else",
    "impersonation": "poses as somebody else",
    "obscene": "obscene language",
    "case-talk": "talks of a case about somebody",
}
_MENTIONS = {
    Stance.QUOTE: "quoted, not said",
    Stance.REPORT: "told of, not said",
    Stance.CONDEMN: "condemned, not said",
    Stance.CRITICISE: "criticised, not said",
}
_CANNOT = {Action.HIDE: "hide it", Action.HOLD: "hide it", Action.MUTE: "mute"}


def verdict_on(incident: Incident | None) -> tuple[str, ...]:
    """Name what was done about a message by what is on record, the gravest first."""
    if incident is None:
        return (LEFT,)
    if incident.source is Source.REPORT:
        return (REPORTED,)
    done = [word for action, word in _VERDICTS.items() if incident.last(action) in _IN_FORCE]
    return tuple(done) or (ALERTED,)


def verdict_of(decision: Decision) -> tuple[str, ...]:
    """Name what a decision asks for, where nothing is done about it."""
    asked = [word for action, word in _VERDICTS.items() if action in decision.actions]
    if asked:
        return tuple(asked)
    return (LEFT,) if decision.actions == (Action.ALLOW,) else (ALERTED,)


_FROM_THE_CONVERSATION = frozenset({"retaliation", "repeat-targeting"})
"""Kinds that what others wrote before shows; what the words do by themselves is told first."""


def why(assessment: Assessment, *, most: int = 2) -> str:
    """Say in plain words what was found, and how the author stands to it."""
    used = assessment.used
    if used:
        own_words_first = sorted(used, key=lambda finding: finding.kind in _FROM_THE_CONVERSATION)
        kinds = list(dict.fromkeys(_told(finding.kind) for finding in own_words_first))
        disguise = ", in disguise" if any(finding.disguised for finding in used) else ""
        return f"{', '.join(kinds[:most])}{disguise}"
    if assessment.findings:
        return f"{_MENTIONS.get(assessment.stance, 'mentioned')}: {_told(assessment.findings[0].kind)}"
    if assessment.scores is not None and assessment.scores.abuse > LIKELY:
        return "likely abuse, says the classifier"
    return "nothing found"


def not_possible(incident: Incident) -> str:
    """Say what the rules asked for and the platform does not let a bot do; empty where there is nothing."""
    asked = {action for match in incident.decision.rules if match.mode is Mode.ACT for action in match.asked}
    missing = [words for action, words in _CANNOT.items() if action in asked - set(incident.decision.actions)]
    if not missing:
        return ""
    return f"{incident.event.ref.platform.value.capitalize()} cannot {' or '.join(dict.fromkeys(missing))}"


def shown(event: MessagePosted | MessageEdited, assessment: Assessment, *, most: int = 1_000) -> str:
    """Give a message on one line, with what was found in it masked and Slack's markup undone."""
    text = masked(event.text, assessment, most=most)
    if event.ref.platform is PlatformName.SLACK:
        text = plain(text)
    return one_line(text)


def where(event: MessagePosted | MessageEdited) -> str:
    """Name the channel of a message."""
    return f"#{one_line(event.channel_name or event.ref.channel)}"


def one_line(text: str) -> str:
    """Give a text that a terminal shows on one line and does not obey."""
    safe = (" " if char in "\n\t" else char for char in text if _harmless(char))
    return " ".join("".join(safe).split())


def counted(number: int, thing: str, things: str = "") -> str:
    """Give a number with its noun."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _told(kind: str) -> str:
    return _KINDS.get(kind, kind.replace("-", " "))


def _harmless(char: str) -> bool:
    return char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
