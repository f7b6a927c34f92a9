"""What is said of beasts is told from what is said of people."""

import pytest

from policies.lexicon_files import house_detectors

HOUSE = house_detectors()
VIOLENCE = ("threats/", "death-wishes/", "coded-antisemitism/")


def violence(text: str) -> set[str]:
    """Give the entries of violence that find something in a text."""
    return {found.entry for found in HOUSE.find(HOUSE.normalise(text)) if found.entry.startswith(VIOLENCE)}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Stop the badger cull! They want to gas them.", id="badgers"),
        pytest.param("The council is after the pigeons. They want to gas them all by spring.", id="pigeons"),
        pytest.param("The farmers came about the moles. Gas them, he said.", id="moles"),
    ],
)
def test_beasts_named_just_before_are_them(text: str) -> None:
    assert not violence(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("They want to gas them.", id="nobody-named"),
        pytest.param("Cull the badgers? Cull the Jews. Gas them all.", id="people-beside-beasts"),
        pytest.param("The council feeds these migrants like pigeons. Gas them all.", id="people-likened-to-beasts"),
        pytest.param("We kept pigeons. Gas them all.", id="beasts-that-nobody-argues-about"),
    ],
)
def test_people_are_never_taken_for_beasts(text: str) -> None:
    assert violence(text)
