"""Detoxify's models as a classifier: ONNX in int8 by onnxruntime, or torch, from a folder that `models fetch` made."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.classifiers.contributions import Contribution
from bot.classifiers.errors import ModelError
from bot.classifiers.files import FACTS, MODEL, TOKENIZER, one_thread_session, unreadable, verify
from bot.classifiers.heads import DETOXIFY
from bot.classifiers.reading import Floats, Forward, Part, TextReader, in_batches
from policies.findings import Scores

WEIGHTS = "model.safetensors"
ARCHITECTURES = (
    "BertForSequenceClassification",
    "RobertaForSequenceClassification",
    "XLMRobertaForSequenceClassification",
)
"""The networks that Detoxify's three models are, as transformers calls them."""

_AGAIN = "Fetch it again with `hustings models fetch`, or export it again with `hustings models export`."


@dataclass(frozen=True, slots=True, kw_only=True)
class DetoxifyFacts:
    """What a folder says of the Detoxify model in it.

    `labels` are what its first outputs mean, in their order; further outputs, such as the identities that
    `unbiased` was trained on, are not read. `longest` is in tokens. `source` says where the weights came from.
    """

    name: str
    architecture: str
    labels: tuple[str, ...]
    outputs: int
    longest: int
    padding: int
    sha256: Mapping[str, str]
    languages: tuple[str, ...] = ()
    source: str = ""

    @property
    def weights(self) -> str:
        """Give the file that the model is run from: the exported one where there is one."""
        return MODEL if MODEL in self.sha256 else WEIGHTS

    @property
    def known_as(self) -> str:
        """Give the name for the record: the model, what runs it, and the start of its hash."""
        way = "onnx-int8" if self.weights == MODEL else "torch"
        return f"{self.name}/{way}@{self.sha256[self.weights][:12]}"

    def write(self, folder: Path) -> None:
        """Write the facts into a folder."""
        told = {"kind": "detoxify", **asdict(self)}
        (folder / FACTS).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def read_detoxify_facts(folder: Path) -> DetoxifyFacts:
    """Read what a folder says of its model; raises `ModelError`."""
    try:
        told: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        facts = DetoxifyFacts(
            name=str(told["name"]),
            architecture=str(told["architecture"]),
            labels=tuple(map(str, told["labels"])),
            outputs=int(told["outputs"]),
            longest=int(told["longest"]),
            padding=int(told["padding"]),
            sha256={str(name): str(digest) for name, digest in told["sha256"].items()},
            languages=tuple(map(str, told.get("languages", ()))),
            source=str(told.get("source", "")),
        )
    except OSError as error:
        raise unreadable(folder / FACTS, error) from None
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelError(f"{folder / FACTS} is damaged ({error!r}). {_AGAIN}") from None
    strange = [label for label in facts.labels if label not in DETOXIFY]
    if strange or not facts.labels or facts.outputs < len(facts.labels) or facts.longest < 8:
        raise ModelError(f"{folder / FACTS} is damaged (labels: {', '.join(facts.labels) or 'none'}). {_AGAIN}")
    if facts.weights not in facts.sha256 or facts.architecture not in ARCHITECTURES:
        raise ModelError(f"{folder / FACTS} is damaged (architecture: {facts.architecture}). {_AGAIN}")
    return facts


class DetoxifyModel:
    """Scores texts with one of Detoxify's models; safe to call from one thread at a time.

    A text is read as it stands and, where that differs, with its disguise undone; one longer than the
    model takes is read in windows of whole sentences. The highest score of each label counts; a label
    that the model has not stays at 0. Nothing is ever fetched or unpickled here.
    """

    def __init__(self, folder: Path, undo: Callable[[str], str]) -> None:
        self.facts = read_detoxify_facts(folder)
        for name in (self.facts.weights, TOKENIZER):
            verify(folder / name, self.facts.sha256.get(name, ""))
        self._reader = TextReader(
            folder / TOKENIZER, undo, longest=self.facts.longest, languages=frozenset(self.facts.languages)
        )
        self._forward = _onnx(folder / MODEL) if self.facts.weights == MODEL else _torch(folder, self.facts)

    @property
    def name(self) -> str:
        """Give the model's id for the record."""
        return self.facts.known_as

    @property
    def labels(self) -> tuple[str, ...]:
        """Give the labels that the model has, in Detoxify's order."""
        return tuple(label for label in DETOXIFY if label in self.facts.labels)

    @property
    def cuts(self) -> dict[str, float]:
        """Give the labels whose scores were moved: none."""
        return {}

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Score each text; None for one in a language that the model does not know."""
        parts, unread = self._reader.parts(texts)
        answers: list[Scores | None] = [None if number in unread else Scores() for number in range(len(texts))]
        best: dict[int, Floats] = {}
        for part, values in zip(parts, self._judged(parts), strict=True):
            best[part.number] = np.maximum(best[part.number], values) if part.number in best else values
        for number, values in best.items():
            answers[number] = Scores(**self._named(values))
        return answers

    def contributions(self, text: str) -> list[Contribution]:
        """Give what each part of a text gave to its scores, in the order of reading."""
        parts, _ = self._reader.parts([text])
        return [
            Contribution(view=part.view, text=part.text, scores=self._named(values), stances={})
            for part, values in zip(parts, self._judged(parts), strict=True)
        ]

    def _named(self, values: Floats) -> dict[str, float]:
        return {label: round(float(value), 4) for label, value in zip(self.facts.labels, values, strict=True)}

    def _judged(self, parts: Sequence[Part]) -> Floats:
        """Give the scores of parts, shape (parts, labels)."""
        logits = in_batches(
            [part.ids for part in parts],
            self._forward,
            outputs=self.facts.outputs,
            padding=self.facts.padding,
            alone=self.facts.weights == MODEL,
        )
        scores: Floats = (1.0 / (1.0 + np.exp(-logits[:, : len(self.facts.labels)]))).astype(np.float32)
        return scores


def _onnx(path: Path) -> Forward:
    session = one_thread_session(path)

    def forward(ids: NDArray[np.int64], mask: Floats) -> Floats:
        logits: Floats = session.run(["logits"], {"input_ids": ids, "attention_mask": mask})[0]
        return logits

    return forward


def _torch(folder: Path, facts: DetoxifyFacts) -> Forward:
    try:
        from bot.classifiers.detoxify_network import opened  # noqa: PLC0415 - needs the extra, and seconds
    except ImportError as error:
        raise ModelError(
            f"{folder} needs the `ml` extra to run, and {error.name} is missing. Run: pip install -e '.[ml]', or "
            "export the model where that is installed: hustings models export"
        ) from None
    return opened(folder / WEIGHTS, facts.architecture)
