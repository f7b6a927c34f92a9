"""`hustings cases acknowledge | triage | assign | ...`: the steps of officers, each a record under their name."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.cli_cases_desk import Desk, Seen, Which, account, case_id, say
from bot.cli_cases_officers import at_desk
from bot.cli_folders import stop
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
    steps = (acknowledge, triage, investigate, assign, note, statement, finding, link, name, same, apart, contact)
    for command in steps:
        app.command()(command)
    app.command("stand-aside")(stand_aside)
    app.command()(close)


@at_desk
async def acknowledge(at: Desk, case: Which, *, words: Aside = "", version: Seen = None) -> Case:
    """Record that somebody has it."""
    return await at.steps.acknowledge(case_id(case), at.by, words, version=version)


@at_desk
async def triage(
    at: Desk,
    case: Which,
    severity: Annotated[Severity, typer.Argument(help="How grave the matter is.")],
    *,
    category: Annotated[
        list[Category] | None,
        typer.Option(help="What it is, in place of what the case had; may be given again."),
    ] = None,
    words: Aside = "",
    version: Seen = None,
) -> Case:
    """Set how grave a case is, and what it is; one that waited for it goes on."""
    found = tuple(category or ())
    return await at.steps.triage(case_id(case), at.by, severity, words, categories=found, version=version)


@at_desk
async def investigate(at: Desk, case: Which, *, words: Aside = "", version: Seen = None) -> Case:
    """Begin to look into a case."""
    return await at.steps.investigate(case_id(case), at.by, words, version=version)


@at_desk
async def assign(
    at: Desk,
    case: Which,
    to: Annotated[Office, typer.Argument(metavar="OFFICE", help="Which office in the case.")],
    officer: Annotated[str, typer.Argument(help="Which officer; left out, one who can is drawn by lot.")] = "",
) -> None:
    """Give an office in a case to an officer without a stake in it."""
    now = await at.access.assign(case_id(case), to, at.by, officer=officer)
    say(now)
    last = now.history[-1].what
    if isinstance(last, e.Assigned):
        typer.echo(f"{last.officer} is now {to.value} in it.")
    else:
        typer.echo(f"Nobody is left who can be {to.value} in it.")


@at_desk
async def note(at: Desk, case: Which, words: Words, *, version: Seen = None) -> Case:
    """Write something down on a case."""
    return await at.steps.note(case_id(case), at.by, words, version=version)


@at_desk
async def statement(
    at: Desk,
    case: Which,
    part: Annotated[Part, typer.Argument(help="Which side says it.")],
    words: Words,
    *,
    person: Annotated[
        Any, typer.Option("--person", parser=account, metavar="ACCOUNT", help="Who says it, by an account.")
    ] = None,
    version: Seen = None,
) -> Case:
    """Keep what one side says, apart from what is found."""
    who = await at.person(person)
    return await at.steps.hear(case_id(case), at.by, part, words, person=who, version=version)


@at_desk
async def finding(
    at: Desk,
    case: Which,
    words: Words,
    *,
    rests_on: Annotated[
        list[str] | None, typer.Option("--rests-on", help="An incident or report it rests on; may be given again.")
    ] = None,
    version: Seen = None,
) -> Case:
    """Keep what was found to be so, and on what it rests."""
    rests = tuple(name.strip().upper() for name in rests_on or ())
    return await at.steps.find(case_id(case), at.by, words, rests, version=version)


@at_desk
async def link(
    at: Desk,
    case: Which,
    other: Annotated[str, typer.Argument(help="An incident (I-2026-000042) or another case (C-2026-000007).")],
    why: Annotated[str, typer.Argument(help="Why; needed for another case.")] = "",
    *,
    version: Seen = None,
) -> Case:
    """Link an incident or another case to a case."""
    named = other.strip().upper()
    if not named.startswith(("I-", "C-")):
        stop(f"{other} is neither an incident (I-2026-000042) nor a case (C-2026-000007).", 2)

    if named.startswith("I-"):
        return await at.steps.link_incident(case_id(case), at.by, IncidentId(named), version=version)
    return await at.steps.link_case(case_id(case), at.by, case_id(named), why, version=version)


@at_desk
async def name(
    at: Desk,
    case: Which,
    part: Annotated[Part, typer.Argument(help="What they are in the case.")],
    person: Annotated[Any, typer.Argument(parser=account, metavar="ACCOUNT", help="Who, by one of their accounts.")],
    *,
    version: Seen = None,
) -> Case:
    """Name somebody who has a part in a case; whoever gets a stake by it loses their office."""
    who = await at.store.cases.person(person)
    return await at.steps.name_person(case_id(case), at.by, who, part, version=version)


@at_desk
async def same(
    at: Desk,
    case: Which,
    one: Annotated[Any, typer.Argument(parser=account, metavar="ACCOUNT", help="One account.")],
    other: Annotated[Any, typer.Argument(parser=account, metavar="ACCOUNT", help="The other account.")],
) -> None:
    """Record that two accounts are one person's, as a case has shown: all their cases are one history from then on."""
    deps = LinkingDeps(cases=at.store.cases, access=at.access, clock=at.deps.clock)
    if await link_accounts(case_id(case), one, other, at.by, deps) is None:
        typer.echo(
            "Recorded, and not linked yet: a heavy sanction would reach another account, or one of them is of"
            " somebody in the register. It takes a second person, who gives the same command."
        )
        return
    found = await at.store.cases.get(case_id(case))
    typer.echo("Both are one person's from here on.", err=True)
    if found is not None:
        say(found)


