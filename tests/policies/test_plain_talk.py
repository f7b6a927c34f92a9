"""Messages that say no more than they say explain a high score, and those that say more do not."""

import pytest

from handlers.checking import Checker, StreamedMessage
from policies.decisions import Action
from policies.findings import Scores
from policies.lexicon_files import house_reader
from policies.load import house_policy

LOUD = Scores(abuse=0.8)
READER, POLICY = house_reader(), house_policy()


def action(text: str, scores: Scores | None) -> Action:
    score = (lambda texts: [scores for _ in texts]) if scores else None
    return Checker(READER, POLICY, score=score, scorer="test").check(StreamedMessage(id="1", text=text)).decision.action


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"{leader} is a hypocrite."
            for leader in ("Starmer", "Farage", "Badenoch", "Davey", "Swinney", "The mayor of London")
        ),
        *(f"{party} are liars and chancers." for party in ("Labour", "Reform", "The Tories", "The Greens", "The SNP")),
        "You can withdraw your complaint; you'll not be penalised.",
        "You may withdraw your complaint at any time, and nobody may pressure you to.",
        "Hand in your papers by four or you can't stand.",
        "Remember to bring ID or you'll be turned away.",
        "Remember who closed your hospital when you vote.",
        "Vote like your life depends on it.",
        "There's a chink in the Labour armour.",
        *(
            f"Not enough {group} come to our meetings."
            for group in ("Muslims", "Jews", "women", "Poles", "disabled people")
        ),
        *(f"{group} are being attacked on our streets." for group in ("Jews", "Muslims", "Black people", "Gay people")),
        "We want more women on the shortlist.",
    ],
)
def test_such_a_message_is_left_whatever_its_score(text: str) -> None:
    assert action(text, LOUD) is Action.ALLOW
    assert action(text, None) is Action.ALLOW


@pytest.mark.parametrize(
    "text",
    [
        "Starmer is a hypocrite. Somebody ought to sort him.",
        "Priya is a hypocrite and a waste of skin.",
        "You can withdraw your complaint. Think of your kids.",
        "Remember who pays your rent when you vote.",
        "Not enough Muslims are dead.",
        "Poles are being attacked, about time.",
        "We want more women in the kitchen.",
    ],
)
def test_what_says_more_is_judged_by_its_score(text: str) -> None:
    assert action(text, LOUD) is not Action.ALLOW
