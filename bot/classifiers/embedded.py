"""The model that ships: ONNX in int8, run with onnxruntime and tokenizers alone, on one thread."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.classifiers.errors import ModelError
from bot.classifiers.heads import HEADS, STANCES
from bot.classifiers.languages import unknown_language
from bot.classifiers.pooling import pooled
from bot.classifiers.wording import readings, windows
from policies.findings import Scores

SHIPPED = "party-minilm"
MODEL, TOKENIZER, FACTS = "model.onnx", "tokenizer.json", "model.json"
LONGEST = 128
"""Tokens of one window; longer messages are read in several."""
MOST_PADDED = 2_048
"""Tokens, padding included, that one run of the model holds."""
_BUCKETS = (16, 32, 48, 64, 96, LONGEST)
_MENTIONS = tuple(STANCES.index(name) for name in ("quote", "report", "condemn"))

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a model's folder says of itself: its name, the hashes of its files, and how its scores are moved.

    `cuts` has for a head the logit at which its score becomes 0.5; `slopes` how steeply it goes on from there.
    """

    name: str
    version: str
    sha256: dict[str, str]
    cuts: dict[str, float]
    slopes: dict[str, float]

    @property
    def known_as(self) -> str:
        """Give the name for the record: the model, its version, and the start of its hash."""
        return f"{self.name}/{self.version}@{self.sha256[MODEL][:12]}"


def shipped() -> Path:
    """Give the folder of the model that comes with the package."""
    return Path(str(resources.files("bot.classifiers"))) / "models" / SHIPPED


def read_facts(folder: Path) -> Facts:
    """Read what a folder says of its model; raises `ModelError`."""
    try:
        told: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        return Facts(
            name=str(told["name"]),
            version=str(told["version"]),
            sha256={str(name): str(digest) for name, digest in told["sha256"].items()},
            cuts={str(head): float(cut) for head, cut in told["cuts"].items()},
            slopes={str(head): float(slope) for head, slope in told["slopes"].items()},
        )
    except OSError as error:
        raise ModelError(
            f"{folder / FACTS} cannot be read ({error.strerror}). Install Hustings again, or run "
            "`hustings models list` to see which models are there."
        ) from None
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelError(f"{folder / FACTS} is damaged ({error!r}). Install Hustings again.") from None


class EmbeddedModel:
    """Scores texts; safe to call from one thread at a time, and lets others run while it computes.

    A text is read as it stands and, where that differs, with its disguise undone; long texts are read
    in windows. The highest score of each label counts.
    """

    def __init__(self, folder: Path, undo: Callable[[str], str]) -> None:
        self.facts = read_facts(folder)
        for name in (MODEL, TOKENIZER):
            _verify(folder / name, self.facts.sha256.get(name, ""))
        self._undo = undo
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._unknown = self._tokenizer.token_to_id("[UNK]") or 0
        self._counter = Tokenizer.from_file(str(folder / TOKENIZER))
        self._counter.no_padding()
        self._counter.no_truncation()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
        self._cuts = np.array([self.facts.cuts.get(head, 0.0) for head in HEADS], np.float32)
        self._slopes = np.array([self.facts.slopes.get(head, 1.0) for head in HEADS], np.float32)

    @property
    def name(self) -> str:
        """Give the model's id for the record."""
        return self.facts.known_as

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Score each text; None for one in a language that the model does not know."""
        answers: list[Scores | None] = [None] * len(texts)
        parts: list[tuple[int, str]] = []
        for number, text in enumerate(texts):
            if unknown_language(text):
                continue
            answers[number] = Scores()
            for reading in readings(text, self._undo):
                parts.extend((number, window) for window in windows(reading, self._count, LONGEST) if window)
        if not parts:
            return answers
        ids = self._ids([part for _, part in parts])
        # Where most tokens stand for nothing the model ever saw, its score would be noise.
        clear = [place for place, one in enumerate(ids) if one.count(self._unknown) * 2 <= len(one) - 2]
        for number in {parts[place][0] for place in range(len(parts))} - {parts[place][0] for place in clear}:
            answers[number] = None
        if not clear:
            return answers
        parts = [parts[place] for place in clear]
        logits = self._run([ids[place] for place in clear])
        best: dict[int, Floats] = {}
        mention: dict[int, float] = {}
        for (number, _), row, heads_of in zip(parts, logits, pooled(logits), strict=True):
            heads = 1.0 / (1.0 + np.exp(-(heads_of - self._cuts) * self._slopes))
            best[number] = np.maximum(best[number], heads) if number in best else heads
            stances = np.exp(row[len(HEADS) :] - row[len(HEADS) :].max())
            mentioned = float(stances[list(_MENTIONS)].sum() / stances.sum())
            # The part that is least of a mention decides: one quotation does not excuse the rest.
            mention[number] = min(mention.get(number, 1.0), mentioned)
        for number, heads in best.items():
            values = {head: round(float(value), 4) for head, value in zip(HEADS, heads, strict=True)}
            answers[number] = Scores(**values, mention=round(mention[number], 4))
        return answers

    def _count(self, texts: Sequence[str]) -> list[int]:
        if all(len(text) < LONGEST - 2 for text in texts):
            return [len(text) + 2 for text in texts]  # No text has more tokens than characters.
        return [len(encoding.ids) for encoding in self._counter.encode_batch(list(texts))]

    def _ids(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]

    def _run(self, ids: list[list[int]]) -> Floats:
        """Run the model on token ids, batched by length; shape (texts, outputs), in the order given."""
        out = np.zeros((len(ids), len(HEADS) + len(STANCES)), np.float32)
        order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        batch: list[int] = []
        for number in order:
            width = _bucket(len(ids[number]))
            if batch and (_bucket(len(ids[batch[0]])) != width or (len(batch) + 1) * width > MOST_PADDED):
                out[batch] = self._forward([ids[n] for n in batch])
                batch = []
            batch.append(number)
        out[batch] = self._forward([ids[n] for n in batch])
        return out

    def _forward(self, ids: list[list[int]]) -> Floats:
        length = max(len(one) for one in ids)
        padded = np.zeros((len(ids), length), np.int64)
        mask = np.zeros((len(ids), length), np.float32)
        for row, one in enumerate(ids):
            padded[row, : len(one)] = one
            mask[row, : len(one)] = 1.0
        logits: Floats = self._session.run(["logits"], {"input_ids": padded, "attention_mask": mask})[0]
        return logits


def _bucket(length: int) -> int:
    return next((size for size in _BUCKETS if length <= size), LONGEST)


def _verify(path: Path, wanted: str) -> None:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}). Install Hustings again.") from None
    if found != wanted:
        raise ModelError(
            f"{path} is not the file it should be (SHA-256 {found[:16]}…, expected {wanted[:16]}…). "
            "Install Hustings again; with a model of your own, export it again."
        )
