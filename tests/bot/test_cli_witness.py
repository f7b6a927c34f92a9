"""A witness's evening: from the key to the cosignature and back, and what they read when the log has two histories."""

import asyncio
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_evidence import app
from bot.evidence.cosignatures import cosigners
from bot.evidence.notes import Note, VerifierKey
from bot.evidence.witness_folder import LAST, LOG
from bot.store.sqlite.cosigned import FOLDER as COSIGNED
from bot.store.sqlite.signing import HEAD
from bot.store.sqlite.store import open_store
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock


def run(*arguments: str, status: int = 0, given: bytes | str | None = None) -> Result:
    result = CliRunner().invoke(app, list(arguments), input=given)
    assert result.exit_code == status, result.output
    return result


async def _fill(folder: Path, first: int, count: int) -> None:
    async with open_store(folder, FrozenClock()) as store:
        for number in range(first, first + count):
            await store.evidence.record(make.incident(number, to_do=()))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the steward's data folder, with five records."""
    monkeypatch.chdir(tmp_path)
    asyncio.run(_fill(tmp_path / "data", 0, 5))
    return tmp_path / "data"


@pytest.fixture
def ann(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a witness who has seen the first checkpoint, and whom the settings name."""
    log = run("keys", "show", "--data", str(data)).stdout.split()[0]
    line = run("witness", "new", "ann.example", log, "--keys", str(tmp_path / "ann")).stdout.strip()
    monkeypatch.setenv("EVIDENCE_WITNESSES", line)
    monkeypatch.setenv("EVIDENCE_QUORUM", "1")
    checkpoint = run("checkpoint", "--data", str(data)).stdout
    run("witness", "sign", "-", "--keys", str(tmp_path / "ann"), given=checkpoint)
    return tmp_path / "ann"


def proof(data: Path, ann: Path) -> str:
    return run("checkpoint", "--for-witness", str(ann / LAST), "--data", str(data)).stdout


def test_a_witness_begins_with_the_whole_line_or_a_file_of_it_as_the_keeper_handed_it_over(
    data: Path, tmp_path: Path
) -> None:
    line = run("keys", "show", "--data", str(data)).stdout.splitlines()[0]
    assert "from record 0" in line
    (tmp_path / "log-key.txt").write_text(line)
    for number, given in enumerate((line, str(tmp_path / "log-key.txt"))):
        run("witness", "new", "ben.example", given, "--keys", str(tmp_path / f"ben-{number}"))
        assert (tmp_path / f"ben-{number}" / LOG).read_text() == f"{line.split()[0]}\n"


def test_a_wrong_key_or_folder_is_told_with_what_to_do(data: Path, tmp_path: Path) -> None:
    keys = ("--keys", str(tmp_path / "none"))
    assert "neither the log's public key nor a file" in run("witness", "new", "a.b", "KEY", *keys, status=2).stderr
    checkpoint = run("checkpoint", "--data", str(data)).stdout
    assert "holds no witness's key. `hustings evidence witness new`" in (
        run("witness", "sign", "-", *keys, given=checkpoint, status=2).stderr
    )


def test_a_checkpoint_that_continues_the_last_is_cosigned_and_shown_on_both_sides(data: Path, ann: Path) -> None:
    asyncio.run(_fill(data, 5, 3))
    assert "No checkpoint was cosigned" in run("verify", "--data", str(data)).stdout
    signed = run("witness", "sign", "-", "--keys", str(ann), given=proof(data, ann))
    note = Note.parse(signed.stdout_bytes)
    (key,) = cosigners(note, [VerifierKey.parse((ann / "witness.pub").read_text("ascii"))])
    assert key.name == "ann.example"
    assert "cosigned by ann.example" in run("cosign", "-", "--data", str(data), given=signed.stdout).stdout
    shown = run("checkpoint", "--data", str(data)).stdout
    assert shown == signed.stdout
    said = run("verify", "--data", str(data)).stdout
    assert "The checkpoint of 8 records is cosigned by ann.example on" in said
    assert "1 of the 1 needed: enough" in said


def test_two_histories_are_printed_kept_and_not_signed(data: Path, ann: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "other")
    asyncio.run(_fill(data, 5, 3))
    asyncio.run(_fill(tmp_path / "other", 50, 3))
    run("witness", "sign", "-", "--keys", str(ann), given=proof(data, ann))
    seen, others = (ann / LAST).read_bytes(), (tmp_path / "other" / HEAD).read_text("utf-8")
    said = run("witness", "sign", "-", "--keys", str(ann), given=others, status=1)
    assert "SPLIT VIEW" in said.stderr
    assert others in said.stderr
    assert seen.decode() in said.stderr
    assert said.stdout == ""
    assert (ann / LAST).read_bytes() == seen
    (kept,) = ann.glob("split-view-*.txt")
    assert others in kept.read_text("utf-8")


def test_a_log_that_forked_behind_the_witness_has_no_proof_to_give(data: Path, ann: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "other")
    asyncio.run(_fill(data, 5, 3))
    run("witness", "sign", "-", "--keys", str(ann), given=proof(data, ann))
    asyncio.run(_fill(tmp_path / "other", 50, 9))
    asked = ("checkpoint", "--for-witness", str(ann / LAST), "--data", str(tmp_path / "other"))
    assert "does not continue that checkpoint" in run(*asked, status=2).stderr
    forged = (tmp_path / "other" / HEAD).read_text("utf-8")
    said = run("witness", "sign", "-", "--keys", str(ann), given=f"old 8\n\n{forged}", status=1)
    assert "SPLIT VIEW" in said.stderr


@pytest.mark.parametrize("begins", ["", "old 3\n\n"])
def test_a_missing_or_another_proof_accuses_nobody_and_is_asked_for(data: Path, ann: Path, begins: str) -> None:
    asyncio.run(_fill(data, 5, 3))
    head = (data / HEAD).read_text("utf-8")
    said = run("witness", "sign", "-", "--keys", str(ann), given=begins + head, status=1).stderr
    assert "SPLIT VIEW" not in said
    assert "Not signed. The checkpoint of 8 records came with" in said
    assert "and the last one seen has 5" in said


def test_what_the_log_did_not_sign_is_not_cosigned(data: Path, ann: Path, tmp_path: Path) -> None:
    asyncio.run(_fill(tmp_path / "stranger", 0, 9))
    head = (tmp_path / "stranger" / HEAD).read_text("utf-8")
    assert "of another log" in run("witness", "sign", "-", "--keys", str(ann), given=head, status=1).stderr


def test_a_cosignature_of_a_stranger_or_over_another_text_is_not_kept(data: Path, ann: Path, tmp_path: Path) -> None:
    log = (ann / LOG).read_text("ascii").strip()
    run("witness", "new", "bob.example", log, "--keys", str(tmp_path / "bob"))
    head = (data / HEAD).read_text("utf-8")
    by_bob = run("witness", "sign", "-", "--keys", str(tmp_path / "bob"), given=head).stdout
    assert "None of the witnesses" in run("cosign", "-", "--data", str(data), given=by_bob, status=2).stderr
    old = (ann / LAST).read_text("utf-8")
    asyncio.run(_fill(data, 5, 3))
    moved = (data / HEAD).read_text("utf-8") + old.splitlines()[-1] + "\n"
    assert "changed or forged" in run("cosign", "-", "--data", str(data), given=moved, status=2).stderr
    assert not (data / COSIGNED).exists()


def test_a_cosignature_that_was_changed_afterwards_is_found_by_verification(data: Path, ann: Path) -> None:
    run("cosign", str(ann / LAST), "--data", str(data))
    (kept,) = (data / COSIGNED).iterdir()
    lines = kept.read_text("utf-8").splitlines()
    name, _, value = lines[-1].rpartition(" ")
    lines[-1] = f"{name} {value[:20]}{'A' if value[20] != 'A' else 'B'}{value[21:]}"
    kept.write_text("\n".join(lines) + "\n", "utf-8")
    assert "changed or forged" in run("verify", "--data", str(data), status=1).stderr


def test_too_few_witnesses_are_said_to_be_too_few(data: Path, ann: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = (ann / LOG).read_text("ascii").strip()
    bob = run("witness", "new", "bob.example", log, "--keys", str(ann.parent / "bob")).stdout.strip()
    monkeypatch.setenv("EVIDENCE_WITNESSES", f"{(ann / 'witness.pub').read_text('ascii').strip()},{bob}")
    monkeypatch.setenv("EVIDENCE_QUORUM", "2")
    said = run("cosign", str(ann / LAST), "--data", str(data)).stdout
    assert "not by bob.example; 1 of the 2 needed: NOT ENOUGH" in said
    assert "NOT ENOUGH" in run("verify", "--data", str(data)).stdout
    monkeypatch.setenv("EVIDENCE_QUORUM", "3")
    assert "3 of 2 witnesses" in run("verify", "--data", str(data), status=2).stderr


def test_a_witness_follows_the_log_to_its_next_key(data: Path, ann: Path) -> None:
    run("keys", "rotate", "--data", str(data))
    asyncio.run(_fill(data, 5, 3))
    asked = proof(data, ann)
    assert "Not signed" in run("witness", "sign", "-", "--keys", str(ann), given=asked, status=1).stderr
    statements = run("keys", "statements", "--data", str(data)).stdout
    for _ in range(2):
        assert "The log signs with" in run("witness", "follow", "-", "--keys", str(ann), given=statements).stdout
    run("witness", "sign", "-", "--keys", str(ann), given=asked)


def test_a_key_is_not_made_twice_and_its_file_is_its_owners_alone(data: Path, ann: Path) -> None:
    log = (ann / LOG).read_text("ascii").strip()
    assert "already" in run("witness", "new", "ann.example", log, "--keys", str(ann), status=2).stderr
    assert (ann / "witness.key").stat().st_mode & 0o077 == 0
    assert "nowhere cannot be read" in run("witness", "sign", "nowhere", "--keys", str(ann), status=2).stderr
