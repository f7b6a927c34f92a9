"""A time stamping authority of the tests, run by openssl."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.notes import Note
from bot.evidence.stamps import path_of

with_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

CONFIG = """
[tsa]
default_tsa = it
[it]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(folder: Path, *call: str) -> None:
    """Run openssl."""
    subprocess.run(["openssl", *call], cwd=folder, check=True, capture_output=True)


def make_authority(folder: Path) -> None:
    """Make an authority's keys and certificates: `ca.pem` is what somebody trusts."""
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(folder, *new, "-x509", "-subj", "/CN=root", "-keyout", "ca.key", "-out", "self.pem")
    openssl(folder, "req", "-new", "-key", "ca.key", "-subj", "/CN=root", "-out", "ca.csr")
    of_ca = ("-signkey", "ca.key", "-extfile", "tsa.cnf", "-extensions", "ca", "-out", "ca.pem")
    openssl(folder, "x509", "-req", "-in", "ca.csr", *of_ca)
    openssl(folder, *new, "-subj", "/CN=tsa", "-keyout", "tsa.key", "-out", "tsa.csr")
    of_tsa = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", "stamps")
    openssl(folder, "x509", "-req", "-in", "tsa.csr", *of_tsa, "-out", "tsa.pem")


REPLY = ("ts", "-reply", "-config", "tsa.cnf", "-section", "it", "-queryfile", "query", "-out", "reply")


def stamped(authority: Path, note: Note, store: Path) -> None:
    """Have a checkpoint stamped, and keep the stamp as the bot does."""
    (authority / "message").write_bytes(note.to_bytes())
    openssl(authority, "ts", "-query", "-data", "message", "-sha512", "-cert", "-out", "query")
    openssl(authority, *REPLY)
    size = Checkpoint.claimed_by(note).size
    path_of(store, size, "note").parent.mkdir(mode=0o700, exist_ok=True)
    path_of(store, size, "note").write_bytes(note.to_bytes())
    path_of(store, size, "tsr").write_bytes((authority / "reply").read_bytes())
