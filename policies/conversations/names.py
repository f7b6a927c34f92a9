"""Whom a message means: mentions, names and the authors who bear them, as far as the stream has shown."""

import re

from policies.conversations.recent import Recent
from policies.conversations.utterances import Member, Place
from policies.people import Register
from policies.text.folding import fold

_MENTION = re.compile(r"<@!?([A-Za-z0-9_.-]+)(?:\|[^>]*)?>")
_HANDLE = re.compile(r"(?<![\w@])@([A-Za-z][\w.\-']{1,40})(?: ([A-Z][\w'-]+))?")
_WORD = re.compile(r"[a-z]{3,}")
_CAPITAL = re.compile(r"\b[A-Z][a-z]{2,}\b")
_LETTERS = re.compile(r"[^a-z]")
_TITLES = frozenset(
    ("cllr", "councillor", "dr", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "lord", "lady", "rev", "prof", "mp",
     "msp", "the", "and", "chair", "secretary", "treasurer", "branch", "admin", "mod", "moderator", "bot", "officer",
     "anon", "user", "member", "guest", "not", "new", "real", "for", "from")
)  # fmt: skip
_ALSO_WORDS = frozenset(
    ("will", "mark", "grace", "rose", "hope", "may", "april", "june", "august", "bill", "jack", "rob", "pat", "sue",
     "art", "dawn", "joy", "faith", "frank", "guy", "nick", "max", "ray", "miles", "drew", "chase", "ash", "sky",
     "rich", "jean", "dot", "kit", "don", "van", "young", "long", "brown", "white", "black", "green", "king", "bishop",
     "gray",
     "grey", "short", "small", "hill", "wood", "woods", "field", "park", "lane", "church", "day", "bush", "swift",
     "sage", "ruby", "iris", "daisy", "lily", "ivy", "violet", "amber", "eve", "angel", "summer", "page", "cook",
     "baker", "carpenter", "cook", "price", "power", "love", "moss", "best", "good", "blunt", "sharp", "wise", "early",
     "penny", "mike", "chip", "rusty", "sandy", "holly", "olive", "robin", "martin", "finch", "fox", "wolf", "lamb",
     "bull", "rice", "stone", "rock", "banks", "rivers", "brook", "ford", "bell", "ball", "hall", "house", "case",
     "law", "gene", "dean", "duke", "earl", "major", "judge", "reader", "speaker", "moody", "savage", "noble", "major")
)  # fmt: skip
"""Names that are words: they count only with a capital inside a sentence."""
_BEARERS = 8


def squashed(name: str) -> str:
    """Give the letters of a name alone, folded."""
    return _LETTERS.sub("", fold(name[:80]).text)


