"""Checkpoints reach the boards daily and at a stop, and each stands there once whatever is interrupted."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.evidence.checkpoints import Checkpoint
from bot.publication import OUTBOX, TICK, Board, Publication
from bot.store.sqlite.ledger import size
from bot.store.sqlite.store import Store, open_store
from handlers.errors import PlatformUnavailable
from policies.casework import events as e
from policies.casework.words import CaseReason, CaseState
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import ChannelId, PlatformName
from tests.fakes import cases
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock

DAY = timedelta(days=1)


class FakeBoard:
    """A channel that keeps what is posted; it can be away, lose an answer, or refuse."""

    def __init__(self) -> None:
        self.posts: dict[str, str] = {}
        self.looked: list[bool] = []
        self.away = self.loses = self.refuses = False

    async def publish(self, channel: ChannelId, text: str, *, key: str, before: bool) -> Outcome:
        """Keep a post."""
        if self.away:
            raise PlatformUnavailable("away")
        self.looked.append(before)
        if self.refuses:
            return Outcome(action=Action.ALERT, status=OutcomeStatus.REFUSED, detail="closed")
        if before and key in self.posts:
            return Outcome(action=Action.ALERT, status=OutcomeStatus.ALREADY, receipt=key)
        assert key not in self.posts, "posted twice"
        self.posts[key] = text
        if self.loses:
            self.loses = False
            raise PlatformUnavailable("the answer was lost")
        return Outcome(action=Action.ALERT, status=OutcomeStatus.DONE, receipt=key)


class Here:
    """A store, two boards and a clock."""

    def __init__(self, store: Store, folder: Path, clock: FrozenClock) -> None:
        self.store, self.folder, self.clock = store, folder, clock
        self.boards = {name: FakeBoard() for name in PlatformName}
        self.records = 0

    def start(self) -> Publication:
        """Start as after a restart: with nothing but what is on the disk."""
        boards = {name: Board(platform=board, channel=ChannelId("c")) for name, board in self.boards.items()}
        return Publication(self.store.checkpoints, boards, self.folder, self.clock, self.store.cases.last_closing)

    async def grow(self) -> None:
        """Record one incident more."""
        self.records += 1
        await self.store.evidence.record(make.incident(self.records))

    def posted(self) -> list[list[str]]:
        """Give the sizes that stand on each board."""
        return [list(board.posts) for board in self.boards.values()]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """Give a record of one incident, and two empty boards."""
    clock = FrozenClock()
    async with open_store(tmp_path, clock) as store:
        made = Here(store, tmp_path, clock)
        await made.grow()
        yield made


async def test_the_newest_checkpoint_is_published_once_a_day_on_every_board(here: Here) -> None:
    publication = here.start()
    for _ in range(3):
        assert await publication.step() == TICK
        await here.grow()
    assert here.posted() == [["1"], ["1"]]
    here.clock.advance(DAY)
    await publication.step()
    await here.start().step()
    assert here.posted() == [["1", "4"], ["1", "4"]]
    head = await here.store.checkpoints.last()
    assert all(board.posts["4"] == str(head) for board in here.boards.values())


async def test_nothing_is_published_anew_while_the_record_does_not_grow(here: Here) -> None:
    publication = here.start()
    await publication.step()
    here.clock.advance(DAY)
    await publication.step()
    await publication.publish_now()
    assert here.posted() == [["1"], ["1"]]


async def test_at_a_stop_what_grew_since_is_published(here: Here) -> None:
    publication = here.start()
    await publication.step()
    await here.grow()
    await publication.publish_now()
    assert here.posted() == [["1", "2"], ["1", "2"]]


async def test_a_lost_answer_or_a_crash_leads_to_no_second_post(here: Here) -> None:
    slack = here.boards[PlatformName.SLACK]
    slack.loses = True
    await here.start().step()
    await here.grow()
    await here.start().step()
    assert here.posted() == [["1"], ["1"]]
    assert slack.looked == [False, True]
    assert json.loads((here.folder / OUTBOX).read_bytes())["slack"]["posting"] == ""


async def test_a_platform_that_is_away_gets_it_when_it_is_back_and_holds_up_no_other(here: Here) -> None:
    discord, slack = here.boards[PlatformName.DISCORD], here.boards[PlatformName.SLACK]
    discord.away = True
    publication = here.start()
    await publication.step()
    assert (list(discord.posts), list(slack.posts)) == ([], ["1"])
    discord.away = False
    await publication.step()
    assert list(discord.posts) == ["1"]


async def test_a_refusal_is_tried_again_an_hour_later(here: Here) -> None:
    slack = here.boards[PlatformName.SLACK]
    slack.refuses = True
    publication = here.start()
    await publication.step()
    await publication.step()
    assert len(slack.looked) == 1
    slack.refuses = False
    here.clock.advance(timedelta(hours=1))
    await publication.step()
    assert list(slack.posts) == ["1"]


async def test_a_damaged_outbox_stops_nothing(here: Here) -> None:
    (here.folder / OUTBOX).write_text("[", "utf-8")
    await here.start().step()
    assert here.posted() == [["1"], ["1"]]


async def closed(here: Here) -> int:
    """Take a case to its end; gives how many records the log then has."""
    case = await here.store.cases.open(cases.opening())
    case = await here.store.cases.append(case.id, *cases.to_decided(), version=case.version)
    over = e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.MATTER_ENDED)
    await here.store.cases.append(case.id, cases.happened(over, cases.DECIDER), version=case.version)
    return await here.store.writer.read(size)


async def test_a_checkpoint_over_it_is_signed_and_published_when_a_case_closes(here: Here) -> None:
    publication = here.start()
    await publication.step()
    await here.store.cases.open(cases.opening())
    await publication.step()
    assert here.posted() == [["1"], ["1"]]
    over = await closed(here)
    assert await publication.step() == TICK
    assert here.posted() == [["1", f"{over}"], ["1", f"{over}"]]
    head = await here.store.checkpoints.last()
    assert head is not None
    assert Checkpoint.claimed_by(head).size == over
    assert all(board.posts[f"{over}"] == str(head) for board in here.boards.values())
    await here.grow()
    await publication.step()
    assert here.posted() == [["1", f"{over}"], ["1", f"{over}"]]
    here.clock.advance(DAY)
    await publication.step()
    assert here.posted() == [["1", f"{over}", f"{over + 1}"]] * 2


async def test_a_case_that_closed_while_a_platform_was_away_or_the_bot_down_is_published_later(here: Here) -> None:
    await here.start().step()
    discord, slack = here.boards[PlatformName.DISCORD], here.boards[PlatformName.SLACK]
    over, discord.away = await closed(here), True
    await here.start().step()
    assert (list(discord.posts), list(slack.posts)) == (["1"], ["1", f"{over}"])
    discord.away = False
    await here.start().step()
    assert list(discord.posts) == ["1", f"{over}"]
    slack.refuses = True
    again = await closed(here)
    publication = here.start()
    await publication.step()
    await publication.step()
    assert len(slack.looked) == 3  # one that was refused is not tried again at once
    slack.refuses = False
    here.clock.advance(timedelta(hours=1))
    await publication.step()
    assert list(slack.posts) == ["1", f"{over}", f"{again}"]
