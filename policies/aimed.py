"""Words that abuse only when somebody is meant: whom a hit of a lexicon is aimed at."""

import re

from policies.aims import Reading, Surroundings, read_noun
from policies.findings import Aim
from policies.lexicon import Hit
from policies.text.normalise import Normalised

AIMED = "-aimed"
"""How the ids of lexicon groups end whose words count only where somebody is meant."""
MOST_READ = 60
"""A message with more such words than this is abuse or noise by the first sixty already."""

FOUL = re.compile(
    r"(?:fuckin[g']?|fkn|bloody|effing|cunting|dirty|filthy|stinking|smelly|stupid|thick|ugly|fat|disgusting|horrible|"
    r"greasy|slimy|thieving|lying|cheating|scummy|rotten|vile|pathetic|useless|lazy|evil|mangy|inbred|manky|sneaky|"
    r"minging|flaming|mincing|raving|screaming|butch|closet|slant[y-]*|eyed|degenerate|diseased?|drunken|perverted|"
    r"repulsive|poisonous|treacherous|feral|rancid|putrid|wretched|lousy)\b"
)
_TOLD_OFF = re.compile(
    r"\b(?:shut (?:it|up|the fuck up|the hell up|your \w+)|stfu|fuck off|piss off|jog on|get lost|sod off|sit down|"
    r"do one),? (?:you )?(?:\w+ ){0,2}$"
)
"""An order that makes of the noun after it an address."""
_TRADE = re.compile(
    r"\b(?:landlords?|developers?|lobby|lobbyists|bankers?|water companies|energy companies|shareholders|hedge funds?|"
    r"ceos?|lawyers|recruiters|marketing|managers|salesmen|estate agents?|private equity|insurers|touts|lecturers|"
    r"capitalists|influencers|advertisers|corporations|monopolies|publishers|pundits|bailiffs|consultancies|consultants|"
    r"oligarchs?|speculators|loan sharks|bosses|profiteers|bookies|letting agents?|privateers)\b"
)
_FEEDING = re.compile(r"\b(?:parasit\w*|leech\w*|vultures?|bloodsuckers?|plague|sharks|vampires?|locusts?)\b")
_TRADE_REACH = 60
_OURS = frozenset(("us", "we", "we're", "fellow", "i'm", "im"))
_BY_ONESELF = (["reporting", "for"], ["is", "me"])
_PROUDLY = [",", "proud"]
"""What follows a name that somebody bears and has taken for their own."""
_ENDS = frozenset((
    "off", "out", "up", "down", "now", "around", "round", "near", "into", "onto", "back", "again", "there", "here",
    "over", "everywhere", "next",
))  # fmt: skip
"""Words after a noun that show it to be no modifier of another."""


def lives_off_others(hit: Hit) -> bool:
    """Whether a trade is said to live off others, which is politics; of a people it is hatred."""
    if not _FEEDING.search(hit.text):
        return False
    text = hit.view.text[max(0, hit.start - _TRADE_REACH) : hit.end + _TRADE_REACH]
    return _TRADE.search(text) is not None


def read_aim(message: Normalised, hit: Hit) -> tuple[Reading, bool]:
    """Give whom a hit's noun is aimed at, and whether a word of contempt stands right before it."""

    def written(start: int, end: int) -> str:
        span = hit.view.original_span(start, end)
        return message.original[span.start : span.end]

    text = hit.view.text
    near = Surroundings(text, hit.start, hit.end, written)
    if near.after[:2] in _BY_ONESELF or (not near.before and near.after[:2] == _PROUDLY):
        return Reading(Aim.SELF, hit.start), False
    if near.after[:1] and (near.after[0] in _ENDS or near.after[0].endswith("ing")):
        near.after.clear()
    first, _, more = hit.text.partition(" ")
    if near.word(0) in _OURS and (not more or first.endswith("s")):
        return Reading(Aim.SELF, hit.start), False
    if _TOLD_OFF.search(text, max(0, hit.start - 60), hit.start) and near.ends_clause:
        return Reading(Aim.READER, hit.start), False
    foul = bool(near.before) and FOUL.match(text, near.before[0].start) is not None and not near.modifies
    return read_noun(near, hit.text, lambda place: FOUL.match(text, place) is not None), foul
