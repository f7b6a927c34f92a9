"""`hustings policy propose | approve | status | diff`: how another policy takes the place of the one in force."""

from collections.abc import Callable, Coroutine, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli_cases_desk import As, Desk, Who, desk, run
from bot.cli_folders import Data, Keys, as_named, key_folder, record_folder, register_named, setting, stop
from bot.clock import SystemClock
from bot.incident_rows import printable
from bot.policy_files import policy_file
from bot.store.sqlite.adoptions import SqliteAdoptions
from bot.store.sqlite.store import open_beside
from handlers.casework.adopting import NO_OFFICERS, Adopting, Adoptions, PolicyFile
from handlers.casework.adopting import answer as give_answer
from handlers.casework.adopting import propose as ask_for
from policies.casework.adoption import Standing, adopted, waiting
from policies.casework.four_eyes import ApprovalState
from policies.lexicon_files import house_reader
from policies.load import HOUSE_POLICY
from policies.problems import PolicyError

File = Annotated[Path | None, typer.Argument(help="The policy file; else the settings', or the shipped one.")]
_TAKEN_UP = "It is taken up when the bot starts with this file, or on SIGHUP."


def add_adoption(app: typer.Typer) -> None:
    """Add the commands by which a policy is taken up."""
    for command in (propose, approve, status, diff):
        app.command()(command)


def propose(
    file: File = None,
    *,
    words: Annotated[str, typer.Option("--words", help="Why the rules should change.")],
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Ask for a policy file to take the place of the one in force; an officer in another office has to agree."""
    wanted = _read(file)

    async def work() -> None:
        async with desk(by, office, data, keys) as at:
            deps = _deps(at)
            await _show_difference(deps.adoptions, wanted)
            stands = await ask_for(wanted, words, at.by, deps)
        again = f"{f' {file}' if file else ''} --words WHY{as_named(data, keys)}"
        typer.echo(f"Recorded. It expires on {stands.expires_at:%Y-%m-%d %H:%M} UTC.")
        typer.echo(f"Somebody in another office reads it and runs: hustings policy approve{again}")

    _with_register(work)


def approve(
    file: File = None,
    *,
    words: Annotated[str, typer.Option("--words", help="Why you agree, or refuse.")],
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it, which ends it for this file.")] = False,
    by: Who = "",
    office: As = None,
    data: Data = None,
    keys: Keys = None,
) -> None:
    """Give the second person's word on exactly this policy file."""
    wanted = _read(file)

    async def work() -> None:
        async with desk(by, office, data, keys) as at:
            deps = _deps(at)
            await _show_difference(deps.adoptions, wanted)
            await give_answer(wanted, words, at.by, deps, granted=not refuse)
        typer.echo("Recorded. It is refused." if refuse else f"Recorded. {_TAKEN_UP}")

    _with_register(work)


def status(data: Data = None, keys: Keys = None) -> None:
    """Say which policy is in force, since when, what was proposed in its place, and whether the file is another."""
    file = _read(None)

    async def work() -> None:
        async with open_beside(record_folder(data), SystemClock(), key_folder(data, keys)) as store:
            history = await SqliteAdoptions(store.writer, store.ledger).all()
        current, now = adopted(history), SystemClock().now()
        if current is None:
            typer.echo("No policy was ever in force: the bot takes up its first one when it starts.")
        else:
            since = next(one.at for one in reversed(history) if one.what.policy == current)
            name = f"{current.name}, version {current.version}, fingerprint {current.sha256[:16]}"
            typer.echo(f"In force since {since:%Y-%m-%d %H:%M} UTC: {name}")
            place = setting("policy") or f"the shipped {HOUSE_POLICY}"
            same = current.sha256 == file.policy.sha256
            typer.echo(f"The file ({place}) is {'this one' if same else f'another, {file.policy.sha256[:16]}'}.")
        for stands in waiting(history, now):
            typer.echo(_line(stands))

    run(work())


def diff(file: File = None, data: Data = None, keys: Keys = None) -> None:
    """Show the lines in which a policy file differs from the policy in force."""
    wanted = _read(file)

    async def work() -> None:
        async with open_beside(record_folder(data), SystemClock(), key_folder(data, keys)) as store:
            await _show_difference(SqliteAdoptions(store.writer, store.ledger), wanted)

    run(work())


def _read(file: Path | None) -> PolicyFile:
    named = file or (Path(setting("policy")) if setting("policy") else None)
    try:
        return policy_file(named, run_examples=house_reader())
    except PolicyError as error:
        stop(str(error), 1)


def _deps(at: Desk) -> Adopting:
    adoptions = SqliteAdoptions(at.store.writer, at.store.ledger)
    return Adopting(adoptions=adoptions, cases=at.store.cases, clock=at.deps.clock, access=at.access)


def _with_register(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    register = register_named()
    if register is None or not register.officers:
        stop(NO_OFFICERS, 2)
    run(work())


async def _show_difference(adoptions: Adoptions, wanted: PolicyFile) -> None:
    current = adopted(await adoptions.all())
    text = None if current is None else await adoptions.text(current.sha256)
    if current is None or text is None:
        typer.echo("No policy was ever in force, so there is nothing to compare it with.", err=True)
        return
    lines = list(_difference(text, wanted.text, current.sha256[:16], wanted.policy.sha256[:16]))
    for line in lines:
        typer.echo(printable(line))
    if not lines and text != wanted.text:
        typer.echo("It differs from the policy in force only in what stands at its very end.", err=True)
    elif not lines:
        typer.echo("It is the policy in force, to the letter.", err=True)


def _difference(old: bytes, new: bytes, before: str, after: str) -> Iterator[str]:
    # At line feeds alone: what ends lines in other ways has to be seen, or two files that differ would look the same.
    one, other = (text.decode("utf-8", "replace").removesuffix("\n").split("\n") for text in (old, new))
    return unified_diff(one, other, f"in force {before}", f"this file {after}", lineterm="")


def _line(stands: Standing) -> str:
    who = f"{stands.asked_by.officer} ({stands.asked_by.office})"
    until = f"{stands.expires_at:%Y-%m-%d %H:%M} UTC"
    said = {
        ApprovalState.ASKED: f"waits for a second person until {until}",
        ApprovalState.GRANTED: f"has the second person's word, which counts until {until}",
        ApprovalState.REFUSED: f"was refused: {printable(stands.answer)}",
        ApprovalState.EXPIRED: "has expired and would have to be proposed again",
    }
    policy = stands.policy
    name = f"{policy.name}, version {policy.version}, fingerprint {policy.sha256[:16]}"
    return f"Proposed by {who}: {name}. It {said[stands.state]}. Why: {printable(stands.words)}"
