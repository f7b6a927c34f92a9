"""What happens when somebody brings something to the moderators: it joins a case or opens one, and has a receipt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handlers.casework.misuse import ensure_may_report
from handlers.casework.ports import CaseChanged, Cases
from handlers.errors import EvidenceUnavailable
from handlers.memory import ShortMemory
from handlers.ports import Clock
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.people import THE_BOT, Account, By, CaseId, PersonId, ReportId
from policies.casework.reports import NewReport, Report
from policies.casework.requests import OWN_DATA
from policies.casework.words import CaseKind, CaseState, Channel, Part
from policies.decisions import Severity
from policies.events import MessageReported, MessageWritten
from policies.findings import Category
from policies.identifiers import IncidentId, MemberId, MessageRef
from policies.incidents import Incident

LARGEST_FILE = 8 << 20
"""The most bytes of one file that comes with a report."""

MOST_FILES = 10

_TRIES = 50
"""How often a report is tried again when others change its case meanwhile."""

UNDECIDED = (CaseState.RECEIVED, CaseState.ACKNOWLEDGED, CaseState.TRIAGED, CaseState.INVESTIGATING)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeDeps:
    """What taking in is given. `memory` lets reports of one thing take turns; nothing depends on its surviving.

    `registered` gives the first account of everybody in the register by every id that they go by.
    """

    cases: Cases
    clock: Clock
    registered: Mapping[MemberId, Account] = field(default_factory=dict)
    memory: ShortMemory = field(default_factory=ShortMemory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a reporter is told: their report, its case, and the code that tells them later how it stands.

    `code` is empty where the report had been kept before: the code is known to nobody but whoever was told it.
    """

    report: ReportId
    case: CaseId
    code: str
    joined: bool
    fresh: bool = True

    def __str__(self) -> str:
        """Say it in sentences."""
        if not self.fresh:
            return f"Your report is kept as {self.report}. Its code was told when it was kept first."
        return (
            f"Your report is kept as {self.report}. With the code {self.code} you can ask at any time how it stands."
            " Write it down: it is kept nowhere else."
        )


async def take_in(
    new: NewReport,
    deps: IntakeDeps,
    *,
    by: By = THE_BOT,
    kind: CaseKind = CaseKind.CONDUCT,
    severity: Severity = Severity.MEDIUM,
    categories: tuple[Category, ...] = (),
    title: str = "",
    files: Mapping[str, bytes] | None = None,
    limited: bool = True,
) -> Receipt:
    """Keep a report: with the open case about the same message or incident if there is one, else in a case of its own.

    The same key again changes nothing. Nothing happens to anybody by reports alone, however many there are. Raises
    `NotAllowed` for a report that cannot be kept as it is or comes too soon of somebody who is limited,
    `EvidenceUnavailable` when nothing could be kept.
    """
    ensure_complete(new, files or {})
    opening = e.CaseOpened(kind=kind, severity=severity, categories=categories, title=title)
    async with deps.memory.turn(("case", new.message or new.incident or new.key)):
        for _ in range(_TRIES):
            before = await deps.cases.of_report_key(new.key)
            if before is not None:
                return _receipt(before, _kept(before, new), "", fresh=False)
            if limited and kind not in OWN_DATA and new.channel is not Channel.DETECTION:
                await ensure_may_report(
                    new.reporter, categories, new.words, deps.cases, deps.clock, openly=by != THE_BOT
                )
            report, code = await deps.cases.new_report(new)
            try:
                case = await _keep(report, opening, by, files, deps)
            except CaseChanged:
                continue
            return _receipt(case, _by_code(case, report), code, fresh=True)
    raise EvidenceUnavailable("The case changed again and again while the report came in. Please send it again.")


async def report_message(
    event: MessageReported, incident: Incident, deps: IntakeDeps, *, anonymous: bool = True
) -> Receipt:
    """Keep a member's report of a message that an incident is about; moderators are not told who sent it."""
    ref = event.message.ref
    account = Account(platform=ref.platform, community=ref.community, member=event.reporter)
    new = NewReport(
        key=_key(event),
        channel=Channel.MESSAGE,
        words=event.reason,
        received_at=event.reported_at,
        reporter=await deps.cases.person(account),
        reporter_account=account,
        anonymous=anonymous,
        message=ref,
        incident=incident.id,
        about=await author_of(event.message, deps),
        target=await target_of(incident, deps),
    )
    return await _of_incident(new, incident, deps)


