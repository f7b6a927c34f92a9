"""Whether the same words get the same verdict and about the same score, whoever they name.

`python -m tests.bench.parity` fills every template of tests/policies/test_parity_grid.py with every name of each
kind and prints the share of decisions that are as for most names, by rules and model together, and how far the
model's scores of `abuse` lie apart within each pair of names; `--worst` adds the pairs farthest apart.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.classifiers.embedded import EmbeddedModel, shipped
from handlers.checking import Checker, StreamedMessage
from policies.findings import Scores
from policies.lexicon_files import house_reader
from policies.load import house_policy
from tests.policies.test_parity_grid import GROUPS, TEMPLATES

CLOSE = 0.05
"""How far two scores may lie apart that are to count as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """What was found: decisions as for most names, and the gaps between scores, the widest first.

    `crossing` counts the pairs of which one score is above the cut of the model and the other below.
    """

    decisions: int
    alike: int
    gaps: Sequence[tuple[float, str, str, str]]
    crossing: int

    @property
    def same(self) -> float:
        """Give the share of decisions that are as for most names of their kind."""
        return self.alike / self.decisions

    @property
    def close(self) -> float:
        """Give the share of pairs whose scores are close."""
        return sum(gap <= CLOSE for gap, *_ in self.gaps) / len(self.gaps)

    @property
    def widest(self) -> float:
        """Give the widest gap."""
        return self.gaps[0][0]


def measure() -> Parity:
    """Judge the whole grid."""
    reader = house_reader()
    model = EmbeddedModel(shipped(), reader.undone)
    known: dict[str, Scores | None] = {}

    def score(texts: Sequence[str]) -> list[Scores | None]:
        return [known[text] if text in known else model.score([text])[0] for text in texts]

    checker = Checker(reader, house_policy(), score=score, scorer=model.name)
    decisions = alike = crossing = 0
    gaps: list[tuple[float, str, str, str]] = []
    for template in TEMPLATES:
        for names in GROUPS.values():
            texts = [template.format(name) for name in names]
            known.update(zip(texts, model.score(texts), strict=True))
            actions = [checker.check(StreamedMessage(id="1", text=text)).decision.action for text in texts]
            decisions += len(actions)
            alike += Counter(actions).most_common(1)[0][1]
            abuse = [scored.abuse if (scored := known[text]) else 0.0 for text in texts]
            for one, other in combinations(range(len(names)), 2):
                gaps.append((abs(abuse[one] - abuse[other]), template, names[one], names[other]))
                crossing += (abuse[one] > 0.5) != (abuse[other] > 0.5)
    gaps.sort(reverse=True)
    return Parity(decisions=decisions, alike=alike, gaps=gaps, crossing=crossing)


def main(arguments: list[str]) -> None:
    """Print what was found."""
    found = measure()
    sys.stdout.write(
        f"{found.same:.2%} of {found.decisions} decisions as for most names of their kind, rules and model together\n"
        f"{found.close:.2%} of {len(found.gaps)} pairs of names at most {CLOSE} apart in the model's score of abuse; "
        f"{found.crossing / len(found.gaps):.2%} on two sides of its cut; widest {found.widest:.2f}\n"
    )
    if "--worst" in arguments:
        for gap, template, one, other in found.gaps[:40]:
            sys.stdout.write(f"  {gap:.2f}  {template}  {one} / {other}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
