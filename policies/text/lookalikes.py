"""Look-alikes: letters of other scripts, and signs, that are drawn like Latin letters and stand for them."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources

from policies.text.views import Rewrite

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
FINAL_SIGMA = "\u03c2"
"""A sigma at the end of a word, drawn like a c; case folding would make it the other one, which looks like an o."""
_FEWEST_TURNED = 3
_FEWEST_SIGNS = 2


def _read(pairs: Iterable[tuple[str, str]]) -> dict[int, str]:
    """Give what each sign is read as, once it is folded; the first to name a sign wins."""
    read: dict[int, str] = {}
    for letter, signs in pairs:
        for sign in signs:
            folded = sign if sign == FINAL_SIGMA else unicodedata.normalize("NFKD", sign.casefold()).casefold()
            for part in folded:
                if not part.isascii() and unicodedata.category(part) not in ("Mn", "Me"):
                    read.setdefault(ord(part), letter)
    return read


def _by_place(alphabets: Iterable[str]) -> Iterator[tuple[str, str]]:
    for signs in alphabets:
        yield from zip(_ALPHABET, signs, strict=True)


def _text(name: str) -> str:
    return resources.files("policies.text").joinpath(name).read_text("utf-8")


_TABLES: dict[str, dict[str, str]] = json.loads(_text("alphabets.json"))
_TURNED = _read(_TABLES["turned"].items())
_TWINS: dict[int, str] = {
    ord(sign): letter for letter, signs in json.loads(_text("confusables.json")).items() for sign in signs
}
"""Unicode's own look-alikes (UTS 39, confusables), as confusable_homoglyphs 3.3 has them."""
_WHOLE = {**_read(_by_place(_TABLES["whole"].values())), **_TWINS, **_read(_TABLES["rather"].items())}
"""And alphabets that sites write a whole text in."""
_EVERY = {
    code: letter
    for code, letter in {**_read(_by_place(_TABLES["mixed"].values())), **_WHOLE}.items()
    if code not in _TURNED
}
"""And letters of which Russian, Greek and Armenian are full, read as Latin only beside letters of another script."""
_LETTERS_ONLY = {code: letter for code, letter in _EVERY.items() if code in _TWINS or chr(code).isalpha()}
_BRAILLE = {ord(sign): letter for letter, sign in _by_place(_TABLES["braille"].values())}

