"""A message that denies hatred of people alarms nobody; one that takes it back, or means more, does."""

import pytest

from policies.assessments import Assessment
from policies.findings import Stance
from policies.lexicon_files import house_reader

READER = house_reader()


def _read(text: str) -> Assessment:
    return READER.read(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "No Muslim deserves to be spat at",
        "Poles are not thieves",
        "We must never let Jews be rounded up again",
        "Killing gay people is never right",
        "Trans people don't deserve this hatred",
        "I have never hated Travellers",
        "Nobody has the right to hurt a woman",
        "You cannot just deport Romanians",
        "Being disabled is not a crime",
        "Why must Jews always justify themselves?",
        "People who hate immigrants disgust me",
        "the abuse black people face makes me furious",
    ],
)
def test_a_denial_is_no_use_and_accounts_for_a_score(text: str) -> None:
    read = _read(text)
    assert all(finding.stance is not Stance.USE for finding in read.findings)
    assert read.context.explained


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Poles are not thieves, but they are filthy", id="taken-back"),
        pytest.param("No Muslim deserves to be spat at \U0001f609", id="with-a-wink"),
        pytest.param("Nobody should hurt Jews. Gas them instead.", id="and-then-meant"),
        pytest.param("Jews are not human", id="a-denial-of-their-humanity"),
        pytest.param("No Muslim should hold office", id="a-denial-of-their-rights"),
        pytest.param("Jews don't deserve to live", id="a-denial-of-their-lives"),
        pytest.param("It is not racist to say Poles are thieves", id="a-denial-of-the-wrong"),
        pytest.param("I think Poles are thieves", id="an-opinion"),
        pytest.param("It is no myth that Poles are thieves", id="a-myth-denied"),
        pytest.param("It is my belief that Poles are inferior", id="a-belief"),
        pytest.param("The bus was late again", id="nothing-of-the-sort"),
    ],
)
def test_what_takes_a_denial_back_or_is_none_accounts_for_nothing(text: str) -> None:
    assert not _read(text).context.explained


@pytest.mark.parametrize(
    "text", ["Estate agents are parasites", "I loathe cyclists", "Villa fans are animals, all of them"]
)
def test_what_is_said_of_a_trade_is_no_hatred_of_people(text: str) -> None:
    read = _read(text)
    assert not read.used
    assert read.context.explained


@pytest.mark.parametrize(
    "text", ["Jewish bankers are parasites", "Referees like you are parasites", "Tories are parasites"]
)
def test_whoever_is_meant_besides_is_not_hidden_behind_a_trade(text: str) -> None:
    assert not _read(text).context.explained


def test_what_stands_beside_a_denial_keeps_its_own_stance() -> None:
    read = _read("Poles are not vermin. Romanians are vermin.")
    assert [finding.stance for finding in read.findings if finding.kind == "dehumanisation"][-1] is Stance.USE
    assert not read.context.explained
