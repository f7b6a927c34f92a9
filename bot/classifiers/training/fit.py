"""Fitting: steps over the mixture with a fixed seed, unknown labels masked or taught, resumable."""

import json
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cosine_similarity, cross_entropy

from bot.classifiers.heads import HEADS, STANCES
from bot.classifiers.training.lessons import Halves, Lesson, Lessons
from bot.classifiers.training.mixture import Part, bucketed, draws, padded, small_talk, smudged
from bot.classifiers.training.rows import Row
from bot.classifiers.wording import readings

WEIGHTS = "weights.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how hard to train; the defaults are those of the shipped model."""

    steps: int = 4_000
    batch: int = 32
    longest: int = 72
    rate: float = 1e-4
    heads_rate: float = 5e-4
    warm_up: float = 0.06
    decay: float = 0.01
    abuse_weight: float = 3.0
    stance_weight: float = 0.5
    undone: float = 0.4
    smudge: float = 0.12
    padded: float = 0.06
    smoothing: float = 0.02
    taught: float = 0.5
    meant: float = 1.0
    seed: int = 11
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Example:
    """A row ready to be learnt: ids, what each head is to answer and how much that counts, and the same of stances.

    `heads` and `heard` have one number for each of `HEADS`, `stances` one for each of `STANCES`; `meaning` is what a
    teacher makes of the text, where there is one.
    """

    ids: list[int]
    heads: list[float]
    heard: list[float]
    stances: list[float]
    stance_heard: float
    meaning: Halves | None = None


class Encoder:
    """Turns rows into examples; which reading of a text is taken, and whether it is smudged, is drawn each time.

    Some texts are padded with one of `small_talk`, before or behind: what is abuse stays it among friendly words.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        undo: Callable[[str], str],
        plan: Plan,
        lessons: Lessons | None = None,
        small_talk: Sequence[str] = (),
    ) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(plan.longest)
        self._undo = undo
        self._plan = plan
        self._lessons: Mapping[str, Lesson] = lessons or {}
        self._small_talk = small_talk
        self._chance = random.Random(plan.seed + 1)

    def __call__(self, row: Row) -> Example:
        """Give the example that a row makes this time."""
        text = row.text
        if self._chance.random() < self._plan.smudge:
            text = smudged(text, self._chance)
        is_padded = bool(self._small_talk) and self._chance.random() < self._plan.padded
        if is_padded:
            text = padded(text, self._small_talk, self._chance)
        ways = readings(text, self._undo)
        text = ways[-1] if self._chance.random() < self._plan.undone else ways[0]
        softened = self._plan.smoothing
        heads = [softened + (1 - 2 * softened) * row.labels.get(head, 0.0) for head in HEADS]
        stances = [float(stance == row.stance) for stance in STANCES]
        heard, stance_heard = [float(head in row.labels) for head in HEADS], float(bool(row.stance))
        ids = self._tokenizer.encode(text).ids
        lesson = self._lessons.get(row.text)
        if lesson is None:
            return Example(ids, heads, heard, stances, stance_heard)
        share = self._plan.taught
        heads, heard = _mixed(heads, heard, lesson.heads, share)
        stances, (stance_heard, *_) = _mixed(stances, [stance_heard] * len(STANCES), lesson.stances, share)
        # What was put beside a text has a meaning of its own, which the teacher was not asked about.
        return Example(ids, heads, heard, stances, stance_heard, None if is_padded else lesson.meaning)


def _mixed(
    known: Sequence[float], heard: Sequence[float], taught: Sequence[float], share: float
) -> tuple[list[float], list[float]]:
    """Move what is known by `share` towards what the teacher says; what is unknown is the teacher's word alone."""
    mixed = [
        (1 - share) * was + share * said if counts else said
        for was, counts, said in zip(known, heard, taught, strict=True)
    ]
    return mixed, [max(counts, share) for counts in heard]


class Learner(nn.Module, ABC):
    """What can be fitted: an encoder, the mean of its last states, and one linear layer, `heads`, of logits."""

    dropout: nn.Dropout
    heads: nn.Linear

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Give logits of shape (batch, outputs) for ids and mask of shape (batch, length)."""
        return self.said(self.meaning(input_ids, attention_mask))

    @abstractmethod
    def meaning(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Give the mean of the last states of what is not filled, shape (batch, width)."""

    def said(self, meaning: Tensor) -> Tensor:
        """Give the logits that follow from a meaning."""
        logits: Tensor = self.heads(self.dropout(meaning))
        return logits


def mean_of_words(states: Tensor, seen: Tensor) -> Tensor:
    """Give the mean over the words that `seen` has as 1; shapes (batch, length, width) and (batch, length)."""
    weights = seen.to(states.dtype).unsqueeze(-1)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1e-6)


