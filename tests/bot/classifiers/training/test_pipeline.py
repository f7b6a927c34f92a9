"""The pipeline from data to a model folder, proved with a tiny encoder of random weights; needs the `ml` extra."""

from pathlib import Path

import pytest

from bot.classifiers.embedded import MODEL, EmbeddedModel
from policies.lexicon_files import house_reader

pytest.importorskip("torch", reason="training needs torch: ./hustings test --ml")

from bot.classifiers.training.run import train_model

pytestmark = pytest.mark.ml
STEPS = 150
CORPUS = Path(__file__).parents[3] / "corpus"


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> Path:
    out = tmp_path_factory.mktemp("tiny")
    train_model(
        out,
        undo=house_reader().undone,
        public=None,
        evaluation=CORPUS,
        base=None,
        resume=None,
        steps=STEPS,
        seed=3,
        threads=1,
        tiny=True,
        tell=told.append,
    )
    return out


def test_training_tells_what_it_learns_from_and_how_far_int8_drifts(folder: Path, told: list[str]) -> None:
    assert any(line.startswith("own: ") for line in told)
    assert any(line.startswith(f"step {STEPS}/{STEPS}") for line in told)
    assert any(line.startswith("int8 ") for line in told)


def test_what_comes_out_is_a_model_that_opens_and_answers(folder: Path) -> None:
    model = EmbeddedModel(folder, house_reader().undone)
    (scores,) = model.score(["The hall is booked for Thursday"])
    assert scores is not None
    assert all(0.0 <= value <= 1.0 for value in scores.as_dict().values())


def test_the_loss_falls(folder: Path, told: list[str]) -> None:
    losses = [float(line.split("loss ")[1].split()[0]) for line in told if line.startswith("step ")]
    assert losses[-1] < losses[0]


def test_the_same_seed_gives_the_same_first_steps(folder: Path, tmp_path: Path) -> None:
    tells: list[list[str]] = [[], []]
    for number, told in enumerate(tells):
        train_model(
            tmp_path / str(number),
            undo=str.lower,
            public=None,
            evaluation=None,
            base=None,
            resume=None,
            steps=5,
            seed=4,
            threads=1,
            tiny=True,
            tell=told.append,
        )
    losses = [[line.split("  ")[1] for line in told if line.startswith("step ")] for told in tells]
    assert losses[0] == losses[1]


def test_training_goes_on_from_earlier_weights(folder: Path, tmp_path: Path) -> None:
    model = train_model(
        tmp_path,
        undo=str.lower,
        public=None,
        evaluation=None,
        base=None,
        resume=folder / "weights.safetensors",
        steps=5,
        seed=5,
        threads=1,
        tiny=True,
        tell=lambda _: None,
    )
    assert (tmp_path / MODEL).is_file()
    assert model.name.startswith("tiny/seed-5@")
