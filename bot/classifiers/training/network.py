"""The network: a BERT encoder read from safetensors, the mean of its words, and one linear layer of heads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import gelu, softmax

from bot.classifiers.embedded import LONGEST
from bot.classifiers.heads import OUTPUTS
from bot.classifiers.training.fit import Learner, mean_of_words
from bot.classifiers.training.regained import kept_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of an encoder; the defaults are those of MiniLM-L6, but for the places that are never read."""

    words: int = 30522
    positions: int = LONGEST
    width: int = 384
    inner: int = 1536
    layers: int = 6
    heads: int = 12


class Layer(nn.Module):
    """One layer of BERT: attention and a feed-forward step, each with its residual and norm."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query = nn.Linear(shape.width, shape.width)
        self.key = nn.Linear(shape.width, shape.width)
        self.value = nn.Linear(shape.width, shape.width)
        self.mixed = nn.Linear(shape.width, shape.width)
        self.mixed_norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.wide = nn.Linear(shape.width, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.width)
        self.narrow_norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """Give the states of the next layer; `bias` is added to the attention before its softmax."""
        batch, length, width = states.shape

        def split(projected: Tensor) -> Tensor:
            return projected.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

        # As plain products: in half precision the backward step of torch's joined attention takes 15 times as long
        # on a processor, more than all the rest of a layer.
        likeness = split(self.query(states)) @ split(self.key(states)).transpose(2, 3)
        shares = softmax(likeness * (width // self.heads) ** -0.5 + bias.to(likeness.dtype), dim=-1)
        attended = shares.to(likeness.dtype) @ split(self.value(states))
        mixed = self.mixed(attended.transpose(1, 2).reshape(batch, length, width))
        states = self.mixed_norm(states + self.dropout(mixed))
        inner = self.narrow(gelu(self.wide(states)))
        return self.narrow_norm(states + self.dropout(inner))


class Network(Learner):
    """Token ids and their mask in, one logit for each head and stance out."""

    def __init__(self, shape: Shape, *, outputs: int = OUTPUTS, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.words, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.types = nn.Embedding(2, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.heads = nn.Linear(shape.width, outputs)

    def meaning(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Give the mean of the last states, shape (batch, width), for ids and mask of shape (batch, length)."""
        places = torch.arange(input_ids.shape[1], device=input_ids.device).unsqueeze(0)
        states = self.words(input_ids) + self.positions(places) + self.types.weight[0]
        states = self.dropout(self.norm(states))
        seen = attention_mask.to(states.dtype)
        bias = (1.0 - seen)[:, None, None, :] * -10_000.0
        for layer in self.layers:
            states = layer(states, bias)
        return mean_of_words(states, seen)


_NAMES = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "mixed",
    "attention.output.LayerNorm": "mixed_norm",
    "intermediate.dense": "wide",
    "output.dense": "narrow",
    "output.LayerNorm": "narrow_norm",
}
"""The parts of a layer as BERT's files name them."""


def load_encoder(network: Network, weights: Path) -> None:
    """Fill the encoder from a BERT in safetensors, by `deepened` where it has fewer layers; the heads stay."""
    kept = load_file(weights)
    layers = len({name.split(".")[2] for name in kept if name.startswith("encoder.layer.")})
    found = {
        "words.weight": kept["embeddings.word_embeddings.weight"],
        "positions.weight": kept["embeddings.position_embeddings.weight"][: network.shape.positions],
        "types.weight": kept["embeddings.token_type_embeddings.weight"],
        "norm.weight": kept["embeddings.LayerNorm.weight"],
        "norm.bias": kept["embeddings.LayerNorm.bias"],
    }
    for number in range(min(layers, network.shape.layers)):
        for theirs, ours in _NAMES.items():
            for part in ("weight", "bias"):
                found[f"layers.{number}.{ours}.{part}"] = kept[f"encoder.layer.{number}.{theirs}.{part}"]
    missing, unexpected = network.load_state_dict(deepened(found, network.shape.layers), strict=False)
    wrong = [name for name in missing if not name.startswith("heads.")] + list(unexpected)
    if wrong:
        raise ValueError(f"{weights} does not fit the network: {', '.join(wrong)}")


def load(network: Network, path: Path) -> None:
    """Read all weights of a network by `kept_in`; a network with more layers gets them by `deepened`.

    Places beyond those that the network has are left out: earlier versions kept them, and never read them.
    """
    places = network.shape.positions
    kept = {name: held[:places] if name == "positions.weight" else held for name, held in kept_in(path).items()}
    network.load_state_dict(deepened(kept, network.shape.layers))


def layers_in(names: Iterable[str]) -> int:
    """Give how many layers there are among the names of a network's weights."""
    return len({name.split(".")[1] for name in names if name.startswith("layers.")})


def deepened(kept: Mapping[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Give the weights of a network with so many layers that says what the one it is made from says.

    Added layers stand below the last one. Each looks at words as the layer before it does, and adds nothing of it at
    first: what it would add is zero, and its norms give back what they get, as far as one scale and one shift for all
    words can. Gong et al., Efficient training of BERT by progressively stacking (2019) copy whole layers, which
    shakes a network that is trained already.
    """
    had = layers_in(kept)
    added = max(0, layers - had)
    order = sorted([*range(had), *range(had - 1 - added, had - 1)])
    found = {name: weights for name, weights in kept.items() if not name.startswith("layers.")}
    for place, source in enumerate(order):
        is_new = bool(place) and order[place - 1] == source
        before, behind = f"layers.{source}.", f"layers.{place}."
        mine = {behind + name[len(before) :]: weights for name, weights in kept.items() if name.startswith(before)}
        found |= _passing(mine, behind) if is_new else mine
    return found


def _passing(layer: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Give a layer that looks as this one does and passes on what it gets, which is what this one gives."""
    scale, shift = layer[f"{prefix}narrow_norm.weight"], layer[f"{prefix}narrow_norm.bias"]
    passing = {name: weights.clone() for name, weights in layer.items()}
    for step in ("mixed", "narrow"):
        for part in ("weight", "bias"):
            passing[f"{prefix}{step}.{part}"].zero_()
        spread = (scale.square().mean() + shift.var()).sqrt()
        passing[f"{prefix}{step}_norm.weight"].fill_(spread)
        passing[f"{prefix}{step}_norm.bias"].fill_(shift.mean())
    return passing
