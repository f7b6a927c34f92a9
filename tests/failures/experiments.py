"""The experiments by name, each in a quick and in a full form."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.failures import deliveries, faults, files, power, processes, soak
from tests.failures.finding import Found

Run = Callable[[Path], Awaitable[Found]]


@dataclass(frozen=True, slots=True)
class Experiment:
    """One way to fail; `quick` takes a few seconds, `full` some minutes."""

    quick: Run
    full: Run


EVERY = range(1, 201)
FEW = (1, 3, 9, 27)

EXPERIMENTS = {
    "power-cut": Experiment(
        lambda folder: power.cut_power(folder, cuts=25),
        lambda folder: power.cut_power(folder, cuts=2_000),
    ),
    "power-cut-normal": Experiment(
        lambda folder: power.cut_power(folder, cuts=10, synchronous=power.NORMAL),
        lambda folder: power.cut_power(folder, cuts=300, synchronous=power.NORMAL),
    ),
    "write-fails": Experiment(
        lambda folder: faults.fail_once(folder, "write", FEW),
        lambda folder: faults.fail_once(folder, "write", EVERY),
    ),
    "write-fails-at-start": Experiment(
        lambda folder: faults.fail_once(folder, "write", (1, 40, 120), at_start=True),
        lambda folder: faults.fail_once(folder, "write", EVERY, at_start=True),
    ),
    "sync-fails": Experiment(
        lambda folder: faults.fail_once(folder, "sync", FEW),
        lambda folder: faults.fail_once(folder, "sync", EVERY, incidents=125),
    ),
    "syncs-fail-in-a-row": Experiment(
        lambda folder: faults.fail_once(folder, "sync", (4, 12, 30), times=3),
        lambda folder: faults.fail_once(folder, "sync", EVERY, times=3, incidents=40),
    ),
    "disk-full": Experiment(
        lambda folder: faults.fail_once(folder, "write", (3, 30), faults.full, times=20),
        lambda folder: faults.fail_once(folder, "write", EVERY, faults.full, times=20),
    ),
    "torn-log": Experiment(
        lambda folder: files.tear_logs(folder, truncations=8, flips=8),
        lambda folder: files.tear_logs(folder, truncations=300, flips=300),
    ),
    "bit-rot": Experiment(
        lambda folder: files.rot(folder, flips=12),
        lambda folder: files.rot(folder, flips=500),
    ),
    "deliveries": Experiment(
        lambda folder: deliveries.deliver(folder, events=200),
        lambda folder: deliveries.deliver(folder, events=10_000),
    ),
    "kill": Experiment(
        lambda folder: processes.kill(folder, kills=2),
        lambda folder: processes.kill(folder, kills=100),
    ),
    "processes": Experiment(
        lambda folder: processes.contend(folder, seconds=3),
        lambda folder: processes.contend(folder, seconds=300),
    ),
    "soak": Experiment(
        lambda folder: soak.soak(folder, seconds=4, whole=False),
        lambda folder: soak.soak(folder, seconds=1_800, whole=True),
    ),
}