_NAMED = re.compile(
    r"LATIN (?:(?:SMALL|CAPITAL) LETTER|(?:LETTER )?SMALL CAPITAL(?: LETTER)?) (?:([A-Z])(?: WITH .+)?|DOTLESS ([IJ]))"
)
_NO_SCRIPT = frozenset({"MODIFIER", "MICRO", "FEMININE", "MASCULINE", "ANGSTROM", "IDEOGRAPHIC"})
_EAST_ASIAN = frozenset({"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "HANGUL"})
"""Scripts that Japanese, Korean and Taiwanese mix in a word with Chinese signs."""

_SIGNS = frozenset(map(chr, {*_EVERY, *_TURNED, *_BRAILLE}))
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_TURNED_SIGN = re.compile("[" + "".join(map(chr, _TURNED)) + "]")
_NO_TURNED = re.compile("[aehktvy]")
"""Small letters that look like none when they stand on their heads."""
_TOKEN = re.compile(r"(?<!\S)\S*[^\x00-\x7f\s]\S*")
_RAISED = re.compile("(?<![\u2801-\u28ff])[" + "".join(map(chr, _BRAILLE)) + "]+(?![\u2801-\u28ff])")
_CAPITALS = str.maketrans("ΗΝΥ", "HNY")
_CAPITAL = re.compile("[ΗΝΥ]")
_WITH_CAPITALS = re.compile(r"(?<!\S)(?=\S*[A-Za-z])\S*[ΗΝΥ]\S*")
_DIGIT = re.compile("[0-9]")
_LATIN = re.compile("[a-z]")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS = 2
_SHORTEST_HIDDEN = 4


def base_letter(char: str) -> str:
    """Give the plain letter that one with a hook, bar or tail, or a small capital, is made of; others as they are."""
    if char.isascii() or ord(char) in _TURNED:
        return char
    named = _NAMED.fullmatch(unicodedata.name(char, ""))
    return (named.group(1) or named.group(2)).lower() if named else char


def capitals_read(text: str) -> str:
    """Read those Greek capitals beside Latin letters as Latin ones whose small letters look like others."""
    return _WITH_CAPITALS.sub(lambda word: word.group().translate(_CAPITALS), text) if _CAPITAL.search(text) else text


@cache
def _script(char: str) -> str:
    """Give the script of a letter as its name begins, or nothing for a sign, digit or plain letter."""
    if char.isascii() or not char.isalpha():
        return ""
    script = unicodedata.name(char, "").partition(" ")[0]
    return "" if script in _NO_SCRIPT else "CJK" if script in _EAST_ASIAN else script


def as_latin(text: str) -> str:
    """Read look-alikes as Latin letters in words that mix scripts, and where a script is there for them alone.

    A text in Cyrillic or Greek has letters with no Latin twin; English in disguise has none, or a few. What is done
    once is not done again.
    """
    if text.isascii() or _SIGNS.isdisjoint("".join(_NOT_ASCII.findall(text))):
        return text
    text = _RAISED.sub(lambda run: run.group().translate(_BRAILLE), text)
    own = _own_scripts(text)

    def reading(token: re.Match[str]) -> str:
        word = token.group()
        if _SIGNS.isdisjoint(word):
            return word
        scripts = _scripts(word)
        if not scripts and not _LATIN.search(word):
            signs = len({char for char in word if ord(char) in _EVERY})
            return word.translate(_EVERY if signs >= _FEWEST_SIGNS and not _DIGIT.search(word) else _TWINS)
        if len(scripts) == 1 and scripts <= own and not _LATIN.search(word):
            return word
        return word.translate(_LETTERS_ONLY if _DIGIT.search(word) else _EVERY)

    read = _TOKEN.sub(reading, text)
    if len(_TURNED_SIGN.findall(read)) >= _FEWEST_TURNED and not _NO_TURNED.search(read):
        return read  # upside down
    return read.translate(_TURNED)


def _scripts(word: str) -> set[str]:
    return {_script(char) for char in set(word) if char >= "\x80"} - {""}


def _own_scripts(text: str) -> set[str]:
    """Give the scripts in which a text has words that are no Latin ones in disguise."""
    strangers: set[str] = set()
    pure: Counter[str] = Counter()
    mixed: Counter[str] = Counter()
    for word in text.split():
        if word.isascii():
            continue
        scripts = _scripts(word) - {"LATIN"}
        if len(scripts) != 1 or _LATIN.search(word):
            mixed.update(scripts)
            continue
        script = scripts.pop()
        pure[script] += 1
        if script not in strangers and any(ord(char) not in _WHOLE and _script(char) for char in set(word)):
            strangers.add(script)
    return {script for script in strangers if mixed[script] <= pure[script]}


def spelt_in_another(text: str, usual: Callable[[str], bool], hidden: Callable[[list[str]], bool]) -> Iterator[Rewrite]:
    """Give the rewrites of words that folding left in another script, where they are English ones by their shapes.

    One word is enough where it is one that people hide.
    """
    found = [(token, token.group().translate(_LETTERS_ONLY)) for token in _TOKEN.finditer(text)]
    changed = [(token, read) for token, read in found if read.isascii() and read != token.group()]
    words = [word for _, read in changed for word in _WORDS.findall(read)]
    several = len(words) >= _FEWEST_WORDS and len(changed) * 4 >= len(found) * 3
    if several and sum(usual(word) for word in words) * 4 >= len(words) * 3:
        yield from (Rewrite(token.start(), token.end(), read) for token, read in changed)
        return
    for token, read in changed:
        if hidden([word for word in _WORDS.findall(read) if len(word) >= _SHORTEST_HIDDEN]):
            yield Rewrite(token.start(), token.end(), read)
