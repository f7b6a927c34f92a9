"""What of the record is counted in the figures, and how published ones are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.evidence.words import Code
from bot.store.sqlite.figures import SqlitePublications, SqliteTallying
from bot.store.sqlite.retention import Schedule
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import Store, open_record, open_store
from policies.acts import Verb
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import IncidentId
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.drawn_figures import published

BEGINS, ENDS = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
ADA, BEN = Steward("ada"), Steward("ben")


async def acted(store: Store, number: int, action: Action, status: OutcomeStatus = OutcomeStatus.DONE) -> IncidentId:
    kept = (await store.evidence.record(make.incident(number, to_do=(action,)))).incident
    await store.evidence.append_outcome(kept, Outcome(action=action, status=status), NOON)
    return kept


async def test_acts_of_the_bot_count_if_they_took_place_and_as_errors_if_a_moderator_found_no_abuse(
    store: Store,
) -> None:
    hidden = await acted(store, 1, Action.HIDE)
    await acted(store, 2, Action.HIDE)
    await acted(store, 3, Action.MUTE)
    await acted(store, 4, Action.HIDE, OutcomeStatus.REFUSED)
    await acted(store, 5, Action.ALERT)
    await store.evidence.settle(make.act("wrong", Verb.NOT_ABUSE, on=hidden), version=0)
    tallies = await SqliteTallying(store.writer).between(BEGINS, ENDS)
    assert tallies.automatic == {Action.HIDE: 2, Action.MUTE: 1}
    assert tallies.turned_round == 1


async def test_a_later_verdict_is_the_one_that_counts(store: Store) -> None:
    hidden = await acted(store, 1, Action.HIDE)
    await store.evidence.settle(make.act("wrong", Verb.NOT_ABUSE, on=hidden), version=0)
    await store.evidence.settle(make.act("right", Verb.UPHOLD, on=hidden), version=1)
    assert (await SqliteTallying(store.writer).between(BEGINS, ENDS)).turned_round == 0


async def test_what_lies_outside_the_span_is_not_counted(tmp_path: Path) -> None:
    clock = FrozenClock(ENDS - timedelta(hours=1))
    async with open_store(tmp_path, clock) as store:
        hidden = await acted(store, 1, Action.HIDE)
        clock.advance(timedelta(hours=2))
        await acted(store, 2, Action.HIDE)
        await store.evidence.settle(make.act("wrong", Verb.NOT_ABUSE, on=hidden), version=0)
        tallies = await SqliteTallying(store.writer).between(BEGINS, ENDS)
        assert (tallies.automatic, tallies.turned_round) == ({Action.HIDE: 1}, 0)


async def test_an_erasure_counts_and_one_by_the_schedule_does_not(store: Store) -> None:
    asked = (await store.evidence.record(make.incident(1, to_do=()))).incident
    await store.stewardship.request_erasure(asked, ADA, Code.ERASED_ON_REQUEST)
    await store.stewardship.erase(asked, BEN)
    old = (await store.evidence.record(make.incident(2, to_do=()))).incident
    await store.stewardship.erase_by_schedule([old], Schedule().ref)
    tallies = await SqliteTallying(store.writer).between(BEGINS, ENDS)
    assert (tallies.erasures, tallies.exports) == (1, 0)


async def test_published_figures_are_read_back_as_they_were_beside_a_running_bot(tmp_path: Path) -> None:
    drawn = published(7, 2)
    async with open_store(tmp_path, FrozenClock()) as store:
        kept = SqlitePublications(store.writer, store.ledger, ADA)
        for one in drawn:
            await kept.keep(one)
        assert list(await kept.all()) == drawn
        async with open_record(tmp_path, FrozenClock()) as reading:
            assert list(await SqlitePublications(reading.reader, reading.ledger, BEN).all()) == drawn
