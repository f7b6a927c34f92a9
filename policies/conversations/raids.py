"""Raids: many who are known to be new, within minutes, with one text, one link, or names made by one pattern."""

import re
from collections import deque
from dataclasses import dataclass

from policies.conversations.floods import shape_of
from policies.conversations.recent import Recent
from policies.conversations.settings import ConversationSettings
from policies.conversations.telling import messages, span_of_time
from policies.conversations.utterances import Heard, Member
from policies.findings import Category, Finding

_LINK = re.compile(r"(?:https?://|www\.|discord\.gg/|t\.me/)[^\s<>|)]+")
_NUMBERED = re.compile(r"^(.{3,}?)[\W_]*(\d{1,6})$")
_GIVEN = frozenset((
    "member", "delegate", "guest", "participant", "attendee", "visitor", "speaker", "volunteer", "voter", "person",
    "panellist", "observer", "branch", "ward", "table", "room", "seat", "desk", "student", "player", "caller",
))  # fmt: skip
"""What an organisation calls people whom it numbers; such a name says nothing of who made it."""
_PLACEHOLDERS = frozenset(("user", "anon", "anonymous", "account", "name"))
_MANY_DIGITS = 3
"""Digits from which a number behind a placeholder was drawn by a machine and not counted by hand."""
_VIEW = re.compile(
    r"\b(?:i|we|you|they|members|everyone) (?:all )?(?:think|believe|feel|reckon|agree|disagree|support|oppose|want|"
    r"vote|urge|demand|call)\b|\b(?:should|must|needs? to|has to|ought to|time to|please) (?:now )?(?:resign|step down|"
    r"stand down|go|quit|apologi[sz]e|stay|stand|vote|sign)\b|\b(?:resign|vote|motion|no confidence|petition|"
    r"referendum|manifesto|election|conference|agenda|councillors?|hustings|canvass\w*)\b"
)
"""What many say in the same words because they want the same: that is politics."""
_LIKE = 0.6
"""Share of the words of two texts that must be the same; a copied text with one word changed has more."""
_WORDS = 4
"""Words that a text must have before newcomers with the same one are no chance."""
_MOST = 48
_LONG_AGO = -1e12
_HARMLESS = frozenset(("votes", "greets", "warm", "laughing"))


@dataclass(frozen=True, slots=True)
class _First:
    """What a newcomer brought."""

    at: float
    author: Member
    id: str
    words: frozenset[str]
    links: frozenset[str]
    pattern: str


class Raids:
    """Follows what those say who are known to be new.

    Somebody is, who was seen to join lately, or whose first message comes after the stream has been followed for
    some time. Whom a stream of a few messages had not heard before may have been there for years.
    """

    def __init__(self, settings: ConversationSettings) -> None:
        self._settings = settings
        self._joined: Recent[Member, float] = Recent(settings.remembered)
        self._followed_since: dict[str, float] = {}
        self._since: Recent[Member, float] = Recent(4 * settings.remembered)
        self._recent: Recent[str, deque[_First]] = Recent(settings.remembered)
        self._links: Recent[str, Member] = Recent(settings.remembered)

    def joined(self, member: Member, at: float) -> None:
        """Take in that somebody entered the community."""
        self._joined.put(member, at)

    def find(self, heard: Heard) -> Finding | None:
        """Give a finding where a newcomer is one of many with the same."""
        new = self._is_new(heard)
        found = _LINK.findall(heard.folded) if "/" in heard.folded else ()
        links = frozenset(link.rstrip("/.,!?") for link in found)
        if not new:
            for link in links:
                self._links.put(link, heard.author)
            return None
        brought = self._brought(heard, frozenset(link for link in links if link not in self._links))
        others = self._recent.touch(heard.author[0], lambda: deque(maxlen=_MOST))
        alike = [o for o in others if abs(heard.at - o.at) <= self._settings.raid_within and _alike(o, brought)]
        if all(other.id != brought.id for other in others):
            others.append(brought)
        together = [*alike, brought]
        if len({first.author for first in together}) < self._settings.raid_names:
            return None
        because = (
            f"{len({first.author for first in together})} new names with the same text, link or pattern of name within "
            f"{span_of_time(together[-1].at - together[0].at)}: {messages([first.id for first in together])}"
        )
        return heard.finding("raid", "newcomers", because, Category.SPAM)

    def _is_new(self, heard: Heard) -> bool:
        followed = abs(heard.at - self._followed_since.setdefault(heard.author[0], heard.at))
        tells = followed >= self._settings.raid_known_after
        first = self._since.touch(heard.author, lambda: heard.at if tells else _LONG_AGO)
        joined = self._joined.get(heard.author)
        recently = joined is not None and abs(heard.at - joined) <= self._settings.raid_newcomer_for
        return recently or abs(heard.at - first) <= self._settings.raid_within

    def _brought(self, heard: Heard, links: frozenset[str]) -> _First:
        words = frozenset(shape_of(_LINK.sub(" ", heard.folded)).split())
        a_view = bool(_VIEW.search(heard.folded)) and not heard.abuse
        if len(words) < _WORDS or a_view or _HARMLESS & heard.signs:
            words = frozenset()
        numbered = _NUMBERED.match(heard.utterance.author_name.casefold().strip())
        pattern = numbered.group(1).strip(" _-.") if numbered else ""
        if numbered and (pattern in _GIVEN or (pattern in _PLACEHOLDERS and len(numbered.group(2)) < _MANY_DIGITS)):
            pattern = ""
        return _First(heard.at, heard.author, heard.utterance.id, words, links, pattern)


def _alike(one: _First, other: _First) -> bool:
    if one.author == other.author:
        return False
    if one.links & other.links or (one.pattern and one.pattern == other.pattern):
        return True
    shared = len(one.words & other.words)
    return bool(shared) and shared >= _LIKE * len(one.words | other.words)
