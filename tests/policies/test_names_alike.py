"""What is as plain as can be weighs the same whoever is named: a word, a rare name, a small party, a foreign leader."""

import pytest

from bot.classifiers.embedded import EmbeddedModel, shipped
from handlers.checking import Checker, StreamedMessage
from policies.decisions import Action
from policies.lexicon_files import house_reader
from policies.load import house_policy

CHECKER = Checker(house_reader(), house_policy())
MODEL = EmbeddedModel(shipped(), house_reader().undone)
BOTH = Checker(house_reader(), house_policy(), score=MODEL.score, scorer="shipped")
NAMES = ("Jack", "Tomasz", "Art", "Sunny", "Slaughter", "Grace", "Ngozi", "Prince", "Chelsea", "Moshe", "Svetlana")
PARTIES = ("Labour", "Conservative", "Green", "Reform", "Your Party", "Vox", "BJP", "Alba", "Mebyon Kernow", "PiS")
LEADERS = (
    *("Starmer", "Farage", "Badenoch", "Modi", "Tusk", "Erdogan", "Mahmood", "Robertson", "Polanski", "Orban"),
    *("Sarwar", "Swinson", "Varadkar", "Donaldson", "O'Neill", "Yousaf", "Healey", "Cameron", "Clegg", "Sanders"),
    *("Theresa May", "Vince Cable", "Naomi Long", "Adam Price", "Jeremy Hunt"),
)


def action(text: str) -> Action:
    return CHECKER.check(StreamedMessage(id="1", text=text)).decision.action


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("I hope {} gets cancer.", NAMES),
        ("Burn {} alive.", NAMES),
        ("I hope every {} voter gets cancer.", PARTIES),
        ("I hope {} dies of cancer.", LEADERS),
        ("Somebody put a bullet in {}.", LEADERS),
        ("Slit the throat of {}.", LEADERS),
        ("Kill all {}.", ("the poor", "students", "teachers", "pensioners", "Poles", "Jews", "Muslims", "women")),
    ],
)
def test_it_is_hidden_whoever_is_named(sentence: str, named: tuple[str, ...]) -> None:
    assert {name: action(sentence.format(name)) for name in named} == dict.fromkeys(named, Action.HIDE)


@pytest.mark.parametrize("leader", LEADERS)
def test_a_hard_word_on_a_leader_is_left_whoever_leads(leader: str) -> None:
    assert action(f"{leader} is a coward and a liar.") is Action.ALLOW


GROUPS = (
    *("Muslims", "Jews", "Hindus", "Sikhs", "Catholics", "Protestants", "Travellers", "Roma", "Poles", "Arabs"),
    *("black people", "Chinese people", "trans people", "gay people", "disabled people", "old people", "immigrants"),
)


@pytest.mark.parametrize(
    "sentence", ["I would never rent a room to {}.", "You can never trust {} with money.", "We'd never work under {}."]
)
def test_a_refusal_is_told_whoever_is_refused(sentence: str) -> None:
    told = {group: action(sentence.format(group)) is not Action.ALLOW for group in GROUPS}
    assert told == dict.fromkeys(GROUPS, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "I would never refuse a room to {}.",
        "My landlord said he would never rent a room to {}. We've reported him.",
        "I would trust {} with the money any day.",
    ],
)
def test_its_opposite_is_left_whoever_is_named(sentence: str) -> None:
    assert {group for group in GROUPS if action(sentence.format(group)) is not Action.ALLOW} == set()


@pytest.mark.parametrize("party", PARTIES[:8])
def test_a_battle_at_the_ballot_box_is_left_whoever_loses_it(party: str) -> None:
    assert BOTH.check(
        StreamedMessage(id="1", text=f"We need to destroy {party} at the ballot box.")
    ).decision.action is (Action.ALLOW)


@pytest.mark.parametrize("leader", LEADERS)
@pytest.mark.parametrize("sentence", ["{} is a liar.", "{} is a coward."])
def test_the_classifier_weighs_hard_words_alike(leader: str, sentence: str) -> None:
    assert BOTH.check(StreamedMessage(id="1", text=sentence.format(leader))).decision.action is Action.ALLOW
