"""Everything a handler is given, in one frozen bundle built by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.casework.deciding import DecidingDeps
from handlers.casework.intake import IntakeDeps
from handlers.casework.ports import Alarms
from handlers.memory import ShortMemory
from handlers.policies_in_force import InForce
from handlers.ports import Clock, Counters, Evidence, Incidents, Moderators, Platform, Reading, Scorer
from policies.assess import Reader
from policies.conversations.following import Conversations
from policies.decisions import Mode
from policies.identifiers import PlatformName
from policies.people import Register
from policies.rules import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """The outside world as one community's handlers see it.

    With `reading` messages are read beside the loop, without it by `reader` on the spot.
    `mode` caps every rule: in `observe` nothing touches a member, whatever the policy says.
    `calm_after` is how long no flood goes on before a slow mode is lifted, `lock_for` how long a rule locks a channel.
    `copy_within` is how long an act waits for the message's files, `context_messages` how many messages around
    one on record are kept on either side. `memory` is what the handlers remember
    while the process lives, `conversations` what was said lately; nothing depends on either surviving. Without
    `conversations` each message stands alone. `register` holds the people whose names nobody else may borrow.
    With `intake`, reports and what a policy wants a case for become cases; `alarms` tell the officers who work on
    them, and `case_secretary` is the post that is told where nobody does yet. `deciding` gives what appeals are taken
    with; without it members cannot appeal by a command.
    """

    clock: Clock
    reader: Reader
    in_force: InForce
    evidence: Evidence
    incidents: Incidents
    counters: Counters
    moderators: Moderators
    platforms: Mapping[PlatformName, Platform]
    reading: Reading | None = None
    scorer: Scorer | None = None
    mode: Mode = Mode.OBSERVE
    organisation: str = "the moderators"
    mute_for: timedelta = timedelta(hours=24)
    slow_mode_for: timedelta = timedelta(seconds=30)
    calm_after: timedelta = timedelta(minutes=10)
    lock_for: timedelta = timedelta(hours=1)
    scorer_timeout: timedelta = timedelta(seconds=1)
    copy_within: timedelta = timedelta(seconds=10)
    context_messages: int = 0
    memory: ShortMemory = field(default_factory=ShortMemory)
    conversations: Conversations | None = None
    intake: IntakeDeps | None = None
    deciding: Callable[[], DecidingDeps] | None = None
    alarms: Alarms | None = None
    case_secretary: str = "case-secretary"
    register: Register = field(default_factory=Register)

    @property
    def policy(self) -> Policy:
        """The policy in force at this moment; read it once per message."""
        return self.in_force.policy
