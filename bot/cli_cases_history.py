"""`hustings cases history`: what is on record of one person, over the years and over all their accounts."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.cli_cases_desk import Desk, account, case_id
from bot.cli_cases_officers import at_desk
from bot.cli_folders import register_named
from bot.evidence.words import Code, Role
from bot.incident_rows import one_line, printable
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import Store
from handlers.casework.histories import CaseEntry, History, HistoryDeps, IncidentEntry, histories_of, history_of
from policies.casework.people import By, PersonId
from policies.casework.words import Office
from policies.identifiers import IncidentId

_PURPOSES = {Office.DECIDER: Code.PURPOSE_DECISION, Office.APPEAL: Code.PURPOSE_APPEAL}


class OnRecord:
    """Puts on record who reads which incidents."""

    def __init__(self, store: Store) -> None:
        self._stewardship = store.stewardship

    async def note_views(self, incidents: Sequence[IncidentId], by: By) -> None:
        """Record that somebody is about to read."""
        if incidents and by.office is not None:
            who = Steward(by.officer, Role(by.office.value), listed=True)
            await self._stewardship.view(incidents, who, _PURPOSES.get(by.office, Code.PURPOSE_INVESTIGATION))


def add_history(app: typer.Typer) -> None:
    """Add the command that shows what is on record of somebody."""
    app.command()(history)


@at_desk
async def history(
    at: Desk,
    whom: Annotated[
        str,
        typer.Argument(metavar="WHOM", help="A case, an opaque name (P-...), or an account such as slack/TEAM/MEMBER."),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Show what is on record of a person, or of those in a case; that you looked is on record before you see it."""
    named = whom.strip()
    place = account(named) if "/" in named else None

    if named.upper().startswith("C-"):
        found = await histories_of(case_id(named), at.by, _deps(at))
    else:
        person = await at.person(place) or PersonId(named)
        found = (await history_of(person, at.by, _deps(at)),)
    if as_json:
        typer.echo(json.dumps([_as_object(one) for one in found], indent=2))
        return
    for one in found:
        for line in _page(one):
            typer.echo(line)


def _deps(at: Desk) -> HistoryDeps:
    register = register_named()
    return HistoryDeps(
        cases=at.store.cases,
        incidents=at.store.incidents,
        access=at.access,
        views=OnRecord(at.store),
        registered=register.first_accounts() if register else {},
    )


def _page(found: History) -> Iterator[str]:
    accounts = ", ".join(f"{count} on {platform.value}" for platform, count in found.accounts.items())
    yield f"{found.person} · accounts: {accounts or 'none known'} · entries: {len(found.entries)}"
    for entry in found.entries:
        at = f"{entry.at:%Y-%m-%d}"
        sorts = ", ".join(category.value for category in entry.categories) or "-"
        if isinstance(entry, CaseEntry):
            parts = ", ".join(part.value for part in entry.parts)
            ended = f" · {entry.verdict}" if entry.verdict else ""
            yield f"{at}  {entry.case}  {parts}  {entry.kind.value} · {sorts} · {entry.state.value}{ended}"
        else:
            wrote = "wrote" if entry.wrote else "aimed at them"
            words = one_line(printable(entry.masked))
            yield f"{at}  {entry.incident}  {wrote}  {entry.platform.value} · {sorts} · {entry.state.value} · {words}"


def _as_object(found: History) -> dict[str, Any]:
    return {
        "person": found.person,
        "accounts": {platform.value: count for platform, count in found.accounts.items()},
        "entries": [_entry_object(entry) for entry in found.entries],
    }


def _entry_object(entry: CaseEntry | IncidentEntry) -> dict[str, Any]:
    return asdict(entry) | {"at": entry.at.isoformat()}
