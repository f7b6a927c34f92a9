"""The detector of dehumanisation tells people from beasts, and a people from persons and parties."""

import pytest

from policies.findings import Category, Certainty, Finding
from policies.lexicon_files import house_detectors

HOUSE = house_detectors()


def dehumanisations(text: str) -> list[Finding]:
    return [finding for finding in HOUSE.find(HOUSE.normalise(text)) if finding.kind == "dehumanisation"]


@pytest.mark.parametrize(
    "group", ["Jews", "Muslims", "Christians", "the English", "Poles", "gays", "white people", "men"]
)
def test_a_people_called_vermin_is_an_identity_attack(group: str) -> None:
    findings = dehumanisations(f"{group} are vermin")
    assert [(f.categories, f.certainty) for f in findings] == [((Category.IDENTITY_ATTACK,), Certainty.PLAIN)]
    assert findings[0].characteristic


@pytest.mark.parametrize("side", ["Tories", "Labour voters", "Remainers", "Brexiteers", "nationalists", "unionists"])
def test_a_party_called_vermin_is_an_insult(side: str) -> None:
    findings = dehumanisations(f"{side} are vermin")
    assert [(f.categories, f.certainty) for f in findings] == [
        ((Category.INSULT, Category.HARASSMENT), Certainty.PLAIN)
    ]


def test_a_person_called_vermin_is_an_insult() -> None:
    assert [f.categories for f in dehumanisations("you are a parasite")] == [(Category.INSULT, Category.HARASSMENT)]


def test_of_them_it_asks_a_human() -> None:
    (finding,) = dehumanisations("they are vermin")
    assert finding.certainty is Certainty.LIKELY
    assert Category.IDENTITY_ATTACK not in finding.categories


def test_they_are_those_whom_the_message_names() -> None:
    (finding,) = dehumanisations("Another boat of Albanians today. I tell you they are parasites")
    assert finding.categories == (Category.IDENTITY_ATTACK,)
    assert finding.characteristic == "east-european"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("pest control is coming about the rats", id="real-rats"),
        pytest.param("racism is a cancer", id="an-evil"),
        pytest.param("what an animal, 400 doors in the rain", id="praise"),
        pytest.param("nobody is vermin, not them and not us", id="denied"),
        pytest.param("Travellers are treated like animals", id="told-of-them"),
    ],
)
def test_beasts_ills_and_denials_are_left_alone(text: str) -> None:
    assert dehumanisations(text) == []
