"""`hustings cases pause | resume | confirm | deadlines`: the clocks of cases, from the shell."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from bot.case_deadlines import deadlines_beside
from bot.cli_cases_desk import Desk, OnScreen, Which, case_id, say
from bot.cli_cases_officers import at_desk
from handlers.casework.deadlines import acknowledge_escalation, keep_deadlines, owed_alarms
from handlers.casework.digest import backlog_digest
from handlers.casework.pausing import pause as stand_still
from handlers.casework.pausing import resume as go_on
from policies.casework import events as e
from policies.casework.backlog import backlog
from policies.casework.case import NotAllowed
from policies.casework.words import PauseReason

Words = Annotated[str, typer.Argument(help="In words; kept under seal.")]


class PauseFor(StrEnum):
    """Why the clocks of a case may stand still."""

    REPORTER = "awaiting-reporter"
    SUBJECT = "awaiting-subject"
    POLICE = "awaiting-police"
    EVIDENCE = "awaiting-evidence"
    ILLNESS = "illness"


def add_clocks(app: typer.Typer) -> None:
    """Add the commands about deadlines."""
    for command in (pause, resume, confirm, deadlines):
        app.command()(command)


@at_desk
async def pause(
    at: Desk,
    case: Which,
    reason: Annotated[PauseFor, typer.Argument(help="What is waited for.")],
    words: Words,
    *,
    until: Annotated[datetime, typer.Option("--until", help="Until when at the latest (UTC), such as 2026-12-01.")],
) -> None:
    """Stop the clocks of a case for a while; there is a limit to all its pauses together."""
    moment = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    what = e.ClockPaused(reason=PauseReason(reason.value), until=moment, words=words)
    say(await stand_still(case_id(case), at.by, what, at.deps, at.rules))


@at_desk
async def resume(at: Desk, case: Which) -> None:
    """Let the clocks of a case run again before their pause is over."""
    say(await go_on(case_id(case), at.by, at.deps))


@at_desk
async def confirm(
    at: Desk,
    case: Which,
    words: Annotated[str, typer.Argument(help="How you were told, if you want it on record.")] = "",
) -> None:
    """Confirm that you were told of a case past twice its deadline; it is kept, and counted in public."""
    found = await at.store.cases.get(case_id(case))
    if found is None:
        raise NotAllowed(f"There is no case {case_id(case)}.")
    await at.access.ensure_may(found, at.by, e.EscalationAcknowledged)
    say(await acknowledge_escalation(found.id, at.by, words, at.deps.clock.now(), at.store.cases))


@at_desk
async def deadlines(at: Desk) -> None:
    """Look at the deadlines of all open cases now, and say what waits; the running bot is the one who tells."""
    deps = await deadlines_beside(at.store, OnScreen(), at.rules, at.calendar, at.holders)
    kept = await keep_deadlines(deps, tell=False)
    cases = [found async for found in at.store.cases.all(open_only=True)]
    # An officer is not told here of a case that nobody would alarm them about.
    told_of = [one for one in cases if await at.access.whom_to_tell(at.by.officer, one) == at.by.officer]
    for holder, notice in (owed for found in told_of for owed in owed_alarms(found)):
        await deps.alarms.tell(holder, notice)
    count = backlog(told_of, deps.clock.read().now, at.rules, at.calendar)
    told = backlog_digest(count)
    for line in told.paragraphs:
        typer.echo(line)
    typer.echo(
        f"New on record: {kept.breaches} missed, {kept.escalations} escalated, {kept.closed} closed because the"
        " window for an appeal is over."
    )
    if count.open and count.oldest > timedelta(days=1):
        typer.echo("hustings cases list --open shows them with their deadlines.")
