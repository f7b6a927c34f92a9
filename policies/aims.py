"""Reading whom a word of abuse is aimed at, from the words that stand around it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from policies.findings import Aim


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"<[@#!][^<>\s]*>|@[\w.-]+|\w[\w']*|[^\w \t]")
_BEFORE, _AFTER = 90, 60
_MOST_AFTER = 6
_SENTENCE_END = _words(". ! ? \n ;") | {"\n"}
_PAUSE = _words(", : - ) ( \" ' * _ ~ /")

_YOU = _words("you u ya ye yous youse yez thou ewe yourself yourselves")
_YOU_ARE = _words("you're youre ur your yer you've yous're you'll")
_HE = _words("he she him her who himself herself")
_HE_IS = _words("he's hes she's shes who's whos")
_THEY = _words("they them these those")
_THEY_ARE = _words("they're theyre they've")
_SELF = _words("i me we us myself ourselves")
_SELF_IS = _words("i'm im i've we're i'd we'd i'll")
_COPULA = _words("are r is was were be been being became remain remains sound sounds look looks seem seems 're 's")
_ASKING = _words("are r is was were am aren't arent isn't isnt wasn't wasnt weren't")
_WILL = _words("must can could might may will would gotta got has have had to really just always")
_ARTICLE = _words("a an the another one")
_DETERMINERS = _words(
    "a an the that this my his our their its her your of for by with from some any every like as than no is was and or"
)
_POINTER = _words("that this these those yon thon")
_OWNER = _words("my his our their its her")
_ADVERBS = _words(
    "just such really nothing but more than clearly obviously literally actually always still honestly basically "
    "simply quite also probably definitely fucking bloody fuckin effing frigging all both only even truly frankly "
    "pure so very too as totally completely utterly absolutely properly nowt genuinely seriously evidently plainly "
    "merely officially forever a bit of kind sort another that proper such well pretty rather"
)
_STRESS = _words(
    "absolute complete total utter fucking fuckin fkn effing bloody freaking frigging proper right real pure sheer "
    "prize massive huge big giant enormous goddamn damn motherfucking flipping unmitigated certified colossal "
    "blithering raging world-class first-class cunting shitting absolutely complete"
)
_SWORN = _words("fucking fuckin fkn motherfucking cunting shitting effing goddamn")
_FILLERS = _words(
    "little wee old young posh rich baldy tory labour lefty leftie woke blairite corbynite red blue green yellow "
    "liberal commie marxist trot nationalist unionist remoaner brexit reform snp dup silly great small tiny short "
    "boring entitled spoilt spoiled overgrown overpaid ginger specky so called"
)
_PARTITIVE = _words(
    "bunch pair load shower pack gang sack lot collection herd rabble nest crowd mob crew clique cabal bag pile "
    "heap coven bucket piece excuse waste worm pig snake rat weasel joke"
)
_KINDLY = _words(
    "lucky jammy clever brilliant beautiful gorgeous magnificent lovely glorious talented brave generous wonderful "
    "sweet dear spawny handsome hardworking love loved miss adore poor legendary"
)
_NOT_ADJECTIVES = _words(
    "need feed bleed bring sing king thing things nothing something anything everything during being"
)
_ADJECTIVE = re.compile(
    r"(?:ing|ed|ous|ful|less|ish|faced|brained|witted|headed|ety|ty|my|ny|sy|dy|ly|gy|al|ic|ive|ant)$"
)
_FUNCTION = (
    _YOU | _YOU_ARE | _HE | _HE_IS | _THEY | _THEY_ARE | _SELF | _SELF_IS | _COPULA | _ARTICLE | _POINTER | _OWNER
    | _words(
        "and or but nor if then to of in on at by for from with about into over after before under like than as "
        "because not never no don't do does did have has had can could will would should must might may it it's "
        "when where why how which while until since there here any some every only really already actually"
    )
)  # fmt: skip
_ROLES = _words(
    "candidate councillor cllr mp msp ms mla td mayor chair chairman chairwoman chairperson treasurer secretary "
    "leader agent organiser minister pm chancellor president member neighbour boss husband wife man woman guy bloke "
    "lad lass girl boy fella fellow dude chap geezer person moderator mod admin officer delegate speaker baroness "
    "lord lady deputy convenor whip rep steward activist canvasser volunteer intern clerk landlord teacher mother "
    "father mum dad mam sister brother son daughter missus ex"
)
PERSONS = _ROLES | _words(
    "human humans people individual individuals specimen specimens creature creatures excuse men women boys girls "
    "lot shower bunch thing things being beings face body"
)
"""Nouns that say no more than that a person is meant."""
_THINGS = _words(
    "it that this there life everything which nothing something today tomorrow yesterday monday tuesday wednesday "
    "thursday friday saturday sunday january february march april june july august september october november "
    "december christmas winter summer spring autumn parking traffic weather politics covid karma gravity time money "
    "work rain snow wind wifi zoom teams slack discord excel technology maths homework insomnia autocorrect what "
    "one here now hayfever leafleting canvassing envelopes thing"
)
_ADDRESSED = _words(
    "oi hey hi hello ok okay yes yeah no nope bye thanks cheers sure lol sorry right well look listen again then off "
    "up lost away mate pal alright nah aye one please"
)
_GOES_ON = _words(
    "and or but so who that is was has can will would should needs thinks of in on at from with for to as when "
    "because like too either whose wants keeps never always still just he she they you u i we it said says voted "
    "did does didn't doesn't won't isn't wasn't are were if then here there than not now why what how stop get go "
    "running trying sitting standing pretending claiming chairing councillor cllr mp called named your ur the a my "
    "his her our their this these those every everyone yet also have do don't by be shut fuck piss learn read again "
    "wouldn't couldn't can't has hasn't over mate pal love hen "
    "son sunshine darling sweetheart dear bro bruv fam lol lmao honestly seriously tbh"
)
_LIKE_WHOM = {"you": Aim.READER, "u": Aim.READER, "ya": Aim.READER, "ye": Aim.READER, "yous": Aim.READER,
              "him": Aim.PERSON, "her": Aim.PERSON, "them": Aim.GROUP}  # fmt: skip
_CALLING = _words("call calls called calling make makes made making name named label labelled brand branded consider")
_TWICE_READ = _words(
    "fool bully cheat rat snake pig dog tool plank grass troll nag joke worm weasel cow sod bugger prick dick cock "
    "knob leech slag bitch shit arse shill puppet melt scab con fraud clown tube weapon drip div prat shite freak "
    "creep knobs dicks cocks bitches"
)
"""Nouns that are verbs as well: after a bare "you" they count only where the clause ends."""


_MASSES = _words("scum filth vermin shite idiots morons scumbags bastards cunts wankers traitors liars")
"""Nouns that "your" may be a misspelt "you're" before; "your arse" is not an insult by itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Whom a noun phrase is aimed at; `start` is where the phrase begins in the view."""

    aim: Aim
    start: int
    stressed: bool = False
    sworn: bool = False
    kindly: bool = False
    asked: bool = False
    attributed: bool = False
    """Whether the phrase follows an article or a pointer, so that a noun must be its head."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int


