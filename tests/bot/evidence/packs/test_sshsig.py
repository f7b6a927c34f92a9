"""A pack's signature is the one that ssh-keygen makes, and ssh-keygen takes it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.evidence.errors import KeyRefused
from bot.evidence.packs.sshsig import NAMESPACE, SIGNER, PackKey, verifies

MESSAGE = b"what is listed\n"

with_ssh = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed; our own verifier is tried alone"
)


def test_a_signature_verifies_and_no_changed_bit_of_it_does() -> None:
    key = PackKey.new()
    signature = key.sign(MESSAGE)
    assert verifies(signature, MESSAGE, key.public)
    for place in range(len(signature)):
        for bit in range(8):
            changed = bytearray(signature)
            changed[place] ^= 1 << bit
            assert not verifies(bytes(changed), MESSAGE, key.public), (place, bit)


def test_a_signature_is_over_one_message_in_one_namespace_by_one_key() -> None:
    key = PackKey.new()
    assert not verifies(key.sign(MESSAGE), MESSAGE + b" ", key.public)
    assert not verifies(key.sign(MESSAGE, "file"), MESSAGE, key.public)
    assert not verifies(key.sign(MESSAGE), MESSAGE, PackKey.new().public)


@with_ssh
def test_the_signature_is_byte_for_byte_that_of_ssh_keygen(tmp_path: Path) -> None:
    key = PackKey.of_folder(tmp_path / "pack.key")
    signed = _ssh("-Y", "sign", "-f", str(tmp_path / "pack.key"), "-n", NAMESPACE, given=MESSAGE)
    assert signed.stdout == key.sign(MESSAGE)


@with_ssh
def test_ssh_keygen_takes_the_signature_and_shows_the_same_fingerprint(tmp_path: Path) -> None:
    key = PackKey.new()
    (tmp_path / "allowed").write_bytes(key.allowed_signers)
    (tmp_path / "sig").write_bytes(key.sign(MESSAGE))
    options = ("-f", str(tmp_path / "allowed"), "-I", SIGNER, "-n", NAMESPACE, "-s", str(tmp_path / "sig"))
    taken = _ssh("-Y", "verify", *options, given=MESSAGE)
    assert taken.returncode == 0, taken.stderr
    assert taken.stdout.decode().split()[-1] == key.fingerprint
    assert _ssh("-Y", "verify", *options, given=b"something else").returncode != 0


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "pack.key"
    key = PackKey.of_folder(path)
    assert PackKey.of_folder(path).fingerprint == key.fingerprint
    assert path.stat().st_mode & 0o777 == 0o600
    assert key.secret().decode().splitlines()[1] not in repr(key)
    if os.name == "posix":
        path.chmod(0o640)
        with pytest.raises(KeyRefused, match="chmod 600"):
            PackKey.of_folder(path)


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pack.key"
    path.touch(mode=0o600)
    path.write_text("hello\n")
    with pytest.raises(KeyRefused, match="no private key of OpenSSH"):
        PackKey.of_folder(path)


def _ssh(*arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["ssh-keygen", *arguments], input=given, check=False, capture_output=True)
