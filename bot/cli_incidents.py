"""`hustings incidents`: what is kept, for admins; masked unless asked otherwise."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from getpass import getuser
from pathlib import Path
from shutil import get_terminal_size
from typing import Annotated, TextIO

import typer

from bot.cli_folders import Data, key_folder, reader, record_folder, stop
from bot.cli_incident_filter import narrowed
from bot.clock import SystemClock
from bot.evidence.words import Code
from bot.incident_context import Around
from bot.incident_rows import (
    COLUMNS,
    as_object,
    csv_line,
    csv_values,
    heading,
    json_piece,
    labelled_line,
    page,
    table_row,
)
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.evidence import SqliteIncidents
from bot.store.sqlite.stewardship import Refused
from bot.store.sqlite.store import open_beside, open_to_read
from handlers.errors import EvidenceUnavailable
from handlers.ports import IncidentFilter
from policies.identifiers import IncidentId
from policies.incidents import Incident
from policies.lexicon_files import house_reader
from policies.problems import clip, did_you_mean
from policies.surroundings import together

app = typer.Typer(no_args_is_help=True, add_completion=False, help="List, show and export what is kept.")

_ID = re.compile(r"I-\d{4}-\d{6,}")
_VIEWED_AT_ONCE = 100


class Format(StrEnum):
    """How incidents are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Purpose(StrEnum):
    """What somebody may read unmasked text for."""

    TRIAGE = "triage"
    INVESTIGATION = "investigation"
    DECISION = "decision"
    APPEAL = "appeal"
    AUDIT = "audit"
    SUBJECT_ACCESS = "subject-access"
    TRAINING = "training"


_NONE_DECIDED = (
    "No person has decided an incident that fits, so there is nothing to learn from. Uphold them or call them not"
    " abuse first."
)
_NONE_FITS = "No incident fits all these options. Leave some out: without any, everything that is kept is listed."


class FileFormat(StrEnum):
    """How incidents are exported."""

    JSON = "json"
    CSV = "csv"
    OUTCOMES = "outcomes"


Unmask = Annotated[bool, typer.Option("--unmask", help="Show text as it was written; that you looked is recorded.")]
For = Annotated[Purpose, typer.Option("--for", help="What you read it for, when unmasked; it is recorded.")]
Limit = Annotated[int, typer.Option(min=0, help="At most so many, newest first; 0 for all.")]


async def _none_fits(incidents: SqliteIncidents, wanted: IncidentFilter) -> str:
    """Say that nothing fits, and which rules there are where one is asked for that decided nothing."""
    if wanted.rule:
        known = {match.rule async for kept in incidents.find(IncidentFilter()) for match in kept.decision.rules}
        if known and wanted.rule not in known:
            hint = did_you_mean(wanted.rule, sorted(known))
            return f"No incident was decided by a rule called {clip(wanted.rule)}. {hint}"
    return _NONE_FITS


@app.command("list")
@narrowed
def list_incidents(
    *,
    wanted: IncidentFilter,
    limit: Limit = 50,
    form: Annotated[Format, typer.Option("--format", help="As a table, JSON or CSV.")] = Format.TABLE,
    unmask: Unmask = False,
    purpose: For = Purpose.TRIAGE,
    data: Data = None,
) -> None:
    """List kept incidents, newest first."""
    folder = record_folder(data)

    async def listed(incidents: SqliteIncidents) -> None:
        found = _looked_at(incidents.find(replace(wanted, limit=limit or None)), folder, purpose if unmask else None)
        count = await _write(found, form, sys.stdout, unmask=unmask, limit=limit)
        if form is Format.TABLE and not count:
            kept = [incident async for incident in incidents.find(IncidentFilter(limit=1))]
            typer.echo(await _none_fits(incidents, wanted) if kept else "No incidents.", err=True)

    _run(folder, listed)


