"""Insults: words that degrade a person, aimed at the reader or at somebody named."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from policies.aimed import lives_off_others
from policies.aims import Reading, Surroundings, read_adjective, read_noun
from policies.findings import Aim, Certainty, Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "insults"

_NOUNS = {"vile-noun": 5, "vile-compound": 5, "hard-noun": 3, "tongue-noun": 3, "mild-noun": 1, "political-noun": 1}
_ADJECTIVES = {"hard-adjective": 2, "mild-adjective": 1, "attributive-adjective": 1}
_AIMS = {Aim.READER: 2, Aim.PERSON: 0, Aim.GROUP: -1}
_LIKELY, _PLAIN = 2, 5
_SENT_OFF = ("go-away", "go-away-hard")
"""How friends part who are about to meet again."""

_BANTER = re.compile(
    r"[\U0001F602\U0001F923\U0001F61C\U0001F61D\U0001F609\U0001F618\u2764\U0001F495\U0001F605\U0001F606]"
    r"|\b(?:lol|lmao|haha(?:ha)*|hehe|jk|only joking|just kidding|love you|love ya|bless you|xx+|x(?=\s*$))\b"
    r"|:\)|;\)|:d\b"
)


_AFFECTION = re.compile(
    r"\b(?:(?:love|adore) (?:you|u|ya|yuh|ye)(?: all| man| mate| both| x+)?|proud of (?:you|u|ya)|so proud"
    r"|(?:happy|your|ur|lovely) birthday"
    r"|see (?:you|u|ya) (?:mon|tues|wednes|thurs|fri|satur|sun)day(?: mate| pal| love| x+)?"
    r"|well played|nice one|brilliant up there|kettle's on|pint after|cariad|(?:pint|round)(?:'s|s| is) on"
    r"|have (?:a|your|some) (?:mince pie|pudding|cake|tea|cuppa|biscuit)|get home safe|happy \d\dth"
    r"|made me cry|never change|you star|room for (?:two|one more)|get well(?: soon)?"
    r"|vote for you twice|yer tea's)\b"
)
"""Words of affection: those who swear at each other like this are friends."""
_ENMITY = 7
"""The weight from which an insult is one whatever kindness stands beside it."""

_CREATURE = re.compile(
    r"\b(?:wasps?|hornet|bees?|spiders?|mosquito(?:es)?|midges?|flies|slugs?|moth|stripy|stripey|seagulls?|pigeons?|squirrels?|"
    r"printers?|photocopier|laptop|gazebo|stepladder|stapler|franking machine|coffee table|kerb|autocorrect|satnav|"
    r"sat nav|spreadsheets?|pivot tables?|merged cells|projector|portal|wifi|casserole|parking meters?|moths?|shower)\b"
)
_A_THING = (
    r"(?:spreadsheets?|pivot tables?|portal|projector|printers?|photocopier|laptop|app|wifi|router|website|database|"
    r"casserole|heating|boiler|weather|rain|wind|hill|sofa|tent|gazebo|hangover|monday|alarm|zoom|signal|cancer|covid|"
    r"dementia|autocorrect|sat ?nav|merged cells|consultation)"
)
_THING_BEFORE = re.compile(rf"\b{_A_THING}(?: (?:can|may|should|could|is|was|are)(?: just| all| a| an)?)? $")
_THING_BEHIND = re.compile(rf"^[\s,]*(?:(?:of|a|an|the|you|this|that|bloody|stupid|absolute) )*{_A_THING}\b")
"""What is sworn at on either side of the words: a machine, the weather, an illness."""
_AT_NOTHING = re.compile(
    r"\b(?:holy|oh|ah|aw|well|no|the|this|that|of|all|pay for|watch|read|dear) (?:this |that |utter )?(?:shite?|shits)$"
)


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each insult that is aimed at somebody, graded by the words themselves."""
    coloured: dict[int, list[Hit]] = {}
    for hit in hits:
        if hit.entry.id in _ADJECTIVES:
            coloured.setdefault(id(hit.view), []).append(hit)
    adjectives = {view: _Adjectives(of_view) for view, of_view in coloured.items()}
    none = _Adjectives(())
    mood = _Mood(message.folded.text)
    for hit in hits:
        if _at_nobody(hit):
            continue
        if hit.entry.id not in _NOUNS and hit.entry.id not in _ADJECTIVES:
            sent_off = hit.entry.id in _SENT_OFF and mood.affection
            if not sent_off and (hit.entry.certainty is Certainty.PLAIN or not (mood.banter or mood.affection)):
                yield hit.finding()
        elif (finding := _weigh(message, hit, adjectives.get(id(hit.view), none), mood)) is not None:
            yield finding


