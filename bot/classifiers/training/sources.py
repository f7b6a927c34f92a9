"""The public data that the model learns from, each file known by its SHA-256, each row by what its source can say."""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.classifiers.heads import HEADS
from bot.classifiers.training.rows import Row

_NOTHING_ABUSIVE: Mapping[str, float] = dict.fromkeys(HEADS, 0.0)


class SourceError(ValueError):
    """A source is missing or is not the file that was used before; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One public data set: its files by SHA-256, its licence, how its rows are read, and its weight in the mixture."""

    name: str
    files: Mapping[str, str]
    licence: str
    origin: str
    read: Callable[[Path], Iterator[Row]]
    share: float
    most: int | None = None


def _davidson(folder: Path) -> Iterator[Row]:
    """Tweets: what is `offensive` there is mostly slang, so that it says nothing about breaking rules."""
    with (folder / "davidson_labeled_data.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            votes = int(row["count"])
            match row["class"]:
                case "0" if int(row["hate_speech"]) * 3 >= votes * 2:
                    labels = {"toxicity": 1.0, "identity_attack": 1.0, "abuse": 1.0}
                case "1" if int(row["offensive_language"]) == votes:
                    labels = {"toxicity": 1.0, "identity_attack": 0.0, "threat": 0.0, "spam": 0.0}
                case "2" if int(row["neither"]) == votes:
                    labels = dict(_NOTHING_ABUSIVE)
                case _:
                    continue
            yield Row(text=row["tweet"], labels=labels, source="davidson")


_SPAN_HEADS = {
    "Insult": "insult",
    "Identity based Attack": "identity_attack",
    "Profane/Obscene": "obscene",
    "Threat": "threat",
}


def _toxic_spans(folder: Path) -> Iterator[Row]:
    """News comments with the spans that raters marked: a head counts where two of three marked it."""
    raters: dict[str, list[str]] = defaultdict(list)
    calm: dict[str, int] = defaultdict(int)
    with (folder / "toxicspans_annotations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            raters[row["comment_id"]].append(row["annotation"])
            calm[row["comment_id"]] += row["not toxic"] == "True"
    marked: dict[str, set[str]] = defaultdict(set)
    with (folder / "toxicspans_spans.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            marked[row["annotation"]].add(row["type"])
    with (folder / "toxicspans_comments.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            asked = raters.get(row["comment_id"], [])
            if len(asked) < 3:
                continue
            if calm[row["comment_id"]] == len(asked):
                yield Row(text=row["comment_text"], labels=_NOTHING_ABUSIVE, source="toxic_spans")
                continue
            labels: dict[str, float] = {}
            for kind, head in _SPAN_HEADS.items():
                votes = sum(kind in marked[rater] for rater in asked) / len(asked)
                if votes >= 0.6 or votes == 0:
                    labels[head] = float(votes >= 0.6)
            if any(labels.values()):
                labels["toxicity"] = 1.0
            if labels.get("identity_attack") or labels.get("threat"):
                labels["abuse"] = 1.0
            if labels.get("toxicity"):
                yield Row(text=row["comment_text"], labels=labels, source="toxic_spans")


def _context_toxicity(folder: Path) -> Iterator[Row]:
    """Arguments among editors: nearly all of it is clean, which is what it is for."""
    for name in ("cat_large_gc.csv", "cat_large_gn.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                labels = {"toxicity": 1.0} if row["label"] == "1" else _NOTHING_ABUSIVE
                yield Row(text=row["text"], labels=labels, source="context_toxicity")


def _toxigen(folder: Path) -> Iterator[Row]:
    """Sentences about groups; what is hateful there includes policy, so that it says nothing about breaking rules."""
    for line in (folder / "toxigen_demonstrations.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        labels = {"identity_attack": 1.0, "toxicity": 1.0} if row["hate"] else _NOTHING_ABUSIVE
        yield Row(text=row["text"], labels=labels, source="toxigen")


def _identity_templates(folder: Path) -> Iterator[Row]:
    """Identity terms in kind and in hostile frames."""
    for line in (folder / "identity_templates_sample.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        labels = {"toxicity": 1.0, "abuse": 1.0, "insult": 1.0} if row["abusive"] else _NOTHING_ABUSIVE
        yield Row(text=row["text"], labels=labels, source="identity_templates")


def _hatemoji(folder: Path) -> Iterator[Row]:
    """Pairs that differ in an emoji or a word."""
    for name in ("hatemojibuild_train.csv", "hatemojibuild_validation.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["label_gold"] == "1":
                    labels = {"toxicity": 1.0, "identity_attack": 1.0, "abuse": 1.0}
                    if row["type"] == "threateninglanguage":
                        labels["threat"] = 1.0
                else:
                    labels = dict(_NOTHING_ABUSIVE)
                    del labels["obscene"], labels["insult"], labels["toxicity"]
                yield Row(text=row["text"], labels=labels, source="hatemoji")


SOURCES = (
    Source(
        name="davidson",
        files={"davidson_labeled_data.csv": "fcb8bc7c68120ae4af04a5b9acd58585513ede11e1548ebf36a5c2040b6f6281"},
        licence="MIT",
        origin="t-davidson/hate-speech-and-offensive-language",
        read=_davidson,
        share=0.10,
        most=8_000,
    ),
    Source(
        name="toxic_spans",
        files={
            "toxicspans_comments.csv": "76cd6ebd10a890d269c0a7e5e451f3da12375219906f314fd9cfb1e18b1a905f",
            "toxicspans_annotations.csv": "f67725aa9de73cd4ef9050222f6ae985ef0e33e8da89cb8137ffeb9a1d0fc32b",
            "toxicspans_spans.csv": "389c6964db5d96d79ecfe038aa4ffe04abafd64b6d6427fbad4ec7fb2c7672aa",
        },
        licence="CC0",
        origin="ipavlopoulos/toxic_spans",
        read=_toxic_spans,
        share=0.20,
    ),
    Source(
        name="context_toxicity",
        files={
            "cat_large_gc.csv": "7939002c35bfdaf4c406e8fb7e206dfe5a6801b24f60bf6faa51442a26701dea",
            "cat_large_gn.csv": "def84ddcff46dfd628e3d37c9c81b9cb81d7cf35e82197212a5758c0d24fb667",
        },
        licence="Apache-2.0 (Wikipedia text)",
        origin="ipavlopoulos/context_toxicity",
        read=_context_toxicity,
        share=0.15,
        most=8_000,
    ),
    Source(
        name="toxigen",
        files={"toxigen_demonstrations.jsonl": "b56d54d3573cc462b149214b654b475c680f9ed1ae6edcb70023214ce7ae0a75"},
        licence="MIT, data CDLA-Permissive-2.0",
        origin="microsoft/TOXIGEN, prompts",
        read=_toxigen,
        share=0.07,
    ),
    Source(
        name="identity_templates",
        files={"identity_templates_sample.jsonl": "d18ee34a42868838cb93d4f4465d3d6d5ef29c693e99097acf318258b59aeb6c"},
        licence="CC BY 4.0",
        origin="conversationai/unintended-ml-bias-analysis",
        read=_identity_templates,
        share=0.08,
    ),
    Source(
        name="hatemoji",
        files={
            "hatemojibuild_train.csv": "2255818a5b10153876320068451be582ed876a2eefb22a250bd2f6478d1815e5",
            "hatemojibuild_validation.csv": "721094d44fceb923a0b3897935126a654bbb1f092b1fed6a74d80e4a845c6f43",
        },
        licence="CC BY 4.0",
        origin="HannahKirk/Hatemoji (HatemojiBuild)",
        read=_hatemoji,
        share=0.40,
    ),
)
"""`share` is a source's part of the public rows that are drawn; it weighs what it can teach, not its size."""


def read_source(source: Source, folder: Path) -> list[Row]:
    """Read a source whose files are the known ones; raises `SourceError` otherwise."""
    for name, wanted in source.files.items():
        path = folder / name
        if not path.is_file():
            raise SourceError(f"{path} is missing. Fetch it from {source.origin} ({source.licence}).")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != wanted:
            raise SourceError(f"{path} has SHA-256 {found}, not {wanted}. Fetch that version from {source.origin}.")
    rows = list(source.read(folder))
    if source.most is not None and len(rows) > source.most:
        rows = sorted(rows, key=lambda row: hashlib.sha256(row.text.encode()).digest())[: source.most]
    return rows
