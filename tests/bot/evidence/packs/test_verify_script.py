"""VERIFY.sh finds every change, with sh, sha256sum, ssh-keygen and openssl alone."""

import random
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.evidence.notes import Note
from bot.evidence.packs.bag import SIGNATURE
from bot.evidence.packs.sshsig import PackKey
from bot.store.keyfiles import FOLDER
from bot.store.sqlite.rotation import rotate_signing_key
from bot.store.sqlite.store import Store, open_store
from tests.fakes import packs
from tests.fakes.authority import make_authority, stamped
from tests.fakes.clock import FrozenClock
from tests.fakes.packs import ONE, TWO, resealed, tools, verify, with_tools, written

pytestmark = with_tools

KEY = PackKey.new()
OTHERS = (("dash",), ("bash", "--posix"), ("mksh",), ("yash",), ("busybox", "sh"))
SHELLS = [("sh",), *((found, *rest) for name, *rest in OTHERS if (found := shutil.which(name)))]
FOUND_WITHOUT_THE_LISTS = ("records/", "openings/", "attachments/", "log/", "policy/", "allowed_signers")
"""What must be found changed even by somebody who can list and sign the pack anew."""
NOT_EVIDENCE = ("data/log/witnesses.txt",)
"""A list for readers."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give a store with two incidents, whose log changed its key."""
    async with open_store(tmp_path / "store", FrozenClock()) as opened:
        await packs.fill(opened)
        await packs.surround(opened)
        await rotate_signing_key(opened, tmp_path / "store" / FOLDER)
    async with open_store(tmp_path / "store", FrozenClock()) as opened:
        yield opened


@pytest.fixture
async def kept(store: Store) -> Note:
    """Give a checkpoint that somebody kept before the pack was made."""
    await store.checkpoints.sign()
    note = await store.checkpoints.last()
    assert note is not None
    return note


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Give a time stamping authority."""
    make_authority(tmp_path / "tsa")
    return tmp_path / "tsa"


@pytest.fixture
async def pack(store: Store, kept: Note, authority: Path) -> dict[str, bytes]:
    """Give a pack with everything in it."""
    stamped(authority, kept, store.folder)
    await store.evidence.record(packs.make.incident(3, to_do=()))
    await store.checkpoints.sign()
    return await packs.files(store, ONE, TWO, key=KEY, since=kept, witnessed=await packs.cosigned(store))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a folder with the four tools."""
    return tools(tmp_path / "bin")


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_a_pack_is_verified(pack: dict[str, bytes], tmp_path: Path, path: Path, shell: tuple[str, ...]) -> None:
    found = verify(written(pack, tmp_path / "pack"), path, shell=shell)
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    records = sum("/records/" in name for name in pack)
    openings = sum(name.endswith(".salt.hex") for name in pack)
    assert f"{records} records are in the log" in found.stdout
    assert "continues the checkpoint in data/log/since" in found.stdout
    assert "continues the checkpoint in data/log/witnessed" in found.stdout
    assert f"{openings} disclosed values are those that the records commit to, 1 of them files" in found.stdout
    assert "continues the checkpoint in data/log/stamped" in found.stdout
    assert "witness.here cosigned the checkpoint of" in found.stdout
    assert "records on 2026-05-03 12:00:00 UTC." in found.stdout
    assert KEY.fingerprint in found.stdout
    unconfirmed = [line.split(":")[1].strip() for line in found.stdout.splitlines() if line.startswith("UNCONFIRMED")]
    begin = (
        "the pack is",
        "the log is",
        "the witness witness.here has",
        "the checkpoint in data/log/stamped",
        "whether",
    )
    assert len(unconfirmed) == len(begin)
    assert all(line.startswith(words) for line, words in zip(unconfirmed, begin, strict=True))