class _Mood:
    """What the whole of a message says of how its words are meant; looked for once, when first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def banter(self) -> bool:
        """Whether somebody laughs."""
        return _BANTER.search(self._text) is not None

    @cached_property
    def affection(self) -> bool:
        """Whether somebody is fond of somebody."""
        return _AFFECTION.search(self._text) is not None


def _at_nobody(hit: Hit) -> bool:
    """Whether somebody swears at a wasp, a printer or the state of the world."""
    before = hit.view.text[max(0, hit.start - 24) : hit.end]
    if (hit.entry.id == "hard-noun" and _AT_NOTHING.search(before)) or lives_off_others(hit):
        return True
    text = hit.view.text
    if _THING_BEFORE.search(text[max(0, hit.start - 40) : hit.start]) or _THING_BEHIND.search(
        text[hit.end : hit.end + 40]
    ):
        return True
    weak = hit.entry.certainty is Certainty.LIKELY or hit.entry.id == "hard-noun"
    return weak and _CREATURE.search(hit.view.text[max(0, hit.start - 120) : hit.end + 40]) is not None


class _Adjectives:
    """The degrading adjectives of one view, in the order of its text."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = sorted(hits, key=lambda hit: hit.start)
        self._starts = [hit.start for hit in self._hits]

    def covers(self, place: int) -> bool:
        """Whether a word at a place is one of them."""
        index = bisect_right(self._starts, place) - 1
        return index >= 0 and place < self._hits[index].end

    def weight(self, start: int, end: int) -> int:
        """Give what those within a range add."""
        return sum(
            _ADJECTIVES[hit.entry.id]
            for hit in self._hits[bisect_right(self._starts, start - 1) : bisect_right(self._starts, end - 1)]
        )


def _weigh(message: Normalised, hit: Hit, adjectives: _Adjectives, mood: _Mood) -> Finding | None:
    near = Surroundings(hit.view.text, hit.start, hit.end, lambda start, end: _written(message, hit, start, end))
    noun = hit.text if hit.entry.id in _NOUNS else ""
    reading = read_noun(near, noun, adjectives.covers) if noun else read_adjective(near, adjectives.covers)
    if reading.aim not in _AIMS:
        return None
    weight = _NOUNS.get(hit.entry.id, 0) + adjectives.weight(reading.start, hit.end) + _AIMS[reading.aim]
    weight += (reading.stressed or reading.sworn) + reading.sworn - reading.asked
    if not _counts(mood, hit, reading, weight):
        return None
    plain = weight >= _PLAIN and reading.aim is not Aim.GROUP
    finding = hit.finding(aim=reading.aim, certainty=Certainty.PLAIN if plain else Certainty.LIKELY)
    return replace(finding, span=hit.view.original_span(reading.start, hit.end))


def _counts(mood: _Mood, hit: Hit, reading: Reading, weight: int) -> bool:
    if weight < _ENMITY and (reading.kindly or mood.affection):
        return False
    if hit.entry.id == "attributive-adjective" and not reading.attributed:
        return False
    if hit.entry.id in _ADJECTIVES and weight == _LIKELY:
        return False
    banter = weight < _PLAIN and hit.entry.certainty is Certainty.LIKELY and mood.banter
    return weight >= _LIKELY and not banter


def _written(message: Normalised, hit: Hit, start: int, end: int) -> str:
    span = hit.view.original_span(start, end)
    return message.original[span.start : span.end]
