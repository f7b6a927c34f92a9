"""What people are shown of an incident: the moderators' card, the author's notice, one line in a list."""

import re
from datetime import datetime, timedelta

from handlers.memory import Alarm
from handlers.ports import AlertCard, Notice
from policies.acts import Act, Verb
from policies.assessments import Assessment
from policies.casework.statements import appeal_command, last_day, version
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.events import Author, MessageWritten
from policies.findings import Span, Stance
from policies.identifiers import ChannelId, IncidentId, MemberId
from policies.incidents import Incident, IncidentState, OutcomeRecord, Source
from policies.people import Person
from policies.text.masking import mask

_DONE = {
    Action.ALERT: "Moderators were alerted",
    Action.OPEN_REPORT: "Kept as a report",
    Action.OPEN_CASE: "Kept for the moderators to decide",
    Action.NOTIFY_AUTHOR: "The author was told",
    Action.REMIND: "The channel was reminded what is not its business",
    Action.SLOW_MODE: "The channel was slowed down",
    Action.LOCK: "The channel was locked",
    Action.HOLD: "The message was held",
    Action.HIDE: "The message was hidden",
    Action.MUTE: "The author was muted",
}
_NOT_DONE = {
    Action.ALERT: "Moderators could not be alerted",
    Action.OPEN_REPORT: "Not kept as a report",
    Action.OPEN_CASE: "Not kept for a decision",
    Action.NOTIFY_AUTHOR: "The author was not told",
    Action.REMIND: "The channel was not reminded",
    Action.SLOW_MODE: "The channel was not slowed down",
    Action.LOCK: "The channel was not locked",
    Action.HOLD: "The message was not held",
    Action.HIDE: "The message was not hidden",
    Action.MUTE: "The author was not muted",
}
_UNDONE = {
    Action.HOLD: "The message was shown again",
    Action.HIDE: "The message was shown again",
    Action.MUTE: "The mute was lifted",
}
_NOT_UNDONE = {
    Action.HOLD: "The message was not shown again",
    Action.HIDE: "The message was not shown again",
    Action.MUTE: "The mute could not be lifted",
}
_WOULD = {
    Action.OPEN_REPORT: "kept a report",
    Action.OPEN_CASE: "opened a case",
    Action.NOTIFY_AUTHOR: "told the author",
    Action.REMIND: "reminded the channel what is not its business",
    Action.SLOW_MODE: "slowed the channel down",
    Action.LOCK: "locked the channel",
    Action.HOLD: "held the message",
    Action.HIDE: "hidden the message",
    Action.MUTE: "muted the author",
}
_STATES = {IncidentState.UPHELD: "upheld", IncidentState.NOT_ABUSE: "not abuse", IncidentState.OPEN: "open"}
_TOOK = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)
_SHOWN = (OutcomeStatus.DONE, OutcomeStatus.ALREADY, OutcomeStatus.DEGRADED, OutcomeStatus.STARTED)


def alert_card(incident: Incident) -> AlertCard:
    """Say of an incident what moderators need in order to decide, with its abusive words masked."""
    event = incident.event
    return AlertCard(
        incident=incident.id,
        version=incident.version,
        headline=headline(incident),
        masked_text=masked(event.text, incident.assessment),
        author_name=mask(event.author.name, (), most=80),
        author=event.author.id,
        channel=event.ref.channel,
        channel_name=event.channel_name,
        link=event.link,
        why=_why(incident),
        done=_done(incident),
        due_at=due_at(incident),
        settled=settled_line(incident),
    )


