"""The leak guard: no training row may be, or nearly be, a row of an evaluation set."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from policies.text.folding import fold

_WORD = re.compile(r"\w+")
_GRAM = 4
_NEAR = 0.6
"""Share of a text's runs of four words (its words, where it is short) that the other has too."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A training text that an evaluation set has too; `near` if not word for word."""

    text: str
    where: str
    near: bool


class LeakGuard:
    """Knows every text of the evaluation sets, and tells whether another one is among them or nearly so."""

    def __init__(self, evaluation: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, str] = {}
        self._by_gram: dict[tuple[str, ...], list[int]] = {}
        self._sizes: list[tuple[int, str]] = []
        for text, where in evaluation:
            words = _words(text)
            if not words:
                continue
            self._exact.setdefault(" ".join(words), where)
            grams = _grams(words)
            for gram in grams:
                self._by_gram.setdefault(gram, []).append(len(self._sizes))
            self._sizes.append((len(grams), where))

    def find(self, text: str) -> Leak | None:
        """Give the leak that a training text would be, if it is one."""
        words = _words(text)
        where = self._exact.get(" ".join(words))
        if where is not None:
            return Leak(text, where, near=False)
        grams = _grams(words)
        shared: dict[int, int] = {}
        for gram in grams:
            for number in self._by_gram.get(gram, ()):
                shared[number] = shared.get(number, 0) + 1
        for number, count in shared.items():
            size, where = self._sizes[number]
            if count / (size + len(grams) - count) >= _NEAR:
                return Leak(text, where, near=True)
        return None


def evaluation_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Give every text of the evaluation sets in a folder and its sub-folders, with the name of its file."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    yield from _texts(json.loads(line), path.name)
        elif path.suffix in (".yaml", ".yml"):
            yield from _texts(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name in ("text", "parent", "reply_to_text") and isinstance(part, str):
                yield part, where
            else:
                yield from _texts(part, where)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, where)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text).text)


def _grams(words: list[str]) -> frozenset[tuple[str, ...]]:
    if len(words) < 2 * _GRAM:
        return frozenset(tuple(words[i : i + 2]) for i in range(max(1, len(words) - 1)))
    return frozenset(tuple(words[i : i + _GRAM]) for i in range(len(words) - _GRAM + 1))
