"""The weights of a shipped model, read back from its int8 file: whoever has nothing else can train on from it."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

PARTS = ("query", "key", "value")
"""Steps of a layer that the graph holds as one product, in this order."""

WORD_PLACES = "words.place"
"""Which row of the words' vectors each id has, where some share one."""

_Arrays = dict[str, NDArray[Any]]


class WeightsError(ValueError):
    """A file that holds no weights of a network; the text says which."""


def kept_in(path: Path) -> dict[str, Tensor]:
    """Give the weights that a run left (`weights.safetensors`) or that a model has (`model.onnx`).

    Raises `WeightsError`.
    """
    try:
        return regained(path) if path.suffix == ".onnx" else load_file(path)
    except (OSError, SafetensorError):
        raise WeightsError(f"{path} has no weights that can be read.") from None


def regained(path: Path) -> dict[str, Tensor]:
    """Give the weights of a network from the graph that `write_graph` made of it, in fp32 or in int8.

    What int8 rounded stays rounded: the network says what the file says, not quite what was exported.
    Raises `WeightsError` where the file is no such graph, and `OSError`.
    """
    try:
        held = {kept.name: numpy_helper.to_array(kept) for kept in onnx.load(str(path)).graph.initializer}
        return _weights(held)
    except (KeyError, IndexError, DecodeError):
        raise WeightsError(f"{path} is no model that `hustings models train` made.") from None


def _weights(held: _Arrays) -> dict[str, Tensor]:
    positions = held["positions.weight"][:, 0, :]
    words = held["words.weight"] if "words.weight" in held else held["words.small"] * held["words.scale"]
    if WORD_PLACES in held:
        words = words[held[WORD_PLACES]]
    # The graph holds places and types as one sum, and there is but one type.
    found = {
        "words.weight": words,
        "positions.weight": positions,
        "types.weight": np.zeros((2, positions.shape[1]), np.float32),
        "heads.weight": held["heads.weight"].T,
        **{name: held[name] for name in ("norm.weight", "norm.bias", "heads.bias")},
    }
    layers = len({name.split(".")[1] for name in held if name.startswith("layers.")})
    heads = int(held["shape.heads"][2]) // len(PARTS)
    for number in range(layers):
        found |= _layer(held, f"layers.{number}", heads)
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in found.items()}


def _layer(held: _Arrays, name: str, heads: int) -> _Arrays:
    weight, bias = _product(held, f"{name}.asked"), held[f"{name}.asked.bias"]
    width = weight.shape[0]
    # Attention's scale is in the query's weights.
    scales = ((width // heads) ** 0.5, 1.0, 1.0)
    found: _Arrays = {}
    for place, (part, scale) in enumerate(zip(PARTS, scales, strict=True)):
        columns = slice(place * width, (place + 1) * width)
        found[f"{name}.{part}.weight"] = weight[:, columns].T * scale
        found[f"{name}.{part}.bias"] = bias[columns] * scale
    for part in ("mixed", "wide", "narrow"):
        found[f"{name}.{part}.weight"] = _product(held, f"{name}.{part}").T
        found[f"{name}.{part}.bias"] = held[f"{name}.{part}.bias"]
    for part in ("mixed_norm", "narrow_norm"):
        for values in ("weight", "bias"):
            found[f"{name}.{part}.{values}"] = held[f"{name}.{part}.{values}"]
    return found


def _product(held: _Arrays, name: str) -> NDArray[np.float32]:
    """Give the factor of a product, shape (inputs, outputs), whichever way it is held."""
    if f"{name}.weight" in held:
        found = held[f"{name}.weight"].astype(np.float32)
    else:
        rounded = held[f"{name}.weight_quantized"].astype(np.float32)
        found = (rounded - held[f"{name}.weight_zero_point"].astype(np.float32)) * held[f"{name}.weight_scale"]
    evened = held.get(f"{name}.evened")
    return found if evened is None else found * evened[:, None]
