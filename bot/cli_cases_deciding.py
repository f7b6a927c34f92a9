"""`hustings cases decide | approve | appeal | ...`: deciding, appealing, sanctions and their ends, from the shell."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.case_decisions import deciding_beside
from bot.cli_cases_desk import Desk, OnScreen, Seen, Which, account, case_id, desk, say
from bot.cli_cases_officers import officers_command
from bot.cli_folders import casework_settings, setting, stop
from handlers.casework.appeals import appeal as make_appeal
from handlers.casework.appeals import decide_appeal as rule_on_appeal
from handlers.casework.deciding import DecidingDeps
from handlers.casework.decisions import Decided, Proposal, task_done
from handlers.casework.decisions import approve as give_approval
from handlers.casework.decisions import decide as make_decision
from handlers.casework.decisions import lift as lift_sanction
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.grid import Measure, read_measure
from policies.casework.letters import LettersError, load_letters
from policies.casework.people import PersonId
from policies.casework.sanctions import sanctions_of
from policies.casework.statements import moment, named
from policies.casework.words import AppealVerdict, Office, Part, Sanction, Verdict

_LATER = "The running bot tells everybody, and acts, within a minute."
Rules = Annotated[list[str] | None, typer.Option("--rule", help="A rule that was broken, by its id; repeatable.")]
Sanctions = Annotated[
    list[str] | None,
    typer.Option("--sanction", help="Such as 'warning', 'mute 7d', 'suspension 28d', 'removal', 'ban'; repeatable."),
]
Departure = Annotated[str, typer.Option("--departure", help="Why this goes outside the grid; the member reads it.")]
On = Annotated[str, typer.Option("--on", help="On whom, as discord/SERVER/MEMBER; needed where there are several.")]


class Finding(StrEnum):
    """What can be found."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly-upheld"
    NOT_UPHELD = "not-upheld"
    NOT_PROVEN = "not-proven"
    OUTSIDE_RULES = "outside-rules"
    DONE = "request-met"
    REFUSED = "request-refused"


class Outcome(StrEnum):
    """What becomes of a decision on appeal."""

    STANDS = "stands"
    VARIED = "varied"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Bench:
    """An officer at the desk, with what deciding needs."""

    at: Desk
    deps: DecidingDeps

    async def case(self, name: str) -> Case:
        """Give a case as it stands, to somebody who may see it; that they looked is on record."""
        await self.at.access.view(case_id(name), self.at.by)
        found = await self.deps.cases.get(case_id(name))
        if found is None:
            raise NotAllowed(f"There is no case {name}.")
        return found

    async def subject(self, case: Case, on: str) -> PersonId:
        """Give on whom a sanction is imposed."""
        if on:
            return await self.deps.cases.person(account(on))
        subjects = case.with_part(Part.SUBJECT)
        if len(subjects) != 1:
            raise NotAllowed(f"{case.id} is about {len(subjects)} people. Say on whom with --on.")
        return subjects[0]

    async def chosen(self, case: Case, written: list[str] | None, on: str, why: str) -> tuple[e.SanctionChosen, ...]:
        """Read the sanctions that were written."""
        return tuple([await self._one(case, one, on, why) for one in written or ()])

    async def _one(self, case: Case, written: str, on: str, why: str) -> e.SanctionChosen:
        try:
            measure: Measure = read_measure(written)
        except ValueError as error:
            raise NotAllowed(f"--sanction: {error}.") from None
        if measure.kind is None:
            raise NotAllowed("--sanction nothing: leave the option out where nothing is imposed.")
        until = None if measure.days is None else self.deps.clock.now() + timedelta(days=measure.days)
        person = await self.subject(case, on)
        return e.SanctionChosen(kind=measure.kind, on=person, until=until, departure=why)


@asynccontextmanager
async def _bench(
    by: str, office: Office | None, data: Path | None, keys: Path | None, case: str = ""
) -> AsyncIterator[Bench]:
    """Open the desk of somebody who decides."""
    async with desk(by, office, data, keys, case) as at:
        deps = await deciding_beside(
            at.store,
            casework_settings(),
            at.policy,
            alarms=OnScreen(),
            clock=at.deps.clock,
            organisation=setting("organisation") or "the moderators",
            platforms={},
        )
        yield Bench(at, deps)


