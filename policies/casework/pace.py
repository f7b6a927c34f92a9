"""How many people may be shut out in a short time: more at once is an accident or an attack, and waits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from policies.casework import events as e
from policies.casework.case import NotAllowed
from policies.casework.words import Sanction

AT_MOST = 5
WITHIN = timedelta(minutes=10)
"""Five in ten minutes, whoever imposes them: a stolen account, or a faction in a hurry, is slowed down."""

_SHUT_OUT = (Sanction.BAN, Sanction.REMOVAL)


def ensure_paced(imposed: Iterable[e.Happened], now: datetime) -> None:
    """Refuse one more ban or removal where as many as may be were imposed just now, in whatever case.

    `imposed` is what happened lately in all cases. Raises `NotAllowed`, with the moment from which it can be done.
    """
    recent = sorted(
        one.at
        for one in imposed
        if isinstance(one.what, e.SanctionImposed) and one.what.kind in _SHUT_OUT and now - WITHIN < one.at
    )
    if len(recent) >= AT_MOST:
        free = recent[-AT_MOST] + WITHIN
        minutes = int(WITHIN.total_seconds() // 60)
        raise NotAllowed(
            f"{len(recent)} bans and removals took effect within {minutes} minutes, so this one is held. It can be done"
            f" from {free:%H:%M:%S} UTC on. If nobody knows of the others, ask an admin to look at once."
        )
