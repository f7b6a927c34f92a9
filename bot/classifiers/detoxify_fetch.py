"""From Detoxify's published checkpoint to a folder that the bot opens: fetch, check, convert in a process apart."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from tokenizers import Tokenizer

import bot
from bot.classifiers.detoxify import ARCHITECTURES, WEIGHTS, DetoxifyFacts, read_detoxify_facts
from bot.classifiers.embedded import shipped
from bot.classifiers.errors import ModelError
from bot.classifiers.fetching import FetchError, check, fetch
from bot.classifiers.files import FACTS, TOKENIZER, sha256_of
from bot.classifiers.variants import Asset, Variant

Tell = Callable[[str], None]


class _Told(TypedDict):
    architecture: str
    labels: list[str]
    outputs: int
    words: int
    places: int


_LONGEST = 512
_NEEDED = ("torch", "transformers", "safetensors")


def make_folder(
    variant: Variant, out: Path, *, given: Path | None = None, mirror: str = "", sha256: str = "", tell: Tell
) -> DetoxifyFacts:
    """Make the folder of a model, from the network or from the files in a folder that is `given`.

    `sha256` is the whole hash that the checkpoint must have, for whoever knows it. Raises `ModelError`.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"Detoxify's models need the `ml` extra, and {missing[0]} is missing. Run: pip install -e '.[ml]'"
        )
    if (out / FACTS).exists():
        raise ModelError(f"{out} holds a model already. Name another folder, or take that one away.")
    checkpoint = replace(variant.checkpoint, sha256=sha256.lower()) if sha256 else variant.checkpoint
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"{out} cannot be made a folder ({error.strerror}). Name another with --to.") from None
    try:
        weights = _had(checkpoint, out, given, mirror, tell)
        words = _had(variant.tokenizer, out, given, mirror, tell) if variant.tokenizer else shipped() / TOKENIZER
    except FetchError as error:
        raise ModelError(f"{error} {way_out(variant)}") from None
    if not checkpoint.whole:
        tell(
            f"{checkpoint.file}: its hash is published by its first {len(checkpoint.sha256)} digits alone, and these "
            f"are right; the whole of it is {sha256_of(weights)}"
        )
    facts = _assembled(variant, weights, words, out)
    if weights.parent == out:
        weights.unlink()  # what was a pickle is of no more use
    return facts


def way_out(variant: Variant) -> str:
    """Say how to get a model onto a machine without a network."""
    files = [variant.checkpoint, *([variant.tokenizer] if variant.tokenizer else [])]
    what = " and ".join(f"{asset.address}" for asset in files)
    return (
        f"Without a network here: fetch {what} elsewhere, put it into a folder, and run "
        f"`hustings models fetch {variant.name} --from FOLDER`."
    )


def _had(asset: Asset, out: Path, given: Path | None, mirror: str, tell: Tell) -> Path:
    if given is None:
        return fetch(asset, out, mirror=mirror, tell=tell)
    path = given / asset.file
    if not path.is_file():
        raise FetchError(f"{asset.file} is not in {given}.")
    try:
        check(path, asset)
    except OSError as error:
        raise FetchError(f"{path} cannot be read ({error.strerror}).") from None
    return path


def _assembled(variant: Variant, checkpoint: Path, words: Path, out: Path) -> DetoxifyFacts:
    with tempfile.TemporaryDirectory(dir=out, prefix=".converting-") as folder:
        weights = Path(folder) / WEIGHTS
        told = _converted(checkpoint, weights)
        if told["architecture"] != variant.architecture or told["architecture"] not in ARCHITECTURES:
            raise ModelError(f"{checkpoint} holds a {told['architecture']}, and not {variant.architecture}.")
        tokenizer = Path(folder) / TOKENIZER
        shutil.copyfile(words, tokenizer)
        known = Tokenizer.from_file(str(tokenizer)).get_vocab_size()
        if known > told["words"]:
            raise ModelError(f"{words} has {known} words, and the model knows {told['words']}: they do not fit.")
        shifted = 0 if variant.architecture == "BertForSequenceClassification" else 2  # RoBERTa counts from 2
        facts = DetoxifyFacts(
            name=f"detoxify-{variant.name}",
            architecture=variant.architecture,
            labels=tuple(told["labels"]),
            outputs=told["outputs"],
            longest=min(_LONGEST, told["places"] - shifted),
            padding=1 if shifted else 0,
            sha256={WEIGHTS: sha256_of(weights), TOKENIZER: sha256_of(tokenizer)},
            languages=variant.languages,
            source=f"{variant.checkpoint.file}, SHA-256 {sha256_of(checkpoint)}",
        )
        for path in (weights, tokenizer):
            os.replace(path, out / path.name)
    facts.write(out)
    return read_detoxify_facts(out)


def _converted(checkpoint: Path, weights: Path) -> _Told:
    """Convert in a process that ends with it; only a line of JSON comes back."""
    environment = {**os.environ, "PYTHONPATH": str(Path(bot.__file__).parents[1]), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "bot.classifiers.detoxify_convert", str(checkpoint), str(weights)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    try:
        told = json.loads(ran.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        why = f"the process that reads it ended with status {ran.returncode}; is there enough memory?"
        raise ModelError(f"{checkpoint} could not be converted: {why}") from None
    if "error" in told:
        raise ModelError(f"{checkpoint} could not be converted: {told['error']}.")
    found: _Told = told
    return found
