"""What detectors and the classifier found in a message, and how the author stands to it."""

from dataclasses import dataclass, fields
from enum import StrEnum


class Category(StrEnum):
    """What a decision may say a message is; one or several. A mention carries none."""

    IDENTITY_ATTACK = "identity-attack"
    THREAT = "threat"
    INSULT = "insult"
    HARASSMENT = "harassment"
    OBSCENE = "obscene"
    SELF_HARM = "self-harm"
    INTIMIDATION = "intimidation"
    DOXXING = "doxxing"
    IMPERSONATION = "impersonation"
    PILE_ON = "pile-on"
    SPAM = "spam"
    NOT_COMPETENT_BUSINESS = "not-competent-business"


class Stance(StrEnum):
    """How the author stands to the words: only `use` is abuse."""

    USE = "use"
    QUOTE = "quote"
    REPORT = "report"
    CONDEMN = "condemn"
    CRITICISE = "criticise"


class Aim(StrEnum):
    """Whom the words are aimed at, as far as the words themselves tell."""

    READER = "reader"
    PERSON = "person"
    GROUP = "group"
    SELF = "self"
    NOBODY = "nobody"


class Certainty(StrEnum):
    """How far the words alone carry a finding: `plain` is enough to act on, `likely` asks a human."""

    PLAIN = "plain"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters (code points) in the original text."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """Whether the two ranges share a character."""
        return self.start < other.end and other.start < self.end

    def within(self, other: "Span") -> bool:
        """Whether this range lies wholly inside the other."""
        return other.start <= self.start and self.end <= other.end


PLAIN_VIEWS = frozenset({"folded", "corrected"})
"""Readings that undo no disguise: the text as it stands, and with slips of the hand put right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One detector's hit: what it is, and exactly where in the original text it stands.

    `kind` is the detector's word for it (rules test it), `entry` the lexicon entry that fired,
    `view` the reading of the text in which it was seen; any view but those of `PLAIN_VIEWS` means disguise. `because`
    says what other messages led to it, if any did, without a word of theirs.
    """

    kind: str
    entry: str
    categories: tuple[Category, ...]
    span: Span
    view: str = "folded"
    aim: Aim = Aim.NOBODY
    certainty: Certainty = Certainty.PLAIN
    characteristic: str = ""
    stance: Stance = Stance.USE
    because: str = ""
    doubted: bool = False
    """Whether the classifier reads the whole message as no abuse, clearly enough to outweigh these words."""

    @property
    def disguised(self) -> bool:
        """Whether the words were seen only after undoing masks, leet or spacing; a slip of the hand hides nothing."""
        return self.view not in PLAIN_VIEWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One reason for a stance: a name for the reader and the place in the original that gave it."""

    name: str
    span: Span


LIKELY = 0.5
"""The cut of the shipped model: its scores are moved so that what is abuse for it lies above."""

_MOST_SUSPECTED = 2
"""Sorts that a guess names; the model gives a score to most of them where it is sure that something is wrong."""

_CATEGORY_OF = {
    "identity_attack": Category.IDENTITY_ATTACK,
    "threat": Category.THREAT,
    "insult": Category.INSULT,
    "harassment": Category.HARASSMENT,
    "obscene": Category.OBSCENE,
    "self_harm": Category.SELF_HARM,
    "intimidation": Category.INTIMIDATION,
    "doxxing": Category.DOXXING,
    "impersonation": Category.IMPERSONATION,
    "pile_on": Category.PILE_ON,
    "spam": Category.SPAM,
}


def _is_beside(score: float, category: Category, first: float) -> bool:
    """Whether a sort is named beside a likelier one: hatred of people always, others at half its odds or more."""
    return category is Category.IDENTITY_ATTACK or 2 * score * (1 - first) >= first * (1 - score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What the classifier makes of a message, each 0..1: Detoxify's seven labels, then what the shipped model adds.

    `abuse` is whether the message breaks a party's rules at all, of whatever sort; `mention` whether its
    words are somebody else's, quoted, reported or condemned. A model without a head leaves it at 0.
    """

    toxicity: float = 0.0
    severe_toxicity: float = 0.0
    obscene: float = 0.0
    threat: float = 0.0
    insult: float = 0.0
    identity_attack: float = 0.0
    sexual_explicit: float = 0.0
    abuse: float = 0.0
    harassment: float = 0.0
    self_harm: float = 0.0
    intimidation: float = 0.0
    doxxing: float = 0.0
    impersonation: float = 0.0
    pile_on: float = 0.0
    spam: float = 0.0
    mention: float = 0.0

    @property
    def categories(self) -> tuple[Category, ...]:
        """What the message is likely to be, if it is abuse at all; the likeliest first."""
        if self.abuse < LIKELY:
            return ()
        likely = [(getattr(self, name), category) for name, category in _CATEGORY_OF.items()]
        ordered = sorted((pair for pair in likely if pair[0] >= LIKELY), key=lambda pair: -pair[0])[:_MOST_SUSPECTED]
        return tuple(
            category
            for at, (score, category) in enumerate(ordered)
            if at == 0 or _is_beside(score, category, ordered[0][0])
        )

    def as_dict(self) -> dict[str, float]:
        """Give the labels and their scores, Detoxify's first, in the order of its heads."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
