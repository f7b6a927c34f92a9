"""Letters say what a member has to be told, and a mistake in them is told before anybody gets one."""

from importlib import resources

import pytest

from policies.casework.letters import LETTERS, MAY_BE_EMPTY, Letters, LettersError, house_letters, parse_letters

VALUES = {word: f"<{word}>" for wanted in LETTERS.values() for word in wanted.known}


def changed(old: str, new: str) -> list[str]:
    text = resources.files("policies.house").joinpath("letters.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(LettersError) as caught:
        parse_letters(text.replace(old, new, 1).encode(), file="ours.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_an_unknown_placeholder_is_told_with_its_line() -> None:
    (said,) = changed('What we found: {facts}"', 'What we found: {facts} {reporter}"')
    assert said.startswith("ours.yaml:13: letter statement: this letter knows no {reporter}. ")


def test_a_missing_placeholder_is_told() -> None:
    (said,) = changed("until {deadline}: ", ": ")
    assert said == (
        "ours.yaml:9: letter statement: it does not say {deadline}, which the member has to be told."
        " Put it into a paragraph."
    )


def test_every_mistake_is_told_at_once() -> None:
    said = changed("received-target:", "recieved-target:")
    assert len(said) == 2
    assert "there is no letter called 'recieved-target'. Did you mean 'received-target'?" in said[1]
    assert "the letter `received-target` is missing." in said[0]
    (brace,) = changed("{restriction} has ended", "{restriction has ended {restriction}")
    assert "a brace stands alone" in brace


def test_the_shipped_letters_say_everything_that_they_must() -> None:
    letters = house_letters()
    for name, wanted in LETTERS.items():
        whole = str(letters.write(name, VALUES))
        for word in wanted.must:
            assert f"<{word}>" in whole, (name, word)
        assert "{" not in whole


def test_a_letter_without_what_it_must_say_is_not_written() -> None:
    values = {**VALUES, "facts": " "}
    with pytest.raises(ValueError, match="cannot be written without facts"):
        house_letters().write("statement", values)


def test_a_paragraph_about_what_a_member_does_not_have_is_left_out() -> None:
    values = {**VALUES, **dict.fromkeys(MAY_BE_EMPTY, "")}
    whole = str(house_letters().write("statement", values))
    assert "goes outside" not in whole
    assert "<redress>" in whole
    assert "  " not in whole


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    letters = Letters({"received-target": ("{case}", "{case} {organisation} {support}")})
    assert "{organisation}" in str(letters.write("received-target", {**VALUES, "case": "{organisation}"}))
