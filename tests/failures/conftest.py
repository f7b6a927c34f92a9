"""Folders in memory where the system has such: what is tried here is a simulated disk, or no disk at all."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give an empty folder."""
    with tempfile.TemporaryDirectory(prefix="failures-", dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made)
