"""`python -m bot.classifiers.detoxify_convert CHECKPOINT WEIGHTS`: a checkpoint of Detoxify's as safetensors.

A process of its own, that ends with it: a checkpoint is a pickle, and nothing is unpickled where the bot runs.
It is read with `weights_only`, which takes tensors and plain values and no code.
"""

import json
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors.torch import save_file

_RENAMED = {"toxic": "toxicity", "severe_toxic": "severe_toxicity", "identity_hate": "identity_attack"}
"""What the labels of `original` are called in the other models."""


class NoCheckpointError(ValueError):
    """A file that is no checkpoint of Detoxify's; the text says what is amiss."""


def convert(checkpoint: Path, weights: Path) -> dict[str, object]:
    """Write a checkpoint's tensors as safetensors, and give its architecture and labels; raises `NoCheckpointError`."""
    try:
        kept = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except UnpicklingError:
        raise NoCheckpointError(
            "it is none, or holds more than tensors and plain values, so it was not opened"
        ) from None
    except (OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise NoCheckpointError(f"it cannot be read ({type(error).__name__})") from None
    try:
        state, config = kept["state_dict"], kept["config"]
        told = {
            "architecture": str(config["arch"]["args"]["model_name"]),
            "labels": [_RENAMED.get(label, str(label)) for label in config["dataset"]["args"]["classes"]],
            "outputs": int(config["arch"]["args"]["num_classes"]),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoCheckpointError(f"it has not the parts of a checkpoint of Detoxify's ({error})") from None
    if not isinstance(state, MutableMapping) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise NoCheckpointError("its weights are not tensors")
    words = _shape(state, ".embeddings.word_embeddings.weight")
    places = _shape(state, ".embeddings.position_embeddings.weight")
    seen: set[int] = set()
    for name, value in state.items():  # safetensors takes no two names for one piece of memory
        state[name] = value.clone() if value.data_ptr() in seen else value.contiguous()
        seen.add(value.data_ptr())
    save_file(dict(state), weights)
    return {**told, "words": words, "places": places}


def _shape(state: Mapping[str, torch.Tensor], ending: str) -> int:
    found = [int(value.shape[0]) for name, value in state.items() if str(name).endswith(ending)]
    if len(found) != 1:
        raise NoCheckpointError(f"it has no single tensor {ending.removeprefix('.')}")
    return found[0]


def main(arguments: list[str]) -> int:
    """Convert, and write what was found as one line of JSON; give 1 and an `error` where that cannot be done."""
    try:
        told = convert(Path(arguments[0]), Path(arguments[1]))
    except (NoCheckpointError, OSError) as error:
        told = {"error": str(error)}
    sys.stdout.write(json.dumps(told) + "\n")
    return int("error" in told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
