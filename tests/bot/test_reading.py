"""Reading beside the loop: nothing else waits for it, and answers come in the order of the questions."""

import asyncio
import threading
from typing import cast

import pytest

from bot.reading import ReadingThread
from policies.assess import Reader
from policies.assessments import Assessment, Context


class _Held:
    """A reader that does not go on before it is let, and breaks at one word."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.read_in: list[tuple[str, str]] = []

    def read(self, text: str, context: Context) -> tuple[str, Assessment]:
        """Read as told."""
        assert self.let.wait(timeout=30)
        self.read_in.append((text, threading.current_thread().name))
        if text == "break":
            raise ValueError("broken")
        return text, Assessment(context=context, degraded=(text,))


async def test_the_loop_goes_on_while_a_message_is_read_and_answers_keep_their_order() -> None:
    held = _Held()
    with ReadingThread(cast(Reader, held)) as reading:
        context = Context()
        asked = [asyncio.create_task(reading.read(text, context)) for text in ("first", "second", "third")]
        for _ in range(5):
            await asyncio.sleep(0)
        assert not any(task.done() for task in asked)
        held.let.set()
        answers = await asyncio.gather(*asked)
    assert [answer.degraded for answer in answers] == [("first",), ("second",), ("third",)]
    assert all(answer.context is context for answer in answers)
    assert [text for text, _ in held.read_in] == ["first", "second", "third"]
    assert threading.current_thread().name not in {name for _, name in held.read_in}


async def test_what_breaks_while_reading_is_told_to_who_asked_alone() -> None:
    held = _Held()
    held.let.set()
    with ReadingThread(cast(Reader, held)) as reading:
        with pytest.raises(ValueError, match="broken"):
            await reading.read("break", Context())
        assert (await reading.read("after", Context())).degraded == ("after",)