async def ensure_may_report_message(
    event: MessageReported, categories: Iterable[Category], deps: IntakeDeps | None
) -> None:
    """Refuse a report of a message that comes too soon of somebody who is limited, before anything of it is kept.

    The same report again is none. Raises `NotAllowed`.
    """
    if deps is None or await deps.cases.of_report_key(_key(event)) is not None:
        return
    ref = event.message.ref
    account = Account(platform=ref.platform, community=ref.community, member=event.reporter)
    await ensure_may_report(await deps.cases.person(account), categories, event.reason, deps.cases, deps.clock)


def _key(event: MessageReported) -> str:
    return f"{event.message.ref.platform.value}:{event.event_id}"


async def open_for_incident(
    incident: Incident, deps: IntakeDeps, *, by: By = THE_BOT, since: datetime | None = None
) -> CaseId:
    """Give the case of an incident that a policy or an officer wants a case for; opens one where there is none.

    The time for a case that an officer opens begins at that moment, for any other when the incident was recorded, or
    `since` a later one.
    """
    ref, member = incident.event.ref, incident.reporter
    reporter = None if member is None else Account(platform=ref.platform, community=ref.community, member=member)
    for case in await deps.cases.of_incident(incident.id):
        if case.kind is CaseKind.CONDUCT and case.of(e.ReportJoined):
            return case.id
    new = NewReport(
        key=f"incident:{incident.id}",
        channel=Channel.DETECTION if reporter is None else Channel.MESSAGE,
        words=incident.report_reason,
        received_at=since or (incident.recorded_at if by == THE_BOT else deps.clock.now()),
        reporter=None if reporter is None else await deps.cases.person(reporter),
        reporter_account=reporter,
        anonymous=reporter is not None,
        message=ref,
        incident=incident.id,
        about=await author_of(incident.event, deps),
        target=await target_of(incident, deps),
    )
    return (await _of_incident(new, incident, deps, by=by, limited=False)).case  # what is on record gets its case


def ensure_complete(new: NewReport, files: Mapping[str, bytes]) -> None:
    """Refuse what says too little to be looked into, or holds too much; raises `NotAllowed`."""
    if not new.key:
        raise NotAllowed("A report needs a key by which it is known again.")
    if new.channel is Channel.REACTION and not (new.message and new.reaction):
        raise NotAllowed("A report of a reaction names the message and the reaction: --message and --reaction.")
    if new.channel is Channel.MESSAGE and new.message is None:
        raise NotAllowed("A report of a message names the message. Say which with --message.")
    if new.channel is Channel.PERSON and new.about is None:
        raise NotAllowed("A report of a person names the person, by one of their accounts. Say which with --person.")
    if new.channel is Channel.OUTSIDE and new.provenance is None:
        raise NotAllowed("Say where it comes from: what it is (--what), and how it was obtained (--obtained-how).")
    obtained = new.provenance.obtained_at if new.provenance else None
    if obtained is not None and obtained > new.received_at:
        raise NotAllowed(f"It cannot have been obtained on {obtained:%Y-%m-%d}, which is still to come.")
    if new.channel is Channel.OUTSIDE and not (new.text.strip() or new.files or new.words.strip()):
        raise NotAllowed("There is neither a text nor a file nor a word about it. Give at least one of them.")
    if len(new.files) > MOST_FILES:
        raise NotAllowed(f"A report takes up to {MOST_FILES} files. Send the others with another report.")
    for file in new.files:
        if file.size > LARGEST_FILE:
            raise NotAllowed(f"{file.name} has {file.size} bytes; files of up to {LARGEST_FILE >> 20} MiB are kept.")
        if file.sha256 not in files or len(files[file.sha256]) != file.size:
            raise NotAllowed(f"{file.name} is named by the report and did not come with it.")


async def _of_incident(
    new: NewReport, incident: Incident, deps: IntakeDeps, *, by: By = THE_BOT, limited: bool = True
) -> Receipt:
    severity, categories = incident.decision.severity, incident.decision.categories
    return await take_in(new, deps, by=by, severity=severity, categories=categories, limited=limited)


