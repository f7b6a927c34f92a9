"""Telling those in a case: who is owed which letter, three attempts to deliver it, then it is shown (R45)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.casework.attempts import after_attempt
from handlers.casework.deciding import DecidingDeps, by_bot, window_end
from handlers.casework.reasons import redress, statement_for
from handlers.errors import PlatformUnavailable
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.letters import Letter
from policies.casework.outcomes import FOUND, standing_rules, standing_verdict
from policies.casework.people import Account, PersonId
from policies.casework.sanctions import LASTING
from policies.casework.seen import anonymous_reporters, reported_from
from policies.casework.statements import NAMES, last_day, letter_values, quoted, version
from policies.casework.words import AppealVerdict, CaseKind, CaseState, Delivery, NoticeKind, Part, Sanction, Verdict
from policies.decisions import OutcomeStatus

RETRY_AFTER = timedelta(minutes=10)
_TOLD = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)
_ABOUT_CONDUCT = (CaseKind.CONDUCT, CaseKind.CAMPAIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A letter that somebody is owed, and what it is about."""

    kind: NoticeKind
    to: PersonId
    part: Part
    letter: str
    about: e.CaseEvent
    at: datetime
    sanction: e.SanctionChosen | None = None
    number: int = 0


async def tell_owed(case: Case, deps: DecidingDeps) -> Case:
    """Try every letter that is owed and due; gives the case with what came of it."""
    trying = True
    while trying:
        trying = False
        for owed in still_owed(case):
            now = deps.clock.now()
            tried = _tried(case, owed)
            failures = _failures(tried)
            if failures and now - tried[-1].at < RETRY_AFTER:
                continue
            letter = await letter_for(case, owed, deps)
            delivery = after_attempt(await _deliver(await _accounts(case, owed, deps), letter, deps), failures + 1)
            said = e.NoticeTried(
                kind=owed.kind, to=owed.to, part=owed.part, delivery=delivery, attempt=failures + 1, text=str(letter)
            )
            case = await deps.cases.append(case.id, *by_bot([said], now), version=case.version)
            trying = True
    return case


def still_owed(case: Case) -> tuple[Owed, ...]:
    """Give the letters that nobody got and that are not shown instead, in the order in which they fell due."""
    left: list[Owed] = []
    ended: dict[tuple[NoticeKind, PersonId], int] = {}
    for one in case.of(e.NoticeTried):
        what = one.what
        if isinstance(what, e.NoticeTried) and what.to is not None and what.delivery is not Delivery.FAILED:
            ended[what.kind, what.to] = ended.get((what.kind, what.to), 0) + 1
    for owed in owed_letters(case):
        key = (owed.kind, owed.to)
        if ended.get(key, 0):
            ended[key] -= 1
        else:
            left.append(owed)
    first: dict[tuple[NoticeKind, PersonId], Owed] = {}
    for owed in left:  # one of a kind at a time, so that an attempt belongs to one letter
        first.setdefault((owed.kind, owed.to), owed)
    return tuple(first.values())


def owed_letters(case: Case) -> tuple[Owed, ...]:
    """Give every letter that a case ever owed, in order."""
    return tuple(_owed(case) if case.kind in _ABOUT_CONDUCT else _owed_to_whoever_asked(case))


def was_told(case: Case, kind: Sanction, on: PersonId) -> bool:
    """Whether the newest statement of reasons for a sanction was sent, or tried at least once."""
    owed = [one for one in owed_letters(case) if one.kind is NoticeKind.STATEMENT_OF_REASONS and one.to == on]
    places = [place for place, one in enumerate(owed) if one.sanction is not None and one.sanction.kind is kind]
    if not places:
        return False
    tried = _tried(case, owed[places[-1]])
    ended = sum(isinstance(one.what, e.NoticeTried) and one.what.delivery is not Delivery.FAILED for one in tried)
    return places[-1] < ended or (places[-1] == ended and _failures(tried) > 0)


def reporters(case: Case) -> tuple[PersonId, ...]:
    """Give those who reported, the anonymous ones too: they are told, and nobody is told of them."""
    joined = (one.what for one in case.history)
    people = [what.report.new.reporter for what in joined if isinstance(what, e.ReportJoined)]
    found = [*case.with_part(Part.REPORTER), *(person for person in people if person is not None)]
    return tuple(dict.fromkeys(found))


async def letter_for(case: Case, owed: Owed, deps: DecidingDeps) -> Letter:
    """Write the letter that somebody is owed."""
    if owed.letter == "statement" and owed.sanction is not None:
        statement = await statement_for(case, owed.sanction, owed.number, owed.at, deps)
        return deps.letters.write("statement", letter_values(statement))
    return deps.letters.write(owed.letter, _values(case, owed, deps))


