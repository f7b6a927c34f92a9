"""Nobody is shut out in masses: the sixth ban within ten minutes is held."""

from datetime import timedelta

import pytest

from policies.casework import events as e
from policies.casework.case import NotAllowed
from policies.casework.pace import ensure_paced
from policies.casework.people import By, PersonId
from policies.casework.words import Office, Sanction
from tests.policies.casework.offices import START


def imposed(minutes: int, kind: Sanction = Sanction.BAN, by: str = "dora") -> e.Happened:
    what = e.SanctionImposed(kind=kind, on=PersonId(f"p_{minutes}"), until=None)
    return e.Happened(at=START + timedelta(minutes=minutes), by=By(Office.DECIDER, by), what=what)


def test_the_sixth_ban_within_ten_minutes_is_held_and_says_until_when() -> None:
    five = [imposed(minute) for minute in range(5)]
    ensure_paced(five[:4], START + timedelta(minutes=5))
    with pytest.raises(NotAllowed, match=r"this one is held\. It can be done from 09:10:00 UTC on"):
        ensure_paced(five, START + timedelta(minutes=5))
    ensure_paced(five, START + timedelta(minutes=10))


def test_several_hands_make_it_no_slower() -> None:
    five = [imposed(minute, by=f"o{minute}") for minute in range(5)]
    with pytest.raises(NotAllowed, match="is held"):
        ensure_paced(five, START + timedelta(minutes=5))


def test_removals_count_and_warnings_do_not() -> None:
    ensure_paced([imposed(minute, Sanction.WARNING) for minute in range(9)], START + timedelta(minutes=9))
    with pytest.raises(NotAllowed, match="is held"):
        ensure_paced([imposed(minute, Sanction.REMOVAL) for minute in range(5)], START + timedelta(minutes=9))