def alarm_card(event: MessageWritten, missed: int) -> AlertCard:
    """Tell moderators that a message could not be kept as evidence and so was left standing."""
    why = ["The record could not be written: the disk may be full or broken. Ask whoever runs the bot to look."]
    if missed:
        why.append(f"Messages left standing for the same reason before this one: {missed}.")
    why.append("You are told again when it works, and reminded once an hour while it does not.")
    return AlertCard(
        incident=IncidentId(""),
        version=0,
        headline="Evidence cannot be kept, so nothing was removed",
        masked_text="",
        author_name=mask(event.author.name, (), most=80),
        author=event.author.id,
        channel=event.ref.channel,
        channel_name=event.channel_name,
        link=event.link,
        why=tuple(why),
        done=("Nothing was done. Please look at the message yourselves.",),
        due_at=None,
    )


def matter_card(headline: str, why: tuple[str, ...], done: tuple[str, ...] = ()) -> AlertCard:
    """Tell moderators of something that is about no message."""
    return AlertCard(
        incident=IncidentId(""),
        version=0,
        headline=headline,
        masked_text="",
        author_name="",
        author=MemberId(""),
        channel=ChannelId(""),
        channel_name="",
        link="",
        why=why,
        done=done,
        due_at=None,
    )


def recovery_card(alarm: Alarm) -> AlertCard:
    """Tell moderators that the record can be written again, and what was left standing meanwhile."""
    places = ", ".join(f"#{channel.removeprefix('#')}" for channel in alarm.channels)
    left = len(alarm.missed)
    done = "Every message that was left standing came again and is on record."
    if left:
        messages = "message was" if left == 1 else "messages were"
        done = f"{left} {messages} left standing and not kept, in {places}. Please look there yourselves."
    why = f"The record could not be written from {moment(alarm.since)} on. It can be written again."
    return matter_card("Evidence is kept again", (why,), (done,))


def borrowed_name_card(member: Author, borrowed: Person, before: str = "") -> AlertCard:
    """Tell moderators that somebody could be taken for a protected person by their name."""
    whose = mask(borrowed.name, (), most=80)
    roles = f" ({', '.join(borrowed.roles)})" if borrowed.roles else ""
    names = " and ".join(f'"{mask(name, (), most=80)}"' for name in dict.fromkeys((member.name, member.handle)) if name)
    earlier = f' Before, it was "{mask(before, (), most=80)}".' if before else ""
    return AlertCard(
        incident=IncidentId(""),
        version=0,
        headline=f"A name like that of {whose}",
        masked_text="",
        author_name=mask(member.name, (), most=80),
        author=member.id,
        channel=ChannelId(""),
        channel_name="",
        link="",
        why=(
            f"Somebody who is not {whose}{roles} goes by {names} here; the account is {member.id}.{earlier}",
            "A namesake is possible. One who should not be asked about again is put on the list of protected people,"
            " under their own account.",
        ),
        done=("Nothing was done. Please look at the account, and ask them or the person they look like.",),
        due_at=None,
    )


def author_notice(
    incident: Incident,
    organisation: str,
    *,
    until: datetime | None = None,
    muted_until: datetime | None = None,
    by_command: bool = False,
) -> Notice:
    """Tell an author what was done and for how long, under which clause of which rules, who noticed and how to object.

    `until` is the end of the time to object, `muted_until` that of a mute. They object `by_command` where they can.
    """
    event = incident.event
    done = [line for line in _done(incident, told=False) if line]
    place = f" in #{event.channel_name}" if event.channel_name else ""
    paragraphs = [
        f"You wrote{place}: “{masked(event.text, incident.assessment, most=300)}”",
        " ".join(f"{line}." for line in done) if done else "Nothing was done to the message.",
        *_lasting(incident, muted_until),
        *(f"The rule: {match.clause} ({match.rule})" for match in incident.decision.rules if match.clause),
        f"These are the words of {version(incident.decision.policy)}, in force when you wrote.",
    ]
    if incident.source is Source.DETECTION:
        paragraphs.append(
            "Nobody reported it: it was noticed automatically by written rules, and this was done automatically. No"
            " person had looked at it yet."
        )
    by_when = f" until {last_day(until)}" if until else ""
    how = f"{appeal_command(event.ref.platform, incident.id)}{by_when}, or write" if by_command else "write"
    by_when = "" if by_command else by_when
    paragraphs.append(
        f"If you think this is wrong, {how} to {organisation}{by_when} and name {incident.id}. "
        "A person will look at the message and what was around it, and can take this back."
    )
    return Notice(title=f"About your message{place}", paragraphs=tuple(paragraphs))


