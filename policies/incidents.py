"""The kept record of a message that mattered: what was said, what was decided, what then happened."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.acts import Act, Verb
from policies.assessments import Assessment
from policies.copies import AttachmentCopy, CopyStatus
from policies.decisions import Action, Decision, Outcome, OutcomeStatus
from policies.events import MessageWritten
from policies.identifiers import EventId, IncidentId, MemberId


class Source(StrEnum):
    """What brought a message to attention."""

    DETECTION = "detection"
    REPORT = "report"


class IncidentState(StrEnum):
    """Where an incident stands with the moderators."""

    OPEN = "open"
    UPHELD = "upheld"
    NOT_ABUSE = "not-abuse"


SETTLING = (Verb.UPHOLD, Verb.NOT_ABUSE)
"""The acts that settle an incident; each raises its version by one."""

UNDOABLE = (Action.HIDE, Action.HOLD, Action.MUTE)
"""The actions that a moderator's "not abuse" takes back."""

_IN_FORCE = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIncident:
    """What is to be kept before anything is done.

    `event_id` decides whether it was seen before. `to_do` are the actions that still have to be
    carried out, `to_copy` the numbers of the attachments that still have to be kept, counted from 1;
    they are kept with the record, so that a crash between the two loses neither. `wants_context`
    says that what was said around the message is to be kept as well.
    """

    event_id: EventId
    event: MessageWritten
    assessment: Assessment
    decision: Decision
    source: Source
    recorded_at: datetime
    to_do: tuple[Action, ...]
    reporter: MemberId | None = None
    report_reason: str = ""
    to_copy: tuple[int, ...] = ()
    wants_context: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecord:
    """An outcome and when it was known."""

    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRecord:
    """What a message was changed to after it had been kept, and when."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A kept incident with all that followed; `version` counts the decisions of people about it."""

    id: IncidentId
    event: MessageWritten
    assessment: Assessment
    decision: Decision
    source: Source
    recorded_at: datetime
    to_do: tuple[Action, ...]
    state: IncidentState = IncidentState.OPEN
    version: int = 0
    outcomes: tuple[OutcomeRecord, ...] = ()
    acts: tuple[Act, ...] = ()
    deleted_at: datetime | None = None
    edits: tuple[EditRecord, ...] = ()
    reporter: MemberId | None = None
    report_reason: str = ""
    to_copy: tuple[int, ...] = ()
    wants_context: bool = False
    copies: tuple[AttachmentCopy, ...] = ()

    @property
    def uncopied(self) -> tuple[int, ...]:
        """The numbers of the attachments that are still to be kept."""
        ended = {copy.number for copy in self.copies if copy.status.final}
        return tuple(number for number in self.to_copy if number not in ended)

    def copy_of(self, number: int) -> AttachmentCopy | None:
        """Give what became of an attachment: the copy that was kept, else how the last attempt ended."""
        of_it = [copy for copy in self.copies if copy.number == number]
        return next((copy for copy in of_it if copy.status is CopyStatus.KEPT), of_it[-1] if of_it else None)

    @property
    def unfinished(self) -> tuple[Action, ...]:
        """The actions that were to be done and have no outcome yet."""
        done = {record.outcome.action for record in self.outcomes}
        return tuple(action for action in self.to_do if action not in done)

    @property
    def to_undo(self) -> tuple[Action, ...]:
        """The actions that still hold although a moderator found no abuse."""
        if self.state is not IncidentState.NOT_ABUSE:
            return ()
        return tuple(action for action in UNDOABLE if self.last(action) in _IN_FORCE)

    @property
    def gone_before(self) -> bool:
        """Whether somebody else had deleted the message before the bot could hide it."""
        ends = [self.last(action) for action in (Action.HIDE, Action.HOLD)]
        return OutcomeStatus.ALREADY in ends and OutcomeStatus.DONE not in ends

    def last(self, action: Action) -> OutcomeStatus | None:
        """Give the latest status of an action, if it was attempted at all."""
        statuses = [record.outcome.status for record in self.outcomes if record.outcome.action is action]
        return statuses[-1] if statuses else None

    def receipt(self, action: Action) -> str:
        """Give the platform's id of what an action made, or an empty string."""
        return next((r.outcome.receipt for r in self.outcomes if r.outcome.action is action and r.outcome.receipt), "")
