"""Masking: abusive words shown by their first letter, and text made safe to show at all."""

import unicodedata
from collections.abc import Iterable, Iterator

from policies.findings import Span

DOT = "•"
MOST_DOTS = 12
MOST_CHARACTERS = 1_000
_SHOWN_CONTROLS = "\n\t"
_HIDDEN_CATEGORIES = ("Cc", "Cf", "Cs")


def mask(text: str, spans: Iterable[Span], *, most: int = MOST_CHARACTERS) -> str:
    """Give the text with every word inside the spans cut to its first letter and dots.

    Of words of one letter only the first in a row of words is shown, so that spacing a word out does
    not uncover it.
    Invisible and control characters are left out, so that the result can be shown anywhere and in
    the order in which it was written; what is longer than `most` ends in an ellipsis.
    """
    hidden = [False] * len(text)
    for span in spans:
        for place in range(max(span.start, 0), min(span.end, len(text))):
            hidden[place] = True
    shown: list[str] = []
    for character in _masked(text, hidden):
        if len(shown) >= most:
            shown.append("…")
            break
        shown.append(character)
    return "".join(shown).strip()


def _masked(text: str, hidden: list[bool]) -> Iterator[str]:
    dots = -1  # below zero: outside a masked word
    marks = 0
    begun = False  # a letter of this stretch of masked words was shown
    for place, character in enumerate(text):
        if character not in _SHOWN_CONTROLS and unicodedata.category(character) in _HIDDEN_CATEGORIES:
            continue
        combining = unicodedata.combining(character) != 0
        marks = marks + 1 if combining else 0
        if not hidden[place] or character.isspace():
            dots = -1
            begun = begun and hidden[place]
            if marks <= 4:
                yield character
        elif dots < 0:
            dots = 0
            if not combining:
                yield DOT if begun and _alone(text, place, hidden) else character
            begun = True
        elif not combining and dots < MOST_DOTS:
            dots += 1
            yield DOT


def _alone(text: str, place: int, hidden: list[bool]) -> bool:
    """Whether the masked word that begins here has one letter only."""
    after = place + 1
    return after >= len(text) or not hidden[after] or text[after].isspace()