@at_desk
async def apart(
    at: Desk,
    case: Which,
    one: Annotated[Any, typer.Argument(parser=account, metavar="ACCOUNT", help="The account that is somebody else's.")],
    words: Annotated[str, typer.Option("--words", help="How it is known that they are two people.")],
) -> None:
    """Record that an account was linked by mistake: it is a person's of its own from then on."""
    deps = LinkingDeps(cases=at.store.cases, access=at.access, clock=at.deps.clock)
    if await part_account(case_id(case), one, words, at.by, deps) is None:
        typer.echo(
            "Recorded, and not parted yet: a heavy sanction would let go of the account, or it is of"
            " somebody in the register. It takes a second"
            " person, who gives the same command."
        )
        return
    typer.echo("It is a person's of its own from here on. What was recorded while it was linked stands under")
    typer.echo("the name of the account that was known first: look whether a case is about the wrong one.")


@at_desk
async def contact(
    at: Desk,
    case: Which,
    words: Annotated[str, typer.Argument(help="What they wanted.")],
    *,
    who: Annotated[str, typer.Option("--who", help="Who it was.")],
    how: Annotated[str, typer.Option("--how", help="How they came: a call, a letter, in the corridor.")],
) -> Case:
    """Keep that somebody outside a case tried to have a say in it."""
    return await at.access.log_contact(case_id(case), at.by, who=who, how=how, words=words)


@at_desk
async def stand_aside(
    at: Desk,
    case: Which,
    stake: Annotated[Stake, typer.Argument(help="What ties you to it.")],
    words: Annotated[str, typer.Argument(help="What it is; needed for `declared`.")] = "",
) -> None:
    """Declare a stake in a case, and be out of it from then on."""
    kind = ConflictKind(f"conflict-{stake.value}")

    await at.access.declare(case_id(case), at.by, kind, words)
    typer.echo(f"Recorded. {at.by.officer} is out of {case_id(case)}.")


@at_desk
async def close(
    at: Desk,
    case: Which,
    reason: Annotated[CloseFor, typer.Argument(help="Why, before the window for appeals is over.")],
    words: Words,
    *,
    version: Seen = None,
) -> Case:
    """Close a case that was decided."""
    why = CaseReason(reason.value)
    return await at.steps.close(case_id(case), at.by, why, words, version=version)
