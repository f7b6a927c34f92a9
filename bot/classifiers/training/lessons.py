"""What a larger network says of texts, kept in a file, so that a small one can learn from it."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.classifiers.heads import HEADS, STANCES

LESSONS, VARIATIONS = "lessons.npz", "variations.npz"
"""What is said of rows, and of texts that were made from them."""
Halves = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A teacher's answer about one text: a chance for each of `HEADS` and each of `STANCES`, and its meaning.

    `meaning` is the mean of the teacher's last states, shape (width of the teacher,).
    """

    heads: Sequence[float]
    stances: Sequence[float]
    meaning: Halves


_SUREST = 1e-4
"""The chance farthest from a half that is told apart from certainty."""


def mean_lesson(one: Lesson, other: Lesson) -> Lesson:
    """Give what two teachers say together: heads by the mean of their logits, stances by that of their chances.

    What a text means is the first one's word: the two need not be of one width.
    """
    heads = np.clip(np.array([one.heads, other.heads], np.float64), _SUREST, 1 - _SUREST)
    logits = np.log(heads / (1 - heads)).mean(axis=0)
    stances = np.array([one.stances, other.stances], np.float64).mean(axis=0)
    return Lesson((1 / (1 + np.exp(-logits))).tolist(), stances.tolist(), one.meaning)


Lessons = Mapping[str, Lesson]
"""Lessons by the text that they are about."""


class LessonsError(ValueError):
    """A file of lessons that is none, or is not there; the text says what to do."""


def write_lessons(lessons: Lessons, path: Path) -> None:
    """Write lessons as arrays of half precision, the texts as JSON beside them."""
    np.savez(
        path,
        texts=np.frombuffer(json.dumps(list(lessons)).encode(), np.uint8),
        heads=np.array([lesson.heads for lesson in lessons.values()], np.float16),
        stances=np.array([lesson.stances for lesson in lessons.values()], np.float16),
        meanings=np.array([lesson.meaning for lesson in lessons.values()], np.float16),
    )


def read_lessons(path: Path) -> dict[str, Lesson]:
    """Read what `write_lessons` wrote; raises `LessonsError`."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            texts = json.loads(kept["texts"].tobytes())
            heads, stances, meanings = kept["heads"], kept["stances"], kept["meanings"]
    except OSError as error:
        raise LessonsError(f"{path}: the lessons cannot be read: {error.strerror}. Check the name.") from None
    except (ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile):
        raise LessonsError(f"{path} holds no lessons. Make the file anew: hustings models teach") from None
    shapes = {(len(texts), len(HEADS)): heads, (len(texts), len(STANCES)): stances}
    if any(found.shape != shape for shape, found in shapes.items()) or len(meanings) != len(texts):
        raise LessonsError(f"{path} is of another version. Make the file anew: hustings models teach")
    return {
        text: Lesson(of_heads, of_stances, meaning)
        for text, of_heads, of_stances, meaning in zip(texts, heads.tolist(), stances.tolist(), meanings, strict=True)
    }
