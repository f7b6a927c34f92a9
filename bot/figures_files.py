"""The transparency report for programs and spreadsheets: JSON, and CSV of one count a line."""

import json
from collections.abc import Iterator
from datetime import timedelta, tzinfo
from typing import Any

from bot.incident_rows import csv_line
from policies.casework.shown_figures import ShownCount, ShownFigures, ShownSpread
from policies.casework.suppression import Showing

COLUMNS = ("quarter", "corrected_through", "table", "table_title", "cell", "words", "is_total", "number", "shown")


def as_json(report: ShownFigures, zone: tzinfo, body: str = "") -> str:
    """Write a report as JSON; a hidden count is null, and `showing` says why."""
    said = {
        "format": "hustings-figures",
        "format_version": 1,
        "organisation": body,
        "quarter": str(report.quarter),
        "from": report.quarter.begins(zone).astimezone(zone).date().isoformat(),
        "to": (report.quarter.ends(zone).astimezone(zone).date() - timedelta(days=1)).isoformat(),
        "time_zone": str(zone),
        "corrected_through": str(report.through),
        "published_at": report.published_at.isoformat(timespec="seconds"),
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "rows_overlap": table.overlaps,
                "total": None if table.total is None else _count(table.total),
                "rows": [_count(row) for row in table.rows],
            }
            for table in report.tables
        ],
        "ages": _spread(report.ages),
        "times": [_spread(spread) for spread in report.times],
        "shares": [{"name": share.name, "words": share.words, "per_cent": share.per_cent} for share in report.shares],
        "showings": {
            Showing.NUMBER.value: "the number itself",
            Showing.SMALL.value: "any number from 0 to 4; a total or a count without a table is at least 1",
            Showing.WITHHELD.value: "a number of 5 or more, hidden because it would give a smaller one back",
            Showing.UNSHOWN.value: "any number, hidden because it would give smaller ones back",
        },
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def as_csv(report: ShownFigures) -> str:
    """Write a report as CSV, safe in spreadsheets; `number` is empty where the count is hidden."""
    return "".join([csv_line(list(COLUMNS)), *_lines(report)])


def _lines(report: ShownFigures) -> Iterator[str]:
    quarter, through = str(report.quarter), str(report.through)
    for table in report.tables:
        for count in table.counts:
            number = "" if count.number is None else str(count.number)
            total = "yes" if count is table.total else "no"
            yield csv_line(
                [quarter, through, table.name, table.title, count.cell, count.words, total, number, count.text]
            )
    for share in report.shares:
        number = "" if share.per_cent is None else str(share.per_cent)
        shown = f"{number}%" if number else "not told"
        yield csv_line([quarter, through, "shares", "Shares in per cent", share.name, share.words, "no", number, shown])
    for spread in (report.ages, *report.times):
        for name, span in (("median", spread.median), ("ninetieth", spread.ninetieth), ("longest", spread.longest)):
            if span is not None:
                hours = str(span // timedelta(hours=1))
                cell, words = f"{spread.name}.{name}", f"{spread.words}: {name}, in hours"
                yield csv_line([quarter, through, "times", "Times in hours", cell, words, "no", hours, hours])


def _count(count: ShownCount) -> dict[str, Any]:
    return {"cell": count.cell, "words": count.words, "number": count.number, "showing": count.showing.value}


def _spread(spread: ShownSpread) -> dict[str, Any]:
    hours = {
        f"{name}_hours": None if span is None else span // timedelta(hours=1)
        for name, span in (("median", spread.median), ("ninetieth", spread.ninetieth), ("longest", spread.longest))
    }
    return {"name": spread.name, "words": spread.words, **hours, "oldest_about": spread.band or None}
