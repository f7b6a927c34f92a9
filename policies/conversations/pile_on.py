"""Pile-ons: many people at one member in a burst, however mild each of their messages is."""

from collections import deque

from policies.conversations.kin import Kin
from policies.conversations.recent import Recent
from policies.conversations.settings import ConversationSettings
from policies.conversations.telling import messages, span_of_time
from policies.conversations.tone import Tone, sour
from policies.conversations.utterances import Heard, Member
from policies.findings import Category, Finding

_RUNNING, _CROWD = 2, 3
"""People with contempt for one member before a message without a name means that one, and before sour words count."""
_MOST = 64
"""Hostile messages at one member that are remembered; more of them change nothing."""


class PileOns:
    """Counts who turned on whom in the last minutes, across channels; people count once, whatever accounts they use."""

    def __init__(self, settings: ConversationSettings, kin: Kin | None = None) -> None:
        self._settings = settings
        self._kin = kin or Kin()
        self._at: Recent[Member, deque[tuple[float, Member, str, bool]]] = Recent(settings.remembered)
        self._invited: Recent[Member, float] = Recent(settings.remembered)
        self._laughed: Recent[Member, float] = Recent(settings.remembered)

    def follow(self, heard: Heard, tone: Tone) -> None:
        """Remember who asks for it: feedback, a roast; and who laughs with the others."""
        author = self._kin.of(heard.author)
        if "invites" in heard.signs and tone is not Tone.ABUSE:
            self._invited.put(author, heard.at)
        if author in self._at and "laughing" in heard.signs:
            self._laughed.put(author, heard.at)

    def find(self, heard: Heard, tone: Tone, members: tuple[Member, ...]) -> Finding | None:
        """Give a finding where a message is the fifth sender's or a later one against one member."""
        soft = tone is Tone.NONE
        if soft:
            members = heard.targets[:1] if heard.targets and sour(heard) else ()
        author = self._kin.of(heard.author)
        for meant in members:
            member = self._kin.of(meant)
            if tone is not Tone.ABUSE and self._welcome(heard, member):
                continue
            against = self._at.touch(member, lambda: deque(maxlen=_MOST))
            if all(entry[2] != heard.utterance.id for entry in against):
                against.append((heard.at, author, heard.utterance.id, soft))
            burst = [entry for entry in against if abs(heard.at - entry[0]) <= self._settings.pile_on_within]
            senders = {entry[1] for entry in burst}
            if len(senders) >= self._settings.pile_on_senders and self._senders(member, heard.at) >= _CROWD:
                heard.crowd = meant
                times = [entry[0] for entry in burst]
                because = (
                    f"{len(senders)} people wrote with contempt to or of one member within "
                    f"{span_of_time(max(times) - min(times))}: {messages([entry[2] for entry in burst])}"
                )
                return heard.finding("pile-on", "pile-on", because, Category.PILE_ON, Category.HARASSMENT)
        return None

    def running(self, member: Member, at: float) -> bool:
        """Whether two others or more turned on a member in the last minutes."""
        return self._senders(member, at) >= _RUNNING

    def _senders(self, member: Member, at: float) -> int:
        against = self._at.get(self._kin.of(member)) or ()
        return len({a for t, a, _, soft in against if not soft and abs(at - t) <= self._settings.pile_on_within})

    def _welcome(self, heard: Heard, member: Member) -> bool:
        """Whether the member asked for it, or laughs with those who laugh."""
        within = self._settings.pile_on_within
        invited = self._invited.get(member)
        if invited is not None and abs(heard.at - invited) <= 3 * within:
            return True
        laughed = self._laughed.get(member)
        merry = bool({"laughing", "fond"} & heard.signs)
        return merry and laughed is not None and abs(heard.at - laughed) <= within
