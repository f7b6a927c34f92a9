"""Long messages: what is harmless is read to its end, what is packed with abuse costs little more than that."""

import json
import random
from pathlib import Path

import pytest
import yaml

from policies.lexicon_files import house_detectors
from tests.bench.growth import ratio, reading
from tests.bench.workload import Message, adversarial

HOUSE = house_detectors()
CORPORA = Path(__file__).parents[1] / "corpus"
SPEECH = """
Friends, the last government let 906,000 people come in one year and told us that nothing could be done. I say
immigration must fall, the boats must stop, and anyone who breaks the law here should be deported once a court has
said so. Others on this stage will call that cruel; I respect them, and I think that they are wrong. Our Muslim and
Jewish neighbours are afraid, and each attack on a mosque or a synagogue is an attack on all of us. The killing in
Gaza must end and the hostages must come home. We will fight for every vote, we will beat Labour in the north and
the Tories in the south, and we will bury this rotten budget. The minister is a failure who should resign. Police
numbers were slashed, knife crime went up, and three girls were murdered while he talked about targets. Trans people
deserve safety, women deserve their own spaces, and grown-ups can talk about both without shouting. Abortion is
legal, prayer is legal, and so is protest. I hate what has been done to our hospitals: my mother waited nineteen
hours on a trolley, and nobody came. So go home tonight, ring your neighbour, knock on a door, and tell them where
we stand.
"""
"""Lawful talk that touches all that abuse touches."""


def harmless_rows() -> list[str]:
    """Give the rows of the corpora that are to be let through."""
    rows = [
        row["text"]
        for file in sorted(CORPORA.glob("*.yaml"))
        for row in yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)
        if row["want"] == "pass"
    ]
    for file in sorted(CORPORA.glob("party_life/*.jsonl")):
        told = map(json.loads, file.read_text("utf-8").splitlines())
        rows += [row["text"] for row in told if row["want"] == "ok"]
    return rows


def test_a_long_speech_is_read_whole() -> None:
    assert HOUSE.read(HOUSE.normalise((SPEECH * 5)[:4_000]))[1]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_harmless_is_read_whole_however_much_of_it_stands_in_one_message(seed: int) -> None:
    rows = harmless_rows()
    assert len(rows) > 2_000
    random.Random(seed).shuffle(rows)
    text = "\n".join(rows)
    for start in range(0, len(text) - 4_000, 40_000):
        assert HOUSE.read(HOUSE.normalise(text[start : start + 4_000]))[1]


@pytest.mark.bench
@pytest.mark.parametrize("name", ["findings", "short-findings", "halves", "leet", "reported-quotes"])
def test_a_message_packed_with_abuse_costs_little_more_than_one_of_harmless_rows(name: str) -> None:
    packed = next(message for message in adversarial(HOUSE.lexicons) if message.name == name)
    rows = harmless_rows()
    random.Random(1).shuffle(rows)
    harmless = Message("harmless", "\n".join(rows)[:4_000])
    assert ratio(reading(HOUSE, [packed]), reading(HOUSE, [harmless]), 7) <= 3
