"""What one person is told of the record: their own words and what became of them, and nobody else's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.store.codec import to_bytes
from policies.acts import Act, Verb
from policies.copies import CopyStatus
from policies.identifiers import MemberId, PlatformName
from policies.incidents import Incident
from policies.surroundings import Surroundings

Entry = dict[str, Any]
Shelf = dict[str, list[Entry]]

_REDACTED = "[somebody else]"
_SHORTEST = 3
"""Names of fewer letters stand in every sentence."""

REPORTER, OTHER, WORDS = "who reported it", "who somebody else is", "what somebody else wrote"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a platform."""

    platform: PlatformName
    member: MemberId

    def __str__(self) -> str:
        """Write it as people type it."""
        return f"{self.platform.value}:{self.member}"


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was left out: of which incident (none where it belongs to none), which field, and why."""

    incident: str
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class About:
    """An incident with what was said around it, and how often what for somebody looked at it."""

    incident: Incident
    looks: Sequence[Surroundings]
    views: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that came with one of the person's messages."""

    incident: Incident
    number: int
    size: int
    path: str


@dataclass(slots=True)
class SubjectData:
    """What is handed out, by the part that the person had in it; `shown` are the incidents that it tells of."""

    person: Person
    shelves: Shelf = field(default_factory=dict)
    files: list[OwnFile] = field(default_factory=list)
    redactions: list[Redaction] = field(default_factory=list)
    shown: list[Incident] = field(default_factory=list)
    views: dict[str, int] = field(default_factory=dict)

    def add(self, shelf: str, entry: Entry) -> None:
        """Put an entry where it belongs."""
        self.shelves.setdefault(shelf, []).append(entry)


