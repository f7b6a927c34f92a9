"""Fetching a file by its address and hash: taken up where it was broken off, and kept only if it is the right one."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import aiohttp

from bot.classifiers.errors import ModelError
from bot.classifiers.files import sha256_of
from bot.classifiers.variants import Asset

_PIECE = 1 << 18
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=20.0, sock_read=60.0)
_WHOLE, _REST, _NO_REST = 200, 206, 416
_TRIES = 4

Tell = Callable[[str], None]


class FetchError(ModelError):
    """A file that could not be had; the text says why."""


def fetch(asset: Asset, folder: Path, *, mirror: str = "", tell: Tell) -> Path:
    """Bring a file into a folder, from its own address or from a mirror with files of the same names.

    What came of it before is kept beside it and gone on from. Raises `FetchError`.
    """
    target = folder / asset.file
    if target.is_file() and sha256_of(target).startswith(asset.sha256):
        tell(f"{asset.file}: there already")
        return target
    address = f"{mirror.rstrip('/')}/{asset.file}" if mirror else asset.address
    begun = folder / f"{asset.file}.part"
    try:
        asyncio.run(_until_whole(address, begun, tell))
        check(begun, asset)
        begun.replace(target)
    except OSError as error:
        raise FetchError(f"{error.filename or begun} cannot be written ({error.strerror}).") from None
    return target


def check(path: Path, asset: Asset) -> None:
    """Raise `FetchError`, and take the file away if it was fetched, where it is not the one that is wanted."""
    found = sha256_of(path)
    if not found.startswith(asset.sha256):
        if path.suffix == ".part":
            path.unlink()
        raise FetchError(
            f"{asset.file} is not the file it should be: its SHA-256 begins {found[:16]}, and "
            f"{asset.sha256[:16]} was expected. Nothing of it was kept."
        )


async def _until_whole(address: str, begun: Path, tell: Tell) -> None:
    """Fetch, and go on as long as each try brings something more."""
    for left in range(_TRIES, 0, -1):
        had = _size(begun)
        try:
            await _once(address, begun, tell)
        except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, TimeoutError) as error:
            if left == 1 or _size(begun) <= had:
                raise FetchError(f"{address} broke off after {_size(begun)} bytes ({type(error).__name__}).") from None
            tell(f"{begun.stem}: broken off after {_size(begun)} bytes, going on from there")
        except aiohttp.InvalidURL:
            raise FetchError(f"{address} is no address of a file.") from None
        except aiohttp.ClientConnectionError as error:
            raise FetchError(f"{address} cannot be reached ({type(error).__name__}).") from None
        except aiohttp.ClientError as error:
            raise FetchError(f"{address} gave no answer that can be used ({type(error).__name__}).") from None
        else:
            return


async def _once(address: str, begun: Path, tell: Tell) -> None:
    had = _size(begun)
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={had}-"} if had else {})}
    async with (
        aiohttp.ClientSession(timeout=_TIMEOUT, auto_decompress=False, trust_env=True) as session,
        session.get(address, headers=headers) as answer,
    ):
        if answer.status == _NO_REST and had:
            return  # nothing is left to come; the hash says whether it is the right file
        if answer.status not in (_WHOLE, _REST):
            raise FetchError(f"{address} answered {answer.status} {answer.reason or ''}".rstrip() + ".")
        goes_on = answer.status == _REST and answer.headers.get("Content-Range", "").startswith(f"bytes {had}-")
        if answer.status == _REST and not goes_on:
            raise FetchError(f"{address} answered with another part of the file than was asked for.")
        whole = (answer.content_length or 0) + (had if goes_on else 0)
        tell(f"{begun.stem}: {whole / 1e6:.0f} MB" + (f", of which {had / 1e6:.0f} are here" if goes_on else ""))
        with begun.open("ab" if goes_on else "wb") as file:
            async for piece in answer.content.iter_chunked(_PIECE):
                file.write(piece)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
