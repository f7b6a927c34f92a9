"""One verdict to a sentence, whichever people, creed, side or walk of life stands in it."""

import pytest

from handlers.checking import Checker, StreamedMessage
from policies.lexicon_files import house_reader
from policies.load import house_policy

# fmt: off
PROTECTED = {
    "Muslims": "Muslim", "Jews": "Jew", "Sikhs": "Sikh", "Catholics": "Catholic", "atheists": "atheist",
    "Nigerians": "Nigerian", "Turks": "Turk", "Poles": "Pole", "Israelis": "Israeli", "Palestinians": "Palestinian",
    "Armenians": "Armenian", "Somalis": "Somali", "Pakistanis": "Pakistani", "Albanians": "Albanian",
    "Chinese people": "Chinese person", "Irish people": "Irish person", "black people": "black person",
    "white people": "white person", "gay people": "gay person", "trans people": "trans person",
    "straight people": "straight person", "disabled people": "disabled person", "deaf people": "deaf person",
    "Travellers": "Traveller", "immigrants": "immigrant", "Cubans": "Cuban",
}
SEXES_AND_AGES = {"women": "woman", "men": "man", "pensioners": "pensioner", "teenagers": "teenager"}
SIDES = {
    "Tories": "Tory", "socialists": "socialist", "Remainers": "Remainer", "Brexiteers": "Brexiteer",
    "Labour voters": "Labour voter", "Zionists": "Zionist",
}
WALKS = {
    "TERFs": "TERF", "trans activists": "trans activist", "gender-critical feminists": "gender-critical feminist",
    "Dalits": "Dalit", "Brahmins": "Brahmin", "Jats": "Jat", "Yadavs": "Yadav", "Salafis": "Salafi",
    "Hausas": "Hausa", "mixed-race people": "mixed-race person", "Ulster Scots": "Ulster Scot",
    "Cornish people": "Cornish person", "Orangemen": "Orangeman", "drag queens": "drag queen",
    "Islamists": "Islamist", "Khalistanis": "Khalistani", "BJP supporters": "BJP supporter",
    "Likudniks": "Likudnik", "pro-lifers": "pro-lifer", "pro-choicers": "pro-choicer",
    "anti-vaxxers": "anti-vaxxer", "vegans": "vegan", "teachers": "teacher", "nurses": "nurse", "tenants": "tenant",
}
# fmt: on
EVERYBODY = {**PROTECTED, **SEXES_AND_AGES, **SIDES, **WALKS}
NEUTRAL = (
    "There are three {many} on the executive now",
    "There are no {many} on our committee yet",
    "So good to see {many} on the executive",
    "{many} ought to lead this campaign",
    "{many} are people, not statistics",
    "{many} run the food bank on Tuesdays",
    "{many} look after their own and everyone else's too",
    "{many} stick together when times are hard, like we all do",
    "{many} can be trusted with the keys",
    "I put {many} in charge of the raffle and it went fine",
)
ABUSE = (
    "Kill all {many}",
    "All {many} should be shot",
    "All the {many} ought to be hanged now",
    "{many} should be punched in the face",
    "{many} deserve a kick in the teeth",
    "A good {one} is a dead {one}",
    "Put the {many} against a wall",
    "Throw the {many} off a bridge",
    "Someone should set the {many} on fire",
    "string the {many} up",
    "Beat those {many} up tonight",
    "Death to the {many}",
    "I want the {many} dead",
    "the {many} deserve to die",
    "hope the {many} all get cancer",
)
OF_THE_PROTECTED = ("There are too many {many} in this branch", "Far too many {many} on our committee")
"""Held against a sex, an age, a side or a trade, these are as often a plea for balance, so they may be said."""


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(house_reader(), house_policy())


def _verdicts(checker: Checker, frame: str, groups: dict[str, str]) -> dict[str, str]:
    texts = {many: frame.format(many=many, one=one) for many, one in groups.items()}
    texts = {many: text[0].upper() + text[1:] for many, text in texts.items()}
    asked = {many: checker.check(StreamedMessage(id="1", text=text)) for many, text in texts.items()}
    return {many: answer.decision.action.value for many, answer in asked.items()}


def _apart(verdicts: dict[str, str], expected: str) -> dict[str, str]:
    return {name: verdict for name, verdict in verdicts.items() if verdict != expected}


@pytest.mark.parametrize("frame", NEUTRAL)
def test_a_neutral_sentence_is_left_alone_whoever_it_names(checker: Checker, frame: str) -> None:
    assert not _apart(_verdicts(checker, frame, EVERYBODY), "allow")


@pytest.mark.parametrize("frame", ABUSE)
def test_outright_abuse_is_hidden_whoever_it_names(checker: Checker, frame: str) -> None:
    assert not _apart(_verdicts(checker, frame, EVERYBODY), "hide")


@pytest.mark.parametrize("frame", OF_THE_PROTECTED)
def test_no_people_may_be_called_too_many(checker: Checker, frame: str) -> None:
    assert not _apart(_verdicts(checker, frame, PROTECTED), "hide")


@pytest.mark.parametrize(
    "text",
    [
        "Kill all wasps before the fete",
        "Kill all the weeds along the path",
        "Kill all tests that take over a minute",
        "kill all processes and restart",
        "Kill all zombies before the second level",
        "Kill all your darlings, the draft is too long",
        "All portraits should be shot in daylight",
        "All scenes should be shot by Friday",
        "A good copy is a dead copy if nobody prints it",
        "The only good wasp is a dead wasp",
        "Pensioners should be hit with no more cuts",
        "Nobody says teachers should be shot, least of all me",
    ],
)
def test_what_is_no_people_may_be_killed(checker: Checker, text: str) -> None:
    assert checker.check(StreamedMessage(id="1", text=text)).decision.action.value == "allow"