def _owed(case: Case) -> Iterator[Owed]:
    subjects, targets = case.with_part(Part.SUBJECT), case.with_part(Part.TARGET)
    unnamed, number = anonymous_reporters(case), 0
    for one in case.history:
        what, at = one.what, one.at
        match what:
            case e.CaseMoved(to=CaseState.ACKNOWLEDGED):
                for person, part in (*((p, Part.SUBJECT) for p in subjects), *((p, Part.TARGET) for p in targets)):
                    yield Owed(
                        kind=NoticeKind.RECEIPT,
                        to=person,
                        part=part,
                        letter=f"received-{part.value}",
                        about=what,
                        at=at,
                    )
            case e.CaseDecided():
                for chosen in what.sanctions:
                    number += 1
                    yield _statement(chosen, number, what, at)
                sanctioned = frozenset(chosen.on for chosen in what.sanctions)
                yield from _to_all(case, one, NoticeKind.DECISION, "decided", spared=sanctioned)
            case e.AppealMade():
                if what.by is not None:
                    yield Owed(
                        kind=NoticeKind.APPEAL_RECEIPT,
                        to=what.by,
                        part=what.part,
                        letter="appeal-received",
                        about=what,
                        at=at,
                    )
                for owed in _to_all(case, one, NoticeKind.APPEAL_RECEIPT, "appeal-made"):
                    # Whoever reported anonymously is two people to the letters: as reporter, and as anything else.
                    apart = owed.to in unnamed and (owed.part is Part.REPORTER) is not (what.part is Part.REPORTER)
                    if owed.to != what.by or apart:
                        yield replace(owed, letter="appeal-made")
            case e.AppealDecided():
                for chosen in what.sanctions:
                    number += 1
                    yield _statement(chosen, number, what, at)
                yield from _to_all(case, one, NoticeKind.APPEAL_OUTCOME, "appeal")
            case e.SanctionEnded(kind=kind, on=on) if kind in LASTING:
                yield Owed(
                    kind=NoticeKind.SANCTION_LIFTED,
                    to=on,
                    part=Part.SUBJECT,
                    letter="sanction-ended",
                    about=what,
                    at=at,
                )


def _owed_to_whoever_asked(case: Case) -> Iterator[Owed]:
    """Owe whoever asked about their own data that somebody has it, and how it ended and why."""
    letters = {
        e.CaseMoved: (NoticeKind.RECEIPT, "request-received"),
        e.CaseDecided: (NoticeKind.DECISION, "request-decided"),
    }
    for one in case.history:
        if isinstance(one.what, e.CaseMoved) and one.what.to is not CaseState.ACKNOWLEDGED:
            continue
        if type(one.what) in letters:
            kind, letter = letters[type(one.what)]
            for person in reporters(case):
                yield Owed(kind=kind, to=person, part=Part.REPORTER, letter=letter, about=one.what, at=one.at)


def _statement(chosen: e.SanctionChosen, number: int, what: e.CaseEvent, at: datetime) -> Owed:
    return Owed(
        kind=NoticeKind.STATEMENT_OF_REASONS,
        to=chosen.on,
        part=Part.SUBJECT,
        letter="statement",
        about=what,
        at=at,
        sanction=chosen,
        number=number,
    )


def _to_all(
    case: Case, one: e.Happened, kind: NoticeKind, letter: str, *, spared: frozenset[PersonId] = frozenset()
) -> Iterator[Owed]:
    """Owe each a letter once, by the part that matters most to them.

    Whoever reported anonymously gets one as reporter besides: without it the letters of a case, which those who work
    on it see, would show that its target or its subject is the one who reported.
    """
    seen = set(spared)
    unnamed = anonymous_reporters(case)
    subjects, targets = case.with_part(Part.SUBJECT), case.with_part(Part.TARGET)
    for part, people in ((Part.SUBJECT, subjects), (Part.REPORTER, reporters(case)), (Part.TARGET, targets)):
        for person in people:
            apart = part is Part.REPORTER and person in unnamed
            if apart or person not in seen:
                seen |= frozenset() if apart else {person}
                name = f"{letter}-{part.value}"
                yield Owed(kind=kind, to=person, part=part, letter=name, about=one.what, at=one.at)


