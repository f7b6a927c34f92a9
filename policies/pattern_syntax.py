"""Reading a pattern as lexicons write it, for what it needs; RE2 reads it for what it matches."""

import re
from collections.abc import Callable, Iterator

from policies.needs import BORDER, GAP, LETTER, UNKNOWN, Part, all_of, any_of, one_of, sign, spelt, times

_TOKEN = re.compile(
    r"(?P<escape>\\x\{[0-9a-f]+\}|\\.)|\(\?:(?P<plain>[a-z0-9' |]+)\)|\[(?P<class>\^?\]?(?:\\.|[^\]\\])*)\]"
    r"|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)"
    r"|\{(?P<name>[a-z][a-z0-9_]*)\}|(?P<times>[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??|(?P<gap> )"
    r"|(?P<phrase>[a-z0-9'][a-z0-9' ]*(?![*+?{a-z0-9' ])|[a-z0-9' ]+(?=[a-z0-9' ][*+?{])|[a-z0-9' ]+(?=\{[a-z]))"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_STRANGE = re.compile(r"\\(?!x\{)[^\Wbdnstwz_ABDSW]|\(\?[^:]|\[\[:")
"""Syntax that lexicons have no use for; a pattern with any of it is tried on every message."""
_ESCAPES = {
    "b": BORDER,
    "s": GAP,
    "W": GAP,
    "n": GAP,
    "t": GAP,
    "D": UNKNOWN,
    "S": UNKNOWN,
    "B": Part(None, empty=True),
}
_ESCAPES |= {"w": LETTER, "d": spelt("0|1|2|3|4|5|6|7|8|9"), "A": BORDER, "z": BORDER}


def read_pattern(pattern: str, part_of: Callable[[str], Part]) -> tuple[Part, ...]:
    """Read a pattern as lexicons write it, each of its alternatives by itself; `part_of` gives the part of a name.

    The pattern must be one that RE2 takes.
    """
    if _STRANGE.search(pattern):
        return (UNKNOWN,)
    return tuple(_Reader(pattern, part_of).alternatives())


class _Reader:
    """Reads the syntax that lexicons use; anything else is a sign of which nothing is known."""

    def __init__(self, pattern: str, part_of: Callable[[str], Part]) -> None:
        self._tokens: Iterator[re.Match[str]] = _TOKEN.finditer(pattern)
        self._part_of = part_of

    def alternatives(self) -> list[Part]:
        """Read up to the bracket that closes, or to the end."""
        found: list[Part] = []
        parts: list[Part] = []
        for token in self._tokens:
            match token.lastgroup:
                case "close":
                    break
                case "or":
                    found.append(all_of(parts))
                    parts = []
                case "times":
                    parts[-1] = times(parts[-1], *_counts(token.group("times")))
                case _:
                    parts.append(self._atom(token))
        return [*found, all_of(parts)]

    def _atom(self, token: re.Match[str]) -> Part:
        text = token.group(token.lastgroup or 0)
        match token.lastgroup:
            case "open":
                return any_of(self.alternatives())
            case "name":
                return self._part_of(text)
            case "plain" | "phrase":
                return spelt(text)
            case "class":
                return one_of(text)
            case _:
                return _sign(text)


def _sign(text: str) -> Part:
    if text[0] == "\\":
        return _ESCAPES.get(text[1]) or (UNKNOWN if text[1].isalnum() else sign(text[1]))
    return {" ": GAP, ".": UNKNOWN, "^": BORDER, "$": BORDER}.get(text) or sign(text)


def _counts(repeat: str) -> tuple[int, int | None]:
    if repeat[0] != "{":
        return (1 if repeat == "+" else 0), (1 if repeat == "?" else None)
    least, comma, most = repeat[1:-1].partition(",")
    return int(least), (int(most) if most else None if comma else int(least))
