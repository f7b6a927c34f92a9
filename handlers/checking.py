"""Judging a stream of messages without a platform: the same reading and the same policy, nothing kept, nothing done."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.classify import scored, worth_scoring
from policies.assess import Reader, read_besides
from policies.assessments import Assessment, Context
from policies.conversations.following import Conversations
from policies.conversations.sign_files import house_signs
from policies.conversations.utterances import Utterance
from policies.decisions import Action, Decision, Mode
from policies.evaluate import decide
from policies.findings import Scores
from policies.identifiers import MemberId, PlatformName
from policies.people import Register
from policies.rules import Policy

Score = Callable[[Sequence[str]], list[Scores | None]]
"""A classifier that answers at once, as a stream without a platform may wait for it."""

REMEMBERED = 20_000
"""Messages whose text is remembered for the replies to them; older ones are forgotten."""

REMEMBERED_CHARACTERS = 10_000_000
"""Characters of them all together; where messages are long, fewer of them are remembered."""

EVERYTHING = frozenset(Action)
"""A stream belongs to no platform, so that no action degrades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedMessage:
    """One message of a stream; `id` is the same again where the message was edited or deleted."""

    id: str
    text: str
    kind: str = "posted"
    platform: PlatformName = PlatformName.DISCORD
    channel: str = ""
    author: str = ""
    author_name: str = ""
    thread: str = ""
    reply_to: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a message and what the policy makes of it."""

    assessment: Assessment
    decision: Decision


class Checker:
    """Judges messages in the order in which they were written, as the live bot would.

    Memory is bounded: a stream of any length is judged in constant space.
    """

    def __init__(
        self,
        reader: Reader,
        policy: Policy,
        register: Register | None = None,
        *,
        score: Score | None = None,
        scorer: str = "none",
    ) -> None:
        self._reader = reader
        self._policy = policy
        self._register = register or Register()
        self._score = score
        self._scorer = scorer
        self._conversations = Conversations(reader, house_signs(), self._register)
        self._written: OrderedDict[tuple[str, str], StreamedMessage] = OrderedDict()
        self._characters = 0

    def check(self, message: StreamedMessage) -> Checked:
        """Judge the next message of the stream; a deleted one is forgotten and allowed."""
        key = (message.platform.value, message.id)
        if message.kind == "deleted":
            self._forget(key)
            self._conversations.forget(*key)
            return Checked(Assessment(), self._policy.allowed)
        read, assessment = self._reader.read(message.text, self._context(message))
        if self._score is not None and worth_scoring(message.text):
            (scores,) = self._score([message.text])
            besides = read_besides(message.text, assessment, scores)
            answers = self._score(besides.texts) if besides.texts else ()
            assessment = scored(assessment, scores, self._scorer, besides, answers)
        assessment = self._conversations.hear(self._utterance(message), read.folded.text, assessment)
        decision = decide(assessment, self._policy, mode=Mode.ACT, can=EVERYTHING)
        self._remember(key, message)
        return Checked(assessment, decision)

    def _utterance(self, message: StreamedMessage) -> Utterance:
        parent = self._written.get((message.platform.value, message.reply_to)) if message.reply_to else None
        return Utterance(
            id=message.id,
            text=message.text,
            platform=message.platform.value,
            author=message.author,
            author_name=message.author_name,
            channel=message.channel,
            thread=message.thread,
            reply_to=message.reply_to,
            at=message.at,
            edited=message.kind == "edited",
            parent_text=parent.text if parent else None,
            parent_author=parent.author if parent else "",
        )

    def _remember(self, key: tuple[str, str], message: StreamedMessage) -> None:
        self._forget(key)
        self._written[key] = message
        self._characters += len(message.text)
        while len(self._written) > REMEMBERED or self._characters > REMEMBERED_CHARACTERS:
            self._forget(next(iter(self._written)))

    def _forget(self, key: tuple[str, str]) -> None:
        forgotten = self._written.pop(key, None)
        self._characters -= len(forgotten.text) if forgotten else 0

    def _context(self, message: StreamedMessage) -> Context:
        parent = self._written.get((message.platform.value, message.reply_to)) if message.reply_to else None
        borrowed = self._register.lookalike(MemberId(message.author), message.author_name)
        return Context(
            platform=message.platform,
            channel=message.channel,
            in_thread=bool(message.thread),
            is_edit=message.kind == "edited",
            parent_text=parent.text if parent else None,
            parent_is_own=parent is not None and bool(parent.author) and parent.author == message.author,
            lookalike_of=borrowed.name if borrowed else "",
        )