at_bench = officers_command(_bench)


def add_deciding(app: typer.Typer) -> None:
    """Add the commands by which cases are decided and appealed."""
    for command in (decide, approve, appeal, sanctions, lift, done, letters):
        app.command()(command)
    app.command("decide-appeal")(decide_appeal)


@at_bench
async def decide(
    bench: Bench,
    case: Which,
    verdict: Annotated[Finding, typer.Argument(help="What you find.")],
    *,
    reasons: Annotated[str, typer.Option("--reasons", help="Why; the member reads it. Name nobody.")],
    rule: Rules = None,
    sanction: Sanctions = None,
    on: On = "",
    departure: Departure = "",
    happened: Annotated[
        datetime | None, typer.Option("--happened", help="When it happened (UTC), where no incident says so.")
    ] = None,
    version: Seen = None,
) -> None:
    """Decide a case. What takes two people waits for the second: hustings cases approve."""
    found = await bench.case(case)
    proposal = Proposal(
        verdict=Verdict(f"case-{verdict.value}"),
        reasons=reasons,
        rules=tuple(rule or ()),
        sanctions=await bench.chosen(found, sanction, on, departure),
        conduct_at=None if happened is None else happened.replace(tzinfo=UTC),
        departure="" if sanction else departure,
    )
    _told(await make_decision(found.id, proposal, bench.at.by, bench.deps, version=version or found.version))


@at_bench
async def approve(
    bench: Bench,
    case: Which,
    *,
    words: Annotated[str, typer.Option("--words", help="Why you agree, or refuse.")],
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it, which ends it.")] = False,
    proposal: Annotated[
        int | None, typer.Option("--proposal", min=1, help="Which proposal you read; needed where there were several.")
    ] = None,
) -> None:
    """Give the second person's word on what waits in a case; with it, it is decided."""
    found = await bench.case(case)
    agreed = await give_approval(found.id, bench.at.by, words, bench.deps, granted=not refuse, proposal=proposal)
    _told(agreed)


@at_bench
async def appeal(
    bench: Bench,
    case: Which,
    grounds: Annotated[str, typer.Argument(help="Why the decision is wrong, in the member's words.")],
    *,
    of: Annotated[str, typer.Option("--of", help="Who appeals, as discord/SERVER/MEMBER.")] = "",
    code: Annotated[str, typer.Option("--code", help="Or the code of their report, where they reported it.")] = "",
    evidence: Annotated[str, typer.Option("--evidence", help="What is new.")] = "",
) -> None:
    """Enter an appeal for a member: whoever the case is about, or whoever reported it."""
    found = await bench.case(case)
    if bool(of) is bool(code):
        raise NotAllowed("Say who appeals: --of with one of their accounts, or --code with that of their report.")
    person = await bench.deps.cases.person(account(of)) if of else None
    made = await make_appeal(
        found.id, person, grounds, bench.deps, evidence=evidence, entered_by=bench.at.by, code=code
    )
    say(made)
    typer.echo(_LATER)


@at_bench
async def decide_appeal(
    bench: Bench,
    case: Which,
    verdict: Annotated[Outcome, typer.Argument(help="What becomes of the decision.")],
    *,
    reasons: Annotated[str, typer.Option("--reasons", help="Why; the member reads it. Name nobody.")],
    rule: Rules = None,
    sanction: Sanctions = None,
    on: On = "",
    departure: Departure = "",
) -> None:
    """Decide an appeal, anew: the decision stands, is varied, or is taken back with everything it did."""
    found = await bench.case(case)
    proposal = Proposal(
        verdict=Verdict.UPHELD,
        reasons=reasons,
        rules=tuple(rule or ()),
        sanctions=await bench.chosen(found, sanction, on, departure),
        departure="" if sanction else departure,
    )
    outcome = AppealVerdict(f"decision-{verdict.value}")
    _told(await rule_on_appeal(found.id, outcome, proposal, bench.at.by, bench.deps))


