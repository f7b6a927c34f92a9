"""How plain abuse and plain talk fare, whoever they name.

`python -m tests.bench.frames` fills every frame of tests/corpus/frames/plain.yaml with every name of its kind and
prints what share of the abuse is caught and of the talk left alone, by the rules and by rules and model. With
`--set errands` it takes the frames of errands.yaml; `--worst` adds those that are judged wrongly, and `--model` takes
another folder than that of the shipped model.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.classifiers.embedded import EmbeddedModel, shipped
from handlers.checking import Checker, StreamedMessage
from policies.decisions import Action
from policies.lexicon_files import house_reader
from policies.load import house_policy

FRAMES = Path(__file__).parents[1] / "corpus" / "frames"
SETS = ("plain", "errands")
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One frame and the sentences that it makes."""

    frame: str
    kind: str
    abuse: bool
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One frame and the sentences of it that were judged wrongly."""

    filled: Filled
    wrong: Sequence[str]

    @property
    def right(self) -> float:
        """Give the share of its sentences that were judged rightly."""
        return 1 - len(self.wrong) / len(self.filled.sentences)


def frames(name: str = "plain") -> Iterator[Filled]:
    """Give every frame of a set with its sentences, each with a capital where it begins."""
    written: Mapping[str, Any] = yaml.safe_load((FRAMES / f"{name}.yaml").read_text(encoding="utf-8"))
    for label in ("abuse", "fine"):
        for kind, texts in written[label].items():
            for frame in texts:
                sentences = [frame.replace("{}", name) for name in written["names"][kind]]
                sentences = [sentence[0].upper() + sentence[1:] for sentence in sentences]
                yield Filled(frame=frame, kind=kind, abuse=label == "abuse", sentences=sentences)


def judged(checker: Checker, name: str = "plain") -> list[Judged]:
    """Judge every sentence of every frame of a set."""

    def wrong(filled: Filled) -> list[str]:
        answers = ((s, checker.check(StreamedMessage(id="1", text=s)).decision.action) for s in filled.sentences)
        return [sentence for sentence, action in answers if (action is not Action.ALLOW) is not filled.abuse]

    return [Judged(filled=filled, wrong=wrong(filled)) for filled in frames(name)]


def share(results: Sequence[Judged], kind: str, *, abuse: bool) -> float:
    """Give the share of sentences that were judged rightly, of one kind of names and one label."""
    of_it = [one for one in results if one.filled.abuse is abuse and kind in ("", one.filled.kind)]
    return 1 - sum(len(one.wrong) for one in of_it) / sum(len(one.filled.sentences) for one in of_it)


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.frames")
    parser.add_argument("--model", type=Path, help="the folder of another model than the shipped one")
    parser.add_argument("--set", choices=SETS, default=SETS[0], help="which frames")
    parser.add_argument("--worst", action="store_true", help="name the frames that are judged wrongly most often")
    given = parser.parse_args()
    reader, policy = house_reader(), house_policy()
    model = EmbeddedModel(given.model or shipped(), reader.undone)
    for name, checker in (
        ("rules", Checker(reader, policy)),
        (f"rules and {model.name}", Checker(reader, policy, score=model.score, scorer=model.name)),
    ):
        results = judged(checker, given.set)
        print(name)
        for label in (True, False):
            kinds = ("", *dict.fromkeys(one.filled.kind for one in results if one.filled.abuse is label))
            told = ", ".join(f"{kind or 'all'} {share(results, kind, abuse=label):.1%}" for kind in kinds)
            print(f"  {'abuse caught' if label else 'talk left alone'}: {told}")
        if given.worst:
            for one in sorted((one for one in results if one.wrong), key=lambda one: one.right)[:_SHOWN]:
                print(f"  {one.right:.0%} right: {one.filled.frame} ({one.filled.kind})")


if __name__ == "__main__":
    _main()
