"""`hustings evidence pack`: two people agree to a pack, and what a stranger can verify is written."""

import asyncio
import shutil
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from enum import StrEnum
from functools import cache
from getpass import getuser
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.cli_evidence_cases import ensure_may_handle
from bot.cli_evidence_witness import policy as policy_of_witnesses
from bot.cli_evidence_witness import read_note
from bot.cli_folders import Data, Keys, as_named, key_folder, record_folder, setting, steward, stop
from bot.cli_incidents import Purpose
from bot.cli_progress import Told, bar
from bot.clock import SystemClock
from bot.evidence.checkpoints import Checkpoint
from bot.evidence.errors import SealBroken
from bot.evidence.notes import Note
from bot.evidence.packs.bag import NamedContent
from bot.evidence.packs.contents import Choice, Pack
from bot.evidence.packs.layout import lay_out
from bot.evidence.packs.parts import Part, named, usual
from bot.evidence.packs.pdf import NoTypst, ensure_typst, report_pdf
from bot.evidence.packs.referral import Ground, PerceivedBy, PossibleOffence, Referral, Target
from bot.evidence.packs.sshsig import PackKey
from bot.evidence.words import Code
from bot.pack_drafts import clear_left, noted
from bot.pack_files import NotWritten, ensure_free, ensure_recipients, write_folder, write_zip
from bot.store import keyfiles
from bot.store.sqlite.connection import Database, StoreUnusable
from bot.store.sqlite.cosigned import Witnessing, witnessed
from bot.store.sqlite.gathering import ensure_earlier, gather
from bot.store.sqlite.packed_rows import is_case
from bot.store.sqlite.packing import Agreed, Packing
from bot.store.sqlite.signing import chain
from bot.store.sqlite.stewardship import Refused, Steward
from bot.store.sqlite.store import FILE, Store, open_beside, open_store
from bot.store.sqlite.vault import Erased
from handlers.alerts import masked
from policies.assess import Reader
from policies.casework import events as e
from policies.lexicon_files import house_reader
from policies.load import house_policy_bytes

_SIGNED_WITHIN = 90
"""Seconds to wait for a running bot, which signs every minute."""


class Basis(StrEnum):
    """On which ground a pack leaves."""

    WITHIN_BODY = "within-body"
    CONSENT = "consent"
    LEGAL_CLAIM = "legal-claim"
    CRIME_REPORT = "crime-report"


def _parts(written: str) -> frozenset[Part] | None:
    """Read parts that are joined by commas."""
    words = [word.strip() for word in written.split(",") if word.strip()]
    wrong = [word for word in words if word not in tuple(Part)]
    if wrong:
        raise typer.BadParameter(f"there is no part {wrong[0]!r}. The parts are: {', '.join(Part)}")
    return named(words) if words else None


