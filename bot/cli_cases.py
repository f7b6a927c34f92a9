"""`hustings cases`: what officers do about reports and cases, from the first report on."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.case_rows import Words, as_line, as_object, heading, page, table_row
from bot.cli_cases_clocks import add_clocks
from bot.cli_cases_deciding import add_deciding
from bot.cli_cases_demo import add_demo
from bot.cli_cases_desk import Desk, Which, case_id, run
from bot.cli_cases_history import add_history
from bot.cli_cases_intake import add_intake
from bot.cli_cases_officers import at_desk
from bot.cli_cases_work import add_work
from bot.cli_folders import Data, Keys, key_folder, record_folder, stop
from bot.clock import SystemClock
from bot.evidence.packs.report import when_erased
from bot.store.sqlite.store import open_record
from handlers.casework.receipts import status as told
from policies.casework.people import ReportId
from policies.lexicon_files import house_reader

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Take reports in, work on cases, tell how a report stands."
)
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]


@app.command("list")
@at_desk
async def list_cases(
    at: Desk,
    *,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the cases that you may see, oldest first: where each stands, and its next deadline."""
    now, shown = SystemClock().now(), 0
    async for case in at.store.cases.all(open_only=open_only):
        if not await at.access.may_view(case, at.within(case)):
            continue
        if as_json:
            sys.stdout.write(("[\n" if not shown else ",\n") + json.dumps(as_line(case, at.running(case))))
        else:
            lines = "" if shown else f"{heading()}\n"
            sys.stdout.write(f"{lines}{table_row(case, at.running(case), now)}\n")
        shown += 1
    for name, leaf in () if open_only else await at.store.cases.erased():
        if as_json:
            line = json.dumps({"id": name, "erased": when_erased(leaf)})
            sys.stdout.write(("[\n" if not shown else ",\n") + line)
        else:
            sys.stdout.write(f"{name}  {when_erased(leaf)}\n")
        shown += 1
    if as_json:
        sys.stdout.write("\n]\n" if shown else "[]\n")
    elif not shown:
        typer.echo("No case that is yours to see.", err=True)


@app.command()
@at_desk
async def show(
    at: Desk,
    case: Which,
    *,
    as_json: AsJson = False,
    unmask: Annotated[bool, typer.Option("--unmask", help="Show what people wrote as they wrote it.")] = False,
) -> None:
    """Show a case with everything that happened to it; that you looked is on record before you see it."""
    gone = dict(await at.store.cases.erased())
    if case_id(case) in gone:
        stop(f"{case_id(case)}: {when_erased(gone[case_id(case)])}. Nobody can read it again.", 1)
    seen = await at.access.view(case_id(case), at.by)
    words = Words(house_reader(), unmask=unmask)
    if as_json:
        typer.echo(json.dumps(as_object(seen, words, at.running(seen)), indent=2))
        return
    for line in page(seen, words, at.running(seen), SystemClock().now()):
        typer.echo(line)


@app.command("file")
@at_desk
async def put_file(
    at: Desk,
    report: Annotated[str, typer.Argument(help="The report's id, such as R-2026-000042.")],
    number: Annotated[int, typer.Argument(min=1, help="Which of its files, counted from 1.")],
    output: Annotated[Path, typer.Argument(help="Where to write it; it must not be there yet.")],
) -> None:
    """Write a file that came with a report, byte by byte as it came; that you looked is on record first."""
    name = ReportId(report.strip().upper())
    found = await at.store.cases.of_report(name)
    if found is None or not await at.access.may_view(found, at.within(found)):
        stop(f"{name} is not yours to see, or there is no such report.", 1)
    await at.access.view(found.id, at.within(found))
    content = await at.store.cases.file(name, number)
    if content is None:
        stop(f"{name} has no file {number}. `hustings cases show {found.id}` lists its files.", 1)
    with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
    typer.echo(f"{output}: {len(content)} bytes, as they came. Take care in opening it.", err=True)


@app.command()
def status(
    code: Annotated[list[str], typer.Argument(help="The receipt code, in any case, with dashes, spaces or neither.")],
    *,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Tell whoever has a receipt code how their report stands and how it ended; names nobody."""

    async def work() -> None:
        async with open_record(record_folder(data), SystemClock(), key_folder(data, keys)) as record:
            reply = await told("".join(code), record.cases)
        if not reply.ok:
            stop(reply.text, 1)
        typer.echo(reply.text)

    run(work())


add_intake(app)
add_work(app)
add_clocks(app)
add_history(app)
add_deciding(app)
add_demo(app)
