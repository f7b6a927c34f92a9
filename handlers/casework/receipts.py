"""What whoever has a receipt code is told: how their report stands, in sentences that name nobody."""

from handlers.casework.intake import IntakeDeps, reports_of
from handlers.casework.ports import Cases
from handlers.errors import EvidenceUnavailable
from handlers.replies import Reply, refused
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import Account, ReportId
from policies.casework.words import AppealVerdict, CaseState, Verdict

_STANDS = {
    CaseState.RECEIVED: "It waits for somebody to look at it.",
    CaseState.ACKNOWLEDGED: "Somebody has it, and it waits to be judged for how grave it is.",
    CaseState.TRIAGED: "It was judged for how grave it is, and waits to be looked into.",
    CaseState.INVESTIGATING: "It is being looked into.",
    CaseState.DECIDED: "It was decided, and the time for an appeal runs.",
    CaseState.APPEALED: "It was decided, and somebody appealed; the appeal is being heard.",
    CaseState.APPEAL_DECIDED: "It was decided, and so was an appeal.",
    CaseState.CLOSED: "It is closed.",
}
_OUTCOME = {
    Verdict.UPHELD: "The report was upheld: the rules were broken.",
    Verdict.PARTLY_UPHELD: "The report was upheld in part.",
    Verdict.NOT_UPHELD: "The report was not upheld: the rules were not broken.",
    Verdict.NOT_PROVEN: "It could not be proven either way.",
    Verdict.OUTSIDE_RULES: "It is nothing that the rules are about.",
    Verdict.DONE: "What was asked for was done.",
    Verdict.REFUSED: "What was asked for was refused.",
}
_ON_APPEAL = {
    AppealVerdict.STANDS: "On appeal the decision stands.",
    AppealVerdict.VARIED: "On appeal the decision was changed in part.",
    AppealVerdict.REVERSED: "On appeal the decision was reversed.",
}

_UNREAD = "The record cannot be read just now. Please try again in a minute."
_SHOWN = 10


async def status(code: str, cases: Cases) -> Reply:
    """Tell whoever has a receipt code how their report stands and how it ended; names nobody, and no case."""
    try:
        found = await cases.of_code(code)
    except EvidenceUnavailable:
        return refused(_UNREAD)
    if found is None:
        return refused("No report has this code. It is four times four letters; look whether they are all there.")
    case, report = found
    return Reply(text=" ".join(_sentences(case, report)))


async def own_reports(account: Account, code: str, deps: IntakeDeps | None) -> Reply:
    """Tell a member how their own reports stand, the newest first, or the one whose code they give.

    They are known by the account they reported from, not by accounts that were called theirs since: an officer could
    link two to learn who reported. The code lets somebody ask who reported under another one.
    """
    if deps is None:
        return refused("This community keeps no cases here. Please write to its moderators.")
    if code.strip():
        return await status(code.strip(), deps.cases)
    try:
        person = await deps.cases.person(account)
        found = [
            (joined.new.received_at, " ".join(_sentences(case, joined.id)))
            for case in await deps.cases.of_person(person)
            for joined in reports_of(case)
            if account.is_same(joined.new.reporter_account)
            or (joined.new.reporter_account is None and person == joined.new.reporter)
        ]
    except EvidenceUnavailable:
        return refused(_UNREAD)
    if not found:
        return Reply(text="Nothing that you reported is on record under this account.")
    newest = [said for _, said in sorted(found, reverse=True)]
    more = f"\nYou made {len(newest) - _SHOWN} more before these." if len(newest) > _SHOWN else ""
    return Reply(text="\n".join(newest[:_SHOWN]) + more)


def _sentences(case: Case, report: ReportId) -> list[str]:
    at = next(one.at for one in case.history if isinstance(one.what, e.ReportJoined) and one.what.report.id == report)
    said = [f"Your report {report} was received on {at.day} {at:%B %Y}.", _STANDS[case.state]]
    if case.decision is not None:
        said.append(_OUTCOME[case.decision.verdict])
    if case.appeal_decision is not None:
        said.append(_ON_APPEAL[case.appeal_decision.verdict])
    return said