Incidents = Annotated[list[str], typer.Argument(help="The ids of cases or incidents, such as C-2026-000007.")]
To = Annotated[Path | None, typer.Option(help="The folder to make, or the file with --zip or --recipient.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Agree, as the second person, and write the pack.")]
Ground_ = Annotated[Basis | None, typer.Option("--basis", help="On which ground it leaves; the first person says it.")]
Only = Annotated[
    Any,
    typer.Option(parser=_parts, metavar="PARTS", help="Disclose only these, joined by commas, such as text,author."),
]
Withhold = Annotated[
    Any, typer.Option(parser=_parts, metavar="PARTS", help="Withhold these beside those that usually are.")
]
Also = Annotated[
    Any, typer.Option(parser=_parts, metavar="PARTS", help="Disclose these as well, such as context or reporter.")
]
ShowText = Annotated[bool, typer.Option("--show-text", help="Show words unmasked in the report; a view is recorded.")]
For = Annotated[Purpose | None, typer.Option("--for", help="What the unmasked words are for, with --show-text.")]
Form = Annotated[bool, typer.Option("--referral", help="Add the form of a referral, even if nothing on it is ticked.")]
Hate = Annotated[list[Ground], typer.Option("--perceived-hate", help="Hostility that somebody perceived; repeatable.")]
By = Annotated[PerceivedBy | None, typer.Option("--perceived-by", help="Who perceived it.")]
Aimed = Annotated[list[Target], typer.Option("--target", help="Whom it was aimed at; repeatable.")]
Offence = Annotated[list[PossibleOffence], typer.Option("--possible-offence", help="To be looked at; repeatable.")]
Since = Annotated[Path | None, typer.Option(help="A checkpoint that somebody kept: prove that the log continues it.")]
Texts = Annotated[list[Path], typer.Option("--policy", help="An earlier policy file, to go into the pack; repeatable.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="Add the report as PDF/A, with the records attached.")]
Zip = Annotated[bool, typer.Option("--zip", help="Write one zip file.")]
To_ = Annotated[list[str], typer.Option("--recipient", help="Encrypt to this public key of age or SSH; repeatable.")]
Who = Annotated[str, typer.Option("--by", help="Who does this, as `name` or `name:office`; else your account's name.")]


def pack(
    incidents: Incidents,
    *,
    to: To = None,
    confirm: Confirm = False,
    basis: Ground_ = None,
    only: Only = "",
    withhold: Withhold = "",
    also: Also = "",
    show_text: ShowText = False,
    purpose: For = None,
    referral: Form = False,
    perceived_hate: Hate = [],  # noqa: B006 - typer copies it
    perceived_by: By = None,
    target: Aimed = [],  # noqa: B006
    possible_offence: Offence = [],  # noqa: B006
    since: Since = None,
    policy: Texts = [],  # noqa: B006
    pdf: Pdf = False,
    as_zip: Zip = False,
    recipient: To_ = [],  # noqa: B006
    by: Who = "",
    data: Data = None,
    keys: Keys = None,
) -> Coroutine[Any, Any, None]:
    """Pack cases or incidents as files a stranger can verify. One person asks, another confirms; both are on record."""
    names = tuple(dict.fromkeys(name.strip().upper() for name in incidents))
    folder, who, place = record_folder(data), steward(by or getuser()), key_folder(data, keys)
    for sentence in clear_left(folder):
        typer.echo(sentence, err=True)
    form = Referral(
        grounds=tuple(dict.fromkeys(perceived_hate)),
        perceived_by=perceived_by,
        targets=tuple(dict.fromkeys(target)),
        offences=tuple(dict.fromkeys(possible_offence)),
    )
    if confirm:
        if basis or only or withhold or also or show_text or purpose or referral or form != Referral():
            stop("What goes into the pack was said by whoever asked for it. With --confirm say only where it goes.", 2)
        if to is None:
            stop("Say with --to where the pack is to be written.", 2)
        out = _Output(to, pdf=pdf, as_zip=as_zip, recipients=tuple(recipient))
        return _made(folder, place, names, who, out=out, since=since, policies=policy)
    if basis is None:
        stop(f"Say with --basis on which ground the pack leaves: {', '.join(Basis)}.", 2)
    if to is not None:
        stop("Where the pack goes is said by whoever agrees to it, with --confirm.", 2)
    ground = Code(f"basis-{basis.value}")
    choice = Choice(
        incidents=tuple(name for name in names if not is_case(name)),
        cases=tuple(name for name in names if is_case(name)),
        basis=ground,
        parts=(usual(ground) if only is None else only) - (withhold or frozenset()) | (also or frozenset()),
        show_text=show_text,
        purpose=Code.PURPOSE_PACK if purpose is None else Code(f"for-{purpose.value}"),
        referral=form if referral or form != Referral() else None,
    )
    return _asked(folder, place, choice, who, as_named(data, keys))


async def _asked(folder: Path, place: Path | None, choice: Choice, who: Steward, named: str) -> None:
    async with open_beside(folder, SystemClock(), place) as store:
        await ensure_may_handle(store, choice.cases, who, e.ApprovalAsked)
        seq = await Packing(store.writer, store.ledger).request(choice, who)
    names = " ".join(choice.named)
    held = ", ".join(part.value for part in Part if part not in choice.parts)
    typer.echo(f"Recorded, as record {seq}. Withheld: {held or 'nothing'}.")
    typer.echo(f"Somebody else now runs: hustings evidence pack {names} --confirm --to FOLDER{named}")


class _Output:
    """Where a pack goes, and in which form."""

    def __init__(self, to: Path, *, pdf: bool, as_zip: bool, recipients: tuple[str, ...]) -> None:
        self.to = to
        self._pdf = pdf
        self._zip = as_zip or bool(recipients)
        self._recipients = recipients

    def ensure(self) -> None:
        """Refuse before anything is recorded what could not be written after it."""
        ensure_free(self.to)
        ensure_recipients(self._recipients)
        if self._pdf:
            ensure_typst()

    def write(self, pack: Pack, key: PackKey, told: Told, stopping: Event) -> None:
        """Write the pack while the record is open, from which its files are read; stops between two files."""
        files_of_it = sum(file.size for record in pack.records for file in record.files.values())
        if shutil.disk_usage(self.to.parent).free < files_of_it:
            raise NotWritten(
                f"The files that go into the pack have {files_of_it >> 20} MiB, and there is no room for them in"
                f" {self.to.parent}. Record {pack.export} says that a pack was made: ask for it anew."
            )
        more = {"report.pdf": report_pdf(pack)} if self._pdf else {}
        made = lay_out(pack, key, software=f"hustings {version('hustings')}", more=more)
        files = _followed(made, len(pack.records), told, stopping)
        if self._zip:
            write_zip(self.to, files, self._recipients)
        else:
            write_folder(self.to, files)


async def _made(
    folder: Path,
    place: Path | None,
    names: tuple[str, ...],
    who: Steward,
    *,
    out: _Output,
    since: Path | None,
    policies: Sequence[Path],
) -> None:
    clock = SystemClock()
    try:
        out.ensure()
        old = None if since is None else read_note(since)
        texts = {sha256(text).hexdigest(): text for text in _texts(folder, policies)}
        async with AsyncExitStack() as stack:
            store = await _opened(folder, place, stack)
            if old is not None:
                await store.writer.read(lambda db: ensure_earlier(db, store.keys, old))
            await ensure_may_handle(store, [name for name in names if is_case(name)], who, e.ApprovalGiven)
            key = PackKey.of_folder((place or folder / keyfiles.FOLDER) / keyfiles.PACK)
            agreed = await Packing(store.writer, store.ledger).agree(names, who)
            note = await _signed(store, agreed)

            def written(database: Database) -> Pack:
                made = gather(
                    database,
                    store.ledger,
                    store.keys,
                    agreed,
                    checkpoint=note,
                    made_at=clock.now(),
                    since=old,
                    witnessed=_best(database, store),
                    texts=texts,
                    folder=folder,
                    masked=_masked,
                )
                try:
                    with noted(folder, out.to):
                        out.write(made, key, told, stopping)
                except (SealBroken, Erased, FileNotFoundError) as error:
                    raise NotWritten(
                        "While the pack was written a file of it was erased or changed, so nothing was written."
                        f" Record {made.export} says that a pack was made: ask for it anew. ({error})"
                    ) from error
                except OSError as error:
                    raise NotWritten(
                        f"{out.to} could not be written: {error.strerror or error}. Nothing of it is left. Record"
                        f" {made.export} says that a pack was made: ask for it anew."
                    ) from error
                return made

            stopping = Event()
            with bar("Writing") as told:
                try:
                    gathered = await store.writer.read(written)
                except asyncio.CancelledError:
                    stopping.set()
                    raise
    except (NotWritten, NoTypst) as error:
        stop(str(error), 2)
    _tell(gathered, key, out.to)


def _followed(files: Iterable[NamedContent], records: int, told: Told, stopping: Event) -> Iterator[NamedContent]:
    """Pass on files while nobody wants to stop, and tell how many records of how many are there."""
    done = 0
    for path, content in files:
        if stopping.is_set():
            raise NotWritten("The pack was not finished, so nothing was written.")
        yield path, content
        done += path.startswith("data/records/")
        told(done, records)


def _tell(made: Pack, key: PackKey, to: Path) -> None:
    disclosed = sum(len(record.openings) + len(record.files) for record in made.records)
    withheld = sum(len(record.withheld) for record in made.records)
    typer.echo(f"{to}: {made.name}, {len(made.records)} records, {disclosed} values disclosed, {withheld} not.")
    for missing in made.policies_missing:
        typer.echo(
            f"The text of policy {missing[:16]} is not in the record and not at hand; name its file with --policy.",
            err=True,
        )
    typer.echo(f"Signed with {key.fingerprint}. Publish that where readers can find it without the pack.")
    typer.echo("To check it: sh data/VERIFY.sh, in the pack.")


def _best(database: Database, store: Store) -> Witnessing | None:
    """Give the newest checkpoint that enough witnesses cosigned, or the newest that any did."""
    found = list(witnessed(store.folder, chain(database, store.keys), policy_of_witnesses()))
    return next((one for one in found if one.cosigned.enough), found[0] if found else None)


async def _opened(folder: Path, place: Path | None, stack: AsyncExitStack) -> Store:
    """Open the record alone, to sign it as well, or beside the bot that runs."""
    if (folder / FILE).exists():
        try:
            return await stack.enter_async_context(open_store(folder, SystemClock(), place))
        except StoreUnusable as busy:
            if "Another Hustings" not in str(busy):
                raise
    return await stack.enter_async_context(open_beside(folder, SystemClock(), place))


async def _signed(store: Store, agreed: Agreed) -> Note:
    """Give a checkpoint that the export itself is under; a running bot is waited for."""
    if store.alone:
        await store.checkpoints.sign()
    with Console(stderr=True).status("Waiting for the bot to sign the log, which it does every minute"):
        for _ in range(_SIGNED_WITHIN):
            note = await store.checkpoints.last()
            if note is not None and Checkpoint.claimed_by(note).size >= agreed.last:
                return note
            await asyncio.sleep(1)
    raise Refused(
        f"The log was not signed within {_SIGNED_WITHIN} seconds, so nothing was written. Record {agreed.export} says"
        " that a pack was made; stop the bot or see why it does not sign, and ask for the pack anew."
    )


@cache
def _reader() -> Reader:
    return house_reader()


def _masked(text: str) -> str:
    """Mask what the detectors find in a text."""
    return masked(text, _reader().read(text)[1], most=4_000)


def _texts(folder: Path, policies: Sequence[Path]) -> Iterator[bytes]:
    """Give the policies that are at hand: the shipped one, those in settings and folder, those named."""
    yield house_policy_bytes()
    named = setting("policy")
    if named and Path(named).is_file():
        yield Path(named).read_bytes()
    for path in (*sorted(folder.glob("*.yaml")), *policies):
        yield path.read_bytes()
