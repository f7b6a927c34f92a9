"""What the page on evidence says of leaves is so, and its commands verify a real record and nothing else."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.evidence.chance import new_incident, new_salt
from bot.evidence.checkpoints import sign_checkpoint
from bot.evidence.leaves import Leaf, commitment
from bot.evidence.merkle import MemoryTree, inclusion_proof, leaf_hash
from bot.evidence.notes import KeyUse, SigningKey
from bot.evidence.proofs import InclusionProof
from bot.evidence.words import Kind, Role
from tests.architecture.sources import REPOSITORY

PAGE = (REPOSITORY / "docs" / "evidence.md").read_text(encoding="utf-8")
SIGNED, INCLUDED, OPENED = re.findall(r"```sh\n(.*?)```", PAGE.partition("## For strangers")[2], re.DOTALL)
AT = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = b"the words as they were delivered"

with_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def test_every_kind_is_explained_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+\.\w+)` \| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert rows == [(kind.value, kind.means) for kind in Kind]


def test_every_member_of_a_leaf_is_explained() -> None:
    shown = re.findall(r'"(\w+)":', PAGE.partition("```json")[2].partition("```")[0])
    first_cells = re.findall(r"^\| (`[^|]+) \|", PAGE.partition("| member |")[2].partition("###")[0], re.MULTILINE)
    explained = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    inner = {"author", "msg_ref", "reasons", "text", "score_pm", "id", "sha256", "ver"}
    assert set(shown) - inner == explained


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Make a log of eleven records, and lay out what a stranger gets of the sixth."""
    salt, key = new_salt(), SigningKey.new("party.example/channels", KeyUse.NOTE)
    written = [_leaf(seq, salt) for seq in range(1, 12)]
    tree = MemoryTree(map(leaf_hash, written))
    proof = InclusionProof(5, inclusion_proof(tree, 5, 11), sign_checkpoint(tree, 11, key, None))
    for name, content in {
        "6.json": written[5],
        "6.tlog-proof": proof.to_bytes(),
        "log.pem": key.verifier.pem,
        "6.text": TEXT,
        "6.text.salt.hex": salt.hex().encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@with_openssl
def test_the_commands_on_the_page_verify_a_record(given: Path) -> None:
    assert "Success" in _run(given, SIGNED)
    assert _run(given, INCLUDED) == "The record is in the log.\n"
    committed = re.findall(rb'"text":"(\w+)"', (given / "6.json").read_bytes())[0].decode()
    assert _run(given, OPENED).split()[-1] == committed


@with_openssl
@pytest.mark.parametrize("changed", ["6.json", "6.tlog-proof", "log.pem"])
def test_the_commands_on_the_page_do_not_verify_what_was_changed(given: Path, changed: str) -> None:
    path = given / changed
    content = bytearray(path.read_bytes())
    content[content.index(b"\n") + 20 if changed != "6.json" else 20] ^= 1
    path.write_bytes(content)
    assert "Success" not in _run(given, SIGNED) or "The record" not in _run(given, INCLUDED)


def _leaf(seq: int, salt: bytes) -> bytes:
    return Leaf(
        seq=seq,
        kind=Kind.INCIDENT_RECORDED,
        at=AT,
        role=Role.BOT,
        incident=new_incident(),
        commit={"text": commitment(salt, TEXT)},
    ).to_bytes()


def _run(folder: Path, script: str) -> str:
    ran = subprocess.run(["sh", "-c", script], cwd=folder, check=False, capture_output=True, text=True)
    return ran.stdout
