"""A link is a scam where it lies about whose it is, or where a bait stands beside it."""

import pytest

from policies.findings import Certainty, Finding
from policies.lexicon_files import house_detectors

DETECTORS = house_detectors()


def scams(text: str) -> list[Finding]:
    """Give what the scam detector finds."""
    return [f for f in DETECTORS.find(DETECTORS.normalise(text)) if f.entry.startswith("scam-links/")]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://labour.org.uk.verify-login.com/renew", id="a-party-as-subdomain"),
        pytest.param("https://libdems-donate.xyz/now", id="a-party-with-a-lure"),
        pytest.param("https://dlscord.com/gift", id="one-letter-off"),
        pytest.param("https://раypal.com/login", id="mixed-scripts"),
        pytest.param("https://xn--pypal-4ve.com/login", id="punycode"),
        pytest.param("https://conservatives.com@203.0.113.7/login", id="name-before-the-host"),
    ],
)
def test_an_address_that_lies_is_reported_where_it_stands(link: str) -> None:
    (finding,) = scams(f"please look at {link} today")
    assert finding.span.start == len("please look at ")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Free Discord nitro for the first 100, claim at https://gift-drop.example/x", id="gift"),
        pytest.param("Your membership has been suspended, verify your account https://renew.example/a", id="account"),
        pytest.param("Connect your wallet to claim the airdrop: https://mint.example", id="wallet"),
        pytest.param("Guaranteed returns on crypto, message me on Telegram", id="no-link-but-a-way-to-bite"),
        pytest.param("Your parcel is held, pay the fee at evri-redelivery-uk.com", id="a-carrier-and-more"),
        pytest.param("win an iPhone, claim your prize now bit.ly/3xYz", id="shortener"),
    ],
)
def test_a_bait_with_a_way_to_bite_is_a_scam(text: str) -> None:
    assert scams(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Register to vote at https://www.gov.uk/register-to-vote", id="government"),
        pytest.param("minutes are at bit.ly/branch-minutes", id="shortener-alone"),
        pytest.param("verify your account in the settings page", id="bait-alone"),
        pytest.param("Please confirm your membership at https://members.labour.org.uk/renew", id="a-party-page"),
        pytest.param("Please confirm your membership at https://members.libdems.org.uk/renew", id="another-party-page"),
        pytest.param("Scam alert: do not click https://dlscord.com/gift", id="warning"),
        pytest.param("https://www.youtube.com/watch?v=abc was a good speech", id="video"),
        pytest.param("Forgot the link: https://cllr-jones.example.org/2026/11/minutes", id="the-words-of-any-notice"),
        pytest.param("Book now: https://www.ticketsource.example/branch-social", id="booking"),
        pytest.param("it was lovely.Thanks all.See you soon, refund in the post", id="no-space-behind-a-full-stop"),
        pytest.param("photo.jpg and minutes.docx attached, delivery fee is on the invoice", id="names-of-files"),
        pytest.param("Eventbrite: https://www.eventbrite.co.uk/e/claim-your-free-ticket-1234", id="tickets"),
    ],
)
def test_an_ordinary_link_or_a_warning_passes(text: str) -> None:
    assert scams(text) == []


def test_a_bait_that_says_it_is_no_scam_is_not_taken_for_a_warning() -> None:
    (finding, *_) = scams("Not a scam! Claim your free nitro and double your bitcoin at https://gift.example.xyz/a")
    assert finding.certainty is Certainty.PLAIN
