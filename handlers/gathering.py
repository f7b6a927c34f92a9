"""One card for what comes in crowds: a pile-on, a flood and a raid show moderators one, not one for each message."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import timedelta

from handlers.alerts import alert_card
from handlers.deps import Deps
from handlers.memory import Gathering
from handlers.ports import Platform
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.incidents import Incident, IncidentState, Source

CROWDS = frozenset({"pile-on", "flood", "raid"})
"""What many messages show together, each of which may be harmless by itself."""

GOES_ON_WITHIN = timedelta(minutes=10)
"""How long after its newest message a crowd still has the same card."""

_STEPS = frozenset({1, 2, 5, 10, 20, 50, 100, 200})
_EVERY = 500
"""At how many further messages the card is changed; platforms refuse to change one for every message of hundreds."""


async def show(incident: Incident, platform: Platform, deps: Deps) -> Outcome:
    """Show an incident on a card of its own; one of a crowd joins the crowd's card, if that is still open.

    What is abuse by itself, in a crowd or not, always has its own card.
    """
    crowd = _crowd_of(incident)
    community = incident.event.ref.community
    if crowd is None:
        return await platform.post_alert(community, alert_card(incident))
    async with deps.memory.turn(crowd):
        gathered = deps.memory.gathered(crowd)
        first = await deps.incidents.get(gathered.first) if gathered is not None else None
        if gathered is None or first is None or not _goes_on(gathered, first, incident):
            outcome = await platform.post_alert(community, alert_card(incident))
            if outcome.receipt:
                deps.memory.gather(crowd, Gathering(incident.id, outcome.receipt, incident.recorded_at))
            return outcome
        gathered.newest_at = max(gathered.newest_at, incident.recorded_at)
        gathered.others += 1
        gathered.authors.add(incident.event.author.id)
        gathered.channels.add(incident.event.channel_name or incident.event.ref.channel)
        if gathered.others in _STEPS or not gathered.others % _EVERY:
            card = alert_card(first)
            card = replace(card, why=(*card.why, _more(gathered, incident)))
            await platform.update_alert(community, gathered.receipt, card)
        detail = f"shown on the card of {first.id}, with the others of its crowd"
        return Outcome(action=Action.ALERT, status=OutcomeStatus.ALREADY, detail=detail)


def _crowd_of(incident: Incident) -> Hashable | None:
    """Give by what a crowd is known: whom it turns on, who floods, or the community that is raided."""
    kinds = {finding.kind for finding in incident.assessment.used}
    if incident.source is not Source.DETECTION or not kinds or not kinds <= CROWDS:
        return None
    ref, aimed_at = incident.event.ref, incident.assessment.context.aimed_at
    if "raid" in kinds:
        return ("crowd", "raid", ref.platform, ref.community)
    if "pile-on" in kinds:
        return ("crowd", "pile-on", ref.platform, ref.community, aimed_at[:1])
    return ("crowd", "flood", ref.platform, ref.community, incident.event.author.id)


def _goes_on(gathered: Gathering, first: Incident, incident: Incident) -> bool:
    return first.state is IncidentState.OPEN and incident.recorded_at - gathered.newest_at <= GOES_ON_WITHIN


def _more(gathered: Gathering, newest: Incident) -> str:
    places = ", ".join(f"#{channel.removeprefix('#')}" for channel in sorted(gathered.channels)[:5])
    messages = "1 more message" if gathered.others == 1 else f"{gathered.others} more messages"
    people = "1 person" if len(gathered.authors) == 1 else f"{len(gathered.authors)} people"
    at_least = "At least " if gathered.others > 2 else ""
    return f"{at_least}{messages} like it from {people} in {places}; each is kept, the newest as {newest.id}."
