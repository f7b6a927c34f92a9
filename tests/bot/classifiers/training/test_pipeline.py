"""The pipeline from data to a model folder, proved with a tiny encoder of random weights; needs the `ml` extra."""

import hashlib
import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from bot.classifiers.embedded import MODEL, TOKENIZER, EmbeddedModel, shipped
from bot.classifiers.heads import HEADS, STANCES
from bot.classifiers.training.build_data import Data, build
from policies.lexicon_files import house_reader

pytest.importorskip("torch", reason="training needs torch: ./hustings test --ml")

import numpy as np
import torch
import transformers
from safetensors.torch import load_file

from bot.classifiers.training import run
from bot.classifiers.training.fit import WEIGHTS, Encoder, Example, Plan
from bot.classifiers.training.lessons import VARIATIONS, Lesson, read_lessons
from bot.classifiers.training.network import Network, Shape, layers_in, load
from bot.classifiers.training.regained import kept_in
from bot.classifiers.training.rows import Row, labels_of
from bot.classifiers.training.run import Course, TrainingError, teach_lessons, train_model
from bot.classifiers.training.seeds import METRICS, figures
from bot.classifiers.training.teacher import teach

pytestmark = pytest.mark.ml
STEPS = 150
CORPUS = Path(__file__).parents[3] / "corpus"


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


def course(**changed: Any) -> Course:
    """A course of a few steps with a random encoder, on own rows alone."""
    asked: dict[str, Any] = {
        "undo": str.lower,
        "public": None,
        "evaluation": None,
        "steps": 5,
        "seeds": [4],
        "tiny": True,
    }
    return Course(**(asked | changed))


