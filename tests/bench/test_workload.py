"""The workloads are the same on every run, as chat is and as an attacker would have it."""

import re
from collections import Counter
from pathlib import Path

from policies.lexicon_files import house_detectors
from tests.bench import workload
from tests.bench.workload import DISGUISES, LONGEST, abusive_examples, adversarial, chat

LEXICONS = house_detectors().lexicons


def test_a_seed_gives_the_same_messages_each_time() -> None:
    assert chat(LEXICONS, 200) == chat(LEXICONS, 200)
    assert chat(LEXICONS, 200) != chat(LEXICONS, 200, seed=1)
    assert list(adversarial(LEXICONS)) == list(adversarial(LEXICONS))


def test_chat_has_its_share_of_abuse_of_disguise_and_of_mentions() -> None:
    sorts = Counter(message.name for message in chat(LEXICONS, 20_000))
    abusive = sum(count for name, count in sorts.items() if name.startswith("abuse"))
    assert 0.025 < abusive / 20_000 < 0.035
    assert 0.35 < 1 - sorts["abuse-plain"] / abusive < 0.45
    assert 0.045 < sorts["mention"] / 20_000 < 0.055
    assert {f"abuse-{name}" for name, _ in DISGUISES} < set(sorts)


def test_chat_is_as_long_as_chat_is() -> None:
    lengths = sorted(len(message.text) for message in chat(LEXICONS, 5_000) if message.name == "chat")
    assert 45 < lengths[len(lengths) // 2] < 70
    assert 380 < lengths[int(len(lengths) * 0.99)] < 700


def test_every_message_built_to_be_slow_has_the_full_length_and_a_name_of_its_own() -> None:
    messages = list(adversarial(LEXICONS))
    assert {len(message.text) for message in messages} == {LONGEST}
    assert len({message.name for message in messages}) == len(messages) > 40


def test_the_file_itself_holds_no_abuse() -> None:
    source = Path(workload.__file__).read_text(encoding="utf-8").lower()
    hard = {term for lx in LEXICONS if lx.name == "slurs" for entry in lx.entries for term in entry.terms}
    words = set(re.findall(r"[a-z]{4,}", source))
    assert hard & words <= {"black", "slope", "trap"}
    assert not any(text.lower() in source for text in abusive_examples(LEXICONS) if len(text) > 12)
