"""Writing a pack: piece by piece, and there whole or not at all."""

import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import pack_files
from bot.evidence.packs.bag import NamedContent, bag
from bot.pack_files import NotWritten, write_folder, write_zip

MIB = 1 << 20
LARGE = 48 * MIB
ALLOWED = 4 * MIB
"""What writing may take at most, whatever the size of a file."""

Write = Callable[[Path, Iterator[NamedContent]], None]


def large() -> Iterator[bytes]:
    """Give a file that no zip makes smaller."""
    for _ in range(LARGE // (64 * 1024)):
        yield os.urandom(64 * 1024)


def payload() -> Iterator[NamedContent]:
    yield "records/1.json", (b"{}",)
    yield "attachments/1.1.bin", large()


def stopping() -> Iterator[NamedContent]:
    yield from payload()
    raise KeyboardInterrupt


def encrypted(path: Path, files: Iterator[NamedContent]) -> None:
    pyrage = pytest.importorskip("pyrage", reason="the extra `encrypted` is not installed")
    write_zip(path, files, [str(pyrage.x25519.Identity.generate().to_public())])


WAYS = pytest.mark.parametrize("write", [write_folder, write_zip, encrypted], ids=["folder", "zip", "encrypted"])


@WAYS
def test_a_file_far_larger_than_the_memory_that_writing_takes_is_written(write: Write, tmp_path: Path) -> None:
    write(tmp_path / "warm", bag([("a", (b"1",))], {}))
    tracemalloc.start()
    try:
        write(tmp_path / "pack", bag(payload(), {}))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    size = sum(path.stat().st_size for path in [tmp_path / "pack", *(tmp_path / "pack").rglob("*")])
    assert size > LARGE
    assert peak < ALLOWED


@WAYS
def test_what_is_interrupted_leaves_nothing(write: Write, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "pack", bag(stopping(), {}))
    assert [*tmp_path.iterdir()] == []


@WAYS
def test_until_all_of_it_is_there_nothing_has_its_name(write: Write, tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def watched() -> Iterator[NamedContent]:
        for path, content in bag([("a", (b"1",)), ("b", (b"2",))], {}):
            yield path, content
            seen.append([entry.name for entry in tmp_path.iterdir()])

    write(tmp_path / "pack", watched())
    assert len(seen) > 4
    assert all(names == [".pack.draft"] for names in seen)
    assert [entry.name for entry in tmp_path.iterdir()] == ["pack"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from bot.evidence.packs.bag import bag
from bot.pack_files import write_folder
def killing():
    yield "a", (b"1",)
    os.kill(os.getpid(), signal.SIGKILL)
write_folder(Path(sys.argv[1]), bag(killing(), {}))
"""


def test_a_pack_that_was_killed_has_no_list_no_signature_and_another_name(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "pack")], check=False, cwd=Path.cwd())
    assert ended.returncode == -9
    left = [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))]
    assert left == [".pack.draft", ".pack.draft/data", ".pack.draft/data/a"]
    with pytest.raises(NotWritten, match=r"\.pack\.draft is there already: another pack is being written to"):
        write_folder(tmp_path / "pack", bag([("a", (b"1",))], {}))
    assert (tmp_path / ".pack.draft" / "data" / "a").exists()


@WAYS
def test_a_place_that_was_taken_meanwhile_is_left_alone(write: Write, tmp_path: Path) -> None:
    def taking() -> Iterator[NamedContent]:
        yield from bag([("a", (b"1",))], {})
        (tmp_path / "pack").mkdir()

    with pytest.raises(NotWritten, match="is there already"):
        write(tmp_path / "pack", taking())
    assert [entry.name for entry in tmp_path.iterdir()] == ["pack"]
    assert [*(tmp_path / "pack").iterdir()] == []


def test_only_the_owner_may_read_any_of_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_folder(tmp_path / "pack", bag([("log/witnesses/1.pub", (b"1",))], {}))
    finally:
        os.umask(before)
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (tmp_path / "pack").rglob("*")}
    assert modes == {True: 0o700, False: 0o600}
    assert (tmp_path / "pack").stat().st_mode & 0o777 == 0o700


def test_an_encryption_that_fails_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pyrage = pytest.importorskip("pyrage", reason="the extra `encrypted` is not installed")

    def broken(*_: object) -> None:
        raise pyrage.EncryptError("the disk is full")

    monkeypatch.setattr(pack_files.pyrage, "encrypt_io", broken)
    with pytest.raises(pyrage.EncryptError, match="the disk is full"):
        encrypted(tmp_path / "pack", bag(payload(), {}))
    assert [*tmp_path.iterdir()] == []


def test_a_zip_that_came_through_a_pipe_is_whole(tmp_path: Path) -> None:
    pyrage = pytest.importorskip("pyrage", reason="the extra `encrypted` is not installed")
    key = pyrage.x25519.Identity.generate()
    write_zip(tmp_path / "pack.zip.age", bag([("a", (b"1", b"2"))], {}), [str(key.to_public())])
    (tmp_path / "pack.zip").write_bytes(pyrage.decrypt((tmp_path / "pack.zip.age").read_bytes(), [key]))
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("pack/data/a") == b"12"
