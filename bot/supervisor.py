"""Keeping the parts of the bot running: one that dies is started anew, the others never notice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.logs import describe
from handlers.errors import HustingsError

log = structlog.get_logger(__name__)

FIRST_DELAY = 1.0
LONGEST_DELAY = 60.0
HOPELESS_DELAY = 300.0
SETTLED_AFTER = 60.0
"""Seconds; a part that ran this long starts anew as if it had never failed."""


class Part(Protocol):
    """Something that runs until it is closed, such as the connection to a platform.

    `run` may be called again after it ended by itself. `close` lets begun work finish and then makes
    `run` return.
    """

    @property
    def name(self) -> str:
        """Give what the part is called in the log and the status."""

    @property
    def connected(self) -> bool:
        """Whether the part does its work at this moment."""

    @property
    def trouble(self) -> str:
        """What is wrong although the part runs, as a sentence; empty while nothing is."""

    async def run(self) -> None:
        """Do the part's work until `close`."""

    async def close(self) -> None:
        """Let begun work finish, then end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStatus:
    """How a part is doing; `trouble` is a sentence, empty while nothing is wrong."""

    name: str
    connected: bool
    trouble: str
    restarts: int


class Supervisor:
    """Runs parts side by side until it is stopped."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        hopeless: tuple[type[Exception], ...] = (),
        first_delay: float = FIRST_DELAY,
        grace: float = 20.0,
    ) -> None:
        self._parts = {part.name: part for part in parts}
        self._hopeless = hopeless
        self._first_delay = first_delay
        self._grace = grace
        self._restarts = dict.fromkeys(self._parts, 0)
        self._ended: dict[str, str] = {}
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Run every part until `stop`; then close them all and return."""
        keepers = [asyncio.create_task(self._keep(part), name=part.name) for part in self._parts.values()]
        try:
            await self._stopping.wait()
            await self._close()
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    def stop(self) -> None:
        """Ask all parts to end; work that was begun is finished first, within the grace."""
        self._stopping.set()

    def status(self) -> tuple[PartStatus, ...]:
        """Say of each part whether it does its work, and what is wrong."""
        return tuple(
            PartStatus(
                name=name,
                connected=name not in self._ended and part.connected,
                trouble=self._ended.get(name, "") or part.trouble,
                restarts=self._restarts[name],
            )
            for name, part in self._parts.items()
        )

    async def _keep(self, part: Part) -> None:
        loop = asyncio.get_running_loop()
        delay = self._first_delay
        while not self._stopping.is_set():
            began = loop.time()
            error = await self._run_once(part)
            if self._stopping.is_set():
                return
            if loop.time() - began >= SETTLED_AFTER:
                delay = self._first_delay
            hopeless = isinstance(error, self._hopeless)
            wait = HOPELESS_DELAY if hopeless else delay
            self._note_end(part.name, error, wait)
            delay = min(delay * 2, LONGEST_DELAY)
            if await _came(self._stopping, within=wait):
                return
            self._restarts[part.name] += 1
            self._ended.pop(part.name, None)

    async def _run_once(self, part: Part) -> BaseException | None:
        try:
            await part.run()
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return error  # the part's own doing, and no reason to give it up
        except Exception as error:  # noqa: BLE001 - whatever ends a part, the others go on
            return error
        return None

    def _note_end(self, name: str, error: BaseException | None, wait: float) -> None:
        if isinstance(error, HustingsError):
            sentence = str(error)
        elif error is not None:
            sentence = f"It ended by {type(error).__name__}."
        else:
            sentence = "It ended by itself."
        self._ended[name] = sentence
        told = describe(error) if error is not None else {}
        log.error("part.ended", part=name, delay=wait, **{"trouble": sentence, **told})

    async def _close(self) -> None:
        closing = [asyncio.create_task(part.close(), name=name) for name, part in self._parts.items()]
        if not closing:
            return
        done, late = await asyncio.wait(closing, timeout=self._grace)
        for task in late:
            log.warning("part.late", part=task.get_name(), delay=self._grace)
            task.cancel()
        for task in done:
            error = None if task.cancelled() else task.exception()
            if error is not None:
                log.error("part.close-failed", part=task.get_name(), **describe(error))
        await asyncio.gather(*late, return_exceptions=True)


class Repeating:
    """A part that does a piece of work again and again; the work says in how many seconds it is due next."""

    connected = True
    trouble = ""

    def __init__(self, name: str, work: Callable[[], Awaitable[float]]) -> None:
        self._name = name
        self._work = work
        self._closing = asyncio.Event()

    @property
    def name(self) -> str:
        """Give what the part is called."""
        return self._name

    async def run(self) -> None:
        """Work, wait, and work again until `close`."""
        while not self._closing.is_set():
            if await _came(self._closing, within=await self._work()):
                return

    async def close(self) -> None:
        """End before the next piece of work."""
        self._closing.set()


async def _came(event: asyncio.Event, *, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return False
    return True
