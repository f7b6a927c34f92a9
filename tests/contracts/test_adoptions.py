"""What the steps of policies promise wherever they are kept: all of them, in order, with the very bytes of the file."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from bot.store.sqlite.adoptions import SqliteAdoptions
from bot.store.sqlite.store import open_store
from handlers.casework.adopting import Adoptions
from policies.casework.adoption import PolicyAdopted, PolicyAnswered, PolicyProposed, Taken
from policies.casework.people import THE_BOT, By
from policies.casework.words import Office
from policies.decisions import PolicyVersion
from tests.fakes.adoptions import MemoryAdoptions
from tests.fakes.clock import NOON, FrozenClock

TEXT = "policy: Sianeli’r gangen\r\nversion: 2\n".encode() + b"\xff\x00"
POLICY = PolicyVersion(name="Sianeli’r gangen", version=2, sha256=sha256(TEXT).hexdigest())
DORA, RITA = By(Office.DECIDER, "dora"), By(Office.REVIEWER, "rita")


@pytest.fixture(params=["memory", "sqlite"])
async def adoptions(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Adoptions]:
    """Give an empty place for steps of each kind."""
    if request.param == "memory":
        yield MemoryAdoptions()
    else:
        async with open_store(tmp_path, FrozenClock()) as store:
            yield SqliteAdoptions(store.writer, store.ledger)


async def test_every_step_is_given_back_in_its_order_with_who_took_it(adoptions: Adoptions) -> None:
    proposed = PolicyProposed(policy=POLICY, words="pobl yn gofyn \x00", expires_at=NOON)
    answered = PolicyAnswered(policy=POLICY, granted=True, words="yes")
    await adoptions.keep(DORA, proposed, TEXT)
    await adoptions.keep(RITA, answered, b"")
    await adoptions.keep(THE_BOT, PolicyAdopted(policy=POLICY), TEXT)
    assert [(one.by, one.what) for one in await adoptions.all()] == [
        (DORA, proposed),
        (RITA, answered),
        (THE_BOT, PolicyAdopted(policy=POLICY)),
    ]
    assert isinstance((await adoptions.all())[0], Taken)


async def test_a_file_is_given_back_to_the_byte_and_one_that_was_never_kept_is_none(adoptions: Adoptions) -> None:
    assert await adoptions.text(POLICY.sha256) is None
    await adoptions.keep(DORA, PolicyProposed(policy=POLICY, words="x", expires_at=NOON), TEXT)
    await adoptions.keep(RITA, PolicyAnswered(policy=POLICY, granted=False, words="no"), b"")
    assert await adoptions.text(POLICY.sha256) == TEXT
    assert await adoptions.text("00" * 32) is None
