"""Weights read back from a model's file: what the graph says, the network they make says too."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch: ./hustings test --ml")

import onnx
import torch

from bot.classifiers.embedded import MODEL, shipped
from bot.classifiers.pooling import pooled
from bot.classifiers.training.export import SETTINGS, probabilities, quantise
from bot.classifiers.training.graph import write_graph
from bot.classifiers.training.network import Network, Shape, layers_in, load
from bot.classifiers.training.regained import WeightsError, kept_in, regained
from tests.bot.classifiers.training.test_graph import SMALL, network_of, read_before

pytestmark = pytest.mark.ml
TEXTS = [[3, 17, 42, 9], [5, 5, 8], [11] * 12]


def said(network: Network) -> torch.Tensor:
    with torch.inference_mode():
        logits = [network(torch.tensor([ids]), torch.ones(1, len(ids))) for ids in TEXTS]
    return torch.sigmoid(torch.from_numpy(pooled(torch.cat(logits).numpy())))


def again(path: Path) -> Network:
    network = Network(SMALL)
    load(network, path)
    return network.eval()


def test_a_graph_gives_its_weights_back_to_the_last_bit(tmp_path: Path) -> None:
    network = network_of(SMALL)
    write_graph(network, tmp_path / "model.onnx")
    assert torch.allclose(said(again(tmp_path / "model.onnx")), said(network), atol=1e-5)


@pytest.mark.parametrize("setting", SETTINGS)
def test_of_int8_as_much_comes_back_as_it_kept(setting: str, tmp_path: Path) -> None:
    network = network_of(SMALL)
    quantise(network, tmp_path / "model.onnx", SETTINGS[setting], read_before(network))
    found = again(tmp_path / "model.onnx")
    wanted = torch.from_numpy(probabilities(tmp_path / "model.onnx", TEXTS))
    assert (said(found) - wanted).abs().max() < 0.05
    largest = network.layers[0].wide.weight.abs().max()
    assert (found.layers[0].wide.weight - network.layers[0].wide.weight).abs().max() <= largest / 60


def test_words_that_share_a_vector_come_back_with_it(tmp_path: Path) -> None:
    network = network_of(SMALL)
    write_graph(network, tmp_path / "model.onnx", unread=[7, 2, 150])
    words = regained(tmp_path / "model.onnx")["words.weight"]
    assert len(words) == SMALL.words
    assert torch.equal(words[2], words[7])
    assert torch.equal(words[150], words[7])
    assert torch.equal(words[151], network.words.weight[151])


def test_the_shipped_model_can_be_trained_on_from() -> None:
    layers = layers_in(kept_in(shipped() / MODEL))
    load(Network(Shape(layers=layers)), shipped() / MODEL)


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "junk.onnx").write_bytes(b"\xff" * 40)
    other = onnx.helper.make_model(onnx.helper.make_graph([], "other", [], []))
    onnx.save(other, str(tmp_path / "other.onnx"))
    for name in ("junk.onnx", "other.onnx"):
        with pytest.raises(WeightsError, match="is no model that"):
            regained(tmp_path / name)
    with pytest.raises(WeightsError, match="has no weights that can be read"):
        kept_in(tmp_path / "missing.onnx")
