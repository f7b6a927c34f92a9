"""Statements of reasons: what a member is told of every restriction, in words and as data (evidence.md R43).

The data has the keys of the European transparency database, so that a body that has to file them there can.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from policies.casework.words import Sanction
from policies.decisions import PolicyVersion
from policies.findings import Category
from policies.identifiers import PlatformName

Json = str | bool | None | list[str] | dict[str, str]


class Source(StrEnum):
    """What brought a matter to attention; never who."""

    REPORT = "report"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The reasons for one sanction on one person.

    `puid` is unique and never used again. `clauses` are rule ids with the words in force when it happened; `redress`
    says how to appeal, `deadline` until when. `automated_detection` says whether the written rules noticed it first;
    what a person decided was never decided automatically.
    """

    puid: str
    case: str
    organisation: str
    kind: Sanction
    platforms: tuple[PlatformName, ...]
    starts: datetime
    ends: datetime | None
    facts: str
    clauses: tuple[tuple[str, str], ...]
    policy: PolicyVersion | None
    source: Source
    automated_detection: bool
    deadline: datetime
    redress: str
    categories: tuple[Category, ...] = ()
    conduct_at: datetime | None = None
    allowed: str = ""
    earlier: int = 0
    departure: str = ""
    stayed: bool = False
    support: str = ""


APPEAL_BY = {PlatformName.DISCORD: "/appeal", PlatformName.SLACK: "/hustings appeal"}
"""What members type to appeal."""


def appeal_command(platform: PlatformName, code: str) -> str:
    """Say what to type to appeal against what goes by a code."""
    return f"type {APPEAL_BY[platform]} {code} and your reasons"


NAMES = {
    Sanction.WARNING: "a warning",
    Sanction.MUTE: "a mute",
    Sanction.SUSPENSION: "a suspension",
    Sanction.REMOVAL: "removal from our channels",
    Sanction.BAN: "a ban",
}
"""Each sanction as it stands in a sentence."""

_EFFECTS = {
    Sanction.WARNING: "Nothing is taken from you; the warning is remembered for a while.",
    Sanction.MUTE: "You can read our channels and cannot post in them.",
    Sanction.SUSPENSION: "You cannot post, and you lose your roles and the rooms that need one, until it ends.",
    Sanction.REMOVAL: "You are put out of our channels and can come back by an invitation.",
    Sanction.BAN: "You are put out of our channels and cannot come back while it lasts.",
}


def letter_values(statement: Statement) -> dict[str, str]:
    """Give what fills the letter `statement` in."""
    return {
        "case": statement.case,
        "organisation": statement.organisation,
        "support": statement.support,
        "restriction": named(statement.kind, statement.starts, statement.ends),
        "effect": _EFFECTS[statement.kind],
        "scope": scope(statement.platforms),
        "starts": moment(statement.starts),
        "ends": _ends(statement),
        "facts": _sentence(statement.facts),
        "clauses": quoted(statement.clauses),
        "policy": version(statement.policy),
        "allowed": statement.allowed,
        "earlier": _earlier(statement.earlier),
        "departure": _sentence(statement.departure),
        "source": _SOURCES[statement.source],
        "detected": _DETECTED[statement.automated_detection],
        "decided": "A person decided it, not a machine.",
        "deadline": last_day(statement.deadline),
        "redress": statement.redress,
        "stayed": "Until the appeal is decided, this is suspended." if statement.stayed else "",
    }


def statement_json(statement: Statement) -> dict[str, Json]:
    """Give a statement as data, under the keys of the European schema and a few of its own beside them."""
    account = {
        Sanction.SUSPENSION: "DECISION_ACCOUNT_SUSPENDED",
        Sanction.BAN: "DECISION_ACCOUNT_TERMINATED" if statement.ends is None else "DECISION_ACCOUNT_SUSPENDED",
    }
    provision = {
        Sanction.MUTE: "DECISION_PROVISION_PARTIAL_SUSPENSION",
        Sanction.REMOVAL: "DECISION_PROVISION_TOTAL_SUSPENSION",
    }
    policy = statement.policy
    return {
        "puid": statement.puid,
        "decision_visibility": [],
        "decision_provision": provision.get(statement.kind),
        "decision_account": account.get(statement.kind),
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": quoted(statement.clauses),
        "incompatible_content_explanation": _explanation(statement),
        "decision_facts": statement.facts,
        "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION" if statement.source is Source.REPORT else "SOURCE_VOLUNTARY",
        "automated_detection": "Yes" if statement.automated_detection else "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": eu_category(statement.categories),
        "content_date": None if statement.conduct_at is None else statement.conduct_at.date().isoformat(),
        "application_date": statement.starts.date().isoformat(),
        "start_date": statement.starts.isoformat(),
        "end_date": None if statement.ends is None else statement.ends.isoformat(),
        "sanction": statement.kind.value,
        "scope": [platform.value for platform in statement.platforms],
        "policy": {}
        if policy is None
        else {"name": policy.name, "version": str(policy.version), "sha256": policy.sha256},
        "rules": [rule for rule, _ in statement.clauses],
        "departure": statement.departure,
        "redress": statement.redress,
        "redress_deadline": statement.deadline.isoformat(),
    }


