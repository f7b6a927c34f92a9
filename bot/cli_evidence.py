"""`hustings evidence`: verify the record, sign it, copy it and put a copy back."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.cli_evidence_keeping import add_to
from bot.cli_evidence_witness import add_witnesses, describe, policy, read_note
from bot.cli_folders import Data, Keys, cannot, data_folder, key_folder, record_folder, stop
from bot.cli_progress import bar
from bot.clock import SystemClock
from bot.evidence.errors import EvidenceError, NoteRefused
from bot.evidence.keychain import KeyChain
from bot.hold_review import overdue
from bot.store.sqlite.backup import back_up
from bot.store.sqlite.backup import restore as put_back
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.cosigned import prove_continued, with_cosignatures, witnessed
from bot.store.sqlite.holds import holds
from bot.store.sqlite.signing import chain
from bot.store.sqlite.stewardship import Refused
from bot.store.sqlite.store import open_beside, open_record, open_store
from bot.store.sqlite.verify import against as differs
from bot.store.sqlite.verify import verify as verify_record
from handlers.errors import EvidenceUnavailable, UnknownIncident
from policies.casework.case import NotAllowed

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Verify the record, copy it, hand out, hold and erase parts of it."
)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; what can go wrong ends it with a sentence."""
    try:
        asyncio.run(work)
    except (StoreUnusable, EvidenceUnavailable, EvidenceError, UnknownIncident, Refused, NotAllowed) as error:
        stop(str(error), 2)
    except OSError as error:
        stop(cannot(error), 2)


@app.command()
def verify(
    against: Annotated[
        Path | None, typer.Option(help="A checkpoint that somebody kept: the log must continue it.")
    ] = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Go through the whole record; names the first record that is not as it was written, and ends with status 1."""
    folder = record_folder(data)

    async def work() -> None:
        async with open_record(folder, SystemClock(), key_folder(data, keys)) as record:
            if against is not None:
                note = read_note(against)
                problem = await record.reader.read(lambda db: differs(db, chain(db, record.keys), note))
                if problem:
                    stop(f"SPLIT VIEW: the log does not continue the checkpoint in {against}. {problem}\n\n{note}", 1)
                typer.echo(f"The log continues the checkpoint in {against}.")
            with bar("Verifying") as told:
                found = await record.reader.read(lambda db: verify_record(db, record.ledger, record.keys, folder, told))
            if found.broken:
                stop(str(found.broken), 1)
            try:
                cosigned = await record.reader.read(lambda db: _cosigned(folder, chain(db, record.keys)))
                late = overdue(await record.reader.read(holds), SystemClock().now())
            except NoteRefused as refused:
                stop(f"A cosigned checkpoint is not as the witness made it. {refused}", 1)
        erased = f", {found.erased} of them erased" if found.erased else ""
        typer.echo(f"{found.size} records{erased}: all as they were written. Root {found.root.hex()}")
        for line in cosigned:
            typer.echo(line)
        for held in late:
            typer.echo(
                f"OVERDUE: the hold on {held.incident} was to be looked at by {held.review_at:%Y-%m-%d}.", err=True
            )

    run(work())


@app.command()
def checkpoint(
    for_witness: Annotated[
        Path | None, typer.Option(metavar="OLD", help="The last checkpoint a witness saw: prints the proof from there.")
    ] = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Print what was signed last, with the witnesses' cosignatures; if the bot does not run, sign first."""
    folder = record_folder(data)

    async def work() -> None:
        try:
            async with open_store(folder, SystemClock(), key_folder(data, keys)) as store:
                await store.checkpoints.sign()
                note = await store.checkpoints.last()
        except StoreUnusable as busy:
            if "Another Hustings" not in str(busy):
                raise
            async with open_beside(folder, SystemClock(), key_folder(data, keys)) as store:
                note = await store.checkpoints.last()
        if note is None:
            stop("Nothing was signed yet.", 1)
        if for_witness is None:
            typer.echo(str(with_cosignatures(folder, note)), nl=False)
            return
        old = read_note(for_witness)
        async with open_record(folder, SystemClock(), key_folder(data, keys)) as record:
            proof = await record.reader.read(lambda db: prove_continued(db, chain(db, record.keys), old, note))
        typer.echo(proof.to_bytes().decode(), nl=False)

    run(work())


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(help="The folder in which a new folder with the copy is made.")],
    keep_keys: Annotated[
        int, typer.Option(min=1, max=365, metavar="DAYS", help="Take the keys out of copies older than this.")
    ] = 30,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Copy the record and its keys while the bot runs, and verify the copy. Copy the key files apart from it."""
    folder = record_folder(data)

    async def work() -> None:
        # That a copy was made is signed with what comes next, so that the copy holds all that was signed.
        async with open_beside(folder, SystemClock(), key_folder(data, keys), signs=False) as store:
            with bar("Copying") as told:
                copied = await back_up(store, to, keep_keys=timedelta(days=keep_keys), progress=told)
        typer.echo(f"{copied.folder}: {copied.size} records, verified.")
        if copied.keys_dropped:
            typer.echo(f"The keys were taken out of {copied.keys_dropped} older copies.")

    run(work())


@app.command()
def restore(
    copy: Annotated[Path, typer.Argument(help="A folder that `hustings evidence backup` made.")],
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Also if more was signed here than the copy holds.")
    ] = False,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Put a copy in the place of the record, erase again what was erased since, and verify it. Stop the bot first."""
    folder = data or data_folder()

    async def work() -> None:
        with Console(stderr=True).status("Restoring and verifying"):
            restored = await put_back(copy, folder, SystemClock(), accept_loss=accept_loss, keys=key_folder(data, keys))
        typer.echo(f"{folder}: {restored.size} records put back and verified.")
        for name in restored.no_longer_held:
            typer.echo(
                f"{name} was under a legal hold in the log that was replaced, and is under none in the copy. Two people"
                f" place it again: hustings evidence hold request {name}",
                err=True,
            )

    run(work())


def _cosigned(folder: Path, known: KeyChain) -> list[str]:
    """Say who cosigned the newest checkpoint that has enough of the witnesses, or the newest of all."""
    wanted = policy()
    if not wanted.witnesses:
        return []
    found = list(witnessed(folder, known, wanted))
    best = next((one for one in found if one.cosigned.enough), found[0] if found else None)
    return [describe(best, wanted.quorum) if best else "No checkpoint was cosigned by a witness yet."]


add_to(app, run)
add_witnesses(app, run)
