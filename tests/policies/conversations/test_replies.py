"""Replies: what a message means under the one that it answers, both what is excused and what is not."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from handlers.checking import Checker, StreamedMessage
from policies.assess import Reader
from policies.decisions import Action
from policies.lexicon_files import house_reader
from policies.load import house_policy

_NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return house_reader()


@pytest.fixture
def checker(reader: Reader) -> Checker:
    return Checker(reader, house_policy())


def _answered(checker: Checker, parent: str, answer: str) -> bool:
    """Whether anything is done about an answer of one member to another."""
    first, second = str(next(_NUMBERS)), str(next(_NUMBERS))
    checker.check(StreamedMessage(id=first, text=parent, author=first, channel=first, at=_NOON))
    later = _NOON + timedelta(seconds=30)
    told = StreamedMessage(id=second, text=answer, author=second, channel=first, at=later, reply_to=first)
    return checker.check(told).decision.action is not Action.ALLOW


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What was written on the door?", "Paki scum out."),
        ("What was sprayed on the mosque?", "Kill all Muslims"),
        ("What did it say on the leaflet?", "Muslims are vermin."),
        ("What did he actually say to you?", "You're dead, you bitch."),
        ("What did the voicemail say?", "We know where you live and we will burn your house down."),
        ("What was in the letter?", "You deserve to be raped."),
        ("What did they call your daughter?", "The N-word, and a filthy Paki"),
    ],
)
def test_a_line_that_answers_a_question_for_somebodys_words_is_a_report(
    checker: Checker, question: str, words: str
) -> None:
    assert not _answered(checker, question, words)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("What did you write on the door?", "Paki scum out", id="their-own-words"),
        pytest.param("What should we write on the door?", "Paki scum out", id="words-to-come"),
        pytest.param("What did he say to you?", "Who cares, Muslims are vermin", id="an-opinion-instead"),
        pytest.param("What did he say about me?", "You're a stupid bitch 😂", id="with-relish"),
        pytest.param("What did he say?", "Muslims are vermin, and he was right", id="agreed-with"),
        pytest.param("What's on the agenda?", "Kill all Muslims", id="no-question-for-words"),
        pytest.param("He said a lot.", "I will kill you", id="no-question"),
    ],
)
def test_a_question_for_somebodys_words_is_no_licence_for_ones_own(checker: Checker, question: str, words: str) -> None:
    assert _answered(checker, question, words)


def test_only_another_member_asks_for_words(checker: Checker) -> None:
    checker.check(StreamedMessage(id="own/1", text="What did he say?", author="own", at=_NOON))
    told = StreamedMessage(id="own/2", text="I will kill you all", author="own", reply_to="own/1", at=_NOON)
    assert checker.check(told).decision.action is not Action.ALLOW


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        ("I ate your last samosa", "I will kill you 😂😂"),
        ("I drank your pint", "I'll murder you 😂"),
        ("Sorry I dropped your cake", "I'm going to strangle you haha"),
    ],
)
def test_mock_anger_over_the_last_biscuit_is_left_alone(checker: Checker, parent: str, answer: str) -> None:
    assert not _answered(checker, parent, answer)


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        pytest.param("I ate your last samosa", "I will kill you", id="without-a-laugh"),
        pytest.param("I ate your last samosa", "I will kill you and your kids 😂", id="with-a-family"),
        pytest.param("I ate your biscuits", "I'll stab you, you paki 😂", id="with-a-slur"),
        pytest.param("I have reported you to the mods", "I will kill you 😂", id="no-trifle"),
    ],
)
def test_a_laugh_alone_excuses_no_threat(checker: Checker, parent: str, answer: str) -> None:
    assert _answered(checker, parent, answer)


@pytest.mark.parametrize("people", ["Muslims", "Jews", "Catholics", "Travellers"])
@pytest.mark.parametrize(
    "answer",
    [
        "Agreed, 100%",
        "Can't argue with any of that",
        "Totally agree with every word.",
        "Well said Tom",
        "Not just {people}, all Hindus",
        "Same goes for Hindus",
        "Hindus as well",
        "Don't forget the Hindus",
    ],
)
def test_who_agrees_with_hatred_or_adds_a_people_to_it_joins_in(checker: Checker, people: str, answer: str) -> None:
    assert _answered(checker, f"{people} are vermin.", answer.format(people=people))


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        ("Jews are vermin.", "I don't agree, 100%"),
        ("Jews are vermin.", "100% wrong"),
        ("Jews are vermin.", "Not just vile, illegal too"),
        ("Jews are vermin.", "Not just Jews have to read this, all of us do. Reported."),
        ("Jews are vermin.", "Hard to believe"),
        ("The hall is for Muslims on Friday", "Not just Muslims, all Hindus"),
        ("We love the Muslims here", "and the Jews too"),
        ("The bins are late again", "Agreed, 100%"),
    ],
)
def test_refusals_and_answers_to_decent_words_are_left_alone(checker: Checker, parent: str, answer: str) -> None:
    assert not _answered(checker, parent, answer)


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        ("What should we do with Councillor Patel?", "Kill him with fire"),
        ("What should we do with Councillor Patel?", "Burn him at the stake"),
        ("What should happen to Councillor Patel?", "Set him on fire"),
        ("What should we do with the migrants?", "Just shoot them all"),
        ("What shall we do with Jones?", "Bullet to the head"),
    ],
)
def test_a_way_to_kill_in_answer_to_a_question_about_somebody_is_a_threat(
    checker: Checker, parent: str, answer: str
) -> None:
    assert _answered(checker, parent, answer)


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        ("What should we do with the wasp nest?", "Kill it with fire"),
        ("What should we do with the old leaflets?", "Burn them"),
        ("What should we do with the candidate's old banner?", "Burn it"),
        ("What should we do with Councillor Patel?", "Fire him"),
        ("What should we do with Councillor Patel?", "Thank him"),
    ],
)
def test_things_and_pests_may_be_burnt_and_people_thanked(checker: Checker, parent: str, answer: str) -> None:
    assert not _answered(checker, parent, answer)


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        ("I've been getting death threats", "You deserve every one"),
        ("I've been getting death threats", "lol you deserve every single one of them"),
        ("I've been getting death threats", "Hope they mean it"),
        ("Somebody sent me a rape threat", "Serves you right"),
        ("My son was attacked outside the office", "Shame they didn't finish the job"),
    ],
)
def test_who_tells_a_victim_that_it_serves_them_right_is_shown_to_moderators(
    checker: Checker, parent: str, answer: str
) -> None:
    assert _answered(checker, parent, answer)


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        ("I've been getting death threats", "You deserve better than this"),
        ("I've been getting death threats", "You don't deserve any of this"),
        ("I've been getting death threats", "You have earned all of our support"),
        ("I've been getting letters of thanks", "You deserve every one"),
        ("I've been threatened and I have reported it to the police", "Good"),
    ],
)
def test_comfort_and_relief_are_left_alone(checker: Checker, parent: str, answer: str) -> None:
    assert not _answered(checker, parent, answer)
