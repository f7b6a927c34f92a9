"""The graph built by hand says what the network says, and is as short as it is meant to be; needs the `ml` extra."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from bot.classifiers.files import one_thread_session

pytest.importorskip("torch", reason="training needs torch: ./hustings test --ml")

import onnx
import torch

from bot.classifiers.training.export import SETTINGS, probabilities, quantise
from bot.classifiers.training.graph import write_graph
from bot.classifiers.training.network import Network, Shape
from bot.classifiers.training.run import TINY
from bot.classifiers.training.smoothing import Peaks, peaks

pytestmark = pytest.mark.ml

SMALL = Shape(words=200, width=48, inner=96, layers=3, heads=4)
SHAPES = [
    pytest.param(TINY, id="tiny"),
    pytest.param(Shape(words=200, layers=2), id="two-layers"),
    pytest.param(Shape(words=200, layers=8), id="eight-layers"),
    pytest.param(SMALL, id="narrower"),
]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads of torch wait for one another on a busy machine, and take the longer for it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def network_of(shape: Shape) -> Network:
    """A network in which no weight, bias or norm is left at a value that would hide its absence."""
    torch.manual_seed(3)
    network = Network(shape)
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.1 * torch.randn_like(weights))
    return network.eval()


def farthest(
    network: Network, session: onnxruntime.InferenceSession, lengths: list[int], *, words: int, length: int
) -> float:
    """How far the session's logits are from the network's, for texts of some lengths padded to one."""
    ids = torch.randint(0, words, (len(lengths), length), generator=torch.Generator().manual_seed(5))
    mask = torch.tensor([[float(place < own) for place in range(length)] for own in lengths])
    with torch.no_grad():
        wanted = network(ids, mask).numpy()
    (given,) = session.run(["logits"], {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
    assert given.shape == wanted.shape
    return float(np.abs(given - wanted).max())


@pytest.mark.parametrize("shape", SHAPES)
def test_the_graph_says_what_the_network_says(shape: Shape, tmp_path: Path) -> None:
    network = network_of(shape)
    write_graph(network, tmp_path / "fp32.onnx")
    session = one_thread_session(tmp_path / "fp32.onnx")
    for length in (1, 2, 25, 128):
        shorter = [length, max(1, length // 2), 1]
        for lengths in ([length], shorter, shorter[::-1]):
            far = farthest(network, session, lengths, words=shape.words, length=length)
            assert far < 1e-4, (lengths, far)


def test_a_text_without_a_word_is_no_error(tmp_path: Path) -> None:
    network = network_of(TINY)
    write_graph(network, tmp_path / "fp32.onnx")
    session = one_thread_session(tmp_path / "fp32.onnx")
    assert farthest(network, session, [0, 4], words=TINY.words, length=4) < 1e-4


def test_words_in_int8_differ_by_a_rounding_and_no_more(tmp_path: Path) -> None:
    network = network_of(SMALL)
    write_graph(network, tmp_path / "small.onnx", small_words=True)
    session = one_thread_session(tmp_path / "small.onnx")
    assert 0.0 < farthest(network, session, [25, 9], words=SMALL.words, length=25) < 0.05


def test_words_that_are_never_read_share_a_vector_and_the_others_keep_theirs(tmp_path: Path) -> None:
    network = network_of(SMALL)
    unread = [40, 3, 4, 41, 199]
    write_graph(network, tmp_path / "all.onnx", small_words=True)
    write_graph(network, tmp_path / "fewer.onnx", small_words=True, unread=unread)
    sizes = [path.stat().st_size for path in (tmp_path / "all.onnx", tmp_path / "fewer.onnx")]
    assert sizes[1] < sizes[0] + 4 * SMALL.words + 200 - (len(unread) - 1) * SMALL.width
    for ids, same in (([5, 39, 42, 198], [5, 39, 42, 198]), ([5, 3, 199, 41, 4, 40], [5, 40, 40, 40, 40, 40])):
        assert np.allclose(probabilities(tmp_path / "fewer.onnx", [ids]), probabilities(tmp_path / "all.onnx", [same]))


def read_before(network: Network) -> Peaks:
    """What the products' inputs are on some texts, of which one input of each product is far larger than the rest."""
    texts = torch.randint(0, network.shape.words, (20, 12), generator=torch.Generator().manual_seed(7)).tolist()
    return peaks(network, texts)


@pytest.mark.parametrize("shape", SHAPES)
def test_evened_products_say_what_the_network_says(shape: Shape, tmp_path: Path) -> None:
    network = network_of(shape)
    write_graph(network, tmp_path / "evened.onnx", peaks=read_before(network))
    evened = [node for node in onnx.load(str(tmp_path / "evened.onnx")).graph.node if node.name.endswith(".even")]
    assert len(evened) == 4 * shape.layers
    session = one_thread_session(tmp_path / "evened.onnx")
    assert farthest(network, session, [25, 9], words=shape.words, length=25) < 1e-4


def test_evening_out_brings_int8_nearer_where_some_inputs_are_far_larger(tmp_path: Path) -> None:
    network = network_of(Shape(words=200, layers=2))
    with torch.no_grad():
        for layer in network.layers:
            layer.narrow_norm.weight[:4] *= 12
            layer.mixed_norm.weight[:4] *= 12
    far = {}
    for name in ("7 bit", "7 bit, evened"):
        quantise(network, tmp_path / "int8.onnx", SETTINGS[name], read_before(network))
        session = one_thread_session(tmp_path / "int8.onnx")
        far[name] = farthest(network, session, [25, 9, 17, 3], words=200, length=25)
    assert far["7 bit, evened"] < 0.7 * far["7 bit"]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("layers", [2, 8])
def test_all_products_but_the_heads_become_int8(setting: str, layers: int, tmp_path: Path) -> None:
    network = network_of(Shape(words=200, width=48, inner=96, layers=layers, heads=4))
    quantise(network, tmp_path / "int8.onnx", SETTINGS[setting], read_before(network))
    counted = Counter(node.op_type for node in onnx.load(str(tmp_path / "int8.onnx")).graph.node)
    assert counted["MatMulInteger"] == 4 * layers
    session = one_thread_session(tmp_path / "int8.onnx")
    assert farthest(network, session, [25], words=200, length=25) < 0.25


def test_onnxruntime_makes_of_it_the_steps_that_were_measured(tmp_path: Path) -> None:
    network = network_of(Shape(words=200, layers=3))
    quantise(network, tmp_path / "int8.onnx", SETTINGS["7 bit, evened"], read_before(network))
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "run.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(tmp_path / "int8.onnx"), options, providers=["CPUExecutionProvider"])
    counted = Counter(node.op_type for node in onnx.load(str(tmp_path / "run.onnx")).graph.node)
    assert counted["DynamicQuantizeMatMul"] == 4 * 3
    assert counted["FusedMatMul"] == 2 * 3 + 1
    assert counted["Transpose"] == 3 + 1
    assert counted["SkipLayerNormalization"] == 0
    assert counted["LayerNormalization"] == 2 * 3 + 1


def test_a_model_of_eight_layers_stays_well_below_thirty_megabytes(tmp_path: Path) -> None:
    network = Network(Shape(layers=8)).eval()
    quantise(network, tmp_path / "int8.onnx", SETTINGS["7 bit, evened"], read_before(network))
    assert (tmp_path / "int8.onnx").stat().st_size < 28_500_000
