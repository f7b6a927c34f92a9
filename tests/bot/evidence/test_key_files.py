"""Files of keys are for their owner alone, and the last checkpoint is replaced whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from bot.evidence.errors import KeyRefused, NoteRefused
from bot.evidence.heads import keep_head, read_head
from bot.evidence.key_files import keep_key_ring, keep_signing_key, load_key_ring, load_signing_key
from bot.evidence.wrapping import KeyRing, WrappingKey
from tests.bot.evidence.logs import Log, key

KEY = key()
RING = KeyRing(WrappingKey(bytes(range(32))))


def test_keys_are_read_as_they_were_kept(tmp_path: Path) -> None:
    keep_signing_key(tmp_path / "log.key", KEY)
    keep_key_ring(tmp_path / "wrapping.keys", RING)
    assert load_signing_key(tmp_path / "log.key") == KEY
    assert load_key_ring(tmp_path / "wrapping.keys") == RING


def test_files_of_keys_are_private_whatever_the_mask_says(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keep_signing_key(tmp_path / "log.key", KEY)
        keep_key_ring(tmp_path / "wrapping.keys", RING)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 2


def test_a_draft_that_others_could_read_becomes_private(tmp_path: Path) -> None:
    draft = tmp_path / "log.key.draft"
    draft.touch()
    draft.chmod(0o644)
    keep_signing_key(tmp_path / "log.key", KEY)
    assert stat.S_IMODE((tmp_path / "log.key").stat().st_mode) == 0o600


def test_a_signing_key_is_never_written_over(tmp_path: Path) -> None:
    keep_signing_key(tmp_path / "log.key", KEY)
    with pytest.raises(FileExistsError):
        keep_signing_key(tmp_path / "log.key", key(seed=2))
    assert load_signing_key(tmp_path / "log.key") == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o602, 0o660, 0o777, 0o601])
def test_a_file_that_others_can_use_is_refused_with_the_way_to_mend_it(tmp_path: Path, mode: int) -> None:
    keep_signing_key(tmp_path / "log.key", KEY)
    (tmp_path / "log.key").chmod(mode)
    with pytest.raises(KeyRefused, match=r"chmod 600 .*log\.key"):
        load_signing_key(tmp_path / "log.key")
    (tmp_path / "log.key").chmod(0o400)
    assert load_signing_key(tmp_path / "log.key") == KEY


def test_the_mode_that_counts_is_that_of_the_file_behind_a_link(tmp_path: Path) -> None:
    keep_signing_key(tmp_path / "log.key", KEY)
    (tmp_path / "link").symlink_to(tmp_path / "log.key")
    assert load_signing_key(tmp_path / "link") == KEY
    (tmp_path / "log.key").chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod"):
        load_signing_key(tmp_path / "link")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"PRIVATE+KEY+x", b"x" * 100_000])
def test_what_is_no_key_is_refused_naming_the_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.key"
    path.write_bytes(content)
    path.chmod(0o600)
    for load in (load_signing_key, load_key_ring):
        with pytest.raises(KeyRefused, match=r"log\.key"):
            load(path)


def test_a_key_that_is_not_there_is_refused_naming_the_file(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match=r"log\.key cannot be read: No such file"):
        load_signing_key(tmp_path / "log.key")
    with pytest.raises(KeyRefused):
        load_key_ring(tmp_path)


def test_the_last_checkpoint_is_read_as_it_was_kept_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "head"
    assert read_head(path) is None
    for size in (3, 4):
        keep_head(path, Log(size).note())
        assert read_head(path) == Log(size).note()
    assert [found.name for found in tmp_path.iterdir()] == ["head"]


def test_content_and_name_are_on_the_disk_before_anybody_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    sync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), (tmp_path / "head").exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    keep_head(tmp_path / "head", Log(3).note())
    assert synced == [(False, False), (True, True)]


def test_a_head_that_was_written_over_is_refused(tmp_path: Path) -> None:
    (tmp_path / "head").write_bytes(b"{}")
    with pytest.raises(NoteRefused):
        read_head(tmp_path / "head")


def test_a_head_that_could_not_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "head"
    keep_head(path, Log(3).note())

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_head(path, Log(4).note())
    assert read_head(path) == Log(3).note()
