"""Detoxify's models, proved with tiny random ones in its own layout; needs the `ml` extra."""

import json
import pickle
import shutil
import socket
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.classifiers.batcher import Batcher
from bot.classifiers.detoxify import WEIGHTS, DetoxifyModel
from bot.classifiers.errors import ModelError
from bot.classifiers.files import FACTS, MODEL, TOKENIZER, sha256_of
from bot.classifiers.heads import DETOXIFY
from bot.classifiers.variants import VARIANTS, VariantName
from policies.findings import Scores

pytest.importorskip("torch", reason="Detoxify needs torch: ./hustings test --ml")

import torch

from bot.classifiers.detoxify_export import export_folder
from bot.classifiers.detoxify_fetch import make_folder
from tests.bot.classifiers.tiny_detoxify import TEXTS, checkpoint, given_files, made_folder, network, without_pin

pytestmark = pytest.mark.ml
LONG = " ".join(f"{text.capitalize()}." for text in TEXTS * 6)
EVERY = pytest.mark.parametrize("name", list(VariantName))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[VariantName, Path]:
    root = tmp_path_factory.mktemp("detoxify")
    for name in VariantName:
        made_folder(name, root / name)
        export_folder(root / name, root / f"{name}-int8", TEXTS, undo=str.lower, most=1.0, tell=lambda _: None)
    return {name: root / name for name in VariantName}


def exported(folder: Path) -> Path:
    return folder.parent / f"{folder.name}-int8"


def one(model: DetoxifyModel, text: str) -> Scores:
    (scores,) = model.score([text])
    assert scores is not None
    return scores


def values(scores: Scores | None) -> np.ndarray:  # type: ignore[type-arg] # of floats
    assert scores is not None
    return np.array([getattr(scores, label) for label in DETOXIFY])


@EVERY
def test_a_checkpoint_scores_as_transformers_own_network_does(
    folders: dict[VariantName, Path], name: VariantName
) -> None:
    model = DetoxifyModel(folders[name], str.lower)
    theirs = network(name)
    for text in TEXTS:
        ids = torch.tensor([model._reader.parts([text])[0][0].ids])
        with torch.no_grad():
            wanted = torch.sigmoid(theirs(input_ids=ids).logits)[0].numpy()
        ours = one(model, text)
        for place, label in enumerate(model.facts.labels):
            assert getattr(ours, label) == pytest.approx(float(wanted[place]), abs=2e-4)


@EVERY
def test_the_random_models_tell_texts_apart(folders: dict[VariantName, Path], name: VariantName) -> None:
    scored = [values(score) for score in DetoxifyModel(folders[name], str.lower).score(TEXTS)]
    assert np.ptp(np.stack(scored), axis=0).max() > 0.2


@EVERY
def test_a_batch_scores_as_its_texts_do_alone_and_in_their_order(
    folders: dict[VariantName, Path], name: VariantName
) -> None:
    model = DetoxifyModel(folders[name], str.lower)
    texts = [TEXTS[0], LONG, TEXTS[3], TEXTS[4], TEXTS[1], TEXTS[3]]
    for together, text in zip(model.score(texts), texts, strict=True):
        assert values(together) == pytest.approx(values(one(model, text)), abs=2e-3)
    assert model.score([]) == []


@EVERY
def test_int8_onnx_scores_about_as_torch_does(folders: dict[VariantName, Path], name: VariantName) -> None:
    full, small = DetoxifyModel(folders[name], str.lower), DetoxifyModel(exported(folders[name]), str.lower)
    assert "/torch@" in full.name
    assert "/onnx-int8@" in small.name
    moved = [np.abs(values(a) - values(b)).mean() for a, b in zip(full.score(TEXTS), small.score(TEXTS), strict=True)]
    assert 0.0 < float(np.mean(moved)) < 0.05


def test_the_exported_model_needs_neither_torch_nor_the_weights(folders: dict[VariantName, Path]) -> None:
    lies = {path.name for path in exported(folders[VariantName.UNBIASED]).iterdir()}
    assert lies == {MODEL, TOKENIZER, FACTS}


