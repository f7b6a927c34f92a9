"""`hustings evidence pack`: what two people type, what lies in the folder then, and the status it ends with."""

import asyncio
import errno
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import pack_files
from bot.cli_evidence import app
from bot.cli_evidence_pack import pack
from bot.evidence.packs.contents import Choice
from bot.evidence.words import Code, Kind
from bot.store import keyfiles
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.packing import Packing
from bot.store.sqlite.store import open_store
from tests.fakes import packs
from tests.fakes.clock import FrozenClock
from tests.fakes.packs import ONE, REPORTER, TEXT, TWO, tools, verify, with_tools

pyrage = pytest.importorskip("pyrage", reason="the extra `encrypted` is not installed")


async def _fill(folder: Path) -> None:
    async with open_store(folder, FrozenClock()) as store:
        await packs.fill(store)


async def _kinds(folder: Path) -> list[Kind]:
    async with open_store(folder, FrozenClock()) as store:
        return await store.writer.read(lambda db: [leaf.kind for leaf in leaves(db)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a data folder with two incidents."""
    asyncio.run(_fill(tmp_path / "data"))
    return tmp_path / "data"


def run(folder: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["pack", *arguments, "--data", str(folder)])
    assert result.exit_code == status, result.output
    return result


def make(
    folder: Path, to: Path, *arguments: str, asked: tuple[str, ...] = (), names: tuple[str, ...] = (ONE,)
) -> Result:
    run(folder, *names, "--basis", "crime-report", "--by", "ada", *asked)
    return run(folder, *names, "--confirm", "--to", str(to), "--by", "ben", *arguments)


@with_tools
def test_two_people_make_a_pack_that_a_stranger_verifies(folder: Path, tmp_path: Path) -> None:
    told = make(folder, tmp_path / "pack", names=(ONE, TWO)).stdout
    fingerprint = next(word for word in told.split() if word.startswith("SHA256:")).rstrip(".")
    found = verify(tmp_path / "pack", tools(tmp_path / "bin"), "-k", fingerprint)
    assert found.returncode == 0, found.stdout
    assert (folder / keyfiles.FOLDER / keyfiles.PACK).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "pack").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "pack.draft").exists()


def test_one_person_alone_makes_no_pack(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "pack"
    assert "Nobody has asked" in run(folder, ONE, "--confirm", "--to", str(to), "--by", "ada", status=2).stderr
    assert "Say with --basis" in run(folder, ONE, "--by", "ada", status=2).stderr
    run(folder, ONE, "--basis", "consent", "--by", "ada")
    assert "somebody else" in run(folder, ONE, "--confirm", "--to", str(to), "--by", "ada", status=2).stderr
    assert "Say with --to" in run(folder, ONE, "--confirm", "--by", "ben", status=2).stderr
    assert not to.exists()
    assert Kind.EVIDENCE_EXPORTED not in asyncio.run(_kinds(folder))


def test_nothing_is_overwritten_and_nothing_recorded_before_that_is_known(folder: Path, tmp_path: Path) -> None:
    run(folder, ONE, "--basis", "consent", "--by", "ada")
    for to, why in ((tmp_path, "is there already"), (tmp_path / "no" / "where", "There is no folder")):
        assert why in run(folder, ONE, "--confirm", "--to", str(to), "--by", "ben", status=2).stderr
    assert Kind.EVIDENCE_EXPORTED not in asyncio.run(_kinds(folder))


def test_a_full_disk_is_told_in_a_sentence_with_what_to_do(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pack_files, "_new_file", full)
    told = " ".join(make_failing(folder, tmp_path / "pack").split())
    assert re.fullmatch(
        r"\S+ could not be written: No space left on device\. Nothing of it is left\. Record \d+ says that a pack was"
        r" made: ask for it anew\.",
        told,
    )
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    monkeypatch.undo()
    nearly = shutil.disk_usage(tmp_path)._replace(free=-1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly)
    assert "there is no room for them" in make_failing(folder, tmp_path / "pack")


def make_failing(folder: Path, to: Path) -> str:
    run(folder, ONE, "--basis", "consent", "--by", "ada")
    return run(folder, ONE, "--confirm", "--to", str(to), "--by", "ben", status=2).stderr


def test_what_a_killed_pack_left_elsewhere_goes_with_the_next_one_which_says_so(folder: Path, tmp_path: Path) -> None:
    run(folder, ONE, "--basis", "consent", "--by", "ada")
    command = ["pack", ONE, "--confirm", "--to", str(tmp_path / "gone"), "--by", "ben", "--data", str(folder)]
    killing = f"import sys\nfrom bot.cli_evidence import app\nsys.argv[1:] = {command!r}\n{_KILLS}app()"
    assert subprocess.run([sys.executable, "-c", killing], check=False, capture_output=True).returncode == -9
    assert TEXT.encode() in b"".join(path.read_bytes() for path in (tmp_path / ".gone.draft").rglob("*.text"))
    told = run(folder, ONE, "--basis", "consent", "--by", "ada").stderr
    assert told == f"{tmp_path / '.gone.draft'} was left of a pack that was interrupted. It is removed.\n"
    assert not (tmp_path / ".gone.draft").exists()


_KILLS = """
import os, signal
os.sync = lambda: os.kill(os.getpid(), signal.SIGKILL)
"""


def test_parts_are_chosen_by_their_words(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "only", asked=("--only", "text"))
    assert {path.name for path in (tmp_path / "only/data/openings").iterdir()} == {"1.text", "1.text.salt.hex"}
    told = run(folder, ONE, "--basis", "consent", "--by", "ada", "--withhold", "text, author").stdout
    assert "Withheld: text, author, reporter, report-reason, handler" in told
    assert "there is no part 'words'" in run(folder, ONE, "--basis", "consent", "--only", "words", status=2).stderr


@pytest.mark.parametrize("changed", [("--basis", "consent"), ("--withhold", "text"), ("--show-text",), ("--referral",)])
def test_the_second_person_cannot_change_what_was_asked_for(
    folder: Path, tmp_path: Path, changed: tuple[str, ...]
) -> None:
    run(folder, ONE, "--basis", "consent", "--by", "ada")
    confirm = (ONE, "--confirm", "--to", str(tmp_path / "p"), "--by", "ben")
    assert "was said by whoever asked" in run(folder, *confirm, *changed, status=2).stderr
    assert "by whoever agrees" in run(folder, ONE, "--basis", "consent", "--to", "p", status=2).stderr


def test_the_policy_in_force_is_in_the_pack_or_its_lack_is_told(folder: Path, tmp_path: Path) -> None:
    assert "not at hand" in make(folder, tmp_path / "pack").stderr
    assert "0" * 64 in (tmp_path / "pack/data/README.txt").read_text()


def test_a_form_of_referral_is_added_when_something_on_it_is_ticked(folder: Path, tmp_path: Path) -> None:
    ticked = ("--perceived-hate", "race", "--perceived-hate", "religion", "--perceived-by", "victim")
    make(folder, tmp_path / "pack", asked=(*ticked, "--target", "campaigner", "--possible-offence", "harassment"))
    report = (tmp_path / "pack/data/report.html").read_text()
    for answer in ("race", "religion", "victim", "campaigner", "Protection from Harassment Act 1997"):
        assert f"<strong>{answer} (ticked)</strong>" in report


@with_tools
def test_a_zip_holds_the_same_pack(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "pack.zip", "--zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert (tmp_path / "pack.zip").stat().st_mode & 0o777 == 0o600
    assert verify(tmp_path / "out" / "pack", tools(tmp_path / "bin")).returncode == 0


def test_an_encrypted_pack_is_open_to_its_recipients_alone(folder: Path, tmp_path: Path) -> None:
    ours, theirs = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    to = tmp_path / "pack.zip.age"
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(folder)}
    make(folder, to, "--recipient", str(ours.to_public()))
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(folder)} - before == {to}
    sealed = to.read_bytes()
    assert TEXT.encode() not in sealed
    assert ONE.encode() not in sealed
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [theirs])
    (tmp_path / "opened.zip").write_bytes(pyrage.decrypt(sealed, [ours]))
    with zipfile.ZipFile(tmp_path / "opened.zip") as archive:
        assert archive.read("pack/data/openings/1.text") == TEXT.encode()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_recipient_may_be_a_key_of_ssh(folder: Path, tmp_path: Path) -> None:
    key = packs.PackKey.new()
    public = key.allowed_signers.decode().partition(" ssh-ed25519 ")[2].strip()
    make(folder, tmp_path / "pack.age", "--recipient", f"ssh-ed25519 {public}")
    identity = pyrage.ssh.Identity.from_buffer(key.secret())
    assert pyrage.decrypt((tmp_path / "pack.age").read_bytes(), [identity]).startswith(b"PK")


def test_a_wrong_recipient_is_refused_before_anything_is_recorded(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, ONE, "--basis", "consent", "--by", "ada")
    confirm = (ONE, "--confirm", "--to", str(tmp_path / "p"), "--by", "ben", "--recipient")
    assert "no public key of age or SSH" in run(folder, *confirm, "age1nonsense", status=2).stderr
    monkeypatch.setattr(pack_files, "pyrage", None)
    assert 'pip install "hustings[encrypted]"' in run(folder, *confirm, "age1nonsense", status=2).stderr
    assert Kind.EVIDENCE_EXPORTED not in asyncio.run(_kinds(folder))


@with_tools
def test_a_checkpoint_that_somebody_kept_is_continued(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(CliRunner().invoke(app, ["checkpoint", "--data", str(folder)]).stdout)
    make(folder, tmp_path / "pack", "--since", str(kept))
    found = verify(tmp_path / "pack", tools(tmp_path / "bin"), "-c", str(kept))
    assert f"agrees with the checkpoint in {kept}" in found.stdout, found.stdout
    run(folder, ONE, "--basis", "consent", "--by", "ada")
    kept.write_text("hello")
    confirm = (ONE, "--confirm", "--to", str(tmp_path / "p"), "--by", "ben", "--since", str(kept))
    assert "A note has a text" in run(folder, *confirm, status=2).stderr


def test_a_checkpoint_of_another_log_is_refused_before_anything_is_recorded(folder: Path, tmp_path: Path) -> None:
    asyncio.run(_fill(tmp_path / "other"))
    kept = tmp_path / "kept"
    kept.write_text(CliRunner().invoke(app, ["checkpoint", "--data", str(tmp_path / "other")]).stdout)
    run(folder, ONE, "--basis", "consent", "--by", "ada")
    confirm = (ONE, "--confirm", "--to", str(tmp_path / "p"), "--by", "ben", "--since", str(kept))
    assert "of another log" in run(folder, *confirm, status=2).stderr
    assert Kind.EVIDENCE_EXPORTED not in asyncio.run(_kinds(folder))


async def test_beside_a_running_bot_the_pack_waits_until_the_bot_has_signed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(folder, FrozenClock()) as bot:

        async def _signed(_: float) -> None:
            await bot.checkpoints.sign()

        monkeypatch.setattr("bot.cli_evidence_pack.asyncio.sleep", _signed)
        choice = Choice(incidents=(ONE,), basis=Code.BASIS_CONSENT)
        await Packing(bot.writer, bot.ledger).request(choice, packs.ADA)
        await pack(incidents=[ONE], confirm=True, to=tmp_path / "pack", by="ben", data=folder, only=None, withhold=None)
    export = (tmp_path / "pack/data/custody.csv").read_text().splitlines()[-1]
    assert "evidence.exported" in export


@with_tools
def test_a_pdf_is_in_the_pack_and_verified_with_it(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    make(folder, tmp_path / "pack", "--pdf")
    path = tools(tmp_path / "bin")
    assert verify(tmp_path / "pack", path).returncode == 0
    document = tmp_path / "pack/data/report.pdf"
    document.write_bytes(document.read_bytes() + b" ")
    assert verify(tmp_path / "pack", path).returncode != 0


def test_the_key_that_signs_packs_is_shown_with_the_logs(folder: Path, tmp_path: Path) -> None:
    told = make(folder, tmp_path / "pack").stdout
    shown = CliRunner().invoke(app, ["keys", "show", "--data", str(folder)]).stdout.split()[-1]
    assert shown.startswith("SHA256:")
    assert shown in told


def test_an_incident_or_a_record_that_never_was_is_named(folder: Path, tmp_path: Path) -> None:
    assert "There is no incident I-1" in run(folder, "i-1", "--basis", "consent", status=2).stderr
    assert "There is no record" in run(tmp_path / "empty", ONE, "--basis", "consent", status=2).stderr
    confirm = (ONE, "--confirm", "--to", str(tmp_path / "p"))
    assert "There is no record" in run(tmp_path / "empty", *confirm, status=2).stderr
    assert not (tmp_path / "empty").exists()


def test_who_reported_is_nowhere_in_a_usual_pack(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "pack", names=(ONE, TWO))
    told = [
        path for path in (tmp_path / "pack").rglob("*") if path.is_file() and REPORTER.encode() in path.read_bytes()
    ]
    assert told == []
