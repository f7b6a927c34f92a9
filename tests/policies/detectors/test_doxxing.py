"""Doxxing: private particulars are weighed by what people are told to do with them."""

import time

import pytest

from policies.detectors import doxxing
from policies.findings import Certainty, Finding
from policies.lexicon_files import house_detectors
from policies.text.normalise import Normalised

HOUSE = house_detectors()


def given_away(text: str) -> list[Finding]:
    """Give what is found of doxxing in a text."""
    return [finding for finding in HOUSE.find(HOUSE.normalise(text)) if finding.kind == "doxxing"]


@pytest.mark.parametrize(
    "particulars",
    [
        pytest.param("07700 900412", id="a-mobile"),
        pytest.param("+44 7700 900412", id="a-mobile-from-abroad"),
        pytest.param("0113 496 0000", id="a-landline"),
        pytest.param("someone@example.com", id="an-e-mail-address"),
        pytest.param("14 Elm Tree Road", id="a-street"),
        pytest.param("9 Heol Fictus", id="a-street-in-wales"),
        pytest.param("LS6 2AB", id="a-postcode"),
        pytest.param("AB12 CDE", id="a-number-plate"),
    ],
)
def test_particulars_with_a_call_to_act_are_given_away(particulars: str) -> None:
    (found, *_) = given_away(f"{particulars}, you know what to do with the traitor")
    assert found.certainty is Certainty.PLAIN


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Ring Priya on 07700 900412 if you can drive people to the polls", id="an-organiser"),
        pytest.param("My number is 07700 900412, ring me all night if you must", id="ones-own"),
        pytest.param("Ring the campaign office on 0113 496 0000 and tell them what you think", id="an-office"),
        pytest.param("Write to jane.smith.mp@parliament.uk and tell her what you think", id="an-mp"),
        pytest.param("020 7219 3000 is the Commons, ring them and tell them what you think", id="parliament"),
        pytest.param("Committee room is 14 Elm Tree Road, pop round for leaflets", id="a-committee-room"),
        pytest.param("Mrs Lal lives at 14 Elm Road and needs a lift to vote", id="a-lift-to-the-polls"),
    ],
)
def test_what_is_meant_to_be_used_is_not_given_away(text: str) -> None:
    assert given_away(text) == []


def test_a_home_address_alone_asks_a_human_and_with_a_call_is_plain() -> None:
    (alone,) = given_away("her home address is 14 Elm Road")
    assert alone.certainty is Certainty.LIKELY
    assert given_away("her home address is 14 Elm Road, pay her a visit")[0].certainty is Certainty.PLAIN


def test_a_call_far_from_the_particulars_does_not_count() -> None:
    between = "The minutes of the last meeting were read and agreed, and the treasurer gave her report. " * 3
    assert given_away(f"He teaches at Hill Primary School. {between} Have fun at the social!") == []


@pytest.mark.parametrize("part", ["1 a", "12 elm ", "a@a.", "07", "flat 1, ", "ab12 cd"])
def test_a_text_twice_as_long_takes_no_more_than_its_share_longer(part: str) -> None:
    # The patterns in the detector itself run under Python's own engine.
    text = part * (2_000 // len(part)) + " you know what to do"

    def cost(message: Normalised) -> float:
        started = time.process_time()
        list(doxxing.find(message, HOUSE.hits(message)["doxxing"]))
        return time.process_time() - started

    once, twice = HOUSE.normalise(text), HOUSE.normalise(text + text)
    assert min(cost(twice) for _ in range(3)) <= 4 * min(cost(once) for _ in range(3)) + 0.002