def test_keys_and_a_checkpoint_had_from_elsewhere_are_confirmed(
    pack: dict[str, bytes], kept: Note, store: Store, tmp_path: Path, path: Path
) -> None:
    folder, own = written(pack, tmp_path / "pack"), tmp_path / "kept"
    own.write_bytes(kept.to_bytes())
    witness = ("-w", str(packs.HERE.verifier), "-t", str(tmp_path / "tsa" / "ca.pem"))
    known = ("-k", KEY.fingerprint, "-l", str(store.keys.first), "-c", str(own), *witness)
    found = verify(folder, path, *known)
    assert found.returncode == 0, found.stdout
    assert "UNCONFIRMED" not in found.stdout
    for option, value in (
        ("-k", PackKey.new().fingerprint),
        ("-l", f"{store.keys.first}A"),
        ("-w", str(packs.AWAY.verifier)),
        ("-t", str(own)),
    ):
        assert verify(folder, path, option, value).returncode != 0
    own.write_bytes(kept.to_bytes().replace(b"\n9\n", b"\n8\n", 1))
    assert own.read_bytes() != kept.to_bytes()
    assert verify(folder, path, "-c", str(own)).returncode != 0


def test_of_a_changed_pack_only_what_is_not_as_listed_is_named(
    pack: dict[str, bytes], tmp_path: Path, path: Path
) -> None:
    folder = written(pack, tmp_path / "pack")
    (folder / "data" / "report.html").write_bytes(b"another report")
    found = verify(folder, path)
    assert found.returncode != 0
    told = found.stdout.splitlines()
    assert told[:2] == ["NOT VERIFIED: A file is not as manifest-sha256.txt lists it.", "  data/report.html: FAILED"]
    assert "README.txt" not in found.stdout


@pytest.mark.parametrize("file", ["self.pem", "tsa.key"])
def test_a_time_stamp_of_somebody_else_is_refused(
    pack: dict[str, bytes], authority: Path, tmp_path: Path, path: Path, file: str
) -> None:
    folder = written(pack, tmp_path / "pack")
    assert verify(folder, path, "-t", str(authority / "ca.pem")).returncode == 0
    make_authority(tmp_path / "other")
    found = verify(folder, path, "-t", str(tmp_path / "other" / file))
    assert found.returncode != 0
    assert "not of the authority that you named" in found.stdout


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(("log/witnesses/1.text", 60), id="the-time-in-the-text"),
        pytest.param(("log/witnessed", -20), id="the-cosignature-in-the-note"),
        pytest.param(("log/since", -20), id="the-signature-of-an-earlier-checkpoint"),
        pytest.param(("log/stamped", -20), id="what-was-stamped"),
        pytest.param(("log/witnesses/1.pem", 60), id="the-witness's-key"),
    ],
)
def test_what_others_signed_is_checked_even_if_the_pack_is_signed_anew(
    pack: dict[str, bytes], tmp_path: Path, path: Path, changed: tuple[str, int]
) -> None:
    name, place = changed
    made = resealed({**pack, f"data/{name}": _flipped(pack[f"data/{name}"], place, 0)}, KEY)
    assert verify(written(made, tmp_path / "pack"), path).returncode != 0


@pytest.mark.parametrize(
    "gone", ["data/log/witnesses/1.text", "data/log/stamped.sig", "checkpoint.tsr", "tsa-chain.pem"]
)
def test_what_others_signed_cannot_be_left_out_in_part(
    pack: dict[str, bytes], tmp_path: Path, path: Path, gone: str
) -> None:
    made = resealed({name: content for name, content in pack.items() if name != gone}, KEY)
    assert verify(written(made, tmp_path / "pack"), path).returncode != 0


async def test_a_time_stamp_beside_a_pack_that_lists_none_is_found(store: Store, tmp_path: Path, path: Path) -> None:
    folder = written(await packs.files(store, ONE, key=KEY), tmp_path / "pack")
    assert verify(folder, path).returncode == 0
    (folder / "tsa-chain.pem").write_bytes(b"more")
    assert verify(folder, path).returncode != 0


