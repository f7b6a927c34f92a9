"""How a classifier reads texts: each as it stands and with disguise undone, in windows, batched by length."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.classifiers.languages import other_letters, unknown_language
from bot.classifiers.wording import readings, windows

MOST_PADDED = 2_048
"""Tokens, padding included, that one run of a model holds."""

VIEWS = ("as written", "disguise undone")
"""What the readings of a text are called, in their order."""

_BUCKETS = (16, 32, 48, 64, 96, 128, 192, 256, 384, 512)
_UNKNOWN = ("[UNK]", "<unk>")

Floats = NDArray[np.float32]
Forward = Callable[[NDArray[np.int64], Floats], Floats]
"""Token ids and their mask, shape (texts, length), in; logits, shape (texts, outputs), out."""


@dataclass(frozen=True, slots=True)
class Part:
    """One window of one reading of the text with that number."""

    number: int
    view: str
    text: str
    ids: Sequence[int]


class TextReader:
    """Cuts texts into the parts that a model is shown; `longest` is the tokens of one."""

    def __init__(
        self, tokenizer: Path, undo: Callable[[str], str], *, longest: int, languages: Collection[str] = ()
    ) -> None:
        self._undo = undo
        self._longest = longest
        self._languages = languages
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        found = (self._tokenizer.token_to_id(name) for name in _UNKNOWN)
        self._unknown = next((number for number in found if number is not None), -1)
        self._counter = Tokenizer.from_file(str(tokenizer))
        self._counter.no_padding()
        self._counter.no_truncation()

    @property
    def words(self) -> int:
        """Give the number of different tokens."""
        return int(self._tokenizer.get_vocab_size())

    def parts(self, texts: Sequence[str]) -> tuple[list[Part], set[int]]:
        """Give the parts of all texts, and the numbers of those whose language the model does not know."""
        unread: set[int] = set()
        cut: list[tuple[int, str, str]] = []
        for number, text in enumerate(texts):
            told = self._readings(text)
            if not told:
                unread.add(number)
            for view, reading in told:
                cut.extend((number, view, window) for window in windows(reading, self._count, self._longest) if window)
        encoded = self._tokenizer.encode_batch([text for _, _, text in cut]) if cut else []
        every = [Part(*place, one.ids) for place, one in zip(cut, encoded, strict=True)]
        # Where most tokens stand for nothing the model ever saw, its score would be noise.
        clear = [part for part in every if part.ids.count(self._unknown) * 2 <= len(part.ids) - 2]
        unread |= {part.number for part in every} - {part.number for part in clear}
        return clear, unread

    def _readings(self, text: str) -> list[tuple[str, str]]:
        """Give the readings of a text that the model knows the language of, each with its view.

        English in letters of another script is only read with its disguise undone.
        """
        if unknown_language(text, self._languages) and unknown_language(self._undo(text), self._languages):
            return []
        told = list(zip(VIEWS, readings(text, self._undo), strict=False))
        return told[1:] if other_letters(text, self._languages) else told

    def _count(self, texts: Sequence[str]) -> list[int]:
        if all(len(text) < self._longest - 2 for text in texts) and all(text.isascii() for text in texts):
            return [len(text) + 2 for text in texts]  # No such text has more tokens than characters.
        return [len(encoding.ids) for encoding in self._counter.encode_batch(list(texts))]


def in_batches(
    ids: Sequence[Sequence[int]], forward: Forward, *, outputs: int, padding: int, alone: bool = False
) -> Floats:
    """Run a model on token ids, batched by length; shape (texts, outputs), in the order given.

    A model in int8 rounds by the widest number in its batch, so that what else is read would move the score of a
    text: it reads each `alone`.
    """
    out = np.zeros((len(ids), outputs), np.float32)
    order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
    batch: list[int] = []
    for number in order:
        width = _bucket(len(ids[number]))
        if batch and (alone or _bucket(len(ids[batch[0]])) != width or (len(batch) + 1) * width > MOST_PADDED):
            out[batch] = forward(*_padded([ids[n] for n in batch], padding))
            batch = []
        batch.append(number)
    if batch:
        out[batch] = forward(*_padded([ids[n] for n in batch], padding))
    return out


def _padded(ids: Sequence[Sequence[int]], padding: int) -> tuple[NDArray[np.int64], Floats]:
    length = max(len(one) for one in ids)
    padded = np.full((len(ids), length), padding, np.int64)
    mask = np.zeros((len(ids), length), np.float32)
    for row, one in enumerate(ids):
        padded[row, : len(one)] = one
        mask[row, : len(one)] = 1.0
    return padded, mask


def _bucket(length: int) -> int:
    return next((size for size in _BUCKETS if length <= size), _BUCKETS[-1])