def _lasting(incident: Incident, muted_until: datetime | None) -> list[str]:
    """Say for how long each restriction that took effect lasts."""
    said = []
    if any(incident.last(action) in _TOOK for action in (Action.HIDE, Action.HOLD)):
        said.append("It stays out of sight until a person decides otherwise; it concerns this message alone.")
    if muted_until is not None and incident.last(Action.MUTE) in _TOOK:
        said.append(f"You cannot post here until {moment(muted_until)}; it ends by itself.")
    return said


def not_competent_business(organisation: str) -> Notice:
    """Say in a channel that cases about people are not its business: the same words whether there is one or not."""
    return Notice(
        title="Not competent business here",
        paragraphs=(
            "Complaints, cases and decisions about individual people are not discussed in channels. That is so whether"
            " or not there is one, and this message says nothing about whether there is.",
            f"Nobody did anything wrong by asking. Whoever knows something that matters can tell {organisation}.",
        ),
    )


def warning_notice(reason: str, organisation: str) -> Notice:
    """Tell a member that a moderator warns them, and why."""
    return Notice(
        title="A warning from the moderators",
        paragraphs=(reason, f"A moderator sent you this. If you think it is wrong, write to {organisation}."),
    )


def timeout_notice(reason: str, until: datetime, organisation: str) -> Notice:
    """Tell a member that a moderator muted them, until when, and why."""
    return Notice(
        title="You cannot post for a while",
        paragraphs=(
            f"A moderator muted you until {moment(until)}.",
            f"The reason: {reason}",
            f"If you think this is wrong, write to {organisation}.",
        ),
    )


def headline(incident: Incident) -> str:
    """Name what an incident is about in a few words."""
    categories = ", ".join(category.value.replace("-", " ") for category in incident.decision.categories)
    if incident.source is Source.REPORT:
        return f"Reported by a member{f': {categories}' if categories else ''}"
    if not categories and incident.assessment.findings and incident.assessment.stance is not Stance.USE:
        return f"Abuse that the author seems to {incident.assessment.stance.value}, not to use"
    subject = categories or "something a rule asks you to look at"
    return f"{incident.decision.severity.value.capitalize()}: {subject}"


def incident_line(incident: Incident) -> str:
    """Give one line for a list: id, time, place, author, what was decided and where it stands."""
    event = incident.event
    done = ", ".join(action.value for action in reversed(incident.decision.actions))
    return (
        f"{incident.id} · {moment(incident.recorded_at)} · {event.ref.platform.value} "
        f"#{event.channel_name or event.ref.channel} · {mask(event.author.name, (), most=40)} · {done} · "
        f"{_STATES[incident.state]} · {masked(event.text, incident.assessment, most=80)}"
    ).replace("\n", " ")


def masked(text: str, assessment: Assessment, *, most: int = 1_000) -> str:
    """Give a message's text with everything that a detector found in it masked."""
    return mask(text, (finding.span for finding in assessment.findings), most=most)


def quoted(text: str, incident: Incident, *, most: int = 1_000) -> str:
    """Give what somebody wrote about an incident, with what it repeats of the abusive words masked."""
    found = {incident.event.text[f.span.start : f.span.end].strip() for f in incident.assessment.findings} - {""}
    repeated = (match for words in found for match in re.finditer(re.escape(words), text, re.IGNORECASE))
    return mask(text, (Span(match.start(), match.end()) for match in repeated), most=most)