def fit(
    network: Learner,
    parts: Sequence[Part],
    *,
    tokenizer: Path,
    undo: Callable[[str], str],
    out: Path,
    plan: Plan,
    frozen: Iterable[nn.Module] = (),
    lessons: Lessons | None = None,
    tell: Callable[[str], None] = print,
) -> None:
    """Train a network on from the weights that it has, but for the parts in `frozen`.

    Writes the weights and the plan to `out`, also on the way. With `lessons` a row's labels are mixed with what a
    teacher says of its text, by the share that the plan gives to it, and the network learns to mean the same by it:
    from its own meaning the teacher's has to follow by one linear step, which is thrown away.
    """
    for part in frozen:
        part.requires_grad_(False)
    encoder_weights = [
        weights for name, weights in network.named_parameters() if weights.requires_grad and "heads" not in name
    ]
    translated = _translation(network, lessons)
    optimiser = torch.optim.AdamW(
        [
            {"params": encoder_weights, "lr": plan.rate},
            {"params": [*network.heads.parameters(), *translated.parameters()], "lr": plan.heads_rate},
        ],
        weight_decay=plan.decay,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, plan))
    encoder = Encoder(Tokenizer.from_file(str(tokenizer)), undo, plan, lessons, small_talk(parts))
    batches = _batches(parts, encoder, plan)
    out.mkdir(parents=True, exist_ok=True)
    (out / "plan.json").write_text(json.dumps(asdict(plan), indent=2) + "\n", encoding="utf-8")
    network.train()
    started, total, seen = time.perf_counter(), 0.0, 0
    for step in range(1, plan.steps + 1):
        batch = next(batches)
        loss = _loss(network, translated, batch, plan)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        total += loss.item()
        seen += len(batch)
        if step % 100 == 0 or step == plan.steps:
            pace = seen / (time.perf_counter() - started)
            tell(f"step {step}/{plan.steps}  loss {total / ((step - 1) % 100 + 1):.4f}  {pace:.0f} rows/s")
            total = 0.0
        if step % 500 == 0:
            save(network, out / WEIGHTS)
    save(network, out / WEIGHTS)
    network.eval()


def save(network: nn.Module, path: Path) -> None:
    """Write all weights of a network as safetensors."""
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)


def filled(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Give the token ids of texts filled up with 0, and what of it is text; both of shape (texts, the longest)."""
    length = max(len(ids) for ids in texts)
    return (
        torch.tensor([[*ids, *[0] * (length - len(ids))] for ids in texts]),
        torch.tensor([[1.0] * len(ids) + [0.0] * (length - len(ids)) for ids in texts]),
    )


def _batches(parts: Sequence[Part], encoder: Encoder, plan: Plan) -> Iterator[list[Example]]:
    examples = (encoder(row) for row in draws(parts, plan.seed))
    return bucketed(examples, lambda example: len(example.ids), size=plan.batch, pool=24, seed=plan.seed)


def _pace(step: int, plan: Plan) -> float:
    warm = max(1, int(plan.steps * plan.warm_up))
    return (step + 1) / warm if step < warm else max(0.02, (plan.steps - step) / max(1, plan.steps - warm))


def _translation(network: Learner, lessons: Lessons | None) -> nn.Module:
    if not lessons:
        return nn.Identity()
    return nn.Linear(network.heads.in_features, len(next(iter(lessons.values())).meaning))


def _loss(network: Learner, translated: nn.Module, batch: Sequence[Example], plan: Plan) -> Tensor:
    ids, mask = filled([example.ids for example in batch])
    with torch.autocast("cpu", torch.bfloat16):
        meaning = network.meaning(ids, mask)
        logits = network.said(meaning)
    logits = logits.float()
    weights = torch.ones(len(HEADS))
    weights[HEADS.index("abuse")] = plan.abuse_weight
    heard = torch.tensor([example.heard for example in batch]) * weights
    each = binary_cross_entropy_with_logits(
        logits[:, : len(HEADS)], torch.tensor([example.heads for example in batch]), reduction="none"
    )
    loss = (each * heard).sum() / heard.sum().clamp(min=1.0) * 2.0
    told = torch.tensor([example.stance_heard for example in batch])
    apart = cross_entropy(
        logits[:, len(HEADS) :], torch.tensor([example.stances for example in batch]), reduction="none"
    )
    loss = loss + plan.stance_weight * (apart * told).sum() / told.sum().clamp(min=1.0)
    taught = [(place, example.meaning) for place, example in enumerate(batch) if example.meaning is not None]
    if not taught:
        return loss
    places = torch.tensor([place for place, _ in taught])
    wanted = torch.from_numpy(np.stack([wanted for _, wanted in taught])).float()
    return loss + plan.meant * (1.0 - cosine_similarity(translated(meaning[places].float()), wanted)).mean()
