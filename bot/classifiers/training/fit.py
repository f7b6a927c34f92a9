"""Fitting: steps over the mixture with a fixed seed, unknown labels masked or taught, resumable."""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from bot.classifiers.heads import HEADS, STANCES
from bot.classifiers.training.lessons import Lesson, Lessons
from bot.classifiers.training.mixture import Part, bucketed, draws, smudged
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
    smoothing: float = 0.02
    taught: float = 0.5
    seed: int = 11
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Example:
    """A row ready to be learnt: ids, what each head is to answer and how much that counts, and the same of stances.

    `heads` and `heard` have one number for each of `HEADS`, `stances` one for each of `STANCES`.
    """

    ids: list[int]
    heads: list[float]
    heard: list[float]
    stances: list[float]
    stance_heard: float


class Encoder:
    """Turns rows into examples; which reading of a text is taken, and whether it is smudged, is drawn each time."""

    def __init__(
        self, tokenizer: Tokenizer, undo: Callable[[str], str], plan: Plan, lessons: Lessons | None = None
    ) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(plan.longest)
        self._undo = undo
        self._plan = plan
        self._lessons: Mapping[str, Lesson] = lessons or {}
        self._chance = random.Random(plan.seed + 1)

    def __call__(self, row: Row) -> Example:
        """Give the example that a row makes this time."""
        text = row.text
        if self._chance.random() < self._plan.smudge:
            text = smudged(text, self._chance)
        ways = readings(text, self._undo)
        text = ways[-1] if self._chance.random() < self._plan.undone else ways[0]
        softened = self._plan.smoothing
        heads = [softened + (1 - 2 * softened) * row.labels.get(head, 0.0) for head in HEADS]
        stances = [float(stance == row.stance) for stance in STANCES]
        heard, stance_heard = [float(head in row.labels) for head in HEADS], float(bool(row.stance))
        lesson = self._lessons.get(row.text)
        if lesson is not None:
            share = self._plan.taught
            heads, heard = _mixed(heads, heard, lesson.heads, share)
            stances, (stance_heard, *_) = _mixed(stances, [stance_heard] * len(STANCES), lesson.stances, share)
        return Example(self._tokenizer.encode(text).ids, heads, heard, stances, stance_heard)


def _mixed(
    known: Sequence[float], heard: Sequence[float], taught: Sequence[float], share: float
) -> tuple[list[float], list[float]]:
    """Move what is known by `share` towards what the teacher says; what is unknown is the teacher's word alone."""
    mixed = [
        (1 - share) * was + share * said if counts else said
        for was, counts, said in zip(known, heard, taught, strict=True)
    ]
    return mixed, [max(counts, share) for counts in heard]


class Learner(nn.Module):
    """What can be fitted: token ids and their mask in, logits of heads and stances out, the last layer in `heads`."""

    heads: nn.Linear


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
    teacher says of its text, by the share that the plan gives to it.
    """
    for part in frozen:
        part.requires_grad_(False)
    encoder_weights = [
        weights for name, weights in network.named_parameters() if weights.requires_grad and "heads" not in name
    ]
    optimiser = torch.optim.AdamW(
        [
            {"params": encoder_weights, "lr": plan.rate},
            {"params": list(network.heads.parameters()), "lr": plan.heads_rate},
        ],
        weight_decay=plan.decay,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, plan))
    encoder = Encoder(Tokenizer.from_file(str(tokenizer)), undo, plan, lessons)
    batches = _batches(parts, encoder, plan)
    out.mkdir(parents=True, exist_ok=True)
    (out / "plan.json").write_text(json.dumps(asdict(plan), indent=2) + "\n", encoding="utf-8")
    network.train()
    started, total, seen = time.perf_counter(), 0.0, 0
    for step in range(1, plan.steps + 1):
        batch = next(batches)
        loss = _loss(network, batch, plan)
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


def _batches(parts: Sequence[Part], encoder: Encoder, plan: Plan) -> Iterator[list[Example]]:
    examples = (encoder(row) for row in draws(parts, plan.seed))
    return bucketed(examples, lambda example: len(example.ids), size=plan.batch, pool=24, seed=plan.seed)


def _pace(step: int, plan: Plan) -> float:
    warm = max(1, int(plan.steps * plan.warm_up))
    return (step + 1) / warm if step < warm else max(0.02, (plan.steps - step) / max(1, plan.steps - warm))


def _loss(network: Learner, batch: Sequence[Example], plan: Plan) -> Tensor:
    length = max(len(example.ids) for example in batch)
    ids = torch.tensor([example.ids + [0] * (length - len(example.ids)) for example in batch])
    mask = torch.tensor([[1.0] * len(example.ids) + [0.0] * (length - len(example.ids)) for example in batch])
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(ids, mask)
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
    return loss + plan.stance_weight * (apart * told).sum() / told.sum().clamp(min=1.0)
