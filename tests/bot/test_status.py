"""The status file: what is connected, until when it was, and nothing that a broken file could upset."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.status import STATUS, StatusBoard, connected_until
from bot.supervisor import Supervisor
from tests.bot.test_supervisor import FakePart
from tests.fakes.clock import NOON, FrozenClock


async def test_the_file_remembers_until_when_a_part_was_connected(tmp_path: Path) -> None:
    clock, part = FrozenClock(), FakePart("slack")
    board = StatusBoard(tmp_path, clock)
    board.watch(Supervisor([part]))
    part.running = True
    await board.tell()
    clock.advance(timedelta(minutes=1))
    part.running = False
    await board.tell()
    assert connected_until(tmp_path, "slack") == NOON
    (told,) = json.loads((tmp_path / STATUS).read_text())["parts"]
    assert told["connected"] is False


async def test_what_was_known_before_a_restart_is_kept_until_the_part_connects(tmp_path: Path) -> None:
    clock, part = FrozenClock(), FakePart("slack")
    part.running = True
    first = StatusBoard(tmp_path, clock)
    first.watch(Supervisor([part]))
    await first.tell()
    clock.advance(timedelta(hours=1))
    second = StatusBoard(tmp_path, clock)
    second.watch(Supervisor([FakePart("slack")]))
    await second.tell()
    assert connected_until(tmp_path, "slack") == NOON


@pytest.mark.parametrize(
    "content",
    [
        "",
        "half a fi",
        "[]",
        '{"parts": 7}',
        '{"parts": [7]}',
        '{"parts": [{"name": "slack", "connected_until": "noon"}]}',
    ],
)
def test_a_broken_file_tells_nothing(content: str, tmp_path: Path) -> None:
    (tmp_path / STATUS).write_text(content)
    assert connected_until(tmp_path, "slack") is None


def test_no_file_tells_nothing(tmp_path: Path) -> None:
    assert connected_until(tmp_path, "slack") is None


async def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    board = StatusBoard(tmp_path / "gone", FrozenClock())
    board.watch(Supervisor([FakePart("slack")]))
    assert await board.tell() > 0
