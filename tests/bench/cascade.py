"""Which way messages take: who leaves early, who is shown to the model, and on whose word something is done.

`python -m tests.bench.cascade` counts it on every file of messages from party life, and on ordinary chat.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable

from bot.classifiers.embedded import EmbeddedModel, shipped
from handlers.checking import Checker, StreamedMessage
from handlers.classify import worth_scoring
from policies.decisions import Action
from policies.lexicon_files import house_detectors, house_reader
from policies.load import house_policy
from tests.bench.detection import FILES
from tests.bench.workload import chat

WAYS = ("left early", "rules alone", "no score", "doubted", "by both", "by rules", "by model", "nothing")
"""Not shown to the model, nothing done; the same, and the rules acted; a language that the model does not know; shown,
and the model's doubt undid what rules alone would have done; both alone would act; rules would, the model not; only the
model; neither."""

_CHAT = 2_000


def shares(texts: Iterable[str]) -> Counter[str]:
    """Count the ways that messages take, each judged by itself."""
    reader, policy = house_reader(), house_policy()
    model = EmbeddedModel(shipped(), reader.undone)
    alone = Checker(reader, policy)
    both = Checker(reader, policy, score=model.score, scorer=model.name)
    ways: Counter[str] = Counter()
    for text in texts:
        by_rules = alone.check(StreamedMessage(id="1", text=text)).decision.action is not Action.ALLOW
        if not worth_scoring(text):
            ways["rules alone" if by_rules else "left early"] += 1
            continue
        checked = both.check(StreamedMessage(id="1", text=text))
        acted = checked.decision.action is not Action.ALLOW
        scores = checked.assessment.scores
        if scores is None:
            ways["no score"] += 1
        elif by_rules and not acted:
            ways["doubted"] += 1
        elif by_rules:
            ways["by both" if scores.abuse > 0.5 else "by rules"] += 1
        else:
            ways["by model" if acted else "nothing"] += 1
    return ways


def main() -> None:
    """Print the table."""
    sys.stdout.write(f"{'':<22}{'messages':>9}" + "".join(f"{way:>13}" for way in WAYS) + "\n")
    rows = {
        file.stem: [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
        for file in FILES
    }
    rows["chat (W1)"] = [message.text for message in chat(house_detectors().lexicons, _CHAT)]
    for name, texts in rows.items():
        ways = shares(texts)
        sys.stdout.write(
            f"{name:<22}{len(texts):>9}" + "".join(f"{ways[way] / len(texts):>13.1%}" for way in WAYS) + "\n"
        )


if __name__ == "__main__":
    main()
