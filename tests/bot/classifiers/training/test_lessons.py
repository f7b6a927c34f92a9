"""Lessons keep what a larger network said, and a file that holds something else is refused with its line."""

from pathlib import Path

import pytest

from bot.classifiers.heads import HEADS, STANCES
from bot.classifiers.training.lessons import Lesson, LessonsError, read_lessons, write_lessons


def test_what_is_written_is_read_again_to_three_digits(tmp_path: Path) -> None:
    file = tmp_path / "lessons.jsonl"
    heads, stances = [0.12345] * len(HEADS), [0.2] * len(STANCES)
    write_lessons({"two\nlines": Lesson(heads, stances), "\u2028 and \x85 too": Lesson(heads, stances)}, file)
    lessons = read_lessons(file)
    assert list(lessons) == ["two\nlines", "\u2028 and \x85 too"]
    assert lessons["two\nlines"] == Lesson((0.123,) * len(HEADS), (0.2,) * len(STANCES))


@pytest.mark.parametrize("line", ["", "[]", "not json", '{"text": "x", "heads": [], "stances": []}', '{"text": "x"}'])
def test_a_line_that_is_no_lesson_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "lessons.jsonl"
    write_lessons({"x": Lesson([0.1] * len(HEADS), [0.2] * len(STANCES))}, file)
    with file.open("a", encoding="utf-8") as more:
        more.write(line + "\n")
    with pytest.raises(LessonsError, match=r"line 2 is no lesson\. Make the file anew"):
        read_lessons(file)
