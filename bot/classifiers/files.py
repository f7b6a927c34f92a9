"""A model's folder: the names of its files, their hashes, and opening what lies in them."""

import hashlib
import json
from pathlib import Path

import onnxruntime

from bot.classifiers.errors import ModelError

MODEL, TOKENIZER, FACTS = "model.onnx", "tokenizer.json", "model.json"
_PIECE = 1 << 20


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file as hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def verify(path: Path, wanted: str) -> None:
    """Raise `ModelError` where a file is missing or has another SHA-256 than `wanted`."""
    try:
        found = sha256_of(path)
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}). Install Hustings again.") from None
    if found != wanted:
        raise ModelError(
            f"{path} is not the file it should be (SHA-256 {found[:16]}…, expected {wanted[:16]}…). "
            "Install Hustings again; with a model of your own, export or fetch it again."
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