def test_a_label_that_the_model_has_not_stays_at_nought(folders: dict[VariantName, Path]) -> None:
    original = DetoxifyModel(folders[VariantName.ORIGINAL], str.lower)
    unbiased = DetoxifyModel(folders[VariantName.UNBIASED], str.lower)
    assert "sexual_explicit" not in original.labels
    assert unbiased.labels == DETOXIFY
    for text in TEXTS:
        assert one(original, text).sexual_explicit == 0.0
        assert one(unbiased, text).sexual_explicit > 0.0
        assert (one(unbiased, text).abuse, one(unbiased, text).mention) == (0.0, 0.0)


def test_identities_that_the_model_was_trained_on_are_not_read(folders: dict[VariantName, Path]) -> None:
    model = DetoxifyModel(folders[VariantName.UNBIASED], str.lower)
    assert model.facts.outputs == 16
    assert len(model.contributions(TEXTS[0])[0].scores) == 7


@EVERY
def test_a_long_message_gets_the_highest_score_of_its_windows(
    folders: dict[VariantName, Path], name: VariantName
) -> None:
    model = DetoxifyModel(folders[name], str.lower)
    parts = [part for part in model.contributions(LONG) if part.view == "as written"]
    assert len(parts) > 2
    assert " ".join(part.text for part in parts) == LONG
    every = model.contributions(LONG)
    for label in model.labels:
        assert getattr(one(model, LONG), label) == pytest.approx(max(part.scores[label] for part in every), abs=2e-3)


def test_disguise_is_undone_and_the_reading_that_fired_is_told(folders: dict[VariantName, Path]) -> None:
    model = DetoxifyModel(folders[VariantName.ORIGINAL], lambda text: text.replace("b1ns", "bins"))
    assert [part.view for part in model.contributions("who moved the b1ns")] == ["as written", "disguise undone"]


def test_each_model_knows_its_languages(folders: dict[VariantName, Path]) -> None:
    french = "la réunion est dans la salle des fêtes avec nous tous"
    welsh = "mae'r cyfarfod nos fercher, diolch i bawb"
    assert DetoxifyModel(folders[VariantName.UNBIASED], str.lower).score([french]) == [None]
    multilingual = DetoxifyModel(folders[VariantName.MULTILINGUAL], str.lower)
    assert [score is None for score in multilingual.score([french, welsh])] == [False, True]


@pytest.mark.parametrize("text", ["", " ", "\u200b", "x" * 20_000, "\ud800", "a\x00b", "((((" * 2_000])
def test_no_text_breaks_it(folders: dict[VariantName, Path], text: str) -> None:
    (scores,) = DetoxifyModel(folders[VariantName.UNBIASED], str.lower).score([text])
    assert scores is None or all(0.0 <= value <= 1.0 for value in scores.as_dict().values())


async def test_it_answers_through_the_queue_like_any_classifier(folders: dict[VariantName, Path]) -> None:
    batcher = Batcher(DetoxifyModel(exported(folders[VariantName.ORIGINAL]), str.lower))
    answers = await batcher.score(list(TEXTS))
    await batcher.close()
    assert len([answer for answer in answers if answer]) == len(TEXTS)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    asked: list[object] = []

    def refuse(*what: Any, **_: Any) -> Any:
        asked.append(what)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return asked


@EVERY
def test_loading_asks_nobody_on_the_network(
    folders: dict[VariantName, Path], name: VariantName, no_network: list[object]
) -> None:
    for folder in (folders[name], exported(folders[name])):
        assert one(DetoxifyModel(folder, str.lower), TEXTS[0])
    assert no_network == []


def test_the_checkpoint_is_taken_away_and_only_weights_and_words_stay(folders: dict[VariantName, Path]) -> None:
    assert {path.name for path in folders[VariantName.ORIGINAL].iterdir()} == {WEIGHTS, TOKENIZER, FACTS}


class _Wicked:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.path, "code ran")


