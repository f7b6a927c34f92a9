"""The network as an ONNX graph built by hand, with fewer steps than a tracer finds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from bot.classifiers.training.network import Layer, Network
from bot.classifiers.training.regained import WORD_PLACES
from bot.classifiers.training.smoothing import Peaks, factors

OPSET, IR_VERSION = 20, 9
"""Opset 20 is the first with Gelu; every onnxruntime that Hustings runs on reads both."""

HEADS_STEP = "heads"
"""The product of the heads, so small that int8 would spare neither time nor room."""

_UNSEEN = 10_000.0
"""How much lower than the others a padding word stands before the softmax, as in the network."""

Array = NDArray[Any]


def write_graph(
    network: Network,
    path: Path,
    *,
    small_words: bool = False,
    peaks: Peaks | None = None,
    unread: Sequence[int] = (),
) -> None:
    """Write a network as ONNX: `input_ids` and `attention_mask` in, `logits` out.

    The ids are int64 and the mask is float, both of shape (batch, length); the logits have shape (batch, outputs). Both
    sizes are free. With `small_words` the words' vectors are held in int8 with one scale each. With `peaks` the inputs
    of every product are evened out by `smoothing.factors`, which changes no logit. The words whose ids are `unread`
    have no vector of their own and are read as the first of them.
    """
    graph = _Graph(peaks or {})
    length = graph.step("Shape", ["input_ids"], "length", start=1, end=2)
    states = _embedded(graph, network, length, small_words=small_words, unread=unread)
    unseen = graph.step("Sub", ["attention_mask", graph.held("one", _floats(1.0))], "unseen")
    scaled = graph.step("Mul", [unseen, graph.held("lower", _floats(_UNSEEN))], "unseen.scaled")
    bias = graph.step("Unsqueeze", [scaled, graph.held("axes.1.2", _ints(1, 2))], "bias")
    for number, layer in enumerate(network.layers):
        states = _layer(graph, layer, states, bias, f"layers.{number}")
    _answers(graph, network, states)
    sizes = ["batch", "length"]
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, sizes),
        helper.make_tensor_value_info("attention_mask", TensorProto.FLOAT, sizes),
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", network.heads.out_features])]
    made = helper.make_graph(graph.nodes, "network", inputs, outputs, list(graph.constants.values()))
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.save(model, str(path))


class _Graph:
    """Nodes and constants as they are added; a node, its first output and what it is for have one name."""

    def __init__(self, peaks: Peaks) -> None:
        self.peaks = peaks
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def held(self, name: str, values: Array) -> str:
        """Hold a constant once, and give its name."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def step(self, operator: str, inputs: Sequence[str], name: str, **attributes: Any) -> str:
        """Add a node with one output, and give the output's name."""
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def linear(self, states: str, weight: Array, bias: Array, name: str) -> str:
        """Add a product and a bias; `weight` has the shape (inputs, outputs)."""
        if name in self.peaks:
            by = factors(self.peaks[name], weight)
            evened = self.held(f"{name}.evened", np.float32(1.0) / by)
            states, weight = self.step("Mul", [states, evened], f"{name}.even"), weight * by[:, None]
        product = self.step("MatMul", [states, self.held(f"{name}.weight", weight)], name)
        return self.step("Add", [product, self.held(f"{name}.bias", bias)], f"{name}.added")

    def norm(self, states: str, norm: nn.LayerNorm, name: str) -> str:
        """Add a norm over the width."""
        weights = [self.held(f"{name}.{part}", _of(getattr(norm, part))) for part in ("weight", "bias")]
        return self.step("LayerNormalization", [states, *weights], name, axis=-1, epsilon=norm.eps)


def _embedded(graph: _Graph, network: Network, length: str, *, small_words: bool, unread: Sequence[int]) -> str:
    """Give the first states, shape (length, batch, width).

    The words come first, not the texts: so attention's products read all heads where they lie, and nothing is moved
    before them.
    """
    ids = graph.step("Transpose", ["input_ids"], "ids", perm=[1, 0])
    vectors = _of(network.words.weight)
    if unread:
        places, own = _places(len(vectors), unread)
        vectors = vectors[own]
        ids = graph.step("Gather", [graph.held(WORD_PLACES, places), ids], "ids.placed")
    if small_words:
        scale = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-8) / np.float32(127.0)
        small = np.round(vectors / scale).astype(np.int8)
        found = graph.step("Gather", [graph.held("words.small", small), ids], "words.found")
        scales = graph.step("Gather", [graph.held("words.scale", scale), ids], "words.scales")
        cast = graph.step("Cast", [found], "words.cast", to=TensorProto.FLOAT)
        words = graph.step("Mul", [cast, scales], "words")
    else:
        words = graph.step("Gather", [graph.held("words.weight", vectors), ids], "words")
    places = (_of(network.positions.weight) + _of(network.types.weight)[0])[:, None, :]
    zero = graph.held("zero", _ints(0))
    found = graph.step("Slice", [graph.held("positions.weight", places), zero, length, zero], "positions")
    return graph.norm(graph.step("Sum", [words, found], "embedded"), network.norm, "norm")


