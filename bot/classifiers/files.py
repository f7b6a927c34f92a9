"""A model's folder: the names of its files, their hashes, and opening what lies in them."""

import hashlib
import json
from pathlib import Path

import onnxruntime

from bot.classifiers.errors import ModelError

MODEL, TOKENIZER, FACTS = "model.onnx", "tokenizer.json", "model.json"
_PIECE = 1 << 20
_WITH_THE_PACKAGE = Path(__file__).parent / "models"
_WHICH = "`hustings models list` shows which models are here."


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file as hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def unreadable(path: Path, error: OSError) -> ModelError:
    """Give the error for a file of a model's folder that cannot be read: what is missing, and what to do."""
    folder = path.parent
    if path.is_relative_to(_WITH_THE_PACKAGE):
        return ModelError(f"{path} cannot be read ({error.strerror}). Install Hustings again.")
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "is not there"
        return ModelError(f"{folder} {what}. Name the folder of a model; {_WHICH}")
    if not path.exists():
        return ModelError(f"{folder} has no {path.name}, so that no model can be opened from it. {_WHICH}")
    return ModelError(f"{path} cannot be read ({error.strerror}). Check its rights.")


def make_again(path: Path) -> str:
    """Say what to do about a file of a model that is damaged."""
    return "Install Hustings again." if path.is_relative_to(_WITH_THE_PACKAGE) else _AGAIN


_AGAIN = "Make the folder again, with `hustings models fetch`, `export` or `train`, as it was made before."


def verify(path: Path, wanted: str) -> None:
    """Raise `ModelError` where a file is missing or has another SHA-256 than `wanted`."""
    try:
        found = sha256_of(path)
    except OSError as error:
        raise unreadable(path, error) from None
    if found != wanted:
        raise ModelError(
            f"{path} is not the file it should be (SHA-256 {found[:16]}…, expected {wanted[:16]}…). {make_again(path)}"
        )


def kind_of(folder: Path) -> str:
    """Say which classifier opens a folder: `detoxify` or `embedded`, also where that cannot be told."""
    try:
        told = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "embedded"
    return "detoxify" if isinstance(told, dict) and told.get("kind") == "detoxify" else "embedded"


def one_thread_session(path: Path) -> onnxruntime.InferenceSession:
    """Open an ONNX file to compute on the calling thread alone."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
