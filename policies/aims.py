"""Reading whom a word of abuse is aimed at, from the words that stand around it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from policies.aim_words import (
    ADDRESSED,
    ADVERBS,
    ARTICLE,
    ASKING,
    CALLING,
    COPULA,
    DETERMINERS,
    FILLERS,
    FUNCTION,
    GOES_ON,
    HE,
    HE_IS,
    KINDLY,
    MASSES,
    NOT_ADJECTIVES,
    NOT_MEANT,
    NOT_SO,
    PARTITIVE,
    PAUSE,
    PERSONS,
    POINTER,
    ROLES,
    SELF,
    SELF_IS,
    SENTENCE_END,
    STRESS,
    SWORN,
    THEY,
    THEY_ARE,
    THINGS,
    THINKING,
    TWICE_READ,
    VOCATIVES,
    WILL,
    YOU,
    YOU_ARE,
    YOURS,
)
from policies.findings import Aim

_TOKEN = re.compile(r"<[@#!][^<>\s]*>|@[\w.-]+|\w+(?:['-]\w+)*'?|[^\w \t]")
_BEFORE, _AFTER = 90, 60
_MOST_AFTER = 6
_ADJECTIVE = re.compile(
    r"(?:ing|ed|ous|ful|less|ish|faced|brained|witted|headed|ety|ty|my|ny|sy|dy|ly|gy|al|ic|ive|ant)$"
)
_TAG = frozenset(("are", "aren't", "arent", "r", "is", "were", "ain't", "so", "you", "that's"))
_ARE = (["are"], ["r"], ["were"])
_HERE_IS_YOU = (["here", "is", "you"], ["in", "here", "is"])
_LIKE_WHOM = {"you": Aim.READER, "u": Aim.READER, "ya": Aim.READER, "ye": Aim.READER, "yous": Aim.READER,
              "him": Aim.PERSON, "her": Aim.PERSON, "them": Aim.GROUP}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """Whom a noun phrase is aimed at; `start` is where the phrase begins in the view."""

    aim: Aim
    start: int
    stressed: bool = False
    sworn: bool = False
    kindly: bool = False
    asked: bool = False
    attributed: bool = False
    """Whether the phrase follows an article or a pointer, so that a noun must be its head."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int


class Surroundings:
    """The words on both sides of a range of a text, nearest first, within its sentence."""

    def __init__(self, text: str, start: int, end: int, written: Callable[[int, int], str]) -> None:
        self.start = start
        self._written = written
        self.before: list[_Token] = []
        first = max(0, start - _BEFORE)
        for match in _TOKEN.finditer(text, first, start):
            if match.group() in SENTENCE_END:
                self.before.clear()
                first = 0
            else:
                self.before.append(_Token(match.group(), match.start()))
        self.before.reverse()
        self.opened = first == 0
        self.after: list[str] = []
        self.before_name = False
        for match in _TOKEN.finditer(text, end, min(len(text), end + _AFTER)):
            if match.group() in SENTENCE_END or len(self.after) == _MOST_AFTER:
                break
            if not self.after:
                self.before_name = self._written(match.start(), match.start() + 1).isupper()
            self.after.append(match.group())
        self.joined_on = text[end : end + 1] in ("-", "'") and text[end + 1 : end + 2].isalnum()

    def word(self, place: int) -> str:
        """Give the word so many places before; an empty one where the sentence has begun."""
        return self.before[place].text if place < len(self.before) else ""

    @property
    def ends_clause(self) -> bool:
        """Whether nothing of the clause follows."""
        return not self.after or self.after[0] in PAUSE or not self.after[0].isascii()

    @property
    def modifies(self) -> bool:
        """Whether the word stands before another noun, as in "idiot-proof" and "dog owner"."""
        return self.joined_on or not (
            self.ends_clause or self.after[0] in GOES_ON or self.after[0].startswith(("<", "@"))
        )

    def is_name(self, place: int) -> bool:
        """Whether the word so many places before may be a person's name."""
        if place >= len(self.before):
            return False
        token = self.before[place]
        name = token.text.removesuffix("'s")
        if name in THINGS or name in FUNCTION or name.endswith("ing") or not name.isalpha():
            return False
        if token.text.endswith("s") and self.word(place - 1) in ("are", "were", "r"):
            return False
        bare = place + 1 == len(self.before) and self.opened
        return bare or self._written(token.start, token.start + 1).isupper()


