"""Appeals that members make where they are: against a decision, or against what was done automatically."""

from dataclasses import replace
from datetime import UTC

from handlers.casework.appeals import appeal
from handlers.casework.deciding import DecidingDeps
from handlers.casework.intake import UNDECIDED, IntakeDeps, author_of, open_for_incident
from handlers.casework.notices import reporters
from handlers.casework.ports import CaseChanged
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable
from handlers.replies import Reply, refused
from policies.casework import events as e
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import Case, NotAllowed
from policies.casework.people import THE_BOT, Account, CaseId, PersonId
from policies.casework.seen import anonymous_reporters, reported_from
from policies.casework.statements import last_day
from policies.casework.words import CaseState, Part
from policies.decisions import Action
from policies.identifiers import IncidentId

LONGEST = 4000
"""The most characters of an appeal; what is longer is sent in by hand."""

_PLAIN = Calendar(Nation.NONE, UTC)
_TRIES = 20
_HOW = "Say which and why: the code of the notice (such as C-2026-000042 or I-2026-000042), then your reasons."
_NOBODYS = "This community keeps no cases here. Please write to its moderators. Nothing was sent."
_LATER = "Your appeal could not be kept just now, so nobody has it yet. Please send it again in a minute."


async def appeal_by_command(account: Account, code: str, words: str, deps: Deps) -> Reply:
    """Take the appeal of a member who gives the code of the notice they got, and their reasons.

    Whoever has no part in a matter is answered as if there were none, so that nobody learns what cases there are.
    """
    name, said = code.strip(" `.,:").upper(), words.strip()
    if not name or not said:
        return refused(f"{_HOW} Nothing was sent.")
    if len(said) > LONGEST:
        return refused(f"That is longer than {LONGEST} characters. Shorten it, or write to {deps.organisation}.")
    if deps.deciding is None or deps.intake is None:
        return refused(_NOBODYS)
    # The running bot tells the others within a minute; two that told them at once would tell them twice.
    deciding = replace(deps.deciding(), connected=False)
    try:
        return await _taken(name, account, said, deciding, deps.intake)
    except NotAllowed as error:
        return refused(f"{error} Nothing was sent.")
    except EvidenceUnavailable:
        return refused(_LATER)


async def _taken(name: str, account: Account, words: str, deciding: DecidingDeps, intake: IntakeDeps) -> Reply:
    for _ in range(_TRIES):
        try:
            if name.startswith("I-"):
                return await _object(IncidentId(name), account, words, deciding, intake)
            return await _appeal(CaseId(name), account, words, deciding)
        except CaseChanged:
            continue
    return refused(_LATER)


async def _appeal(name: CaseId, account: Account, words: str, deciding: DecidingDeps) -> Reply:
    case, person = await deciding.cases.get(name), await deciding.cases.person(account)
    if case is None or not _knows_of(case, person, account):
        raise NotAllowed(_not_yours(name))
    if case.decision is None:
        raise NotAllowed(f"{name} is not decided yet, so there is nothing to appeal. You are told when it is.")
    if case.of(e.AppealMade):
        raise NotAllowed(f"There was an appeal in {name} already, and a case has one.")
    await appeal(name, person, words, deciding)
    by = deciding.policies.newest.clocks.appeal_decide.after(deciding.clock.now(), deciding.calendar)
    return Reply(
        text=f"Your appeal in {name} is kept. Somebody who had nothing to do with the decision hears everything anew,"
        f" and you are told by {last_day(by)} how it ended."
    )


async def _object(name: IncidentId, account: Account, words: str, deciding: DecidingDeps, intake: IntakeDeps) -> Reply:
    """Bring what was done automatically before people: their case hears the author, or a new one does."""
    incident, now = await deciding.incidents.get(name), deciding.clock.now()
    person = await intake.cases.person(account)
    told = [one.at for one in incident.outcomes if one.outcome.action is Action.NOTIFY_AUTHOR] if incident else []
    if incident is None or not told or await author_of(incident.event, intake) != person:
        raise NotAllowed(_not_yours(name))
    for case in await intake.cases.of_incident(name):
        if case.decision is not None and _knows_of(case, person, account):
            return await _appeal(case.id, account, words, deciding)
    until = deciding.policies.at(told[0]).clocks.appeal_window.after(told[0], _PLAIN)
    if now >= until:
        raise NotAllowed(f"The time to object to {name} ended on {last_day(until)}.")
    case_id = await open_for_incident(incident, intake, since=now)
    found = await intake.cases.get(case_id)
    if found is None or found.state not in UNDECIDED:
        raise NotAllowed(f"What {name} is about was decided. The notice of that decision says how to appeal.")
    heard = e.Happened(at=now, by=THE_BOT, what=e.StatementTaken(part=Part.SUBJECT, person=person, words=words))
    await intake.cases.append(case_id, heard, version=found.version)
    return Reply(text=f"What you say about {name} is kept. A person looks at it anew, and you are told how it ended.")


def _knows_of(case: Case, person: PersonId, account: Account) -> bool:
    """Whether somebody has a part in a case that they were told of.

    Whoever reported anonymously is known by the account they reported from alone.
    """
    if case.state is not CaseState.RECEIVED and person in case.with_part(Part.SUBJECT):
        return True
    if person in anonymous_reporters(case):
        return any(account.is_same(one) for one in reported_from(case, person))
    return person in reporters(case)


def _not_yours(name: str) -> str:
    return (
        f"There is nothing under {name} that you could appeal against. Look at the code in the notice that you got;"
        " whoever a decision is about can appeal, and whoever reported it."
    )
