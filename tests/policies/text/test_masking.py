"""Masking: nothing of a masked word but its first letter, and nothing that upsets what shows it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.findings import Span
from policies.text.masking import DOT, mask


@pytest.mark.parametrize(
    ("text", "spans", "shown"),
    [
        pytest.param("you silly goose", [(4, 15)], "you s•••• g••••", id="each-word-by-its-first-letter"),
        pytest.param("so s***y of you", [(3, 8)], "so s•••• of you", id="masks-of-the-author-go-as-well"),
        pytest.param("you s i l l y", [(4, 13)], "you s • • • •", id="spaced-letters-stay-masked"),
        pytest.param("unsilly", [(2, 7)], "uns••••", id="inside-a-word"),
        pytest.param("silly", [(0, 3), (2, 5)], "s••••", id="overlapping-spans"),
        pytest.param("hello", [], "hello", id="nothing-to-mask"),
        pytest.param("abc", [(-3, 99)], "a••", id="a-span-beyond-the-text"),
        pytest.param("a\u202eb\u200bc\x00d\ud800", [], "abcd", id="invisible-and-control-characters-go"),
        pytest.param("x" * 40, [(0, 40)], "x" + DOT * 12, id="a-long-word-does-not-show-its-length"),
    ],
)
def test_words_are_masked(text: str, spans: list[tuple[int, int]], shown: str) -> None:
    assert mask(text, [Span(*span) for span in spans]) == shown


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert mask("word " * 1_000, [], most=12) == "word word wo…"


def test_a_hundred_thousand_marks_do_not_reach_the_card() -> None:
    assert len(mask("a" + "\u0301" * 100_000, [])) == 5


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=4))
def test_any_text_can_be_shown(text: str, spans: list[tuple[int, int]]) -> None:
    shown = mask(text, [Span(*span) for span in spans])
    shown.encode("utf-8")
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t" for c in shown)


@given(st.text(alphabet="abcdefgh", min_size=2, max_size=20))
def test_a_masked_word_keeps_no_letter_but_the_first(word: str) -> None:
    assert mask(f"so {word} it is", [Span(3, 3 + len(word))]) == f"so {word[0]}{DOT * min(len(word) - 1, 12)} it is"