def settled_line(incident: Incident) -> str:
    """Say who decided what and when; empty while nobody has."""
    act = last_verdict(incident)
    if act is None:
        return ""
    who = mask(act.actor.name, (), most=80) or str(act.actor.id)
    reason = quoted(act.reason, incident, most=300)
    return f"{who} decided at {moment(act.at)}: {_STATES[incident.state]}. Reason: {reason}"


def last_verdict(incident: Incident) -> Act | None:
    """Give the verdict that stands, if there is one."""
    return next((act for act in reversed(incident.acts) if act.verb in (Verb.UPHOLD, Verb.NOT_ABUSE)), None)


def due_at(incident: Incident) -> datetime | None:
    """Give the moment by which a rule wants somebody to have looked, while nobody has decided."""
    limits = [m.triage_within_seconds for m in incident.decision.rules if m.triage_within_seconds is not None]
    if not limits or incident.state is not IncidentState.OPEN:
        return None
    return incident.recorded_at + timedelta(seconds=min(limits))


def moment(at: datetime) -> str:
    """Write a time so that nobody can misread it."""
    return f"{at:%H:%M} UTC on {at.day} {at:%B %Y}"


def known_ends(incident: Incident) -> list[OutcomeRecord]:
    """Give the outcomes in order, without the beginnings of what is known to have ended."""
    started = OutcomeStatus.STARTED
    return [
        record
        for record in incident.outcomes
        if record.outcome.status is not started or incident.last(record.outcome.action) is started
    ]


def outcome_line(outcome: Outcome) -> str:
    """Say in words how one action ended."""
    if outcome.status is OutcomeStatus.UNDONE:
        words = _UNDONE.get(outcome.action, "Taken back")
    elif outcome.status is OutcomeStatus.NOT_UNDONE:
        words = _NOT_UNDONE.get(outcome.action, f"Could not be taken back: {outcome.action.value}")
    elif outcome.status is OutcomeStatus.STARTED:
        words = f"Begun, and not known how it ended: {outcome.action.value}"
    elif outcome.status in (OutcomeStatus.DONE, OutcomeStatus.ALREADY):
        words = _DONE.get(outcome.action, outcome.action.value)
    else:
        words = _NOT_DONE.get(outcome.action, outcome.action.value)
    detail = outcome.detail.rstrip(". ")
    return f"{words} ({detail})" if detail and outcome.status is not OutcomeStatus.DONE else words


def _why(incident: Incident) -> tuple[str, ...]:
    clauses = [f"{match.clause} [{match.rule}]" for match in incident.decision.rules]
    degraded = [f"Decided without a part: {reason}" for reason in incident.decision.degraded]
    report = []
    if incident.source is Source.REPORT:
        report = [f"The report says: {quoted(incident.report_reason, incident, most=300)}"]
    reporters = {act.actor.id for act in incident.acts if act.verb is Verb.REPORT}
    if reporters:
        both = reporters | ({incident.reporter} if incident.reporter else set())
        report.append(f"Members who reported it: {len(both)}.")
    return (*report, *clauses, *incident.decision.reasons, *degraded)


def _done(incident: Incident, *, told: bool = True) -> tuple[str, ...]:
    """Give what was done so far; a notice to the author leaves out what concerns moderators alone."""
    lines = []
    for record in _ends(incident):
        if told or record.action in (Action.HIDE, Action.HOLD, Action.MUTE, Action.SLOW_MODE, Action.LOCK):
            if record.action is Action.ALERT and record.status in _SHOWN:
                continue
            lines.append(outcome_line(record))
    if told and incident.decision.withheld:
        would = ", ".join(_WOULD.get(action, action.value) for action in incident.decision.withheld)
        lines.append(f"Observing only: would have {would}")
    return tuple(lines)


def _ends(incident: Incident) -> list[Outcome]:
    """Give the latest outcome of each action, in the order in which they first happened."""
    ends: dict[Action, Outcome] = {}
    for record in incident.outcomes:
        ends[record.outcome.action] = record.outcome
    return list(ends.values())
