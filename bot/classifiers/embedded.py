"""The model that ships: ONNX in int8, run with onnxruntime and tokenizers alone, on one thread."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.classifiers.contributions import Contribution
from bot.classifiers.errors import ModelError
from bot.classifiers.files import FACTS, MODEL, TOKENIZER, make_again, one_thread_session, unreadable, verify
from bot.classifiers.heads import HEADS, OUTPUTS, STANCES
from bot.classifiers.pooling import pooled
from bot.classifiers.reading import Floats, Part, TextReader, in_batches
from policies.findings import Scores

__all__ = ["FACTS", "LONGEST", "MODEL", "SHIPPED", "TOKENIZER", "EmbeddedModel", "Facts", "read_facts", "shipped"]

SHIPPED = "party-minilm"
LONGEST = 128
"""Tokens of one window; longer messages are read in several."""
_MENTIONS = tuple(STANCES.index(name) for name in ("quote", "report", "condemn"))


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
        raise unreadable(folder / FACTS, error) from None
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelError(f"{folder / FACTS} is damaged ({error!r}). {make_again(folder / FACTS)}") from None


class EmbeddedModel:
    """Scores texts; safe to call from one thread at a time, and lets others run while it computes.

    A text is read as it stands and, where that differs, with its disguise undone; long texts are read
    in windows. The highest score of each label counts.
    """

    labels = HEADS

    def __init__(self, folder: Path, undo: Callable[[str], str]) -> None:
        self.facts = read_facts(folder)
        for name in (MODEL, TOKENIZER):
            verify(folder / name, self.facts.sha256.get(name, ""))
        self._reader = TextReader(folder / TOKENIZER, undo, longest=LONGEST)
        self._session = one_thread_session(folder / MODEL)
        self._cuts = np.array([self.facts.cuts.get(head, 0.0) for head in HEADS], np.float32)
        self._slopes = np.array([self.facts.slopes.get(head, 1.0) for head in HEADS], np.float32)
        self._surer = [HEADS.index(head) for head in self.facts.cuts if head != "abuse"]

    @property
    def name(self) -> str:
        """Give the model's id for the record."""
        return self.facts.known_as

    @property
    def cuts(self) -> dict[str, float]:
        """Give the labels whose scores were moved, each with the score of the network that became 0.5."""
        return {label: 1.0 / (1.0 + math.exp(-cut)) for label, cut in self.facts.cuts.items()}

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Score each text; None for one in a language that the model does not know."""
        parts, unread = self._reader.parts(texts)
        answers: list[Scores | None] = [None if number in unread else Scores() for number in range(len(texts))]
        best: dict[int, Floats] = {}
        mention: dict[int, float] = {}
        for part, heads, stances in zip(parts, *self._judged(parts), strict=True):
            best[part.number] = np.maximum(best[part.number], heads) if part.number in best else heads
            # The part that is least of a mention decides: one quotation does not excuse the rest.
            mention[part.number] = min(mention.get(part.number, 1.0), float(stances[list(_MENTIONS)].sum()))
        for number, heads in best.items():
            values = {head: round(float(value), 4) for head, value in zip(HEADS, heads, strict=True)}
            answers[number] = Scores(**values, mention=round(mention[number], 4))
        return answers

    def contributions(self, text: str) -> list[Contribution]:
        """Give what each part of a text gave to its scores, in the order of reading."""
        parts, _ = self._reader.parts([text])
        return [
            Contribution(
                view=part.view,
                text=part.text,
                scores={head: round(float(value), 4) for head, value in zip(HEADS, heads, strict=True)},
                stances={name: round(float(value), 4) for name, value in zip(STANCES, stances, strict=True)},
            )
            for part, heads, stances in zip(parts, *self._judged(parts), strict=True)
        ]

    def _judged(self, parts: Sequence[Part]) -> tuple[Floats, Floats]:
        """Give the scores of parts, shape (parts, heads), and how likely each stance is, shape (parts, stances)."""
        logits = in_batches([part.ids for part in parts], self._forward, outputs=OUTPUTS, padding=0, alone=True)
        heads = 1.0 / (1.0 + np.exp(-(pooled(logits) - self._cuts) * self._slopes))
        if self._surer:  # a rare sort's own head knows better than `abuse` whether it is one
            abuse = HEADS.index("abuse")
            heads[:, abuse] = np.maximum(heads[:, abuse], heads[:, self._surer].max(axis=1))
        stances = logits[:, len(HEADS) :]
        likely = np.exp(stances - stances.max(axis=1, keepdims=True))
        return heads, likely / likely.sum(axis=1, keepdims=True)

    def _forward(self, ids: NDArray[np.int64], mask: Floats) -> Floats:
        logits: Floats = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})[0]
        return logits
