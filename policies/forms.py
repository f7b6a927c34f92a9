"""Patterns as lexicons write them, written out as RE2.

A pattern is RE2 with two additions. `{name}` stands for any of the words listed under that name; a
space stands for whatever may part two words of one clause (spaces, commas, quotation marks, markup).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import re2

from policies.needs import BORDER, Part, all_of, any_of
from policies.pattern_syntax import read_pattern

GAP = r"""[\s,'"*_~/:;-]+"""
"""What a space in a pattern stands for; never the end of a sentence. ` ?` is a gap that may be missing."""

_LAST = r"(?:\b|\B\s|\B$)"
"""What stands behind a pattern: the end of a word, or, where the pattern itself ends with a sign, no sign more."""

_SPACES = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]| \??")
_MACRO = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_QUIET = re2.Options()
_QUIET.log_errors = False


class Words(Mapping[str, Sequence[str]]):
    """Word lists by name; each is written out once, those that other lists share included."""

    def __init__(self, lists: Mapping[str, Sequence[str]], shared: "Words | None" = None) -> None:
        self._lists = lists
        self._shared = shared
        self._written: dict[str, str] = {}
        self._parts: dict[str, Part] = {}

    def __getitem__(self, name: str) -> Sequence[str]:
        """Give the words of a list; raises `KeyError` with a name that is not listed."""
        if name in self._lists or self._shared is None:
            return self._lists[name]
        return self._shared[name]

    def __iter__(self) -> Iterator[str]:
        """Give the names of the lists, the shared ones first."""
        return iter({**dict.fromkeys(self._shared or ()), **dict.fromkeys(self._lists)})

    def __len__(self) -> int:
        """Give how many lists there are."""
        return sum(1 for _ in self)

    def written_out(self, name: str) -> str:
        """Give any of the words of a list as RE2; raises as `compiled_form` does."""
        if name not in self._lists and self._shared is not None:
            return self._shared.written_out(name)
        if name not in self._written:
            words = (expanded(word, self) for word in self._lists[name])
            self._written[name] = f"(?:{'|'.join(words)})"
        return self._written[name]

    def part(self, name: str) -> Part:
        """Give what is known of any of the words of a list."""
        if name not in self._lists and self._shared is not None:
            return self._shared.part(name)
        if name not in self._parts:
            words = (part for word in self._lists[name] for part in read_pattern(word, self.part))
            self._parts[name] = any_of(list(words))
        return self._parts[name]


class Form(str):
    """A pattern written out as RE2, which knows how it was written and with which words."""

    __slots__ = ("_pattern", "_words")
    _pattern: str
    _words: Words

    def __new__(cls, form: str, pattern: str, words: Words) -> "Form":
        """Join a written-out pattern and what it was made of."""
        made = super().__new__(cls, form)
        made._pattern, made._words = pattern, words
        return made

    @property
    def parts(self) -> tuple[Part, ...]:
        """Give what is known of each of its alternatives."""
        parts = read_pattern(self._pattern, self._words.part)
        if _open_ended(self._pattern):
            return parts
        return tuple(all_of((BORDER, part, BORDER)) for part in parts)


def compiled_form(pattern: str, words: Mapping[str, Sequence[str]]) -> Form:
    """Write a pattern out as RE2: names by their words, spaces by `GAP`, whole words only.

    A pattern that begins with a sign (`\\`, `[`) says itself where it begins and ends.
    Raises `KeyError` with a name that is not listed, `RecursionError` where names go in a circle.
    """
    words = words if isinstance(words, Words) else Words(words)
    form = expanded(pattern, words)
    form = f"(?:{form})" if _open_ended(pattern) else rf"\b(?:{form}){_LAST}"
    return Form(form, pattern, words)


def _open_ended(pattern: str) -> bool:
    return pattern[:1] in ("\\", "[", "(") and not pattern.startswith("(?:")


def expanded(pattern: str, words: Words) -> str:
    """Write names and spaces of a pattern out; raises as `compiled_form` does."""
    return _MACRO.sub(lambda name: words.written_out(name.group(1)), _SPACES.sub(_as_gap, pattern))


def _as_gap(part: re.Match[str]) -> str:
    """Write a space as a gap; one inside brackets (`[- ]`) or after a stroke is meant as it stands."""
    return {" ": GAP, " ?": f"(?:{GAP})?"}.get(part.group(), part.group())


class FormCheck:
    """Tells whether patterns are RE2 without compiling them: each part is read once, wherever it stands."""

    def __init__(self) -> None:
        self._set = re2.Set.SearchSet(_QUIET)
        self._read: set[str] = set()

    def refusal(self, pattern: str) -> str:
        """Give why RE2 refuses a pattern, its names left out; an empty text if it does not."""
        bare = _MACRO.sub("(?:x)", _SPACES.sub(_as_gap, pattern))
        if bare in self._read:
            return ""
        try:
            self._set.Add(f"(?:{bare})")
        except re2.error:
            return _refusal(bare)
        self._read.add(bare)
        return ""


def _refusal(bare: str) -> str:
    try:
        re2.compile(bare, _QUIET)
    except re2.error as refused:
        return str(refused)
    return "it cannot stand inside a larger pattern"