class Surroundings:
    """The words on both sides of a range of a text, nearest first, within its sentence."""

    def __init__(self, text: str, start: int, end: int, written: Callable[[int, int], str]) -> None:
        self.start = start
        self._written = written
        self.before: list[_Token] = []
        first = max(0, start - _BEFORE)
        for match in _TOKEN.finditer(text, first, start):
            if match.group() in _SENTENCE_END:
                self.before.clear()
                first = 0
            else:
                self.before.append(_Token(match.group(), match.start()))
        self.before.reverse()
        self.opened = first == 0
        self.after: list[str] = []
        for match in _TOKEN.finditer(text, end, min(len(text), end + _AFTER)):
            if match.group() in _SENTENCE_END or len(self.after) == _MOST_AFTER:
                break
            self.after.append(match.group())
        self.joined_on = text[end : end + 1] in ("-", "'") and text[end + 1 : end + 2].isalnum()

    def word(self, place: int) -> str:
        """Give the word so many places before; an empty one where the sentence has begun."""
        return self.before[place].text if place < len(self.before) else ""

    @property
    def ends_clause(self) -> bool:
        """Whether nothing of the clause follows."""
        return not self.after or self.after[0] in _PAUSE or not self.after[0].isascii()

    @property
    def modifies(self) -> bool:
        """Whether the word stands before another noun, as in "idiot-proof" and "dog owner"."""
        return self.joined_on or not (
            self.ends_clause or self.after[0] in _GOES_ON or self.after[0].startswith(("<", "@"))
        )

    def is_name(self, place: int) -> bool:
        """Whether the word so many places before may be a person's name."""
        if place >= len(self.before):
            return False
        token = self.before[place]
        if token.text in _THINGS or token.text.endswith("ing") or not token.text.isalpha():
            return False
        if token.text.endswith("s") and self.word(place - 1) in ("are", "were", "r"):
            return False
        bare = place + 1 == len(self.before) and self.opened
        return bare or self._written(token.start, token.start + 1).isupper()


