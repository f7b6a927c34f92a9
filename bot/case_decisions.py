"""Decided cases in the live bot: who is told, what is imposed, renewed and ended, and by which rules it was judged."""

import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bot.case_deadlines import CaseAlarms, access_to, calendar_of, newest_record
from bot.policy_files import editions_on_record
from bot.settings import Settings
from bot.settings_casework import CaseworkSettings
from bot.store.sqlite.adoptions import SqliteAdoptions
from bot.store.sqlite.store import Store
from handlers.casework.bringing_about import keep_decisions
from handlers.casework.deciding import DecidingDeps
from handlers.casework.ports import Alarms
from handlers.casework.restoring import IncidentsRestored
from handlers.casework.steady import SteadyClock, SteadyTime
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable
from handlers.ports import Clock, Platform
from policies.casework.adoption import PolicyAdopted
from policies.casework.letters import Letters, house_letters, load_letters
from policies.casework.load import load_register
from policies.casework.policy_book import ALWAYS, Edition, PolicyBook
from policies.casework.register import PeopleRegister
from policies.identifiers import CommunityId, PlatformName
from policies.load import load_policy
from policies.problems import PolicyError, Problem
from policies.rules import Policy

log = structlog.get_logger(__name__)

TICK = 60.0
"""Seconds between two looks: what an officer decided in the shell is carried out this soon."""

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})\b.*\.ya?ml")


class CaseDecisions:
    """Looks at the cases every minute and does what is due: letters, sanctions, what an appeal gives back."""

    def __init__(self, deps: DecidingDeps, book: Callable[[], Awaitable[PolicyBook]] | None = None) -> None:
        self._deps, self._book = deps, book

    def deps(self) -> DecidingDeps:
        """Give what is decided with at this moment."""
        return self._deps

    async def step(self) -> float:
        """Look once; gives the seconds until the next look."""
        try:
            if self._book is not None:
                self._deps = replace(self._deps, policies=await self._book())
            looked = await keep_decisions(self._deps)
            if looked.changed:
                log.info("cases.brought-about", changed=looked.changed)
        except (EvidenceUnavailable, OSError, PolicyError) as error:
            log.warning("cases.unread", trouble=str(error))
        return TICK


async def case_decisions(
    settings: Settings,
    store: Store,
    deps: Deps,
    homes: Mapping[PlatformName, CommunityId],
    *,
    monotonic: Callable[[], float] = time.monotonic,
) -> CaseDecisions:
    """Put the carrying out of decisions together; raises `PolicyError` for files with mistakes.

    `monotonic` gives seconds that only go on.
    """
    casework = settings.casework
    register = load_register(casework.people) if casework.people else PeopleRegister()
    alarms = CaseAlarms(deps.platforms, homes, register)
    shelf = Shelf(casework, store)
    # What ends by itself is not ended by a clock that was wrong for a minute: nothing would put it on again.
    clock = SteadyTime(SteadyClock(deps.clock, monotonic, await newest_record(store)))
    deciding = DecidingDeps(
        cases=store.cases,
        access=access_to(store, casework, register, alarms, clock=clock),
        clock=clock,
        incidents=store.incidents,
        platforms=deps.platforms,
        alarms=alarms,
        restoring=IncidentsRestored(deps),
        policies=await shelf.book(deps.policy),
        letters=letters_of(casework),
        calendar=calendar_of(casework.nation),
        register=register,
        organisation=settings.organisation,
        sanctioner=casework.sanctioner,
        support=casework.support,
    )
    return CaseDecisions(deciding, lambda: shelf.book(deps.policy))


class Shelf:
    """Where the versions of the rules are kept; looks for them again when another one is in force."""

    def __init__(self, casework: CaseworkSettings, store: Store) -> None:
        self._casework, self._store = casework, store
        self._found: tuple[str, PolicyBook] | None = None

    async def book(self, current: Policy) -> PolicyBook:
        """Give every version, with the one in force; raises `PolicyError` for files that cannot be used."""
        if self._found is None or self._found[0] != current.sha256:
            adoptions = SqliteAdoptions(self._store.writer, self._store.ledger)
            adopted = await editions_on_record(adoptions)
            steps = await adoptions.all()
            began = next((one.at for one in steps if isinstance(one.what, PolicyAdopted)), None)
            self._found = current.sha256, policy_book(self._casework, current, adopted, began)
        return self._found[1]


