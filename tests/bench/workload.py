"""Seeded messages to time: W1 is ordinary chat with its share of abuse, W3 is built to be slow.

No abusive word stands in this file. What is abusive in a workload is drawn, when it runs, from the
examples that stand beside the entries of the shipped lexicons.
"""

import math
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from policies.lexicon import Lexicon

SEED = 20261121
LONGEST = 4_000

_MEDIAN_LENGTH, _MEAN_LENGTH, _LONGEST_CHAT = 53, 83, 2_000
_ABUSIVE, _OBFUSCATED, _NOT_ASCII, _MARKED_UP, _MENTIONS = 0.03, 0.40, 0.10, 0.15, 0.05

_CHAT = (
    """
can anyone cover the stall on saturday|meet at the station at ten|the minutes are in the shared folder
thanks for coming out in the rain|we did four streets and met lots of undecided voters|is the hall booked for the agm
the new leaflet looks great|please bring a clipboard|I disagree with the motion but it was a good debate
who is driving to conference|the bus cuts are the main issue on the estate|count me in|see you there
the leader's speech was better than I expected|I thought the answer on housing was weak
has the treasurer filed the return|my shift finishes at six so I will be late|can we move the meeting to thursday
the council should be ashamed of the state of the roads|lots of questions about bins again|well done everyone
does anybody know when nominations close|we need two more tellers for the morning|the photos are up on the page
I will not vote for that amendment|it is a bad policy and it will cost us seats|fair point, I had not thought of that
the kettle in the office is broken again|happy birthday Anwen|could somebody print the registers
we were hammered in the by-election but the canvass was good|the other side are knocking on every door
I have sent the agenda to the members|let me check with the agent|there is cake|no worries at all
the candidate is at the school gate until nine|traffic is awful on the ring road|good luck to all our candidates
I am worried about turnout in the north of the ward|the figures are on page four|what time does the count start
we should fight this cut at every stage|she answered well on the bypass|he was late and did not apologise
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_FOREIGN = (
    "diolch yn fawr iawn i bawb am ddod heno, roedd yn wych",
    "żółte ulotki są w biurze, proszę zabrać",
    "Grüße an alle, die beim Stand geholfen haben, schön war’s",
    "la réunion est reportée à jeudi, désolée",
    "спасибо всем кто пришёл на встречу",
    "آپ سب کا شکریہ، کل ملتے ہیں",
    "a “proper” debate – at last… café after?",
)
_MARKS = (
    "https://www.eventbrite.example/e/summer-social-{n}?aff=x",
    "<@{n}> ",
    "<#{n}> ",
    "🎉🎉",
    ":rose:",
    "👍🏽",
    "@sam.jones ",
    "https://docs.example.org/minutes/{n}",
)
_MENTION_FRAMES = (
    'Somebody wrote "{}" under the photo. It has been reported to the police.',
    'He was told "{}" and has made a complaint.',
    'Saying "{}" to another member is against the rules.',
    'I had a message saying "{}" last night, who do I send it to?',
)

_CYRILLIC = str.maketrans("aeopcxyi", "аеорсхуі")
_LEET = str.maketrans("aeios", "43105")


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


DISGUISES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("leet", lambda text: text.translate(_LEET)),
    ("cyrillic", lambda text: text.translate(_CYRILLIC)),
    ("zero-width", "\u200b".join),
    ("dotted", lambda text: " ".join(".".join(word) for word in text.split())),
    ("full-width", _full_width),
)
"""The five disguises of W1, in equal parts."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to time: a name for the report, and the text."""

    name: str
    text: str


def abusive_examples(lexicons: Sequence[Lexicon]) -> tuple[str, ...]:
    """Give the abuse that stands as examples in the lexicons."""
    return tuple(text for lexicon in lexicons for entry in lexicon.entries for text in entry.hits)


def chat(lexicons: Sequence[Lexicon], count: int, seed: int = SEED) -> list[Message]:
    """Give W1: as long as chat messages are, three in a hundred abusive, two fifths of those disguised."""
    dice = random.Random(seed)
    abuse = abusive_examples(lexicons)
    return [_one(dice, abuse) for _ in range(count)]


def _one(dice: random.Random, abuse: Sequence[str]) -> Message:
    sigma = math.sqrt(2 * math.log(_MEAN_LENGTH / _MEDIAN_LENGTH))
    length = min(_LONGEST_CHAT, max(2, int(dice.lognormvariate(math.log(_MEDIAN_LENGTH), sigma))))
    draw = dice.random()
    if draw < _ABUSIVE:
        text = dice.choice(abuse)
        if dice.random() < _OBFUSCATED:
            name, disguise = dice.choice(DISGUISES)
            return Message(f"abuse-{name}", disguise(text))
        return Message("abuse-plain", text)
    if draw < _ABUSIVE + _MENTIONS:
        return Message("mention", dice.choice(_MENTION_FRAMES).format(dice.choice(abuse)))
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        parts.append(dice.choice(_CHAT))
    text = ". ".join(parts)[:length]
    if dice.random() < _NOT_ASCII:
        text = f"{dice.choice(_FOREIGN)} {text}"[: max(length, 20)]
    if dice.random() < _MARKED_UP:
        text = f"{text} {dice.choice(_MARKS).format(n=dice.randrange(10**17, 10**18))}"
    return Message("chat", text)


def _shuffled(dice: random.Random, words: Iterable[str]) -> list[str]:
    """Give words in an order of chance, each but once: all that opens a pattern, and next to nothing that ends one."""
    each = sorted(words)
    dice.shuffle(each)
    return each


def _halves(text: str) -> tuple[str, str]:
    middle = text.find(" ", len(text) // 2)
    return text[:middle], text[middle + 1 :]


def adversarial(lexicons: Sequence[Lexicon], length: int = LONGEST, seed: int = SEED) -> Iterator[Message]:
    """Give W3: messages of a given length, each made to be as slow as one construction can make it."""
    dice = random.Random(seed)
    abuse = sorted(set(abusive_examples(lexicons)))
    terms = sorted({term for lexicon in lexicons for entry in lexicon.entries for term in entry.terms})
    line = " ".join(dice.sample(abuse, len(abuse)))
    made: dict[str, str] = {
        "one-letter": "a",
        "two-letters": "a b ",
        "stretched": "aaaabbbbcccc ",
        "stretched-words": " ".join("".join(char * 4 for char in term) for term in terms[:200]),
        "spaced": " ".join(line.replace(" ", "")),
        "dotted": ".".join(line.replace(" ", "")),
        "masks": "f*** c*** j** n***** ",
        "long-masks": "a" + "*" * 22 + " ",
        "endless-mask": "c" + "*" * LONGEST,
        "hyphens": "-".join("abcdefgh") + " ",
        "leet": line.translate(_LEET),
        "leet-bars": "k1ll|1ll1|! ",
        "zero-width": "\u200b".join(line),
        "combining": "".join(char + "\u0301" * 3 for char in line),
        "cyrillic": line.translate(_CYRILLIC),
        "mixed-scripts": "аbсdеfgρqοr ",
        "full-width": _full_width(line),
        "enclosed": "".join(chr(0x1F130 + ord(char) - 97) if "a" <= char <= "z" else char for char in line.lower()),
        "right-to-left": "\u202e".join(line.split()),
        "findings": line,
        "short-findings": " ".join(sorted(abuse, key=len)[:40]),
        "terms": " ".join(terms),
        "quotes": "".join(f'"{text}" ' for text in abuse),
        "reported-quotes": "".join(f'he said "{text}" and that is vile. ' for text in abuse),
        "quote-marks": "\"' \"' ",
        "nested-quotes": "«“‘",
        "block-quotes": "".join(f"> {text}\n" for text in abuse),
        "code": "".join(f"`{text}` ```x``` " for text in abuse),
        "one-sentence": line.replace(".", ",").replace("!", ",").replace("?", ",").replace("\n", " "),
        "anchors": " ".join(_shuffled(dice, {word for text in abuse for word in text.lower().split()})),
        "halves": " ".join(_shuffled(dice, {half for text in abuse for half in _halves(text)})),
        "commas": re.sub(r"\W+", ",", line),
        "near-misses": " ".join(term[:-1] + "q" for term in terms),
        "prefixes": " ".join(text[: len(text) // 2] for text in abuse),
        "pronouns": "you are you're your he is she's they are i will we will ",
        "gaps": "you ,,,, '''' **** ____ ",
        "regex-bait": "(a+)+$ (.*)* [a-z]+ {you}{0,99} \\b\\b ",
        "links": "https://a.b.example/c?d=e&f=g ",
        "bare-links": "a.b.c.d.e.f.co.uk/x xn--a-b.com ",
        "mentions": "<@123456789012345678> @sam ",
        "entities": "&amp;amp;lt;&gt; ",
        "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
        "line-breaks": "\n a\n",
        "numbers": "07700 900123 14 88 SW1A 1AA ",
        "random-words": " ".join(
            "".join(dice.choices("etaoinshrdlucmfwypvbgkjqxz", k=dice.randint(2, 9))) for _ in range(800)
        ),
        "random-characters": "".join(
            chr(dice.choice((dice.randrange(32, 127), dice.randrange(160, 0x2FFF)))) for _ in range(LONGEST)
        ),
    }
    for number, (name, disguise) in enumerate(DISGUISES):
        made[f"all-{name}"] = " ".join(disguise(text) for text in abuse[number :: len(DISGUISES)])
    every = [disguise(text) for text in abuse for _, disguise in (dice.choice(DISGUISES),)]
    made["all-disguises"] = " ".join(f'"{text}" f***' for text in every)
    for name, unit in made.items():
        yield Message(name, (unit * (length // max(1, len(unit)) + 1))[:length])
