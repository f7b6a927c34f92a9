"""Raids are of people known to be new; numbered names are neither a raid nor a borrowed name."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.assess import Reader
from policies.conversations.following import Conversations
from policies.conversations.settings import RAID_KNOWN_AFTER, ConversationSettings
from policies.conversations.sign_files import house_signs
from policies.conversations.utterances import Utterance
from policies.identifiers import MemberId
from policies.lexicon_files import house_reader
from policies.people import Person, Register, numbered_apart

_NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
_NAMES = ("Ann", "Bela", "Carys", "Dov", "Elif")
_ADVERT = "buy cheap watches from our lovely shop"
_LIVE = ConversationSettings(raid_known_after=RAID_KNOWN_AFTER)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return house_reader()


class _Stream:
    def __init__(self, reader: Reader, *, timed: bool = True, settings: ConversationSettings = _LIVE) -> None:
        self.reader, self.timed = reader, timed
        self.following = Conversations(reader, house_signs(), settings=settings)
        self.now, self.number = _NOON, 0

    def say(self, name: str, text: str, after: float = 10) -> set[str]:
        self.now += timedelta(seconds=after)
        self.number += 1
        message, assessment = self.reader.read(text)
        said = Utterance(
            id=str(self.number),
            text=text,
            platform="discord",
            author=name.lower(),
            author_name=name,
            channel=f"channel-{self.number % 3}",
            at=self.now if self.timed else None,
        )
        return {finding.kind for finding in self.following.hear(said, message.folded.text, assessment).used}

    def goes_on(self) -> None:
        """Let the stream be followed for long enough that a new name tells something."""
        self.say("Old Hand", "Evening.")
        self.say("Old Hand", "Tea is in the back room.", after=3600)


@pytest.mark.parametrize("timed", [True, False])
def test_whom_a_stream_has_not_heard_before_may_have_been_there_for_years(reader: Reader, timed: bool) -> None:
    stream = _Stream(reader, timed=timed)
    assert not any(stream.say(name, _ADVERT) for name in _NAMES)


def test_in_a_stream_that_somebody_cut_out_all_are_new(reader: Reader) -> None:
    stream = _Stream(reader, settings=ConversationSettings())
    assert [stream.say(name, _ADVERT) for name in _NAMES[:4]][-1] == {"raid"}
    views = _Stream(reader, settings=ConversationSettings())
    assert not any(views.say(name, "I think Dave should resign as chair now.") for name in _NAMES)


def test_who_first_speaks_late_in_a_stream_is_new(reader: Reader) -> None:
    stream = _Stream(reader)
    stream.goes_on()
    assert [bool(stream.say(name, _ADVERT)) for name in _NAMES] == [False] * 3 + [True] * 2


def test_who_was_seen_to_join_is_new_at_once(reader: Reader) -> None:
    stream = _Stream(reader)
    for name in _NAMES:
        stream.following.joined(("discord", name.lower()), _NOON - timedelta(hours=2))
    assert [stream.say(name, _ADVERT) for name in _NAMES][-1] == {"raid"}


@pytest.mark.parametrize(
    "text",
    [
        "I think Dave should resign as chair.",
        "We want the hall to stay open on Sundays",
        "Please sign for the crossing at the school",
    ],
)
def test_what_many_want_in_the_same_words_is_politics(reader: Reader, text: str) -> None:
    stream = _Stream(reader)
    stream.goes_on()
    assert not any(stream.say(name, text) for name in _NAMES)


@pytest.mark.parametrize("word", ["Member ", "Delegate", "Guest_", "User "])
def test_members_by_number_are_neither_a_raid_nor_each_others_lookalikes(reader: Reader, word: str) -> None:
    stream = _Stream(reader)
    stream.goes_on()
    texts = ("the hall is cold", "shall we begin", "who has the key", "send me the code please", "tea first")
    assert not any(stream.say(f"{word}{number}", text) for number, text in zip((1, 12, 2, 21, 11), texts, strict=True))


def test_numbers_that_a_machine_drew_are_a_pattern(reader: Reader) -> None:
    stream = _Stream(reader)
    stream.goes_on()
    assert [stream.say(f"User_44{number:02}", f"let us in {number}") for number in range(5)][-1] == {"raid"}


def test_a_number_in_the_place_of_a_letter_is_still_a_borrowed_name(reader: Reader) -> None:
    stream = _Stream(reader)
    stream.say("Ruth Okafor", "Receipts are on the drive.")
    assert "impersonation" in stream.say("Ruth 0kafor", "Hello all.")


def test_numbers_part_registered_names_and_letters_that_look_like_them_do_not() -> None:
    register = Register([Person(id=MemberId("1"), name="Delegate 11"), Person(id=MemberId("2"), name="Tess Albright")])
    assert register.lookalike(MemberId("9"), "Delegate 17") is None
    assert register.lookalike(MemberId("9"), "Tess A1bright") is not None


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("Member 1", "Member 12", True), ("member-1", "Member 2", True), ("Member 1", "Member 01", False),
     ("Member 1", "Guest 2", False), ("Pau1", "Paul", False)],
)  # fmt: skip
def test_names_are_numbered_apart_by_their_numbers_alone(one: str, other: str, apart: bool) -> None:
    assert numbered_apart(one, other) is apart