def read_noun(near: Surroundings, noun: str, coloured: Callable[[int], bool]) -> Reading:
    """Say whom a noun is aimed at; `coloured` says whether a word at a place is a degrading adjective."""
    place, reading = _modifiers(near, coloured)
    if near.joined_on or _of_a_thing(near):
        return reading
    if whom := _whom_it_is_like(near):
        return replace(reading, aim=whom, stressed=True, attributed=True)
    if place < len(near.before) and near.word(place) in _YOU:
        return _addressed(near, noun, place, reading)
    if near.modifies and not (near.word(place) in _ARTICLE and near.word(place + 1) == "what"):
        return reading
    return _said_of(near, noun, place, reading)


def read_adjective(near: Surroundings, coloured: Callable[[int], bool]) -> Reading:
    """Say whom an adjective is aimed at: said of somebody, or before a noun that means only a person."""
    place, reading = _modifiers(near, coloured)
    word = near.word(place)
    heads = bool(near.after) and (near.after[0] in PERSONS or (near.after[0] in _FILLERS and len(near.after) > 1))
    if word in _YOU and near.word(place + 1) not in _CALLING | _WILL | _SELF and near.word(place + 1) not in _ASKING:
        follows = near.after[0] if near.after else ""
        if follows.isalpha() and follows not in _GOES_ON:
            return replace(reading, aim=Aim.READER, attributed=True)
        return reading
    if near.modifies and not heads:
        return reading
    if (word in _ARTICLE or word in _POINTER) and not heads:
        return reading
    return _said_of(near, "", place, reading)


def _modifiers(near: Surroundings, coloured: Callable[[int], bool]) -> tuple[int, Reading]:
    """Walk back over the words that colour a noun; give the place of the first that does not."""
    place, start = 0, near.start
    stressed = sworn = kindly = False
    while place < min(len(near.before), 9):
        word = near.word(place)
        known = coloured(near.before[place].start)
        if word == "of" or (word in ("for", "a") and near.word(place + 1) in ("for", "of", "excuse")):
            nxt = 1 if near.word(place + 1) in _PARTITIVE else 2
            if near.word(place + nxt) not in _PARTITIVE:
                break
            place += nxt
        elif word in ("and", ",", "-", '"', "*", "_"):
            if not (place + 1 < len(near.before) and place and coloured(near.before[place + 1].start)):
                break
        elif not (known or word in _STRESS or word in _FILLERS or word in _KINDLY or _is_adjective(word)):
            break
        stressed |= word in _STRESS
        sworn |= word in _SWORN
        kindly |= word in _KINDLY
        start = near.before[place].start
        place += 1
    return place, Reading(Aim.NOBODY, start, stressed=stressed, sworn=sworn, kindly=kindly)


def _is_adjective(word: str) -> bool:
    return word not in _FUNCTION and word not in _NOT_ADJECTIVES and _ADJECTIVE.search(word) is not None


def _of_a_thing(near: Surroundings) -> bool:
    """Whether the noun is said of a thing, as in "a bitch of a hill"."""
    return near.after[:2] == ["of", "a"] and len(near.after) > 2 and near.after[2] not in PERSONS


def _whom_it_is_like(near: Surroundings) -> Aim | None:
    """Read "scum like you", "the coward you are" and "the fool that he is"."""
    after = near.after
    if len(after) > 1 and after[0] == "like" and after[1] in _LIKE_WHOM:
        return _LIKE_WHOM[after[1]]
    if "of" in after[:4] and "you" in after[:5] and after[0] in ("the", "all", "every", "each", "both"):
        return Aim.READER
    if after[:1] == ["that"]:
        after = after[1:]
    if after[:1] and after[0] in ("you're", "youre") and len(after) == 1:
        return Aim.READER
    if len(after) > 1 and after[0] in _YOU and after[1] in ("are", "r", "were"):
        return Aim.READER
    if len(after) > 1 and after[0] in _HE and after[1] in ("is", "was"):
        return Aim.PERSON
    return None


def _addressed(near: Surroundings, noun: str, place: int, reading: Reading) -> Reading:
    """Read "you ... noun"."""
    previous = near.word(place + 1)
    if place == 0 and noun in _TWICE_READ and not near.ends_clause:
        return reading
    if previous in _CALLING:
        return reading
    return replace(reading, aim=Aim.READER, kindly=reading.kindly or previous in _KINDLY)


