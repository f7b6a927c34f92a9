"""Showing again what was hidden, when an appeal takes a decision back; the incident then counts as no abuse."""

from dataclasses import dataclass

from handlers.deps import Deps
from handlers.enforcement import carry_out, show_card_again
from handlers.errors import UnknownIncident
from policies.acts import Act, Actor, Verb
from policies.casework.people import By
from policies.decisions import OutcomeStatus
from policies.identifiers import EventId, IncidentId, MemberId
from policies.incidents import IncidentState


@dataclass(frozen=True, slots=True)
class IncidentsRestored:
    """Restores through the same way as a moderator's "not abuse": on record first, then on the platform."""

    deps: Deps

    async def restore(self, incident: IncidentId, by: By, reason: str) -> str:
        """Take back what was done about an incident; a platform that is away is tried again by itself."""
        kept = await self.deps.incidents.get(incident)
        if kept is None:
            return f"{incident} is no longer kept, so nothing of it can be shown again."
        if kept.state is not IncidentState.NOT_ABUSE:
            where = kept.event.ref
            who = Actor(
                platform=where.platform,
                community=where.community,
                id=MemberId(f"officer:{by.officer}"),
                name=by.officer,
            )
            act = Act(
                event_id=EventId(f"appeal:{incident}:{kept.version}"),
                actor=who,
                verb=Verb.NOT_ABUSE,
                reason=reason,
                at=self.deps.clock.now(),
                incident=incident,
            )
            try:
                await self.deps.evidence.settle(act, version=kept.version)
            except UnknownIncident:
                return f"{incident} is no longer kept, so nothing of it can be shown again."
        await carry_out(incident, self.deps)
        now = await self.deps.incidents.get(incident) or kept
        await show_card_again(now, self.deps)
        if now.to_undo:
            return "The platform did not answer; what was hidden is shown again as soon as it does."
        left = [one.outcome.detail for one in now.outcomes if one.outcome.status is OutcomeStatus.NOT_UNDONE]
        if left:
            return f"Not everything could be shown again: {'; '.join(filter(None, left)) or 'the platform refused'}."
        undone = any(one.outcome.status is OutcomeStatus.UNDONE for one in now.outcomes)
        return "What was hidden is shown again." if undone else "Nothing of it was hidden."
