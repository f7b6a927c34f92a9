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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One detector's hit: what it is, and exactly where in the original text it stands.

    `kind` is the detector's word for it (rules test it), `entry` the lexicon entry that fired,
    `view` the reading of the text in which it was seen; any view but `folded` means disguise.
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

    @property
    def disguised(self) -> bool:
        """Whether the words were seen only after undoing masks, leet or spacing."""
        return self.view != "folded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One reason for a stance: a name for the reader and the place in the original that gave it."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The classifier's seven Detoxify labels, each 0..1."""

    toxicity: float = 0.0
    severe_toxicity: float = 0.0
    obscene: float = 0.0
    threat: float = 0.0
    insult: float = 0.0
    identity_attack: float = 0.0
    sexual_explicit: float = 0.0

    def as_dict(self) -> dict[str, float]:
        """Give the labels and their scores in the order of Detoxify's heads."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
