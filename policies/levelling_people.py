"""One name for all members, so that a classifier cannot judge a sentence by where the name in it is from."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OWNED = re.compile(r"['’]s?$")
_SON_OF = re.compile(r"(?:mc|mac|fitz)[a-z]{4,}|o['’][a-z]{4,}")
_CAPITAL = re.compile(r"[A-Z](?:[a-z]{2,}|[a-z]+[A-Z][a-z]+|['’][A-Z][a-z]+)(?:-[A-Z][a-z]+)*")
_BETWEEN = (" ", ". ")
"""What may part the words of one name."""
_FORENAME, _SURNAME = "sam", "hughes"


class People:
    """Gives a text in which all members go by one name, in full or in part as they were called.

    `words` has the lists `forename`, `surname`, `forename_and_word`, `title`, `no_surname` and `name_that_tells`.
    """

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._forenames, self._surnames = frozenset(words["forename"]), frozenset(words["surname"])
        self._words_too = frozenset(words["forename_and_word"])
        self._titles = frozenset(words["title"])
        self._no_surnames = frozenset(words["no_surname"])
        self._telling = frozenset(words["name_that_tells"])

    def __call__(self, text: str) -> str:
        """Give the text with one name for all members; names that say more than who somebody is stay."""
        found = [(match.start(), _OWNED.sub("", match.group())) for match in _WORD.finditer(text)]
        parts: list[str] = []
        written = at = 0
        while at < len(found):
            start, word = found[at]
            following = found[at + 1][1] if at + 1 < len(found) else ""
            if following and text[start + len(word) : found[at + 1][0]] not in _BETWEEN:
                following = ""
            name, taken = self._name(word, following)
            if name:
                last, end = found[at + taken - 1]
                parts += [text[written:start], name]
                written = last + len(end)
            at += taken
        return "".join([*parts, text[written:]]) if parts else text

    def _name(self, word: str, following: str) -> tuple[str, int]:
        """Give the name to write for a word, empty where it is none, and how many words were read."""
        small = _small(word)
        behind = _small(following)
        if following and f"{small} {behind}" in self._telling:
            return "", 2
        is_followed = bool(following) and (self._is_surname(behind) or self._looks_like_one(following, behind))
        if small in self._titles and is_followed and behind not in self._forenames:
            return f"{small} {_SURNAME}", 2
        if small in self._forenames or (small in self._words_too and is_followed):
            return (f"{_FORENAME} {_SURNAME}", 2) if is_followed else (_FORENAME, 1)
        return (_SURNAME, 1) if self._is_surname(small) else ("", 1)

    def _is_surname(self, small: str) -> bool:
        if small in self._surnames:
            return True
        return small not in self._no_surnames and _SON_OF.fullmatch(small) is not None

    def _looks_like_one(self, word: str, small: str) -> bool:
        return _CAPITAL.fullmatch(word) is not None and small not in self._no_surnames


def _small(word: str) -> str:
    """Give a word in small letters, without accents."""
    if word.isascii():
        return word.lower()
    return "".join(char for char in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(char))
