"""Lessons keep what a larger network said, and a file that holds something else is refused in a sentence."""

from pathlib import Path

import numpy as np
import pytest

from bot.classifiers.heads import HEADS, STANCES
from bot.classifiers.training.lessons import Lesson, LessonsError, mean_lesson, read_lessons, write_lessons


def lesson(heads: int = len(HEADS)) -> Lesson:
    return Lesson([0.25] * heads, [0.2] * len(STANCES), np.array([1.5, -2.0], np.float16))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "lessons.npz"
    texts = ["two\nlines", "\u2028 and \x85 too", "ends in NUL\x00", "\ud83d alone"]
    write_lessons(dict.fromkeys(texts, lesson()), file)
    lessons = read_lessons(file)
    assert list(lessons) == texts
    for read in lessons.values():
        assert read.heads == [0.25] * len(HEADS)
        assert read.stances == pytest.approx([0.2] * len(STANCES), abs=1e-3)
        assert read.meaning.tolist() == [1.5, -2.0]


@pytest.mark.parametrize("held", [b"", b"not an archive", b"PK\x03\x04 cut off"])
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, held: bytes) -> None:
    file = tmp_path / "lessons.npz"
    file.write_bytes(held)
    with pytest.raises(LessonsError, match=r"holds no lessons\. Make the file anew: hustings models teach"):
        read_lessons(file)


def test_lessons_for_other_heads_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "lessons.npz"
    write_lessons({"x": lesson(heads=3)}, file)
    with pytest.raises(LessonsError, match="of another version"):
        read_lessons(file)


def test_two_teachers_speak_with_one_voice() -> None:
    one = Lesson([0.9] * len(HEADS), [1.0, 0.0, 0.0, 0.0, 0.0], np.array([1.5, -2.0], np.float16))
    other = Lesson([0.1] * len(HEADS), [0.0, 0.5, 0.5, 0.0, 0.0], np.array([7.0], np.float16))
    both = mean_lesson(one, other)
    assert both.heads == pytest.approx([0.5] * len(HEADS))
    assert both.stances == pytest.approx([0.5, 0.25, 0.25, 0.0, 0.0])
    assert both.meaning.tolist() == [1.5, -2.0]


def test_who_is_quite_sure_does_not_drown_the_other() -> None:
    one, other = (Lesson([chance] * len(HEADS), [0.2] * 5, np.zeros(1, np.float16)) for chance in (1.0, 0.5))
    assert 0.9 < mean_lesson(one, other).heads[0] < 1.0
