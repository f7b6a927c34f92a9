"""`hustings figures`: the transparency report of a quarter, as a page, JSON and CSV."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from enum import StrEnum
from getpass import getuser
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from bot.case_decisions import Shelf
from bot.cli_folders import (
    Data,
    Keys,
    cannot,
    casework_settings,
    key_folder,
    record_folder,
    setting,
    steward,
    stop,
)
from bot.clock import SystemClock
from bot.figures_files import as_csv, as_json
from bot.figures_page import page
from bot.policy_files import policy_in_force
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.figures import SqlitePublications, SqliteTallying
from bot.store.sqlite.stewardship import Refused
from bot.store.sqlite.store import Store, open_beside
from handlers.casework.figures import FiguresDeps, publish_figures
from handlers.errors import EvidenceUnavailable
from policies.casework import figure_tables as t
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import NotAllowed
from policies.casework.clocks import ClockRules
from policies.casework.figures import Period
from policies.casework.publications import Publication
from policies.casework.quarters import quarter_of, read_quarter
from policies.casework.shown_figures import ShownFigures, in_words
from policies.problems import PolicyError

app = typer.Typer(add_completion=False, help="Publish the figures of a quarter, with small counts hidden.")

_HEADLINES = (t.RECEIVED, t.OPENED, t.CLOSED, t.OPEN, t.LATE, t.DECIDED, t.APPEALS, t.ESCALATIONS)
_NAMES = {t.LATE: "Cases over a deadline"}


class Form(StrEnum):
    """Which files are written."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    ALL = "all"


@app.command()
def figures(
    *,
    quarter: Annotated[str, typer.Option(help="Such as 2026Q2; the last one that is over unless said otherwise.")] = "",
    out: Annotated[Path, typer.Option(help="The folder for the files; made if it is not there.")] = Path("figures"),
    form: Annotated[Form, typer.Option("--format", help="Which files to write.")] = Form.ALL,
    body: Annotated[str, typer.Option(help="Whose report it is, for its heading.")] = "",
    zone: Annotated[str, typer.Option(help="In which time zone quarters begin; else by casework.nation.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who publishes; your account's name unless you say otherwise.")] = "",
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Publish the transparency report of a quarter: reports, cases, deadlines, decisions, appeals.

    That it is published, and what it says, is recorded before any file is written. Small counts are hidden so that
    neither sums nor earlier reports give them back. Made again, it says the same, or what appeals have corrected since.
    """
    period = _period(quarter, zone)
    folder = record_folder(data)

    async def run() -> tuple[ShownFigures, list[Publication]]:
        async with open_beside(folder, SystemClock(), key_folder(data, keys)) as store:
            publications = SqlitePublications(store.writer, store.ledger, steward(by or getuser()))
            deps = FiguresDeps(
                cases=store.cases,
                publications=publications,
                tallying=SqliteTallying(store.writer),
                clock=SystemClock(),
            )
            counted = replace(period, rules=await _rules_of(period, store))
            return await publish_figures(counted, deps), list(await publications.all())

    try:
        report, published = asyncio.run(run())
        written = _write(report, published, out, form=form, zone=period.zone, body=body)
    except (NotAllowed, Refused) as refused:
        stop(str(refused), 1)
    except (StoreUnusable, EvidenceUnavailable, PolicyError) as error:
        stop(str(error), 2)
    except OSError as error:
        stop(cannot(error), 2)
    for line in _told(report):
        typer.echo(line)
    for path in written:
        typer.echo(f"Written: {path}")


async def _rules_of(period: Period, store: Store) -> ClockRules:
    """Give the deadlines of the policy that was in force when a quarter ended: later ones change no old figures."""
    named = setting("policy")
    current = await policy_in_force(store, Path(named) if named else None)
    book = await Shelf(casework_settings(), store).book(current)
    return book.at(max(period.ends, book.editions[0].since)).clocks


def _period(quarter: str, zone: str) -> Period:
    nation = casework_settings().nation
    name = zone or ("Europe/Dublin" if nation is Nation.IRELAND else "Europe/London")
    try:
        found = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        stop(f"{name} is no time zone that this machine knows. Write one such as Europe/London.", 2)
    last = quarter_of(SystemClock().now(), found).before
    try:
        wanted = read_quarter(quarter) if quarter else last
    except ValueError as error:
        stop(f"{error}.", 2)
    return Period(quarter=wanted, through=last, zone=found, rules=ClockRules(), calendar=Calendar(nation, found))


def _write(
    report: ShownFigures, published: list[Publication], out: Path, *, form: Form, zone: tzinfo, body: str
) -> list[Path]:
    forms = [Form.HTML, Form.CSV, Form.JSON] if form is Form.ALL else [form]
    out.mkdir(parents=True, exist_ok=True)
    names = {one: f"figures-{report.quarter}.{one.value}" for one in forms}
    others = [name for one, name in names.items() if one is not Form.HTML]
    whose = body or setting("organisation")
    written = []
    for one, name in names.items():
        match one:
            case Form.HTML:
                content = page(report, published, zone, body=whose, others=others).encode()
            case Form.JSON:
                content = as_json(report, zone, whose).encode()
            case _:
                content = as_csv(report).encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8
        (out / name).write_bytes(content)
        written.append(out / name)
    return written


def _told(report: ShownFigures) -> Iterator[str]:
    yield f"Figures of {report.quarter}, {report.quarter.months}"
    if report.nothing_happened:
        yield "No cases in this period."
        return
    for cell in _HEADLINES:
        count = report.count(cell)
        yield f"  {_NAMES.get(cell, count.words):<38} {count.text:>9}"
    oldest = in_words(report.ages.longest) if report.ages.longest is not None else report.ages.band or "–"
    yield f"  {'Oldest open case':<38} {oldest:>9}"
