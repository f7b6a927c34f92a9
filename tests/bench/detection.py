"""How much abuse is caught and how much else is left alone, by the rules, on labelled messages from party life.

`python -m tests.bench.detection` prints the table; `--by-category` adds a row for each category.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from handlers.checking import Checker, StreamedMessage
from policies.decisions import Action
from policies.lexicon_files import house_reader
from policies.load import house_policy

FOLDER = Path(__file__).parents[1] / "corpus" / "party_life"
FILES = tuple(sorted(FOLDER.glob("*.jsonl")))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages of each wanted answer and category there were, and how many got it."""

    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    right: Counter[tuple[str, str]] = field(default_factory=Counter)

    def share(self, want: str) -> float:
        """Give the share of messages with one wanted answer that got it, 0 to 1."""
        asked = sum(count for (wanted, _), count in self.asked.items() if wanted == want)
        right = sum(count for (wanted, _), count in self.right.items() if wanted == want)
        return right / asked if asked else 0.0


def tally(file: Path, checker: Checker) -> Tally:
    """Judge every message of a file: abuse is to get any action but `allow`, all else is to get `allow`."""
    result = Tally()
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        judged = checker.check(StreamedMessage(id=row["id"], text=row["text"]))
        told = "ok" if judged.decision.action is Action.ALLOW else "abuse"
        key = (row["want"], row["category"])
        result.asked[key] += 1
        result.right[key] += told == row["want"]
    return result


def rows(files: Iterable[Path], *, by_category: bool) -> Iterable[str]:
    """Give the lines of the table; the held-out files, plainly worded and never tuned on, are summed up as well."""
    checker = Checker(house_reader(), house_policy())
    unseen = Tally()
    yield f"{'file':<24}{'abuse caught':>14}{'else left alone':>18}"
    for file in files:
        result = tally(file, checker)
        if file.stem.startswith("held-out"):
            unseen.asked.update(result.asked)
            unseen.right.update(result.right)
        yield f"{file.stem:<24}{result.share('abuse'):>13.1%} {result.share('ok'):>17.1%}"
        if by_category:
            for (want, category), asked in sorted(result.asked.items()):
                yield f"  {want:<6}{category:<24}{result.right[want, category]:>5} of {asked}"
    yield f"{'all held-out':<24}{unseen.share('abuse'):>13.1%} {unseen.share('ok'):>17.1%}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows(FILES, by_category="--by-category" in sys.argv[1:])) + "\n")
