"""Random offices, people and cases for the property tests, and plain words for building cases by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from policies.casework import events as e
from policies.casework.case import Case, case_of
from policies.casework.people import THE_BOT, By, CaseId, Officer, PersonId, ReportId
from policies.casework.recusal import Bonds, Ties
from policies.casework.reports import NewReport, Report
from policies.casework.words import (
    CaseKind,
    CaseReason,
    CaseState,
    Channel,
    ConflictKind,
    Office,
    Part,
    Sanction,
    Verdict,
)
from policies.decisions import Severity

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
WORKING = (Office.INTAKE, Office.INVESTIGATOR, Office.DECIDER, Office.APPEAL)
TO_INVESTIGATION = (
    e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT),
    e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET),
    e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED),
)


def happened(what: e.CaseEvent, by: By = THE_BOT, *, hours: int = 0) -> e.Happened:
    """Let something happen some hours after the start."""
    return e.Happened(at=START + timedelta(hours=hours), by=by, what=what)


def case_with(*history: e.Happened | e.CaseEvent, name: str = "C-2026-000001") -> Case:
    """Give a case with this history after its opening; what names nobody was done by the bot."""
    first = happened(e.CaseOpened(kind=CaseKind.CONDUCT, severity=Severity.MEDIUM))
    rest = (one if isinstance(one, e.Happened) else happened(one) for one in history)
    return case_of(CaseId(name), [first, *rest])


def reported_by(person: str, *, anonymous: bool = False, about: str = "", target: str = "") -> e.ReportJoined:
    """Give a report as it joins a case."""
    new = NewReport(
        key=f"report-of-{person}",
        channel=Channel.PERSON,
        words="Please look at this.",
        received_at=START,
        reporter=PersonId(person),
        anonymous=anonymous,
        about=PersonId(about) if about else None,
        target=PersonId(target) if target else None,
    )
    return e.ReportJoined(report=Report(id=ReportId(f"R-{person}"), new=new, code_hash="0" * 64))


@dataclass(frozen=True, slots=True)
class Situation:
    """One random office full of people with one case before it."""

    officers: tuple[Officer, ...]
    case: Case
    history: tuple[Case, ...]
    ties: Ties


def random_situation(chance: Random) -> Situation:
    """Draw a small party in which many know one another: few people, few branches, some with two accounts."""
    persons = [PersonId(f"p_{number}") for number in range(chance.randint(3, 12))]
    words = ("", "", "North", "South", "Harbour")

    def officer(number: int) -> Officer:
        offices = frozenset(chance.sample(WORKING, chance.randint(1, 4)))
        external = chance.random() < 0.2
        return Officer(
            id=f"o{number}",
            name=f"Officer {number}",
            offices=frozenset({Office.REVIEWER}) if external else offices,
            person=chance.choice(persons),
            branch=chance.choice(words),
            slate=chance.choice(words),
            employer=chance.choice(words),
            external=external,
        )

    officers = tuple(officer(number) for number in range(chance.randint(1, 8)))
    bonds = {
        person: Bonds(branch=chance.choice(words), slate=chance.choice(words), employer=chance.choice(words))
        for person in persons
        if chance.random() < 0.4
    }
    ties = Ties(
        bonds=bonds,
        officers={one.id: one.person for one in officers if one.person},
        posted=frozenset(chance.sample(persons, chance.randint(0, 1))),
    )
    earlier = tuple(_earlier(chance, persons, officers, number) for number in range(chance.randint(0, 2)))
    return Situation(officers, _under_way(chance, persons, officers), earlier, ties)


def _parts(chance: Random, persons: list[PersonId]) -> list[e.CaseEvent]:
    found: list[e.CaseEvent] = []
    for part in Part:
        if chance.random() < 0.4:
            posted = chance.random() < 0.3
            found.append(e.PersonNamed(person=chance.choice(persons), part=part, posted_in_thread=posted))
    if chance.random() < 0.5:
        found.append(reported_by(chance.choice(persons), anonymous=chance.random() < 0.5))
    return found


def _earlier(chance: Random, persons: list[PersonId], officers: tuple[Officer, ...], number: int) -> Case:
    decided = e.CaseDecided(
        verdict=Verdict.UPHELD,
        reasons="It was said, and it is a threat.",
        sanctions=(e.SanctionChosen(kind=Sanction.WARNING, on=chance.choice(persons)),),
    )
    by = By(Office.DECIDER, chance.choice(officers).id)
    return case_with(*_parts(chance, persons), *TO_INVESTIGATION, happened(decided, by), name=f"C-2025-{number + 1:06}")


def _under_way(chance: Random, persons: list[PersonId], officers: tuple[Officer, ...]) -> Case:
    history: list[e.Happened | e.CaseEvent] = [*_parts(chance, persons)]
    if chance.random() < 0.4:
        who = chance.choice(officers).id
        history.append(e.Assigned(office=chance.choice(WORKING[:2]), officer=who))
    if chance.random() < 0.3:
        kind = chance.choice((ConflictKind.DECLARED, ConflictKind.SAME_BRANCH, ConflictKind.WITHHELD))
        history.append(e.ConflictNoted(officer=chance.choice(officers).id, kind=kind))
    if chance.random() < 0.5:
        decided = e.CaseDecided(verdict=Verdict.NOT_UPHELD, reasons="The words were a quotation.")
        by = By(Office.DECIDER, chance.choice(officers).id)
        history += [*TO_INVESTIGATION, happened(decided, by)]
        if chance.random() < 0.7:
            history.append(e.AppealMade(by=chance.choice(persons), part=Part.REPORTER, grounds="It was no quotation."))
    return case_with(*history)
