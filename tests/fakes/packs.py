"""Packs of a small store, as files, and the four tools that check them."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from bot.evidence.cosignatures import WitnessPolicy, cosign
from bot.evidence.notes import KeyUse, Note, SigningKey
from bot.evidence.packs.bag import MANIFEST, SIGNATURE, TAG_MANIFEST, NamedContent
from bot.evidence.packs.contents import Choice, Pack
from bot.evidence.packs.layout import lay_out
from bot.evidence.packs.parts import EVERY
from bot.evidence.packs.sshsig import PackKey
from bot.evidence.words import Code
from bot.store.sqlite.cosigned import Witnessing, keep_cosignatures
from bot.store.sqlite.gathering import gather
from bot.store.sqlite.packed_rows import is_case
from bot.store.sqlite.packing import Packing
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import Store
from policies.acts import Verb
from policies.copies import AttachmentCopy, CopyStatus
from policies.events import Author
from policies.identifiers import IncidentId, MemberId, MessageId
from policies.incidents import Source
from policies.surroundings import Nearby, Surroundings
from tests.fakes import incidents as make
from tests.fakes.clock import NOON

ADA, BEN = Steward("ada-of-the-office"), Steward("ben-of-the-office")
ONE, TWO = "I-2026-000001", "I-2026-000002"
TEXT = "marmalade sandwiches"
REPORTER = "rob-who-reports"
TOOLS = ("sh", "sha256sum", "ssh-keygen", "openssl")
SOFTWARE = "hustings of the tests"

with_tools = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS),
    reason="without ssh-keygen and openssl VERIFY.sh cannot run; the signature is checked with our own verifier alone",
)


async def fill(store: Store) -> None:
    """Record an incident that was found and upheld, and one that was reported."""
    posted = make.posted(1, text=TEXT)
    posted = replace(posted, author=Author(id=MemberId("author-4711"), name="Pat Postwright", handle="patp"))
    first = (await store.evidence.record(make.incident(1, event=posted, to_do=()))).incident
    await store.evidence.settle(make.act("verdict", on=first, reason=f"they wrote {TEXT[:5]}"), version=0)
    other = make.incident(2, event=make.posted(2, text="reported words"), to_do=(), source=Source.REPORT)
    second = (await store.evidence.record(replace(other, reporter=MemberId(REPORTER)))).incident
    again = make.act("again", Verb.REPORT, on=second, reason="me too")
    await store.evidence.append_act(replace(again, actor=replace(again.actor, id=MemberId(REPORTER), name=REPORTER)))
    await store.evidence.note_deletion(make.deleted(1))
    await store.checkpoints.sign()


FILE = b"the leaflet as it was delivered, byte for byte"
AROUND = ("will you all come canvassing on Sunday", "no marmalade for them")


async def surround(store: Store, incident: str = ONE) -> None:
    """Keep a file that came with an incident's message, why another was not kept, and what was said around it."""

    async def arriving() -> AsyncIterator[bytes]:
        yield FILE

    name = IncidentId(incident)
    await store.evidence.keep_attachment(name, 1, arriving(), NOON)
    missed = AttachmentCopy(number=2, status=CopyStatus.GONE, at=NOON, detail="It is not there any more.")
    await store.evidence.append_copy(name, missed)
    said = [
        Nearby(
            message=MessageId(f"near-{number}"), author=MemberId("nora-4812"), author_name="Nora Near", text=t, at=NOON
        )
        for number, t in enumerate(AROUND)
    ]
    found = Surroundings(look=1, at=NOON, before=tuple(said[:1]), after=tuple(said[1:]))
    await store.evidence.keep_context(name, found, again_at=None)
    await store.checkpoints.sign()


