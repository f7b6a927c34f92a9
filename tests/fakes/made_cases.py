"""Cases of a made-up party, by what happened to each; figures are counted from them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from handlers.casework.ports import Cases
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import THE_BOT, PersonId
from policies.casework.words import (
    AppealVerdict,
    CaseKind,
    CaseReason,
    CaseState,
    Channel,
    ClockName,
    Delivery,
    NoticeKind,
    Part,
    Sanction,
    Verdict,
)
from policies.decisions import Severity
from policies.findings import Category
from tests.fakes.cases import new_report

DAY = timedelta(days=1)
_KEYS = count()
SUBJECT = PersonId("p-subject")


def day(month: int, number: int = 1, year: int = 2026) -> datetime:
    return datetime(year, month, number, 12, tzinfo=UTC)


async def made(
    cases: Cases,
    at: datetime,
    *,
    channels: Sequence[Channel] = (Channel.MESSAGE,),
    anonymous: bool = False,
    categories: Sequence[Category] = (Category.INSULT,),
    kind: CaseKind = CaseKind.CONDUCT,
    acknowledged: float | None = 0.5,
    triaged: float | None = 1,
    decided: float | None = None,
    verdict: Verdict = Verdict.UPHELD,
    sanctions: Sequence[e.SanctionChosen] = (),
    appealed: float | None = None,
    outcome: tuple[float, AppealVerdict] | None = None,
    closed: float | None = None,
    more: Sequence[tuple[float, e.CaseEvent]] = (),
) -> Case:
    """Keep a case; times are days after its opening."""
    happened: list[tuple[float, e.CaseEvent]] = [
        (0, e.CaseOpened(kind=kind, severity=Severity.MEDIUM, categories=tuple(categories)))
    ]
    for number, channel in enumerate(channels):
        reporter = None if channel is Channel.DETECTION else PersonId(f"p-{at:%Y%m%d}-{number}")
        new = new_report(f"made-{next(_KEYS)}", at=at, channel=channel, reporter=reporter, anonymous=anonymous)
        report, _ = await cases.new_report(new)
        happened.append((number / 24, e.ReportJoined(report=report)))
    for when, to, why in (
        (acknowledged, CaseState.ACKNOWLEDGED, CaseReason.RECEIPT_SENT),
        (triaged, CaseState.TRIAGED, CaseReason.SEVERITY_SET),
        (triaged if decided is not None else None, CaseState.INVESTIGATING, CaseReason.FACTS_NEEDED),
    ):
        if when is not None:
            happened.append((when, e.CaseMoved(to=to, reason=why)))
    if decided is not None:
        happened.append((decided, e.CaseDecided(verdict=verdict, reasons="Heard.", sanctions=tuple(sanctions))))
    if appealed is not None:
        happened.append((appealed, e.AppealMade(by=SUBJECT, part=Part.SUBJECT, grounds="I was quoting.")))
    if outcome is not None:
        happened.append((outcome[0], e.AppealDecided(verdict=outcome[1], reasons="Heard anew.")))
    if closed is not None:
        happened.append((closed, e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.APPEAL_WAIVED)))
    ordered = sorted([*happened, *more], key=lambda one: one[0])
    return await cases.open(*(e.Happened(at=at + after * DAY, by=THE_BOT, what=what) for after, what in ordered))


def chosen(kind: Sanction, departure: str = "") -> e.SanctionChosen:
    return e.SanctionChosen(kind=kind, on=SUBJECT, departure=departure)


CONTACT = e.ContactLogged(who="somebody", how="by telephone", words="asked for it to be dropped")
REFUSED = e.ViewRefused(officer="olga")
ESCALATED = e.CaseEscalated(clock=ClockName.DECIDE, due=day(5), to="reviewer, leadership")
CONFIRMED = e.EscalationAcknowledged(clock=ClockName.DECIDE, words="told")
UNDELIVERED = e.NoticeTried(
    kind=NoticeKind.DECISION, to=SUBJECT, part=Part.SUBJECT, delivery=Delivery.SHOWN_INSTEAD, attempt=3, text="x"
)


async def a_year(cases: Cases) -> None:
    """Keep two quarters of a party of some size: a backlog, decisions, appeals that reverse some of them."""
    kinds, ways = list(Category), list(Channel)
    for number in range(74):
        await made(cases, day(1, 20) - (30 + 9 * number) * DAY, acknowledged=None if number % 3 else 2, triaged=None)
    for number in range(96):
        month, reversed_ = 4 + number % 6, number % 16 == 3
        sanction = list(Sanction)[(number // 2) % 5 if number % 4 else 0]
        imposed = [chosen(sanction, "the words were plain" if number % 11 == 0 else "")]
        decided = 4 + number % 23 if number % 5 else None
        verdict = (Verdict.UPHELD, Verdict.UPHELD, Verdict.NOT_UPHELD, Verdict.PARTLY_UPHELD)[number % 4]
        await made(
            cases,
            day(month, 1 + number % 27),
            channels=[ways[number % 5], *([Channel.MESSAGE] if number % 7 == 0 else [])],
            anonymous=number % 3 == 0,
            categories=[kinds[number * number % 8], *([Category.THREAT] if number % 9 == 0 else [])],
            kind=CaseKind.DATA_COMPLAINT if number % 19 == 0 else CaseKind.CONDUCT,
            acknowledged=0.1 + number % 4 / 5,
            triaged=1 + number % 3,
            decided=decided,
            verdict=verdict,
            sanctions=imposed if decided is not None and verdict is not Verdict.NOT_UPHELD else (),
            appealed=decided + 3 if decided is not None and number % 4 == 3 else None,
            outcome=(decided + 40, AppealVerdict.REVERSED if reversed_ else AppealVerdict.STANDS)
            if decided is not None and number % 4 == 3
            else None,
            closed=decided + 45 if decided is not None and number % 3 == 0 else None,
            more=[(2, CONTACT)] * (number % 13 == 0) + [(3, REFUSED)] * (number % 31 == 0),
        )