def _said_of(near: Surroundings, noun: str, place: int, reading: Reading) -> Reading:
    """Read "she is a ... noun", "what a ... noun", "that ... noun" and the bare noun."""
    word = near.word(place)
    article = word in _ARTICLE
    if word in _POINTER and near.word(place + 1) not in _COPULA | _YOU_ARE | _HE_IS:
        return replace(reading, aim=Aim.PERSON, attributed=True) if noun else reading
    behind = place + 1 if article else place
    if near.word(behind) == "what" and article:
        return _exclaimed(near, reading)
    while near.word(behind) in _ADVERBS:
        behind += 1
    if near.word(behind) == "like":
        behind += 2 if near.word(behind + 1).endswith("ing") else 1
    owned = near.word(behind) in ("your", "yer") and not article and noun not in _MASSES
    aim, asked = (None, False) if owned else _subject(near, behind)
    if aim is not None:
        return replace(reading, aim=aim, asked=asked, attributed=article)
    if article and near.word(behind) in ("", ",", ":", "-") and (near.opened or behind < len(near.before)):
        alone = near.ends_clause or near.after[0] in PERSONS
        return replace(reading, aim=Aim.PERSON, attributed=True) if alone else reading
    bare = bool(noun) and not article and not owned and behind == place
    return _bare(near, noun, place, reading) if bare else reading


def _exclaimed(near: Surroundings, reading: Reading) -> Reading:
    after = near.after
    if not after or after[0] in _PAUSE:
        return replace(reading, aim=Aim.PERSON, attributed=True)
    if after[0] in _SELF | _SELF_IS or (
        after[0] in ("that", "this", "it", "the") and after[1:2] and (after[1] not in _ROLES)
    ):
        return reading
    return replace(reading, aim=Aim.READER if after[0] in _YOU | _YOU_ARE else Aim.PERSON, attributed=True)


def _subject(near: Surroundings, place: int) -> tuple[Aim | None, bool]:
    """Read the subject of "... is a"; the second answer is whether it is a question."""
    word = near.word(place)
    for words, aim in ((_YOU_ARE, Aim.READER), (_HE_IS, Aim.PERSON), (_THEY_ARE, Aim.GROUP), (_SELF_IS, Aim.SELF)):
        if word in words:
            return aim, False
    if near.word(place + 1) in _ASKING:
        for words, aim in ((_YOU, Aim.READER), (_HE, Aim.PERSON), (_THEY, Aim.GROUP), (_SELF, Aim.SELF)):
            if word in words:
                return aim, True
    if word not in _COPULA:
        return None, False
    place += 1
    if word in ("be", "being", "been"):
        return _would_be(near, place)
    while near.word(place) in _ADVERBS and near.word(place) != "that":
        place += 1
    return _who(near, place), False


def _would_be(near: Surroundings, place: int) -> tuple[Aim | None, bool]:
    """Read "you must be a", "stop being a"; "you would be a fool to" and "don't be a" are aimed at nobody."""
    if near.after[:1] and near.after[0] in ("to", "not", "if"):
        return None, False
    if near.word(place) in ("stop", "quit"):
        return Aim.READER, True
    while near.word(place) in _WILL:
        place += 1
    for words, aim in ((_YOU | _YOU_ARE, Aim.READER), (_HE | _HE_IS, Aim.PERSON), (_SELF | _SELF_IS, Aim.SELF)):
        if near.word(place) in words:
            return aim, False
    return None, False


def _who(near: Surroundings, place: int) -> Aim | None:
    word, previous = near.word(place), near.word(place + 1)
    for words, aim in ((_YOU, Aim.READER), (_HE, Aim.PERSON), (_THEY, Aim.GROUP), (_SELF, Aim.SELF)):
        if word in words:
            return Aim.GROUP if aim is Aim.GROUP else aim
    if word in ("lot", "people", "all", "guys", "both"):
        return Aim.READER if previous in _YOU or near.word(place + 2) in _YOU else Aim.GROUP
    if word.startswith(("<@", "@")) or word in _ROLES:
        return Aim.PERSON
    if near.is_name(place):
        return Aim.PERSON
    return Aim.GROUP if word.endswith("s") and word.isalpha() and word not in _THINGS and previous == "" else None


def _bare(near: Surroundings, noun: str, place: int, reading: Reading) -> Reading:
    """Read a noun with no word before it that says whose it is: an address where the clause ends with it."""
    word = near.word(place)
    if word.startswith(("<@", "@")):
        return replace(reading, aim=Aim.READER)
    if not near.ends_clause or (noun in _TWICE_READ and place == 0):
        return reading
    if word == "":
        return replace(reading, aim=Aim.PERSON) if near.opened and (place or len(noun) > 3) else reading
    if word in (",", ":") or word in _ADDRESSED:
        listed = sum(token.text == "," for token in near.before) > 1 or "," in near.after
        return reading if listed and word == "," else replace(reading, aim=Aim.READER)
    determined = {near.word(place), near.word(place + 1)} & _DETERMINERS
    if noun.endswith("s") or determined or not word.isalpha():
        return reading
    return replace(reading, aim=Aim.READER) if len(near.before) > place + 1 else reading
