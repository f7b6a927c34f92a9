"""One name for all members, so that a classifier cannot judge a sentence by where the name in it is from."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OWNED = re.compile(r"['’]s?$")
_SON_OF = re.compile(r"(?:mc|mac|fitz)[a-z]{4,}|o['’][a-z]{4,}|(?:al|el|ap)-[a-z]{3,}")
_CAPITAL = re.compile(r"[A-Z](?:[a-z]{2,}|[a-z]+[A-Z][a-z]+|['’][A-Z][a-z]+)(?:-[A-Z][a-z]+)*")
_BETWEEN = (" ", ". ")
"""What may part the words of one name."""
_ENDS = '.!?\n:"“*_>'
"""Signs behind which a capital opens a sentence and tells nothing."""
_MEMBER = "hughes"
"""Who is called by a forename alone or in full is no other person: a second name would be another score. It is a
surname, behind which no more of a name is looked for, so that a text levelled twice is as it was levelled once."""
_MOST_BEHIND = 3
"""Words that may follow a forename in one name."""


class People:
    """Gives a text in which all members go by one name, however they were called.

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
        words = [(match.start(), _OWNED.sub("", match.group())) for match in _WORD.finditer(text)]
        parts: list[str] = []
        written = at = 0
        while at < len(words):
            start, word = words[at]
            behind = _joined(text, words[at : at + 2 + _MOST_BEHIND])
            titled = at > 0 and _small(words[at - 1][1]) in self._titles and bool(_joined(text, words[at - 1 : at + 1]))
            taken = self._name(word, behind, titled=titled, opens=_opens(text, start))
            if taken > 0:
                last, end = words[at + taken - 1]
                parts += [text[written:start], _MEMBER]
                written = last + len(end)
            at += abs(taken)
        return "".join([*parts, text[written:]]) if parts else text

    def _name(self, word: str, behind: Sequence[str], *, titled: bool, opens: bool) -> int:
        """Give how many words are a name, or, below nought, how many are none."""
        small = _small(word)
        if behind and f"{small} {_small(behind[0])}" in self._telling:
            return -2
        if self._is_surname(small):
            return 1
        followed = next((count for count, other in enumerate(behind) if not self._goes_on(other)), len(behind))
        if small in self._forenames or (titled and self._looks_like_one(word, small)):
            return 1 + min(followed, _MOST_BEHIND)
        if small in self._words_too and (followed or (word.istitle() and not opens)):
            return 1 + min(followed, _MOST_BEHIND)
        return -1

    def _goes_on(self, word: str) -> bool:
        small = _small(word)
        return small in self._forenames or self._is_surname(small) or self._looks_like_one(word, small)

    def _is_surname(self, small: str) -> bool:
        if small in self._surnames:
            return True
        return small not in self._no_surnames and _SON_OF.fullmatch(small) is not None

    def _looks_like_one(self, word: str, small: str) -> bool:
        return _CAPITAL.fullmatch(word) is not None and small not in self._no_surnames


def _joined(text: str, words: Sequence[tuple[int, str]]) -> list[str]:
    """Give the words behind the first that stand in one name with it, as far as what parts them tells."""
    found: list[str] = []
    for (start, word), (following, other) in pairwise(words):
        if text[start + len(word) : following] not in _BETWEEN:
            break
        found.append(other)
    return found


def _opens(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip()
    return not before or before[-1] in _ENDS


def _small(word: str) -> str:
    """Give a word in small letters, without accents."""
    if word.isascii():
        return word.lower()
    return "".join(char for char in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(char))
