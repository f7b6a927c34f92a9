"""The CPU a message costs on the rules path, in each of its steps: normalise, detect, stance, decide."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from policies.assess import overall
from policies.assessments import Assessment, Context
from policies.decisions import Mode
from policies.detectors import DetectorSet
from policies.evaluate import decide
from policies.mixing import Mixer
from policies.rules import Policy
from policies.stance import StanceReader
from tests.bench.workload import Message

STEPS = ("normalise", "detect", "stance", "decide", "total")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of CPU that one message took, step by step in the order of `STEPS`."""

    message: Message
    steps: tuple[float, ...]

    @property
    def total(self) -> float:
        """Give the whole in microseconds."""
        return self.steps[-1]


class RulesPath:
    """The steps a message goes through, each timed by itself."""

    def __init__(self, detectors: DetectorSet, mixer: Mixer, stances: StanceReader, policy: Policy) -> None:
        self._detectors = detectors
        self._mixer = mixer
        self._stances = stances
        self._policy = policy

    def once(self, message: Message) -> Cost:
        """Take one message through all steps."""
        context = Context()
        normalise, normalised = _timed(lambda: self._detectors.normalise(message.text))
        detect, findings = _timed(lambda: (*self._detectors.find(normalised), *self._mixer.find(normalised)))
        stance = 0.0
        assessment = Assessment(context=context)
        if findings:
            stance, (judged, cues) = _timed(lambda: self._stances.read(normalised, findings, context))
            taken = overall(tuple(finding.stance for finding in judged))
            assessment = replace(assessment, findings=judged, cues=cues, stance=taken)
        decision, _ = _timed(lambda: decide(assessment, self._policy, mode=Mode.ACT))
        steps = (normalise, detect, stance, decision)
        return Cost(message, (*steps, sum(steps)))

    def best(self, message: Message, repeats: int) -> Cost:
        """Give the cheapest of several runs: the others paid for what else the machine did."""
        return min((self.once(message) for _ in range(repeats)), key=lambda cost: cost.total)


def _timed(step: Callable[[], _Answer]) -> tuple[float, _Answer]:
    before = time.process_time_ns()
    answer = step()
    return (time.process_time_ns() - before - _CLOCK_COST) / 1_000, answer


def _clock_cost() -> int:
    """Measure what reading the clock twice costs, so that short steps are not charged for it."""
    gaps = []
    for _ in range(2_000):
        before = time.process_time_ns()
        gaps.append(time.process_time_ns() - before)
    return min(gaps)


_CLOCK_COST = _clock_cost()


def percentile(values: Iterable[float], share: float) -> float:
    """Give the value that a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def summary(costs: Sequence[Cost]) -> dict[str, dict[str, float]]:
    """Give median, mean and 99th percentile of each step, in microseconds."""
    columns = zip(*(cost.steps for cost in costs), strict=True)
    return {
        step: {
            "median": round(statistics.median(values), 1),
            "mean": round(statistics.fmean(values), 1),
            "p99": round(percentile(values, 0.99), 1),
        }
        for step, values in zip(STEPS, columns, strict=True)
    }
