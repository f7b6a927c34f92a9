"""Which patterns are tried on ordinary chat, though they find nothing there: the ones to give rarer words."""

from collections import Counter
from collections.abc import Sequence

from policies.detectors import DetectorSet
from tests.bench.workload import Message

_SHOWN = 15


def busiest(detectors: DetectorSet, messages: Sequence[Message]) -> list[dict[str, object]]:
    """Give the entries whose patterns are tried most often a message, most often first."""
    scanner = detectors._scanner
    tried: Counter[str] = Counter()
    for message in messages:
        folded = detectors.normalise(message.text).folded.text
        for number in scanner._anchors.candidates(folded, [(0, len(folded))]):
            entry, _ = scanner._by_pattern[number]
            tried[f"{entry.lexicon}/{entry.id}"] += 1
    return [
        {"entry": entry, "tries-a-message": round(count / len(messages), 2)}
        for entry, count in tried.most_common(_SHOWN)
    ]