async def _keep(
    report: Report, opening: e.CaseOpened, by: By, files: Mapping[str, bytes] | None, deps: IntakeDeps
) -> Case:
    now, new = deps.clock.now(), report.new
    about = [case for case in await _about(new, deps) if _sort_of(case.kind) is _sort_of(opening.kind)]
    open_case = next((case for case in reversed(about) if case.state in UNDECIDED), None)
    whats: list[e.CaseEvent] = [e.ReportJoined(report=report)]
    known = frozenset[tuple[PersonId, Part]]()
    linked: tuple[IncidentId, ...] = ()
    if open_case is not None:
        known = frozenset((named.person, named.part) for named in open_case.people)
        linked = open_case.incidents
    if new.incident is not None and new.incident not in linked:
        whats.append(e.IncidentLinked(incident=new.incident))
    parts = ((new.reporter, Part.REPORTER), (new.about, Part.SUBJECT), (new.target, Part.TARGET))
    # Whoever reports is named by each report, known or not: else the record would show who reported before.
    whats += [
        e.PersonNamed(person=who, part=part)
        for who, part in parts
        if who and (part is Part.REPORTER or (who, part) not in known)
    ]
    if open_case is not None:
        return await deps.cases.append(open_case.id, *_all(whats, by, deps), version=open_case.version, files=files)
    if about:
        why = "It is about the same thing and was decided before this report came."
        whats.append(e.CaseLinked(case=about[-1].id, why=why))
    first = e.Happened(at=min(new.received_at, now), by=by, what=opening)
    return await deps.cases.open(first, *_all(whats, by, deps), files=files)


def _all(whats: list[e.CaseEvent], by: By, deps: IntakeDeps) -> list[e.Happened]:
    now = deps.clock.now()
    return [e.Happened(at=now, by=by, what=what) for what in whats]


async def _about(new: NewReport, deps: IntakeDeps) -> list[Case]:
    """Give the cases about the very same thing, oldest first: the same message, or the same reaction to it."""
    found = {case.id: case for case in await deps.cases.of_incident(new.incident)} if new.incident else {}
    if new.message is not None:
        found |= {case.id: case for case in await deps.cases.of_message(new.message)}
    return sorted((case for case in found.values() if _is_same(case, new)), key=lambda case: case.id)


def _sort_of(kind: CaseKind) -> CaseKind:
    """Give the sort of matter: what is reported of a message in a campaign belongs to the campaign."""
    return CaseKind.CONDUCT if kind is CaseKind.CAMPAIGN else kind


def _is_same(case: Case, new: NewReport) -> bool:
    reports = [one.what.report.new for one in case.history if isinstance(one.what, e.ReportJoined)]
    if new.channel is Channel.REACTION:
        wanted = (new.message, new.reaction, new.about)
        return any((other.message, other.reaction, other.about) == wanted for other in reports)
    return any(other.channel in (Channel.MESSAGE, Channel.DETECTION) for other in reports) or not reports


async def author_of(event: MessageWritten, deps: IntakeDeps) -> PersonId:
    """Give the opaque name of whoever wrote a message."""
    return await deps.cases.person(account_at(event.ref, event.author.id, deps))


async def targets_of(incident: Incident, deps: IntakeDeps) -> tuple[PersonId, ...]:
    """Give whom a message plainly means, as far as the conversation told; none of them is its author."""
    author = await author_of(incident.event, deps)
    aimed_at = incident.assessment.context.aimed_at
    found = [await deps.cases.person(account_at(incident.event.ref, MemberId(one), deps)) for one in aimed_at]
    return tuple(person for person in dict.fromkeys(found) if person != author)


async def target_of(incident: Incident, deps: IntakeDeps) -> PersonId | None:
    """Give the one whom a message plainly means, if it means one alone."""
    found = await targets_of(incident, deps)
    return found[0] if len(found) == 1 else None


def account_at(ref: MessageRef, member: MemberId, deps: IntakeDeps) -> Account:
    """Give the account behind an id that was met where a message stands."""
    known = deps.registered.get(member)
    return known or Account(platform=ref.platform, community=ref.community, member=member)


def _kept(case: Case, new: NewReport) -> Report:
    return next(joined for joined in reports_of(case) if joined.new.key == new.key)


def _by_code(case: Case, report: Report) -> Report:
    return next(joined for joined in reports_of(case) if joined.code_hash == report.code_hash)


def reports_of(case: Case) -> list[Report]:
    """Give the reports of a case, oldest first."""
    return [one.what.report for one in case.history if isinstance(one.what, e.ReportJoined)]


def _receipt(case: Case, report: Report, code: str, *, fresh: bool) -> Receipt:
    return Receipt(report=report.id, case=case.id, code=code, joined=reports_of(case)[0].id != report.id, fresh=fresh)