class Names:
    """Knows who bears which name; bounded, and newer bearers come before older ones."""

    def __init__(self, most: int, register: Register, first_names: frozenset[str] = frozenset()) -> None:
        self._first_names = first_names
        self._known: Recent[Member, tuple[str, str]] = Recent(most)
        self._called: Recent[tuple[str, str, str], None] = Recent(most)
        self._alias: Recent[Member, Member] = Recent(most)
        self._bearers: Recent[str, dict[Member, str]] = Recent(4 * most)
        self._registered: dict[str, Member] = {}
        self._registered_words: dict[str, frozenset[str]] = {}
        for person in register.people:
            self._registered_words[person.id] = frozenset(_words_of(person.name))
            for word in _words_of(person.name):
                self._registered.setdefault(word, ("", person.id))
            for name in (person.name, *person.handles):
                self._registered.setdefault(squashed(name), ("", person.id))

    def note(self, member: Member, name: str, place: Place) -> None:
        """Remember that somebody under this name has just spoken here."""
        if self._known.get(member) == (name, place[1]):
            return
        self._known.put(member, (name, place[1]))
        name = name or ("" if member[1].isdigit() else member[1])
        words = {*_words_of(name), squashed(name), member[1].lower()} - {""}
        called = next((word for word in words if (place[0], place[1], word) in self._called), None)
        if called is not None:
            self._called.drop((place[0], place[1], called))
            self._alias.put(member, (place[0], f"@{called}"))
        member = self.known_as(member)
        for word in words:
            bearers = self._bearers.touch(word, dict)
            bearers.pop(member, None)
            bearers[member] = place[1]
            if len(bearers) > _BEARERS:
                del bearers[next(iter(bearers))]

    def known_as(self, member: Member) -> Member:
        """Give whom a member counts as: one who was mentioned by name before they first spoke stays the same."""
        return self._alias.get(member) or member

    def meant(
        self, text: str, folded: str, place: Place, *, absent: bool
    ) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
        """Give the members that are mentioned, and those that are only named; the `absent` by first name as well."""
        mentioned: list[Member] = []
        if "@" in text:
            mentioned += [self.known_as((place[0], found)) for found in _MENTION.findall(text)]
            for handle, second in _HANDLE.findall(text):
                member = self._bearer(squashed(handle + second), place) if second else None
                mentioned.append(member or self._handle(handle, place))
        words = _WORD.findall(folded, 0, 600)
        spoken = self._bearers.known(words)
        if self._registered:
            spoken += [word for word in words if word in self._registered]
        if absent and not mentioned:
            spoken += self._given(text)
        named = [member for word in spoken if (member := self._named(word, text, place))]
        return tuple(dict.fromkeys(mentioned)), tuple(m for m in dict.fromkeys(named) if m not in mentioned)

    def known_by(self, written: str, place: Place) -> Member | None:
        """Give the one member whom a mention, or one or two words of a name, can only mean.

        Somebody with the first name of a member and another surname is somebody else.
        """
        if written.startswith(("<@", "@")):
            return next(iter(self.meant(written, "", place, absent=False)[0]), None)
        words = _WORD.findall(fold(written[:80]).text)
        _, named = self.meant(written, " ".join(words), place, absent=False)
        return next((member for member in named if set(words) <= self._words_of(member)), None)

    def _words_of(self, member: Member) -> frozenset[str]:
        registered, known = self._registered_words.get(member[1], frozenset()), self._known.get(member)
        return registered | frozenset(_words_of(known[0]) if known else ()) | {member[1].lower()}

    def _given(self, text: str) -> list[str]:
        """Give the first names, written as names are, of people who have not spoken themselves."""
        words = [word.lower() for word in _CAPITAL.findall(text, 0, 300)]
        return [word for word in words if word in self._first_names and word not in self._bearers]

    def _handle(self, handle: str, place: Place) -> Member:
        for form in (handle.lower(), squashed(handle), *_words_of(re.sub(r"[._-]", " ", handle))):
            if form and (member := self._bearer(form, place)):
                return member
        called = squashed(handle)
        self._called.put((place[0], place[1], called), None)
        return place[0], f"@{called}"

    def _named(self, word: str, text: str, place: Place) -> Member | None:
        member = self._bearer(word, place)
        if member is None and word in self._first_names:
            return self._handle(word, place)
        if member is None or word in _TITLES:
            return None
        if word in _ALSO_WORDS and not re.search(rf"(?<=[\w,] ){word.capitalize()}\b|^{word.capitalize()}(?=,)", text):
            return None
        return member

    def _bearer(self, word: str, place: Place) -> Member | None:
        bearers = [entry for entry in (self._bearers.get(word) or {}).items() if entry[0][0] == place[0]]
        if not bearers:
            registered = self._registered.get(word)
            return (place[0], registered[1]) if registered else None
        here = [member for member, channel in bearers if channel == place[1]]
        return here[-1] if here else bearers[-1][0]


def _words_of(name: str) -> tuple[str, ...]:
    words = _WORD.findall(fold(name[:80]).text.replace("_", " ").replace(".", " "))
    return tuple(word for word in words if word not in _TITLES)