def read_noun(near: Surroundings, noun: str, coloured: Callable[[int], bool]) -> Reading:
    """Say whom a noun is aimed at; `coloured` says whether a word at a place is a degrading adjective."""
    place, reading = _modifiers(near, coloured)
    if near.joined_on or _of_a_thing(near):
        return reading
    if _of_oneself(near, place):
        return replace(reading, aim=Aim.SELF, attributed=True)
    if whom := _whom_it_is_like(near):
        return replace(reading, aim=whom, stressed=True, attributed=True)
    if place < len(near.before) and near.word(place) in YOU:
        return _addressed(near, noun, place, reading)
    pointed = near.word(place) in POINTER and near.before_name
    exclaimed = near.word(place) in ARTICLE and near.word(place + 1) == "what"
    if near.modifies and not pointed and not exclaimed:
        return reading
    return _said_of(near, noun, place, reading)


def read_adjective(near: Surroundings, coloured: Callable[[int], bool]) -> Reading:
    """Say whom an adjective is aimed at: said of somebody, or before a noun that means only a person."""
    place, reading = _modifiers(near, coloured)
    word = near.word(place)
    heads = _heads_a_person(near)
    if word in YOU and near.word(place + 1) not in CALLING | WILL | SELF and near.word(place + 1) not in ASKING:
        follows = near.after[0] if near.after else ""
        if follows.isalpha() and follows not in GOES_ON:
            return replace(reading, aim=Aim.READER, attributed=True)
        return reading
    if near.modifies and not heads:
        return reading
    if (word in ARTICLE or word in POINTER) and not heads:
        return reading
    return _said_of(near, "", place, reading)


def _heads_a_person(near: Surroundings) -> bool:
    """Whether a noun that means only a person follows, with other adjectives between or none."""
    for word in near.after:
        if word in PERSONS:
            return True
        if not (word in FILLERS or word in STRESS or word in (",", "and") or _is_adjective(word)):
            return False
    return False


def _modifiers(near: Surroundings, coloured: Callable[[int], bool]) -> tuple[int, Reading]:
    """Walk back over the words that colour a noun; give the place of the first that does not."""
    place, start = 0, near.start
    stressed = sworn = kindly = False
    while place < min(len(near.before), 9):
        word = near.word(place)
        known = coloured(near.before[place].start)
        if word == "of" or (word in ("for", "a") and near.word(place + 1) in ("for", "of", "excuse")):
            nxt = 1 if near.word(place + 1) in PARTITIVE else 2
            if near.word(place + nxt) not in PARTITIVE:
                break
            place += nxt
        elif word in ("and", ",", "-", '"', "*", "_"):
            behind = near.word(place + 1)
            if not behind or not (
                coloured(near.before[place + 1].start) or (word == "," and place and _is_adjective(behind))
            ):
                break
        elif not (known or word in STRESS or word in FILLERS or word in KINDLY or _is_adjective(word)):
            break
        stressed |= word in STRESS
        sworn |= word in SWORN
        kindly |= word in KINDLY
        start = near.before[place].start
        place += 1
    place = _past_plain_nouns(near, place)
    return place, Reading(Aim.NOBODY, start, stressed=stressed, sworn=sworn, kindly=kindly)


def _past_plain_nouns(near: Surroundings, place: int) -> int:
    """Walk on over up to two plain words, as in "you are a trust fund ...", where an article stands before them."""
    for words in (1, 2):
        between = [near.word(place + step) for step in range(words)]
        if all(word.isalpha() and word not in FUNCTION for word in between) and near.word(place + words) in ARTICLE:
            return place + words
    return place


def _is_adjective(word: str) -> bool:
    return word not in FUNCTION and word not in NOT_ADJECTIVES and _ADJECTIVE.search(word) is not None


def _of_a_thing(near: Surroundings) -> bool:
    """Whether the noun is said of a thing, as in "a bitch of a hill"."""
    return near.after[:2] == ["of", "a"] and len(near.after) > 2 and near.after[2] not in PERSONS