def eu_category(categories: Iterable[Category]) -> str:
    """Give the European word for what a matter is about, the gravest of several."""
    found = set(categories)
    return next((word for word, ours in _EU if ours & found), "STATEMENT_CATEGORY_OTHER_VIOLATION_TC")


def quoted(clauses: Iterable[tuple[str, str]]) -> str:
    """Quote clauses as a member reads them."""
    return "; ".join(f"“{clause}” ({rule})" for rule, clause in clauses)


def version(policy: PolicyVersion | None) -> str:
    """Name a version of the rules so that anybody can find it."""
    if policy is None:
        return ""
    return f"{policy.name}, version {policy.version} (SHA-256 of the file: {policy.sha256})"


def named(kind: Sanction, starts: datetime, ends: datetime | None) -> str:
    """Name a sanction with its length: a mute for 7 days."""
    if ends is None or kind in (Sanction.WARNING, Sanction.REMOVAL):
        return NAMES[kind] if kind is not Sanction.BAN else "a ban without an end date"
    days = max(1, -(-(ends - starts).total_seconds() // 86_400))
    return f"{NAMES[kind]} for {days:.0f} {'day' if days == 1 else 'days'}"


def scope(platforms: Iterable[PlatformName]) -> str:
    """Say where something applies."""
    where = " and ".join(platform.value.capitalize() for platform in dict.fromkeys(platforms))
    return f"in all our channels on {where}, whichever account you use" if where else "in all our channels"


def moment(at: datetime) -> str:
    """Write a time so that nobody can misread it."""
    return f"{at:%H:%M} UTC on {day(at)}"


def day(at: datetime) -> str:
    """Write a date so that nobody can misread it."""
    return f"{at.day} {at:%B %Y}"


def last_day(due: datetime) -> str:
    """Write the last day before a deadline, which itself is the end of that day."""
    return day(due - timedelta(seconds=1))


def _ends(statement: Statement) -> str:
    if statement.kind in (Sanction.WARNING, Sanction.REMOVAL):
        return "It is done once."
    if statement.ends is None:
        return "It has no end date."
    return f"It ends by itself at {moment(statement.ends)}."


def _earlier(number: int) -> str:
    if not number:
        return ""
    return f"{number} earlier {'sanction' if number == 1 else 'sanctions'} of yours still counted when it happened."


def _explanation(statement: Statement) -> str:
    parts = [f"{statement.facts} This breaks {quoted(statement.clauses)}."]
    if statement.allowed:
        parts.append(f"Allowed here: {statement.allowed}.")
    if statement.departure:
        parts.append(f"Departure: {statement.departure}")
    return " ".join(parts)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return f"{text}." if text and text[-1] not in ".!?”\"'" else text


_SOURCES = {
    Source.REPORT: "from a report; we tell nobody who made one",
    Source.OWN: "by our own look at the channel; nobody reported it",
}
_DETECTED = {
    True: "Written rules noticed it automatically.",
    False: "It was not noticed automatically.",
}
_EU: tuple[tuple[str, frozenset[Category]], ...] = (
    ("STATEMENT_CATEGORY_VIOLENCE", frozenset({Category.THREAT})),
    ("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", frozenset({Category.IDENTITY_ATTACK})),
    ("STATEMENT_CATEGORY_SELF_HARM", frozenset({Category.SELF_HARM})),
    ("STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", frozenset({Category.DOXXING})),
    (
        "STATEMENT_CATEGORY_CYBER_VIOLENCE",
        frozenset({Category.HARASSMENT, Category.PILE_ON, Category.INTIMIDATION, Category.INSULT}),
    ),
    ("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", frozenset({Category.IMPERSONATION, Category.SPAM})),
)