def test_a_checkpoint_that_holds_code_is_not_opened(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given_files(VariantName.ORIGINAL, given)
    file, trace = given / VARIANTS[VariantName.ORIGINAL].checkpoint.file, tmp_path / "trace"
    torch.save({"state_dict": {}, "config": _Wicked(trace)}, file)
    with zipfile.ZipFile(file) as archive, archive.open(next(n for n in archive.namelist() if "data.pkl" in n)) as data:
        assert b"write_text" in data.read()
    with pytest.raises(ModelError, match="or holds more than tensors and plain values, so it was not opened"):
        make_folder(
            VARIANTS[VariantName.ORIGINAL], tmp_path / "out", given=given, sha256=sha256_of(file), tell=lambda _: None
        )
    assert not trace.exists()
    assert not (tmp_path / "out" / FACTS).exists()


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        pytest.param({"state_dict": {}}, "has not the parts of a checkpoint", id="no-config"),
        pytest.param([1, 2], "has not the parts of a checkpoint", id="a-list"),
        pytest.param(b"nonsense", "it is none, or holds more", id="no-checkpoint-at-all"),
    ],
)
def test_what_is_no_checkpoint_is_told(tmp_path: Path, contents: object, said: str) -> None:
    file = tmp_path / VARIANTS[VariantName.ORIGINAL].checkpoint.file
    file.write_bytes(contents) if isinstance(contents, bytes) else torch.save(contents, file)
    with pytest.raises(ModelError, match=f"could not be converted: .*{said}"):
        make_folder(
            VARIANTS[VariantName.ORIGINAL],
            tmp_path / "out",
            given=tmp_path,
            sha256=sha256_of(file),
            tell=lambda _: None,
        )


def test_the_checkpoint_of_another_model_is_not_taken(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given_files(VariantName.UNBIASED, given)
    file = checkpoint(VariantName.ORIGINAL, given / VARIANTS[VariantName.UNBIASED].checkpoint.file)
    with pytest.raises(ModelError, match="holds a BertForSequenceClassification, and not Roberta"):
        make_folder(
            without_pin(VariantName.UNBIASED),
            tmp_path / "out",
            given=given,
            sha256=sha256_of(file),
            tell=lambda _: None,
        )


def test_weights_that_lack_a_part_do_not_load(folders: dict[VariantName, Path], tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file  # noqa: PLC0415

    shutil.copytree(folders[VariantName.ORIGINAL], tmp_path / "model")
    path = tmp_path / "model" / WEIGHTS
    kept = load_file(path)
    del kept["bert.pooler.dense.bias"]
    save_file(kept, path)
    facts = json.loads((tmp_path / "model" / FACTS).read_text())
    facts["sha256"][WEIGHTS] = sha256_of(path)
    (tmp_path / "model" / FACTS).write_text(json.dumps(facts))
    with pytest.raises(ModelError, match=r"do not fit a BertForSequenceClassification: bert\.pooler\.dense\.bias"):
        DetoxifyModel(tmp_path / "model", str.lower)


def test_changed_weights_are_not_opened(folders: dict[VariantName, Path], tmp_path: Path) -> None:
    shutil.copytree(folders[VariantName.ORIGINAL], tmp_path / "model")
    path = tmp_path / "model" / WEIGHTS
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(ModelError, match=r"model\.safetensors is not the file it should be"):
        DetoxifyModel(tmp_path / "model", str.lower)


def test_an_export_that_changes_too_many_decisions_is_refused(folders: dict[VariantName, Path], tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"int8 changes .* of decisions at its best, and -1\.0% are allowed; use torch"
    ):
        export_folder(
            folders[VariantName.ORIGINAL], tmp_path / "out", TEXTS, undo=str.lower, most=-0.01, tell=lambda _: None
        )
    assert not (tmp_path / "out" / FACTS).exists()
    assert not (tmp_path / "out" / MODEL).exists()


def test_the_gate_counts_every_label_that_crosses_a_half(folders: dict[VariantName, Path]) -> None:
    from bot.classifiers.detoxify_export import _drift  # noqa: PLC0415

    wanted = np.array([[0.4, 0.9], [0.6, 0.1], [0.2, 0.2]], np.float32)
    given = np.array([[0.45, 0.85], [0.6, 0.6], [0.2, 0.2]], np.float32)
    drift = _drift("x", wanted, given)
    assert (drift.texts, drift.flipped, drift.worst) == (3, pytest.approx(1 / 3), pytest.approx(0.5))


def test_the_layout_is_a_pickle_which_is_why_it_is_converted(tmp_path: Path) -> None:
    file = checkpoint(VariantName.ORIGINAL, tmp_path / "x.ckpt")
    with zipfile.ZipFile(file) as archive:
        (pickled,) = (name for name in archive.namelist() if name.endswith("data.pkl"))
        assert archive.read(pickled)[:1] == pickle.PROTO