def _of_oneself(near: Surroundings, place: int) -> bool:
    """Read "as a proud ...", "call me a ...", "yours, a ..." and "it's me, the ..."."""
    articles = place
    while near.word(place) in ARTICLE or near.word(place) == "the":
        place += 1
    word, behind = near.word(place), near.word(place + 1)
    if word == "," and behind in ("i", "me"):
        return near.word(place + 2) in COPULA or near.word(place + 2) == "it's"
    if place == articles:
        return False
    if word == "as":
        return behind in ("", ",", "speaking") and not YOURS.intersection(near.after)
    return word in SELF_IS or (word in SELF and behind in CALLING) or (word, behind) == (",", "yours")


def _whom_it_is_like(near: Surroundings) -> Aim | None:
    """Read "scum like you", "the coward you are", "the fool that he is" and "..., aren't you"."""
    after = near.after
    if after[:1] == ["like"] and len(after) > 1:
        return _LIKE_WHOM.get(after[1])
    tagged = after[:1] == [","] and after[1:2] and after[1] in _TAG and "you" in after[2:4]
    whole = "of" in after[:4] and "you" in after[:5] and after[0] in ("the", "all", "every", "each", "both")
    if tagged or whole or after[:2] in (["is", "you"], ["are", "you"]) or after[:3] in _HERE_IS_YOU:
        return Aim.READER
    if after[:1] in (["that"], ["so"]):
        after = after[1:]
    if (after[:1] == ["you're"] and len(after) == 1) or (after[:1] and after[0] in YOU and after[1:2] in _ARE):
        return Aim.READER
    return Aim.PERSON if after[:1] and after[0] in HE and after[1:2] in (["is"], ["was"]) else None


def _addressed(near: Surroundings, noun: str, place: int, reading: Reading) -> Reading:
    """Read "you ... noun"."""
    previous = near.word(place + 1)
    if place == 0 and noun in TWICE_READ and not near.ends_clause:
        return reading
    if previous in CALLING:
        return reading
    return replace(reading, aim=Aim.READER, kindly=reading.kindly or previous in KINDLY)


def _said_of(near: Surroundings, noun: str, place: int, reading: Reading) -> Reading:
    """Read "she is a ... noun", "what a ... noun", "that ... noun" and the bare noun."""
    word = near.word(place)
    article = word in ARTICLE
    if word in POINTER and near.word(place + 1) not in COPULA | YOU_ARE | HE_IS:
        plural = word in ("that", "this") and noun.endswith("s")
        return replace(reading, aim=Aim.PERSON, attributed=True) if noun and not plural else reading
    behind = place + 1 if article else place
    if near.word(behind) == "what" and article:
        return _exclaimed(near, reading)
    while near.word(behind) in ADVERBS:
        behind += 1
    behind = _before_aside(near, behind)
    if near.word(behind) == "like":
        behind += 2 if near.word(behind + 1).endswith("ing") else 1
    owned = near.word(behind) in ("your", "yer") and not article and noun not in MASSES
    aim, asked = (None, False) if owned or _denied(near, behind) else _subject(near, behind)
    if aim is None and article and near.word(behind) in ("and", ","):
        aim = _subject_of_list(near, behind)
    if aim is not None:
        return replace(reading, aim=aim, asked=asked, attributed=article)
    if article and near.word(behind) in ("", ",", ":", "-") and (near.opened or behind < len(near.before)):
        alone = near.ends_clause or _heads_a_person(near)
        return replace(reading, aim=Aim.PERSON, attributed=True) if alone else reading
    bare = bool(noun) and not article and not owned and behind == place
    return _bare(near, noun, place, reading) if bare else reading


def _before_aside(near: Surroundings, place: int) -> int:
    """Step over an aside between commas, as in "you are, without exaggeration, a"."""
    if near.word(place) != ",":
        return place
    for step in range(2, 7):
        if near.word(place + step) == "," and near.word(place + step + 1) in COPULA | YOU_ARE | HE_IS:
            return place + step + 1
    return place


def _subject_of_list(near: Surroundings, place: int) -> Aim | None:
    """Read the subject of "she is a ..., a ... and a ..."."""
    for step in range(place + 1, min(place + 12, len(near.before))):
        if near.word(step) in COPULA | YOU_ARE | HE_IS and near.word(step - 1) in ARTICLE | ADVERBS:
            return _subject(near, step)[0]
    return None