def test_another_history_is_called_a_split_view(pack: dict[str, bytes], kept: Note, tmp_path: Path, path: Path) -> None:
    folder, own = written(pack, tmp_path / "pack"), tmp_path / "kept"
    lines = kept.text.split("\n")
    lines[2] = "A" * 43 + "="
    own.write_bytes(Note("\n".join(lines), kept.signatures).to_bytes())
    found = verify(folder, path, "-c", str(own))
    assert found.returncode != 0
    assert "SPLIT VIEW" in found.stdout


async def test_a_kept_checkpoint_that_is_newer_than_the_pack_needs_a_newer_pack(
    pack: dict[str, bytes], store: Store, tmp_path: Path, path: Path
) -> None:
    await store.evidence.record(packs.make.incident(4, to_do=()))
    await store.checkpoints.sign()
    newer = await store.checkpoints.last()
    assert newer is not None
    (tmp_path / "kept").write_bytes(newer.to_bytes())
    found = verify(written(pack, tmp_path / "pack"), path, "-c", str(tmp_path / "kept"))
    assert found.returncode != 0
    assert "Ask for a pack made after it." in found.stdout
    assert "SPLIT VIEW" not in found.stdout


def test_a_copy_of_the_script_from_elsewhere_verifies_the_pack(
    pack: dict[str, bytes], tmp_path: Path, path: Path
) -> None:
    script = tmp_path / "VERIFY.sh"
    script.write_bytes(pack["data/VERIFY.sh"])
    folder = written(pack, tmp_path / "pack")
    assert verify(folder, path, str(folder), script=script).returncode == 0
    (folder / "data" / "VERIFY.sh").write_text("exit 0\n")
    assert verify(folder, path, str(folder), script=script).returncode != 0


def test_what_is_added_hidden_linked_or_missing_is_found(pack: dict[str, bytes], tmp_path: Path, path: Path) -> None:
    folder = written(pack, tmp_path / "pack")
    assert verify(folder, path).returncode == 0
    for place in ("data/more.txt", "data/.hidden", "data/records/99.json", "more.txt", ".more", "data/..more"):
        (folder / place).write_bytes(b"more")
        assert verify(folder, path).returncode != 0, place
        (folder / place).unlink()
    report = folder / "data" / "report.html"
    report.rename(tmp_path / "elsewhere")
    assert verify(folder, path).returncode != 0
    report.symlink_to(tmp_path / "elsewhere")
    assert verify(folder, path).returncode != 0
    report.unlink()
    (tmp_path / "elsewhere").rename(report)
    assert verify(folder, path).returncode == 0


def test_a_flipped_bit_in_any_file_is_found(pack: dict[str, bytes], tmp_path: Path, path: Path) -> None:
    flip_all(pack, written(pack, tmp_path / "pack"), path, most=1)


def test_a_flipped_bit_in_evidence_is_found_even_if_the_pack_is_signed_anew(
    pack: dict[str, bytes], tmp_path: Path, path: Path
) -> None:
    flip_and_reseal_all(pack, tmp_path, path, most=1)


@pytest.mark.parametrize(
    ("signed", "changed"),
    [
        pytest.param(b"SIGNATURE-----\nU1NIU0lHAAAAAQ", b"SIGNATURE-----\nU1NIU0lHAAAAAA", id="another-version"),
        pytest.param(b"SIGNATURE-----\n", b"SIGNATURE-----\x0b", id="another-white-space"),
    ],
)
def test_what_ssh_keygen_passes_over_in_a_signature_is_found(
    pack: dict[str, bytes], tmp_path: Path, path: Path, signed: bytes, changed: bytes
) -> None:
    folder = written(pack, tmp_path / "pack")
    assert verify(folder, path).returncode == 0
    (folder / SIGNATURE).write_bytes(pack[SIGNATURE].replace(signed, changed))
    assert (folder / SIGNATURE).read_bytes() != pack[SIGNATURE]
    assert verify(folder, path).returncode != 0


