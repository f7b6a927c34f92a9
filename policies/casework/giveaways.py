"""Words that would tell a member who had to do with a case: names, handles, and a report's own wording."""

import re
import unicodedata
from collections.abc import Iterable

from policies.common_words import SHARES

LEAST_LETTERS = 3
"""Shorter parts of a name are in too many other words."""

RUN = 5
"""So many words in a row taken from a report would be known again by whoever heard them said."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def naming(text: str, names: Iterable[str], *, own: Iterable[str] = ()) -> str:
    """Give the words of a text that name somebody, as they stand in it; an empty string if none do.

    A part of a name counts by itself: of Grace Okafor both words. A part that is an everyday word counts unless it is
    written in small letters, and names that the reader has as well (`own`) do not count.
    """
    words = [(found[0], _plain(found[0])) for found in _WORD.finditer(_visible(text))]
    plain = [word for _, word in words]
    theirs = {part for name in own for part in _parts(name)}
    for name in names:
        parts = _parts(name)
        whole = _at(plain, parts) if len(parts) > 1 else -1
        if whole >= 0 and not set(parts) <= theirs:
            return " ".join(written for written, _ in words[whole : whole + len(parts)])
        for part in parts:
            if len(part) < LEAST_LETTERS or part in theirs:
                continue
            for written, word in words:
                everyday = word in SHARES and written == written.lower()
                if word in (part, f"{part}'s", f"{part}s") and not everyday:
                    return written
    return _glued(text, names, theirs)


def repeating(text: str, reports: Iterable[str], *, known: Iterable[str] = ()) -> str:
    """Give words that a text takes from a report; what stands in `known` texts as well is no secret."""
    said = [_plain(found[0]) for found in _WORD.finditer(_visible(text))]
    open_to_all = {run for other in known for run in _runs(other)}
    for report in reports:
        secret = _runs(report) - open_to_all
        for start in range(len(said) - RUN + 1):
            run = tuple(said[start : start + RUN])
            if run in secret:
                return " ".join(run)
    return ""


def _glued(text: str, names: Iterable[str], theirs: set[str]) -> str:
    """Find a whole handle that is written together with something else, such as @grace_okafor."""
    flat = re.sub(r"[\W_]+", "", _plain(text))
    for name in names:
        whole = re.sub(r"[\W_]+", "", _plain(name))
        if len(whole) >= 2 * LEAST_LETTERS and whole not in theirs and whole in flat:
            return name
    return ""


def _parts(name: str) -> list[str]:
    return [_plain(found[0]) for found in _WORD.finditer(name)]


def _plain(text: str) -> str:
    """Give a text without what makes the same letters look different: case, accents, invisible characters."""
    letters = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(c for c in letters if unicodedata.category(c) not in ("Mn", "Cf")).casefold()


def _at(words: list[str], parts: list[str]) -> int:
    ends = range(len(words) - len(parts) + 1)
    return next((start for start in ends if words[start : start + len(parts)] == parts), -1)


def _visible(text: str) -> str:
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [_plain(found[0]) for found in _WORD.finditer(_visible(text))]
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