def _denied(near: Surroundings, place: int) -> bool:
    """Whether it is said that nobody thinks or says so."""
    behind = {token.text for token in near.before[place:]}
    return bool(behind & NOT_SO) and bool(behind & THINKING)


def _exclaimed(near: Surroundings, reading: Reading) -> Reading:
    after = near.after
    if not after or after[0] in PAUSE:
        return replace(reading, aim=Aim.PERSON, attributed=True)
    if after[0] in SELF | SELF_IS or (
        after[0] in ("that", "this", "it", "the") and after[1:2] and not ROLES.intersection(after[1:4])
    ):
        return reading
    return replace(reading, aim=Aim.READER if after[0] in YOU | YOU_ARE else Aim.PERSON, attributed=True)


def _subject(near: Surroundings, place: int) -> tuple[Aim | None, bool]:
    """Read the subject of "... is a"; the second answer is whether it is a question."""
    word = near.word(place)
    for words, aim in ((YOU_ARE, Aim.READER), (HE_IS, Aim.PERSON), (THEY_ARE, Aim.GROUP), (SELF_IS, Aim.SELF)):
        if word in words:
            return aim, False
    if near.word(place + 1) in ASKING:
        for words, aim in ((YOU, Aim.READER), (HE, Aim.PERSON), (THEY, Aim.GROUP), (SELF, Aim.SELF)):
            if word in words:
                return aim, True
    if word.endswith("'s") and (word[:-2] in ROLES or (word[:-2] not in THINGS and near.is_name(place))):
        return Aim.PERSON, False
    if word not in COPULA:
        return None, False
    place += 1
    if word in ("be", "being", "been"):
        return _would_be(near, place)
    while near.word(place) in ADVERBS and near.word(place) != "that":
        place += 1
    return _who(near, place), False


def _would_be(near: Surroundings, place: int) -> tuple[Aim | None, bool]:
    """Read "you must be a", "stop being a"; "you would be a fool to" and "don't be a" are aimed at nobody."""
    if near.after[:1] and near.after[0] in ("to", "not", "if"):
        return None, False
    if near.word(place) in ("stop", "quit"):
        return Aim.READER, True
    while near.word(place) in WILL:
        place += 1
    for words, aim in ((YOU | YOU_ARE, Aim.READER), (HE | HE_IS, Aim.PERSON), (SELF | SELF_IS, Aim.SELF)):
        if near.word(place) in words:
            return aim, False
    return None, False


def _who(near: Surroundings, place: int) -> Aim | None:
    word, previous = near.word(place), near.word(place + 1)
    for words, aim in ((YOU, Aim.READER), (HE, Aim.PERSON), (THEY, Aim.GROUP), (SELF, Aim.SELF)):
        if word in words:
            return aim
    if word in ("lot", "people", "all", "guys", "both"):
        return Aim.READER if previous in YOU or near.word(place + 2) in YOU else Aim.GROUP
    if word in VOCATIVES and previous in YOU:
        return Aim.READER
    if word.startswith(("<@", "@")) or word in ROLES:
        return Aim.PERSON
    if near.is_name(place):
        return Aim.PERSON
    return Aim.GROUP if word.endswith("s") and word.isalpha() and word not in NOT_MEANT and previous == "" else None


def _bare(near: Surroundings, noun: str, place: int, reading: Reading) -> Reading:
    """Read a noun with no word before it that says whose it is: an address where the clause ends with it."""
    word = near.word(place)
    if word.startswith(("<@", "@")):
        return replace(reading, aim=Aim.READER)
    if not near.ends_clause or (noun in TWICE_READ and place == 0) or (word == "no" and noun.endswith("s")):
        return reading
    if word == "":
        return replace(reading, aim=Aim.PERSON) if near.opened and (place or len(noun) > 3) else reading
    if word == "," or word in ADDRESSED:
        listed = word == "," and (sum(token.text == "," for token in near.before) > 1 or "," in near.after)
        return reading if listed else replace(reading, aim=Aim.READER)
    determined = {near.word(place), near.word(place + 1)} & DETERMINERS
    addressed = word.isalpha() and not noun.endswith("s") and not determined and noun not in MASSES
    addressed = addressed and len(near.before) > place + 1
    return replace(reading, aim=Aim.READER) if addressed else reading
