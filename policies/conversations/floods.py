"""Floods: one author posting more than anybody can read, or the same text again and again."""

import re
from collections import deque
from dataclasses import dataclass, field

from policies.conversations.recent import Recent
from policies.conversations.settings import ConversationSettings
from policies.conversations.telling import messages, span_of_time
from policies.conversations.utterances import Heard, Member
from policies.findings import Category, Finding

_MOST = 32
_NOT_WORDS = re.compile(r"[^\w@<>/:.]+")
_LIVELY = 3
"""Words; shorter texts are repeated in every lively meeting: yes, goal, next, aye."""
_PER_WORD = 8


@dataclass(slots=True)
class _Author:
    """What one author posted lately: when, which text, where, and the id."""

    posts: deque[tuple[float, int, str, str]] = field(default_factory=lambda: deque(maxlen=_MOST))


class Floods:
    """Follows what each author posts."""

    def __init__(self, settings: ConversationSettings) -> None:
        self._settings = settings
        self._authors: Recent[Member, _Author] = Recent(settings.remembered)

    def find(self, heard: Heard) -> Finding | None:
        """Give a finding where a message is one of too many, or the same once too often."""
        if heard.utterance.edited:
            return None
        posts = self._authors.touch(heard.author, _Author).posts
        while posts and heard.at - posts[0][0] > self._settings.same_text_within:
            posts.popleft()
        if posts and any(post[3] == heard.utterance.id for post in posts):
            return None
        text = shape_of(heard.folded)
        posts.append((heard.at, hash(text), heard.place[1], heard.utterance.id))
        if len(posts) < self._settings.same_text_times:
            return None
        if heard.utterance.at is not None and (found := self._fast(heard, posts)) is not None:
            return found
        return self._same(heard, posts, text)

    def _fast(self, heard: Heard, posts: deque[tuple[float, int, str, str]]) -> Finding | None:
        late = [post for post in posts if abs(heard.at - post[0]) <= self._settings.flood_within]
        if len(late) < self._settings.flood_messages:
            return None
        because = (
            f"{len(late)} messages of one author within {span_of_time(late[-1][0] - late[0][0])}: "
            f"{messages([known for *_, known in late])}"
        )
        return heard.finding("flood", "many", because, Category.SPAM)

    def _same(self, heard: Heard, posts: deque[tuple[float, int, str, str]], text: str) -> Finding | None:
        if not text:
            return None
        same = [p for p in posts if p[1] == posts[-1][1] and abs(heard.at - p[0]) <= self._settings.same_text_within]
        here = [post for post in same if post[2] == heard.place[1]]
        short = text.count(" ") + 1 < _LIVELY and len(text) < _LIVELY * _PER_WORD and "://" not in text
        most = self._settings.same_text_times * (2 if short else 1)
        if len(here) < most and len(same) < self._settings.cross_posted_times * (2 if short else 1):
            return None
        because = (
            f"the same text {len(same)} times from one author within {span_of_time(same[-1][0] - same[0][0])}: "
            f"{messages([known for *_, known in same])}"
        )
        return heard.finding("flood", "same-text", because, Category.SPAM)


def shape_of(folded: str) -> str:
    """Give a text without what a hurried repeater changes: marks, spaces, runs of one letter."""
    words = " ".join(_NOT_WORDS.sub(" ", folded[:200]).split()).strip(" .")
    return words or "".join(folded[:40].split())