def _values(case: Case, owed: Owed, deps: DecidingDeps) -> dict[str, str]:
    decision, appeal = case.decision, case.appeal_decision
    heard_by = deps.policies.newest.clocks.appeal_decide.after(owed.at, deps.calendar)
    deadline = heard_by if isinstance(owed.about, e.AppealMade) else window_end(case, deps) or owed.at
    values = {
        "case": case.id,
        "organisation": deps.organisation,
        "support": deps.support,
        "deadline": last_day(deadline),
        "redress": redress(case, deps),
        "decided": "A person decided it, not a machine.",
    }
    if decision is not None:
        policy = deps.policies.of_version(decision.policy) if decision.policy else None
        rules = standing_rules(case)
        about = appeal if isinstance(owed.about, e.AppealDecided) and appeal is not None else decision
        values |= {
            "verdict": _VERDICTS[decision.verdict],
            "facts": about.reasons,
            "clauses": quoted((rule, policy.clause_of(rule)) for rule in rules) if policy else "",
            "policy": version(policy.known_as) if policy and rules else "",
            "departure": about.departure,
            "action": _action(case),
        }
    if appeal is not None:
        values |= {"outcome": _OUTCOMES[appeal.verdict], "changes": _changes(case, appeal)}
    if any(isinstance(one.what, e.SanctionStayed) for one in case.history) and appeal is None:
        values["stayed"] = "Until then the sanction is suspended."
    if isinstance(owed.about, e.SanctionEnded):
        name = NAMES[owed.about.kind]
        values |= {
            "restriction": name[0].upper() + name[1:],
            "why": owed.about.detail,
            "restored": "What it took from you was given back, as far as we can; if something is missing, tell us.",
        }
    return values


async def _accounts(case: Case, owed: Owed, deps: DecidingDeps) -> Sequence[Account]:
    """Give where a letter goes: to whoever reported anonymously only where they reported from."""
    if owed.part is Part.REPORTER and owed.to in anonymous_reporters(case) and reported_from(case, owed.to):
        return reported_from(case, owed.to)
    return await deps.cases.accounts(owed.to)


async def _deliver(accounts: Sequence[Account], letter: Letter, deps: DecidingDeps) -> Delivery:
    """Send a letter to the first of these accounts that takes it; who has none can only be shown it."""
    notice = Notice(title=letter.title, paragraphs=letter.paragraphs)
    for account in accounts:
        platform = deps.platforms.get(account.platform)
        if platform is None:
            continue
        try:
            outcome = await platform.notify(account.community, account.member, notice)
        except PlatformUnavailable:
            continue
        if outcome.status in _TOLD:
            return Delivery.DELIVERED
    return Delivery.FAILED if accounts else Delivery.SHOWN_INSTEAD


def _tried(case: Case, owed: Owed) -> list[e.Happened]:
    return [
        one
        for one in case.of(e.NoticeTried)
        if isinstance(one.what, e.NoticeTried) and (one.what.kind, one.what.to) == (owed.kind, owed.to)
    ]


def _failures(tried: list[e.Happened]) -> int:
    count = 0
    for one in tried:
        failed = isinstance(one.what, e.NoticeTried) and one.what.delivery is Delivery.FAILED
        count = count + 1 if failed else 0
    return count


def _action(case: Case) -> str:
    if standing_verdict(case) not in FOUND:
        return "Nothing is held against anybody."
    chosen = case.appeal_decision.sanctions if case.appeal_decision else ()
    return (
        "We have acted on it; what was done concerns the person it was done to, so we do not tell you more."
        if chosen or (case.decision and case.decision.sanctions)
        else "No sanction was imposed."
    )


def _changes(case: Case, appeal: e.AppealDecided) -> str:
    if appeal.verdict is AppealVerdict.REVERSED:
        return "What was imposed on you is taken back, what was hidden is shown again, and our figures are corrected."
    if appeal.verdict is AppealVerdict.VARIED and appeal.sanctions:
        return "What is imposed on you now, and why, was sent to you by itself."
    if any(isinstance(one.what, e.SanctionStayed) for one in case.history):
        return "What was left of the sanction is served from now on."
    return ""


_VERDICTS = {
    Verdict.UPHELD: "We found that our rules were broken.",
    Verdict.PARTLY_UPHELD: "We found that our rules were broken in part.",
    Verdict.NOT_UPHELD: "We found that our rules were not broken.",
    Verdict.NOT_PROVEN: "We could not find out enough to say that our rules were broken.",
    Verdict.OUTSIDE_RULES: "We found that our rules do not cover this.",
    Verdict.DONE: "What was asked for was done.",
    Verdict.REFUSED: "What was asked for was refused.",
}
_OUTCOMES = {
    AppealVerdict.STANDS: "We heard the appeal anew, and the decision stands.",
    AppealVerdict.VARIED: "We heard the appeal anew, and the decision is changed.",
    AppealVerdict.REVERSED: "We heard the appeal anew, and the decision is taken back: our rules were not broken.",
}
