"""What a score of the shipped classifier costs.

`python -m tests.bench.classifier` prints it, for messages of party life one at a time and sixteen together.
"""

import json
import statistics
import sys
import time

from bot.classifiers.embedded import EmbeddedModel, shipped
from policies.lexicon_files import house_reader
from tests.bench.detection import FILES

_WORDS = range(17, 22)
"""Words of the messages that are timed one by one; about 25 tokens."""
_TOGETHER = 16
_MOST = 300


def main() -> None:
    """Print the milliseconds of CPU a message takes."""
    model = EmbeddedModel(shipped(), house_reader().undone)
    texts = [json.loads(line)["text"] for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
    model.score(texts[:_TOGETHER])
    alone = [_milliseconds(model, [text]) for text in texts if len(text.split()) in _WORDS][:_MOST]
    batches = [texts[start : start + _TOGETHER] for start in range(0, _MOST, _TOGETHER)]
    together = [_milliseconds(model, batch) / len(batch) for batch in batches]
    sys.stdout.write(
        f"{model.name}, CPU a message\n"
        f"{_WORDS.start} to {_WORDS.stop - 1} words, one at a time: median {statistics.median(alone):.1f} ms\n"
        f"all lengths, {_TOGETHER} at a time: mean {statistics.mean(together):.1f} ms\n"
    )


def _milliseconds(model: EmbeddedModel, texts: list[str]) -> float:
    before = time.process_time()
    model.score(texts)
    return (time.process_time() - before) * 1e3


if __name__ == "__main__":
    main()
