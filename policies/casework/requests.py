"""What a member asks about their own data: which kinds there are, and how such a request may end (UK GDPR art. 12)."""

from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.words import CaseKind, Verdict

REQUESTS = (CaseKind.SUBJECT_ACCESS, CaseKind.ERASURE_REQUEST)
"""Kinds that end with something done, or refused with reasons; nobody is found to have broken a rule."""

OWN_DATA = (*REQUESTS, CaseKind.DATA_COMPLAINT)
"""Kinds that a member opens about their own data."""

CARRIED_OUT = "carried out: record "
"""Begins what a finding of fact rests on where it says that a request was carried out."""


def carried_out(case: Case) -> tuple[str, ...]:
    """Give the records of the log by which a request was carried out, as far as the case says so."""
    found = (one.what for one in case.history if isinstance(one.what, e.FactFound))
    return tuple(rest for fact in found for rest in fact.rests_on if rest.startswith(CARRIED_OUT))


def ensure_may_end(case: Case, verdict: Verdict) -> None:
    """Refuse an end that a request cannot have; raises `NotAllowed`."""
    if case.kind not in REQUESTS:
        return
    if verdict not in (Verdict.DONE, Verdict.REFUSED):
        raise NotAllowed(f"{case.id} is a request about somebody's own data. It is met or refused, with reasons.")
    if verdict is Verdict.DONE and not carried_out(case):
        command = "subject" if case.kind is CaseKind.SUBJECT_ACCESS else "erase"
        raise NotAllowed(
            f"Nothing says that {case.id} was carried out. Two people run hustings evidence {command} with --case"
            f" {case.id}; or refuse it, with reasons."
        )
