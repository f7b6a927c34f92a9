"""What players say before a game is no threat, and a game beside a threat that is meant excuses nothing."""

import pytest

from handlers.checking import Checker, StreamedMessage
from policies.decisions import Action
from policies.findings import Scores
from policies.lexicon_files import house_reader
from policies.load import house_policy

READER, POLICY = house_reader(), house_policy()
UNSEEN = Scores(abuse=0.05)


def action(text: str, scores: Scores | None = None) -> Action:
    score = (lambda texts: [scores for _ in texts]) if scores else None
    return Checker(READER, POLICY, score=score, scorer="test").check(StreamedMessage(id="1", text=text)).decision.action


@pytest.mark.parametrize(
    "text",
    [
        "Darts final: I'm going to murder you, Ravi, start practising.",
        "I'll destroy you at table tennis, Ravi.",
        "Chess: I'm going to destroy you.",
        "Werewolf tonight. I'll kill you first, Ravi, you always win.",
        "Call of Duty at nine? I'll shoot you in the face again, Ravi.",
        "Snooker tonight, I'll bury you in the first frame.",
        "Paintball on Sunday, I'm going to shoot all of you.",
        "Please welcome our new treasurer, Lynch Jones.",
        "Laura Kuenssberg will eat him alive.",
        "We'll all be dead before they finish the bypass.",
        "We are going to slaughter them on Thursday, they'll be lucky to hold two seats. Bring your walking boots.",
        "we're going to murder them on the left wing, their fullback is 41",
        "Can someone shoot the candidate on Saturday before the light goes? Yusuf has the good camera.",
    ],
)
def test_a_game_and_a_figure_of_speech_are_left(text: str) -> None:
    assert action(text) is Action.ALLOW


@pytest.mark.parametrize(
    "text",
    [
        "Paintball on Sunday, I'm going to shoot all of you for real.",
        "I'll kill you. Chess can wait.",
        "Chess is for cowards. I'll kill you outside your house.",
        "Darts at eight: I'm bringing a knife and I'll kill you Ravi",
        "I'll shoot you at the count, Ravi.",
        "I'll bury you, withdraw from the darts committee.",
        "We are going to slaughter them on Thursday.",
        "We'll slaughter them outside the count with machetes and hold their seats.",
        "We should murder them, the left wing scum.",
        "We'll bury them. Not at the polls. Ask your brother how deep the quarry is.",
        "The orange-book lot want shooting, and it wouldn't be with a camera",
        "Shoot the candidate in the head on Saturday. Good camera, shotgun, no witnesses.",
    ],
)
def test_a_game_excuses_no_threat_that_is_meant(text: str) -> None:
    assert action(text) is not Action.ALLOW


def test_one_reason_told_three_times_is_one_reason() -> None:
    text = (
        "Councillor Bevan's cancer has come back. I disagree with him on nearly everything and hope he beats it again."
    )
    assert action(text, UNSEEN) is Action.ALLOW


def test_two_plain_threats_in_a_message_are_never_doubted_out_of_sight() -> None:
    assert action("Darts final: I'm bringing a knife and I'll kill you Ravi", UNSEEN) is Action.ALERT
