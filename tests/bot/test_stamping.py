"""Time stamps: a real authority's token is verified and kept, and no trouble with one ever ends anything."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import record_stamp
from bot.evidence.stamps import FOLDER
from bot.evidence.words import Kind
from bot.stamping import LARGEST, Stamping
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.store import Store, open_store
from tests.fakes import incidents as make
from tests.fakes.authority import REPLY, make_authority, openssl, with_openssl
from tests.fakes.clock import FrozenClock


class Authority:
    """A time stamping authority on loopback, run by openssl; or one that answers what it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: list[tuple[int, bytes]] = []
        self.asked = 0
        app = web.Application()
        app.router.add_post("/", self._answer)
        self.server = TestServer(app)

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        query = await request.read()
        if self.answers:
            status, body = self.answers.pop(0)
            return web.Response(status=status, body=body)
        (self.folder / "query").write_bytes(query)
        await asyncio.to_thread(openssl, self.folder, *REPLY)
        return web.Response(body=(self.folder / "reply").read_bytes())


@pytest.fixture
async def authority(tmp_path: Path) -> AsyncIterator[Authority]:
    """Give an authority."""
    await asyncio.to_thread(make_authority, tmp_path / "tsa")
    made = Authority(tmp_path / "tsa")
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
def clock() -> FrozenClock:
    """Give a clock that stands at the real time, as certificates are held against it."""
    return FrozenClock(datetime.now(UTC))  # noqa: TID251 - openssl reads the system's clock


@pytest.fixture
async def store(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Store]:
    """Give a record of one incident."""
    async with open_store(tmp_path / "data", clock) as opened:
        await opened.evidence.record(make.incident(1))
        yield opened


def stamping(store: Store, clock: FrozenClock, authority: Authority, roots: str = "ca.pem") -> Stamping:
    return Stamping(
        store.checkpoints,
        record_stamp(store),
        store.folder,
        clock,
        url=str(authority.server.make_url("/")),
        roots=authority.folder / roots if roots else None,
    )


async def recorded(store: Store) -> list[tuple[int, tuple[str, ...]]]:
    found = await store.writer.read(lambda db: list(leaves(db)))
    stamped = [leaf for leaf in found if leaf.kind is Kind.CHECKPOINT_STAMPED]
    return [(leaf.numbers["size"], leaf.codes[:1]) for leaf in stamped]  # the clock that is moved adds an anomaly


@with_openssl
async def test_a_token_is_verified_kept_and_recorded_once_a_day(
    store: Store, clock: FrozenClock, authority: Authority
) -> None:
    work = stamping(store, clock, authority)
    for _ in range(3):
        await work.step()
    assert authority.asked == 1
    assert await recorded(store) == [(1, ("done",))]
    kept = store.folder / FOLDER / f"{1:019d}"
    call = ("-in", f"{kept}.tsr", "-data", f"{kept}.note", "-CAfile", "ca.pem")
    await asyncio.to_thread(openssl, authority.folder, "ts", "-verify", *call)
    clock.advance(timedelta(days=1))
    await stamping(store, clock, authority).step()
    assert authority.asked == 2


@with_openssl
async def test_an_authority_that_is_down_is_asked_again_with_growing_pauses(
    store: Store, clock: FrozenClock, authority: Authority
) -> None:
    authority.answers = [(503, b""), (200, b"x" * (LARGEST + 1)), (500, b"")]
    work = stamping(store, clock, authority)
    for minutes, asked in ((0, 1), (0, 1), (1, 2), (1, 2), (1, 3), (3, 3), (1, 4)):
        clock.advance(timedelta(minutes=minutes))
        await work.step()
        assert authority.asked == asked
    assert await recorded(store) == [(1, ("done",))]


@with_openssl
async def test_an_authority_out_of_reach_ends_nothing(store: Store, clock: FrozenClock, authority: Authority) -> None:
    work = stamping(store, clock, authority)
    await authority.server.close()
    await work.step()
    assert await recorded(store) == []
    await store.evidence.record(make.incident(2))


@with_openssl
@pytest.mark.parametrize("reply", [b"", b"\x30\x03\x02\x01\x02", b"not a reply at all"])
async def test_a_reply_that_cannot_be_read_is_recorded_as_unverifiable(
    reply: bytes, store: Store, clock: FrozenClock, authority: Authority
) -> None:
    authority.answers = [(200, reply)]
    await stamping(store, clock, authority).step()
    assert await recorded(store) == [(1, ("degraded",))]
    assert (store.folder / FOLDER / f"{1:019d}.tsr").read_bytes() == reply


@with_openssl
@pytest.mark.parametrize("roots", ["", "self.pem", "missing.pem", "tsa.key"])
async def test_a_token_of_an_authority_that_is_not_trusted_is_kept_as_unverifiable(
    roots: str, store: Store, clock: FrozenClock, authority: Authority
) -> None:
    if roots == "self.pem":
        other = authority.folder / "other"
        await asyncio.to_thread(make_authority, other)
        roots = "other/ca.pem"
    await stamping(store, clock, authority, roots).step()
    assert await recorded(store) == [(1, ("degraded",))]
