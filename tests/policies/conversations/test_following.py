"""Following a stream: memory is bounded, any text is taken, and the same message counts once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.assess import Reader
from policies.assessments import Assessment
from policies.conversations.following import Conversations
from policies.conversations.settings import ConversationSettings
from policies.conversations.sign_files import house_signs
from policies.conversations.utterances import Utterance
from policies.findings import Certainty
from policies.kinds import KINDS
from policies.lexicon_files import house_reader

_NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return house_reader()


@pytest.fixture
def talk(reader: Reader) -> "Talk":
    return Talk(reader)


class Talk:
    """A conversation in which one line is said after the other."""

    def __init__(self, reader: Reader, limits: ConversationSettings | None = None) -> None:
        self.reader = reader
        self.following = Conversations(reader, house_signs(), settings=limits)
        self.now = _NOON
        self.number = 0

    def say(self, author: str, text: str, *, to: str = "", after: float = 20, again: str = "") -> Assessment:
        """Say something, some seconds after what was said last."""
        self.now += timedelta(seconds=after)
        self.number += 1
        message, assessment = self.reader.read(text)
        heard = Utterance(
            id=again or str(self.number),
            text=text,
            platform="discord",
            author=author,
            author_name=author.capitalize(),
            channel="general",
            reply_to=to,
            at=self.now,
        )
        return self.following.hear(heard, message.folded.text, assessment)


def _kinds(assessment: Assessment) -> set[str]:
    return {finding.kind for finding in assessment.used}


def _crowd(talk: Talk, senders: int) -> list[Assessment]:
    talk.say("priya", "I have booked the hall.")
    return [talk.say(f"member{letter}", "@Priya yawn") for letter in "abcdefgh"[:senders]]


def test_the_fifth_sender_makes_a_pile_on_and_not_the_fourth(talk: Talk) -> None:
    heard = _crowd(talk, 6)
    assert [bool(assessment.findings) for assessment in heard] == [False] * 4 + [True] * 2


def test_one_sender_is_no_crowd_however_often(talk: Talk) -> None:
    talk.say("priya", "I have booked the hall.")
    heard = [talk.say("tom", "@Priya yawn", after=60) for _ in range(6)]
    assert all("pile-on" not in _kinds(assessment) for assessment in heard)


def test_a_message_that_is_delivered_twice_counts_once(talk: Talk) -> None:
    talk.say("priya", "I have booked the hall.")
    for letter in "abcd":
        talk.say(f"member{letter}", "@Priya yawn", again=f"said-{letter}")
    assert not talk.say("memberd", "@Priya yawn", again="said-d").findings


def test_a_finding_tells_a_stranger_how_many_and_which_messages(talk: Talk) -> None:
    (finding,) = _crowd(talk, 5)[-1].findings
    assert (
        finding.because == "5 people wrote with contempt to or of one member within 80 seconds: messages 2, 3, 4, 5, 6"
    )
    assert finding.certainty is Certainty.LIKELY


def test_what_several_messages_show_only_asks_a_human_and_says_why(reader: Reader) -> None:
    talk = Talk(reader)
    talk.say("alma", "I have reported Brett to the moderators.")
    found = [
        *talk.say("brett", "nice one, snitch").findings,
        *[f for _ in range(9) for f in talk.say("max", "Join my channel for real news", after=1).findings],
    ]
    assert {finding.kind for finding in found} == {"retaliation", "flood"}
    assert all(finding.because and finding.kind in KINDS for finding in found)
    assert all(finding.certainty is Certainty.LIKELY for finding in found)


def test_asking_to_stop_lowers_the_bar(talk: Talk) -> None:
    talk.say("elsa", "The minutes are up.")
    assert not talk.say("frans", "@Elsa late again").findings
    talk.say("elsa", "@Frans please stop, it is not funny")
    assert _kinds(talk.say("frans", "@Elsa had your nap?")) == {"repeat-targeting"}
    assert not talk.say("frans", "@Elsa sorry, I will stop").findings


def test_words_over_several_messages_are_read_together(talk: Talk) -> None:
    heard = [talk.say("abe", word, after=5) for word in ("you", "should", "kill", "yourself")]
    assert [bool(assessment.findings) for assessment in heard] == [False, False, False, True]
    assert heard[-1].findings[0].because == "read together, messages 1, 2, 3, 4 of one author say it"


def test_approval_is_judged_by_what_it_approves_of(talk: Talk) -> None:
    talk.say("wes", "I am going to stab the councillor.", again="threat")
    talk.say("ima", "We should write to the council.", again="idea")
    assert _kinds(talk.say("xan", "this", to="threat")) == {"threat"}
    assert not talk.say("xan", "this", to="idea").findings


def test_a_deleted_message_is_forgotten(talk: Talk) -> None:
    talk.say("wes", "I am going to stab the councillor.", again="threat")
    talk.following.forget("discord", "threat")
    assert not talk.say("xan", "this", to="threat").findings


def test_a_parent_that_the_stream_has_forgotten_is_read_again(reader: Reader) -> None:
    following = Conversations(reader, house_signs())
    message, assessment = reader.read("do it")
    heard = Utterance(
        id="2", text="do it", author="b", reply_to="1", parent_text="I will kill you", parent_author="a", at=_NOON
    )
    assert _kinds(following.hear(heard, message.folded.text, assessment)) == {"threat"}


def test_slurs_and_threats_are_never_banter(talk: Talk) -> None:
    talk.say("dai", "you numpty 😂")
    talk.say("hef", "numpty yourself haha")
    assert talk.say("dai", "I will stab you in your home 😂").findings


@pytest.mark.parametrize("author", ["tom", ""], ids=["known", "nameless"])
def test_talk_of_a_game_in_the_channel_is_no_licence_for_a_plain_threat(talk: Talk, author: str) -> None:
    talk.say("ann", "Football on Saturday, derby day, who is playing?")
    assert "threat" in _kinds(talk.say(author, "I'm going to kill you, Harding.", after=5))


def test_nobody_is_taken_for_a_friend_who_has_no_name(talk: Talk) -> None:
    talk.say("", "you numpty 😂")
    assert "insult" in _kinds(talk.say("", "If you had a brain cell it would die of loneliness, you dim-witted cow."))


def test_whatever_the_length_of_the_stream_the_memory_is_bounded(reader: Reader) -> None:
    few = ConversationSettings(remembered=20)
    talk = Talk(reader, few)
    for number in range(400):
        talk.say(f"a{number}", f"@Priya{number} yawn, I have reported you https://x.example/{number}", after=1)
    assert _largest(talk.following) <= 8 * few.remembered


def _largest(thing: object, depth: int = 0) -> int:
    """Give the length of the longest collection that an object holds, however deep."""
    if depth > 6 or isinstance(thing, str | bytes | Reader | frozenset):
        return 0
    inside = list(thing.values()) if isinstance(thing, dict) else []
    fields = [getattr(thing, name, None) for name in getattr(type(thing), "__slots__", ())]
    fields += list(getattr(thing, "__dict__", {}).values())
    length = len(thing) if isinstance(thing, dict) else 0
    signs = type(thing).__name__ == "Signs"
    return length if signs else max([length, *(_largest(part, depth + 1) for part in (*inside, *fields))])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ann", "ben", "", "1"]),
            st.one_of(
                st.text(max_size=60), st.sampled_from(["@Ann clown", "k", "please stop", "I reported you", "this"])
            ),
            st.sampled_from(["", "1", "2", "gone"]),
            st.one_of(st.none(), st.floats(0, 4e9)),
        ),
        max_size=12,
    )
)
def test_any_text_in_any_order_of_time_is_taken(lines: list[tuple[str, str, str, float | None]]) -> None:
    reader = _READER
    following = Conversations(reader, house_signs())
    for number, (author, text, to, at) in enumerate(lines):
        message, assessment = reader.read(text)
        moment = datetime.fromtimestamp(at, UTC) if at is not None else None
        heard = Utterance(id=str(number), text=text, author=author, author_name=author, reply_to=to, at=moment)
        after = following.hear(heard, message.folded.text, assessment)
        assert all(0 <= f.span.start <= f.span.end <= len(text) for f in after.findings)


_READER = house_reader()


def test_the_same_stream_gets_the_same_answers(reader: Reader) -> None:
    def once() -> list[Assessment]:
        return _crowd(Talk(reader), 7)

    assert once() == once()


def test_party_creed_and_faction_make_no_difference(reader: Reader) -> None:
    """The same crowd gets the same answer whoever the target is said to be."""
    answers = []
    for who in ("Labour", "Conservative", "Green", "Muslim", "Jewish", "Christian", "left-wing", "right-wing"):
        talk = Talk(reader)
        talk.say("priya", f"As a {who} member I have booked the hall.")
        answers.append([_kinds(talk.say(f"member{letter}", f"@Priya yawn, {who} again")) for letter in "abcdef"])
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("pause", [5, 60, 110])
def test_a_sentence_drawn_out_over_single_words_is_read_together(talk: Talk, pause: float) -> None:
    heard = [talk.say("abe", word, after=pause) for word in ("I will", "kill", "you", "Sarah")]
    assert "threat" in {kind for assessment in heard for kind in _kinds(assessment)}


@pytest.mark.parametrize("words", [("I will", "kill", "that printer"), ("I will", "bring", "you", "Sarah", "a cake")])
def test_a_sentence_drawn_out_that_threatens_nobody_is_left_alone(talk: Talk, words: tuple[str, ...]) -> None:
    assert not any(talk.say("abe", word, after=60).findings for word in words)


def test_a_single_word_is_forgotten_after_a_long_pause(talk: Talk) -> None:
    assert not any(talk.say("abe", word, after=150).findings for word in ("I will", "kill", "you", "Sarah"))
