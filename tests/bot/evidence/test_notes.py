"""Notes are signed and read as others sign and read them, and nothing that was changed is believed."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evidence.errors import EvidenceError, KeyRefused, NoteRefused
from bot.evidence.notes import (
    LARGEST_NOTE,
    KeyUse,
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    read_base64,
    sign_note,
    signers,
    write_base64,
)

# The example of Go's package for signed notes: another implementation's keys, text and signature.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY = SigningKey.parse(SECRET)
OTHER = SigningKey.new("party.example/log", KeyUse.NOTE, bytes)


def test_a_note_is_signed_as_others_sign_it() -> None:
    assert str(KEY.verifier) == PUBLIC
    assert KEY.secret_line() == SECRET
    assert sign_note(TEXT, KEY).to_bytes() == SIGNED.encode()


def test_a_note_that_others_signed_is_read_and_believed() -> None:
    note = Note.parse(SIGNED.encode())
    assert note.text == TEXT
    assert set(signers(note, [VerifierKey.parse(PUBLIC)])) == {KEY.verifier}


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n")))
def test_any_text_is_read_as_it_was_signed(text: str) -> None:
    note = sign_note(f"{text}\n", KEY, OTHER)
    read = Note.parse(note.to_bytes())
    assert read == note
    assert set(signers(read, [KEY.verifier, OTHER.verifier])) == {KEY.verifier, OTHER.verifier}


def test_no_flipped_bit_leaves_a_note_believable() -> None:
    written = bytearray(SIGNED.encode())
    for bit in range(len(written) * 8):
        written[bit // 8] ^= 1 << bit % 8
        try:
            believed = signers(Note.parse(bytes(written)), [KEY.verifier])
        except EvidenceError:
            believed = {}
        assert not believed, f"bit {bit}"
        written[bit // 8] ^= 1 << bit % 8


def test_every_slice_and_every_changed_byte_of_a_key_is_refused() -> None:
    for start in range(len(PUBLIC)):
        for end in range(start + 1, len(PUBLIC) + 1):
            if (start, end) != (0, len(PUBLIC)):
                with pytest.raises(KeyRefused):
                    VerifierKey.parse(PUBLIC[start:end])
    for line, parse in ((PUBLIC, VerifierKey.parse), (SECRET, SigningKey.parse)):
        for place in range(len(line)):
            with pytest.raises(KeyRefused):
                parse(line[:place] + chr(ord(line[place]) ^ 1) + line[place + 1 :])


@pytest.mark.parametrize(
    "line",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # the key too long
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # of an unknown kind
        "",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_a_key_that_others_refuse_is_refused(line: str) -> None:
    with pytest.raises(KeyRefused):
        VerifierKey.parse(line)


def test_a_secret_shows_in_no_representation() -> None:
    assert KEY.seed.hex() not in repr(KEY)
    assert write_base64(KEY.seed) not in repr(KEY)
    assert repr(KEY.seed) not in f"{KEY} {KEY!r}"


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "no\u00a0space", "\u2003", "\ud800"])
def test_a_name_that_no_signature_line_can_carry_is_refused(name: str) -> None:
    with pytest.raises(KeyRefused, match="name"):
        VerifierKey(name, KeyUse.NOTE, bytes(32))
    with pytest.raises(KeyRefused, match="name"):
        SigningKey(name, KeyUse.NOTE, bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(KeyRefused, match="32 bytes"):
        VerifierKey("a", KeyUse.NOTE, bytes(length))
    with pytest.raises(KeyRefused, match="32 bytes"):
        SigningKey("a", KeyUse.NOTE, bytes(length))


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(b"", id="empty"),
        pytest.param(TEXT.encode(), id="no-signatures"),
        pytest.param(f"{TEXT}\n".encode(), id="no-lines"),
        pytest.param(SIGNED.removesuffix("\n").encode(), id="no-last-newline"),
        pytest.param(SIGNED.replace("— ", "-- ").encode(), id="hyphens"),
        pytest.param(SIGNED.replace("— ", "—  ").encode(), id="two-spaces"),
        pytest.param(SIGNED.replace("nAM=", "nAM").encode(), id="no-padding"),
        pytest.param(SIGNED.replace("nAM=", "nAN=").encode(), id="loose-bits"),
        pytest.param(SIGNED.replace("x08go/ZJ", "x08go_ZJ").encode(), id="url-base64"),
        pytest.param(SIGNED.replace("\n", "\r\n").encode(), id="carriage-returns"),
        pytest.param(SIGNED.encode().replace(b"If", b"\xff\xfe"), id="not-utf-8"),
        pytest.param(SIGNED.replace("If", "If\x00").encode(), id="control-character"),
        pytest.param((TEXT + "\n" + SIGNED.rpartition("\n\n")[2] * 101).encode(), id="101-signatures"),
        pytest.param(b"x" * LARGEST_NOTE + SIGNED.encode(), id="too-large"),
        pytest.param(f"{TEXT}\n— PeterNeumann {write_base64(b'1234')}\n".encode(), id="id-and-nothing"),
    ],
)
def test_what_is_no_note_is_refused(written: bytes) -> None:
    with pytest.raises(NoteRefused):
        Note.parse(written)


@settings(deadline=None)
@given(st.binary() | st.text().map(lambda text: f"{text}\n\n— {text}\n".encode()))
def test_garbage_is_no_note_and_raises_nothing_else(garbage: bytes) -> None:
    try:
        assert Note.parse(garbage).to_bytes() == garbage
    except NoteRefused:
        assert garbage != SIGNED.encode()


def test_signatures_of_strangers_say_nothing() -> None:
    note = sign_note(TEXT, KEY, OTHER)
    assert set(signers(note, [OTHER.verifier])) == {OTHER.verifier}
    assert not signers(sign_note(TEXT, OTHER), [KEY.verifier])
    namesake = SigningKey.new(KEY.name, KeyUse.NOTE)
    assert set(signers(sign_note(TEXT, namesake, KEY), [KEY.verifier])) == {KEY.verifier}


def test_one_bad_signature_in_a_known_name_spoils_the_note() -> None:
    good = sign_note(TEXT, KEY)
    forged = Signature(KEY.name, KEY.verifier.id, bytes(64))
    for note in (good.with_signatures([forged]), Note(TEXT, (forged, *good.signatures)), Note(TEXT, (forged,))):
        with pytest.raises(NoteRefused, match="changed or forged"):
            signers(note, [KEY.verifier])


def test_signing_twice_adds_nothing() -> None:
    note = sign_note(TEXT, KEY)
    assert note.with_signatures(note.signatures) == note
    assert sign_note(TEXT, KEY, KEY) == note


def test_a_witness_key_signs_no_note_and_its_signature_counts_for_none() -> None:
    witness = SigningKey(KEY.name, KeyUse.COSIGNATURE, KEY.seed)
    assert witness.verifier.id != KEY.verifier.id
    with pytest.raises(KeyRefused, match="witness"):
        sign_note(TEXT, witness)
    note = Note(TEXT, (Signature(witness.name, witness.verifier.id, witness.sign(TEXT.encode())),))
    assert not signers(note, [witness.verifier])


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "bell\x07\n", "return\r\n", "\ud800\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text: str) -> None:
    with pytest.raises(NoteRefused):
        sign_note(text, KEY)


@settings(deadline=None)
@given(st.binary())
def test_base64_is_read_in_one_form_alone(value: bytes) -> None:
    written = write_base64(value)
    assert read_base64(written) == value
    for other in (written + "\n", " " + written, written.rstrip("=") if written.endswith("=") else written + "="):
        assert read_base64(other) is None


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_alone_verifies_a_signature(tmp_path: Path) -> None:
    key = SigningKey.new("party.example/log", KeyUse.NOTE, random.Random(1).randbytes)
    note = sign_note("a text\n", key)
    for name, content in (("pem", key.verifier.pem), ("text", b"a text\n"), ("sig", note.signatures[0].value)):
        (tmp_path / name).write_bytes(content)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "pem", "-rawin", "-in", "text", "-sigfile", "sig"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "text").write_bytes(b"A text\n")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode != 0
