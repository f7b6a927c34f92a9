"""Borrowed names: somebody under the name of another member, and what they ask for."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from policies.conversations.recent import Recent
from policies.conversations.settings import ConversationSettings
from policies.conversations.utterances import Heard, Member
from policies.fakes import Fakes
from policies.findings import Category, Certainty, Finding, Stance
from policies.people import DECORATION, numbered_apart, shape_of_name

_WARNING = re.compile(
    r"\b(?:fake|bogus|impost[eo]r|imperson\w+|scam\w*|phish\w*|hoax|warning|beware|fraud\w*|report(?:ed|ing)?|"
    r"not (?:her|him|me|them|the real|genuine|official|ours?)|"
    r"do(?:n'?t| not) (?:follow|trust|click|share|reply|believe))\b"
)
"""Words with which members warn each other of a fake."""

_SHORTEST = 6
"""Letters a name must have before its likeness says anything; first names are shared by many."""


class BorrowedNames:
    """Remembers who was first seen under a name."""

    def __init__(self, settings: ConversationSettings, fakes: Fakes | None = None) -> None:
        self._fakes = fakes or Fakes()
        self._bearers: Recent[tuple[str, str], tuple[Member, str]] = Recent(settings.remembered)
        self._shapes: Recent[str, str] = Recent(settings.remembered)

    def find(self, heard: Heard) -> Iterable[Finding]:
        """Give findings where a name looks like that of another member, and where it asks for money or codes."""
        if self._fakes:
            yield from self._flagged(heard)
        context = heard.assessment.context
        name = heard.utterance.author_name
        if context.lookalike_of:
            if "asks_money" in heard.signs:
                yield self._asking(heard, Certainty.PLAIN, "a registered person")
            return
        shape = self._shapes.touch(name, lambda: shape_of_name(name)) if name else ""
        if len(shape) < _SHORTEST or not heard.author[1]:
            return
        key = (heard.author[0], shape)
        first = self._bearers.get(key)
        if first is None or first[0] == heard.author:
            self._bearers.put(key, (heard.author, name))
            return
        if numbered_apart(first[1], name):
            return
        if _plain(first[1]) != _plain(name):
            yield heard.finding(
                "impersonation",
                "lookalike",
                "the author's name is made to look like that of another member who has spoken here",
                Category.IMPERSONATION,
            )
        if "asks_money" in heard.signs:
            yield self._asking(heard, Certainty.LIKELY, "another member")

    def _flagged(self, heard: Heard) -> Iterable[Finding]:
        """Give the pages and handles in a message that were flagged as fake; a warning of one is a mention."""
        warns = bool(_WARNING.search(heard.folded)) or "reports" in heard.signs or "condemns" in heard.signs
        for flagged, span in self._fakes.find(heard.utterance.text):
            because = f"it leads to a page or handle that was flagged as passing itself off as {flagged.of}"
            found = heard.finding("impersonation", "flagged", because, Category.IMPERSONATION)
            yield replace(found, span=span, stance=Stance.REPORT if warns else Stance.USE)

    def _asking(self, heard: Heard, certainty: Certainty, whose: str) -> Finding:
        because = f"under a name that looks like that of {whose}, the author asks for money, codes or a private contact"
        found = heard.finding("impersonation-claim", "asks", because, Category.IMPERSONATION, Category.SPAM)
        return replace(found, certainty=certainty)


def _plain(name: str) -> str:
    """Give a name as everybody would type it: letter case, spaces, titles and accents are no deceit."""
    bare = DECORATION.sub(" ", unicodedata.normalize("NFKD", name[:200]).casefold())
    return "".join(char for char in bare if char.isalnum())
