"""Markup: the signs with which Discord and Slack set words off, and with which a word is broken up unseen."""

import html
import re
from collections.abc import Callable, Iterator, Sequence

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
    return out_of_cells(text)


_ROW = re.compile(r"^[ \t]*\|(?:[^|\n]{1,400}\|){2,}[ \t]*$", re.MULTILINE)


def out_of_cells(text: str) -> str:
    """Read a row of a table, `| one | word | each |`, as a sentence, and as parts of one where a cell holds more."""
    return _ROW.sub(_in_a_row, text) if "|" in text else text


def _in_a_row(row: re.Match[str]) -> str:
    cells = row.group().strip(" \t").strip("|").split("|")
    if all(len(cell.split()) < 2 for cell in cells):
        return row.group().replace("|", " ")
    return row.group().replace("|", ",").replace(",", " ", 1)[::-1].replace(",", " ", 1)[::-1]


_TAG = re.compile(r"(?<![\w&/])#(?=[A-Z])(?:[A-Z][a-z]+|[A-Z](?=[A-Z#\s]|\Z)|[0-9]+(?![0-9])){2,}(?!\w)")
_BETWEEN_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TAGS_IN_A_ROW = re.compile(r"(?<![\w&/])#[a-z]\w*(?:[ ,.!]+#[a-z]\w*){2,}(?!\w)")


def untied(text: str, folded: str) -> Iterator[Rewrite]:
    """Read `#WordsWithCapitals` as the words, wherever the folded text, which has no capitals, holds them."""
    done = 0
    for tag in _TAG.finditer(text):
        start = folded.find(tag.group().lower(), done)
        if start < 0:
            return
        done = start + len(tag.group())
        words = capitals_apart(tag.group()).lower()
        if " " in words:
            yield Rewrite(start, done, words)


def signs_off(folded: str) -> Iterator[Rewrite]:
    """Read three hashtags in a row and more as words; those that hold several are cut by others."""
    for row in _TAGS_IN_A_ROW.finditer(folded):
        yield Rewrite(row.start(), row.end(), row.group().replace("#", " "))


def capitals_apart(text: str) -> str:
    """Give a text with `#WordsWithCapitals` in it as `#Words With Capitals`."""
    return _TAG.sub(lambda tag: _BETWEEN_CAPITALS.sub(" ", tag.group()), text) if "#" in text else text


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
_BRACKETED = r"(?:\([a-z]\)|\[[a-z]\]|\{[a-z]\}|\"[a-z]\"|'[a-z]')"
_IN_BRACKETS = re.compile(rf"(?<!\w){_BRACKETED}(?:{_BRACKETED}+|(?:[ ,.]{{1,2}}{_BRACKETED}){{2,}})(?!\w)")
_NO_LETTER = re.compile("[^a-z]+")


def out_of_brackets(text: str, usual: Callable[[str], bool], cut: Callable[[str], Sequence[str]]) -> Iterator[Rewrite]:
    """Read letters that each stand in brackets or quotation marks as the word or the words that they make."""
    for run in _IN_BRACKETS.finditer(text):
        word = _NO_LETTER.sub("", run.group())
        words = word if usual(word) else " ".join(cut(word))
        if words:
            yield Rewrite(run.start(), run.end(), words)


_LABELLED = re.compile(
    r"\[(?P<label>[^\[\]\n\0]{1,200})\]\(<?\0+>?(?: \"[^\"\n\0]{0,80}\")?\)|<\0+(?P<slack>[^<>|\n\0]{1,200})>"
)


def labels(text: str) -> Iterator[Rewrite]:
    """Read a link with words to it, Discord's `[words](address)` or Slack's `<address|words>`, as the words.

    The address is `\\0` in the text.
    """
    for link in _LABELLED.finditer(text):
        name = "label" if link.group("label") is not None else "slack"
        yield Rewrite(link.start(), link.start(name), "")
        yield Rewrite(link.end(name), link.end(), "")


_TAGS = re.compile(
    r"(?:<(?:/?(?:abbr|a|big|bdi|bdo|b|code|del|em|font|ins|i|kbd|mark|p|small|span|strike|strong|sub|sup|s|tt|u|wbr|br)"
    r"(?: [^<>\n]{0,120})?/?|!--[^<>\n]{0,120}--)>)+"
)


def untagged(text: str) -> Iterator[Rewrite]:
    """Read words in the tags of a web page as they would be shown there."""
    for tags in _TAGS.finditer(text):
        yield Rewrite(tags.start(), tags.end(), " " if "<br" in tags.group() or "<p" in tags.group() else "")


_REFERENCE = re.compile(
    r"&(?:#x?[0-9a-f]{1,7}|[a-z]{2,24});"
    r"|:(?:regional_indicator_|alphabet-(?:white|yellow)-|letter[_-])([a-z]):"
    r"|(?:(?<=[a-z])%[2-7][0-9a-f]|(?<![0-9%])%[2-7][0-9a-f](?=%))(?:%[2-7][0-9a-f])*"
)


def decoded(text: str) -> Iterator[Rewrite]:
    """Read `&#107;`, `%6b` and the codes of emoji that are letters as the characters that they stand for."""
    for reference in _REFERENCE.finditer(text):
        coded = reference.group()
        told = reference.group(1) or (
            bytes.fromhex(coded.replace("%", " ")).decode("ascii") if coded[0] == "%" else html.unescape(coded)
        )
        if told != coded:
            yield Rewrite(reference.start(), reference.end(), told)


_PRIVATE = r"[\ue000-\uf8ff\U000f0000-\U0010fffd]"
_WITH_PRIVATE = re.compile(rf"(?<![a-z])[a-z]*{_PRIVATE}(?:[a-z]|{_PRIVATE})*")
_A_PRIVATE = re.compile(_PRIVATE)


def from_private(text: str, usual: Callable[[str], bool], masked: Callable[[str], str | None]) -> Iterator[Rewrite]:
    """Read characters that mean nothing outside one font as what a word around them needs.

    Fonts of signs give a letter the last byte that it has in ASCII; else the sign is nothing, or hides a letter.
    """
    for token in _WITH_PRIVATE.finditer(text):
        signs = token.group()
        if len(signs) > _LONGEST_PRIVATE:
            continue
        shown = _A_PRIVATE.sub(lambda sign: chr(ord(sign.group()) & 0x7F).lower(), signs)
        left, hidden = _A_PRIVATE.sub("", signs), _A_PRIVATE.sub("*", signs)
        if shown.isalpha() and usual(shown):
            yield Rewrite(token.start(), token.end(), shown)
        elif len(left) > 1 and usual(left):
            yield Rewrite(token.start(), token.end(), left)
        elif left and (word := masked(hidden)):
            yield Rewrite(token.start(), token.end(), word)


_LONGEST_PRIVATE = 24
