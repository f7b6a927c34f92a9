"""What happens when a member asks the moderators to look at a message."""

from dataclasses import replace

from handlers.attachments import to_copy
from handlers.casework.intake import Receipt, ensure_may_report_message, report_message
from handlers.deps import Deps
from handlers.enforcement import carry_out, show_card_again
from handlers.errors import EvidenceUnavailable
from handlers.messages import assess, judge
from handlers.replies import Reply, refused
from handlers.surroundings import look_around
from policies.acts import Act, Actor, Verb
from policies.casework.case import NotAllowed
from policies.decisions import Action, Decision
from policies.events import MessageReported
from policies.identifiers import IncidentId
from policies.incidents import Incident, NewIncident, Source

_LATER = "Your report could not be kept just now, so nobody has it yet. Please send it again in a minute."


async def handle_message_reported(event: MessageReported, deps: Deps) -> Reply:
    """Keep a member's report and show it to moderators; further reports of a message join the first.

    Nothing is removed on a report alone. The reporter is named in the record and nowhere else.
    """
    deps.counters.count(f"reports.{event.message.ref.platform.value}")
    async with deps.memory.turn(("report", event.message.ref)):
        try:
            earlier = await deps.incidents.of_message(event.message.ref)
            if earlier and earlier[-1].event.text == event.message.text:
                return await _join(event, earlier[-1], deps)
            return await _open(event, deps)
        except NotAllowed as error:
            return refused(str(error))
        except EvidenceUnavailable:
            deps.counters.count("evidence.unavailable")
            return refused(_LATER)


async def _open(event: MessageReported, deps: Deps) -> Reply:
    assessment = await assess(event.message, deps)
    decision = _for_people(judge(event.message, assessment, deps))
    await ensure_may_report_message(event, decision.categories, deps.intake)
    recorded = await deps.evidence.record(
        NewIncident(
            event_id=event.event_id,
            event=event.message,
            assessment=assessment,
            decision=decision,
            source=Source.REPORT,
            recorded_at=deps.clock.now(),
            to_do=(Action.OPEN_REPORT, Action.ALERT),
            to_copy=to_copy(event.message),
            wants_context=deps.context_messages > 0,
            reporter=event.reporter,
            report_reason=event.reason,
        )
    )
    if recorded.fresh:
        deps.counters.count("incidents.kept")
    receipt = await _to_casework(event, recorded.incident, deps)
    if recorded.fresh:
        await carry_out(recorded.incident, deps)
        await look_around(recorded.incident, deps)
    return _thanks(recorded.incident, receipt)


async def _join(event: MessageReported, incident: Incident, deps: Deps) -> Reply:
    if incident.reporter == event.reporter and incident.report_reason == event.reason:
        # the report that opened it, delivered again
        return _thanks(incident.id, await _to_casework(event, incident.id, deps))
    await ensure_may_report_message(event, incident.decision.categories, deps.intake)
    ref = event.message.ref
    reporter = Actor(platform=ref.platform, community=ref.community, id=event.reporter, name="")
    fresh = await deps.evidence.append_act(
        Act(
            event_id=event.event_id,
            actor=reporter,
            verb=Verb.REPORT,
            reason=event.reason,
            at=event.reported_at,
            incident=incident.id,
            subject=event.message.author.id,
        )
    )
    if fresh:
        now = await deps.incidents.get(incident.id)
        await show_card_again(now or incident, deps)
    return _thanks(incident.id, await _to_casework(event, incident.id, deps))


async def _to_casework(event: MessageReported, incident: IncidentId, deps: Deps) -> Receipt | None:
    """Make the report a part of a case; whoever is told nothing for a crash in between sends it again."""
    kept = await deps.incidents.get(incident) if deps.intake is not None else None
    return None if kept is None or deps.intake is None else await report_message(event, kept, deps.intake)


def _for_people(decision: Decision) -> Decision:
    """Leave the deciding to moderators: what the rules would have done is kept, not done."""
    asked = tuple(a for a in decision.actions if a not in (Action.ALLOW, Action.ALERT, Action.OPEN_REPORT))
    return replace(
        decision,
        actions=(Action.OPEN_REPORT, Action.ALERT),
        withheld=(*decision.withheld, *asked),
        reasons=(*decision.reasons, "A member asked the moderators to look at this message."),
    )


def _thanks(incident: IncidentId, receipt: Receipt | None) -> Reply:
    told = "" if receipt is None else f" {receipt}"
    return Reply(
        text=f"Thank you. The moderators have your report as {incident}. "
        f"Neither the author nor anybody else in the channel is told who sent it.{told}"
    )