async def deciding_beside(
    store: Store,
    casework: CaseworkSettings,
    policy: Policy,
    *,
    alarms: Alarms,
    clock: Clock,
    organisation: str,
    platforms: Mapping[PlatformName, Platform],
) -> DecidingDeps:
    """Put together what an officer decides with beside a running bot, which then brings it about."""
    register = load_register(casework.people) if casework.people else PeopleRegister()
    return DecidingDeps(
        cases=store.cases,
        access=access_to(store, casework, register, alarms, clock=clock),
        clock=clock,
        incidents=store.incidents,
        platforms=platforms,
        alarms=alarms,
        restoring=_ByTheBot(),
        policies=await Shelf(casework, store).book(policy),
        letters=letters_of(casework),
        calendar=calendar_of(casework.nation),
        register=register,
        organisation=organisation,
        sanctioner=casework.sanctioner,
        support=casework.support,
        connected=False,
    )


def letters_of(casework: CaseworkSettings) -> Letters:
    """Give the letters of the settings, else the shipped ones; raises `PolicyError` with every mistake."""
    return load_letters(casework.letters) if casework.letters else house_letters()


def policy_book(
    casework: CaseworkSettings, current: Policy, adopted: Sequence[Edition] = (), began: datetime | None = None
) -> PolicyBook:
    """Give every version of the rules: those on file, from the date in the file's name, and those on record.

    From when the record `began` it alone says what was in force, as two people agreed to each: a file of a later date
    that is not on record counts for nothing, and one that is counts from when it was taken up.
    With neither, the policy in force is all there ever was. Raises `PolicyError` for a file that cannot be used, and
    where the policy in force is not among them.
    """
    folder = casework.policies
    if folder is None:
        known = any(edition.policy.sha256 == current.sha256 for edition in adopted)
        return PolicyBook(adopted) if known else PolicyBook.of(current)
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError as error:
        what = f"the folder of policies cannot be read: {error.strerror}. Check casework.policies and the rights."
        raise PolicyError([Problem(str(folder), 0, what)]) from None
    editions, problems = [], []
    for path in files:
        dated = _DATED.fullmatch(path.name)
        try:
            since = datetime.fromisoformat(dated[1]).replace(tzinfo=UTC) if dated else None
        except ValueError:
            since = None
        if since is None:
            what = "name it by the date from which it was in force, such as 2026-05-01.yaml."
            problems.append(Problem(str(path), 0, what))
            continue
        try:
            editions.append(Edition(since, load_policy(path)))
        except PolicyError as error:
            problems += error.problems
    if began is not None:
        editions = [*_from_before(began, editions, adopted)]
        first = began if editions else ALWAYS
        editions += [Edition(first, one.policy) if one.since == ALWAYS else one for one in adopted]
    if not any(edition.policy.sha256 == current.sha256 for edition in editions):
        what = (
            "the policy in force is not in this folder. Put a copy of it here, named by the date from which it is in"
            " force, whenever it changes."
        )
        problems.append(Problem(str(folder), 0, what))
    if problems:
        raise PolicyError(problems)
    return PolicyBook(editions)


def _from_before(began: datetime, filed: Sequence[Edition], adopted: Sequence[Edition]) -> Iterator[Edition]:
    """Give what the folder says of the time before the record; what was taken up later was in force from then on."""
    later = {one.policy.sha256 for one in adopted} - {one.policy.sha256 for one in adopted if one.since == ALWAYS}
    known = {one.policy.sha256 for one in adopted}
    for one in filed:
        if one.since < began and one.policy.sha256 not in later:
            yield one
        elif one.policy.sha256 not in known:
            log.warning("policy.not-adopted", policy=one.policy.sha256[:16], dated=f"{one.since:%Y-%m-%d}")


class _ByTheBot:
    """Leaves the showing again to the running bot; nothing is brought about here."""

    async def restore(self, incident: object, by: object, reason: str) -> str:
        """Say that the bot does it."""
        return "The running bot shows it again."
