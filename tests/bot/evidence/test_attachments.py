"""An attachment goes to the disk sealed and whole, or not at all, and comes back byte for byte or not at all."""

import hmac
import random
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.evidence.attachments import LARGEST, PIECE, AttachmentWriter, KeptAttachment, open_attachment
from bot.evidence.errors import SealBroken, TooLarge
from bot.evidence.leaves import opens
from bot.evidence.sealing import DataKey, Place

KEY = DataKey(bytes(range(32)))
PLACE = Place("a_01", "attachment.1", 7)
SALT = bytes(range(32))
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17]


def _keep(path: Path, arriving: Iterable[bytes], **more: int) -> KeptAttachment:
    with AttachmentWriter(path, KEY, PLACE, salt=SALT, **more) as writer:  # type: ignore[arg-type]  # limits alone
        for arrived in arriving:
            writer.write(arrived)
        return writer.finish()


def _content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1000, PIECE, 10 * PIECE])
def test_an_attachment_comes_back_as_it_arrived(tmp_path: Path, size: int, step: int) -> None:
    content = _content(size)
    kept = _keep(tmp_path / "a", (content[start : start + step] for start in range(0, size, step)))
    assert b"".join(open_attachment(tmp_path / "a", KEY, PLACE)) == content
    assert kept.size == size
    assert opens(kept.commitment, SALT, content)


@pytest.mark.parametrize(("size", "pieces"), [(0, 1), (1, 1), (PIECE, 1), (PIECE + 1, 2), (2 * PIECE, 2)])
def test_no_piece_is_empty_but_that_of_an_empty_attachment(tmp_path: Path, size: int, pieces: int) -> None:
    assert len(_sealed(tmp_path / "a", size)) == 33 + size + 16 * pieces


def test_the_file_is_private_and_shows_nothing(tmp_path: Path) -> None:
    _keep(tmp_path / "a", [b"JFIF" * 5000])
    assert b"JFIF" not in (tmp_path / "a").read_bytes()
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_attachment_of_exactly_the_limit_is_kept(tmp_path: Path) -> None:
    assert _keep(tmp_path / "a", [bytes(1000)], limit=1000).size == 1000


def test_too_much_is_cut_off_as_soon_as_it_is_too_much_and_leaves_nothing(tmp_path: Path) -> None:
    arrived = []

    def endless() -> Iterator[bytes]:
        while True:
            arrived.append(PIECE)
            yield bytes(PIECE)

    with pytest.raises(TooLarge, match=str(LARGEST)):
        _keep(tmp_path / "a", endless())
    assert sum(arrived) == LARGEST + PIECE
    assert list(tmp_path.iterdir()) == []


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield bytes(3 * PIECE)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        _keep(tmp_path / "a", broken())
    assert list(tmp_path.iterdir()) == []
    with AttachmentWriter(tmp_path / "a", KEY, PLACE, salt=SALT) as writer:
        writer.write(b"and nobody said that this was all")
    assert list(tmp_path.iterdir()) == []


def test_a_draft_that_a_crash_left_is_written_over_and_an_attachment_never(tmp_path: Path) -> None:
    (tmp_path / "a.draft").write_bytes(bytes(10 * PIECE))
    _keep(tmp_path / "a", [b"first"])
    with pytest.raises(FileExistsError):
        _keep(tmp_path / "a", [b"second"])
    assert b"".join(open_attachment(tmp_path / "a", KEY, PLACE)) == b"first"


def test_the_form_of_a_kept_attachment_does_not_change(tmp_path: Path) -> None:
    """02, a salt of 32 bytes, then each piece as AES-256-GCM with its number and whether it is the last as nonce."""
    path = tmp_path / "a"
    with AttachmentWriter(path, KEY, PLACE, salt=SALT, random_bytes=bytes) as writer:
        writer.write(bytes(PIECE + 2))
        writer.finish()
    secret = hmac.digest(KEY.secret, b"hustings attachment\n" + bytes(32) + b"a_01|attachment.1|7", sha256)
    first = AESGCM(secret).encrypt(bytes(12), bytes(PIECE), None)
    second = AESGCM(secret).encrypt(bytes(10) + b"\1\1", bytes(2), None)
    assert path.read_bytes() == b"\2" + bytes(32) + first + second


def test_nothing_is_added_after_the_end(tmp_path: Path) -> None:
    with AttachmentWriter(tmp_path / "a", KEY, PLACE, salt=SALT) as writer:
        writer.finish()
        with pytest.raises(ValueError, match="is finished"):
            writer.finish()
        with pytest.raises(ValueError, match="is finished"):
            writer.write(bytes(2 * PIECE))
    assert b"".join(open_attachment(tmp_path / "a", KEY, PLACE)) == b""


def _sealed(path: Path, size: int) -> bytearray:
    _keep(path, [_content(size)])
    return bytearray(path.read_bytes())


@pytest.mark.parametrize("size", [0, 100, PIECE, PIECE + 1, 2 * PIECE + 5])
def test_no_flipped_bit_is_passed_over(tmp_path: Path, size: int) -> None:
    sealed = _sealed(tmp_path / "a", size)
    chance = random.Random(size)
    for bit in [*range(33 * 8), *(chance.randrange(len(sealed) * 8) for _ in range(150))]:
        sealed[bit // 8] ^= 1 << bit % 8
        (tmp_path / "a").write_bytes(sealed)
        with pytest.raises(SealBroken):
            list(open_attachment(tmp_path / "a", KEY, PLACE))
        sealed[bit // 8] ^= 1 << bit % 8


def test_what_was_cut_short_lengthened_or_put_in_another_order_does_not_open(tmp_path: Path) -> None:
    sealed = bytes(_sealed(tmp_path / "a", 3 * PIECE + 5))
    step, start = PIECE + 16, 33
    pieces = [sealed[at : at + step] for at in range(start, len(sealed), step)]
    wrongs = [
        b"",
        sealed[:20],
        sealed[:33],
        *(sealed[:-cut] for cut in (1, 5, 21, 22, step)),
        *(sealed[:start] + b"".join(pieces[:count]) for count in range(4)),
        sealed[:start] + b"".join(pieces[1:]),
        sealed[:start] + pieces[1] + pieces[0] + b"".join(pieces[2:]),
        sealed + b"\0",
        sealed + pieces[0],
    ]
    for wrong in wrongs:
        (tmp_path / "a").write_bytes(wrong)
        with pytest.raises(SealBroken):
            list(open_attachment(tmp_path / "a", KEY, PLACE))


def test_neither_another_key_nor_another_place_opens_it(tmp_path: Path) -> None:
    _keep(tmp_path / "a", [b"content"])
    for key, place in ((DataKey.new(), PLACE), (KEY, Place("a_02", "attachment.1", 7))):
        with pytest.raises(SealBroken, match="another key"):
            list(open_attachment(tmp_path / "a", key, place))


def test_the_same_attachment_twice_gives_two_different_files(tmp_path: Path) -> None:
    assert _sealed(tmp_path / "a", 100) != _sealed(tmp_path / "b", 100)


def test_a_commitment_without_a_whole_salt_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AttachmentWriter(tmp_path / "a", KEY, PLACE, salt=b"salt")
