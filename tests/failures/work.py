"""Work for a store to do while things fail: incidents and what follows, each noted once its caller was told."""

import asyncio
import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.evidence.words import Code
from bot.store import keyfiles
from bot.store.sqlite.connection import Error, StoreUnusable
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import Store, open_store
from bot.store.sqlite.verify import verify
from handlers.errors import EvidenceUnavailable
from handlers.ports import IncidentFilter
from policies.acts import Verb
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import IncidentId
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

DONE = Outcome(action=Action.HIDE, status=OutcomeStatus.DONE)
Told = Callable[[str, object], None]
CALLERS = 6


async def work(store: Store, told: Told, numbers: Sequence[int], chance: random.Random) -> int:
    """Keep incidents and what follows with several callers at once; gives how many calls failed.

    `told` is called with `incident`, `outcome`, `act` or `erased` and what that is about, when its caller knows.
    """
    left = iter(numbers)
    failed = 0

    async def caller() -> None:
        nonlocal failed
        for number in left:
            try:
                await _one(store, told, number, chance)
            except EvidenceUnavailable:
                failed += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return failed


async def _one(store: Store, told: Told, number: int, chance: random.Random) -> None:
    text = "word " * chance.choice((1, 5, 400))
    kept = await store.evidence.record(make.incident(number, event=make.posted(number, text=text)))
    told("incident", (number, kept.incident))
    if number % 3 == 0:
        await store.evidence.append_outcome(kept.incident, DONE, NOON)
        told("outcome", kept.incident)
    if number % 4 == 0:
        await store.evidence.append_act(make.act(f"a{number}", Verb.WARN))
        told("act", number)
    if number % 10 == 5:
        await store.stewardship.request_erasure(kept.incident, Steward("ada"), Code.ERASED_ON_REQUEST)
        await store.stewardship.erase(kept.incident, Steward("ben"))
        told("erased", kept.incident)
    if number % 7 == 0:
        with suppress(Error, OSError, StoreUnusable):  # as the bot does, which tries again a minute later
            await store.checkpoints.sign()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a record that was opened again is worth."""

    refused: str = ""
    broken: str = ""
    lost: tuple[object, ...] = ()
    size: int = 0

    @property
    def well(self) -> bool:
        """Whether it opened, is whole, and has all that anybody was told."""
        return not (self.refused or self.broken or self.lost)


async def judge(folder: Path, told: Sequence[tuple[str, object]]) -> Judgement:
    """Open a record as the bot does after a restart, verify all of it, and look for everything that was told."""
    try:
        async with open_store(folder, FrozenClock()) as store:
            found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, folder))
            lost = tuple([one for one in told if not await _has(store, *one)])
            return Judgement(broken=str(found.broken or ""), lost=lost, size=found.size)
    except (StoreUnusable, EvidenceUnavailable) as error:
        return Judgement(refused=str(error))


async def _has(store: Store, kind: str, what: object) -> bool:
    if kind == "incident":
        number, name = what  # type: ignore[misc] # as `work` tells it
        repeat = await store.evidence.record(make.incident(number))
        return not repeat.fresh and repeat.incident == name
    if kind == "act":
        return not await store.evidence.append_act(make.act(f"a{what}", Verb.WARN))
    if kind == "erased":
        return "was erased" in await store.incidents.why_missing(IncidentId(str(what)))
    incident = await store.incidents.get(IncidentId(str(what)))
    erased = incident is None and "was erased" in await store.incidents.why_missing(IncidentId(str(what)))
    return erased or (incident is not None and incident.last(Action.HIDE) is OutcomeStatus.DONE)


async def names(store: Store) -> list[str]:
    """Give the names of all incidents, in no order."""
    return [kept.id async for kept in store.incidents.find(IncidentFilter())]


def put_keys(source: Path, folder: Path) -> None:
    """Give a folder the key files of another, which were on the disk before any record was."""
    shutil.copytree(source / keyfiles.FOLDER, folder / keyfiles.FOLDER)
