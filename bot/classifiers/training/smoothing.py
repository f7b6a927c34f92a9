"""Evening out what int8 would round away: each product's inputs get one factor each, which its weights take back."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bot.classifiers.training.network import Network

Floats = NDArray[np.float32]
Peaks = Mapping[str, Floats]
"""The largest size that each input of a product had, shape (inputs), by the product's name in the graph."""

LEANING = 0.75
"""How much of the unevenness goes from the inputs to the weights, 0 to 1.

Xiao et al., SmoothQuant (2023) take 0.5; of .35, .5, .65, .75, .85 and 1 this changed the fewest decisions of
version 13 (docs/decisions/0029).
"""

_TEXTS = 300
_LEAST = 1e-5
_STEPS = {"query": "asked", "mixed": "mixed", "wide": "wide", "narrow": "narrow"}
"""Parts of a layer and the products that the graph makes of them; key and value read what the query reads."""


def peaks(network: Network, samples: Sequence[Sequence[int]]) -> Peaks:
    """Read the first of some texts, as token ids, and keep the largest size of every input of every product."""
    found: dict[str, Floats] = {}
    hooks = []
    for number, layer in enumerate(network.layers):
        for part, step in _STEPS.items():
            name = f"layers.{number}.{step}"
            hooks.append(getattr(layer, part).register_forward_pre_hook(_keeps(found, name)))
    try:
        with torch.inference_mode():
            for ids in islice((ids for ids in samples if ids), _TEXTS):
                network(torch.tensor([list(ids)]), torch.ones(1, len(ids)))
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _keeps(found: dict[str, Floats], name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    def keep(_: nn.Module, given: tuple[Tensor, ...]) -> None:
        sizes = given[0].abs().flatten(0, -2).amax(0).numpy().astype(np.float32)
        found[name] = np.maximum(found.get(name, sizes), sizes)

    return keep


def factors(peak: Floats, weight: Floats) -> Floats:
    """Give what the inputs are divided by and the rows of `weight`, shape (inputs, outputs), multiplied by.

    One scale serves all inputs of a product in int8, so that one input far larger than the others leaves these no
    steps to be told apart by. Weights have a scale for each column and lose less. The factors' mean is 1 by ratio.
    An input that stayed small in what was read counts as a usual one: it may be large elsewhere, and would then be
    larger by itself than all others.
    """
    inputs = np.maximum(peak, max(float(np.median(peak)), _LEAST))
    weights = np.maximum(np.abs(weight).max(axis=1), _LEAST)
    uneven = LEANING * np.log(inputs) - (1 - LEANING) * np.log(weights)
    found: Floats = np.exp(uneven - uneven.mean()).astype(np.float32)
    return found
