"""The log: whatever happens, no message text, no name and no token reaches it."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.logs import set_up_logs
from bot.store.sqlite.store import open_store
from handlers.errors import EvidenceUnavailable
from policies.acts import Verb
from policies.identifiers import IncidentId
from tests.fakes.clock import FrozenClock
from tests.fakes.reading import SLUR
from tests.fakes.world import DISCORD, SLACK, world_on

CANARY = "tweety-pie-canary"
TOKEN = "xoxb-token-canary"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Give everything that is logged at the most talkative level; afterwards logging is as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logs("debug", [TOKEN], stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], _ = before
    root.setLevel(before[1])
    logging.captureWarnings(False)
    for package in ("bot", "handlers", "policies"):
        logging.getLogger(package).setLevel(logging.NOTSET)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


async def test_a_whole_story_leaves_no_text_name_or_token_in_the_log(written: io.StringIO, tmp_path: Path) -> None:
    log = structlog.get_logger("bot.app")
    log.info("started", version=1)
    async with open_store(tmp_path, FrozenClock()) as store:
        world = world_on(store.evidence, store.incidents)
        event, _ = await world.says(DISCORD, f"{CANARY} {SLUR}", author=CANARY, answering=(CANARY, CANARY))
        await world.edits(event, f"{CANARY} {SLUR} again")
        await world.reports(event, CANARY)
        await world.says(SLACK, CANARY)
        await world.presses(DISCORD, IncidentId("I-2026-000001"), Verb.NOT_ABUSE, reason=CANARY)
        world.discord.broken = 9
        await world.says(DISCORD, f"{CANARY} {SLUR}")
    assert written.getvalue()
    assert CANARY not in written.getvalue()


def test_what_is_not_allowed_by_name_is_left_out_and_said_to_be(written: io.StringIO) -> None:
    structlog.get_logger("bot.app").warning("part.died", part="discord", text=CANARY, author=CANARY, delay=3)
    (line,) = lines(written)
    assert line["event"] == "part.died"
    assert line["part"] == "discord"
    assert line["delay"] == 3
    assert line["left_out"] == ["author", "text"]
    assert CANARY not in written.getvalue()


def test_what_should_be_an_id_and_is_none_is_left_out(written: io.StringIO) -> None:
    structlog.get_logger("bot.app").info("slack.deleted", channel="C0GENERAL", message=f"hello {CANARY}")
    (line,) = lines(written)
    assert line["channel"] == "C0GENERAL"
    assert line["left_out"] == ["message"]


def test_a_token_is_taken_out_wherever_it_stands(written: io.StringIO) -> None:
    structlog.get_logger("bot.app").error("slack.refused", error=f"invalid {TOKEN} given")
    assert lines(written)[0]["error"] == "invalid … given"


def test_an_error_is_told_by_kind_and_place_not_by_its_words(written: io.StringIO) -> None:
    try:
        int(CANARY)
    except ValueError:
        structlog.get_logger("bot.app").exception("handler.broken")
    (line,) = lines(written)
    assert line["error"] == "ValueError"
    assert "test_logs.py:" in line["at"]
    assert CANARY not in written.getvalue()


def test_an_error_of_ours_is_told_with_its_sentence(written: io.StringIO) -> None:
    error = EvidenceUnavailable("The record could not be written: disk full")
    structlog.get_logger("bot.app").error("evidence", exc_info=error)
    assert lines(written)[0]["trouble"] == "The record could not be written: disk full"


def test_a_library_is_told_by_its_pattern_or_its_place_alone(written: io.StringIO) -> None:
    library = logging.getLogger("slack_bolt.AsyncApp")
    library.warning(f"Unhandled request ({{'text': '{CANARY}'}})")
    library.warning("Shard ID %s has lost its session %s", 3, CANARY)
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        library.exception("Failed to run a listener with %s", CANARY)
    first, second, third = lines(written)
    assert first["event"].startswith("test_logs.")
    assert second["event"] == "Shard ID %s has lost its session %s"
    assert third["error"] == "RuntimeError"
    assert CANARY not in written.getvalue()


def test_libraries_that_dump_what_they_handle_are_not_listened_to(written: io.StringIO) -> None:
    logging.getLogger("aiosqlite").debug("executing %s", CANARY)
    logging.getLogger("discord.gateway").debug("received %s", CANARY)
    assert written.getvalue() == ""


async def test_a_task_nobody_awaited_is_told_without_its_words(written: io.StringIO) -> None:
    async def fails() -> None:
        raise RuntimeError(CANARY)

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": f"never retrieved {CANARY}", "exception": task.exception(), "task": task})
    assert "RuntimeError" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_what_cannot_be_written_does_not_break_the_log(written: io.StringIO) -> None:
    structlog.get_logger("bot.app").error("odd", what="\ud800\x00\nsecond line", problem="x" * 5_000)
    (line,) = lines(written)
    assert line["what"] == "?\x00 second line"
    assert len(line["problem"]) == 401


def test_people_get_lines_and_machines_json() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        set_up_logs("info", [], stream)
        structlog.get_logger("bot.app").info("started", part="discord")
    finally:
        structlog.reset_defaults()
        root.handlers[:], _ = before
        root.setLevel(before[1])
        logging.captureWarnings(False)
    assert "started" in stream.getvalue()
    assert "part=discord" in stream.getvalue()
