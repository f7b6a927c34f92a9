"""Segments are what a reader would take for somebody else's words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text.segments import segments, sentences


def apart(text: str) -> list[str]:
    return [text[part.start : part.end] for part in segments(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param('he said "go away" and "now"', ['"go away"', '"now"'], id="double"),
        pytest.param("he said 'go away' to us", ["'go away'"], id="single"),
        pytest.param("don't, won't, can't: the members' vote", [], id="apostrophes"),
        pytest.param("'don't come back' was the text", ["'don't come back'"], id="single-around-apostrophe"),
        pytest.param('he wrote "go away and left', ['"go away and left'], id="forgotten-closing-mark"),
        pytest.param("> first\n> second\nmine", ["> first\n> second"], id="block"),
        pytest.param("see ```the log``` and `this`", ["```the log```", "`this`"], id="code"),
        pytest.param("5 > 3 and 2 < 4", [], id="comparison"),
        pytest.param("no quotes at all", [], id="none"),
    ],
)
def test_quotations_are_found(text: str, parts: list[str]) -> None:
    assert apart(text) == parts


def test_a_full_stop_inside_a_quotation_ends_no_sentence() -> None:
    text = 'He said "Stop. Now." to me. Then he left.'
    assert [text[start:end].strip() for start, end in sentences(text, segments(text))] == [
        'He said "Stop. Now." to me.',
        "Then he left.",
    ]


@given(st.text(alphabet="\"'>` \nab.?!", max_size=200))
def test_parts_are_in_order_and_never_overlap_and_sentences_cover_the_text(text: str) -> None:
    parts = segments(text)
    assert all(one.end <= other.start for one, other in pairwise(parts))
    bounds = sentences(text, parts)
    assert "".join(text[start:end] for start, end in bounds) == text
