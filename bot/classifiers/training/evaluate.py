"""Judging a model on labelled texts: how well it ranks, what it catches at its cut, with confidence intervals."""

import codecs
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.classifiers.training.rows import ABUSIVE, Row
from policies.findings import Scores

Score = Callable[[Sequence[str]], list[Scores | None]]
_Z = 1.959964
"""Standard deviations within which 95 % of a normal distribution lie."""
_LONGEST_SHOWN = 40

FALSE_ALARMS = 0.03
"""Share of held-back rows that are no abuse and may be flagged: where the shipped cut is put."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of some rows with its 95 % interval after Wilson (1927), which also holds for a handful of rows."""

    right: int
    asked: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Give the share, 0 to 1."""
        return self.right / self.asked if self.asked else 0.0

    def __str__(self) -> str:
        if not self.asked:
            return "there were none"
        return f"{self.value:.1%} of {self.asked} ({self.low:.1%} to {self.high:.1%})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a model makes of labelled texts: `unread` ones are in a language that it does not know."""

    ranking: float
    caught: Share
    left_alone: Share
    by_kind: Mapping[str, Share]
    unread: int

    @property
    def accuracy(self) -> float:
        """Give the share of rows judged rightly, 0 to 1."""
        asked = self.caught.asked + self.left_alone.asked
        return (self.caught.right + self.left_alone.right) / asked if asked else 0.0

    @property
    def macro_f1(self) -> float:
        """Give the mean of the F1 of what is abuse and that of what is not, 0 to 1, as functional suites are scored."""
        wrong = self.caught.asked - self.caught.right + self.left_alone.asked - self.left_alone.right
        return (_f1(self.caught.right, wrong) + _f1(self.left_alone.right, wrong)) / 2


def judge(rows: Sequence[Row], score: Score, *, cut: float = 0.5) -> Judged:
    """Score every row and compare `abuse` with what the row is; an unread text counts as not caught."""
    answers = score([row.text for row in rows])
    values = [answer.abuse if answer else 0.0 for answer in answers]
    bad = [row.labels.get("abuse") == 1.0 for row in rows]
    flagged = [value >= cut for value in values]
    kinds: dict[str, list[bool]] = {}
    for row, is_bad, flag in zip(rows, bad, flagged, strict=True):
        kinds.setdefault(row.kind, []).append(flag == is_bad)
    return Judged(
        ranking=ranking(values, bad),
        caught=share([f for f, b in zip(flagged, bad, strict=True) if b]),
        left_alone=share([not f for f, b in zip(flagged, bad, strict=True) if not b]),
        by_kind={kind: share(right) for kind, right in sorted(kinds.items(), key=lambda item: item[0] not in ABUSIVE)},
        unread=sum(answer is None for answer in answers),
    )


def _f1(right: int, wrong: int) -> float:
    return 2 * right / (2 * right + wrong) if right else 0.0


def ranking(values: Sequence[float], bad: Sequence[bool]) -> float:
    """Give the chance that an abusive text scores above another one (the area under the ROC curve).

    Where one of the two is not there it is 0.
    """
    order = sorted(zip(values, bad, strict=True))
    ranks, place = 0.0, 0
    while place < len(order):
        end = place
        while end < len(order) and order[end][0] == order[place][0]:
            end += 1
        ranks += sum(b for _, b in order[place:end]) * (place + end + 1) / 2
        place = end
    positive = sum(bad)
    negative = len(bad) - positive
    if not positive or not negative:
        return 0.0
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def share(right: Sequence[bool]) -> Share:
    """Give the share of true values, with its interval."""
    many, hits = len(right), sum(right)
    if not many:
        return Share(0, 0, 0.0, 0.0)
    middle = (hits + _Z * _Z / 2) / (many + _Z * _Z)
    reach = _Z * math.sqrt(hits * (many - hits) / many + _Z * _Z / 4) / (many + _Z * _Z)
    return Share(hits, many, max(0.0, middle - reach), min(1.0, middle + reach))


def cut_for(values: Iterable[float], bad: Iterable[bool], *, alarms: float) -> float:
    """Give the lowest cut at which at most a share `alarms` of what is no abuse is flagged."""
    calm = sorted((value for value, is_bad in zip(values, bad, strict=True) if not is_bad), reverse=True)
    if not calm:
        return 0.5
    allowed = int(len(calm) * alarms)
    return calm[min(allowed, len(calm) - 1)] + 1e-6


def between(scores: Iterable[float]) -> list[float]:
    """Give the thresholds that part scores differently: 0, the middles between neighbours, and one above them all."""
    found = sorted(set(scores))
    return [
        0.0,
        *(round((low + high) / 2, 6) for low, high in pairwise(found)),
        (found[-1] + 1.0) / 2 if found else 1.0,
    ]


def labelled(path: Path, by: Sequence[str] = ()) -> tuple[list[Row], list[str]]:
    """Read an evaluation file: JSON Lines with `text` and `want` (abuse or ok).

    Gives the rows, their kind told by the fields named in `by`, and a sentence for each line that is none.
    """
    rows: list[Row] = []
    wrong: list[str] = []
    for number, line in enumerate(path.read_bytes().removeprefix(codecs.BOM_UTF8).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line.decode("utf-8"))
            text, want = told["text"], told["want"]
        except UnicodeDecodeError as error:
            wrong.append(f"{path}:{number}: byte {error.start + 1} is no UTF-8; save the file as UTF-8")
            continue
        except (ValueError, KeyError, TypeError, RecursionError):
            text, want = None, "ok"
        if not isinstance(text, str):
            wrong.append(f'{path}:{number}: this is no labelled message; write {{"text": "hello", "want": "ok"}}')
            continue
        if want not in ("abuse", "ok"):
            wrong.append(f'{path}:{number}: `want` is {_shown(want)}; write "abuse" or "ok"')
            continue
        kind = ": ".join(str(told.get(name, "none")) for name in by)
        rows.append(Row(text=text, labels={"abuse": float(want == "abuse")}, source=path.stem, kind=kind))
    return rows, wrong


def _shown(value: object) -> str:
    """Give a value as it stands in the file, but for the end of a long one."""
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."
