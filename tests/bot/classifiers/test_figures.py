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
        pytest.param("held-out-1", 0.84, 0.96, id="held-out-1"),
        pytest.param("held-out-2", 0.87, 0.93, id="held-out-2"),
        pytest.param("held-out-3", 0.93, 0.95, id="held-out-3"),
        pytest.param("held-out-4", 0.93, 0.95, id="held-out-4"),
        pytest.param("hard-1", 0.60, 0.88, id="hard-1"),
        pytest.param("hard-2", 0.60, 0.82, id="hard-2"),
    ],
)
def test_the_model_adds_to_what_is_caught_and_costs_little_speech(
    both: Checker, name: str, caught: float, left_alone: float
) -> None:
    found: Tally = tally(FOLDER / f"{name}.jsonl", both)
    assert found.share("abuse") >= caught
    assert found.share("ok") >= left_alone
