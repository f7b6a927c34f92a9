"""Detoxify's networks in torch, built from the shapes of their weights; needs the `ml` extra, and no network."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from bot.classifiers.errors import ModelError
from bot.classifiers.reading import Floats, Forward

HEAD_WIDTH = 64
"""Numbers of one attention head in every BERT and RoBERTa; weights do not show it."""

_UNUSED = re.compile(r".*\.embeddings\.position_ids|roberta\.pooler\..*")
"""Tensors that earlier versions of transformers wrote and that take no part in an answer."""


class LogitsOnly(nn.Module):
    """Token ids and their mask in, logits out."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Give logits of shape (batch, outputs)."""
        logits: Tensor = self.inner(input_ids=input_ids, attention_mask=attention_mask.to(torch.int64)).logits
        return logits


def build(architecture: str, shapes: Mapping[str, tuple[int, ...]]) -> nn.Module:
    """Build the network that tensors of these shapes belong to, with random weights; raises `ModelError`."""
    roberta = architecture != "BertForSequenceClassification"
    root = "roberta" if roberta else "bert"
    last = "classifier.out_proj.weight" if roberta else "classifier.weight"
    try:
        words, width = shapes[f"{root}.embeddings.word_embeddings.weight"]
        layers = {name.split(".")[3] for name in shapes if name.startswith(f"{root}.encoder.layer.")}
        settings: dict[str, Any] = {
            "vocab_size": words,
            "hidden_size": width,
            "num_hidden_layers": len(layers),
            "num_attention_heads": max(1, width // HEAD_WIDTH),
            "intermediate_size": shapes[f"{root}.encoder.layer.0.intermediate.dense.weight"][0],
            "max_position_embeddings": shapes[f"{root}.embeddings.position_embeddings.weight"][0],
            "type_vocab_size": shapes[f"{root}.embeddings.token_type_embeddings.weight"][0],
            "layer_norm_eps": 1e-5 if roberta else 1e-12,
            "pad_token_id": 1 if roberta else 0,
            "num_labels": shapes[last][0],
        }
    except (KeyError, ValueError, IndexError) as error:
        raise ModelError(f"the weights are not those of a {architecture} ({error}).") from None
    network = getattr(transformers, architecture)
    config = network.config_class(**settings)
    config._attn_implementation = "eager"  # the one form that ONNX's tracer follows whatever the lengths
    built: nn.Module = LogitsOnly(network(config))
    return built.eval()


def filled(architecture: str, weights: Mapping[str, Tensor]) -> nn.Module:
    """Build a network and fill it with a checkpoint's tensors; raises `ModelError` where they do not fit."""
    kept = {name: value for name, value in weights.items() if not _UNUSED.fullmatch(name)}
    network = build(architecture, {name: tuple(value.shape) for name, value in kept.items()})
    try:
        missing, unexpected = network.inner.load_state_dict(kept, strict=False)
    except RuntimeError as error:
        raise ModelError(f"the weights do not fit a {architecture}: {str(error).splitlines()[-1].strip()}") from None
    wrong = [*missing, *unexpected]
    if wrong:
        raise ModelError(f"the weights do not fit a {architecture}: {', '.join(wrong[:3])}")
    return network


def loaded(path: Path, architecture: str) -> nn.Module:
    """Read a network from safetensors; raises `ModelError`."""
    try:
        return filled(architecture, load_file(path))
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read ({error}). Fetch it again with `hustings models fetch`.") from None


def opened(path: Path, architecture: str) -> Forward:
    """Read a network to compute with, on one thread."""
    torch.set_num_threads(1)  # several collapse as soon as two messages come at once
    network = loaded(path, architecture)

    def forward(ids: NDArray[np.int64], mask: Floats) -> Floats:
        with torch.inference_mode():
            logits: Floats = network(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        return logits

    return forward