@cache
def few_rows() -> Data:
    """Every fortieth of the own rows: enough for what is not about them, and soon read and scored."""
    data = build(None, None)
    parts = tuple(replace(part, rows=part.rows[::40]) for part in data.parts)
    return replace(data, parts=parts, held_back=data.held_back[::40])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Courses read a few rows in place of all."""
    monkeypatch.setattr(run, "build", lambda *_, **__: few_rows())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> Path:
    out = tmp_path_factory.mktemp("tiny")
    train_model(out, course(undo=house_reader().undone, evaluation=CORPUS, steps=STEPS, seeds=[3]), told.append)
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


@pytest.mark.usefixtures("few")
def test_the_same_seed_gives_the_same_first_steps(tmp_path: Path) -> None:
    tells: list[list[str]] = [[], []]
    for number, told in enumerate(tells):
        train_model(tmp_path / str(number), course(), told.append)
    losses = [[line.split("  ")[1] for line in told if line.startswith("step ")] for told in tells]
    assert losses[0] == losses[1]


@pytest.mark.usefixtures("few")
def test_training_goes_on_from_a_model_where_its_weights_are_lost(folder: Path, tmp_path: Path) -> None:
    model = train_model(tmp_path, course(resume=folder / MODEL, seeds=[5], steps=2), lambda _: None)
    assert (tmp_path / MODEL).is_file()
    assert model.name.startswith("tiny/seed-5@")
    one, other = load_file(folder / WEIGHTS), load_file(tmp_path / WEIGHTS)
    assert torch.allclose(one["layers.0.wide.weight"], other["layers.0.wide.weight"], atol=0.02)


@pytest.mark.usefixtures("few")
def test_a_deeper_network_goes_on_from_earlier_weights_and_is_gone_on_from(folder: Path, tmp_path: Path) -> None:
    train_model(tmp_path / "deep", course(resume=folder / WEIGHTS, layers=3, steps=2), lambda _: None)
    again = train_model(tmp_path / "again", course(resume=tmp_path / "deep" / WEIGHTS, steps=2), lambda _: None)
    assert layers_in(load_file(tmp_path / "again" / WEIGHTS)) == 3
    assert again.score(["The hall is booked for Thursday"]) != [None]


@pytest.mark.usefixtures("few")
def test_weights_of_another_size_are_one_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"of another size\. Leave out --layers"):
        train_model(tmp_path, course(resume=folder / WEIGHTS, layers=1), lambda _: None)


@pytest.mark.usefixtures("few")
def test_of_several_seeds_the_mean_is_made_and_each_one_is_measured(tmp_path: Path) -> None:
    model = train_model(tmp_path, course(seeds=[6, 7]), lambda _: None)
    assert model.name.startswith("tiny/mean-of-6-7@")
    one, other, mean = (load_file(tmp_path / part / WEIGHTS) for part in ("seed-6", "seed-7", ""))
    assert not torch.equal(one["heads.weight"], other["heads.weight"])
    assert torch.allclose(mean["heads.weight"], (one["heads.weight"] + other["heads.weight"]) / 2)
    runs = json.loads((tmp_path / METRICS).read_text(encoding="utf-8"))["seeds"]["runs"]
    assert runs == {seed: figures(tmp_path / f"seed-{seed}") for seed in ("6", "7")}
    written = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "the mean of 2 runs" in written
    assert "An encoder of random weights" in written
    assert "MiniLM" not in written


@pytest.mark.usefixtures("few")
def test_the_mean_with_earlier_weights_is_half_of_each(folder: Path, tmp_path: Path) -> None:
    train_model(tmp_path / "alone", course(resume=folder / MODEL, seeds=[8], steps=2), lambda _: None)
    asked = course(resume=folder / MODEL, seeds=[8], steps=2, mean_with=folder / WEIGHTS)
    model = train_model(tmp_path / "mean", asked, lambda _: None)
    earlier, alone, mean = (load_file(part / WEIGHTS) for part in (folder, tmp_path / "alone", tmp_path / "mean"))
    assert not torch.equal(earlier["heads.weight"], alone["heads.weight"])
    assert torch.allclose(mean["heads.weight"], (earlier["heads.weight"] + alone["heads.weight"]) / 2)
    assert model.score(["The hall is booked for Thursday"]) != [None]
    assert "mean with" in json.loads((tmp_path / "mean" / METRICS).read_text(encoding="utf-8"))["origins"]


@pytest.mark.usefixtures("few")
def test_a_seed_that_was_trained_already_is_not_trained_again(tmp_path: Path) -> None:
    train_model(tmp_path / "seed-6", course(seeds=[6]), lambda _: None)
    told: list[str] = []
    train_model(tmp_path, course(seeds=[6, 7]), told.append)
    assert "seed 7" in told
    assert "seed 6" not in told


@pytest.mark.usefixtures("few")
def test_a_teacher_writes_lessons_about_every_row_and_training_heeds_them(tmp_path: Path) -> None:
    base = larger_encoder(tmp_path / "base")
    file = teach_lessons(tmp_path / "teacher", course(base=base, steps=2, varied=40, tiny=False), lambda _: None)
    varied = file.with_name(VARIATIONS)
    lessons = read_lessons(file)
    rows = {row.text for part in few_rows().parts for row in part.rows}
    assert lessons.keys() == rows
    assert not read_lessons(varied).keys() & rows
    assert len(read_lessons(varied)) == 40
    assert all(sum(lesson.stances) == pytest.approx(1.0, abs=0.01) for lesson in lessons.values())
    without, taught = [], []
    train_model(tmp_path / "without", course(), without.append)
    train_model(tmp_path / "taught", course(lessons=file, variations=varied), taught.append)
    assert "variations: 40 texts, 30% of what is drawn" in taught
    assert [line for line in taught if "loss" in line] != [line for line in without if "loss" in line]
    metrics = json.loads((tmp_path / "taught" / METRICS).read_text(encoding="utf-8"))
    for name, made in (("lessons", file), ("variations", varied)):
        assert metrics["origins"][name] == hashlib.sha256(made.read_bytes()).hexdigest()
    assert metrics["origins"]["variations"] in (tmp_path / "taught" / "README.md").read_text(encoding="utf-8")


def test_a_teacher_beside_the_shipped_network_speaks_for_both(tmp_path: Path) -> None:
    base, whole = larger_encoder(tmp_path / "base"), build(None, None)
    rows = {row.text: row.labels["abuse"] for row in whole.parts[0].rows[::700]}
    few = replace(whole, parts=(replace(whole.parts[0], rows=whole.parts[0].rows[::700]),))
    network = Network(Shape(layers=layers_in(kept_in(shipped() / MODEL))))
    load(network, shipped() / MODEL)

    def said(beside: Network | None) -> dict[str, float]:
        file = teach(
            few, base=base, undo=str.lower, out=tmp_path / "new", plan=Plan(steps=0), beside=beside, tell=lambda _: None
        )
        return {text: lesson.heads[HEADS.index("abuse")] for text, lesson in read_lessons(file).items()}

    alone, both = said(None), said(network)
    assert both.keys() == rows.keys()
    higher = [rows[text] for text in rows if both[text] > alone[text] + 0.1]
    lower = [rows[text] for text in rows if both[text] < alone[text] - 0.1]
    assert len(higher) > 15 < len(lower)
    assert sum(higher) > 0.8 * len(higher)
    assert sum(lower) < 0.2 * len(lower)


@pytest.mark.usefixtures("few")
def test_what_is_no_small_network_cannot_stand_beside(tmp_path: Path) -> None:
    base = larger_encoder(tmp_path / "base")
    with pytest.raises(TrainingError, match=r"Name its model\.onnx with --beside"):
        teach_lessons(tmp_path / "none", course(base=base, beside=base / "model.safetensors"), lambda _: None)


def test_a_padded_row_keeps_its_labels_and_has_no_meaning_that_was_taught() -> None:
    row = Row(text="out with him", labels=labels_of("harass"), stance="use")
    taught = {row.text: Lesson([0.5] * len(HEADS), [0.2] * len(STANCES), np.zeros(3, np.float16))}
    tokenizer = Tokenizer.from_file(str(shipped() / TOKENIZER))

    def example(padded: float) -> Example:
        plan = Plan(padded=padded, smudge=0.0, undone=0.0)
        return Encoder(tokenizer, str.lower, plan, taught, ["Tea at four."])(row)

    alone, beside = example(0.0), example(1.0)
    assert len(beside.ids) > len(alone.ids)
    assert (beside.heads, beside.stances) == (alone.heads, alone.stances)
    assert alone.meaning is not None
    assert beside.meaning is None


def test_a_teacher_without_an_encoder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"has no config\.json and no model\.safetensors and no tokenizer\.json"):
        teach_lessons(tmp_path, course(base=tmp_path), lambda _: None)
    with pytest.raises(TrainingError, match="with --base"):
        teach_lessons(tmp_path, course(), lambda _: None)


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "junk").write_text("hello", encoding="utf-8")
    for changed, told in (
        ({"resume": tmp_path / "junk"}, "has no weights that can be read"),
        ({"resume": tmp_path / "missing"}, "has no weights that can be read"),
        ({"mean_with": tmp_path / "junk"}, r"weights that can be read.*with --mean-with\."),
        ({"base": tmp_path}, "has no tokenizer"),
        ({"base": tmp_path, "tiny": False}, "has no model.safetensors and no tokenizer"),
    ):
        with pytest.raises(TrainingError, match=told):
            train_model(tmp_path / "out", course(**changed), lambda _: None)
    with pytest.raises(TrainingError, match="is a file"):
        train_model(tmp_path / "junk", course(), lambda _: None)


def test_fresh_rows_of_no_file_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"no file of own rows called hand_nobody"):
        train_model(tmp_path, course(fresh=["hand_a", "hand_nobody"]), lambda _: None)


def test_a_file_without_lessons_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "lessons.npz"
    file.write_text("hello", encoding="utf-8")
    with pytest.raises(TrainingError, match="holds no lessons"):
        train_model(tmp_path, course(lessons=file), lambda _: None)
    with pytest.raises(TrainingError, match=r"cannot be read: No such file or directory\. Check the name"):
        train_model(tmp_path, course(lessons=tmp_path / "missing.npz"), lambda _: None)


def larger_encoder(folder: Path) -> Path:
    """A random encoder as transformers writes it, with the words of the shipped model."""
    folder.mkdir()
    shutil.copyfile(shipped() / TOKENIZER, folder / TOKENIZER)
    words = Tokenizer.from_file(str(folder / TOKENIZER)).get_vocab_size()
    shape = transformers.BertConfig(
        vocab_size=words, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    transformers.BertModel(shape).save_pretrained(folder)
    return folder
