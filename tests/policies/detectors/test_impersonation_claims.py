"""A claim to be somebody needs an excuse or haste and a demand beside it."""

import pytest

from policies.lexicon_files import house_detectors

DETECTORS = house_detectors()


def claims(text: str) -> bool:
    """Whether the detector of impersonation finds anything."""
    found = DETECTORS.find(DETECTORS.normalise(text))
    return any(f.entry.startswith("impersonation-claims/") for f in found)


def test_a_claim_an_excuse_and_a_demand_together_are_found() -> None:
    assert claims("This is the treasurer from my new number, send me £200 in gift cards urgently")
    assert claims("I am the real party leader, my main account was hacked. Transfer the donations to this account")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("This is the treasurer on my new number, save it please", id="no-demand"),
        pytest.param("Hi, it's your councillor. Send me your questions for Tuesday", id="no-excuse"),
        pytest.param("My phone was stolen, please email me the agenda instead", id="no-claim"),
    ],
)
def test_two_of_the_three_are_ordinary(text: str) -> None:
    assert not claims(text)
