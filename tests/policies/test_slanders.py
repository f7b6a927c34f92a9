"""Slanders that are told of: refuted they are no abuse, agreed with they are; and threats that somebody owns up to."""

import pytest

from handlers.checking import Checker, StreamedMessage
from policies.decisions import Action
from policies.findings import Scores
from policies.lexicon_files import house_reader
from policies.load import house_policy

CLEAN = Scores(abuse=0.05, mention=0.4)
"""What a classifier says that takes a message for a report."""

LOUD = Scores(abuse=0.8, identity_attack=0.7)

REFUTED = [
    "What an appalling thing to say, that Jews are greedy.",
    "What a disgusting lie that Poles are lazy.",
    "Don't let anyone tell you that disabled people are a burden.",
    "Nobody should ever have to hear that black people are animals.",
    "It breaks my heart that my son hears that black boys are dangerous.",
    "Would you tell your own mother that women are too stupid to vote?",
]
ANSWERED = [
    "People say Muslims are terrorists. That's rubbish.",
    "My grandad thought Irish people were thick. He was wrong.",
    "My neighbour thinks Pakistanis are lazy. I've told him my surgeon is one.",
    "They said no blacks, no dogs, no Irish. My mother saw that sign on Talbot Road.",
    "Women can't chair meetings, apparently. News to the women who've chaired this branch for 20 years.",
    "He believes that gay people are perverts. I don't want to share a platform with him.",
    "Myth: asylum seekers are criminals. Fact: they're less likely to offend.",
    "Banned for stating that Somalis are criminals. Quite right too.",
]
DEFENDED = [
    "It's not racist to say Roma are thieves.",
    "It isn't antisemitic to say Jews own the party.",
    "There's nothing wrong with saying that Jews are greedy.",
    "Can't say Jews are greedy these days, shame, because it's true.",
    "He got banned for saying Jews run the party. Free speech is dead, he told the truth.",
    "Banned for stating that Somalis are criminals. The truth hurts.",
    "I used to think it was racist to say that Poles are lazy. Not now.",
    "Why is it racist to point out that Pakistanis are inbred?",
    "The old sign said no blacks no dogs no Irish. Bring it back.",
    "He called her a Paki, and so she is.",
]
OWNED_UP = [
    "Somebody threatened to kill Halima. It was me and I meant it.",
    'The email said "we will kill you, Ravi" and the email was right. We will.',
    "I was arrested for saying I'd kill Priya. I'm out now and I'll do it.",
    "They're looking for the man who threatened to stab Priya. You've found him, and I haven't changed my mind.",
    "My message that said \"I'll burn Priya's house\" was deleted. I meant it though.",
    "Reporting this message: I am going to slit your throat Naomi. There, reported, now read it again.",
    "The threat to Priya was genuine, I sent it.",
    "I'm with whoever sent Halima the bullet.",
]
TOLD_OF = [
    "Someone threatened to kill Gwen and that someone has been arrested.",
    "Somebody said they'd burn Gwen's house down. I was there and I've given a statement.",
    "Somebody threatened to stab Ravi. It was me who reported it.",
]


READER, POLICY = house_reader(), house_policy()


def action(text: str, scores: Scores | None = None) -> Action:
    score = (lambda texts: [scores for _ in texts]) if scores else None
    return Checker(READER, POLICY, score=score, scorer="test").check(StreamedMessage(id="1", text=text)).decision.action


@pytest.mark.parametrize("text", [*REFUTED, *ANSWERED, *TOLD_OF])
def test_a_slander_that_is_refuted_is_left_by_the_rules(text: str) -> None:
    assert action(text) is Action.ALLOW


@pytest.mark.parametrize("text", REFUTED)
def test_a_sentence_that_calls_a_slander_one_explains_a_high_score(text: str) -> None:
    assert action(text, LOUD) is Action.ALLOW


@pytest.mark.parametrize("text", REFUTED)
def test_it_explains_no_score_of_what_stands_beside_it(text: str) -> None:
    assert action(f"{text} Priya can go and rot.", LOUD) is not Action.ALLOW


@pytest.mark.parametrize("text", [*DEFENDED, *OWNED_UP])
@pytest.mark.parametrize("scores", [None, CLEAN], ids=["rules", "doubting"])
def test_agreement_with_a_slander_and_a_threat_owned_up_to_are_the_authors(text: str, scores: Scores | None) -> None:
    assert action(text, scores) is not Action.ALLOW
