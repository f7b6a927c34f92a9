"""Following a stream: every message is heard once, in order, and judged with those before it."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from policies.assess import Reader, with_findings
from policies.assessments import Assessment
from policies.conversations.banter import without_banter
from policies.conversations.borrowed_names import BorrowedNames
from policies.conversations.case_talk import find_case_talk
from policies.conversations.explaining import explained
from policies.conversations.floods import Floods
from policies.conversations.kin import Kin
from policies.conversations.names import Names
from policies.conversations.pile_on import PileOns
from policies.conversations.quarrels import Quarrels
from policies.conversations.raids import Raids
from policies.conversations.recent import Recent
from policies.conversations.repeat_targeting import RepeatTargeting
from policies.conversations.replies import Replies
from policies.conversations.retaliation import Retaliation
from policies.conversations.settings import ConversationSettings
from policies.conversations.signs import Signs
from policies.conversations.splits import Splits
from policies.conversations.told import told_on_asking
from policies.conversations.tone import Tone, falls_on, tone_of
from policies.conversations.utterances import Heard, Member, Place, Said, Utterance
from policies.findings import Finding
from policies.people import Register

_CHAIN = 5
"""Messages above an answer that say what the talk is of."""
_SPEAKERS = 4
_PERSONAL = frozenset(("asks", "complains_for", "hostile", "menace", "needling", "snitching", "stop_contact", "veiled"))
"""Signs with which it matters who is meant, also if they have not spoken themselves."""
_TOPIC = frozenset(("play", "pests"))


@dataclass(slots=True)
class _Channel:
    """What has just happened in one conversation."""

    speakers: deque[tuple[Member, float]] = field(default_factory=lambda: deque(maxlen=_SPEAKERS))
    target: Member | None = None
    target_at: float = -1e12
    topic: Said | None = None
    spoken_of: Member | None = None
    spoken_of_at: float = -1e12


class Conversations:
    """Judges messages by those before them. It holds a bounded memory and is for one stream in time."""

    def __init__(
        self,
        reader: Reader,
        signs: Signs,
        register: Register | None = None,
        settings: ConversationSettings | None = None,
    ) -> None:
        settings = settings or ConversationSettings()
        self._settings = settings
        self._reader = reader
        self._signs = signs
        self._names = Names(settings.remembered, register or Register(), signs.first_names)
        self._said: Recent[tuple[str, str], Said] = Recent(settings.remembered)
        self._channels: Recent[Place, _Channel] = Recent(settings.remembered)
        self._splits = Splits(settings)
        self._replies = Replies()
        self._kin = Kin(register)
        self._piles = PileOns(settings, self._kin)
        self._pairs = RepeatTargeting(settings)
        self._quarrels = Quarrels(settings)
        self._retaliation = Retaliation(settings)
        self._floods = Floods(settings)
        self._raids = Raids(settings)
        self._borrowed = BorrowedNames(settings, register.fakes if register else None)
        self._now = 0.0

    def hear(self, utterance: Utterance, folded: str, assessment: Assessment) -> Assessment:
        """Give the assessment of the next message with what those before it add or take away.

        `folded` is the text as the first view gives it. The same message may be heard again, as when
        it is edited: it then stands in the place of what it was, and counts once.
        """
        heard = self._heard(utterance, folded, assessment)
        channel = self._channels.touch(heard.place, _Channel)
        self._address(heard, channel)
        heard.assessment = told_on_asking(heard)
        if heard.abuse:
            heard.assessment = self._replies.cleared(heard, self._above(heard, channel))
        if heard.author[1]:
            heard.assessment = self._splits.join(heard, lambda text: self._read(text, heard))
        heard.assessment = without_banter(heard, self._pairs, self._piles)
        heard.assessment = self._quarrels.settled(heard, self._pairs)
        found = list(self._find(heard, channel))
        if found:
            findings = (*found, *heard.assessment.findings)
            heard.assessment = with_findings(heard.assessment, findings)
        if heard.assessment.scores is not None:
            equals = self._quarrels.equals(heard, self._pairs)
            if explained(heard, self._above(heard, channel), equals=equals):
                context = replace(heard.assessment.context, explained=True)
                heard.assessment = replace(heard.assessment, context=context)
        self._remember(heard, channel)
        return heard.assessment

    def link(self, groups: Iterable[Sequence[Member]]) -> None:
        """Take in which accounts are one person's, in place of what was known before."""
        self._kin.link(groups)

    def joined(self, member: Member, at: datetime) -> None:
        """Take in that somebody entered the community, so that they are known to be new."""
        self._raids.joined(self._names.known_as(member), at.timestamp())

    def forget(self, platform: str, message: str) -> None:
        """Drop what is remembered of the text of a message that was deleted."""
        self._said.drop((platform, message))

    def _heard(self, utterance: Utterance, folded: str, assessment: Assessment) -> Heard:
        self._now = utterance.at.timestamp() if utterance.at else self._now + self._settings.timeless_step
        return Heard(
            utterance=utterance,
            folded=folded,
            signs=self._signs.read(folded),
            assessment=assessment,
            author=self._names.known_as((utterance.platform, utterance.author)),
            place=(utterance.platform, utterance.channel, utterance.thread),
            at=self._now,
            parent=self._parent(utterance),
        )

    def _parent(self, utterance: Utterance) -> Said | None:
        if not utterance.reply_to:
            return None
        known = self._said.get((utterance.platform, utterance.reply_to))
        if known is not None or not utterance.parent_text:
            return known
        text = utterance.parent_text[: self._settings.remembered_characters]
        message, assessment = self._reader.read(text)
        parent = Heard(
            utterance=replace(utterance, id=utterance.reply_to, text=text, reply_to=""),
            folded=message.folded.text,
            signs=self._signs.read(message.folded.text),
            assessment=assessment,
            author=self._names.known_as((utterance.platform, utterance.parent_author)),
            place=(utterance.platform, utterance.channel, utterance.thread),
            at=self._now,
        )
        return self._as_said(parent)

    def _address(self, heard: Heard, channel: _Channel) -> None:
        """Work out whom the message means."""
        absent = bool(_PERSONAL & heard.signs) or bool(heard.assessment.findings)
        mentioned, named = self._names.meant(heard.utterance.text, heard.folded, heard.place, absent=absent)
        replied = (heard.parent.author,) if heard.parent is not None and heard.parent.author[1] else ()
        everybody = (*mentioned, *named) if mentioned else (*named, *replied)
        if everybody:
            heard.targets = tuple(member for member in dict.fromkeys(everybody) if member != heard.author)
            heard.named = frozenset(member for member in (*mentioned, *named) if member != heard.author)
        if heard.targets:
            channel.spoken_of, channel.spoken_of_at = heard.targets[0], heard.at
            return
        within = self._settings.implied_within
        spoken_of = channel.spoken_of if abs(heard.at - channel.spoken_of_at) <= within else None
        if spoken_of is not None and spoken_of != heard.author and "of_one" in heard.signs:
            heard.implied, heard.running = spoken_of, True
        elif (
            channel.target is not None
            and channel.target != heard.author
            and abs(heard.at - channel.target_at) <= within
        ):
            heard.implied = channel.target
            heard.running = self._piles.running(channel.target, heard.at)
        else:
            others = (
                who for who, at in reversed(channel.speakers) if who != heard.author and abs(heard.at - at) <= within
            )
            heard.implied = next(others, None)
            heard.answering = bool(channel.speakers) and channel.speakers[-1][0] == heard.implied

    def _above(self, heard: Heard, channel: _Channel) -> tuple[Said, ...]:
        """Give the messages that say what the talk is of: those answered, or the last one with a topic here."""
        above: list[Said] = []
        said = heard.parent
        while said is not None and len(above) < _CHAIN:
            above.append(said)
            said = self._said.get((heard.place[0], said.reply_to)) if said.reply_to else None
        if heard.place[2] and (root := self._said.get((heard.place[0], heard.place[2]))) is not None:
            above.append(root)
        topic = channel.topic if heard.author[1] else None
        if topic is not None and abs(heard.at - topic.at) <= self._settings.topic_within and heard.parent is None:
            above.append(topic)
        return tuple(above)

    def _find(self, heard: Heard, channel: _Channel) -> list[Finding]:
        tone = tone_of(heard)
        members = falls_on(heard, tone)
        found = [
            *self._borrowed.find(heard),
            self._replies.turned(heard),
            find_case_talk(heard, self._names),
        ]
        if heard.author[1]:
            found.append(self._floods.find(heard))
            found.append(self._raids.find(heard))
            found.append(self._retaliation.find(heard, tone, members))
            found.append(self._pairs.find(heard, tone, members))
            found.append(self._piles.find(heard, tone, members))
            self._aim(heard, members)
            self._piles.follow(heard, tone)
            self._pairs.follow(heard, tone)
            self._retaliation.follow(heard, tone)
            self._quarrels.follow(heard)
        if members and tone >= Tone.CONTEMPT:
            channel.target, channel.target_at = members[0], heard.at
        return [finding for finding in found if finding is not None]

    def _aim(self, heard: Heard, members: tuple[Member, ...]) -> None:
        """Say in the context whom the message plainly means; one who is only implied may be somebody else."""
        meant = (*((heard.crowd,) if heard.crowd else ()), *(m for m in members if m in heard.targets))
        aimed_at = tuple(dict.fromkeys(member[1] for member in meant if not member[1].startswith("@")))
        if aimed_at:
            context = replace(heard.assessment.context, aimed_at=aimed_at)
            heard.assessment = replace(heard.assessment, context=context)

    def _remember(self, heard: Heard, channel: _Channel) -> None:
        said = self._as_said(heard)
        self._said.put((heard.place[0], heard.utterance.id), said)
        if _TOPIC & said.signs and not said.abuse:
            channel.topic = said
        if heard.author[1]:
            member = (heard.utterance.platform, heard.utterance.author)
            self._names.note(member, heard.utterance.author_name, heard.place)
            channel.speakers.append((self._names.known_as(member), heard.at))

    def _as_said(self, heard: Heard) -> Said:
        return Said(
            id=heard.utterance.id,
            author=heard.author,
            place=heard.place,
            at=heard.at,
            text=heard.folded[: self._settings.remembered_characters],
            signs=heard.signs,
            abuse=heard.abuse,
            reply_to=heard.utterance.reply_to,
        )

    def _read(self, text: str, heard: Heard) -> Assessment:
        return self._reader.read(text, replace(heard.assessment.context, lookalike_of=""))[1]
