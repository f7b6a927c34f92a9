"""Markup: the signs with which Discord and Slack set words off, and with which a word is broken up unseen."""

import html
import re
from collections.abc import Callable, Iterator

from policies.text.views import Rewrite

_WRAPPERS = (
    ("*", re.compile(r"(?<![\w*])(\*{1,3})(?![\s*])([^*\n]*[^\s*])\1(?![\w*])")),
    ("_", re.compile(r"(?<![a-z0-9_])(_{1,2})([^\s_](?:[^_\n]*[^\s_])?)\1(?![a-z0-9_])")),
    ("~", re.compile(r"(?<![\w~])(~{1,2})([^~\n]+)\1(?![\w~])")),
    ("|", re.compile(r"(?<![\w|])(\|\|)([^|\n]+)\1(?![\w|])")),
)
"""Bold and slanted, underlined, struck through, hidden until it is touched."""


def unwrapped(text: str) -> str:
    """Read `**words**`, `_words_`, `~~words~~` and `||words||` as the words, with spaces where the signs were.

    A pattern takes the signs for letters or gaps between words, a reader sees none of them.
    """
    for sign, wrapper in _WRAPPERS:
        if sign in text:
            text = wrapper.sub(_spaced, text)
    return text


def _spaced(markup: re.Match[str]) -> str:
    mark = " " * len(markup.group(1))
    return f"{mark}{markup.group(2)}{mark}"


_WORD = re.compile("[a-z]+")
_MARK = r"(?:[*_~`\\]+|\|\|+|\0+|\]\(\0+\)|\[|\(\))"
_BROKEN = re.compile(rf"(?<![\w*~|`\[\\\0])[*_~`|\[]*[a-z]+(?:{_MARK}[a-z]+)+(?:[*_~`]+|\|\|+)?(?!\w)")
_SHORTEST_PAIRED = 4


def mended(text: str, usual: Callable[[str], bool], masked: Callable[[str], str | None]) -> Iterator[Rewrite]:
    """Read words that markup breaks up, as in `k**i**ll`, as they are shown; what was no word before stays.

    What is not to be rewritten, such as an emoji of the server's own, is `\\0` in the text. `masked` gives the word
    that stars leave a few letters of.
    """
    for token in _BROKEN.finditer(text):
        whole = token.group()
        parts = _WORD.findall(whole)
        word = "o".join("".join(_WORD.findall(part)) for part in whole.split("()"))
        if not usual(word) or ("[" in whole and "](" not in whole):
            continue
        paired = _is_paired(whole)
        if not paired and all(len(part) > 1 and usual(part) for part in parts):
            continue  # to_do and his\\her
        if not paired and (len(word) < _SHORTEST_PAIRED or masked(whole.strip("*_~`|"))) and "*" in whole:
            continue  # b**ch
        yield Rewrite(token.start(), token.end(), word)


def _is_paired(token: str) -> bool:
    """Whether all marks of a word come in pairs, so that none of them is shown."""
    marks = [mark for mark in _MARKS_OF.findall(token) if mark[0] in "*_~|`"]
    return len(marks) > 1 and all(marks.count(mark) % 2 == 0 for mark in marks)


_MARKS_OF = re.compile(_MARK)
_IN_BRACKETS = re.compile(r"(?<!\w)(?:\([a-z]\)|\[[a-z]\]|\{[a-z]\}){2,}(?!\w)")
_BRACKETS = re.compile(r"[()\[\]{}]")


def out_of_brackets(text: str, usual: Callable[[str], bool]) -> Iterator[Rewrite]:
    """Read letters that each stand in brackets as the word that they make."""
    for run in _IN_BRACKETS.finditer(text):
        word = _BRACKETS.sub("", run.group())
        if usual(word):
            yield Rewrite(run.start(), run.end(), word)


_REFERENCE = re.compile(r"&(?:#x?[0-9a-f]{1,7}|[a-z]{2,24});")


def decoded(text: str) -> Iterator[Rewrite]:
    """Read `&#107;` as the character that it stands for in a web page."""
    for reference in _REFERENCE.finditer(text):
        told = html.unescape(reference.group())
        if told != reference.group():
            yield Rewrite(reference.start(), reference.end(), told)
