"""A hint is a call to pile on only where somebody is pointed out."""

import pytest

from policies.lexicon_files import house_detectors

DETECTORS = house_detectors()


def calls(text: str) -> list[str]:
    """Give the entries that the detector of calls to pile on finds."""
    found = DETECTORS.find(DETECTORS.normalise(text))
    return [f.entry for f in found if f.entry.startswith("pile-on-calls/")]


@pytest.mark.parametrize(
    "text", ["<@U024BE7LH> is at it again, you know what to do lads", "@janedoe again. Do your thing folks"]
)
def test_a_hint_with_somebody_pointed_out_is_a_call(text: str) -> None:
    assert calls(text) == ["pile-on-calls/you-know-what-to-do"]


@pytest.mark.parametrize(
    "text", ["polls open at 7, you know what to do lads", "Ask @janedoe, she will tell you what to do"]
)
def test_a_hint_without_a_target_or_a_crowd_is_none(text: str) -> None:
    assert calls(text) == []
