"""`hustings cases acknowledge | triage | assign | ...`: the steps of officers, each a record under their name."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli_cases_desk import As, Desk, Seen, Which, Who, account, case_id, desk, run, say
from bot.cli_folders import Data, Keys, stop
from handlers.casework.linking import LinkingDeps, link_accounts, part_account
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.words import CaseReason, ConflictKind, Office, Part
from policies.decisions import Severity
from policies.findings import Category
from policies.identifiers import IncidentId

Words = Annotated[str, typer.Argument(help="What is to be kept, in words.")]
Aside = Annotated[str, typer.Option("--words", help="A word about it.")]


class CloseFor(StrEnum):
    """Why a case is closed before the window for appeals is over."""

    WAIVED = "appeal-waived"
    ENDED = "matter-ended"


class Stake(StrEnum):
    """What an officer can declare."""

    BRANCH = "same-branch"
    SLATE = "same-slate"
    EMPLOYER = "same-employer"
    PARTY = "party-to-it"
    OTHER = "declared"


def add_work(app: typer.Typer) -> None:
    """Add the commands by which officers work on a case."""
    for command in (
        acknowledge,
        triage,
        investigate,
        assign,
        note,
        statement,
        finding,
        link,
        name,
        same,
        apart,
        contact,
    ):
        app.command()(command)
    app.command("stand-aside")(stand_aside)
    app.command()(close)


def acknowledge(
    case: Which,
    *,
    words: Aside = "",
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Record that somebody has it."""
    _step(by, office, data, keys, lambda at: at.steps.acknowledge(case_id(case), at.by, words, version=version))


