"""`python -m tests.bench [--quick] [--json]`: time the rules path and say whether its limits are kept."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from importlib import resources
from pathlib import Path

from policies.lexicon import compiled
from policies.lexicon_files import house_detectors, load_stances
from policies.load import house_policy
from policies.mixture_files import house_mixer
from tests.bench.busiest import busiest
from tests.bench.growth import FEW, MANY, halved, house_with_terms, ratio, reading
from tests.bench.report import Limit, Run, as_text, environment, show
from tests.bench.rules_path import STEPS, Cost, RulesPath, summary
from tests.bench.workload import Message, adversarial, chat

_MEDIAN_CHAT, _WORST, _GROWTH, _TWICE_AS_LONG, _COLD, _START = 60.0, 5_000.0, 1.5, 2.4, 20.0, 1.5
_SHOWN = 12
_STARTED_COLD = ("chat", "terms", "random-words", "findings", "all-disguises")


def main(arguments: list[str]) -> int:
    """Time the rules path, write the report and give 1 where a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer messages and rounds: under half a minute")
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    options = parser.parse_args(arguments)
    run = measure(messages=1_000 if options.quick else 5_000, rounds=5 if options.quick else 11)
    show(json.dumps(run.as_json(), indent=2) if options.json else as_text(run))
    return 0 if all(limit.kept for limit in run.limits) else 1


def measure(*, messages: int, rounds: int) -> Run:
    """Take all measurements."""
    detectors = house_detectors()
    stances = load_stances(resources.files("policies.lexicons"))
    policy = house_policy()
    path = RulesPath(detectors, house_mixer(), stances, policy)
    talk = chat(detectors.lexicons, messages)
    baits = list(adversarial(detectors.lexicons))
    for message in (*talk, *baits):
        path.once(message)
    costs = [path.best(message, rounds) for message in talk]
    worst = sorted((path.best(message, rounds) for message in baits), key=lambda cost: -cost.total)
    longer = {
        cost.message.name: ratio(
            reading(detectors, [cost.message]), reading(detectors, [halved(cost.message)]), max(rounds, 7)
        )
        for cost in worst[:_SHOWN]
    }
    ordinary = next(message for message in talk if message.name == "chat" and len(message.text) > 80)
    cold = {message.name: _cold(message) for message in (ordinary, *baits) if message.name in _STARTED_COLD}
    grown = _growth(talk[:1_000], rounds)
    return Run(
        environment=environment(),
        chat=summary(costs),
        by_sort=_by_sort(costs),
        slowest=[_row(cost, longer[cost.message.name]) for cost in worst[:_SHOWN]],
        cold=cold,
        busiest=busiest(detectors, talk),
        limits=(
            Limit("chat (W1), median", statistics.median(cost.total for cost in costs), _MEDIAN_CHAT, "us"),
            Limit(f"worst message of W3 ({worst[0].message.name})", worst[0].total, _WORST, "us"),
            Limit(f"{FEW} to {MANY} terms", round(grown, 2), _GROWTH, "times"),
            Limit("a message of W3 twice as long", round(max(longer.values()), 2), _TWICE_AS_LONG, "times"),
            Limit("first message after a start", round(max(cold.values()), 1), _COLD, "ms"),
            Limit("second start of the reader", _start(), _START, "s"),
        ),
    )


def _growth(talk: list[Message], rounds: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        few = house_with_terms(FEW, Path(folder, "few"))
        many = house_with_terms(MANY, Path(folder, "many"))
    return ratio(reading(many, talk), reading(few, talk), rounds)


def _cold(message: Message) -> float:
    """Give the milliseconds that the first message takes a bot that has just started, as `hustings run` starts it."""
    compiled.cache_clear()
    detectors = house_detectors()
    detectors.warm_up()
    before = time.process_time_ns()
    detectors.find(detectors.normalise(message.text))
    return round((time.process_time_ns() - before) / 1e6, 1)


def _start() -> float:
    """Give the seconds of CPU in which a new process is ready to read, what patterns need being kept."""
    ready = "import time; from policies.lexicon_files import house_reader; house_reader(); print(time.process_time())"
    started = [subprocess.run([sys.executable, "-c", ready], capture_output=True, check=True) for _ in range(4)]
    return round(min(float(run.stdout) for run in started[1:]), 2)


def _by_sort(costs: list[Cost]) -> dict[str, float]:
    sorts: dict[str, list[float]] = defaultdict(list)
    for cost in costs:
        sorts[cost.message.name].append(cost.total)
    return {name: round(statistics.median(totals), 1) for name, totals in sorted(sorts.items())}


def _row(cost: Cost, doubled: float) -> dict[str, object]:
    steps = {name: round(step) for name, step in zip(STEPS[:-1], cost.steps, strict=False)}
    return {"name": cost.message.name, "total": round(cost.total), "steps": steps, "twice-as-long": round(doubled, 2)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
