"""A message with a file is kept, two people pack it, and a stranger with four tools finds one flipped bit."""

import asyncio
import os
import random
from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner, Result

from bot.cli_evidence import app
from bot.store.sqlite.store import open_store
from handlers.messages import handle_message_posted
from policies.events import Attachment
from policies.identifiers import MemberId, MessageId
from policies.surroundings import Nearby
from tests.fakes.authority import make_authority, stamped
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.packs import HERE, tools, verify, with_tools
from tests.fakes.reading import SLUR
from tests.fakes.world import DISCORD, world_on

CONTENT = random.Random(5).randbytes(150_000)
ONE = "I-2026-000001"


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == status, result.output
    return result


async def _happens(folder: Path, authority: Path) -> None:
    """Somebody posts abuse with a file, between two harmless messages; the log is stamped later."""
    async with open_store(folder, FrozenClock()) as store:
        world = world_on(store.evidence, store.incidents)
        world.deps = replace(world.deps, context_messages=10)
        world.discord.files = {"leaflet": CONTENT}
        near = {"author": MemberId("nora"), "author_name": "Nora Near", "at": NOON}
        world.discord.said.append(Nearby(message=MessageId("n-1"), text="canvassing at ten on Sunday", **near))  # type: ignore[arg-type] # its fields
        leaflet = Attachment(
            id="leaflet", name="leaflet.pdf", url="https://files.example/leaflet.pdf", size=len(CONTENT)
        )
        event = replace(world.posted(DISCORD, f"you {SLUR}"), attachments=(leaflet,))
        await handle_message_posted(event, world.deps)
        assert event.ref in world.discord.hidden
        await store.checkpoints.sign()
        note = await store.checkpoints.last()
        assert note is not None
        await asyncio.to_thread(stamped, authority, note, folder)


@with_tools
def test_a_stranger_with_four_tools_reads_verifies_and_finds_one_flipped_bit_of_a_file(tmp_path: Path) -> None:
    data, pack, path = tmp_path / "data", tmp_path / "pack", tools(tmp_path / "bin")
    make_authority(tmp_path / "tsa")
    asyncio.run(_happens(data, tmp_path / "tsa"))
    shown = run("keys", "show", "--data", str(data)).stdout
    run("pack", ONE, "--basis", "within-body", "--by", "ada", "--data", str(data))
    told = run("pack", ONE, "--confirm", "--to", str(pack), "--by", "ben", "--data", str(data)).stdout
    report = (pack / "data/report.html").read_text()
    assert "canvassing at ten on Sunday" in report
    assert SLUR not in report
    assert f"{len(CONTENT)} bytes, SHA-256" in report
    (file,) = (pack / "data/attachments").iterdir()
    assert file.read_bytes() == CONTENT
    fingerprint = next(word for word in told.split() if word.startswith("SHA256:")).rstrip(".")
    known = ("-k", fingerprint, "-l", shown.split()[0], "-t", str(tmp_path / "tsa/ca.pem"))
    found = verify(pack, path, *known)
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert "The authority that you named stamped the checkpoint in data/log/stamped on" in found.stdout
    assert found.stdout.count("UNCONFIRMED") == 1, "whether others were shown the same log"
    assert verify(pack, path, "-w", str(HERE.verifier)).returncode != 0
    changed = bytearray(CONTENT)
    changed[len(CONTENT) // 2] ^= 1
    os.chmod(file, 0o600)
    file.write_bytes(changed)
    found = verify(pack, path, *known)
    assert found.returncode != 0
    assert f"data/attachments/{file.name}" in found.stdout


@with_tools
def test_outside_the_body_what_was_said_around_stays_inside(tmp_path: Path) -> None:
    data = tmp_path / "data"
    make_authority(tmp_path / "tsa")
    asyncio.run(_happens(data, tmp_path / "tsa"))
    for basis, also, stays in (("crime-report", (), True), ("crime-report", ("--also", "context"), False)):
        pack = tmp_path / f"pack-{stays}"
        run("pack", ONE, "--basis", basis, *also, "--by", "ada", "--data", str(data))
        run("pack", ONE, "--confirm", "--to", str(pack), "--by", "ben", "--data", str(data))
        told = [path for path in pack.rglob("*") if path.is_file() and b"Nora" in path.read_bytes()]
        assert (told == []) is stays
        assert verify(pack, tools(tmp_path / f"bin-{stays}")).returncode == 0