def triage(
    case: Which,
    severity: Annotated[Severity, typer.Argument(help="How grave the matter is.")],
    *,
    category: Annotated[
        list[Category] | None,
        typer.Option(help="What it is, in place of what the case had; may be given again."),
    ] = None,
    words: Aside = "",
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Set how grave a case is, and what it is; one that waited for it goes on."""
    found = tuple(category or ())

    def work(at: Desk) -> Awaitable[Case]:
        return at.steps.triage(case_id(case), at.by, severity, words, categories=found, version=version)

    _step(by, office, data, keys, work)


def investigate(
    case: Which,
    *,
    words: Aside = "",
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Begin to look into a case."""
    _step(by, office, data, keys, lambda at: at.steps.investigate(case_id(case), at.by, words, version=version))


def assign(
    case: Which,
    to: Annotated[Office, typer.Argument(metavar="OFFICE", help="Which office in the case.")],
    officer: Annotated[str, typer.Argument(help="Which officer; left out, one who can is drawn by lot.")] = "",
    *,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Give an office in a case to an officer without a stake in it."""

    async def work() -> None:
        async with desk(by, office, data, keys) as at:
            now = await at.access.assign(case_id(case), to, at.by, officer=officer)
            say(now)
            last = now.history[-1].what
            if isinstance(last, e.Assigned):
                typer.echo(f"{last.officer} is now {to.value} in it.")
            else:
                typer.echo(f"Nobody is left who can be {to.value} in it.")

    run(work())


def note(
    case: Which,
    words: Words,
    *,
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Write something down on a case."""
    _step(by, office, data, keys, lambda at: at.steps.note(case_id(case), at.by, words, version=version))


def statement(
    case: Which,
    part: Annotated[Part, typer.Argument(help="Which side says it.")],
    words: Words,
    *,
    person: Annotated[
        Any, typer.Option("--person", parser=account, metavar="ACCOUNT", help="Who says it, by an account.")
    ] = None,
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Keep what one side says, apart from what is found."""

    async def step(at: Desk) -> Case:
        who = await at.person(person)
        return await at.steps.hear(case_id(case), at.by, part, words, person=who, version=version)

    _step(by, office, data, keys, step)


def finding(
    case: Which,
    words: Words,
    *,
    rests_on: Annotated[
        list[str] | None, typer.Option("--rests-on", help="An incident or report it rests on; may be given again.")
    ] = None,
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Keep what was found to be so, and on what it rests."""
    rests = tuple(name.strip().upper() for name in rests_on or ())
    _step(by, office, data, keys, lambda at: at.steps.find(case_id(case), at.by, words, rests, version=version))


def link(
    case: Which,
    other: Annotated[str, typer.Argument(help="An incident (I-2026-000042) or another case (C-2026-000007).")],
    why: Annotated[str, typer.Argument(help="Why; needed for another case.")] = "",
    *,
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Link an incident or another case to a case."""
    named = other.strip().upper()
    if not named.startswith(("I-", "C-")):
        stop(f"{other} is neither an incident (I-2026-000042) nor a case (C-2026-000007).", 2)

    async def step(at: Desk) -> Case:
        if named.startswith("I-"):
            return await at.steps.link_incident(case_id(case), at.by, IncidentId(named), version=version)
        return await at.steps.link_case(case_id(case), at.by, case_id(named), why, version=version)

    _step(by, office, data, keys, step)


def name(
    case: Which,
    part: Annotated[Part, typer.Argument(help="What they are in the case.")],
    person: Annotated[Any, typer.Argument(parser=account, metavar="ACCOUNT", help="Who, by one of their accounts.")],
    *,
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Name somebody who has a part in a case; whoever gets a stake by it loses their office."""

    async def step(at: Desk) -> Case:
        who = await at.store.cases.person(person)
        return await at.steps.name_person(case_id(case), at.by, who, part, version=version)

    _step(by, office, data, keys, step)


def same(
    case: Which,
    one: Annotated[Any, typer.Argument(parser=account, metavar="ACCOUNT", help="One account.")],
    other: Annotated[Any, typer.Argument(parser=account, metavar="ACCOUNT", help="The other account.")],
    *,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Record that two accounts are one person's, as a case has shown: all their cases are one history from then on."""

    async def work() -> None:
        async with desk(by, office, data, keys) as at:
            deps = LinkingDeps(cases=at.store.cases, access=at.access, clock=at.deps.clock)
            if await link_accounts(case_id(case), one, other, at.by, deps) is None:
                typer.echo(
                    "Recorded, and not linked yet: a heavy sanction would reach another account. It takes a second"
                    " person, who gives the same command."
                )
                return
            found = await at.store.cases.get(case_id(case))
            typer.echo("Both are one person's from here on.", err=True)
            if found is not None:
                say(found)

    run(work())


def apart(
    case: Which,
    one: Annotated[Any, typer.Argument(parser=account, metavar="ACCOUNT", help="The account that is somebody else's.")],
    words: Annotated[str, typer.Option("--words", help="How it is known that they are two people.")],
    *,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Record that an account was linked by mistake: it is a person's of its own from then on."""

    async def work() -> None:
        async with desk(by, office, data, keys) as at:
            deps = LinkingDeps(cases=at.store.cases, access=at.access, clock=at.deps.clock)
            if await part_account(case_id(case), one, words, at.by, deps) is None:
                typer.echo(
                    "Recorded, and not parted yet: a heavy sanction would let go of the account. It takes a second"
                    " person, who gives the same command."
                )
                return
            typer.echo("It is a person's of its own from here on. What was recorded while it was linked stands under")
            typer.echo("the name of the account that was known first: look whether a case is about the wrong one.")

    run(work())


def contact(
    case: Which,
    words: Annotated[str, typer.Argument(help="What they wanted.")],
    *,
    who: Annotated[str, typer.Option("--who", help="Who it was.")],
    how: Annotated[str, typer.Option("--how", help="How they came: a call, a letter, in the corridor.")],
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Keep that somebody outside a case tried to have a say in it."""
    _step(by, office, data, keys, lambda at: at.access.log_contact(case_id(case), at.by, who=who, how=how, words=words))


def stand_aside(
    case: Which,
    stake: Annotated[Stake, typer.Argument(help="What ties you to it.")],
    words: Annotated[str, typer.Argument(help="What it is; needed for `declared`.")] = "",
    *,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Declare a stake in a case, and be out of it from then on."""
    kind = ConflictKind(f"conflict-{stake.value}")

    async def work() -> None:
        async with desk(by, office, data, keys) as at:
            await at.access.declare(case_id(case), at.by, kind, words)
            typer.echo(f"Recorded. {at.by.officer} is out of {case_id(case)}.")

    run(work())


def close(
    case: Which,
    reason: Annotated[CloseFor, typer.Argument(help="Why, before the window for appeals is over.")],
    words: Words,
    *,
    version: Seen = None,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Close a case that was decided."""
    why = CaseReason(reason.value)
    _step(by, office, data, keys, lambda at: at.steps.close(case_id(case), at.by, why, words, version=version))


def _step(
    by: str, office: Office | None, data: Path | None, keys: Path | None, step: Callable[[Desk], Awaitable[Case]]
) -> None:
    async def work() -> None:
        async with desk(by, office, data, keys) as at:
            say(await step(at))

    run(work())
