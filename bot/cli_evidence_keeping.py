"""`hustings evidence erase | hold | retention | keys`: what needs a second person, a schedule or the key files."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli_evidence_case import OfCase, carried_out, named
from bot.cli_evidence_cases import ensure_may_handle
from bot.cli_evidence_pack import pack
from bot.cli_evidence_subject import subject
from bot.cli_folders import Data, Keys, as_named, key_folder, reader, record_folder, register_named, steward, stop
from bot.clock import SystemClock
from bot.evidence.packs.sshsig import PackKey
from bot.evidence.words import Code
from bot.store import keyfiles
from bot.store.sqlite.packed_rows import is_case
from bot.store.sqlite.retention import Schedule, due
from bot.store.sqlite.rotation import rotate_signing_key, rotate_wrapping_key
from bot.store.sqlite.signing import chain, statements
from bot.store.sqlite.stewardship import Steward, WithIncidents
from bot.store.sqlite.store import Store, open_beside, open_record, open_store
from handlers.casework.requests import waiting_request
from policies.casework import events as e
from policies.casework.words import CaseKind

Run = Callable[[Coroutine[Any, Any, None]], None]


class EraseFor(StrEnum):
    """Why something is erased."""

    REQUEST = "on-request"
    ORDER = "by-order"
    ERROR = "kept-in-error"


class HoldFor(StrEnum):
    """Why something is held."""

    CLAIM = "for-claim"
    POLICE = "for-police"
    APPEAL = "for-appeal"


class Step(StrEnum):
    """What to do about a hold."""

    REQUEST = "request"
    PLACE = "place"
    REVIEW = "review"
    REQUEST_LIFT = "request-lift"
    LIFT = "lift"
    LIST = "list"


class KeyWork(StrEnum):
    """What to do about the keys."""

    SHOW = "show"
    STATEMENTS = "statements"
    ROTATE = "rotate"
    REWRAP = "rewrap"


Which = Annotated[str, typer.Argument(help="The id of an incident or a case, such as I-2026-000042.")]
By = Annotated[str, typer.Option("--by", help="Who does this, as `name` or `name:office`; else your account's name.")]


def _id(said: str) -> str:
    return said.strip().upper()


def _cases(name: str) -> tuple[str, ...]:
    return (name,) if is_case(name) else ()


def erase(
    incident: Which,
    *,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Agree, as the second person: it cannot be undone.")
    ] = False,
    with_incidents: Annotated[
        bool, typer.Option("--with-incidents", help="Erase a case with its incidents; both people say it.")
    ] = False,
    reason: Annotated[EraseFor, typer.Option(help="Why; the first person says it.")] = EraseFor.REQUEST,
    case: OfCase = "",
    by: By = "",
    data: Data = None,
    keys: Keys = None,
) -> Coroutine[Any, Any, None]:
    """Erase an incident or a case for good: one person asks, another confirms. Its records stay and prove as before."""

    name = _id(incident)
    if with_incidents and not is_case(name):
        stop(f"--with-incidents is about a case, and {name} is none. Leave it out.", 2)

    async def work() -> None:
        async with open_beside(record_folder(data), SystemClock(), key_folder(data, keys)) as store:
            who = steward(by or getuser())
            wanted = e.ApprovalGiven if confirm else e.ApprovalAsked
            await ensure_may_handle(store, _cases(name), who, wanted)
            if case:
                await waiting_request(named(case), CaseKind.ERASURE_REQUEST, store.cases)
            if confirm:
                seq, going = await _erased(store, name, who, with_incidents=with_incidents)
                if case:
                    await carried_out(named(case), who, seq, f"{' '.join((name, *going))} was erased.", store)
                typer.echo(f"{name} is erased; record {seq} says so.")
                typer.echo("Copies made before still hold its key until their keys are taken out.")
                return
            code, also = Code(f"erased-{reason.value}"), " --with-incidents" if with_incidents else ""
            if with_incidents:
                _tell_with(await store.stewardship.request_erasure_with_incidents(name, who, code), "to be erased")
            else:
                await store.stewardship.request_erasure(name, who, code)
            again = f"{name}{also} --confirm{as_named(data, keys)}"
            typer.echo(f"Recorded. Somebody else now runs: hustings evidence erase {again}")

    return work()


async def _erased(store: Store, name: str, who: Steward, *, with_incidents: bool) -> tuple[int, Sequence[str]]:
    if not with_incidents:
        return await store.stewardship.erase(name, who), ()
    done = await store.stewardship.erase_with_incidents(name, who)
    _tell_with(done, "erased")
    return done.seq, done.going


def _tell_with(found: WithIncidents, state: str) -> None:
    """Say of each incident of a case what becomes of it."""
    for name in found.going:
        typer.echo(f"{name} is {state} with it.")
    for name, why in found.kept.items():
        typer.echo(f"{name} is kept: {why}.")


_NO_HOLDS = "sees no holds. Say who you are with --by, or ask an officer."


def hold(
    step: Annotated[
        Step,
        typer.Argument(help="One person requests, another places; to lift, one person request-lifts, another lifts."),
    ],
    incident: Annotated[str, typer.Argument(help="The id of an incident or a case; not needed to list.")] = "",
    *,
    reason: Annotated[HoldFor, typer.Option(help="Why; the first person says it.")] = HoldFor.CLAIM,
    review_days: Annotated[int, typer.Option(min=1, help="Days until somebody must look at it again.")] = 180,
    by: By = "",
    data: Data = None,
    keys: Keys = None,
) -> Coroutine[Any, Any, None]:
    """Keep an incident or a case from being erased for a legal reason: two people place it, and two lift it."""
    if step is not Step.LIST and not incident.strip():
        stop(f"Name the incident or the case: hustings evidence hold {step.value} I-2026-000042.", 2)

    async def work() -> None:
        async with open_beside(record_folder(data), SystemClock(), key_folder(data, keys)) as store:
            named = by or getuser()
            looks = step is Step.LIST and register_named() is not None
            who = reader(named.partition(":")[0], _NO_HOLDS) if looks else steward(named)
            name, again = _id(incident), timedelta(days=review_days)
            wanted = e.ApprovalAsked if step in (Step.REQUEST, Step.REVIEW, Step.REQUEST_LIFT) else e.ApprovalGiven
            await ensure_may_handle(store, _cases(name), who, wanted)
            match step:
                case Step.REQUEST:
                    await store.stewardship.request_hold(name, who, Code(f"held-{reason.value}"))
                    typer.echo(
                        f"Recorded. Somebody else now runs: hustings evidence hold place {name}{as_named(data, keys)}"
                    )
                case Step.PLACE:
                    await store.stewardship.place_hold(name, who, review_in=again)
                    typer.echo(f"{name} is held.")
                case Step.REVIEW:
                    await store.stewardship.review_hold(name, who, review_in=again)
                    typer.echo(f"{name} stays held.")
                case Step.REQUEST_LIFT:
                    until = await store.stewardship.request_lift(name, who)
                    typer.echo(f"Recorded. {name} stays held; the request expires on {until:%Y-%m-%d %H:%M} UTC.")
                    typer.echo(f"Somebody else now runs: hustings evidence hold lift {name}{as_named(data, keys)}")
                case Step.LIFT:
                    await store.stewardship.lift_hold(name, who)
                    typer.echo(f"{name} is no longer held.")
                case Step.LIST:
                    now = SystemClock().now()
                    holds = await store.stewardship.holds()
                    if not holds:
                        typer.echo("Nothing is held.", err=True)
                    for held in holds:
                        late = "  OVERDUE: review or lift it" if held.review_at < now else ""
                        asked_until = held.lift_asked_until
                        asked = ""
                        if asked_until is not None and now < asked_until:
                            asked = f", a second person may lift it until {asked_until:%Y-%m-%d}"
                        typer.echo(
                            f"{held.incident}  held since {held.placed_at:%Y-%m-%d}, review by"
                            f" {held.review_at:%Y-%m-%d}{asked}{late}"
                        )

    return work()


def retention(
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Erase it; without this it is only listed.")] = False,
    version: Annotated[int, typer.Option(min=1, help="The version of the schedule; raise it with every change.")] = 1,
    unactioned: Annotated[int, typer.Option(min=1, help="Days for what nobody acted on.")] = 30,
    dismissed: Annotated[int, typer.Option(min=1, help="Days for what was found to be no abuse.")] = 365,
    upheld: Annotated[int, typer.Option(min=1, help="Days for what was upheld.")] = 2190,
    data: Data = None,
    keys: Keys = None,
) -> Coroutine[Any, Any, None]:
    """List what the schedule lets go of, and with --apply erase it; what is held or in an open case stays."""

    async def work() -> None:
        schedule = Schedule(version=version, unactioned=unactioned, dismissed=dismissed, upheld=upheld)
        async with open_beside(record_folder(data), SystemClock(), key_folder(data, keys)) as store:
            over = await store.writer.read(lambda db: due(db, schedule, SystemClock().now()))
            for item in over:
                typer.echo(f"{item.incident}  {item.held.value}, recorded {item.recorded_at[:10]}")
            if apply:
                await store.stewardship.erase_by_schedule([item.incident for item in over], schedule.ref)
            typer.echo(f"{len(over)} {'erased' if apply else 'would be erased; --apply does it'}.", err=True)

    return work()


def keys_(
    what: Annotated[
        KeyWork, typer.Argument(help="Show the keys or their statements, rotate the signing key, or rewrap.")
    ],
    data: Data = None,
    keys: Keys = None,
) -> Coroutine[Any, Any, None]:
    """Show the log's public keys; change the signing key or the wrapping key. Stop the bot before a change."""
    folder, named = record_folder(data), key_folder(data, keys)
    place: Path = named or folder / keyfiles.FOLDER

    async def work() -> None:
        if what is KeyWork.SHOW:
            async with open_record(folder, SystemClock(), named) as record:
                for span in (await record.reader.read(lambda db: chain(db, record.keys))).spans:
                    until = "now" if span.until is None else f"record {span.until}"
                    typer.echo(f"{span.key}  from record {span.since} until {until}")
            packs = place / keyfiles.PACK
            if packs.exists():
                typer.echo(f"packs are signed with {PackKey.load(packs).fingerprint}")
            return
        if what is KeyWork.STATEMENTS:
            async with open_record(folder, SystemClock(), named) as record:
                made = await record.reader.read(statements)
                if not made:
                    typer.echo("The signing key was never changed, so there is no statement.", err=True)
                for statement in made:
                    typer.echo(str(statement), nl=False)
            return
        async with open_store(folder, SystemClock(), named) as store:
            if what is KeyWork.ROTATE:
                typer.echo(f"The log now signs with {await rotate_signing_key(store, place)}")
                typer.echo("Hand witnesses what `hustings evidence keys statements` prints.", err=True)
            else:
                count = await rotate_wrapping_key(store, place)
                typer.echo(f"{count} keys are wrapped anew. Copy {place / keyfiles.WRAPPING} apart.")

    return work()


def add_to(app: typer.Typer, run: Run) -> None:
    """Put these commands beside the others."""
    for command in (pack, subject, erase, hold, retention, keys_):
        app.command(command.__name__.rstrip("_"))(_running(command, run))


def _running(command: Callable[..., Coroutine[Any, Any, None]], run: Run) -> Callable[..., None]:
    @wraps(command)
    def ran(*arguments: Any, **options: Any) -> None:
        async def begun() -> None:  # What is wrong before the work begins is told in a sentence as well.
            await command(*arguments, **options)

        run(begun())

    return ran
