"""Emoji that stand in a sentence for a word or a letter, read as it; those that only decorate it stay."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources

from policies.text.views import Rewrite

_ONE = "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
_TONE = "[\U0001f3fb-\U0001f3ff]"
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_SEX = "[♂♀]"
_PICTURES = re.compile(f"(?:{_FLAG}+|{_ONE}(?:{_TONE}|{_SEX})*)+")
_PICTURE = re.compile(f"{_FLAG}{{2}}|🏳🌈|🏳⚧|[👨👩]❤(?:💋)?[👨👩]|[👨👩🧑]{_TONE}?[🦽🦼🦯]|{_ONE}(?:{_TONE}|{_SEX})*")
_DARK = re.compile("[👨👩🧑👦👧👶🧔👴👵🙎🙍👱👫👬👭👪](?:[\U0001f3fe\U0001f3ff])")
_FLAGS = re.compile(f"{_FLAG}+")
_BEFORE = re.compile(r"([a-z]+|[=,.!?:;])(?:'[a-z]+)?\W{0,3}\Z")
_AFTER = re.compile(r"\W{0,3}?([a-z]+)")
_LAST, _FIRST = re.compile(r"[a-z]+\Z"), re.compile("[a-z]+")
_LOOKED_BACK = 24
_A_WORD = 3
_A_FLAG = 2
_INITIALS = frozenset("☪🔺💲⭕")


@dataclass(frozen=True, slots=True)
class _Word:
    """What a picture says of one, of many, of what somebody is, does, or has done to them; empty where nothing."""

    one: str = ""
    many: str = ""
    being: str = ""
    doing: str = ""
    done: str = ""
    group: bool = False


def _load() -> tuple[dict[str, _Word], dict[str, str], dict[str, frozenset[str]]]:
    told = json.loads(resources.files("policies.text").joinpath("pictures.json").read_text("utf-8"))
    words = {
        sign: _Word(**{role: said for role, said in entry.items() if role != "signs"})
        for entry in told["words"]
        for sign in entry["signs"].split()
    }
    return words, told["letters"], {name: frozenset(said.split()) for name, said in told["company"].items()}


_WORDS, _LETTERS, _COMPANY = _load()


def spoken(text: str, usual: Callable[[str], bool]) -> Iterator[Rewrite]:
    """Give the rewrites that read a folded text's pictures as the words and letters they stand for, in order.

    `usual` says whether letters make a word: only then are letters that could be flags no flags.
    """
    ended, last = -1, ""
    spelling = _spells(text, usual)
    for run in _PICTURES.finditer(text):
        start, end = run.span()
        if end < len(text) and "a" <= text[end] <= "z":
            if start > 0 and "a" <= text[start - 1] <= "z":
                yield Rewrite(start, end, _inside(text, run))
                continue
            if run.group() in _INITIALS and not text[start - 1 : start].strip():
                yield Rewrite(start, end, _LETTERS[run.group()])
                continue
        if _FLAGS.fullmatch(run.group()):
            word = _spelt(run.group())
            if len(word) == 1 or ((len(word) > _A_FLAG or spelling) and usual(word)):
                yield Rewrite(start, end, word)
                continue
        before = _BEFORE.search(text, max(0, start - _LOOKED_BACK), start)
        after = _AFTER.match(text, end)
        told = last if last and not text[ended:start].strip() else before.group(1) if before else ""
        said = _said(run.group(), told, after.group(1) if after else "")
        if said:
            ahead = " " if start > 0 and text[start - 1].isalnum() else ""
            behind = " " if end < len(text) and text[end].isalnum() else ""
            ended, last = end, said.rpartition(" ")[2]
            yield Rewrite(start, end, f"{ahead}{said}{behind}")
        elif before and after and text[start - 1] == " " == text[end : end + 1] and text.count(run.group()) > 1:
            # Applause between the words of a sentence: it only keeps them apart.
            yield Rewrite(start, end + 1, "")


def _spells(text: str, usual: Callable[[str], bool]) -> bool:
    """Whether some letters of flags make a word too long for a flag, so that others may be words as well."""
    return any(len(run.group()) > _A_FLAG and usual(_spelt(run.group())) for run in _FLAGS.finditer(text))


def _inside(text: str, run: re.Match[str]) -> str:
    """Give what pictures between two letters stand for: a gap between words, letters, or letters masked."""
    start, end = run.span()
    before, after = _LAST.search(text, max(0, start - _LOOKED_BACK), start), _FIRST.match(text, end)
    sides = [side.group() for side in (before, after) if side]
    if any(len(side) >= _A_WORD for side in sides) and min(map(len, sides)) > 1:
        return " "
    return _spelt(run.group()) or "*" * len(_PICTURE.findall(run.group()))


def _spelt(run: str) -> str:
    """Give the letters that a run of pictures stands for, or nothing where one of them is no letter."""
    letters = [
        chr(ord("a") + ord(sign) - 0x1F1E6) if 0x1F1E6 <= ord(sign) <= 0x1F1FF else _LETTERS.get(sign, "")
        for sign in run
    ]
    return "".join(letters) if all(letters) else ""


def _said(run: str, before: str, after: str) -> str:
    """Give the words that a run of pictures stands for between two words, or nothing where it only decorates."""
    said: list[str] = []
    pictures = list(dict.fromkeys(found.group() for found in _PICTURE.finditer(run)))
    for number, picture in enumerate(pictures):
        word = _word(picture)
        if word is None:
            continue
        last = said[-1].split()[-1] if said else before
        follows = after if number == len(pictures) - 1 else "all"
        if role := _role(word, last, follows):
            said.append(role)
    return " ".join(said)


def _word(picture: str) -> _Word | None:
    if found := _WORDS.get(picture):
        return found
    if _DARK.match(picture):
        return _WORDS["👨🏿"]
    return _WORDS.get(picture[0])


def _role(word: _Word, before: str, after: str) -> str:
    starts = not before or not before.isalpha()
    many = before in _COMPANY["many"] or before in _COMPANY["is"] or before == "="
    about = word.group and (before in _COMPANY["doing"] or after in _COMPANY["subject"])
    ways = (
        (before in _COMPANY["will"] or (starts and after in _COMPANY["whom"]), word.doing),
        (before in _COMPANY["be"], word.done),
        (before in _COMPANY["is"], word.being),
        (before in _COMPANY["one"], word.one),
        (many or about, word.many),
    )
    return next((said for fits, said in ways if fits and said), "")