class Everybody:
    """Who is in the record besides one person: who reported anything, and what everybody is called."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._names: dict[str, set[str]] = {}
        self._reporters: set[str] = set()

    def meet(self, incident: Incident, looks: Sequence[Surroundings]) -> None:
        """Take in the people of an incident."""
        event = incident.event
        self._name(event.author.id, event.author.name, event.author.handle)
        if event.parent and event.parent.author:
            self._name(event.parent.author)
        if incident.reporter:
            self._reporters.add(incident.reporter)
            self._name(incident.reporter)
        for act in incident.acts:
            self.meet_act(act)
        for look in looks:
            for message in (*look.before, *look.after):
                self._name(message.author, message.author_name)

    def meet_act(self, act: Act) -> None:
        """Take in who did something, and to whom."""
        self._name(act.actor.id, act.actor.name)
        if act.subject:
            self._name(act.subject)
        if act.verb is Verb.REPORT:
            self._reporters.add(act.actor.id)

    def reporters(self) -> re.Pattern[str] | None:
        """Give what tells of anybody who reported anything: ids, names and each word of a name."""
        return _pattern(word for one in self._reporters for name in self._of(one) for word in (name, *name.split()))

    def others(self) -> re.Pattern[str] | None:
        """Give what names anybody else."""
        return _pattern(name for one in self._names for name in self._of(one))

    def _name(self, member: str, *names: str) -> None:
        self._names.setdefault(member, set()).update(filter(None, names))

    def _of(self, member: str) -> set[str]:
        if member == self._person.member:
            return set()
        return {member, *self._names.get(member, ())} - {self._person.member, *self._names.get(self._person.member, ())}


class Telling:
    """Tells a person what is kept about them, an incident at a time."""

    def __init__(self, person: Person, everybody: Everybody) -> None:
        self.data = SubjectData(person)
        self._person = person
        self._reporters = everybody.reporters()
        self._others = everybody.others()

    def act(self, act: Act) -> None:
        """Tell of something done that belongs to no incident."""
        if act.actor.platform is not self._person.platform:
            return
        if act.subject == self._person.member:
            self.data.add("done to you", self._act(act, ""))
        if act.actor.id == self._person.member:
            self.data.add("done by you", _own_act(act, ""))

    def incident(self, about: About) -> None:
        """Tell of an incident, as far as it is about the person."""
        incident, me = about.incident, self._person.member
        event = incident.event
        if event.ref.platform is not self._person.platform:
            return
        before = {shelf: len(entries) for shelf, entries in self.data.shelves.items()}
        if event.author.id == me:
            self.data.add("written by you", self._written(about))
            for purpose, count in about.views.items():
                self.data.views[purpose] = self.data.views.get(purpose, 0) + count
        else:
            self._answered(incident)
            self._mentioned(incident)
            self._targeted(incident)
        self._reported(incident)
        for act in incident.acts:
            if act.actor.id == me and act.verb is not Verb.REPORT:
                self.data.add("done by you", _own_act(act, incident.id))
        self._nearby(about)
        if before != {shelf: len(entries) for shelf, entries in self.data.shelves.items()}:
            self.data.shown.append(incident)

    def _written(self, about: About) -> Entry:
        incident, event, decision = about.incident, about.incident.event, about.incident.decision
        said: Entry = {
            "incident": incident.id,
            **_place(incident),
            "written_at": _at(getattr(event, "posted_at", None) or getattr(event, "edited_at", None)),
            "recorded_at": _at(incident.recorded_at),
            "you": {
                "id": event.author.id,
                "name": event.author.name,
                "handle": event.author.handle,
                "roles": list(event.author.roles),
            },
            "text": event.text,
            "text_before_the_edit": getattr(event, "before", None),
            "later_edits": [{"at": _at(edit.at), "text": edit.text} for edit in incident.edits],
            "deleted_at": _at(incident.deleted_at),
            "links": [event.link] if event.link else [],
            "files": [self._file(incident, number) for number in range(1, len(event.attachments) + 1)],
            "brought_to_attention_by": incident.source.value,
            "found": [
                {
                    "kind": finding.kind,
                    "words": event.text[finding.span.start : finding.span.end],
                    "categories": [category.value for category in finding.categories],
                    "read_as": finding.stance.value,
                }
                for finding in incident.assessment.findings
            ],
            "scores": _scores(incident),
            "rules": [
                {"rule": match.rule, "clause": match.clause, "severity": match.severity.value}
                for match in decision.rules
            ],
            "policy": f"{decision.policy.name}, version {decision.policy.version}, SHA-256 {decision.policy.sha256}",
            "reasons": [self._cleared(reason, incident.id, "reasons") for reason in decision.reasons],
            "decided": [action.value for action in decision.actions],
            "done": [
                {
                    "at": _at(record.at),
                    "action": record.outcome.action.value,
                    "result": record.outcome.status.value,
                    "detail": self._cleared(record.outcome.detail, incident.id, "detail"),
                }
                for record in incident.outcomes
            ],
            "by_people": [self._act(act, incident.id) for act in incident.acts if act.verb is not Verb.REPORT],
            "stands": incident.state.value,
            "looked_at": dict(about.views),
        }
        if event.parent:
            self._answering(incident, said)
        if incident.reporter not in (None, self._person.member):
            self._leave_out(incident.id, "report", REPORTER)
        for act in incident.acts:
            if act.verb is Verb.REPORT and act.actor.id != self._person.member:
                self._leave_out(incident.id, "report", REPORTER)
        return said

    def _answering(self, incident: Incident, said: Entry) -> None:
        parent = incident.event.parent
        if parent is not None and parent.author == self._person.member:
            said["in_answer_to_yourself"] = parent.text
        else:
            self._leave_out(incident.id, "in_answer_to", WORDS)

    def _file(self, incident: Incident, number: int) -> Entry:
        attachment, copy = incident.event.attachments[number - 1], incident.copy_of(number)
        said: Entry = {"name": attachment.name, "size": attachment.size, "kept": bool(copy)}
        if copy is not None and copy.status is CopyStatus.KEPT:
            path = f"attachments/{incident.id}.{number}.bin"
            self.data.files.append(OwnFile(incident, number, copy.size, path))
            said |= {"size": copy.size, "sha256": copy.sha256, "file": path}
        elif copy is not None:
            said |= {"kept": False, "why_not": copy.status.value}
        return said

    def _act(self, act: Act, incident: str) -> Entry:
        if act.actor.id != self._person.member:
            self._leave_out(incident, "moderator", OTHER)
        return {
            "incident": incident or None,
            "at": _at(act.at),
            "what": act.verb.value,
            "by": "you" if act.actor.id == self._person.member else "a moderator",
            "reason": self._cleared(act.reason, incident, "reason"),
            "until": _at(act.until),
        }

    def _answered(self, incident: Incident) -> None:
        parent = incident.event.parent
        if parent is not None and parent.author == self._person.member:
            said = {"incident": incident.id, **_place(incident), "text": parent.text, "message": parent.message}
            self.data.add("written by you and answered by a message on record", said)
            self._leave_out(incident.id, "the answer", WORDS)

    def _mentioned(self, incident: Incident) -> None:
        if re.search(rf"<@!?{re.escape(self._person.member)}(?:\|[^>]*)?>", incident.event.text):
            rules = [match.rule for match in incident.decision.rules]
            self.data.add("mentions of you", {"incident": incident.id, **_place(incident, whole=False), "rules": rules})
            self._leave_out(incident.id, "text and author", WORDS)

    def _targeted(self, incident: Incident) -> None:
        for act in incident.acts:
            if act.subject == self._person.member and act.verb is not Verb.REPORT:
                self.data.add("done to you", self._act(act, incident.id))

    def _reported(self, incident: Incident) -> None:
        me = self._person.member
        own = [(act.at, act.reason) for act in incident.acts if act.verb is Verb.REPORT and act.actor.id == me]
        if incident.reporter == me:
            own.insert(0, (incident.recorded_at, incident.report_reason))
        for at, reason in own:
            said = {"incident": incident.id, **_place(incident), "reported_at": _at(at), "your_reason": reason}
            self.data.add("reported by you", said)
        if own and incident.event.author.id != me:
            self._leave_out(incident.id, "text and author of what you reported", WORDS)

    def _nearby(self, about: About) -> None:
        seen = set()
        for look in about.looks:
            for message in (*look.before, *look.after):
                if message.author == self._person.member and (message.message, message.text) not in seen:
                    seen.add((message.message, message.text))
                    said = {
                        "incident": about.incident.id,
                        "written_at": _at(message.at),
                        "name": message.author_name,
                        "message": message.message,
                        "text": message.text,
                        "files": list(message.files),
                    }
                    self.data.add("written by you near a message on record", said)
        own = bool(seen) or about.incident.event.author.id == self._person.member
        around = (message.author for look in about.looks for message in (*look.before, *look.after))
        if own and any(author != self._person.member for author in around):
            self._leave_out(about.incident.id, "messages around it", WORDS)

    def _cleared(self, text: str, incident: str, what: str) -> str | None:
        """Give what somebody wrote about the person, without those who reported and without others' names."""
        if self._reporters is not None and self._reporters.search(text):
            self._leave_out(incident, what, f"it tells {REPORTER}")
            return None
        cleared = text if self._others is None else self._others.sub(_REDACTED, text)
        if cleared != text:
            self._leave_out(incident, f"names in the {what}", OTHER)
        return cleared

    def _leave_out(self, incident: str, what: str, why: str) -> None:
        redaction = Redaction(incident, what, why)
        if redaction not in self.data.redactions:
            self.data.redactions.append(redaction)


def _own_act(act: Act, incident: str) -> Entry:
    return {"incident": incident or None, "at": _at(act.at), "what": act.verb.value, "your_reason": act.reason}


def _place(incident: Incident, *, whole: bool = True) -> Entry:
    ref, event = incident.event.ref, incident.event
    said = {"platform": ref.platform.value, "channel": ref.channel, "channel_name": event.channel_name}
    return said | ({"community": ref.community, "message": ref.message} if whole else {})


def _scores(incident: Incident) -> Entry:
    scores = incident.assessment.scores
    return {} if scores is None else {name: getattr(scores, name) for name in type(scores).__slots__}


def _at(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _pattern(names: Iterator[str]) -> re.Pattern[str] | None:
    """Make a pattern that finds whole names in any case; longer ones first, so that nothing of one is left."""
    found = sorted({name for name in names if len(to_bytes(name)) >= _SHORTEST}, key=len, reverse=True)
    if not found:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in found), re.IGNORECASE)
