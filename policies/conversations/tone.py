"""How a message treats the members it is addressed to: contempt, needling, or neither."""

import re
from enum import IntEnum

from policies.conversations.utterances import ABUSE, GRAVE, Heard, Member
from policies.findings import Aim, Stance

_SURE, _MORE_THAN_A_GUESS = 0.9, 0.7
"""Scores from which a classifier counts: Detoxify's labels, and the head for abuse of the model that ships."""
_SHORT = 5
_ARGUED = 25
_DECENT = frozenset(
    (
        "apology",
        "asks",
        "complains",
        "condemns",
        "fond",
        "greets",
        "invites",
        "laughing",
        "reports",
        "stop",
        "votes",
        "warm",
    )
)
_FAIR = re.compile(
    r"\b(?:please|agree|disagree|wrong|vote[ds]?|motion|rules?|report|figures?|line|page|because|minutes are|reminder|"
    r"meeting is|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|i'll|i will|i can|we can|"
    r"let's|respect|think|suggest|propose|maybe we|point|fair|true|yes|sure|ok)\b"
)
_OUT_OF_IT = frozenset(("reports", "votes"))


class Tone(IntEnum):
    """From nothing to what is abuse by itself."""

    NONE = 0
    NEEDLING = 1
    CONTEMPT = 2
    ABUSE = 3


def tone_of(heard: Heard) -> Tone:
    """Give the tone of a message, whomever it means."""
    used = heard.abuse
    grave = any(f.kind in GRAVE or f.aim in (Aim.READER, Aim.PERSON) for f in used)
    if grave:
        return Tone.ABUSE
    signs = heard.signs
    told = any(f.kind in ABUSE and f.stance is not Stance.USE for f in heard.assessment.findings)
    if told or _OUT_OF_IT & signs or ("of_self" in signs and "you" not in signs):
        return Tone.NONE
    scores = heard.assessment.scores
    scored = False
    if scores is not None:
        # The model that ships has a head for abuse as such; its labels are Detoxify's and count obscenity alone.
        scored = scores.abuse > _MORE_THAN_A_GUESS if scores.abuse else max(scores.toxicity, scores.insult) > _SURE
    contempt = bool(used) or scored or "hostile" in signs
    if contempt and ("warm" not in signs or used):
        # Criticism that argues at length has one hard word in it; contempt has little else.
        return Tone.NEEDLING if heard.words >= _ARGUED and not used else Tone.CONTEMPT
    if contempt and heard.words <= 2 * _SHORT and not {"stop", "fond"} & signs and _sneers(heard):
        return Tone.CONTEMPT
    return Tone.NEEDLING if "needling" in signs and "warm" not in signs else Tone.NONE


def sour(heard: Heard) -> bool:
    """Whether a message is short, personal and without a kind, fair or useful word.

    By itself it says nothing; in the middle of a crowd or a habit it is part of it.
    """
    if heard.abuse or _DECENT & heard.signs or heard.words > 3 * _SHORT or _FAIR.search(heard.folded):
        return False
    return "of_things" not in heard.signs or "you" in heard.signs


def _sneers(heard: Heard) -> bool:
    """Whether thanks or congratulations carry the contempt themselves."""
    return any(word in heard.folded for word in ("congrat", "well done", "thanks for", "bravo", "cheers for"))


def falls_on(heard: Heard, tone: Tone) -> tuple[Member, ...]:
    """Give the members that the tone of a message falls on.

    Contempt for a thing (a bus company, a plan) is not contempt for the member it is told to.
    """
    if tone is Tone.NONE:
        return ()
    signs = heard.signs
    if heard.targets:
        personal = "you" in signs or heard.words <= _SHORT or bool(heard.named.intersection(heard.targets))
        if "of_things" in signs and not ("you" in signs or heard.named):
            personal = False
        if personal or "of_one" in signs or tone is Tone.ABUSE or (tone is Tone.NEEDLING):
            return heard.targets
        return heard.targets if "of_things" not in signs and heard.words <= 2 * _SHORT else ()
    # Right below a member's own words, or amid a crowd at that member, a few words need no name.
    bare = heard.running or (heard.answering and heard.words <= _SHORT)
    if heard.implied is not None and ("you" in signs or (bare and "of_things" not in signs)):
        return (heard.implied,)
    return ()
