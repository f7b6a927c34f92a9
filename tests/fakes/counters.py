"""Counters that a test can look at."""

from collections import Counter


class MemoryCounters:
    """Counts in memory."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter."""
        self.counted[name] += amount
