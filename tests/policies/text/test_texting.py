"""Text-speak is read as it is spelt, where a message shows that it is written so, and nowhere else."""

import pytest

from policies.lexicon_files import house_reader

READER = house_reader()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("im goin 2 kill u n ur kidz", "i'm going to kill you and your kids"),
        ("gna see u 2moro b4 da count m8", "going to see you tomorrow before the count mate"),
        ("we no wer u liv", "we know where you live"),
        ("can some1 giv me a lift 2 the hall", "can someone give me a lift to the hall"),
        ("any1 got 2", "anyone got 2"),
        ("m8 that c u n t ed it", "mate that cunt ed it"),
    ],
)
def test_a_message_in_text_speak_is_read_as_it_is_spelt(text: str, read: str) -> None:
    assert READER.undone(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "we have 2 spare tickets 4 sale",
        "see room b and table 4, pages 2 n 3",
        "no u r wrong about the motion",
        "the vote is no where it was",
        "mail m8@example.org or see https://example.org/gna/2moro",
    ],
)
def test_numbers_letters_and_addresses_stay_what_they_are(text: str) -> None:
    assert all(view.name != "texted" for view in READER.read(text)[0].views)


def test_a_finding_points_at_the_words_as_they_were_typed() -> None:
    message, assessment = READER.read("oi m8 im goin 2 kil u")
    spans = {message.original[found.span.start : found.span.end] for found in assessment.findings}
    assert any(words.endswith("kil u") for words in spans)


@pytest.mark.parametrize(
    "text",
    ["im goin 2 k1LL u n ur kidz", "i wil kil u", "we gna burn ur hous down", "kil urself m8", "we no wer u liv"],
)
def test_a_threat_in_text_speak_is_found_without_a_classifier(text: str) -> None:
    assert READER.read(text)[1].used
