"""Whatever fails, nobody is told a falsehood, and what was acknowledged is there afterwards."""

from pathlib import Path

import pytest

from tests.failures.experiments import EXPERIMENTS

SOME = [name for name in EXPERIMENTS if name != "kill"]
"""A process is killed quickly enough, and often enough, in the tests of the store."""


@pytest.mark.parametrize("name", SOME)
async def test_the_record_stands_the_quick_form(name: str, folder: Path) -> None:
    found = await EXPERIMENTS[name].quick(folder)
    assert found.faults == (), found.result


@pytest.mark.full
@pytest.mark.parametrize("name", EXPERIMENTS)
async def test_the_record_stands_the_full_form(name: str, folder: Path) -> None:
    found = await EXPERIMENTS[name].full(folder)
    print(f"\n{found.what}: {found.result}")
    assert found.faults == ()
