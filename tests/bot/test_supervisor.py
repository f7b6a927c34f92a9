"""The supervisor: a part that dies comes back, the others go on, and stopping lets begun work finish."""

import asyncio

from bot.supervisor import Repeating, Supervisor
from handlers.errors import HustingsError


class NeedsSettingsError(HustingsError):
    """Trying again cannot help."""


class FakePart:
    """Does what the test says at each start: an error to raise, or nothing to run until closed."""

    trouble = ""

    def __init__(self, name: str, *ends: BaseException | None) -> None:
        self.name = name
        self._ends = list(ends)
        self._closing = asyncio.Event()
        self.starts = asyncio.Semaphore(0)
        self.started = 0
        self.running = False
        self.finished_work = False
        self.close_error: Exception | None = None

    @property
    def connected(self) -> bool:
        return self.running

    async def run(self) -> None:
        self.started += 1
        self.starts.release()
        end = self._ends.pop(0) if self._ends else None
        if end is not None:
            raise end
        self.running = True
        try:
            await self._closing.wait()
            self.finished_work = True
        finally:
            self.running = False

    async def close(self) -> None:
        if self.close_error:
            raise self.close_error
        self._closing.set()


async def started(part: FakePart, times: int) -> None:
    async with asyncio.timeout(5):
        for _ in range(times):
            await part.starts.acquire()


async def test_a_part_that_dies_comes_back_and_the_others_never_notice() -> None:
    dying = FakePart("dying", RuntimeError("secret text"), KeyError("x"))
    steady = FakePart("steady")
    supervisor = Supervisor([dying, steady], first_delay=0.001)
    running = asyncio.create_task(supervisor.run())
    await started(dying, 3)
    await asyncio.sleep(0)
    assert steady.started == 1
    assert steady.running
    status = {part.name: part for part in supervisor.status()}
    assert status["dying"].connected
    assert status["dying"].restarts == 2
    supervisor.stop()
    await running
    assert dying.finished_work
    assert steady.finished_work


async def test_a_part_cancelled_from_inside_comes_back_too() -> None:
    part = FakePart("odd", asyncio.CancelledError())
    supervisor = Supervisor([part], first_delay=0.001)
    running = asyncio.create_task(supervisor.run())
    await started(part, 2)
    supervisor.stop()
    await running


async def test_what_ended_a_part_is_said_without_the_words_of_strangers() -> None:
    stranger = FakePart("stranger", ValueError("somebody's message"))
    ours = FakePart("ours", NeedsSettingsError("Slack refused the bot token."))
    supervisor = Supervisor([stranger, ours], first_delay=30, hopeless=(NeedsSettingsError,))
    running = asyncio.create_task(supervisor.run())
    await started(stranger, 1)
    await started(ours, 1)
    await asyncio.sleep(0)
    status = {part.name: part for part in supervisor.status()}
    assert status["stranger"].trouble == "It ended by ValueError."
    assert status["ours"].trouble == "Slack refused the bot token."
    assert not status["ours"].connected
    supervisor.stop()
    await running


async def test_stopping_does_not_wait_for_a_part_that_waits_to_come_back() -> None:
    part = FakePart("dead", RuntimeError())
    supervisor = Supervisor([part], first_delay=3_600)
    running = asyncio.create_task(supervisor.run())
    await started(part, 1)
    supervisor.stop()
    async with asyncio.timeout(5):
        await running


async def test_a_part_that_does_not_end_is_given_up_after_the_grace() -> None:
    class Stubborn(FakePart):
        async def close(self) -> None:
            await asyncio.Event().wait()

    stubborn, good = Stubborn("stubborn"), FakePart("good")
    supervisor = Supervisor([stubborn, good], grace=0.05)
    running = asyncio.create_task(supervisor.run())
    await started(stubborn, 1)
    await started(good, 1)
    supervisor.stop()
    async with asyncio.timeout(5):
        await running
    assert good.finished_work
    assert not stubborn.running


async def test_a_part_that_fails_to_close_does_not_keep_the_others_from_closing() -> None:
    bad, good = FakePart("bad"), FakePart("good")
    bad.close_error = RuntimeError()
    supervisor = Supervisor([bad, good])
    running = asyncio.create_task(supervisor.run())
    await started(bad, 1)
    await started(good, 1)
    supervisor.stop()
    await running
    assert good.finished_work


async def test_repeated_work_is_done_until_closed() -> None:
    done = asyncio.Semaphore(0)

    async def work() -> float:
        done.release()
        return 0.0

    part = Repeating("work", work)
    running = asyncio.create_task(part.run())
    async with asyncio.timeout(5):
        for _ in range(3):
            await done.acquire()
        await part.close()
        await running
