"""Exporting Detoxify's models: ONNX, then int8 by the setting that changes the fewest decisions, behind a gate."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.classifiers.detoxify import WEIGHTS, DetoxifyFacts, read_detoxify_facts
from bot.classifiers.detoxify_network import loaded
from bot.classifiers.errors import ModelError
from bot.classifiers.files import FACTS, MODEL, TOKENIZER, one_thread_session, sha256_of, verify
from bot.classifiers.reading import Floats, TextReader
from bot.classifiers.training.export import MOST_DRIFT, Drift, Ids

OPSET = 17

SETTINGS: tuple[dict[str, dict[str, Any]], ...] = (
    {
        "u8 per channel, words too": {"weight_type": QuantType.QUInt8, "per_channel": True},
        "s8 per channel, words too": {"weight_type": QuantType.QInt8, "per_channel": True},
        "s8 per channel, words too, 7 bit": {"weight_type": QuantType.QInt8, "per_channel": True, "reduce_range": True},
    },
    {
        "u8 per channel": {
            "weight_type": QuantType.QUInt8,
            "per_channel": True,
            "op_types_to_quantize": ["MatMul", "Gemm"],
        },
        "s8 per channel": {
            "weight_type": QuantType.QInt8,
            "per_channel": True,
            "op_types_to_quantize": ["MatMul", "Gemm"],
        },
    },
)
"""Tried first, and where none of these keeps under the gate: larger files, with the words left in fp32."""

_EXTRA = {"MatMulConstBOnly": True}


def export_folder(
    folder: Path,
    out: Path,
    texts: Sequence[str],
    *,
    undo: Callable[[str], str],
    most: float = MOST_DRIFT,
    tell: Callable[[str], None],
) -> DetoxifyFacts:
    """Make of a folder with torch's weights one with an int8 ONNX file, tried on `texts`.

    Raises `ModelError` where even the best setting changes more than a share `most` of the decisions.
    """
    facts = read_detoxify_facts(folder)
    if facts.weights != WEIGHTS:
        raise ModelError(f"{folder} holds an exported model already.")
    if (out / FACTS).exists():
        raise ModelError(f"{out} holds a model already. Name another folder, or take that one away.")
    for name in (WEIGHTS, TOKENIZER):
        verify(folder / name, facts.sha256.get(name, ""))
    reader = TextReader(folder / TOKENIZER, undo, longest=facts.longest, languages=facts.languages)
    samples = [part.ids for part in reader.parts(texts)[0]]
    if not samples:
        raise ModelError("There are no texts to try an export on.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"{out} cannot be made a folder ({error.strerror}).") from None
    with tempfile.TemporaryDirectory(dir=out, prefix=".exporting-") as work:
        drift = _best(facts, folder, Path(work), samples, most=most, tell=tell)
        (Path(work) / MODEL).replace(out / MODEL)
    shutil.copyfile(folder / TOKENIZER, out / TOKENIZER)
    made = replace(
        facts,
        sha256={name: sha256_of(out / name) for name in (MODEL, TOKENIZER)},
        source=f"{facts.source}; int8 ({drift.setting}) changes {drift.flipped:.1%} of {drift.texts} decisions",
    )
    made.write(out)
    return made


def write_fp32(network: torch.nn.Module, path: Path) -> None:
    """Write a network as ONNX: `input_ids` and `attention_mask` in, `logits` out, both sizes free."""
    free = {0: "batch", 1: "length"}
    ids = torch.full((2, 8), 5, dtype=torch.int64)
    with warnings.catch_warnings():
        # What the tracer warns of, lengths that become constants, is tried with other lengths right afterwards.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (ids, torch.ones(2, 8)),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": free, "attention_mask": free, "logits": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )


def _best(
    facts: DetoxifyFacts, folder: Path, work: Path, samples: Ids, *, most: float, tell: Callable[[str], None]
) -> Drift:
    """Write `model.onnx` into `work` with the setting that changes the fewest decisions."""
    full = work / "fp32.onnx"
    write_fp32(loaded(folder / WEIGHTS, facts.architecture), full)
    wanted = _scores(full, samples, facts)
    least = 1.0
    for settings in SETTINGS:
        found: list[tuple[float, float, Drift, Path]] = []
        for number, (setting, options) in enumerate(settings.items()):
            path = work / f"{number}.onnx"
            quantize_dynamic(full, path, extra_options=_EXTRA, **options)
            drift = _drift(setting, wanted, _scores(path, samples, facts))
            tell(f"int8 {setting}: {drift.flipped:.1%} of {drift.texts} decisions changed")
            found.append((drift.flipped, drift.mean, drift, path))
        flipped, _, best, chosen = min(found, key=lambda one: one[:2])
        least = min(least, flipped)
        if flipped <= most:
            chosen.replace(work / MODEL)
            return best
    raise ModelError(f"int8 changes {least:.1%} of decisions at its best, and {most:.1%} are allowed; use torch.")


def _scores(path: Path, samples: Ids, facts: DetoxifyFacts) -> Floats:
    session = one_thread_session(path)
    rows = [
        session.run(
            ["logits"],
            {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.float32)},
        )[0][0, : len(facts.labels)]
        for ids in samples
    ]
    scored: Floats = (1.0 / (1.0 + np.exp(-np.stack(rows)))).astype(np.float32)
    return scored


def _drift(setting: str, wanted: Floats, given: Floats) -> Drift:
    """Compare scores, shape (texts, labels); a decision has changed where any label crossed 0.5."""
    moved = np.abs(wanted - given)
    flipped = ((wanted >= 0.5) != (given >= 0.5)).any(axis=1)
    return Drift(
        setting=setting,
        texts=len(wanted),
        flipped=float(flipped.mean()),
        mean=float(moved.mean()),
        worst=float(moved.max()),
    )
