"""Putting what many files tell into the order in which it happened, and giving replies the text they answer."""

import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from policies.events import MessageDeleted, MessageEdited, MessagePosted
from policies.identifiers import MemberId, MessageRef

Happening = MessagePosted | MessageEdited | MessageDeleted

REMEMBERED = 5_000
"""Messages whose text is remembered for the replies to them, as many as the live bot remembers."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: nothing in it happened before `not_before`; it is read when its turn comes."""

    not_before: datetime
    read: Callable[[], Iterator[Happening]]


def moment_of(event: Happening) -> datetime:
    """Give the time at which something happened."""
    if isinstance(event, MessagePosted):
        return event.posted_at
    return event.edited_at if isinstance(event, MessageEdited) else event.deleted_at


def in_order(sources: Iterable[Source]) -> Iterator[Happening]:
    """Give what all files tell, oldest first; only files whose time has come are open.

    A file tells its messages in the order of posting. An edit is kept back until its own time.
    """
    waiting = sorted(sources, key=lambda source: source.not_before, reverse=True)
    numbers = count()
    heap: list[tuple[datetime, int, Happening, Iterator[Happening] | None]] = []

    def read_on(events: Iterator[Happening]) -> None:
        for event in events:
            posted = isinstance(event, MessagePosted)
            heapq.heappush(heap, (moment_of(event), next(numbers), event, events if posted else None))
            if posted:
                return

    while waiting or heap:
        while waiting and (not heap or waiting[-1].not_before <= heap[0][0]):
            read_on(waiting.pop().read())
        if heap:
            _, _, event, events = heapq.heappop(heap)
            yield event
            if events is not None:
                read_on(events)


def with_parents(events: Iterable[Happening]) -> Iterator[Happening]:
    """Give every reply the author and the text of the message that it answers, if that came lately."""
    written: OrderedDict[MessageRef, tuple[MemberId, str]] = OrderedDict()
    for event in events:
        if isinstance(event, MessageDeleted):
            written.pop(event.ref, None)
            yield event
            continue
        parent = event.parent
        if parent is not None and parent.text is None:
            answered = written.get(replace(event.ref, message=parent.message))
            if answered is not None:
                event = replace(event, parent=replace(parent, author=answered[0], text=answered[1]))  # noqa: PLW2901
        yield event
        written[event.ref] = (event.author.id, event.text)
        written.move_to_end(event.ref)
        if len(written) > REMEMBERED:
            written.popitem(last=False)
