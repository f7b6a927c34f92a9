"""Text-speak: words as they are typed on a phone to save letters, read as they are spelt.

Whoever writes so hides nothing most of the time; but a threat is as plain in it, and neither the lists nor the
classifier know these spellings.
"""

import re
from collections.abc import Iterator

from policies.text.views import Rewrite

_TELLING = {
    typed: spelt
    for spelt, all_typed in {
        "tomorrow": "2moro 2mora 2morrow 2mrw 2moz 2mro",
        "tonight": "2nite 2night 2nyt tonite",
        "going to": "gna gunna gona gnna gunnae",
        "today": "2day",
        "before": "b4",
        "later": "l8r",
        "late": "l8",
        "great": "gr8",
        "wait": "w8",
        "mate": "m8",
        "mates": "m8s",
        "hate": "h8",
        "hates": "h8s",
        "hater": "h8er",
        "haters": "h8ers",
        "hating": "h8ing",
        "anyone": "ne1 any1",
        "someone": "sum1 some1",
        "everyone": "every1",
        "no one": "no1",
        "with": "wiv wif",
        "would": "wud wld",
        "could": "cud cld",
        "should": "shud shld",
        "what": "wot",
        "was": "woz",
        "is": "iz",
        "know": "kno noe",
        "have": "hav",
        "give": "giv",
        "live": "liv",
        "lives": "livs",
        "will": "wil",
        "kill": "kil",
        "kills": "kils",
        "killed": "kild",
        "dead": "ded",
        "back": "bak",
        "head": "hed",
        "house": "hous",
        "kids": "kidz",
        "school": "skool",
        "phone": "fone",
        "please": "plz",
        "people": "ppl",
        "said": "sed",
        "about": "abt",
        "because": "bcoz",
        "every": "evry",
    }.items()
    for typed in all_typed.split()
}
"""Spellings that say by themselves how a message is written."""

_BESIDE = {
    typed: spelt
    for spelt, all_typed in {
        "you": "u",
        "your": "ur yr",
        "are": "r",
        "and": "n",
        "why": "y",
        "see": "c",
        "be": "b",
        "to": "2",
        "for": "4",
        "i'm": "im",
        "i'll": "ill",
        "going": "goin",
        "coming": "comin cumin",
        "come": "cum",
        "the": "da",
        "this": "dis",
        "that": "dat",
        "where": "wer",
        "get": "gt",
        "when": "wen",
        "through": "thru",
    }.items()
    for typed in all_typed.split()
}
"""Spellings that are so read only beside one of those: by themselves they are letters, numbers and other words."""

_VERBS = (
    "kill|kil|hurt|die|be|b|do|get|c|see|go|say|kick|stab|slap|bash|smash|burn|find|come|make|cut|beat|punch|shoot|"
    "meet|talk|tell|know|kno|stop|pay|fuck|batter|rape|hit|hang|ruin|end|deck|glass|strangle"
)
_TO = rf"\b(?:goin|going|gonna|want|need|tryin|trying|try|used|ready|able|u) 2 (?:{_VERBS})\b"
_NO_WHERE = r"\bno (?:wer|where) (?:u|ur|you|he|she|they)\b"
NEEDS = rf"\b(?:{'|'.join(_TELLING)})\b|{_TO}|{_NO_WHERE}|\bwer (?:u|ur) \w"
"""What a text holds that is written so; for RE2."""

_WORD = re.compile(r"(?<![\w'’@#&.-])(?:\d?[a-z]+\d?[a-z]*|[24])(?![\w'’@-]|\.\w)")
_APART = re.compile(r"(?<![\w'])\w(?:[^\w\n]{1,2}\w){2,}(?![\w'])")
"""Single letters in a row are a word spelt out, which another view reads."""
_KNOWS = re.compile(r"\bno(?= (?:wer|where) (?:u|ur|you|he|she|they)\b)")


def spelt_out(text: str) -> Iterator[Rewrite]:
    """Give the words of a folded text that `NEEDS` was found in as they are spelt, in order.

    A 2 or a 4 is a word only between two words, and never at an end.
    """
    knows = {match.start() for match in _KNOWS.finditer(text)}
    text = _APART.sub(lambda match: "\0" * len(match.group()), text)
    for word in _WORD.finditer(text):
        told = word.group()
        if word.start() in knows:
            yield Rewrite(word.start(), word.end(), "know")
        elif told in ("2", "4") and not _between_words(text, word.start(), word.end()):
            continue
        elif spelt := _TELLING.get(told) or _BESIDE.get(told):
            yield Rewrite(word.start(), word.end(), spelt)


def _between_words(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return before[-1:] == " " and before[:1].isalpha() and after[:1] == " " and after[1:].isalpha()
