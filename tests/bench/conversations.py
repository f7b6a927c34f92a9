"""How many conversations are judged wholly right, and what following them costs.

`python -m tests.bench.conversations` prints both; `--wrong` adds every message with another verdict than wanted,
`--model` asks the classifier that ships as well.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.classifiers.choice import ScorerName
from bot.cli_scorer_option import chosen_scorer
from bot.lines import message_of, person_of
from handlers.checking import Checker
from policies.assessments import Assessment
from policies.conversations.following import Conversations
from policies.conversations.sign_files import house_signs
from policies.conversations.utterances import Utterance
from policies.decisions import Action
from policies.lexicon_files import house_detectors, house_reader
from policies.load import house_policy
from policies.people import Register
from tests.bench.workload import chat

FOLDER = Path(__file__).parents[1] / "corpus" / "conversations"
FILES = tuple(sorted(FOLDER.glob("*.jsonl")))
_MESSAGES = 5_000
_AUTHORS = 40
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """One conversation, and its messages that got another verdict than wanted: id, wanted, got, rules, text."""

    id: str
    about: str
    acts: bool
    wrong: tuple[tuple[str, str, str, str, str], ...]


def conversations(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Give the conversations of files in their order."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def judged(files: Iterable[Path], every: list[dict[str, Any]] | None = None, *, model: bool = False) -> list[Judged]:
    """Judge all conversations, of files or as given, as one stream."""
    every = list(conversations(files)) if every is None else every
    people = [person_of(json.dumps(person).encode()) for talk in every for person in talk.get("people", ())]
    reader = house_reader()
    chosen = chosen_scorer(ScorerName.EMBEDDED if model else ScorerName.NONE, reader)
    checker = Checker(reader, house_policy(), Register(people), score=chosen.score, scorer=chosen.name)
    results = []
    for talk in every:
        wrong = []
        for message in talk["messages"]:
            _, streamed = message_of(json.dumps(message).encode())
            decision = checker.check(streamed).decision
            got = "allow" if decision.action is Action.ALLOW else "act"
            if got != message["want"]:
                rules = ",".join(rule.rule for rule in decision.rules)
                wrong.append((message["id"], message["want"], got, rules, message["text"]))
        acts = any(message["want"] == "act" for message in talk["messages"])
        results.append(Judged(talk["id"], talk["about"], acts, tuple(wrong)))
    return results


def cost() -> tuple[float, float, float]:
    """Give the microseconds of CPU that following adds to a message of chat: median, mean, 99th percentile.

    The stream is heard several times from the start; each message counts with its best time.
    """
    reader, detectors = house_reader(), house_detectors()
    heard = []
    for number, message in enumerate(chat(detectors.lexicons, _MESSAGES)):
        normalised, assessment = reader.read(message.text)
        author = number * 7 % _AUTHORS
        utterance = Utterance(
            id=str(number),
            text=message.text,
            author=str(author),
            author_name=f"{chr(97 + author % 26)}{chr(97 + author // 26)}lda Brightwater",
            channel=str(number % 5),
            reply_to=str(number - 3) if number % 4 == 0 else "",
        )
        heard.append((utterance, normalised.folded.text, assessment))
    rounds = [_once(Conversations(reader, house_signs()), heard) for _ in range(_ROUNDS)]
    times = [min(several) for several in zip(*rounds, strict=True)]
    return statistics.median(times), statistics.fmean(times), statistics.quantiles(times, n=100)[98]


def _once(following: Conversations, heard: list[tuple[Utterance, str, Assessment]]) -> list[float]:
    times = []
    for utterance, folded, assessment in heard:
        before = time.process_time_ns()
        following.hear(utterance, folded, assessment)
        times.append((time.process_time_ns() - before) / 1_000)
    return times


def rows(*, wrong: bool, model: bool) -> Iterator[str]:
    """Give the lines of the table."""
    yield f"{'file':<20}{'conversations':>14}{'wholly right':>14}{'free of acts':>14}{'wholly right':>14}"
    results = judged(FILES, model=model)
    for file in FILES:
        here = [talk for talk in results if talk.id.rpartition("-")[0] == file.stem]
        acting, free = [t for t in here if t.acts], [t for t in here if not t.acts]
        right = (sum(not talk.wrong for talk in some) for some in (acting, free))
        yield f"{file.stem:<20}{len(acting):>14}{next(right):>14}{len(free):>14}{next(right):>14}"
    yield f"all: {sum(not talk.wrong for talk in results)} of {len(results)} wholly right"
    if wrong:
        for talk in results:
            if talk.wrong:
                yield f"{talk.id}: {talk.about}"
                yield from (
                    f"  {name}: wanted {want}, got {got} ({why}): {text}" for name, want, got, why, text in talk.wrong
                )
    median, mean, slowest = cost()
    yield f"following a message of chat: median {median:.1f} us, mean {mean:.1f} us, 99th percentile {slowest:.0f} us"


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows(wrong="--wrong" in sys.argv[1:], model="--model" in sys.argv[1:])) + "\n")
