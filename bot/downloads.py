"""Fetching a file from a platform's own file servers: piece by piece, and from nowhere else."""

from collections.abc import AsyncGenerator, Collection, Mapping

import aiohttp
from yarl import URL

from handlers.errors import NotFetched, PlatformUnavailable
from policies.copies import CopyStatus

PIECE = 64 * 1024

_SILENT_FOR = 10.0
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=_SILENT_FOR, sock_read=_SILENT_FOR)
_PLAIN = {"Accept-Encoding": "identity"}
_NOTHING: Mapping[str, str] = {}
_OK, _GONE, _LATER, _BROKEN = 200, (404, 410), (408, 425, 429), 500


async def download(
    url: str, *, origins: Collection[str], headers: Mapping[str, str] = _NOTHING, may_be_html: bool = True
) -> AsyncGenerator[bytes, None]:
    """Give a file as its bytes arrive, neither unpacked nor looked into; follows no redirection.

    A link that leads to none of the `origins` is not followed, so that no token and no address of ours reaches
    strangers. Raises `NotFetched` where the file cannot be had, `PlatformUnavailable` where it may be had later.
    """
    try:
        address = URL(url)
        known = str(address.origin()) in origins
    except ValueError:
        raise NotFetched(CopyStatus.ELSEWHERE, "Its address is none that could be asked.") from None
    if not known:
        raise NotFetched(CopyStatus.ELSEWHERE, "It lies with another service, which was not asked for it.")
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, auto_decompress=False) as session,
            session.get(address, headers={**headers, **_PLAIN}, allow_redirects=False) as answer,
        ):
            _look_at(answer, may_be_html=may_be_html)
            async for piece in answer.content.iter_chunked(PIECE):
                yield piece
    except (aiohttp.ClientError, OSError) as error:
        raise PlatformUnavailable(f"The file could not be reached ({type(error).__name__}).") from None


def _look_at(answer: aiohttp.ClientResponse, *, may_be_html: bool) -> None:
    status = answer.status
    if status == _OK:
        if not may_be_html and answer.content_type == "text/html":
            raise NotFetched(CopyStatus.FORBIDDEN, "The platform asked the bot to sign in instead of giving the file.")
        return
    if status in _GONE:
        raise NotFetched(CopyStatus.GONE, f"The platform has it no more ({status}).")
    if status in _LATER or status >= _BROKEN:
        raise PlatformUnavailable(f"The platform's file server answered {status}.")
    raise NotFetched(CopyStatus.FORBIDDEN, f"The platform does not give it to the bot ({status}).")
