"""The examples that stand beside each entry of a lexicon do what the lexicon says of them."""

import pytest

from policies.detectors import DETECTORS
from policies.lexicon import Entry
from policies.lexicon_files import house_detectors

HOUSE = house_detectors()
FIND = {detector.LEXICON: detector.find for detector in DETECTORS}
ENTRIES = [entry for lexicon in HOUSE.lexicons if lexicon.name in FIND for entry in lexicon.entries]


def _rows(which: str) -> list[object]:
    return [
        pytest.param(entry, text, id=f"{entry.lexicon}/{entry.id}/{number}")
        for entry in ENTRIES
        for number, text in enumerate(getattr(entry, which), 1)
    ]


def _found(entry: Entry, text: str) -> list[str]:
    message = HOUSE.normalise(text)
    findings = FIND[entry.lexicon](message, HOUSE.hits(message).get(entry.lexicon, ()))
    name = f"{entry.lexicon}/{entry.id}"
    return [text[finding.span.start : finding.span.end] for finding in findings if finding.entry == name]


@pytest.mark.parametrize(("entry", "text"), _rows("hits"))
def test_an_entry_finds_its_own_examples(entry: Entry, text: str) -> None:
    assert _found(entry, text)


@pytest.mark.parametrize(("entry", "text"), _rows("passes"))
def test_an_entry_leaves_its_look_alikes(entry: Entry, text: str) -> None:
    assert _found(entry, text) == []


@pytest.mark.parametrize("name", FIND)
def test_every_lexicon_has_examples_of_both_kinds(name: str) -> None:
    entries = [entry for entry in ENTRIES if entry.lexicon == name]
    assert any(entry.hits for entry in entries)
    assert any(entry.passes for entry in entries)
