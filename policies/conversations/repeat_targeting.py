"""Repeat targeting: one author at one member again and again, and going on after being asked to stop."""

from collections import deque
from dataclasses import dataclass, field

from policies.conversations.recent import Recent
from policies.conversations.settings import ConversationSettings
from policies.conversations.telling import messages, span_of_time
from policies.conversations.tone import Tone, sour
from policies.conversations.utterances import Heard, Member
from policies.findings import Category, Finding

_HABIT = 2
"""Hard messages at one member after which a sour one counts as another."""
_MOST = 24
"""Messages of one author at one member that are remembered; a habit shows in fewer."""


@dataclass(slots=True)
class _Pair:
    """What one author wrote at one member."""

    hard: deque[tuple[float, str, Tone]] = field(default_factory=lambda: deque(maxlen=_MOST))
    merry: float = -1e12
    stopped: float = -1e12
    stopped_by: str = ""
    contact: bool = False


class RepeatTargeting:
    """Follows pairs of author and member."""

    def __init__(self, settings: ConversationSettings) -> None:
        self._settings = settings
        self._pairs: Recent[tuple[Member, Member], _Pair] = Recent(4 * settings.remembered)
        self._by_author: Recent[Member, deque[Member]] = Recent(settings.remembered)

    def follow(self, heard: Heard, tone: Tone) -> None:
        """Remember laughter between two, and who was asked to stop by the member or by somebody else."""
        signs = heard.signs
        if "laughing" in signs or "fond" in signs:
            for member in (*heard.targets, *((heard.implied,) if heard.implied else ())):
                self._pair(heard.author, member).merry = heard.at
        asked = "stop_contact" in signs or ("stop" in signs and tone is Tone.NONE)
        if not asked or "apology" in signs:
            return
        contact = "stop_contact" in signs
        for member in heard.targets or ((heard.implied,) if heard.implied else ()):
            if contact or heard.targets or (member, heard.author) in self._pairs:
                self._stop(self._pair(member, heard.author), heard, contact)
            for other in self._by_author.get(member) or ():
                pair = self._pairs.get((member, other))
                if other != heard.author and pair is not None and pair.hard and self._fresh(pair, heard.at):
                    self._stop(pair, heard, contact)

    def find(self, heard: Heard, tone: Tone, members: tuple[Member, ...]) -> Finding | None:
        """Give a finding where an author goes on at somebody, sooner after a request to stop."""
        for member in dict.fromkeys((*members, *heard.targets)):
            pair = self._pairs.get((heard.author, member))
            if pair is None or not self.stopped(heard.author, member, heard.at):
                continue
            if (found := self._after_stop(heard, tone, member, pair)) is not None:
                return found
        if tone is Tone.NONE and heard.targets and sour(heard):
            members = tuple(m for m in heard.targets if self.hard(heard.author, m, heard.at) >= _HABIT)
            tone = Tone.NEEDLING
        elif tone is Tone.NONE:
            return None
        for member in members:
            pair = self._pair(heard.author, member)
            if all(known != heard.utterance.id for _, known, _ in pair.hard):
                pair.hard.append((heard.at, heard.utterance.id, tone))
            if (found := self._habit(heard, member, pair)) is not None:
                return found
        return None

    def stopped(self, author: Member, member: Member, at: float) -> bool:
        """Whether an author was asked not to go on at a member."""
        pair = self._pairs.get((author, member))
        return pair is not None and pair.stopped <= at <= pair.stopped + self._settings.stopped_for

    def mutual(self, author: Member, member: Member, at: float) -> bool:
        """Whether the member gives back, or laughed with the author lately."""
        theirs = self._pairs.get((member, author))
        if theirs is None:
            return False
        return bool(self._within(theirs, at)) or abs(at - theirs.merry) <= self._settings.pile_on_within * 6

    def friendly(self, author: Member, member: Member, at: float) -> bool:
        """Whether one of the two laughed with the other lately."""
        pairs = (self._pairs.get((author, member)), self._pairs.get((member, author)))
        return any(pair is not None and abs(at - pair.merry) <= self._settings.pile_on_within * 6 for pair in pairs)

    def hard(self, author: Member, member: Member, at: float) -> int:
        """Give how many hard messages an author wrote at a member lately."""
        pair = self._pairs.get((author, member))
        return len(self._within(pair, at)) if pair else 0

    def _after_stop(self, heard: Heard, tone: Tone, member: Member, pair: _Pair) -> Finding | None:
        signs = heard.signs
        if "apology" in signs and tone is not Tone.ABUSE:
            return None
        if tone is Tone.NONE and not (
            self._laughs_it_off(heard, member, pair)
            or (pair.contact and member in heard.targets and not {"stop", "warm", "votes"} & signs)
        ):
            return None
        because = (
            f"the author went on at a member after message {pair.stopped_by} had asked them to stop, "
            f"{span_of_time(heard.at - pair.stopped)} earlier"
        )
        return heard.finding("repeat-targeting", "after-stop", because, Category.HARASSMENT)

    def _laughs_it_off(self, heard: Heard, member: Member, pair: _Pair) -> bool:
        """Whether the answer to "please stop" is laughter."""
        meant = member in heard.targets or heard.implied == member
        return meant and "laughing" in heard.signs and 0 <= heard.at - pair.stopped <= self._settings.pile_on_within

    def _habit(self, heard: Heard, member: Member, pair: _Pair) -> Finding | None:
        mine = self._within(pair, heard.at)
        contempt = sum(tone >= Tone.CONTEMPT for _, _, tone in mine)
        if contempt < self._settings.repeated_contempt and len(mine) < self._settings.repeated_needling:
            return None
        theirs = self._pairs.get((member, heard.author))
        if theirs is not None:
            back = self._within(theirs, heard.at)
            if 3 * len(back) >= len(mine) or abs(heard.at - theirs.merry) <= self._settings.pile_on_within * 6:
                return None
        because = (
            f"{len(mine)} hostile or needling messages from one author at one member within "
            f"{span_of_time(heard.at - mine[0][0])}: {messages([known for _, known, _ in mine])}"
        )
        return heard.finding("repeat-targeting", "habit", because, Category.HARASSMENT)

    def _within(self, pair: _Pair, at: float) -> list[tuple[float, str, Tone]]:
        return [entry for entry in pair.hard if abs(at - entry[0]) <= self._settings.repeated_within]

    def _fresh(self, pair: _Pair, at: float) -> bool:
        return abs(at - pair.hard[-1][0]) <= self._settings.pile_on_within * 6

    def _stop(self, pair: _Pair, heard: Heard, contact: bool) -> None:
        pair.stopped, pair.stopped_by = heard.at, heard.utterance.id
        pair.contact = pair.contact or contact

    def _pair(self, author: Member, member: Member) -> _Pair:
        if (author, member) not in self._pairs:
            self._by_author.touch(author, lambda: deque(maxlen=_MOST)).append(member)
        return self._pairs.touch((author, member), _Pair)
