"""Fitting: steps over the mixture with a fixed seed, embeddings frozen, unknown labels masked, resumable."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from bot.classifiers.heads import HEADS, STANCES
from bot.classifiers.training.mixture import Part, bucketed, draws, smudged
from bot.classifiers.training.network import Network, Shape, load_encoder, save
from bot.classifiers.training.network import load as load_network
from bot.classifiers.training.rows import Row
from bot.classifiers.wording import readings


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
    seed: int = 11
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Example:
    """A row ready to be learnt: ids, what is known of each head (and which are), the stance or -100."""

    ids: list[int]
    labels: list[float]
    known: list[float]
    stance: int


class Encoder:
    """Turns rows into examples; which reading of a text is taken, and whether it is smudged, is drawn each time."""

    def __init__(self, tokenizer: Tokenizer, undo: Callable[[str], str], plan: Plan) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(plan.longest)
        self._undo = undo
        self._plan = plan
        self._chance = random.Random(plan.seed + 1)

    def __call__(self, row: Row) -> Example:
        """Give the example that a row makes this time."""
        text = row.text
        if self._chance.random() < self._plan.smudge:
            text = smudged(text, self._chance)
        ways = readings(text, self._undo)
        text = ways[-1] if self._chance.random() < self._plan.undone else ways[0]
        softened = self._plan.smoothing
        return Example(
            self._tokenizer.encode(text).ids,
            [softened + (1 - 2 * softened) * row.labels.get(head, 0.0) for head in HEADS],
            [float(head in row.labels) for head in HEADS],
            STANCES.index(row.stance) if row.stance else -100,
        )


def fit(
    parts: Sequence[Part],
    *,
    base: Path,
    undo: Callable[[str], str],
    out: Path,
    plan: Plan,
    shape: Shape | None = None,
    resume: Path | None = None,
    tell: Callable[[str], None] = print,
) -> Network:
    """Train from the encoder in `base` (model.safetensors, tokenizer.json), or on from the weights in `resume`.

    Writes the weights and the plan to `out`, also on the way. With `shape` an encoder of that shape
    with random weights is trained instead of the one in `base`, which proves the pipeline in seconds.
    """
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    network = Network(shape or Shape())
    if resume is not None:
        load_network(network, resume)
    elif shape is None:
        load_encoder(network, base / "model.safetensors")
    if shape is None:  # random words have to be learnt, good ones are only spoilt by so few rows
        for part in (network.words, network.positions, network.types, network.norm):
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
    encoder = Encoder(Tokenizer.from_file(str(base / "tokenizer.json")), undo, plan)
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
            save(network, out / "weights.safetensors")
    save(network, out / "weights.safetensors")
    network.eval()
    return network


def _batches(parts: Sequence[Part], encoder: Encoder, plan: Plan) -> Iterator[list[Example]]:
    examples = (encoder(row) for row in draws(parts, plan.seed))
    return bucketed(examples, lambda example: len(example.ids), size=plan.batch, pool=24, seed=plan.seed)


def _pace(step: int, plan: Plan) -> float:
    warm = max(1, int(plan.steps * plan.warm_up))
    return (step + 1) / warm if step < warm else max(0.02, (plan.steps - step) / max(1, plan.steps - warm))


def _loss(network: Network, batch: Sequence[Example], plan: Plan) -> Tensor:
    length = max(len(example.ids) for example in batch)
    ids = torch.tensor([example.ids + [0] * (length - len(example.ids)) for example in batch])
    mask = torch.tensor([[1.0] * len(example.ids) + [0.0] * (length - len(example.ids)) for example in batch])
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(ids, mask)
    logits = logits.float()
    weights = torch.ones(len(HEADS))
    weights[HEADS.index("abuse")] = plan.abuse_weight
    known = torch.tensor([example.known for example in batch]) * weights
    each = binary_cross_entropy_with_logits(
        logits[:, : len(HEADS)], torch.tensor([example.labels for example in batch]), reduction="none"
    )
    loss = (each * known).sum() / known.sum().clamp(min=1.0) * 2.0
    stances = torch.tensor([example.stance for example in batch])
    if (stances >= 0).any():
        loss = loss + plan.stance_weight * cross_entropy(logits[:, len(HEADS) :], stances, ignore_index=-100)
    return loss