async def gathered(
    store: Store,
    *names: str,
    since: Note | None = None,
    witnessed: Witnessing | None = None,
    texts: Mapping[str, bytes] | None = None,
    **chosen: object,
) -> Pack:
    """Let two people agree to a pack, and gather it."""
    cases, incidents = ([name for name in names if is_case(name) is wanted] for wanted in (True, False))
    choice = Choice(incidents=tuple(incidents), cases=tuple(cases), basis=Code.BASIS_CRIME_REPORT)
    packing = Packing(store.writer, store.ledger)
    await packing.request(replace(choice, **chosen), ADA)  # type: ignore[arg-type] # fields of a choice
    agreed = await packing.agree(names, BEN)
    await store.checkpoints.sign()
    note = await store.checkpoints.last()
    assert note is not None
    return await store.writer.read(
        lambda db: gather(
            db,
            store.ledger,
            store.keys,
            agreed,
            checkpoint=note,
            made_at=NOON,
            since=since,
            witnessed=witnessed,
            texts=texts,
            folder=store.folder,
            masked=masked,
        )
    )


def masked(text: str) -> str:
    """Mask one word, as a detector would that knows it."""
    return text.replace("marmalade", "m••••••••")


HERE, AWAY = (SigningKey.new(name, KeyUse.COSIGNATURE) for name in ("witness.here", "witness.away"))


async def cosigned(store: Store) -> Witnessing:
    """Let one of two witnesses cosign what was signed last, twice."""
    here, away = HERE, AWAY
    note = await store.checkpoints.last()
    assert note is not None
    seen = note.with_signatures([cosign(note, here, at=at) for at in (NOON - timedelta(days=1), NOON)])
    wanted = WitnessPolicy((here.verifier, away.verifier), 1)
    return await store.writer.read(lambda db: keep_cosignatures(db, store.folder, store.keys, seen, wanted))


async def files(store: Store, *names: str, key: PackKey, **chosen: object) -> dict[str, bytes]:
    """Make a pack of everything that can be disclosed, unless something else was chosen."""
    made = await gathered(store, *names, **{"parts": EVERY, **chosen})  # type: ignore[arg-type] # fields of a choice
    return await store.writer.read(lambda _: whole(lay_out(made, key, software=SOFTWARE)))


def whole(files: Iterable[NamedContent]) -> dict[str, bytes]:
    """Give every file of a bag by its path."""
    return {path: b"".join(content) for path, content in files}


def resealed(pack: Mapping[str, bytes], key: PackKey) -> dict[str, bytes]:
    """List and sign a pack anew, as somebody would who has the key of packs and changed something."""
    changed = dict(pack)
    changed[MANIFEST] = _listed(changed, [path for path in changed if path.startswith("data/")])
    beside = [path for path in changed if "/" not in path and path not in (MANIFEST, TAG_MANIFEST, SIGNATURE)]
    changed[TAG_MANIFEST] = _listed(changed, [*beside, MANIFEST])
    return {**changed, SIGNATURE: key.sign(changed[TAG_MANIFEST])}


def written(pack: Mapping[str, bytes], folder: Path) -> Path:
    """Write a pack."""
    for path, content in pack.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def tools(folder: Path) -> Path:
    """Make a folder with the four tools and nothing else."""
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(os.path.realpath(str(shutil.which(tool))))
    return folder


def verify(
    pack: Path, path: Path, *arguments: str, script: Path | None = None, shell: Sequence[str] = ("sh",)
) -> subprocess.CompletedProcess[str]:
    """Run VERIFY.sh in an empty environment, with the four tools alone."""
    program = [str(path / shell[0]), *shell[1:]] if shell == ("sh",) else [*shell]
    return subprocess.run(
        [*program, str(script or pack / "data" / "VERIFY.sh"), *arguments],
        env={"PATH": str(path)},
        cwd=path,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )


def _listed(pack: Mapping[str, bytes], paths: list[str]) -> bytes:
    ordered = sorted(paths, key=lambda path: path.split("/"))
    return "".join(f"{sha256(pack[path]).hexdigest()}  {path}\n" for path in ordered).encode()
