"""Insults count only where they are aimed at somebody, and are graded by the words themselves."""

import pytest

from policies.findings import Aim, Certainty, Finding
from policies.lexicon_files import house_detectors

DETECTORS = house_detectors()


def insults(text: str) -> list[Finding]:
    """Give what the insult detector finds."""
    return [f for f in DETECTORS.find(DETECTORS.normalise(text)) if f.entry.startswith("insults/")]


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        pytest.param("You absolute moron", Aim.READER, id="vocative"),
        pytest.param("You're a pathetic worthless traitor", Aim.READER, id="predicate"),
        pytest.param("Are you a complete moron?", Aim.READER, id="question"),
        pytest.param("Learn to read, moron.", Aim.READER, id="address-at-the-end"),
        pytest.param("Moron, learn to read", Aim.PERSON, id="address-at-the-beginning"),
        pytest.param("<@U024BE7LH> absolute bellend", Aim.READER, id="after-a-mention"),
        pytest.param("scum like you should not be allowed to stand", Aim.READER, id="scum-like-you"),
        pytest.param("she saw him for the coward he is, a lying bastard", Aim.PERSON, id="the-coward-he-is"),
        pytest.param("Starmer is a wanker", Aim.PERSON, id="a-name"),
        pytest.param("our candidate is a wanker", Aim.PERSON, id="an-office"),
        pytest.param("that fat cow on the exec", Aim.PERSON, id="pointed-at"),
        pytest.param("what a bastard he is", Aim.PERSON, id="exclaimed"),
        pytest.param("Tories are scum", Aim.GROUP, id="a-party"),
    ],
)
def test_it_says_whom_an_insult_is_aimed_at(text: str, aim: Aim) -> None:
    assert aim in [finding.aim for finding in insults(text)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("I'm such an idiot, I left the keys in the hall", id="self"),
        pytest.param("the printer is a bastard", id="thing"),
        pytest.param("that bastard printer again", id="before-a-thing"),
        pytest.param("what a bastard of a hill", id="of-a-thing"),
        pytest.param("an idiot-proof guide", id="compound"),
        pytest.param("you lucky bastard", id="kindly"),
        pytest.param("don't be a dick, read the house rules", id="warning"),
        pytest.param("you'd be a fool not to vote for her", id="conditional"),
        pytest.param("You are not a moron, everyone forgets", id="denied"),
        pytest.param("are you a dog person?", id="noun-before-noun"),
        pytest.param("you fool nobody", id="verb"),
        pytest.param("the minister is a liar", id="political-charge"),
        pytest.param("your argument is stupid", id="argument"),
        pytest.param("you muppet 😂 love you", id="banter"),
    ],
)
def test_a_word_of_abuse_aimed_at_nobody_is_no_insult(text: str) -> None:
    assert insults(text) == []


def test_a_mild_word_asks_a_human_and_degrading_words_beside_it_are_enough() -> None:
    assert [f.certainty for f in insults("you muppet")] == [Certainty.LIKELY]
    assert next(f.certainty for f in insults("you brainless worthless muppet")) == Certainty.PLAIN


def test_an_insult_to_a_party_never_asks_for_more_than_a_human() -> None:
    for party in ("Tories", "Greens", "Reformers", "Nats"):
        assert {f.certainty for f in insults(f"{party} are scum")} == {Certainty.LIKELY}


def test_the_same_words_have_the_same_verdict_whoever_is_named() -> None:
    verdicts = {
        tuple((f.entry, f.certainty) for f in insults(f"{name} is a lying sack of shit"))
        for name in ("Starmer", "Badenoch", "Farage", "Swinney", "Davey", "Polanski")
    }
    assert len(verdicts) == 1


def test_a_message_of_nothing_but_insults_is_still_read_in_time() -> None:
    assert insults("you idiot " * 400)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("the planning portal can go to hell", id="a-machine-before"),
        pytest.param("oh piss off, rain", id="the-weather-behind"),
        pytest.param("Parasites, the water companies, the lot of them", id="a-trade"),
        pytest.param("Sod off back to your pies, see you Sunday mate", id="a-friend"),
    ],
)
def test_machines_weather_trades_and_friends_are_sworn_at_in_peace(text: str) -> None:
    assert insults(text) == []


def test_a_parasite_that_is_no_trade_is_an_insult() -> None:
    assert insults("you are a parasite")
