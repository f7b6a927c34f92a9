"""Reading messages beside the event loop: in a thread of its own, one after the other."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from policies.assess import Reader
from policies.assessments import Assessment, Context


class ReadingThread:
    """A `Reading` that holds up nothing else: while a hard message is read, the platforms hear from the bot.

    There is one thread, so that messages are read, and answered, in the order in which they came.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading")

    async def read(self, text: str, context: Context) -> Assessment:
        """Read a text in its context."""
        _, assessment = await asyncio.get_running_loop().run_in_executor(self._thread, self._reader.read, text, context)
        return assessment

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Read no more; what is being read is finished first."""
        self._thread.shutdown(cancel_futures=True)
