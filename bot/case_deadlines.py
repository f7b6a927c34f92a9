"""The deadlines of cases in the live bot: who is told, where, and how often it is looked."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.settings_casework import CaseworkSettings
from bot.store.sqlite.connection import Database
from bot.store.sqlite.evidence import answered
from bot.store.sqlite.ledger import leaf_at, size
from bot.store.sqlite.store import Store
from handlers.alerts import matter_card
from handlers.casework.access import Access, AccessDeps
from handlers.casework.deadlines import DeadlineDeps, PostHolders, keep_deadlines
from handlers.casework.digest import backlog_digest
from handlers.casework.ports import Alarms
from handlers.casework.steady import SteadyClock
from handlers.errors import EvidenceUnavailable, PlatformUnavailable
from handlers.ports import AlertCard, Clock, Notice, Platform
from policies.casework.backlog import backlog
from policies.casework.calendars import Calendar, Nation
from policies.casework.clocks import ClockRules
from policies.casework.load import load_register
from policies.casework.register import PeopleRegister
from policies.casework.words import Delivery
from policies.decisions import OutcomeStatus
from policies.identifiers import CommunityId, PlatformName

log = structlog.get_logger(__name__)

TICK = 300.0
"""Seconds between two looks: a threat has to be looked at within the hour."""

_ARRIVED = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)


class CaseAlarms:
    """Tells officers by private message on whatever account reaches them, and posts in words where moderators look."""

    def __init__(
        self,
        platforms: Mapping[PlatformName, Platform],
        homes: Mapping[PlatformName, CommunityId],
        register: PeopleRegister,
    ) -> None:
        self._platforms, self._homes, self._register = platforms, homes, register

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        """Tell each of the posts named; `delivered` if all of them were reached."""
        names = [name.strip() for name in holder.split(",") if name.strip()]
        reached = [await self._tell_one(name, notice) for name in names]
        return Delivery.DELIVERED if reached and all(reached) else Delivery.FAILED

    async def show(self, card: AlertCard) -> bool:
        """Show a card in the moderators' channel of every platform; says whether one of them took it."""
        shown = False
        for name, platform in self._platforms.items():
            try:
                shown |= (await platform.post_alert(self._homes[name], card)).status in _ARRIVED
            except PlatformUnavailable as error:
                log.warning("case.alarm.unsent", platform=name.value, trouble=str(error))
        return shown

    async def _tell_one(self, name: str, notice: Notice) -> bool:
        officer = self._register.officer(name)
        for account in officer.accounts if officer else ():
            platform = self._platforms.get(account.platform)
            if platform is None:
                continue
            try:
                if (await platform.notify(account.community, account.member, notice)).status in _ARRIVED:
                    return True
            except PlatformUnavailable as error:
                log.warning("case.alarm.unsent", platform=account.platform.value, trouble=str(error))
        return await self.show(
            matter_card(f"For {officer.name if officer else name}: {notice.title}", notice.paragraphs)
        )


class CaseDeadlines:
    """Looks at the open cases every few minutes, and tells moderators once a day what is waiting."""

    def __init__(self, deps: DeadlineDeps, alarms: CaseAlarms, folder: Path) -> None:
        self._deps, self._alarms = deps, alarms
        self._told_on = folder / "cases-told.day"
        self._jumped = timedelta()

    async def step(self) -> float:
        """Look once; gives the seconds until the next look."""
        try:
            kept = await keep_deadlines(self._deps)
            if kept.breaches or kept.escalations:
                log.error("cases.late", missed=kept.breaches, escalated=kept.escalations)
            await self._tell_of_a_jump()
            await self._digest()
        except (EvidenceUnavailable, OSError) as error:
            log.warning("cases.unread", trouble=str(error))
        return TICK

    async def _tell_of_a_jump(self) -> None:
        jump = self._deps.clock.read().jump
        if abs(jump) > timedelta(minutes=1) and not self._jumped:
            log.error("clock.jumped", by=str(jump), trouble="Deadlines follow it only if it lasts half an hour.")
        self._jumped = jump if abs(jump) > timedelta(minutes=1) else timedelta()

    async def _digest(self) -> None:
        now = self._deps.clock.read().now
        today = now.astimezone(self._deps.calendar.zone).date()
        if self._told_on.exists() and self._told_on.read_text("ascii") >= today.isoformat():
            return
        cases = [case async for case in self._deps.cases.all(open_only=True)]
        count = backlog(cases, now, self._deps.rules, self._deps.calendar)
        told = backlog_digest(count)
        if not count.open or await self._alarms.show(matter_card(told.title, told.paragraphs)):
            self._told_on.write_text(today.isoformat(), "ascii")


async def case_deadlines(
    settings: CaseworkSettings,
    store: Store,
    platforms: Mapping[PlatformName, Platform],
    homes: Mapping[PlatformName, CommunityId],
    clock: Clock,
    *,
    rules: ClockRules | None = None,
) -> CaseDeadlines:
    """Put the keeping of deadlines together over a record; raises `RegisterError` if the register has mistakes."""
    register = load_register(settings.people) if settings.people else PeopleRegister()
    alarms = CaseAlarms(platforms, homes, register)
    holders = holders_of(settings)
    calendar = calendar_of(settings.nation)
    deps = await deadlines_beside(store, alarms, rules or ClockRules(), calendar, holders, clock=clock)
    access = access_to(store, settings, register, alarms, clock=clock)
    return CaseDeadlines(replace(deps, access=access), alarms, store.folder)


def holders_of(casework: CaseworkSettings) -> PostHolders:
    """Give who holds the posts that the settings name."""
    return PostHolders(breaches=casework.breaches, reviewer=casework.reviewer, leadership=casework.leadership)


def access_to(
    store: Store, casework: CaseworkSettings, register: PeopleRegister, alarms: Alarms, *, clock: Clock
) -> Access:
    """Decide about looks and acts over a record."""
    return Access(
        AccessDeps(
            cases=store.cases,
            alarms=alarms,
            clock=clock,
            register=register,
            holders=holders_of(casework),
            incidents=store.incidents,
        )
    )


async def deadlines_beside(
    store: Store,
    alarms: Alarms,
    rules: ClockRules,
    calendar: Calendar,
    holders: PostHolders,
    *,
    clock: Clock | None = None,
) -> DeadlineDeps:
    """Give what looking at the deadlines of a record takes; its newest record is the earliest that it can be now."""
    steady = SteadyClock(clock or store.ledger.clock, time.monotonic, await newest_record(store))
    return DeadlineDeps(cases=store.cases, alarms=alarms, clock=steady, rules=rules, calendar=calendar, holders=holders)


def calendar_of(nation: Nation) -> Calendar:
    """Give a nation's working days in its own time."""
    zone = "Europe/Dublin" if nation is Nation.IRELAND else "Europe/London"
    return Calendar(nation, ZoneInfo(zone) if nation is not Nation.NONE else UTC)


async def newest_record(store: Store) -> datetime | None:
    """Give when the newest record of a store was made."""

    def at(database: Database) -> datetime | None:
        last = size(database)
        return leaf_at(database, last).at if last else None

    return await answered(store.writer.read(at), "read")
