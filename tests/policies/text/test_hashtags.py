"""Hashtags and rows of tables are read as the words they hold, and the finding points at them as they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.lexicon_files import house_reader
from policies.text.markup import capitals_apart, out_of_cells
from policies.text.normalise import Normaliser

READER = house_reader()
PLAIN = Normaliser([])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("#IWillBeThere", "#i will be there"),
        ("so #MeetAtTheHall, all", "so #meet at the hall, all"),
        ("#SaveOurNHSNow", "#save our nhs now"),
        ("#see #you #there", " see  you  there"),
        ("| see | you | there |", "  see   you   there  "),
    ],
)
def test_words_that_a_sign_ties_together_are_read_apart(text: str, read: str) -> None:
    assert PLAIN.normalise(text).views[-1].text == read


@pytest.mark.parametrize("text", ["#NHS", "#Labour", "#canvass", "ward #3", "see #Hall and #Door", "a.example/#TheTop"])
def test_a_tag_of_one_word_stays(text: str) -> None:
    assert all(view.name != "untied" for view in PLAIN.normalise(text).views)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lads, #IWillStabYouHalima", "#IWillStabYouHalima"),
        ("#StabHalima", "#StabHalima"),
        ("#I #will #stab #you", "stab #you"),
        ("| I | will | stab | Ravi |", "I | will | stab | Ravi |"),
        ("| Name | Plan |\n| Halima | stab her on Saturday |", "stab her"),
    ],
)
def test_a_threat_is_found_in_them(text: str, words: str) -> None:
    message, assessment = READER.read(text)
    assert words in {message.original[f.span.start : f.span.end] for f in assessment.findings if f.kind == "threat"}


@pytest.mark.parametrize(
    "text",
    [
        "#KillTheBill",
        "#StabTheRoast",
        "#KillBill is on tonight",
        "#StopKillingWomen",
        "#burn #the #calories",
        "| Hang | the | banner |",
        "| Name | Shift |\n| Ravi | kills it at tellers |",
    ],
)
def test_their_look_alikes_are_left(text: str) -> None:
    assert READER.read(text)[1].findings == ()


@given(st.text(alphabet="#AbcDE1 |\n,", max_size=60))
def test_reading_them_keeps_every_span_inside_the_original(text: str) -> None:
    for view in PLAIN.normalise(text).views:
        for start in range(len(view.text)):
            span = view.original_span(start, start + 1)
            assert 0 <= span.start <= span.end <= len(text)


@given(st.text(alphabet="#AbcDE1 |\n,", max_size=60))
def test_what_was_cut_is_cut_for_good(text: str) -> None:
    assert capitals_apart(capitals_apart(text)) == capitals_apart(text)
    assert out_of_cells(out_of_cells(text)) == out_of_cells(text)
