"""What the model is given to read: words only, disguise undone, long texts in parts."""

from collections.abc import Sequence

import pytest

from bot.classifiers.wording import plain, readings, windows


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("<@12345> and @ann.b see https://a.example/x?y=1", "@user and @user see link", id="links"),
        pytest.param("write to ann@example.org in <#42>", "write to email in #channel", id="addresses"),
        pytest.param("well done :clap: <:party_rose:998>", "well done clap party rose", id="emoji-codes"),
        pytest.param("bring 🔪 and 🍰", "bring kitchen knife and shortcake", id="emoji-by-name"),
        pytest.param("ratio 3:4: fine", "ratio 3:4: fine", id="colons-alone"),
        pytest.param("Café   crème", "Café crème", id="accents-stay"),
    ],
)
def test_ids_addresses_and_emoji_become_words(text: str, read: str) -> None:
    assert plain(text) == read


def test_an_emoji_sequence_is_one_thing() -> None:
    assert plain("👩‍🚒") == "woman firefighter"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("`see you at seven`", "see you at seven", id="code-from-end-to-end"),
        pytest.param("```\nsee you at seven\n```", "see you at seven", id="a-block"),
        pytest.param("he wrote `see you` again", "he wrote `see you` again", id="code-in-a-sentence"),
        pytest.param("| see | you | at | seven |", "see you at seven", id="a-word-a-cell"),
        pytest.param("| Ann | takes the door |", "Ann , takes the door", id="words-in-cells"),
        pytest.param("yes | no", "yes | no", id="no-table"),
    ],
)
def test_marks_around_all_that_is_said_are_not_read(text: str, read: str) -> None:
    assert plain(text) == read


def test_a_text_that_hides_nothing_is_read_once() -> None:
    assert readings("See you at Seven", str.lower) == ("See you at Seven",)


def test_a_disguised_text_is_read_both_ways() -> None:
    assert readings("you 1d10t", lambda text: text.replace("1d10t", "idiot")) == ("you 1d10t", "you idiot")


def _words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def test_words_that_are_only_cut_are_read_in_no_other_way() -> None:
    cut = {"#stopthewar": "#stop the war", "come along, #stopthewar!": "come along, #stop the war!"}
    assert readings("#StopTheWar", lambda text: cut[text.lower()]) == ("#stop the war",)
    assert readings("Come along, #StopTheWar!", lambda text: cut[text.lower()]) == ("Come along, #stop the war!",)


def test_beside_other_disguise_a_run_is_cut_in_both_readings() -> None:
    assert readings("1d10t #StopTheWar", lambda _: "idiot #stop the war") == (
        "1d10t #stop the war",
        "idiot #stop the war",
    )


def test_a_short_text_is_one_window() -> None:
    assert windows("One. Two. Three.", _words, 10) == ["One. Two. Three."]


def test_a_long_text_is_cut_at_its_sentences_and_nothing_is_lost() -> None:
    text = "One two three. Four five. Six seven eight nine. Ten."
    parts = windows(text, _words, 5)
    assert parts == ["One two three. Four five.", "Six seven eight nine. Ten."]


def test_a_sentence_without_end_is_cut_at_words() -> None:
    parts = windows(" ".join(f"w{n}" for n in range(23)), _words, 5)
    assert " ".join(parts).split() == [f"w{n}" for n in range(23)]
    assert all(len(part.split()) <= 5 for part in parts)