@pytest.mark.full
def test_a_flipped_bit_anywhere_is_found(pack: dict[str, bytes], tmp_path: Path, path: Path) -> None:
    """Every bit of what no list covers, and many of each other file."""
    flip_all(pack, written(pack, tmp_path / "pack"), path, most=20)


@pytest.mark.full
def test_many_flipped_bits_in_evidence_are_found_even_if_the_pack_is_signed_anew(
    pack: dict[str, bytes], tmp_path: Path, path: Path
) -> None:
    flip_and_reseal_all(pack, tmp_path, path, most=6)


@pytest.mark.full
def test_no_flipped_bit_of_the_script_lets_it_pass(pack: dict[str, bytes], tmp_path: Path, path: Path) -> None:
    """Every bit of the lines that look at the script itself and at the lists, and of every 16th byte elsewhere."""
    folder, script = written(pack, tmp_path / "pack"), pack["data/VERIFY.sh"]
    assert verify(folder, path).returncode == 0
    looks = range(script.index(b"\nmain() {"), script.index(b'passed="$passed signature"'))
    flips = [flip for flip in _bits(script, 0) if flip[0] in looks or flip[0] % 16 == 0]
    assert [flip for flip in flips if _passes(folder, path, "data/VERIFY.sh", pack, flip)] == []


def flip_all(pack: dict[str, bytes], folder: Path, path: Path, *, most: int) -> None:
    assert verify(folder, path).returncode == 0
    missed = [
        (name, flip)
        for name, content in pack.items()
        for flip in _bits(content, 0 if most > 1 and name.endswith("256.txt.sig") else most)
        if _passes(folder, path, name, pack, flip)
    ]
    assert missed == []


def flip_and_reseal_all(pack: dict[str, bytes], tmp_path: Path, path: Path, *, most: int) -> None:
    assert verify(written(resealed(pack, KEY), tmp_path / "again"), path).returncode == 0
    missed = []
    for name in _evidence(pack, one_of_a_kind=most == 1):
        for place, bit in _bits(pack[name], most):
            changed = resealed({**pack, name: _flipped(pack[name], place, bit)}, KEY)
            folder = written(changed, tmp_path / "again")
            if verify(folder, path).returncode == 0:
                missed.append((name, place, bit))
    assert missed == []


def _evidence(pack: dict[str, bytes], *, one_of_a_kind: bool) -> Iterator[str]:
    """Give the files that no list and no signature of a pack is needed for to find them changed."""
    seen: Counter[str] = Counter()
    for name in pack:
        if name.startswith(tuple(f"data/{place}" for place in FOUND_WITHOUT_THE_LISTS)) and name not in NOT_EVIDENCE:
            kind = re.sub(r"openings/.*?(\.salt\.hex)?$|\d+(?=\.)", r"\1", name)
            seen[kind] += 1
            if seen[kind] == 1 or not one_of_a_kind:
                yield name


def _bits(content: bytes, most: int) -> Iterator[tuple[int, int]]:
    """Give places to flip: all of them for 0, else the first and last bytes and some between, always the same."""
    if not most:
        yield from ((place, bit) for place in range(len(content)) for bit in range(8))
        return
    chance = random.Random(len(content))
    places = [0, len(content) - 1, *(chance.randrange(len(content)) for _ in range(most))] if content else []
    for place in places[-most:] if most == 1 else places:
        yield place, chance.randrange(8)


def _passes(folder: Path, path: Path, name: str, pack: dict[str, bytes], flip: tuple[int, int]) -> bool:
    place, bit = flip
    (folder / name).write_bytes(_flipped(pack[name], place, bit))
    try:
        return verify(folder, path).returncode == 0
    finally:
        (folder / name).write_bytes(pack[name])


def _flipped(content: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)
