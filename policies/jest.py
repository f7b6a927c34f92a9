"""Telling a mild menace between friends or players from one that is meant."""

import re

from policies.lexicon import Hit

_MILD = re.compile(r"\b(?:kill|murder|end|strangle|throttle|fight|slap|batter|destroy|die)\w*")
_BEATEN = re.compile(
    r"\b(?:bury|buried|burying|hammer|thrash|slaughter|smash|crush|annihilate|demolish|massacre|beat)\w*"
)
"""What who wins a game does to who loses it; mild beside a game alone."""
_SHOT = re.compile(r"\b(?:shoot|shot|shooting|snipe|sniping|blast|zap|blow(?:ing)? (?:you|u|him|her|them) up)\b")
_MEANT = re.compile(
    r"\b(?:kni(?:fe|ves)|blade|gun|shotgun|bullet|acid|petrol|bomb|rope|noose|machete|bat|hammer|brick|bleed|blood|"
    r"kids|daughter|son|wife|husband|family|children|house|home|door|street|address|outside|car|school|traitor|bitch|"
    r"cunt|scum|bastard|rape|for real|really|literally|actually|not (?:a game|joking|kidding)|no joke|mean it|"
    r"seriously)\b"
)
_FOND = re.compile(
    r"\b(?:lol|lmao|haha\w*|hehe|jk|love (?:you|u|ya)|luv u|xx+|x)(?:\s|[.!]|$)|\u2764|[\U0001F495\U0001F618]"
)
_LAUGHING = re.compile(r"[\U0001F602\U0001F923\U0001F61C\U0001F61D\U0001F609\U0001F605\U0001F606]")
_PLAYING = re.compile(
    r"\b(?:among us|fortnite|minecraft|mario kart|call of duty|warzone|fifa|monopoly|scrabble|cluedo|catan|uno|"
    r"board ?games?|laser ?tag|paintball|playstation|xbox|ps5|d&d|pub quiz|quiz night|poker night)\b"
)
_GAMES = (
    r"(?:darts|chess|snooker|pool|table tennis|ping pong|tennis|badminton|squash|skittles|bowls|bowling|cribbage|"
    r"dominoes|draughts|backgammon|poker|whist|rummy|risk|diplomacy|werewolf|mafia|golf|football|five-a-side|cricket|rounders|"
    r"air hockey|arm wrestling|mario kart|street fighter|mortal kombat|smash bros|gaming|games? night)"
)
_MATCH = re.compile(
    rf"(?:^|[.!?\n]\s*|\b(?:at|in) (?:the |our |your |this |that |a )?(?:\w+ )?){_GAMES}(?: (?:final|semi|night|match|"
    r"league|tournament|session|rematch|round|game|tonight|tomorrow|later|on \w+day|this \w+|at \w+|again)){0,3}"
    r"\s*(?:[:.,!?]|$|-|\band\b)"
    r"|\b(?:chess board|dart ?board|snooker table|pool table|next frame|first frame|checkmate)\b"
)
"""A game that is named as one is going to be played: at the head of what is said, or as what somebody is beaten at."""
_SHOOTERS = re.compile(
    r"\b(?:call of duty|warzone|fortnite|halo|counter-?strike|battlefield|goldeneye|laser ?(?:tag|quest)|paintball\w*|"
    r"airsoft|nerf(?: guns?| war)?|water ?(?:pistols?|guns?|fight)|super soakers?|space invaders)\b"
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
_ROUT = re.compile(
    r"\b(?:we|lads|team|everyone|our lot|labour|tories|greens|reform)\b[^.!?\n]{0,40}\b"
    r"(?:slaughter|murder|massacre|bury|hammer|thrash|annihilate|destroy|crush) (?:them|'em|em|this lot)\b"
    r"[^.!?\n]{0,100}\b(?:(?:lose|hold|keep|win|two|three|four|five|ten|their) (?:\w+ )?(?:seats?|majority|deposits?)|"
    r"polls|clipboard|walking boots|flat shoes|ballot box|by-?election|turnout|swing|marginals?|"
    r"at the (?:vote|agm|hustings)|kick[- ]?off|full ?back|striker|midfield|on the (?:left|right) wing|"
    r"centre half|league|fixture|penalties|goals?)\b"
)
"""An election or a match, in which they who are slaughtered lose seats."""
_PORTRAIT = re.compile(
    r"\b(?:tripod|(?:good|decent|proper|new|big) camera|lens|\d+ ?mm|golden hour|the light|daylight|"
    r"headshots?|portraits?|photographer|"
    r"backdrop|flash|close-?ups?|for the (?:leaflet|website|cover))\b"
)
_REACH = 160


def in_jest(hit: Hit) -> bool:
    """Whether a mild menace stands beside a game or a trifling condition, or beside laughter and affection.

    Never with weapons or places. To beat somebody soundly is mild beside a game and in a campaign, to shoot somebody
    beside one in which that is what players do, and beside a camera.
    """
    is_mild = bool(_MILD.search(hit.text))
    is_shot = bool(_SHOT.search(hit.text))
    if not (is_mild or is_shot or _BEATEN.search(hit.text)):
        return False
    text = hit.view.text[max(0, hit.start - _REACH) : hit.end + _REACH]
    if _MEANT.search(text):
        return False
    if is_shot:
        return bool(_SHOOTERS.search(text) or _PORTRAIT.search(text))
    if _ROUT.search(text):
        return True
    if _MATCH.search(text):
        return True
    laughs = _LAUGHING.search(text) and _FOND.search(text)
    return is_mild and bool(_PLAYING.search(text) or _TRIFLE.search(text) or laughs)
