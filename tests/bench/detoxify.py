"""What a score of the shipped model costs against one of Detoxify's architecture, in one run; needs the `ml` extra.

`python -m tests.bench.detoxify` times messages of party life of about 25 tokens, one at a time on one thread,
in turns: the shipped model, BERT-base with random weights in torch (what Detoxify's `original` is), and the same
exported to ONNX in int8. Random weights cost what trained ones do. Ends with status 1 below 10 times.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

from bot.classifiers.choice import Explained
from bot.classifiers.detoxify import WEIGHTS, DetoxifyFacts, DetoxifyModel
from bot.classifiers.detoxify_export import export_folder
from bot.classifiers.embedded import TOKENIZER, EmbeddedModel, shipped
from bot.classifiers.files import sha256_of
from bot.classifiers.heads import DETOXIFY
from policies.lexicon_files import house_reader
from tests.bench.detection import FILES

WANTED = 10.0
_TOKENS = range(23, 28)
_MESSAGES = 60
_ROUNDS = 3


def main() -> int:
    """Print the milliseconds of CPU a message takes, and the ratios; give 1 where the ratio is too small."""
    undo = house_reader().undone
    ours = EmbeddedModel(shipped(), undo)
    texts = _texts(ours)
    with tempfile.TemporaryDirectory() as folder:
        full, small = Path(folder) / "torch", Path(folder) / "int8"
        _random_bert_base(full)
        export_folder(full, small, texts[:20], undo=undo, most=1.0, tell=lambda _: None)
        models: dict[str, Explained] = {
            "shipped": ours,
            "BERT-base, torch": DetoxifyModel(full, undo),
            "BERT-base, ONNX int8": DetoxifyModel(small, undo),
        }
        cost = {name: statistics.median(times) for name, times in _in_turns(models, texts).items()}
    sys.stdout.write(
        f"{len(texts)} messages of {_TOKENS.start} to {_TOKENS.stop - 1} tokens, one at a time, one thread; "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    for name, milliseconds in cost.items():
        sys.stdout.write(f"{name:<22}{milliseconds:8.1f} ms of CPU{milliseconds / cost['shipped']:8.1f} times\n")
    return int(cost["BERT-base, torch"] / cost["shipped"] < WANTED)


def _texts(model: EmbeddedModel) -> list[str]:
    """Give messages that are read once and are of the wanted length."""
    rows = (json.loads(line)["text"] for file in FILES for line in file.read_text(encoding="utf-8").splitlines())
    fitting = []
    for text in rows:
        parts, _ = model._reader.parts([text])
        if len(parts) == 1 and len(parts[0].ids) in _TOKENS:
            fitting.append(text)
        if len(fitting) == _MESSAGES:
            break
    return fitting


def _random_bert_base(folder: Path) -> None:
    """Write a folder with the architecture of `original`: 12 layers of 768, 110 million random weights."""
    folder.mkdir()
    torch.manual_seed(1)
    network = transformers.BertForSequenceClassification(transformers.BertConfig(num_labels=6))
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, folder / WEIGHTS)
    (folder / TOKENIZER).write_bytes((shipped() / TOKENIZER).read_bytes())
    DetoxifyFacts(
        name="random-bert-base",
        architecture="BertForSequenceClassification",
        labels=DETOXIFY[:6],
        outputs=6,
        longest=512,
        padding=0,
        sha256={name: sha256_of(folder / name) for name in (WEIGHTS, TOKENIZER)},
    ).write(folder)


def _in_turns(models: dict[str, Explained], texts: Sequence[str]) -> dict[str, list[float]]:
    """Time every message on every model in turns, so that a busy machine slows all alike; the best round counts."""
    times: dict[str, list[float]] = {name: [float("inf")] * len(texts) for name in models}
    for model in models.values():
        model.score(texts[:4])
    for _ in range(_ROUNDS):
        for place, text in enumerate(texts):
            for name, model in models.items():
                before = time.process_time()
                model.score([text])
                times[name][place] = min(times[name][place], (time.process_time() - before) * 1e3)
    return times


if __name__ == "__main__":
    sys.exit(main())
