"""How long what is kept: a schedule by class, and what it lets go of on a given day."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.evidence.leaves import PolicyRef
from bot.store.codec import moment
from bot.store.sqlite.connection import Database
from bot.store.sqlite.holds import holds
from bot.store.sqlite.packed_rows import is_case, linked, row
from policies.acts import Verb
from policies.casework.words import CaseState
from policies.decisions import Action
from policies.identifiers import IncidentId
from policies.incidents import IncidentState


class Held(StrEnum):
    """Why an incident is kept: what became of it with the moderators."""

    UNACTIONED = "unactioned"
    DISMISSED = IncidentState.NOT_ABUSE.value
    UPHELD = IncidentState.UPHELD.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How many days each class is kept; what somebody acted on and nobody decided yet is never let go of."""

    version: int = 1
    unactioned: int = 30
    dismissed: int = 365
    upheld: int = 2190

    @property
    def ref(self) -> PolicyRef:
        """Name the schedule, as records do that follow from it."""
        written = json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode()
        return PolicyRef(id="retention", version=self.version, sha256=sha256(written).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An incident whose time is over, and its class."""

    incident: IncidentId
    held: Held
    recorded_at: str


def due(database: Database, schedule: Schedule, now: datetime) -> Sequence[Due]:
    """Give what the schedule lets go of, oldest first; what is under a legal hold or in an open case stays."""
    found, kept = [], _kept(database)
    for held, days in (
        (Held.UNACTIONED, schedule.unactioned),
        (Held.DISMISSED, schedule.dismissed),
        (Held.UPHELD, schedule.upheld),
    ):
        rows = database.execute(_OF_CLASS[held], (moment(now - timedelta(days=days)),)).fetchall()
        found += [Due(incident=name, held=held, recorded_at=at) for _, name, at in rows if name not in kept]
    return sorted(found, key=lambda item: item.recorded_at)


def _kept(database: Database) -> set[str]:
    """Give the incidents that are held, or belong to a case that is held or open; found once for all of them."""
    held = {hold.incident for hold in holds(database)}
    cases = held | {name for (name,) in database.execute(_OPEN_CASES)}
    return held | {
        incident for name in cases if is_case(name) for incident in linked(database, row(database, name).number)
    }


_OPEN_CASES = f"SELECT id FROM case_ WHERE erased IS NULL AND state <> '{CaseState.CLOSED.value}'"
_VERDICT = "coalesce((SELECT verb FROM act WHERE incident = i.number AND verdict = 1 ORDER BY seq DESC LIMIT 1), '')"
_ACTED = (
    f"EXISTS (SELECT 1 FROM mark WHERE incident = i.number AND kind = 'action' AND value <> '{Action.ALERT.value}')"
)
_REPORTED = f"EXISTS (SELECT 1 FROM act WHERE incident = i.number AND verb = '{Verb.REPORT.value}')"
_OLD = (
    "SELECT number, id, recorded_at FROM incident AS i WHERE erased IS NULL AND recorded_at < ?"
    " AND number NOT IN (SELECT incident FROM pending)"
)
_OF_CLASS = {
    Held.UNACTIONED: f"{_OLD} AND {_VERDICT} = '' AND NOT {_ACTED} AND NOT {_REPORTED}",
    Held.DISMISSED: f"{_OLD} AND {_VERDICT} = '{Verb.NOT_ABUSE.value}'",
    Held.UPHELD: f"{_OLD} AND {_VERDICT} = '{Verb.UPHOLD.value}'",
}
