"""Quarrels and kindness: where a suspicion about a few words is answered by what both sides have said."""

from collections import deque

from policies.assess import with_findings
from policies.assessments import Assessment
from policies.conversations.recent import Recent
from policies.conversations.repeat_targeting import RepeatTargeting
from policies.conversations.settings import ConversationSettings
from policies.conversations.utterances import Heard, Member
from policies.findings import Certainty

_MILD = frozenset(("insult", "obscene", "harassment"))
_MOST = 16
_EACH = 2
"""Messages that each of two must have addressed to the other before they quarrel at length."""


class Quarrels:
    """Remembers who talks with whom."""

    def __init__(self, settings: ConversationSettings) -> None:
        self._settings = settings
        self._talk: Recent[tuple[Member, Member], deque[float]] = Recent(4 * settings.remembered)

    def follow(self, heard: Heard) -> None:
        """Remember whom a message is for."""
        for member in heard.targets[:3] or ((heard.implied,) if heard.implied else ()):
            self._talk.touch((heard.author, member), lambda: deque(maxlen=_MOST)).append(heard.at)

    def settled(self, heard: Heard, pairs: RepeatTargeting) -> Assessment:
        """Give the assessment without suspicions of mild insult in a quarrel of equals, or in kind words."""
        used = heard.abuse
        if (
            not heard.author[1]
            or not used
            or any(f.kind not in _MILD or f.certainty is Certainty.PLAIN or f.characteristic for f in used)
        ):
            return heard.assessment
        if not (self.equals(heard, pairs) or ("warm" in heard.signs and "hostile" not in heard.signs)):
            return heard.assessment
        findings = tuple(f for f in heard.assessment.findings if f not in used)
        return with_findings(heard.assessment, findings)

    def equals(self, heard: Heard, pairs: RepeatTargeting) -> bool:
        """Whether author and member have both said their share, and neither asked the other to stop."""
        member = heard.targets[0] if heard.targets else heard.implied
        if member is None or pairs.stopped(heard.author, member, heard.at):
            return False
        mine, theirs = self._said(heard.author, member, heard.at), self._said(member, heard.author, heard.at)
        return mine + 1 >= _EACH and theirs >= _EACH

    def _said(self, author: Member, member: Member, at: float) -> int:
        talk = self._talk.get((author, member)) or ()
        return sum(abs(at - when) <= 6 * self._settings.topic_within for when in talk)
