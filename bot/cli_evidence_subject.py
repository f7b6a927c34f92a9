"""`hustings evidence subject`: two people agree that somebody is handed what is kept about them."""

from collections.abc import Coroutine, Iterator
from datetime import timedelta
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli_evidence_case import OfCase, carried_out, named
from bot.cli_folders import Data, Keys, key_folder, record_folder, steward, stop
from bot.cli_progress import bar
from bot.clock import SystemClock
from bot.evidence.attachments import open_attachment
from bot.evidence.errors import SealBroken
from bot.evidence.packs.bag import Content, NamedContent
from bot.evidence.packs.sshsig import PackKey
from bot.pack_drafts import clear_left, noted
from bot.pack_files import NotWritten, ensure_free, ensure_recipients, write_folder, write_zip
from bot.store import keyfiles
from bot.store.sqlite.attachments import berth
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import size
from bot.store.sqlite.store import Store, open_beside
from bot.store.sqlite.subjects import SubjectAccess, gather_subject
from bot.store.subject_data import Person, Redaction, SubjectData
from bot.subject_files import subject_files
from handlers.casework.requests import waiting_request
from policies.casework.words import CaseKind
from policies.identifiers import MemberId, PlatformName

DUE_WITHIN = timedelta(days=30)
"""What UK GDPR art. 12(3) leaves of a month in any case; it runs from the day on which the person asked."""


def _person(written: str) -> Person:
    """Read a member of a platform."""
    platform, colon, member = written.strip().partition(":")
    if not (colon and member) or platform.lower() not in tuple(PlatformName):
        raise typer.BadParameter(
            "write the platform and the member's id, such as discord:81384788765712384 or slack:U024BE7LH"
        )
    return Person(PlatformName(platform.lower()), MemberId(member))


Whom = Annotated[
    Any, typer.Argument(parser=_person, metavar="PLATFORM:MEMBER-ID", help="Whose data; the id, not the name.")
]
To = Annotated[Path | None, typer.Option(help="The folder to make, or the file with --zip or --recipient.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Agree, as the second person, and write it.")]
Zip = Annotated[bool, typer.Option("--zip", help="Write one zip file.")]
For = Annotated[list[str], typer.Option("--recipient", help="Encrypt to this public key of age or SSH; repeatable.")]
Who = Annotated[str, typer.Option("--by", help="Who does this, as `name` or `name:office`; else your account's name.")]


def subject(
    person: Whom,
    *,
    to: To = None,
    confirm: Confirm = False,
    as_zip: Zip = False,
    recipient: For = [],  # noqa: B006 - typer copies it
    case: OfCase = "",
    by: Who = "",
    data: Data = None,
    keys: Keys = None,
) -> Coroutine[Any, Any, None]:
    """Write what is kept about one person, for that person. One person asks, another confirms; both are on record."""
    folder, who, place = record_folder(data), steward(by or getuser()), key_folder(data, keys)
    for sentence in clear_left(folder):
        typer.echo(sentence, err=True)
    if confirm != (to is not None):
        stop("Whoever agrees says where it goes: --confirm and --to stand together.", 2)

    async def work() -> None:
        async with open_beside(folder, SystemClock(), place) as store:
            access = SubjectAccess(store.writer, store.ledger)
            if case:
                kind, where = CaseKind.SUBJECT_ACCESS, person.platform
                await waiting_request(named(case), kind, store.cases, platform=where, member=person.member)
            if to is None:
                seq = await access.request(person, who)
                due = SystemClock().now() + DUE_WITHIN
                typer.echo(f"Recorded, as record {seq}, which names nobody. It is due by {due:%Y-%m-%d}.")
                typer.echo(f"Somebody else now runs: hustings evidence subject {person} --confirm --to FOLDER")
                return
            try:
                ensure_free(to)
                ensure_recipients(recipient)
            except NotWritten as error:
                stop(str(error), 2)
            await access.ensure_asked(person, who)
            with bar("Reading") as told:
                found = await store.writer.read(lambda db: gather_subject(db, store.ledger, person, told))
            seq = await access.agree(person, who, [incident.id for incident in found.shown])
            key = PackKey.of_folder((place or folder / keyfiles.FOLDER) / keyfiles.PACK)
            files = await store.writer.read(lambda db: _files(db, store, found, key))
            try:
                with noted(folder, to):
                    if as_zip or recipient:
                        write_zip(to, files, tuple(recipient))
                    else:
                        write_folder(to, files)
            except (NotWritten, SealBroken) as error:
                stop(str(error), 2)
            if case:
                words = f"A copy of {len(found.shown)} incident(s) was made; {len(found.redactions)} thing(s) left out."
                await carried_out(named(case), who, seq, words, store)
        typer.echo(
            f"{to}: told of {len(found.shown)} incident(s), {len(found.redactions)} thing(s) left out, record {seq}."
        )
        typer.echo(f"Signed with {key.fingerprint}; data/README.txt says how to check it.")
        typer.echo(
            "Read it before it leaves: redactions.csv lists what is not in it, and reasons can put it in other words."
        )

    return work()


def _files(database: Database, store: Store, found: SubjectData, key: PackKey) -> Iterator[NamedContent]:
    kept: dict[str, Content] = {}
    for file in found.files:
        try:
            at = berth(database, store.ledger, store.folder, file.incident.id, file.number)
            for _ in open_attachment(at.path, at.key, at.place):
                pass  # what is damaged has to be on the list of what was left out before anything is written
        except (OSError, SealBroken):
            left_out = Redaction(file.incident.id, f"file {file.number}", "its file is missing or damaged")
            found.redactions.append(left_out)
        else:
            kept[file.path] = open_attachment(at.path, at.key, at.place)
    clock, log = store.ledger.clock, store.keys.first.name
    return subject_files(found, kept, key, made_at=clock.now(), origin=log, size=size(database))
