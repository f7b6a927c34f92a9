"""All that is known of a message when it is judged: context, findings, scores and stance together."""

from dataclasses import dataclass, field

from policies.findings import Category, Cue, Finding, Scores, Stance
from policies.identifiers import PlatformName

NOT_READ_WHOLE = "text: not read to its end"
"""Among what was missing: the message is too long, or too full of words of abuse, to be read whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the handler knows around the text: author, channel, thread, the message it answers.

    `explained` says that something accounts for words which a classifier alone takes for abuse: the conversation, as
    play, banter, comfort, or a few words among others; or the message itself, which denies hatred of people.
    `lookalike_of` names the registered person whose name the author has borrowed. `aimed_at` are the
    members, by their ids, that a hostile message plainly means, as far as the conversation tells.
    """

    platform: PlatformName = PlatformName.DISCORD
    channel: str = ""
    author_roles: tuple[str, ...] = ()
    author_is_moderator: bool = False
    in_thread: bool = False
    is_edit: bool = False
    explained: bool = False
    parent_text: str | None = None
    parent_is_own: bool = False
    attachment_count: int = 0
    lookalike_of: str = ""
    aimed_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything a policy may look at.

    `stance` is that of the whole message: `use` as soon as one finding is used, else what the
    findings are. `degraded` names what was missing when it was made ("classifier: timed out").
    """

    findings: tuple[Finding, ...] = ()
    scores: Scores | None = None
    stance: Stance = Stance.USE
    cues: tuple[Cue, ...] = ()
    context: Context = field(default_factory=Context)
    scorer: str = "none"
    degraded: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[Finding, ...]:
        """The findings that the author means, as against those quoted, reported, condemned or doubted."""
        return tuple(f for f in self.findings if f.stance is Stance.USE and not f.doubted)

    @property
    def categories(self) -> tuple[Category, ...]:
        """What the used findings amount to, in the order of the vocabulary; a mention has none."""
        held = {category for finding in self.used for category in finding.categories}
        return tuple(category for category in Category if category in held)

    @property
    def suspected(self) -> tuple[Category, ...]:
        """What the classifier takes the message for; a guess for the moderators, on which nothing is removed."""
        return self.scores.categories if self.scores else ()
