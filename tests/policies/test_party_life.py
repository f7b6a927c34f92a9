"""The rules, on messages from party life by other hands: floors under what is caught and what is left alone."""

from pathlib import Path

import pytest

from bot.classifiers.training.rows import own_rows
from handlers.checking import Checker, StreamedMessage
from policies.decisions import Action
from policies.lexicon_files import house_reader
from policies.load import house_policy
from tests.bench.detection import FILES, FOLDER, tally

OWN = Path(__file__).parents[2] / "bot" / "classifiers" / "training" / "data"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(house_reader(), house_policy())


@pytest.mark.parametrize(
    ("name", "caught", "left_alone"),
    [
        pytest.param("held-out-1", 0.81, 0.94, id="held-out-1"),
        pytest.param("held-out-2", 0.78, 0.97, id="held-out-2"),
        pytest.param("held-out-3", 0.89, 0.92, id="held-out-3"),
        pytest.param("held-out-4", 0.87, 0.93, id="held-out-4"),
        pytest.param("held-out-5", 0.79, 0.96, id="held-out-5"),
        pytest.param("held-out-6", 0.84, 0.96, id="held-out-6"),
        pytest.param("hard-1", 0.31, 0.85, id="hard-1"),
        pytest.param("hard-2", 0.35, 0.81, id="hard-2"),
        pytest.param("hard-3", 0.2, 0.87, id="hard-3"),
        pytest.param("hard-4", 0.38, 0.93, id="hard-4"),
        pytest.param("held-out-7", 0.84, 0.97, id="held-out-7"),
        pytest.param("hard-5", 0.3, 0.85, id="hard-5"),
        pytest.param("held-out-8", 0.78, 0.86, id="held-out-8"),
        pytest.param("hard-6", 0.38, 0.84, id="hard-6"),
        pytest.param("held-out-9", 0.68, 0.94, id="held-out-9"),
        pytest.param("hard-7", 0.37, 0.9, id="hard-7"),
        pytest.param("hard-8", 0.24, 0.92, id="hard-8"),
        pytest.param("held-out-10", 0.88, 0.9, id="held-out-10"),
        pytest.param("held-out-11", 0.84, 0.94, id="held-out-11"),
        pytest.param("hard-9", 0.31, 0.93, id="hard-9"),
        pytest.param("held-out-12", 0.83, 0.89, id="held-out-12"),
        pytest.param("hard-10", 0.31, 0.88, id="hard-10"),
        pytest.param("held-out-13", 0.85, 0.97, id="held-out-13"),
        pytest.param("hard-11", 0.46, 0.94, id="hard-11"),
        pytest.param("held-out-14", 0.8, 0.97, id="held-out-14"),
        pytest.param("hard-12", 0.33, 0.95, id="hard-12"),
        pytest.param("errand-2", 0.52, 0.95, id="errand-2"),
        pytest.param("held-out-15", 0.73, 0.99, id="held-out-15"),
        pytest.param("held-out-16", 0.75, 0.96, id="held-out-16"),
        pytest.param("hard-14", 0.45, 0.85, id="hard-14"),
    ],
)
def test_no_change_lets_more_abuse_through_or_silences_more_speech(
    checker: Checker, name: str, caught: float, left_alone: float
) -> None:
    result = tally(FOLDER / f"{name}.jsonl", checker)
    assert result.share("abuse") >= caught
    assert result.share("ok") >= left_alone


def test_every_file_has_its_floor() -> None:
    held, hard = {f"held-out-{n}" for n in range(1, 17)}, {f"hard-{n}" for n in (*range(1, 13), 14)}
    assert {file.stem for file in FILES} == held | hard | {"errand-2"}


def test_what_the_rules_were_written_with_stays_caught_and_left_alone(checker: Checker) -> None:
    rows = own_rows(OWN / "hand_e.tsv")
    answers = [checker.check(StreamedMessage(id="1", text=row.text)).decision.action is Action.ALLOW for row in rows]
    abuse = [allowed for allowed, row in zip(answers, rows, strict=True) if row.labels["abuse"]]
    other = [allowed for allowed, row in zip(answers, rows, strict=True) if not row.labels["abuse"]]
    assert abuse.count(False) >= 0.88 * len(abuse) > 600
    assert other.count(True) >= 0.97 * len(other) > 600
