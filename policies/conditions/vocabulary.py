"""What a condition may name: every variable and member with its type, and the words each may hold."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from policies.findings import Aim, Category, Certainty, Scores, Stance
from policies.identifiers import PlatformName
from policies.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Scalar:
    """A plain value: a bool, a whole number, a number, a score between 0 and 1, or text."""

    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """Text that can only be one of a known list of words."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items are all of one type."""

    item: "Type"


@dataclass(frozen=True, slots=True)
class Record:
    """A value with named members, every one of which is always there."""

    name: str
    members: Mapping[str, "Type"]


Type = Scalar | Words | ListOf | Record

BOOL = Scalar("a bool (true or false)")
INT = Scalar("a whole number")
DOUBLE = Scalar("a number")
SCORE = Scalar("a score between 0 and 1")
TEXT = Scalar("text")
UNKNOWN = Scalar("unknown")
"""The type of what was already reported as a mistake; it fits everywhere, so one slip is told once."""

CATEGORY = Words("category", tuple(Category))
STANCE = Words("stance", tuple(Stance))

FINDING = Record(
    "finding",
    {
        "kind": Words("kind", KINDS),
        "entry": TEXT,
        "categories": ListOf(CATEGORY),
        "stance": STANCE,
        "aim": Words("aim", tuple(Aim)),
        "certainty": Words("certainty", tuple(Certainty)),
        "characteristic": TEXT,
        "view": TEXT,
        "disguised": BOOL,
    },
)

CONTEXT = Record(
    "context",
    {
        "platform": Words("platform", tuple(PlatformName)),
        "channel": TEXT,
        "author_roles": ListOf(TEXT),
        "author_is_moderator": BOOL,
        "in_thread": BOOL,
        "is_edit": BOOL,
        "explained": BOOL,
        "is_reply": BOOL,
        "attachment_count": INT,
    },
)

SCORES = Record("scores", {field.name: SCORE for field in fields(Scores)})

VARIABLES: Mapping[str, Type] = {
    "findings": ListOf(FINDING),
    "used": ListOf(FINDING),
    "scores": SCORES,
    "scored": BOOL,
    "stance": STANCE,
    "categories": ListOf(CATEGORY),
    "context": CONTEXT,
    "degraded": BOOL,
}
"""Every name that a condition may start from."""


def describe(kind: Type) -> str:
    """Say a type in words that fit into a sentence."""
    match kind:
        case Scalar(name):
            return name
        case Words(name, _):
            return f"an {name}" if name == "aim" else f"a {name}"
        case ListOf(Record(name, _)):
            return f"the list of {name}s" if name == "finding" else f"a list of {name}"
        case ListOf(_):
            return "a list"
        case Record(name, _):
            return f"a {name}" if name == "finding" else f"`{name}`"
