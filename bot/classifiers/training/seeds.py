"""How much a model hangs on the draw: runs that differ by their seed alone, and the mean of their weights."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from torch import Tensor

from bot.classifiers.training.fit import WEIGHTS, save
from bot.classifiers.training.network import Network

METRICS = "metrics.json"
Figures = Mapping[str, float]
"""Figures of one run by their names: ranking and shares, 0 to 1."""

_TOLD = {"ranking": "ranking", "caught": "caught share", "left alone": "left alone share"}

_STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}
"""How many standard errors hold 95 % of means of so many runs (Student's distribution); of more, a little fewer."""


def figures(folder: Path) -> dict[str, float]:
    """Read what `make_model` measured of a model on the rows held back."""
    held = json.loads((folder / METRICS).read_text(encoding="utf-8"))["held back"]
    return {name: float(held[key]) for name, key in _TOLD.items()}


def over_seeds(alone: Mapping[str, Figures]) -> dict[str, Any]:
    """Give each run's figures, and each figure's mean over two runs or more with its 95 % interval."""
    told: dict[str, Any] = {"runs": {seed: dict(found) for seed, found in alone.items()}}
    for name in _TOLD:
        values = [found[name] for found in alone.values()]
        around = _STUDENT[min(len(values), max(_STUDENT))] * stdev(values) / math.sqrt(len(values))
        told[name] = f"{mean(values):.3f} ({mean(values) - around:.3f} to {mean(values) + around:.3f})"
    return told


def mean_of(networks: Sequence[Network], out: Path) -> Network:
    """Give a network whose weights are the mean of others', and write them to `out`.

    Runs that start from the same encoder lie near enough to one another that their mean reads better than each
    (Wortsman et al., Model soups, 2022).
    """
    kept = [network.state_dict() for network in networks]
    weights: dict[str, Tensor] = {
        name: sum((each[name] for each in kept[1:]), kept[0][name]) / len(kept) for name in kept[0]
    }
    mixed = Network(networks[0].shape)
    mixed.load_state_dict(weights)
    mixed.eval()
    save(mixed, out / WEIGHTS)
    return mixed
