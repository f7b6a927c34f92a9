"""A message as the followers of a conversation see it: who said what to whom, where and when."""

from dataclasses import dataclass, field
from datetime import datetime

from policies.assessments import Assessment
from policies.findings import Aim, Category, Certainty, Finding, Span, Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One message of a stream. `id`, `author` and `reply_to` are the platform's own; `at` is aware UTC, if known.

    `parent_text` and `parent_author` say what is known of the message it answers, where the stream
    has forgotten that one.
    """

    id: str
    text: str
    platform: str = ""
    author: str = ""
    author_name: str = ""
    channel: str = ""
    thread: str = ""
    reply_to: str = ""
    at: datetime | None = None
    edited: bool = False
    parent_text: str | None = None
    parent_author: str = ""


Place = tuple[str, str, str]
"""Platform, channel and thread: what is read as one conversation."""
Member = tuple[str, str]
"""Platform and id of a member; `@name` for one who was only ever mentioned."""


@dataclass(slots=True, kw_only=True)
class Said:
    """What is remembered of a message: enough for the replies and the messages that follow."""

    id: str
    author: Member
    place: Place
    at: float
    text: str
    signs: frozenset[str]
    abuse: tuple[Finding, ...] = ()
    reply_to: str = ""


@dataclass(slots=True, kw_only=True)
class Heard:
    """The message that is being judged, with all that the detectors ask about it.

    `at` is seconds on the stream's own clock, `targets` are the members it is plainly addressed to
    or speaks of, `implied` whom it means if it names nobody; `running` says that several others have
    just turned on that one, `answering` that it follows that one's own words. `crowd` is whom a pile-on that it is
    part of turns on.
    """

    utterance: Utterance
    folded: str
    signs: frozenset[str]
    assessment: Assessment
    author: Member
    place: Place
    at: float
    parent: Said | None = None
    targets: tuple[Member, ...] = ()
    implied: Member | None = None
    running: bool = False
    answering: bool = False
    crowd: Member | None = None
    named: frozenset[Member] = field(default_factory=frozenset)

    @property
    def words(self) -> int:
        """Give the number of words."""
        return self.folded.count(" ") + 1

    @property
    def abuse(self) -> tuple[Finding, ...]:
        """Give what was found in the words themselves and is meant."""
        if not self.assessment.findings:
            return ()
        return tuple(
            f for f in self.assessment.findings if f.stance is Stance.USE and f.kind in ABUSE and not f.doubted
        )

    def finding(self, kind: str, entry: str, because: str, category: Category, *more: Category) -> Finding:
        """Give a finding over the whole message; what needs several messages only asks a human."""
        return Finding(
            kind=kind,
            entry=f"conversation/{entry}",
            categories=(category, *more),
            span=Span(0, len(self.utterance.text)),
            aim=Aim.PERSON,
            certainty=Certainty.LIKELY,
            because=because,
        )


ABUSE = frozenset((
    "slur", "coded-antisemitism", "identity-attack", "dehumanisation", "threat", "death-wish", "self-harm-incitement",
    "insult", "intimidation", "doxxing", "pile-on-call", "obscene", "harassment",
))  # fmt: skip
"""Kinds of finding that are hostile to somebody."""

GRAVE = ABUSE - {"insult", "obscene", "harassment"}
"""Kinds that are abuse whoever laughs, and that a reply can join in."""