def _places(words: int, unread: Sequence[int]) -> tuple[Array, Array]:
    """Give the row that each id has where all `unread` ones share that of the first, and whose rows are kept."""
    own = np.ones(words, bool)
    own[list(unread[1:])] = False
    places = (np.cumsum(own) - 1).astype(np.int32)
    places[list(unread)] = places[unread[0]]
    return places, own


def _layer(graph: _Graph, layer: Layer, states: str, bias: str, name: str) -> str:
    """Give the states after one layer; `bias`, shape (batch, 1, 1, length), is added before the softmax."""
    width = layer.query.in_features
    size = width // layer.heads
    # One product for all three, with attention's scale in the query's weights. A setting of int8 that rounds each
    # column by itself loses nothing by that.
    scale = np.float32(size**-0.5)
    parts = [(layer.query, scale), (layer.key, np.float32(1.0)), (layer.value, np.float32(1.0))]
    weight = np.concatenate([_of(part.weight).T * by for part, by in parts], axis=1)
    biases = np.concatenate([_of(part.bias) * by for part, by in parts])
    asked = graph.linear(states, weight, biases, f"{name}.asked")
    shape = graph.held("shape.heads", _ints(0, 0, 3 * layer.heads, size))
    heads = graph.step("Reshape", [asked, shape], f"{name}.heads")
    query, key, value = (f"{name}.{part}" for part in ("query", "key", "value"))
    graph.nodes.append(helper.make_node("Split", [heads], [query, key, value], name=query, axis=2, num_outputs=3))
    # onnxruntime reads these three turned, and does not move them: (length, batch, heads, size) is what it can.
    queries = graph.step("Transpose", [query], f"{query}.turned", perm=[1, 2, 0, 3])
    keys = graph.step("Transpose", [key], f"{key}.turned", perm=[1, 2, 3, 0])
    values = graph.step("Transpose", [value], f"{value}.turned", perm=[1, 2, 0, 3])
    scores = graph.step("Add", [graph.step("MatMul", [queries, keys], f"{name}.scores"), bias], f"{name}.biased")
    shares = graph.step("Softmax", [scores], f"{name}.shares", axis=-1)
    attended = graph.step("MatMul", [shares, values], f"{name}.attended")
    turned = graph.step("Transpose", [attended], f"{name}.attended.turned", perm=[2, 0, 1, 3])
    joined = graph.step("Reshape", [turned, graph.held("shape.width", _ints(0, 0, width))], f"{name}.joined")
    mixed = graph.linear(joined, _of(layer.mixed.weight).T, _of(layer.mixed.bias), f"{name}.mixed")
    states = _residual(graph, states, mixed, layer.mixed_norm, f"{name}.mixed_norm")
    wide = graph.linear(states, _of(layer.wide.weight).T, _of(layer.wide.bias), f"{name}.wide")
    inner = graph.step("Gelu", [wide], f"{name}.gelu")
    narrow = graph.linear(inner, _of(layer.narrow.weight).T, _of(layer.narrow.bias), f"{name}.narrow")
    return _residual(graph, states, narrow, layer.narrow_norm, f"{name}.narrow_norm")


def _residual(graph: _Graph, states: str, added: str, norm: nn.LayerNorm, name: str) -> str:
    """Add what a step found to the states, and norm them.

    By `Sum`, which does the same as `Add`: an `Add` before a norm becomes SkipLayerNormalization, which took 46 µs for
    25 words where the two by themselves took 11.
    """
    return graph.norm(graph.step("Sum", [states, added], f"{name}.sum"), norm, name)


def _answers(graph: _Graph, network: Network, states: str) -> None:
    """Name `logits` what the heads say of the mean of the words that are seen."""
    one = graph.held("axis.1", _ints(1))
    seen = graph.step("ReduceSum", ["attention_mask", one], "seen", keepdims=1)
    some = graph.step("Max", [seen, graph.held("least", _floats(1e-6))], "seen.some")
    share = graph.step("Unsqueeze", [graph.step("Div", ["attention_mask", some], "share"), one], "share.row")
    texts = graph.step("Transpose", [states], "texts", perm=[1, 0, 2])
    mean = graph.step("Squeeze", [graph.step("MatMul", [share, texts], "mean.row"), one], "mean")
    product = graph.step("MatMul", [mean, graph.held("heads.weight", _of(network.heads.weight).T)], HEADS_STEP)
    graph.step("Add", [product, graph.held("heads.bias", _of(network.heads.bias))], "logits")


def _of(parameter: Any) -> Array:
    found: Array = parameter.detach().cpu().float().numpy()
    return found


def _floats(value: float) -> Array:
    return np.array(value, np.float32)


def _ints(*values: int) -> Array:
    return np.array(values, np.int64)
