"""The transparency report as one page: no script, nothing fetched, every bar beside its number in a table."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from hashlib import sha256
from html import escape
from importlib.resources import files

from policies.casework import figure_tables as t
from policies.casework.publications import Publication
from policies.casework.shown_figures import ShownCount, ShownFigures, ShownSpread, ShownTable, in_words
from policies.casework.suppression import SMALL, Showing


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its heading, what it is about, its tables, and numbers that stand alone."""

    id: str
    heading: str
    about: str
    tables: tuple[str, ...]
    alone: tuple[str, ...] = ()


SECTIONS: tuple[Section, ...] = (
    Section(
        "reports",
        "Reports",
        "Every report is counted once, whoever made it and whatever became of it. What the bot noticed by itself counts"
        " as a report when a case followed from it. A report can be about several things at once.",
        ("reports-by-channel", "reports-by-source", "reports-by-category"),
    ),
    Section(
        "cases",
        "Cases and deadlines",
        "Several reports of the same thing are one case. A case is over a deadline when something that was due is still"
        " not done; it can be over several.",
        ("cases-by-kind", "cases-over-deadline", "late-by-clock"),
        (t.CLOSED,),
    ),
    Section(
        "decisions",
        "Decisions and sanctions",
        "Decisions made in the quarter, as they stand now: one that was reversed on appeal counts as reversed and no"
        " longer as what was found first, and what it had imposed is no longer counted. A sanction that departs from"
        " the published grid needs written reasons.",
        ("decisions-by-verdict", "decisions-by-origin", "sanctions-by-kind", "sanctions-by-grid"),
    ),
    Section(
        "automatic",
        "What the bot did of its own accord",
        "The bot hides, holds and mutes by itself only what can be undone. What a moderator turned round by the end of"
        " the quarter was an error.",
        ("automatic-by-action", "automatic-by-end"),
    ),
    Section(
        "appeals",
        "Appeals",
        "An appeal is heard by somebody who had no part in the decision.",
        ("appeals-by-verdict",),
        (t.APPEALS,),
    ),
    Section(
        "pressure",
        "Escalations and interference",
        "A case that takes twice the time it should goes to the independent reviewer, and the leadership is told."
        " Anybody outside a case who tries to have a say in it, or to see it, is put on record.",
        ("escalations-by-answer",),
        (t.CONTACTS, t.REFUSED_VIEWS),
    ),
    Section(
        "record",
        "The record and notices",
        "What was erased because somebody asked for it or had it ordered, what was handed out of the record, and"
        " notices that reached nobody after three attempts.",
        (),
        (t.ERASURES, t.EXPORTS, t.UNDELIVERED),
    ),
)

