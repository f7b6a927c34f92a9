"""Exporting: ONNX in fp32, then int8 by the setting that changes the fewest decisions, behind a gate."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.classifiers.heads import HEADS
from bot.classifiers.pooling import pooled
from bot.classifiers.training.graph import HEADS_STEP, write_graph
from bot.classifiers.training.network import Network
from bot.classifiers.training.smoothing import Peaks, peaks

MOST_DRIFT = 0.02
"""Share of decisions that int8 may change."""

Floats = NDArray[np.float32]
Ids = Sequence[Sequence[int]]


class DriftError(ValueError):
    """No int8 setting stays under the gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far an int8 file is from the fp32 one: decisions changed, and scores moved, on the same texts."""

    setting: str
    texts: int
    flipped: float
    mean: float
    worst: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A way to int8: with a sign, and a scale for each column.

    `evened` is what `smoothing` does before. Weights have seven bits: processors without VNNI add up
    pairs of products in sixteen bits, where weights of eight overflow in silence, evened ones the more often.
    """

    evened: bool = True


SETTINGS = {"7 bit, evened": Setting(), "7 bit": Setting(evened=False)}


def export(
    network: Network,
    samples: Ids,
    folder: Path,
    *,
    cut_of: Callable[[Sequence[float]], float],
    most: float = MOST_DRIFT,
    unread: Sequence[int] = (),
) -> tuple[Path, list[Drift]]:
    """Write `model.onnx` (int8) to a folder, with the setting that moves scores the least.

    `samples` are the token ids of texts that nothing was trained on; `cut_of` puts the cut on their scores by the fp32
    model. Gives the file and the drift of every setting, the chosen one first; raises `DriftError` where that one
    changes more decisions than `most` allows. Of the `unread` words the int8 file keeps the first one's vector alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    full = folder / "fp32.onnx"
    write_graph(network, full)
    found_peaks = peaks(network, samples)
    wanted = probabilities(full, samples)
    cut = cut_of([float(value) for value in wanted[:, HEADS.index("abuse")]])
    found: list[tuple[Drift, Path]] = []
    for setting, how in SETTINGS.items():
        path = folder / f"{setting.replace(' ', '-').replace(',', '')}.onnx"
        quantise(network, path, how, found_peaks, unread)
        found.append((_drift(setting, wanted, probabilities(path, samples), cut), path))
    found.sort(key=lambda pair: pair[0].mean)
    best, chosen = found[0]
    drifts = [drift for drift, _ in found]
    if best.flipped > most:
        raise DriftError(f"int8 changes {best.flipped:.1%} of decisions at its best ({best.setting}).")
    target = folder / "model.onnx"
    os.replace(chosen, target)
    for _, path in found[1:]:
        path.unlink()
    return target, drifts


def quantise(network: Network, path: Path, how: Setting, even: Peaks, unread: Sequence[int] = ()) -> None:
    """Write a network in int8, its words too, but for its norms and its heads; `even` serves those `evened`."""
    write_graph(network, path, small_words=True, peaks=even if how.evened else None, unread=unread)
    quantize_dynamic(
        path,
        path,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=[HEADS_STEP],
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        extra_options={"MatMulConstBOnly": True},
    )


def probabilities(path: Path, samples: Ids) -> Floats:
    """Score token ids with an ONNX file, one text at a time; shape (texts, heads)."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    rows = []
    for ids in samples:
        feed = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.float32)}
        rows.append(pooled(session.run(["logits"], feed)[0])[0])
    scored: Floats = (1.0 / (1.0 + np.exp(-np.stack(rows)))).astype(np.float32)
    return scored


def _drift(setting: str, wanted: Floats, given: Floats, cut: float) -> Drift:
    abuse = HEADS.index("abuse")
    moved = np.abs(wanted[:, abuse] - given[:, abuse])
    flipped = (wanted[:, abuse] >= cut) != (given[:, abuse] >= cut)
    return Drift(
        setting=setting,
        texts=len(wanted),
        flipped=float(flipped.mean()),
        mean=float(moved.mean()),
        worst=float(moved.max()),
    )
