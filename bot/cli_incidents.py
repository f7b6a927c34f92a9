"""`hustings incidents`: what is kept, for admins; masked unless asked otherwise."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from getpass import getuser
from pathlib import Path
from shutil import get_terminal_size
from typing import Annotated, NoReturn, TextIO

import typer

from bot.cli_folders import key_folder
from bot.clock import SystemClock
from bot.evidence.words import Code
from bot.incident_context import Around
from bot.incident_rows import COLUMNS, as_object, csv_line, csv_values, heading, json_piece, page, table_row
from bot.settings import FILE, Settings
from bot.settings_sources import read_sources
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.evidence import SqliteIncidents
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import open_beside, open_to_read
from handlers.errors import EvidenceUnavailable
from handlers.ports import IncidentFilter
from policies.decisions import Action, OutcomeStatus
from policies.findings import Category
from policies.identifiers import IncidentId, MemberId, PlatformName
from policies.incidents import Incident, IncidentState
from policies.lexicon_files import house_reader
from policies.problems import did_you_mean
from policies.surroundings import together

app = typer.Typer(no_args_is_help=True, add_completion=False, help="List, show and export what is kept.")

_VIEWED_AT_ONCE = 100
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


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


class FileFormat(StrEnum):
    """How incidents are exported."""

    JSON = "json"
    CSV = "csv"


def _moment(value: str) -> datetime:
    """Read a date, a date and time, or how long ago."""
    if ago := re.fullmatch(r"(\d{1,5})([mhdw])", value):
        return SystemClock().now() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(
            "write a date (2026-05-03), a date and time in UTC (2026-05-03T14:00), or how long ago (30m, 24h, 7d, 2w)"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _outcome(value: str) -> str:
    """Read a status, or an action and its status."""
    if not value:
        return value
    action, _, status = value.rpartition(":")
    if action and action not in tuple(Action):
        raise typer.BadParameter(f"there is no action {action!r}. {did_you_mean(action, tuple(Action))}")
    if status not in tuple(OutcomeStatus):
        raise typer.BadParameter(f"no outcome is called {status!r}. {did_you_mean(status, tuple(OutcomeStatus))}")
    return value


Data = Annotated[Path | None, typer.Option("--data", help="The bot's data folder; else the one in the settings.")]
Unmask = Annotated[bool, typer.Option("--unmask", help="Show text as it was written; that you looked is recorded.")]
For = Annotated[Purpose, typer.Option("--for", help="What you read it for, when unmasked; it is recorded.")]
Since = Annotated[datetime | None, typer.Option(parser=_moment, metavar="WHEN", help="From then on; 7d means ago.")]
Until = Annotated[datetime | None, typer.Option(parser=_moment, metavar="WHEN", help="Before then.")]
Channel = Annotated[str, typer.Option(help="In this channel, by its name or id.")]
OnPlatform = Annotated[PlatformName | None, typer.Option("--platform", help="On this platform.")]
Rule = Annotated[str, typer.Option(help="Where this rule applied.")]
OfCategory = Annotated[Category | None, typer.Option("--category", help="Of this category.")]
WithAction = Annotated[Action | None, typer.Option("--action", help="Where this was decided.")]
Outcome = Annotated[
    str, typer.Option(parser=_outcome, metavar="STATUS", help="Where something ended so: refused, or hide:refused.")
]
State = Annotated[IncidentState | None, typer.Option("--state", help="That stand so with the moderators.")]
ByAuthor = Annotated[str, typer.Option("--author", help="By this member: the id, which `show` tells, not the name.")]
Limit = Annotated[int, typer.Option(min=0, help="At most so many, newest first; 0 for all.")]


@app.command("list")
def list_incidents(
    *,
    since: Since = None,
    until: Until = None,
    channel: Channel = "",
    platform: OnPlatform = None,
    rule: Rule = "",
    category: OfCategory = None,
    action: WithAction = None,
    outcome: Outcome = "",
    state: State = None,
    author: ByAuthor = "",
    limit: Limit = 50,
    form: Annotated[Format, typer.Option("--format", help="As a table, JSON or CSV.")] = Format.TABLE,
    unmask: Unmask = False,
    purpose: For = Purpose.TRIAGE,
    data: Data = None,
) -> None:
    """List kept incidents, newest first."""
    wanted = IncidentFilter(
        since=since,
        until=until,
        channel=channel,
        platform=platform,
        rule=rule,
        category=category,
        action=action,
        outcome=outcome,
        state=state,
        author=MemberId(author) if author else None,
        limit=limit or None,
    )
    folder = data or data_folder()

    async def listed(incidents: SqliteIncidents) -> None:
        found = _looked_at(incidents.find(wanted), folder, purpose if unmask else None)
        await _write(found, form, sys.stdout, unmask=unmask, limit=limit)

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

    folder = data or data_folder()

    async def shown(incidents: SqliteIncidents) -> None:
        kept = await incidents.get(IncidentId(incident.strip().upper()))
        if kept is None:
            why = await incidents.why_missing(IncidentId(incident.strip().upper()))
            stop(f"{why} `hustings incidents list` shows what is kept.", 1)
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
def export(
    *,
    since: Since = None,
    until: Until = None,
    channel: Channel = "",
    platform: OnPlatform = None,
    rule: Rule = "",
    category: OfCategory = None,
    action: WithAction = None,
    outcome: Outcome = "",
    state: State = None,
    author: ByAuthor = "",
    limit: Limit = 0,
    form: Annotated[FileFormat, typer.Option("--format", help="As JSON or CSV.")] = FileFormat.JSON,
    output: Annotated[Path | None, typer.Option(help="The file to write, readable by you alone.")] = None,
    unmask: Unmask = False,
    purpose: For = Purpose.TRIAGE,
    data: Data = None,
) -> None:
    """Write incidents as JSON or CSV, to a file or to standard output, in constant memory."""
    wanted = IncidentFilter(
        since=since,
        until=until,
        channel=channel,
        platform=platform,
        rule=rule,
        category=category,
        action=action,
        outcome=outcome,
        state=state,
        author=MemberId(author) if author else None,
        limit=limit or None,
    )

    folder = data or data_folder()

    async def exported(incidents: SqliteIncidents) -> None:
        found = _looked_at(incidents.find(wanted), folder, purpose if unmask else None)
        if output is None:
            await _write(found, Format(form), sys.stdout, unmask=unmask)
            return
        with _opened(output, form) as stream:
            count = await _write(found, Format(form), stream, unmask=unmask)
        typer.echo(f"{output}: {count} incident{'' if count == 1 else 's'}.", err=True)

    _run(folder, exported)


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
    elif form is Format.TABLE:
        if not count:
            typer.echo("No incidents.", err=True)
        elif count == limit:
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
    async with open_beside(folder, SystemClock(), _keys(folder)) as store:
        await store.stewardship.view(incidents, Steward(getuser()), Code(f"for-{purpose.value}"))


def _opened(path: Path, form: FileFormat) -> TextIO:
    """Open a file for its owner alone; CSV begins with a mark that tells spreadsheets it is UTF-8."""
    encoding = "utf-8-sig" if form is FileFormat.CSV else "utf-8"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror or error}.", 2)
    return os.fdopen(handle, "w", encoding=encoding, newline="")


def _run(data: Path | None, work: Callable[[SqliteIncidents], Awaitable[object]]) -> None:
    folder = data or data_folder()

    async def opened() -> None:
        async with open_to_read(folder, _keys(folder)) as incidents:
            await work(incidents)

    try:
        asyncio.run(opened())
    except (StoreUnusable, EvidenceUnavailable) as error:
        stop(str(error), 2)
    except BrokenPipeError:
        # Whoever read on has gone; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None


def _keys(folder: Path) -> Path | None:
    return key_folder(None if folder == data_folder() else folder, None)


def data_folder() -> Path:
    """Give the data folder that the settings name, whatever else is missing in them."""
    named = setting("data")
    return Path(named) if named else Settings.model_fields["data"].default


def setting(name: str) -> str:
    """Give one setting that is a text, whatever else is missing; empty if nobody set it."""
    sources = read_sources(Settings, Path(FILE), os.environ, must_exist=False)
    named = sources.environment.get(name) or sources.file.get(name)
    return named if isinstance(named, str) else ""


def stop(sentence: str, status: int) -> NoReturn:
    """End the command with a sentence on standard error."""
    typer.echo(sentence, err=True)
    raise typer.Exit(status)
