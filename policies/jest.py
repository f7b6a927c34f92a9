"""Telling a mild menace between friends or players from one that is meant."""

import re

from policies.lexicon import Hit

_MILD = re.compile(r"\b(?:kill|murder|end|strangle|throttle|fight|slap|batter|destroy|die)\w*")
_MEANT = re.compile(
    r"\b(?:kni(?:fe|ves)|blade|gun|shotgun|bullet|acid|petrol|bomb|rope|noose|machete|bat|hammer|brick|bleed|blood|"
    r"kids|daughter|son|wife|husband|family|children|house|home|door|street|address|outside|car|school|traitor|bitch|"
    r"cunt|scum|bastard|rape)\b"
)
_FOND = re.compile(
    r"\b(?:lol|lmao|haha\w*|hehe|jk|love (?:you|u|ya)|luv u|xx+|x)(?:\s|[.!]|$)|\u2764|[\U0001F495\U0001F618]"
)
_LAUGHING = re.compile(r"[\U0001F602\U0001F923\U0001F61C\U0001F61D\U0001F609\U0001F605\U0001F606]")
_PLAYING = re.compile(
    r"\b(?:among us|fortnite|minecraft|mario kart|call of duty|warzone|fifa|monopoly|scrabble|cluedo|catan|uno|"
    r"board ?games?|laser ?tag|paintball|playstation|xbox|ps5|d&d|pub quiz|quiz night|poker night)\b"
)
_TRIFLE = re.compile(
    r"\b(?:if|unless|when|next time|until|for) (?:\w+ ){0,4}(?:eat|ate|eats|eating|finish\w*|nick\w*|pinch\w*|"
    r"steal|stole|touch\w*|scoff\w*|drink|drank|spoil\w*|forget|forgot|break|broke|spill\w*|los[et]|bring|brought|reheat\w*|"
    r"microwav\w*|sing|sings|play|plays|put|puts|leave|left|mention\w*|hum|burn\w*|use|uses|take|took)\b[^.!?\n]{0,40}\b"
    r"(?:samosas?|biscuits?|cakes?|crisps?|chips?|pizza|doughnuts?|custard creams?|hobnobs?|chocolates?|brownies?|"
    r"sandwich(?:es)?|curry|past(?:y|ies)|flapjacks?|tea|teabags?|coffee|milk|mugs?|pens?|stapler|sellotape|remote|charger|"
    r"spoilers?|ending|finale|episode|series|film|song|playlist|pineapple|leftovers|lunch|yoghurt|cheese|pudding|trifle|"
    r"mince pies?|dishwasher|clipboard|slice|snacks?|sweets|ice cream|karaoke|sausage rolls?|scones?|lasagne|pakoras?|"
    r"bhajis?|sarnies?|bacon|toast|crumpets?)\b"
)
"""A condition that nobody would hurt anybody for."""
_REACH = 160


def in_jest(hit: Hit) -> bool:
    """Whether a mild menace stands beside a game or a trifling condition, or beside laughter and affection.

    Never with weapons or places.
    """
    if not _MILD.search(hit.text):
        return False
    text = hit.view.text[max(0, hit.start - _REACH) : hit.end + _REACH]
    if _MEANT.search(text):
        return False
    if _PLAYING.search(text) or _TRIFLE.search(text):
        return True
    return bool(_LAUGHING.search(text) and _FOND.search(text))
