"""The leak guard: nothing that a model is judged by may be trained on, templates included."""

import json
from pathlib import Path

import pytest

from bot.classifiers.training.leaks import LeakGuard, evaluation_texts
from bot.classifiers.training.rows import own_rows
from bot.classifiers.training.templates import DATA, filled
from tests.architecture.sources import REPOSITORY

CORPUS = REPOSITORY / "tests" / "corpus"
HELD = "The treasurer has been told that he will regret it if the accounts are read out on Monday"


@pytest.fixture(scope="module")
def guard() -> LeakGuard:
    return LeakGuard([(HELD, "held.jsonl"), ("go away now", "held.jsonl")])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HELD, id="word-for-word"),
        pytest.param(HELD.upper() + "!!!", id="shouted"),
        pytest.param(HELD.replace("a", "а"), id="look-alike-letters"),
        pytest.param("Gö  away, now.", id="accents-and-spaces"),
    ],
)
def test_the_same_words_are_a_leak_however_they_are_written(guard: LeakGuard, text: str) -> None:
    leak = guard.find(text)
    assert leak is not None
    assert (leak.where, leak.near) == ("held.jsonl", False)


def test_nearly_the_same_words_are_a_leak_too(guard: LeakGuard) -> None:
    leak = guard.find(HELD.replace("Monday", "Tuesday"))
    assert leak is not None
    assert leak.near


def test_the_same_subject_in_other_words_is_none(guard: LeakGuard) -> None:
    assert guard.find("Someone leaned on our treasurer about Monday's accounts and he is worried") is None


def test_evaluation_sets_of_every_form_are_read(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.jsonl").write_text(json.dumps({"id": "1", "text": "one"}) + "\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("- {id: x, text: two, want: hit}\n", encoding="utf-8")
    assert set(evaluation_texts(tmp_path)) == {("one", "a.jsonl"), ("two", "b.yaml")}


def test_nothing_in_the_repository_that_is_trained_on_is_tested_on_word_for_word() -> None:
    guard = LeakGuard(evaluation_texts(CORPUS))
    rows = [*filled(), *(row for path in sorted(DATA.glob("*.tsv")) for row in own_rows(path))]
    leaks = [leak for row in rows if (leak := guard.find(row.text))]
    # Short idioms are said by everybody; what the guard finds is left out of training, and must stay rare.
    assert len(leaks) <= len(rows) // 300