@app.command()
def show(
    incident: Annotated[str, typer.Argument(help="The incident's id, such as I-2026-000042.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
    context: Annotated[
        bool, typer.Option("--context", help="Also show what was said around it; that you looked is recorded.")
    ] = False,
    unmask: Unmask = False,
    purpose: For = Purpose.TRIAGE,
    data: Data = None,
) -> None:
    """Show one incident: what was said, why it was acted on, what was done, what moderators decided."""

    folder = record_folder(data)

    async def shown(incidents: SqliteIncidents) -> None:
        name = IncidentId(incident.strip().upper())
        kept = await incidents.get(name)
        if kept is None:
            form = "" if _ID.fullmatch(name) else " An id is written as in I-2026-000042."
            stop(f"{await incidents.why_missing(name)}{form} `hustings incidents list` shows what is kept.", 1)
        if unmask or context:
            await _record_view([kept.id], folder, purpose)
        around = await _around(incidents, kept, unmask=unmask) if context else None
        if as_json:
            told = as_object(kept, unmask=unmask) | ({"context": around.as_object()} if around else {})
            typer.echo(json.dumps(told, indent=2))
            return
        for line in [*page(kept, unmask=unmask), *(around.lines() if around else ())]:
            typer.echo(line)

    _run(folder, shown)


@app.command()
@narrowed
def export(
    *,
    wanted: IncidentFilter,
    limit: Limit = 0,
    form: Annotated[
        FileFormat, typer.Option("--format", help="As JSON, CSV, or outcomes: what `models calibrate` learns from.")
    ] = FileFormat.JSON,
    output: Annotated[Path | None, typer.Option(help="The file to write, readable by you alone.")] = None,
    unmask: Unmask = False,
    purpose: For = Purpose.TRIAGE,
    data: Data = None,
) -> None:
    """Write incidents as JSON or CSV, to a file or to standard output, in constant memory."""
    folder = record_folder(data)
    if form is FileFormat.OUTCOMES and not (unmask and purpose is Purpose.TRAINING):
        stop("A classifier learns from whole words only. Add --unmask --for training; that you looked is recorded.", 2)

    async def exported(incidents: SqliteIncidents) -> None:
        chosen: AsyncIterator[Incident] = incidents.find(replace(wanted, limit=limit or None))
        if form is FileFormat.OUTCOMES:
            chosen = _with_an_answer(chosen)
        found = _looked_at(chosen, folder, purpose if unmask else None)
        if output is None:
            count = await _exported(found, form, sys.stdout, unmask=unmask)
        else:
            with _opened(output, form) as stream:
                count = await _exported(found, form, stream, unmask=unmask)
            typer.echo(f"{output}: {count} incident{'' if count == 1 else 's'}.", err=True)
        if form is FileFormat.OUTCOMES and not count:
            typer.echo(_NONE_DECIDED, err=True)

    _run(folder, exported)


async def _exported(incidents: AsyncIterator[Incident], form: FileFormat, stream: TextIO, *, unmask: bool) -> int:
    """Write incidents to be read elsewhere; gives how many were written."""
    if form is not FileFormat.OUTCOMES:
        return await _write(incidents, Format(form), stream, unmask=unmask)
    count = 0
    async for incident in incidents:
        stream.write(labelled_line(incident))
        count += 1
    stream.flush()
    return count


async def _with_an_answer(incidents: AsyncIterator[Incident]) -> AsyncIterator[Incident]:
    """Pass over what no person has decided: nobody need be recorded as having looked at it."""
    async for incident in incidents:
        if labelled_line(incident):
            yield incident


async def _write(
    incidents: AsyncIterator[Incident], form: Format, stream: TextIO, *, unmask: bool, limit: int = 0
) -> int:
    """Write incidents one by one; gives how many there were."""
    count = 0
    width = get_terminal_size((160, 24)).columns if stream.isatty() else 0
    if form is Format.CSV:
        stream.write(csv_line(list(COLUMNS)))
    async for incident in incidents:
        if form is Format.JSON:
            stream.write(json_piece(incident, first=not count, unmask=unmask))
        elif form is Format.CSV:
            stream.write(csv_line(csv_values(incident, unmask=unmask)))
        else:
            if not count:
                stream.write(f"{heading(width)}\n")
            stream.write(f"{table_row(incident, unmask=unmask, width=width)}\n")
        count += 1
    if form is Format.JSON:
        stream.write("\n]\n" if count else "[]\n")
    elif form is Format.TABLE and count and count == limit:
        typer.echo(f"The newest {count} are shown; --limit 0 shows all.", err=True)
    stream.flush()
    return count


async def _looked_at(
    incidents: AsyncIterator[Incident], folder: Path, purpose: Purpose | None
) -> AsyncIterator[Incident]:
    """Give incidents on; unmasked ones only once it is on record that somebody looks, a page at a time."""
    waiting: list[Incident] = []
    async for incident in incidents:
        if purpose is None:
            yield incident
            continue
        waiting.append(incident)
        if len(waiting) == _VIEWED_AT_ONCE:
            await _record_view([kept.id for kept in waiting], folder, purpose)
            for kept in waiting:
                yield kept
            waiting.clear()
    if purpose is not None and waiting:
        await _record_view([kept.id for kept in waiting], folder, purpose)
        for kept in waiting:
            yield kept


async def _around(incidents: SqliteIncidents, kept: Incident, *, unmask: bool) -> Around:
    found = together(await incidents.context(kept.id))
    return Around(found, house_reader(), unmask, kept.event.ref.platform)


async def _record_view(incidents: list[IncidentId], folder: Path, purpose: Purpose) -> None:
    async with open_beside(folder, SystemClock(), key_folder(folder, None)) as store:
        await store.stewardship.view(incidents, reader(getuser()), Code(f"for-{purpose.value}"))
    what = f"{len(incidents)} incident{'' if len(incidents) == 1 else 's'}"
    typer.echo(f"It is on record that {getuser()} looked at {what}, for {purpose.value}.", err=True)


def _opened(path: Path, form: FileFormat) -> TextIO:
    """Open a file for its owner alone; CSV begins with a mark that tells spreadsheets it is UTF-8."""
    encoding = "utf-8-sig" if form is FileFormat.CSV else "utf-8"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        stop(f"{path} is there already, and was left as it is. Name a file that is not with --output.", 2)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror or error}. Name another place with --output.", 2)
    return os.fdopen(handle, "w", encoding=encoding, newline="")


def _run(folder: Path, work: Callable[[SqliteIncidents], Awaitable[object]]) -> None:
    async def opened() -> None:
        async with open_to_read(folder, key_folder(folder, None)) as incidents:
            await work(incidents)

    try:
        asyncio.run(opened())
    except (StoreUnusable, EvidenceUnavailable, Refused) as error:
        stop(str(error), 2)
    except BrokenPipeError:
        # Whoever read on has gone; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
