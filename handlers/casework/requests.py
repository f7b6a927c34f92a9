"""What members ask about their own data: a copy, erasure, a complaint; each is a case with the law's own clock."""

from handlers.casework.intake import UNDECIDED, IntakeDeps, Receipt, take_in
from handlers.casework.ports import Cases
from handlers.errors import EvidenceUnavailable
from handlers.replies import Reply, refused
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.people import THE_BOT, Account, By, CaseId
from policies.casework.reports import NewReport
from policies.casework.requests import CARRIED_OUT, OWN_DATA, REQUESTS
from policies.casework.words import CaseKind, Channel, Part
from policies.identifiers import PlatformName

WORDS = {"copy": CaseKind.SUBJECT_ACCESS, "erase": CaseKind.ERASURE_REQUEST, "complain": CaseKind.DATA_COMPLAINT}
"""What members write for each kind."""

_ASKED = {
    CaseKind.SUBJECT_ACCESS: "You asked for a copy of what is kept about you. It is due within one month.",
    CaseKind.ERASURE_REQUEST: "You asked for your data to be erased. You hear what was done within one month.",
    CaseKind.DATA_COMPLAINT: "You complained about how your data is handled. You hear within 30 days that it arrived.",
}
_LATER = "Your request could not be kept just now, so nobody has it yet. Please send it again in a minute."


async def ask_about_own_data(account: Account, written: str, key: str, deps: IntakeDeps | None) -> Reply:
    """Take in what a member asks about their own data: `copy`, `erase` or `complain`, then words of their own."""
    verb, _, words = written.strip().partition(" ")
    kind = WORDS.get(verb.lower())
    if kind is None:
        return refused(
            "Say what you want: copy (of what is kept about you), erase (it), or complain (about how it is handled),"
            " and then anything that we should know. Nothing was sent."
        )
    if kind is CaseKind.DATA_COMPLAINT and not words.strip():
        return refused("Please say what the complaint is about. Nothing was sent.")
    if deps is None:
        return refused("This community keeps no cases here. Please write to its moderators. Nothing was sent.")
    try:
        receipt = await open_request(kind, account, words.strip(), key, deps)
    except EvidenceUnavailable:
        return refused(_LATER)
    return Reply(text=f"{_ASKED[kind]} {receipt}")


async def open_request(
    kind: CaseKind, account: Account, words: str, key: str, deps: IntakeDeps, *, by: By = THE_BOT
) -> Receipt:
    """Open a case for what somebody asks about their own data; one that is still open is not opened twice.

    Raises `NotAllowed` for another kind of case.
    """
    if kind not in OWN_DATA:
        raise NotAllowed(f"{kind.value} is nothing that somebody asks about their own data.")
    person = await deps.cases.person(account)
    async with deps.memory.turn(("request", kind, person)):
        if kind in REQUESTS:
            for case in await deps.cases.of_person(person):
                if case.kind is kind and case.state in UNDECIDED and person in case.with_part(Part.REPORTER):
                    first = next(one.what.report.id for one in case.history if isinstance(one.what, e.ReportJoined))
                    return Receipt(report=first, case=case.id, code="", joined=True, fresh=False)
        new = NewReport(
            key=key,
            channel=Channel.PERSON,
            words=words,
            received_at=deps.clock.now(),
            reporter=person,
            reporter_account=account,
            about=person,
        )
        return await take_in(new, deps, by=by, kind=kind)


async def waiting_request(
    case: CaseId, kind: CaseKind, cases: Cases, *, platform: PlatformName | None = None, member: str = ""
) -> Case:
    """Give the case of a request that still waits, made by a member if one is named; raises `NotAllowed` for others."""
    found = await cases.get(case)
    if found is None or found.kind is not kind:
        raise NotAllowed(f"{case} is no case of the kind {kind.value}.")
    if found.state not in UNDECIDED:
        raise NotAllowed(f"{case} is {found.state.value} already.")
    accounts = [one for person in found.with_part(Part.REPORTER) for one in await cases.accounts(person)]
    if member and (platform, member) not in [(one.platform, one.member) for one in accounts]:
        raise NotAllowed(f"{case} was not asked for by that member, under any account that is known of them.")
    return found


async def note_carried_out(case: CaseId, by: By, record: int, words: str, deps: IntakeDeps) -> Case:
    """Keep in the case of a request that it was carried out, and by which record of the log two people agreed."""
    found = await deps.cases.get(case)
    if found is None:
        raise NotAllowed(f"There is no case {case}.")
    what = e.FactFound(words=words, rests_on=(f"{CARRIED_OUT}{record}",))
    happened = e.Happened(at=deps.clock.now(), by=by, what=what)
    return await deps.cases.append(case, happened, version=found.version)
