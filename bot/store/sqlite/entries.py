"""What rows of the log hold, where the ports have no word of their own for it."""

from dataclasses import dataclass
from datetime import datetime

from policies.decisions import Outcome
from policies.events import MessageDeleted
from policies.identifiers import IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeEntry:
    """An outcome, the incident it belongs to, and when it was known."""

    incident: IncidentId
    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A message that went away, and the incidents about it at that moment."""

    event: MessageDeleted
    incidents: tuple[IncidentId, ...]
