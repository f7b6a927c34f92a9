"""Writing a run down: where it ran, what it measured, against which limits; as a table or as JSON."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

_LIBRARIES = ("google-re2", "ahocorasick-rs", "common-expression-language")


@dataclass(frozen=True, slots=True)
class Limit:
    """One promise about speed: what was measured, what it may be, in which unit."""

    name: str
    measured: float
    limit: float
    unit: str

    @property
    def kept(self) -> bool:
        """Whether the measurement is within the limit."""
        return self.measured <= self.limit


@dataclass(frozen=True, slots=True)
class Run:
    """All that one run of the suite found."""

    environment: Mapping[str, str]
    chat: Mapping[str, Mapping[str, float]]
    by_sort: Mapping[str, float]
    slowest: Sequence[Mapping[str, object]]
    cold: Mapping[str, float]
    busiest: Sequence[Mapping[str, object]]
    limits: Sequence[Limit]

    def as_json(self) -> dict[str, object]:
        """Give the run for machines."""
        return {**asdict(self), "limits": [{**asdict(limit), "kept": limit.kept} for limit in self.limits]}


def environment() -> dict[str, str]:
    """Say where this ran."""
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "processor": _processor(),
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "libraries": ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    except OSError:
        return platform.processor() or "unknown"


def _commit() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, timeout=10
    )
    return asked.stdout.strip() or "unknown"


def as_text(run: Run) -> str:
    """Give the run for people."""
    lines = [f"{name:12} {value}" for name, value in run.environment.items()]
    lines += ["", "Chat (W1), microseconds of CPU a message", f"{'':12}{'median':>9}{'mean':>9}{'p99':>9}"]
    for step, figures in run.chat.items():
        lines.append(f"{step:12}{figures['median']:9.1f}{figures['mean']:9.1f}{figures['p99']:9.1f}")
    lines += ["", "Median by sort of message: " + ", ".join(f"{k} {v:.0f}" for k, v in run.by_sort.items())]
    lines += ["", "Slowest 4,000-character messages (W3), microseconds of CPU"]
    for row in run.slowest:
        lines.append(f"{row['name']!s:20}{row['total']!s:>9}   {row['steps']}")
    lines += ["", "Cold: " + ", ".join(f"{name} {value:.1f} ms" for name, value in run.cold.items())]
    lines += ["Entries whose patterns are tried most on chat, tries a message:"]
    lines += ["  " + ", ".join(f"{row['entry']} {row['tries-a-message']}" for row in run.busiest), ""]
    for limit in run.limits:
        word = "kept  " if limit.kept else "BROKEN"
        lines.append(f"{word} {limit.name}: {limit.measured:g} {limit.unit} (at most {limit.limit:g})")
    return "\n".join(lines)


def show(text: str) -> None:
    """Write a report to standard output."""
    sys.stdout.write(text + "\n")
