"""Fetching by address and hash from a server of our own: broken off, altered, missing, silent and whole."""

import hashlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot.classifiers.fetching import FetchError, fetch
from bot.classifiers.variants import VARIANTS, Asset

CONTENTS = bytes(range(256)) * 4_000
DIGEST = hashlib.sha256(CONTENTS).hexdigest()


@dataclass
class Shelf:
    """What the server gives: some bytes, breaking off where it is told to, and what it was asked."""

    contents: bytes = CONTENTS
    breaks_off: list[int] = field(default_factory=list)
    status: int = 200
    knows_ranges: bool = True
    moved_to: str = ""
    ranges: list[str] = field(default_factory=list)
    address: str = ""

    def asset(self, sha256: str = DIGEST) -> Asset:
        return Asset(file="weights.ckpt", address=f"{self.address}/weights.ckpt", sha256=sha256)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """Serve a shelf on a port of its own."""
    served = Shelf()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            served.ranges.append(asked)
            if served.moved_to and self.path != served.moved_to:
                self.send_response(302)
                self.send_header("Location", served.moved_to)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and served.knows_ranges else 0
            if served.status == 200 and start >= len(served.contents):
                self.send_error(416)
                return
            if served.status != 200:
                self.send_error(served.status)
                return
            self.send_response(206 if start else 200)
            if start:
                whole = len(served.contents)
                self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
            rest = served.contents[start:]
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: served.breaks_off.pop(0)] if served.breaks_off else rest)
            self.wfile.flush()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def quiet(_: str) -> None:
    """Take what is told and keep it to oneself."""


def test_a_file_is_fetched_and_is_the_one_that_was_wanted(shelf: Shelf, tmp_path: Path) -> None:
    assert fetch(shelf.asset(), tmp_path, tell=quiet).read_bytes() == CONTENTS
    assert [path.name for path in tmp_path.iterdir()] == ["weights.ckpt"]


def test_what_is_there_already_is_not_fetched_again(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "weights.ckpt").write_bytes(CONTENTS)
    fetch(shelf.asset(), tmp_path, tell=quiet)
    assert shelf.ranges == []


def test_a_transfer_that_breaks_off_is_gone_on_from_where_it_was(shelf: Shelf, tmp_path: Path) -> None:
    shelf.breaks_off = [300_000, 400_000]
    told: list[str] = []
    assert fetch(shelf.asset(), tmp_path, tell=told.append).read_bytes() == CONTENTS
    assert shelf.ranges == ["", "bytes=300000-", "bytes=700000-"]
    assert any("broken off after 300000 bytes" in line for line in told)


def test_an_earlier_start_is_gone_on_from(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "weights.ckpt.part").write_bytes(CONTENTS[:1_000])
    assert fetch(shelf.asset(), tmp_path, tell=quiet).read_bytes() == CONTENTS
    assert shelf.ranges == ["bytes=1000-"]


def test_a_whole_file_that_was_never_looked_at_is_taken(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "weights.ckpt.part").write_bytes(CONTENTS)
    assert fetch(shelf.asset(), tmp_path, tell=quiet).read_bytes() == CONTENTS


def test_a_server_that_knows_no_ranges_starts_anew(shelf: Shelf, tmp_path: Path) -> None:
    shelf.knows_ranges = False
    (tmp_path / "weights.ckpt.part").write_bytes(b"x" * 1_000)
    assert fetch(shelf.asset(), tmp_path, tell=quiet).read_bytes() == CONTENTS


def test_what_breaks_off_again_and_again_is_told_and_kept(shelf: Shelf, tmp_path: Path) -> None:
    shelf.breaks_off = [1_000] * 9
    with pytest.raises(FetchError, match="broke off after 4000 bytes"):
        fetch(shelf.asset(), tmp_path, tell=quiet)
    assert (tmp_path / "weights.ckpt.part").stat().st_size == 4_000


def test_another_file_than_was_wanted_is_told_and_not_kept(shelf: Shelf, tmp_path: Path) -> None:
    shelf.contents = CONTENTS[:-1] + b"!"
    with pytest.raises(FetchError, match=f"its SHA-256 begins .*, and {DIGEST[:16]} was expected. Nothing of it"):
        fetch(shelf.asset(), tmp_path, tell=quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_beginning_of_something_else_is_found_out(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "weights.ckpt.part").write_bytes(b"x" * 1_000)
    with pytest.raises(FetchError, match="is not the file it should be"):
        fetch(shelf.asset(), tmp_path, tell=quiet)
    assert fetch(shelf.asset(), tmp_path, tell=quiet).read_bytes() == CONTENTS


def test_eight_digits_are_enough_where_no_more_are_known(shelf: Shelf, tmp_path: Path) -> None:
    assert fetch(shelf.asset(DIGEST[:8]), tmp_path, tell=quiet).read_bytes() == CONTENTS


@pytest.mark.parametrize(("status", "said"), [(404, "answered 404 Not Found"), (503, "answered 503")])
def test_a_refusal_is_told_with_its_number(shelf: Shelf, tmp_path: Path, status: int, said: str) -> None:
    shelf.status = status
    with pytest.raises(FetchError, match=said):
        fetch(shelf.asset(), tmp_path, tell=quiet)


def test_a_file_that_was_moved_is_followed(shelf: Shelf, tmp_path: Path) -> None:
    shelf.moved_to = "/elsewhere"
    assert fetch(shelf.asset(), tmp_path, tell=quiet).read_bytes() == CONTENTS


def test_nobody_at_the_address_is_told(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/weights.ckpt"
    with pytest.raises(FetchError, match="cannot be reached"):
        fetch(Asset(file="weights.ckpt", address=address, sha256=DIGEST), tmp_path, tell=quiet)


def test_a_mirror_has_the_files_by_their_names(shelf: Shelf, tmp_path: Path) -> None:
    elsewhere = Asset(file="weights.ckpt", address="http://127.0.0.1:1/never", sha256=DIGEST)
    assert fetch(elsewhere, tmp_path, mirror=f"{shelf.address}/", tell=quiet).read_bytes() == CONTENTS


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=lambda variant: variant.name)
def test_every_published_file_is_pinned_by_an_address_and_a_hash(variant) -> None:  # type: ignore[no-untyped-def] # pytest gives it
    for asset in filter(None, (variant.checkpoint, variant.tokenizer)):
        assert asset.address.startswith("https://")
        assert asset.address.endswith(asset.file)
        assert len(asset.sha256) in (8, 64)
        assert int(asset.sha256, 16) >= 0
    # Torch's convention: a checkpoint's name ends in the first eight digits of its hash.
    assert variant.checkpoint.sha256[:8] == variant.checkpoint.file.removesuffix(".ckpt")[-8:]


def test_the_words_of_original_are_those_of_the_model_that_ships() -> None:
    from tokenizers import Tokenizer  # noqa: PLC0415

    from bot.classifiers.embedded import TOKENIZER, shipped  # noqa: PLC0415

    words = Tokenizer.from_file(str(shipped() / TOKENIZER)).get_vocab()
    listed = "".join(f"{word}\n" for word in sorted(words, key=words.__getitem__))
    # The published hash of the word list of bert-base-uncased, which `original` was trained with.
    published = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    assert hashlib.sha256(listed.encode()).hexdigest() == published
