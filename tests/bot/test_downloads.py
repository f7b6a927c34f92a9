"""Files are fetched from the platform's own servers alone, piece by piece, and every refusal is an answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.downloads import PIECE, download
from handlers.errors import NotFetched, PlatformUnavailable
from policies.copies import CopyStatus
from tests.fakes.files import Asked, FileServer

TOKEN = {"Authorization": "Bearer secret"}


class Here:
    """A file server and its address."""

    def __init__(self, files: FileServer, origin: str) -> None:
        self.files, self.origin = files, origin

    async def get(self, name: str, *, may_be_html: bool = True) -> bytes:
        pieces = download(f"{self.origin}/files/{name}", origins={self.origin}, headers=TOKEN, may_be_html=may_be_html)
        return b"".join([piece async for piece in pieces])


@pytest.fixture
async def here() -> AsyncIterator[Here]:
    """A file server on a free port."""
    app, files = web.Application(), FileServer()
    files.serve(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Here(files, f"http://127.0.0.1:{runner.addresses[0][1]}")
    for event in files.stalled.values():
        event.set()
    await runner.cleanup()


async def test_a_file_arrives_whole_and_is_asked_for_unpacked(here: Here) -> None:
    here.files.held["leaflet.pdf"] = bytes(range(256)) * 1_000
    assert await here.get("leaflet.pdf") == here.files.held["leaflet.pdf"]
    assert here.files.asked == [Asked("leaflet.pdf", "Bearer secret", "identity")]


@pytest.mark.parametrize(
    "url",
    [
        "https://drive.example/leaflet.pdf",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://files.slack.com.evil.example/x",
        "https://files.slack.com@evil.example/x",
        "not an address",
        "",
    ],
)
async def test_no_link_that_leads_elsewhere_is_followed(url: str) -> None:
    with pytest.raises(NotFetched) as refused:
        [piece async for piece in download(url, origins={"https://files.slack.com"}, headers=TOKEN)]
    assert refused.value.status is CopyStatus.ELSEWHERE


@pytest.mark.parametrize(
    ("answer", "status"),
    [(404, CopyStatus.GONE), (410, CopyStatus.GONE), (401, CopyStatus.FORBIDDEN), (403, CopyStatus.FORBIDDEN)],
)
async def test_a_refusal_is_final(answer: int, status: CopyStatus, here: Here) -> None:
    here.files.answers["leaflet.pdf"] = answer
    with pytest.raises(NotFetched) as refused:
        await here.get("leaflet.pdf")
    assert refused.value.status is status


async def test_a_redirection_is_not_followed(here: Here) -> None:
    here.files.answers["leaflet.pdf"] = 302
    with pytest.raises(NotFetched):
        await here.get("leaflet.pdf")
    assert len(here.files.asked) == 1


@pytest.mark.parametrize("answer", [429, 500, 503])
async def test_a_server_in_trouble_is_asked_again_later(answer: int, here: Here) -> None:
    here.files.answers["leaflet.pdf"] = answer
    with pytest.raises(PlatformUnavailable):
        await here.get("leaflet.pdf")


async def test_a_page_to_sign_in_is_not_kept_for_the_file(here: Here) -> None:
    here.files.sign_in.add("leaflet.png")
    with pytest.raises(NotFetched, match="sign in"):
        await here.get("leaflet.png", may_be_html=False)


async def test_a_file_cut_off_on_the_way_is_no_file(here: Here) -> None:
    here.files.held["leaflet.pdf"] = bytes(1_000)
    here.files.stalled["leaflet.pdf"] = asyncio.Event()
    here.files.stalled["leaflet.pdf"].set()
    with pytest.raises(PlatformUnavailable):
        await here.get("leaflet.pdf")


async def test_nothing_more_is_taken_once_nobody_reads_on(here: Here) -> None:
    pieces = download(f"{here.origin}/files/endless", origins={here.origin})
    assert len(await anext(pieces)) <= PIECE
    await pieces.aclose()
    async with asyncio.timeout(8):
        await here.files.hung_up.wait()
    assert here.files.sent < 64 * 1024 * 1024
