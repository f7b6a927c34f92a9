"""What more words and longer texts cost: ratios taken in one run, the two sides taking turns."""

import json
import random
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

from policies.detectors import DetectorSet
from policies.lexicon_files import load_detectors
from tests.bench.workload import SEED, Message

FEW, MANY = 10, 10_000


def placeholder_terms(count: int, seed: int = SEED) -> tuple[str, ...]:
    """Give words that nobody writes, shaped like the terms of a lexicon: three in ten are pairs of words."""
    dice = random.Random(seed)
    terms: dict[str, None] = {}
    while len(terms) < count:
        words = 2 if dice.random() < 0.3 else 1
        terms[" ".join(_word(dice) for _ in range(words))] = None
    return tuple(terms)


def _word(dice: random.Random) -> str:
    return "".join(dice.choice("bcdfghklmnprstvwz") + dice.choice("aeiou") for _ in range(dice.randint(2, 4)))


def house_with_terms(count: int, folder: Path) -> DetectorSet:
    """Give the shipped detectors with so many terms more, read from files in the folder as any lexicon is."""
    with resources.as_file(resources.files("policies.lexicons")) as shipped:
        shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    group = {
        "id": "placeholders",
        "kind": "slur",
        "categories": ["identity-attack"],
        "terms": placeholder_terms(count),
    }
    lexicon = {"lexicon": "placeholders", "about": "Words that nobody writes.", "groups": [group]}
    (folder / "placeholders.yaml").write_text(json.dumps(lexicon), encoding="utf-8")
    return load_detectors(folder)


def ratio(dear: Callable[[], None], cheap: Callable[[], None], rounds: int) -> float:
    """Give how many times dearer the first is: the median of rounds in which both take their turn."""
    dear()
    cheap()
    return statistics.median(_cpu(dear) / _cpu(cheap) for _ in range(rounds))


def _cpu(work: Callable[[], None]) -> int:
    before = time.process_time_ns()
    work()
    return time.process_time_ns() - before


def reading(detectors: DetectorSet, messages: Sequence[Message]) -> Callable[[], None]:
    """Give the work of reading messages: normalise and detect."""

    def work() -> None:
        for message in messages:
            detectors.find(detectors.normalise(message.text))

    return work


def halved(message: Message) -> Message:
    """Give the first half of a message."""
    return replace(message, text=message.text[: len(message.text) // 2])
