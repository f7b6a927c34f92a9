"""Many files told in one order, few of them open at a time, and replies with what they answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.replay_adapter import in_order as module
from bot.replay_adapter.in_order import Happening, Source, in_order, moment_of, with_parents
from policies.events import MessageDeleted, MessageEdited, MessagePosted, Parent
from policies.identifiers import EventId, MessageId
from tests.fakes import incidents as make

START = datetime(2024, 5, 1, tzinfo=UTC)
MINUTES = st.lists(st.integers(min_value=0, max_value=2_000), max_size=12).map(sorted)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def posted(number: int, minutes: int, *, answering: int | None = None) -> MessagePosted:
    event = make.posted(number, text=f"text {number}")
    parent = Parent(message=make.posted(answering).ref.message) if answering is not None else None
    return MessagePosted(
        event_id=EventId(f"m{number}"),
        ref=event.ref,
        author=event.author,
        text=event.text,
        posted_at=at(minutes),
        parent=parent,
    )


def edited(number: int, minutes: int) -> MessageEdited:
    event = make.posted(number)
    return MessageEdited(
        event_id=EventId(f"e{number}"), ref=event.ref, author=event.author, text="changed", edited_at=at(minutes)
    )


class File:
    """A file that knows whether it is open."""

    def __init__(self, events: list[Happening]) -> None:
        self.events, self.is_open, self.was_open = events, False, False

    def read(self) -> Iterator[Happening]:
        self.is_open = self.was_open = True
        yield from self.events
        self.is_open = False


@given(st.lists(MINUTES, max_size=6))
def test_everything_is_told_once_and_in_order(files: list[list[int]]) -> None:
    numbers = iter(range(1_000))
    told = [[posted(next(numbers), minutes) for minutes in file] for file in files]
    sources = [Source(events[0].posted_at, File(list(events)).read) for events in told if events]
    found = list(in_order(sources))
    assert [moment_of(event) for event in found] == sorted(event.posted_at for events in told for event in events)
    assert {event.event_id for event in found} == {event.event_id for events in told for event in events}


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500) | st.none()), max_size=12))
def test_edits_are_told_at_their_own_time_among_the_rest(rows: list[tuple[int, int | None]]) -> None:
    events: list[Happening] = [
        posted(number, minutes) if later is None else edited(number, minutes + later)
        for number, (minutes, later) in enumerate(sorted(rows, key=lambda row: row[0]))
    ]
    found = list(in_order([Source(at(0), File(events).read)]))
    assert [moment_of(event) for event in found] == sorted(map(moment_of, events))


def test_a_file_is_opened_when_its_time_has_come_and_not_before() -> None:
    early, late = File([posted(1, 0), posted(2, 10)]), File([posted(3, 20)])
    events = in_order([Source(at(20), late.read), Source(at(0), early.read)])
    next(events)
    assert (early.is_open, late.was_open) == (True, False)
    assert len(list(events)) == 2
    assert (early.is_open, late.is_open) == (False, False)


def test_a_thousand_channels_one_after_another_are_never_open_together() -> None:
    files = [File([posted(number, number), posted(number + 10_000, number)]) for number in range(1_000)]
    most = 0
    for _ in in_order(Source(at(number), file.read) for number, file in enumerate(files)):
        most = max(most, sum(file.is_open for file in files))
    assert most <= 2


def test_a_reply_gets_the_text_and_the_author_of_what_it_answers() -> None:
    *_, reply = with_parents([posted(1, 0), posted(2, 1, answering=1)])
    assert isinstance(reply, MessagePosted)
    assert reply.parent is not None
    assert (reply.parent.text, reply.parent.author) == ("text 1", make.posted(1).author.id)


def test_a_reply_to_an_edited_message_gets_the_text_it_then_had() -> None:
    *_, reply = with_parents([posted(1, 0), edited(1, 1), posted(2, 2, answering=1)])
    assert isinstance(reply, MessagePosted)
    assert reply.parent is not None
    assert reply.parent.text == "changed"


def test_a_reply_to_what_is_gone_or_long_past_has_no_text() -> None:
    gone = MessageDeleted(event_id=EventId("d"), ref=make.posted(1).ref, deleted_at=at(1))
    *_, reply = with_parents([posted(1, 0), gone, posted(2, 2, answering=1)])
    assert isinstance(reply, MessagePosted)
    assert reply.parent == Parent(message=MessageId(make.posted(1).ref.message))
    many = (posted(number, number) for number in range(2, module.REMEMBERED + 2))
    *_, reply = with_parents([posted(1, 0), *many, posted(9_999_999, 9_999, answering=1)])
    assert isinstance(reply, MessagePosted)
    assert reply.parent is not None
    assert reply.parent.text is None
