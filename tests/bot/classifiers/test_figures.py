"""What the shipped model and the rules catch together and leave alone, on messages that nothing was trained on."""

import pytest

from bot.classifiers.embedded import EmbeddedModel, shipped
from handlers.checking import Checker
from policies.lexicon_files import house_reader
from policies.load import house_policy
from tests.bench.detection import FOLDER, Tally, tally


@pytest.fixture(scope="module")
def both() -> Checker:
    reader = house_reader()
    model = EmbeddedModel(shipped(), reader.undone)
    return Checker(reader, house_policy(), score=model.score, scorer=model.name)


@pytest.mark.parametrize(
    ("name", "caught", "left_alone"),
    [
        pytest.param("hard-1", 0.77, 0.91, id="hard-1"),
        pytest.param("hard-2", 0.72, 0.88, id="hard-2"),
        pytest.param("hard-3", 0.69, 0.94, id="hard-3"),
        pytest.param("hard-4", 0.72, 0.99, id="hard-4"),
        pytest.param("hard-5", 0.74, 0.92, id="hard-5"),
        pytest.param("hard-6", 0.72, 0.91, id="hard-6"),
        pytest.param("hard-7", 0.64, 0.95, id="hard-7"),
        pytest.param("hard-8", 0.57, 0.96, id="hard-8"),
        pytest.param("hard-9", 0.66, 0.97, id="hard-9"),
        pytest.param("hard-10", 0.72, 0.93, id="hard-10"),
        pytest.param("hard-11", 0.73, 0.98, id="hard-11"),
        pytest.param("held-out-1", 0.93, 0.97, id="held-out-1"),
        pytest.param("held-out-2", 0.91, 0.95, id="held-out-2"),
        pytest.param("held-out-3", 0.97, 0.97, id="held-out-3"),
        pytest.param("held-out-4", 0.97, 0.97, id="held-out-4"),
        pytest.param("held-out-5", 0.92, 0.97, id="held-out-5"),
        pytest.param("held-out-6", 0.95, 0.99, id="held-out-6"),
        pytest.param("held-out-7", 0.97, 0.97, id="held-out-7"),
        pytest.param("held-out-8", 0.97, 0.93, id="held-out-8"),
        pytest.param("held-out-9", 0.90, 0.98, id="held-out-9"),
        pytest.param("held-out-10", 0.96, 0.99, id="held-out-10"),
        pytest.param("held-out-11", 0.91, 0.98, id="held-out-11"),
        pytest.param("held-out-12", 0.97, 0.96, id="held-out-12"),
        pytest.param("held-out-13", 0.98, 0.99, id="held-out-13"),
        pytest.param("held-out-14", 0.94, 0.99, id="held-out-14"),
        pytest.param("hard-12", 0.73, 0.97, id="hard-12"),
        pytest.param("errand-2", 0.82, 0.96, id="errand-2"),
        pytest.param("held-out-15", 0.99, 0.99, id="held-out-15"),
        pytest.param("held-out-16", 0.91, 0.96, id="held-out-16"),
        pytest.param("hard-14", 0.76, 0.91, id="hard-14"),
    ],
)
def test_the_model_adds_to_what_is_caught_and_costs_little_speech(
    both: Checker, name: str, caught: float, left_alone: float
) -> None:
    found: Tally = tally(FOLDER / f"{name}.jsonl", both)
    assert found.share("abuse") >= caught
    assert found.share("ok") >= left_alone


@pytest.mark.parametrize(
    ("name", "caught", "left_alone"),
    [pytest.param("words", 0.89, 0.89, id="words"), pytest.param("emoji", 0.9, 0.83, id="emoji")],
)
def test_hatred_is_told_from_its_mention_in_general_talk(
    both: Checker, name: str, caught: float, left_alone: float
) -> None:
    found = tally(FOLDER.parent / "functional" / f"{name}.jsonl", both)
    assert found.share("abuse") >= caught
    assert found.share("ok") >= left_alone


@pytest.mark.parametrize(("kind", "share"), [("counter-quote", 0.9), ("counter-reference", 0.85)])
def test_counter_speech_is_left_alone(both: Checker, kind: str, share: float) -> None:
    found = tally(FOLDER.parent / "functional" / "words.jsonl", both)
    assert found.right["ok", kind] / found.asked["ok", kind] >= share
