"""A legal hold that nobody looks at again is told of every day until somebody does."""

from datetime import timedelta
from pathlib import Path

from structlog.testing import capture_logs

from bot.evidence.words import Code
from bot.hold_review import HoldReview
from bot.store.sqlite.store import open_store
from policies.identifiers import IncidentId
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock
from tests.fakes.packs import ADA, BEN, ONE

NAME = IncidentId(ONE)


async def test_an_overdue_hold_is_an_alarm_a_day_until_it_is_reviewed(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_store(tmp_path, clock) as store:
        await store.evidence.record(make.incident(1, to_do=()))
        await store.stewardship.request_hold(NAME, ADA, Code.HELD_FOR_POLICE)
        await store.stewardship.place_hold(NAME, BEN, review_in=timedelta(days=90))
        review = HoldReview(store.stewardship.holds, clock)
        alarms = []
        for hours in (0, 90 * 24, 1, 1, 24):
            clock.advance(timedelta(hours=hours))
            with capture_logs() as told:
                await review.step()
            alarms.append([(line["event"], line["incident"], line["log_level"]) for line in told])
        alarm = [("hold.overdue", ONE, "error")]
        assert alarms == [[], [], alarm, [], alarm]
        await store.stewardship.review_hold(NAME, ADA, review_in=timedelta(days=90))
        clock.advance(timedelta(days=2))
        with capture_logs() as told:
            await review.step()
        assert told == []