@at_bench
async def sanctions(bench: Bench, case: Which) -> None:
    """Show the sanctions of a case: what holds, on which accounts, and what is left to be done by hand."""
    found = await bench.case(case)
    subjects = found.with_part(Part.SUBJECT)
    now, shown = bench.deps.clock.now(), sanctions_of(found, bench.deps.clock.now())
    for one in shown:
        state = "in force" if one.wanted and one.imposed else "to be imposed" if one.wanted else "ended"
        whom = f"subject {subjects.index(one.on) + 1}" if one.on in subjects else "a subject under an older name"
        name = named(one.kind, one.since, one.until)
        typer.echo(f"{name[0].upper()}{name[1:]} on {whom}: {state}")
        for held in one.held:
            until = f" until {moment(held.until)}" if held.until else ""
            how = f"held{until}" if held.on else "not held"
            left = f", asked for by hand as {held.task}" if held.task and not held.task_done else ""
            typer.echo(f"  {held.account.platform.value} {held.account.member}: {how}{left}")
    for task in _open_tasks(found):
        typer.echo(f"To do {task.task} ({task.to}): {task.words}")
    if not shown:
        typer.echo(f"No sanction was imposed in {found.id} by {moment(now)}.")


@at_bench
async def lift(
    bench: Bench,
    case: Which,
    kind: Annotated[str, typer.Argument(help="Which sanction: mute, suspension, ban.")],
    *,
    reasons: Annotated[str, typer.Option("--reasons", help="Why it ends early.")],
    on: On = "",
) -> None:
    """End a sanction before its time, and give back what it took."""
    found = await bench.case(case)
    try:
        which = Sanction(f"sanction-{kind}")
    except ValueError:
        raise NotAllowed(f"{kind!r} is no sanction. These can be lifted: mute, suspension, ban.") from None
    person = await bench.subject(found, on)
    now = await lift_sanction(found.id, which, person, reasons, bench.at.by, deps=bench.deps)
    say(now)
    if len(now.of(e.SanctionLifted)) > len(found.of(e.SanctionLifted)):
        typer.echo(_LATER)
    else:
        typer.echo("Not lifted yet: it takes a second person, who gives the same command with their own reasons.")


@at_bench
async def done(
    bench: Bench,
    case: Which,
    task: Annotated[str, typer.Argument(help="The task, such as T1.")],
    *,
    words: Annotated[str, typer.Option("--words", help="A word about it.")] = "",
) -> None:
    """Record that you did by hand what no platform lets the bot do."""
    found = await bench.case(case)
    say(await task_done(found.id, task.upper(), words, bench.at.by, bench.deps))


def letters(
    file: Annotated[Path, typer.Argument(help="The file of letters, such as the one that casework.letters names.")],
) -> None:
    """Check a file of letters: every mistake with its line and what to do."""
    try:
        load_letters(file)
    except LettersError as error:
        stop(str(error), 1)
    typer.echo(f"{file} has every letter, and each says what a member has to be told.")


def _told(decided: Decided) -> None:
    if decided.waits_for:
        acts = ", ".join(act.value.removeprefix("act-").replace("-", " ") for act in decided.waits_for)
        number = len(decided.case.of(e.DecisionProposed))
        which = f" --proposal {number}" if number > 1 else ""
        typer.echo(
            f"Recorded, and not decided yet: it takes a second person ({acts}). They see it with hustings cases show"
            f" {decided.case.id} and answer with hustings cases approve {decided.case.id}{which}."
        )
        return
    say(decided.case)
    if decided.case.decision is not None:
        typer.echo(_LATER)


def _open_tasks(case: Case) -> list[e.TaskGiven]:
    done = {one.what.task for one in case.of(e.TaskDone) if isinstance(one.what, e.TaskDone)}
    given = [one.what for one in case.of(e.TaskGiven) if isinstance(one.what, e.TaskGiven)]
    return [task for task in given if task.task not in done]