_SHOWINGS = {
    Showing.SMALL: f"<strong>&lt;{SMALL}</strong> stands for any number from 0 to {SMALL - 1}. Counts that small could"
    " point to people; beside one, a zero is written so as well. The bar is a dashed outline.",
    Showing.WITHHELD: f"<strong>withheld</strong> stands for a number of {SMALL} or more that would give a smaller one"
    " back by subtraction.",
    Showing.UNSHOWN: "<strong>not shown</strong> stands for any number: how the total divides would give small counts"
    " back.",
}
_FRAME = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{digest}'; {nothing}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{content}
</body>
</html>
"""


def page(
    report: ShownFigures, earlier: Sequence[Publication], zone: tzinfo, *, body: str = "", others: Sequence[str] = ()
) -> str:
    """Give the page; `body` is whose report it is, `others` the names of the same report as other files."""
    style = _css()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    title = f"Transparency report, {report.quarter.months}"
    headed = f"{title} · {body}" if body else title
    parts = [*_head(report, zone, body, others), *_body(report, earlier), *_notes(report)]
    return _FRAME.format(
        digest=digest,
        nothing="base-uri 'none'; form-action 'none'",
        title=escape(headed),
        style=style,
        content="\n".join(parts),
    )


def _css() -> str:
    return files("bot").joinpath("figures.css").read_text("utf-8")


def _head(report: ShownFigures, zone: tzinfo, body: str, others: Sequence[str]) -> Iterator[str]:
    at = report.published_at.astimezone(zone)
    yield '<a class="skip" href="#main">Skip to the figures</a>\n<header>'
    yield f"<h1>Transparency report, {report.quarter.months}</h1>"
    if body:
        yield f"<p>{escape(body)}</p>"
    corrected = (
        f" Corrected by appeals decided up to the end of {report.through.months.split(' to ')[1]}."
        if report.through > report.quarter
        else ""
    )
    yield (
        f'<p class="soft">Published <time datetime="{at.isoformat(timespec="minutes")}">{at.day} {at:%B %Y, %H:%M}'
        f" {at.tzname()}</time>.{corrected}</p>"
    )
    if others:
        links = " and ".join(f'<a href="{escape(name)}">{escape(name)}</a>' for name in others)
        yield f'<p class="files">The same figures for a spreadsheet or a program: {links}.</p>'
    yield "</header>"


def _body(report: ShownFigures, earlier: Sequence[Publication]) -> Iterator[str]:
    if report.nothing_happened:
        yield '<main id="main"><p class="none">No cases in this period.</p>'
        yield from _trend(report, earlier)
        yield "</main>"
        return
    sections = [(section.id, section.heading) for section in SECTIONS]
    links = "".join(f'<li><a href="#{id_}">{escape(heading)}</a></li>' for id_, heading in sections)
    yield f'<nav aria-label="On this page"><ul>{links}<li><a href="#reading">How to read this</a></li></ul></nav>'
    yield '<main id="main">'
    yield from _short(report)
    tables = {table.name: table for table in report.tables}
    for section in SECTIONS:
        yield f'<section id="{section.id}" aria-labelledby="{section.id}-h">'
        yield f'<h2 id="{section.id}-h">{escape(section.heading)}</h2>\n<p>{escape(section.about)}</p>'
        if section.alone:
            yield _tiles([(report.count(cell).words, _written(report.count(cell)), False) for cell in section.alone])
        for name in section.tables:
            yield _table(tables[name])
        if section.id == "cases":
            yield _times(report)
        yield "</section>"
    yield from _trend(report, earlier)
    yield "</main>"


def _short(report: ShownFigures) -> Iterator[str]:
    shares = {share.name: share for share in report.shares}
    tiles = [
        ("Reports received", _written(report.count(t.RECEIVED)), False),
        ("Cases open at the end", _written(report.count(t.OPEN)), False),
        _oldest(report.ages),
        ("Decisions made", _written(report.count(t.DECIDED)), False),
        ("Escalations", _written(report.count(t.ESCALATIONS)), False),
    ]
    told = (
        ("over-deadline", "Open cases over a deadline"),
        ("detected", "Decisions that began with the bot"),
        ("automatic-errors", "The bot's acts turned round"),
        ("appeals-stood", "Appeals that changed nothing"),
        ("departures", "Sanctions that depart from the grid"),
    )
    shown = [(words, f"{shares[name].per_cent}%", False) for name, words in told if shares[name].per_cent is not None]
    yield f'<section aria-labelledby="short-h"><h2 id="short-h">In short</h2>{_tiles([*tiles, *shown])}</section>'


def _oldest(ages: ShownSpread) -> tuple[str, str, bool]:
    if ages.longest is not None:
        return "Oldest open case", in_words(ages.longest), False
    return "Oldest open case", ages.band or "–", bool(ages.band)


def _tiles(tiles: Sequence[tuple[str, str, bool]]) -> str:
    made = []
    for words, value, wordy in tiles:
        size = ' class="wordy"' if wordy else ""
        made.append(f"<div><dt>{escape(words)}</dt><dd{size}>{value}</dd></div>")
    return f"<dl>{''.join(made)}</dl>"


def _written(count: ShownCount) -> str:
    if count.showing in (Showing.NUMBER, Showing.SMALL):
        return escape(count.text)
    return f'<span class="sign">{escape(count.text)}</span>'


def _table(table: ShownTable) -> str:
    if table.total is not None and table.total.number == 0:
        return f'<p class="nil"><strong>{escape(table.title)}</strong>: none in this quarter.</p>'
    if table.total is not None and all(count.showing is Showing.UNSHOWN for count in table.rows):
        said = f"{_written(table.total)} in all; how they divide is not shown"
        return f'<p class="nil"><strong>{escape(table.title)}</strong>: {said}.</p>'
    most = max((count.number or SMALL for count in table.rows), default=0)
    rows = "".join(_row(count, most) for count in table.rows)
    total = ""
    if table.total is not None:
        words = f"{_begun(table.total.words)}{' (rows overlap)' if table.overlaps else ''}"
        total = (
            f'<tr class="total"><th scope="row">{escape(words)}</th><td></td>'
            f'<td class="number">{_written(table.total)}</td></tr>'
        )
    return _framed(table.title, "", "Number", rows + total)


def _framed(title: str, first: str, last: str, rows: str) -> str:
    return (
        f'<table><caption>{escape(title)}</caption><thead><tr><th scope="col">{escape(first) or "What"}</th>'
        f'<td></td><th scope="col" class="number">{escape(last)}</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(count: ShownCount, most: int) -> str:
    return (
        f'<tr><th scope="row">{escape(_begun(count.words))}</th><td>{_bar(count, most)}</td>'
        f'<td class="number">{_written(count)}</td></tr>'
    )


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _bar(count: ShownCount, most: int) -> str:
    """Draw a bar; the number stands beside it, so that readers of the table alone miss nothing."""
    if count.showing is Showing.SMALL:
        wide = _wide(SMALL - 1, most)
        drawn = f'<rect class="few" x="0.3" y="1" width="{wide}" height="14" vector-effect="non-scaling-stroke"/>'
    elif count.number:
        drawn = f'<rect class="full" width="{_wide(count.number, most)}" height="16"/>'
    else:
        return ""
    return f'<svg class="bar" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'


def _wide(number: int, most: int) -> str:
    return f"{max(1.0, 99.4 * min(number, most) / most):.4g}"


def _times(report: ShownFigures) -> str:
    rows = "".join(_time_row(spread) for spread in (report.ages, *report.times))
    return (
        "<table><caption>How long things take</caption><thead><tr>"
        '<th scope="col">What</th><th scope="col" class="number">Half of them within</th>'
        f'<th scope="col" class="number">Nine in ten within</th></tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="soft">A dash: there were too few to tell. The middle is told of {SMALL} or more, nine in ten of'
        f" {2 * SMALL} or more.</p>"
    )


def _time_row(spread: ShownSpread) -> str:
    return (
        f'<tr><th scope="row">{escape(spread.words)}</th><td class="number">{in_words(spread.median)}</td>'
        f'<td class="number">{in_words(spread.ninetieth)}</td></tr>'
    )


def _trend(report: ShownFigures, earlier: Sequence[Publication]) -> Iterator[str]:
    """Show the quarters before, each as it was last published."""
    latest = {one.quarter: one for one in earlier if one.quarter <= report.quarter}
    if len(latest) < 2:
        return
    yield '<section id="before" aria-labelledby="before-h"><h2 id="before-h">Quarter by quarter</h2>'
    for cell, title in (
        (t.RECEIVED, "Reports received"),
        (t.OPEN, "Cases open at the end"),
        (t.LATE, "Cases over a deadline"),
    ):
        counts = []
        for quarter in sorted(latest)[-8:]:
            found = latest[quarter].counts[cell]
            number = found.value if found.showing is Showing.NUMBER else None
            counts.append(ShownCount(cell, quarter.months, found.showing, number))
        most = max(count.number or SMALL for count in counts)
        yield _framed(title, "Quarter", "Number", "".join(_row(count, most) for count in counts))
    yield "</section>"


def _notes(report: ShownFigures) -> Iterator[str]:
    yield '<footer><h2 id="reading">How to read this</h2>'
    for showing in Showing:
        if showing in report.hides:
            yield f"<p>{_SHOWINGS[showing]}</p>"
    yield (
        "<p>What is hidden is chosen so that no sum, no second table and no earlier report gives a hidden number back."
        " Percentages are given only where both numbers they rest on are shown.</p>"
        "<p>Numbers are counted from what was put on record when it happened, and every published report is itself on"
        " record.</p></footer>"
    )
