"""Threats and wishes of harm: names are told from other words, and the aim from the words themselves."""

import pytest

from policies.findings import Aim, Category
from policies.lexicon_files import house_detectors

HOUSE = house_detectors()


def entries(text: str) -> set[str]:
    """Give the entries that find something in a text."""
    return {finding.entry for finding in HOUSE.find(HOUSE.normalise(text))}


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        pytest.param("I'm going to stab Threlkeld", "threats/will-kill-named", id="a-name"),
        pytest.param("I'm going to stab Brendan", "threats/put-to-death", id="a-listed-name"),
        pytest.param("we should all strangle Kirsty", "threats/put-to-death", id="a-name-after-should"),
        pytest.param("That Henderson should be strung up", "death-wishes/should-be-shot-named", id="a-surname"),
    ],
)
def test_a_name_is_somebody(text: str, entry: str) -> None:
    assert entry in entries(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("I'm going to stab brisket with a fork", id="a-thing"),
        pytest.param("we should kill Brexit and start again", id="a-policy"),
        pytest.param("we will smash Labour in May", id="a-party"),
        pytest.param("we should shoot SUNDAY not MONDAY", id="capitals-are-no-name"),
        pytest.param("Posters should be hung by nine", id="a-thing-that-opens-the-sentence"),
    ],
)
def test_a_word_that_is_no_name_is_nobody(text: str) -> None:
    assert not {entry for entry in entries(text) if entry.startswith(("threats/", "death-wishes/"))}


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        pytest.param("I will kill you", Aim.READER, id="you"),
        pytest.param("somebody should shoot him", Aim.PERSON, id="him"),
        pytest.param("I'll put <@U123> in hospital", Aim.PERSON, id="a-mention"),
        pytest.param("kill them all", Aim.GROUP, id="them"),
        pytest.param("kill all Muslims", Aim.GROUP, id="a-people"),
    ],
)
def test_the_aim_is_whom_the_words_name(text: str, aim: Aim) -> None:
    threats = [finding for finding in HOUSE.find(HOUSE.normalise(text)) if finding.kind == "threat"]
    assert aim in {finding.aim for finding in threats}


@pytest.mark.parametrize("people", ["Muslims", "Jews", "Christians", "Hindus", "Poles", "Gypsies", "gays", "the Irish"])
def test_a_threat_against_a_people_is_hatred_of_them_whoever_they_are(people: str) -> None:
    (threat,) = (f for f in HOUSE.find(HOUSE.normalise(f"kill all {people} now")) if f.entry == "threats/kill-a-people")
    assert threat.categories == (Category.THREAT, Category.IDENTITY_ATTACK)
    assert threat.characteristic


@pytest.mark.parametrize(
    "side", ["Tories", "lefties", "remainers", "brexiteers", "Corbynites", "Blairites", "unionists"]
)
def test_a_threat_against_a_side_in_politics_is_a_threat_whichever_it_is(side: str) -> None:
    entries = {"threats/kill-a-side", "threats/put-to-death"}
    (threat,) = (f for f in HOUSE.find(HOUSE.normalise(f"hang all the {side}")) if f.entry in entries)
    assert threat.categories == (Category.THREAT,)


def test_disguise_hides_no_threat() -> None:
    for text in ("1m g0nna sm4sh ur sk*ll in", "I will k i l l you", "i will kiiiill you", "ӏ will kіll you"):
        assert any(finding.kind == "threat" for finding in HOUSE.find(HOUSE.normalise(text))), text


@pytest.mark.parametrize(
    "text",
    [
        "I'll murder you if you eat the last samosa \U0001f602",
        "I will kill you if you spoil the ending of the series",
        "I'm going to strangle you if you finish the custard creams again",
    ],
)
def test_a_menace_for_a_trifle_is_a_jest(text: str) -> None:
    assert not {entry for entry in entries(text) if entry.startswith("threats/")}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("I'll murder you if you stand again", id="a-condition-that-is-none"),
        pytest.param("I'll stab you if you eat the last samosa", id="a-menace-that-is-not-mild"),
        pytest.param("I'll kill you with a hammer if you eat the last samosa", id="with-a-weapon"),
    ],
)
def test_a_menace_that_is_meant_is_none(text: str) -> None:
    assert {entry for entry in entries(text) if entry.startswith("threats/")}
