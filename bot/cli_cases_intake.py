"""`hustings cases report | open`: what comes to the moderators by other ways than a channel, and cases of incidents."""

import hashlib
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli_cases_desk import Desk, account, message
from bot.cli_cases_officers import at_desk
from bot.cli_folders import stop
from bot.clock import SystemClock
from bot.evidence.chance import SYSTEM
from handlers.casework.intake import LARGEST_FILE, open_for_incident, take_in
from handlers.casework.requests import open_request
from policies.casework.case import NotAllowed
from policies.casework.duties import Duty, may
from policies.casework.people import By
from policies.casework.reports import NewReport, OutsideFile, Provenance
from policies.casework.words import CaseKind, Channel
from policies.decisions import Severity
from policies.identifiers import IncidentId


class OwnData(StrEnum):
    """What somebody can ask about their own data."""

    ACCESS = "subject-access"
    ERASURE = "erasure-request"
    COMPLAINT = "data-complaint"


def add_intake(app: typer.Typer) -> None:
    """Add the commands by which things come in."""
    app.command()(report)
    app.command("open")(open_case)


@at_desk
async def report(
    at: Desk,
    about: Annotated[Channel, typer.Argument(help="What it is about: a message, a reaction, a person, or outside.")],
    words: Annotated[str, typer.Argument(help="What the reporter says, in their words.")],
    *,
    of: Annotated[
        Any,
        typer.Option("--message", parser=message, metavar="MESSAGE", help="discord/SERVER/CHANNEL/MESSAGE."),
    ] = None,
    reaction: Annotated[str, typer.Option(help="The reaction that is reported.")] = "",
    person: Annotated[
        Any, typer.Option("--person", parser=account, metavar="ACCOUNT", help="Whom it is about, by an account.")
    ] = None,
    target: Annotated[
        Any, typer.Option("--target", parser=account, metavar="ACCOUNT", help="Whom it was done to, by an account.")
    ] = None,
    reporter: Annotated[
        Any, typer.Option("--reporter", parser=account, metavar="ACCOUNT", help="Who reports it, by an account.")
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Nobody who works on the case is shown who reported.")
    ] = False,
    text: Annotated[str, typer.Option(help="The text that is reported, as it was written.")] = "",
    file: Annotated[
        list[Path] | None, typer.Option("--file", help="A file to keep with it, up to 8 MiB; may be given again.")
    ] = None,
    what: Annotated[str, typer.Option(help="What it is: a leaflet, an email, a web page.")] = "",
    address: Annotated[str, typer.Option(help="Where it was found, such as a web address.")] = "",
    obtained: Annotated[datetime | None, typer.Option(help="When it was obtained, in UTC.")] = None,
    obtained_how: Annotated[str, typer.Option(help="How it was obtained.")] = "",
    original: Annotated[str, typer.Option(help="Who keeps the original.")] = "",
    kind: Annotated[CaseKind, typer.Option(help="What sort of matter it is.")] = CaseKind.CONDUCT,
    severity: Annotated[Severity, typer.Option(help="How grave it seems, until somebody judges it.")] = Severity.MEDIUM,
    title: Annotated[str, typer.Option(help="A few words by which officers know it again.")] = "",
    key: Annotated[str, typer.Option(help="By what the report is known again if it is given twice.")] = "",
) -> None:
    """Take in a report that came by another way than a channel; prints the receipt for the reporter."""
    if about is Channel.DETECTION:
        stop("What the bot detects comes in by itself. `hustings cases open` opens a case of an incident.", 2)
    kept, contents = _files(file or [])
    given = obtained.replace(tzinfo=SystemClock().now().tzinfo) if obtained else None
    source = Provenance(
        what=what, address=address, obtained_at=given, obtained_how=obtained_how, original_kept_by=original
    )

    _ensure_intake(at.by)
    new = NewReport(
        key=f"desk:{key or SYSTEM(16).hex()}",
        channel=about,
        words=words,
        received_at=SystemClock().now(),
        reporter=await at.person(reporter),
        reporter_account=reporter,
        anonymous=anonymous,
        message=of,
        reaction=reaction,
        about=await at.person(person),
        target=await at.person(target),
        text=text,
        files=kept,
        provenance=source if any((what, address, given, obtained_how, original)) else None,
    )
    receipt = await take_in(new, at.intake, by=at.by, kind=kind, severity=severity, title=title, files=contents)
    joined = "It joined" if receipt.joined else "It is"
    typer.echo(f"{receipt}")
    typer.echo(f"{joined} case {receipt.case}.", err=True)


@at_desk
async def open_case(
    at: Desk,
    incident: Annotated[str, typer.Argument(help="The incident's id, such as I-2026-000042.")] = "",
    *,
    kind: Annotated[
        OwnData | None, typer.Option(help="Instead of an incident: what somebody asks about their own data.")
    ] = None,
    person: Annotated[
        Any, typer.Option("--person", parser=account, metavar="ACCOUNT", help="Who asks, by one of their accounts.")
    ] = None,
    words: Annotated[str, typer.Option(help="What they say, in their words.")] = "",
) -> None:
    """Open a case of an incident, or say which one there is; or of what somebody asks about their own data."""
    if bool(incident) == bool(kind) or bool(kind) != bool(person):
        stop("Name an incident; or say --kind, with who asks as --person.", 2)

    _ensure_intake(at.by)
    if kind is not None:
        key = f"desk:{SYSTEM(16).hex()}"
        receipt = await open_request(CaseKind(kind.value), person, words, key, at.intake, by=at.by)
        typer.echo(f"{receipt}")
        typer.echo(f"It is case {receipt.case}.", err=True)
        return
    name = IncidentId(incident.strip().upper())
    found = await at.store.incidents.get(name)
    if found is None:
        stop(f"There is no incident {name}. `hustings incidents list` shows what is kept.", 1)
    typer.echo(f"{name} is in case {await open_for_incident(found, at.intake, by=at.by)}.")


def _ensure_intake(by: By) -> None:
    if by.office is None or not may(by.office, Duty.TAKE_IN):
        raise NotAllowed(f"{by.office} takes no reports in. Somebody in the office intake does.")


def _files(paths: list[Path]) -> tuple[tuple[OutsideFile, ...], dict[str, bytes]]:
    """Read files to keep; none is looked into, and one that is too large is not read to its end."""
    kept, contents = [], {}
    for path in paths:
        try:
            with path.open("rb") as opened:
                content = opened.read(LARGEST_FILE + 1)
        except OSError as error:
            stop(f"{path}: {error.strerror}. Nothing was kept.", 2)
        if len(content) > LARGEST_FILE:
            stop(f"{path} is larger than {LARGEST_FILE >> 20} MiB, and nothing was kept. Send it in parts.", 2)
        sha256 = hashlib.sha256(content).hexdigest()
        kept.append(OutsideFile(name=path.name, sha256=sha256, size=len(content)))
        contents[sha256] = content
    return tuple(kept), contents
