"""Intimidation: a demand and its menace are put together; lawful consequences and lone halves are not."""

import pytest

from policies.findings import Finding
from policies.lexicon_files import house_detectors

HOUSE = house_detectors()


def coercions(text: str) -> list[Finding]:
    """Give what is found of intimidation in a text."""
    return [finding for finding in HOUSE.find(HOUSE.normalise(text)) if finding.kind == "intimidation"]


@pytest.mark.parametrize(
    ("demand", "menace"),
    [
        pytest.param("Drop the complaint", "or else", id="in-one-clause"),
        pytest.param("Withdraw your nomination.", "You'll never work in this town again.", id="over-a-full-stop"),
        pytest.param("If you give evidence,", "your wife finds out", id="a-condition"),
        pytest.param("Keep talking to that reporter and", "everyone hears about your arrest", id="a-course-of-action"),
        pytest.param("Lovely shop you've got.", "Be a shame if the council pulled your licence", id="a-possession"),
    ],
)
def test_a_demand_and_its_menace_are_one_finding(demand: str, menace: str) -> None:
    text = f"{demand} {menace}"
    assert any(text[f.span.start : f.span.end].strip() for f in coercions(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Drop the complaint", id="a-demand-alone"),
        pytest.param("or else we order pizza", id="a-consequence-alone"),
        pytest.param("Withdraw the motion or we will vote it down", id="a-vote"),
        pytest.param("Apologise or I make a formal complaint to the standards committee", id="a-complaint"),
        pytest.param("Resign or face a trigger ballot", id="a-ballot"),
        pytest.param("Support the claim or we strike", id="a-strike"),
        pytest.param("If you vote for the cuts we will stand a candidate against you", id="a-candidate"),
    ],
)
def test_politics_is_no_coercion(text: str) -> None:
    assert coercions(text) == []


def test_halves_that_are_far_apart_stay_apart() -> None:
    between = "We had a long talk about the gazebo, the rota, the urn, the raffle, the hall and the new leaflets. "
    assert coercions(f"Keep quiet in the reading room, please. {between * 2}See you there or else!") == []


@pytest.mark.parametrize("party", ["Labour", "the Tories", "Reform", "the Greens", "the SNP", "Plaid", "the Lib Dems"])
def test_the_same_menace_weighs_the_same_in_every_party(party: str) -> None:
    assert coercions(f"Withdraw from the {party} selection tonight or we publish your private messages")
    assert coercions(f"We will vote against the {party} candidate and say why") == []
