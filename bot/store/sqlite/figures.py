"""The published figures in the record, and what of the record is counted in them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.evidence.leaves import write_moment
from bot.evidence.words import Code, Kind, Sealed
from bot.store.codec import dump, load
from bot.store.sqlite.connection import Database
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.ledger import Entry, Ledger, leaf_at
from bot.store.sqlite.stewardship import Steward, acting
from bot.store.sqlite.writer import Writer
from policies.acts import Verb
from policies.casework.figure_tables import AUTOMATIC
from policies.casework.figures import Tallies
from policies.casework.publications import Publication, Published
from policies.casework.quarters import Quarter, read_quarter
from policies.casework.suppression import Showing, Table
from policies.decisions import Action, OutcomeStatus

_OF_KIND = "SELECT seq FROM log WHERE json_extract(CAST(leaf AS TEXT), '$.kind') = ? ORDER BY seq"
_AT = "json_extract(CAST(log.leaf AS TEXT), '$.at')"
_DONE = f"""
SELECT outcome.action, outcome.incident FROM outcome
JOIN log ON log.seq = outcome.seq
WHERE outcome.status = ? AND {_AT} >= ? AND {_AT} < ?
"""
_LAST_VERDICT = f"""
SELECT act.verb FROM act JOIN log ON log.seq = act.seq
WHERE act.incident = ? AND act.verdict = 1 AND {_AT} < ? ORDER BY act.seq DESC LIMIT 1
"""
_BETWEEN = f"SELECT log.seq FROM log WHERE json_extract(CAST(leaf AS TEXT), '$.kind') = ? AND {_AT} >= ? AND {_AT} < ?"


class SqlitePublications:
    """Keeps published figures as records of the log, under a key of their own; none is ever changed."""

    def __init__(self, writer: Writer, ledger: Ledger, who: Steward) -> None:
        self._writer, self._ledger, self._who = writer, ledger, who

    async def all(self) -> Sequence[Publication]:
        """Give every published report, oldest first."""

        def work(database: Database) -> list[Publication]:
            found = database.execute(_OF_KIND, (Kind.FIGURES_PUBLISHED.value,)).fetchall()
            return [_read(load(self._ledger.sealed(database, seq)[Sealed.BODY.value])) for (seq,) in found]

        return await answered(self._writer.read(work), "read")

    async def keep(self, publication: Publication) -> None:
        """Keep one more; only when this returned may anybody see it."""

        def work(database: Database) -> None:
            group = self._ledger.vault.person("figures", "published")
            if not self._ledger.vault.has(group):
                self._ledger.vault.new_group(group)
            entry = Entry(
                kind=Kind.FIGURES_PUBLISHED,
                role=self._who.role,
                group=group,
                actor=acting(self._ledger.vault, self._who),
                sealed={Sealed.BODY.value: dump(_written(publication))},
            )
            append(database, self._ledger, entry)

        await answered(self._writer.write(work), "written")


class SqliteTallying:
    """Counts what the record says of the bot's own acts, of erasures and of exports."""

    def __init__(self, reader: Writer) -> None:
        self._reader = reader

    async def between(self, begins: datetime, ends: datetime) -> Tallies:
        """Count a span of time; a verdict counts if it was given within it."""
        span = write_moment(begins), write_moment(ends)

        def work(database: Database) -> Tallies:
            known = {action.value for action in AUTOMATIC}
            rows = database.execute(_DONE, (OutcomeStatus.DONE.value, *span)).fetchall()
            done = [(Action(action), incident) for action, incident in rows if action in known]
            turned = {incident for _, incident in done if _turned_round(database, incident, span[1])}
            erased = [seq for (seq,) in database.execute(_BETWEEN, (Kind.EVIDENCE_ERASED.value, *span))]
            exported = database.execute(_BETWEEN, (Kind.EVIDENCE_EXPORTED.value, *span)).fetchall()
            by_schedule = Code.ERASED_BY_RETENTION.value
            return Tallies(
                automatic=Counter(action for action, _ in done),
                turned_round=sum(incident in turned for _, incident in done),
                erasures=sum(by_schedule not in leaf_at(database, seq).codes for seq in erased),
                exports=len(exported),
            )

        return await answered(self._reader.read(work), "read")


def _turned_round(database: Database, incident: int, before: str) -> bool:
    row = database.execute(_LAST_VERDICT, (incident, before)).fetchone()
    return row is not None and row[0] == Verb.NOT_ABUSE.value


def _written(one: Publication) -> dict[str, Any]:
    return {
        "quarter": str(one.quarter),
        "through": str(one.through),
        "at": one.at.isoformat(),
        "tables": [
            {"name": table.name, "rows": list(table.rows), "total": table.total, "overlaps": table.overlaps}
            for table in one.tables
        ],
        "counts": {cell: [count.value, count.showing.value] for cell, count in one.counts.items()},
        "undone_in": {str(quarter): number for quarter, number in one.undone_in.items()},
        "undoing_of": {str(quarter): number for quarter, number in one.undoing_of.items()},
    }


def _read(said: dict[str, Any]) -> Publication:
    return Publication(
        quarter=read_quarter(said["quarter"]),
        through=read_quarter(said["through"]),
        at=datetime.fromisoformat(said["at"]),
        tables=tuple(
            Table(table["name"], tuple(table["rows"]), table["total"], table["overlaps"]) for table in said["tables"]
        ),
        counts={cell: Published(value, Showing(showing)) for cell, (value, showing) in said["counts"].items()},
        undone_in=_by_quarter(said["undone_in"]),
        undoing_of=_by_quarter(said["undoing_of"]),
    )


def _by_quarter(said: dict[str, int]) -> dict[Quarter, int]:
    return {read_quarter(quarter): number for quarter, number in said.items()}
