"""What a larger network says of texts, kept in a file, so that a small one can learn from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.classifiers.heads import HEADS, STANCES

LESSONS = "lessons.jsonl"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A teacher's answer about one text: a chance for each of `HEADS`, and one for each of `STANCES`."""

    heads: Sequence[float]
    stances: Sequence[float]


Lessons = Mapping[str, Lesson]
"""Lessons by the text that they are about."""


class LessonsError(ValueError):
    """A file of lessons that is none; the text says which line and what to do."""


def write_lessons(lessons: Lessons, path: Path) -> None:
    """Write lessons as JSON Lines, three digits after the point."""
    with path.open("w", encoding="utf-8") as file:
        for text, lesson in lessons.items():
            rounded = {
                "heads": [round(value, 3) for value in lesson.heads],
                "stances": [round(value, 3) for value in lesson.stances],
            }
            file.write(json.dumps({"text": text, **rounded}, ensure_ascii=False) + "\n")


def read_lessons(path: Path) -> dict[str, Lesson]:
    """Read what `write_lessons` wrote; raises `LessonsError` with the line where one is no lesson."""
    found: dict[str, Lesson] = {}
    with path.open(encoding="utf-8") as file:  # which parts lines at \n alone, as texts have other breaks in them
        lines = file.readlines()
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
            text, lesson = told["text"], Lesson(tuple(told["heads"]), tuple(told["stances"]))
        except (ValueError, KeyError, TypeError):
            text, lesson = "", Lesson((), ())
        if len(lesson.heads) != len(HEADS) or len(lesson.stances) != len(STANCES):
            raise LessonsError(f"{path}: line {number} is no lesson. Make the file anew: hustings models teach")
        found[text] = lesson
    return found
