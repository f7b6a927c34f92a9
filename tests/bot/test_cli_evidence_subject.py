"""`hustings evidence subject`: what two people type, and what lies in the folder then."""

import asyncio
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_evidence import app
from bot.store.sqlite.store import open_store
from handlers.casework.intake import IntakeDeps
from handlers.casework.requests import open_request
from policies.casework import events as e
from policies.casework.people import Account, CaseId
from policies.casework.words import CaseKind
from policies.identifiers import CommunityId, MemberId, PlatformName
from tests.fakes import packs
from tests.fakes.clock import FrozenClock
from tests.fakes.packs import FILE, REPORTER, TEXT, with_tools

WHOM = "discord:author-4711"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a data folder with two incidents, a file and what was said around."""

    async def fill() -> None:
        async with open_store(tmp_path / "data", FrozenClock()) as store:
            await packs.fill(store)
            await packs.surround(store)

    asyncio.run(fill())
    return tmp_path / "data"


def run(folder: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["subject", *arguments, "--data", str(folder)])
    assert result.exit_code == status, result.output
    return result


def test_two_people_hand_out_what_is_kept_about_one(folder: Path, tmp_path: Path) -> None:
    assert f"evidence subject {WHOM} --confirm --to FOLDER" in run(folder, WHOM, "--by", "ada").stdout
    told = run(folder, "Discord:author-4711", "--by", "ben", "--confirm", "--to", str(tmp_path / "out")).stdout
    assert "told of 1 incident(s)" in told
    found = {str(path.relative_to(tmp_path / "out")): path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert set(found) == {
        "data/README.txt",
        "data/subject.txt",
        "data/subject.json",
        "data/redactions.csv",
        "data/allowed_signers",
        "data/attachments/I-2026-000001.1.bin",
        "bag-info.txt",
        "bagit.txt",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-sha256.txt.sig",
    }
    assert found["data/attachments/I-2026-000001.1.bin"].read_bytes() == FILE
    assert json.loads(found["data/subject.json"].read_text())["written by you"][0]["text"] == TEXT
    assert not [path for path in found.values() if REPORTER.encode() in path.read_bytes()]
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_one_person_alone_hands_out_nothing(folder: Path, tmp_path: Path) -> None:
    to = ("--confirm", "--to", str(tmp_path / "out"))
    assert "Nobody has asked" in run(folder, WHOM, *to, "--by", "ada", status=2).stderr
    run(folder, WHOM, "--by", "ada")
    assert "somebody else has to agree" in run(folder, WHOM, *to, "--by", "ada", status=2).stderr
    assert "stand together" in run(folder, WHOM, "--confirm", "--by", "ben", status=2).stderr
    assert "is there already" in run(folder, WHOM, "--confirm", "--to", str(tmp_path), "--by", "b", status=2).stderr
    assert not (tmp_path / "out").exists()


def test_whoever_writes_a_name_is_told_what_to_write(folder: Path) -> None:
    for wrong in ("Pat", "discord:", "irc:pat"):
        assert "such as discord:" in run(folder, wrong, status=2).stderr


def test_a_damaged_file_is_said_to_be_left_out_and_the_rest_is_handed_out(folder: Path, tmp_path: Path) -> None:
    (file,) = (folder / "attachments").iterdir()
    file.write_bytes(b"damaged")
    run(folder, WHOM, "--by", "ada")
    run(folder, WHOM, "--by", "ben", "--confirm", "--to", str(tmp_path / "out.zip"), "--zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert "file 1,its file is missing or damaged" in archive.read("out/data/redactions.csv").decode()
        assert TEXT in archive.read("out/data/subject.txt").decode()


@with_tools
def test_what_was_handed_out_can_be_checked_by_what_its_readme_says(folder: Path, tmp_path: Path) -> None:
    run(folder, WHOM, "--by", "ada")
    told = run(folder, WHOM, "--by", "ben", "--confirm", "--to", str(tmp_path / "out")).stdout
    readme = (tmp_path / "out/data/README.txt").read_text()
    sums, signature = (line.strip() for line in readme.splitlines() if line.startswith(("  sha256sum", "  ssh-keygen")))
    assert _succeeds(tmp_path, sums)
    assert _succeeds(tmp_path, signature)
    (fingerprint,) = {word for word in told.split() if word.startswith("SHA256:")}
    assert fingerprint.rstrip(";") in readme
    for file in [path for path in (tmp_path / "out").rglob("*") if path.is_file()]:
        content = file.read_bytes()
        file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        assert not (_succeeds(tmp_path, sums) and _succeeds(tmp_path, signature)), file
        file.write_bytes(content)
    assert not _succeeds(tmp_path, signature.replace("-n subject-export", "-n evidence-pack"))


def _succeeds(tmp_path: Path, command: str) -> bool:
    return subprocess.run(["sh", "-c", command], cwd=tmp_path / "out", capture_output=True, check=False).returncode == 0


def test_the_case_of_the_request_says_that_it_was_carried_out_and_by_which_record(folder: Path, tmp_path: Path) -> None:
    asks = Account(platform=PlatformName.DISCORD, community=CommunityId("1"), member=MemberId("author-4711"))

    async def asked() -> CaseId:
        async with open_store(folder, FrozenClock()) as store:
            deps = IntakeDeps(cases=store.cases, clock=FrozenClock())
            return (await open_request(CaseKind.SUBJECT_ACCESS, asks, "", "k-1", deps)).case

    async def facts() -> list[tuple[str, ...]]:
        async with open_store(folder, FrozenClock()) as store:
            case = await store.cases.get(name)
            assert case is not None
            return [one.what.rests_on for one in case.history if isinstance(one.what, e.FactFound)]

    name = asyncio.run(asked())
    refused = run(folder, "discord:somebody-else", "--by", "ada", "--case", name, status=2)
    assert "not asked for by that member" in refused.stderr
    run(folder, WHOM, "--by", "ada", "--case", name)
    assert asyncio.run(facts()) == []
    told = run(folder, WHOM, "--by", "ben", "--case", name, "--confirm", "--to", str(tmp_path / "out")).stdout
    record = told.partition("record ")[2].partition(".")[0]
    assert asyncio.run(facts()) == [(f"carried out: record {record}",)]


def test_an_erasure_that_was_asked_for_stands_in_its_case(folder: Path) -> None:
    asks = Account(platform=PlatformName.DISCORD, community=CommunityId("1"), member=MemberId("author-4711"))

    async def asked() -> CaseId:
        async with open_store(folder, FrozenClock()) as store:
            deps = IntakeDeps(cases=store.cases, clock=FrozenClock())
            return (await open_request(CaseKind.ERASURE_REQUEST, asks, "", "k-1", deps)).case

    async def words() -> list[str]:
        async with open_store(folder, FrozenClock()) as store:
            case = await store.cases.get(name)
            assert case is not None
            return [one.what.words for one in case.history if isinstance(one.what, e.FactFound)]

    name = asyncio.run(asked())
    for more in (("--by", "ada"), ("--by", "ben", "--confirm")):
        arguments = ["erase", "I-2026-000001", "--case", name, *more, "--data", str(folder)]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
    assert asyncio.run(words()) == ["I-2026-000001 was erased."]
