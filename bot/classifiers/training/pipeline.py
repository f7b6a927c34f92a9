"""From data to a model folder: fit, export, choose the cut on rows held back, and write down what came of it."""

import hashlib
import json
import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from bot.classifiers.embedded import FACTS, LONGEST, MODEL, TOKENIZER, EmbeddedModel
from bot.classifiers.training.build_data import Data
from bot.classifiers.training.card import SHIPPED_ENCODER, card
from bot.classifiers.training.evaluate import FALSE_ALARMS, cut_for, judge
from bot.classifiers.training.export import MOST_DRIFT, Drift, export
from bot.classifiers.training.network import Network
from bot.classifiers.training.rows import Row, counts
from bot.classifiers.training.seeds import METRICS, Figures, over_seeds
from bot.classifiers.training.unread import unread_words
from bot.classifiers.wording import readings
from policies.findings import Scores

_CLEAN, _CLEAN_IS = 0.2, 0.05
"""A score of a network as trained under which it sees no abuse, and the score that the model gives for it.

Of the rows held back 7 in 10 benign ones lay there when it was chosen, and 1 in 8 abusive ones.
"""

_SURER, _SURER_ALARMS, _SURER_SLOPE = ("spam", "impersonation"), 0.0015, 2.0
"""Heads of sorts so rare that `abuse` hardly learns them: each counts by itself where it flags this share of held-back
rows without abuse, and falls off this much faster than it was trained, so that it says nothing of other messages."""

Undo = Callable[[str], str]


def make_model(
    network: Network,
    data: Data,
    *,
    base: Path,
    undo: Undo,
    out: Path,
    name: str,
    version: str,
    alarms: float = FALSE_ALARMS,
    most_drift: float = MOST_DRIFT,
    encoder: str = SHIPPED_ENCODER,
    seeds: Mapping[str, Figures] | None = None,
    origins: Mapping[str, Path] | None = None,
    tell: Callable[[str], None] = print,
) -> EmbeddedModel:
    """Export a trained network to a folder that `EmbeddedModel` opens, with its cut where `alarms` puts it.

    `encoder` says what was trained (`SHIPPED_ENCODER`, `TINY_ENCODER`, or which folder), for the card.
    `seeds` has the figures of the models of which this one is the mean; `origins` names files that it was made from
    beside the rows, `lessons` and the `weights` that it went on from, which the card tells by their SHA-256.
    """
    held = data.held_back
    bad = [row.labels.get("abuse") == 1.0 for row in held]
    _, drifts = export(
        network,
        _ids(base, [readings(row.text, undo)[0] for row in held]),
        out,
        cut_of=lambda values: cut_for(values, bad, alarms=alarms),
        most=most_drift,
        unread=unread_words(Tokenizer.from_file(str(base / TOKENIZER))),
    )
    for drift in drifts:
        tell(f"int8 {drift.setting}: {drift.flipped:.1%} of {drift.texts} decisions changed")
    shutil.copyfile(base / TOKENIZER, out / TOKENIZER)
    hashes = {file: hashlib.sha256((out / file).read_bytes()).hexdigest() for file in (MODEL, TOKENIZER)}
    _write(out, name=name, version=version, sha256=hashes, cuts={})
    cuts = _cuts(EmbeddedModel(out, undo), held, {"abuse": alarms} | dict.fromkeys(_SURER, _SURER_ALARMS))
    _write(out, name=name, version=version, sha256=hashes, cuts=cuts)
    model = EmbeddedModel(out, undo)
    metrics = _metrics(model, data, drifts)
    metrics["encoder"] = {
        "is": encoder,
        "parameters": sum(each.numel() for each in network.parameters()),
        "layers": network.shape.layers,
    }
    metrics["gate"] = most_drift
    if seeds:
        metrics["seeds"] = over_seeds(seeds)
    metrics["origins"] = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in (origins or {}).items()}
    (out / METRICS).write_text(json.dumps(metrics, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "README.md").write_text(card(name, version, hashes, metrics), encoding="utf-8")
    (out / "fp32.onnx").unlink()
    return model


def score_all(model: EmbeddedModel, texts: Sequence[str], *, at_once: int = 64) -> list[Scores | None]:
    """Score any number of texts in runs of bounded size."""
    found: list[Scores | None] = []
    for start in range(0, len(texts), at_once):
        found += model.score(texts[start : start + at_once])
    return found


def _cuts(model: EmbeddedModel, held: Sequence[Row], alarms: Mapping[str, float]) -> dict[str, float]:
    """Give for each head the logit above which lies its share of the rows that are no abuse."""
    scores = [score or Scores() for score in score_all(model, [row.text for row in held])]
    bad = [row.labels.get("abuse") == 1.0 for row in held]
    return {
        head: _logit(cut_for([getattr(score, head) for score in scores], bad, alarms=share))
        for head, share in alarms.items()
    }


def _metrics(model: EmbeddedModel, data: Data, drifts: Sequence[Drift]) -> dict[str, Any]:
    judged = judge(data.held_back, lambda texts: score_all(model, texts))
    return {
        "held back": {
            "rows": len(data.held_back),
            "kinds": counts(data.held_back),
            "ranking": round(judged.ranking, 4),
            "caught": str(judged.caught),
            "left alone": str(judged.left_alone),
            "caught share": round(judged.caught.value, 4),
            "left alone share": round(judged.left_alone.value, 4),
            "by kind": {kind: str(found) for kind, found in judged.by_kind.items()},
            "unread": judged.unread,
        },
        "trained on": {part.name: {"rows": len(part.rows), "share": round(part.share, 4)} for part in data.parts},
        "kept out by the leak guard": len(data.leaks),
        "files": data.files,
        "drift": [asdict(drift) for drift in drifts],
    }


def _write(out: Path, *, name: str, version: str, sha256: Mapping[str, str], cuts: Mapping[str, float]) -> None:
    """Move the scores of heads so that their cuts become 0.5 and what is clean `_CLEAN_IS`; others are left."""
    low = _logit(_CLEAN)
    slopes = dict.fromkeys(cuts, _SURER_SLOPE)
    if "abuse" in cuts:
        above = low - cuts["abuse"]
        slopes["abuse"] = round(_logit(_CLEAN_IS) / above, 4) if above < 0 else 1.0
    facts = {"name": name, "version": version, "sha256": sha256, "cuts": cuts, "slopes": slopes}
    (out / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _ids(base: Path, texts: Sequence[str]) -> list[list[int]]:
    tokenizer = Tokenizer.from_file(str(base / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]


def _logit(score: float) -> float:
    score = min(max(score, 1e-4), 1 - 1e-4)
    return round(math.log(score / (1 - score)), 4)
