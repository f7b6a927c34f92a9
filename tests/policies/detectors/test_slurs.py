"""The slur detector reads whom an ambiguous word is aimed at, and leaves people their own names."""

import pytest

from policies.findings import Aim, Finding
from policies.lexicon_files import house_detectors

HOUSE = house_detectors()


def slurs(text: str) -> list[Finding]:
    return [finding for finding in HOUSE.find(HOUSE.normalise(text)) if finding.kind == "slur"]


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        pytest.param("you dyke", Aim.READER, id="the-reader"),
        pytest.param("shut the fuck up fag", Aim.READER, id="told-off"),
        pytest.param("she's a dyke", Aim.PERSON, id="a-person"),
        pytest.param("that filthy dyke wants to chair it", Aim.PERSON, id="after-a-pointer"),
        pytest.param("they're all dykes", Aim.GROUP, id="a-group"),
    ],
)
def test_an_ambiguous_word_is_a_slur_where_somebody_is_meant(text: str, aim: Aim) -> None:
    assert [finding.aim for finding in slurs(text)] == [aim]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Dyke Road is closed", id="a-road"),
        pytest.param("I'm a dyke and I'm chairing tonight", id="oneself"),
        pytest.param("us queers are meeting at the banner", id="ourselves"),
        pytest.param("a chink of light", id="an-idiom"),
        pytest.param("je serai en retard", id="another-language"),
        pytest.param("chaa pakki ho gayi", id="punjabi"),
        pytest.param("two fags and a lighter", id="cigarettes"),
    ],
)
def test_innocent_senses_and_self_description_are_left_alone(text: str) -> None:
    assert slurs(text) == []


def test_the_characteristic_is_that_of_the_word() -> None:
    assert [finding.characteristic for finding in slurs("no p*kis and no pikeys")] == ["asian", "roma"]


def test_a_masked_slur_is_marked_as_disguised() -> None:
    (finding,) = slurs("get that n****r out")
    assert finding.disguised


def test_a_message_full_of_ambiguous_words_is_read_no_further_than_needed() -> None:
    assert len(slurs("you dyke. " * 500)) <= 60
