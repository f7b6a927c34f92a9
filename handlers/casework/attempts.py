"""Notices that could not be delivered: tried three times, then shown where people look (evidence.md R45)."""

from collections.abc import Sequence

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.words import Delivery, NoticeKind

MOST_ATTEMPTS = 3


def owed(case: Case, kind: NoticeKind, reasons: Sequence[e.Happened]) -> Sequence[e.Happened]:
    """Give the reasons for a notice of which nobody was told yet; each notice that ended answers one, in order."""
    ended = sum(tried.delivery is not Delivery.FAILED for tried in _tried(case, kind))
    return reasons[ended:]


def attempts(case: Case, kind: NoticeKind) -> int:
    """Give how often the notice that is owed now was tried already."""
    count = 0
    for tried in _tried(case, kind):
        count = count + 1 if tried.delivery is Delivery.FAILED else 0
    return count


def after_attempt(delivery: Delivery, attempt: int) -> Delivery:
    """Give how an attempt counts: the last that fails is shown instead."""
    is_last = delivery is Delivery.FAILED and attempt >= MOST_ATTEMPTS
    return Delivery.SHOWN_INSTEAD if is_last else delivery


def _tried(case: Case, kind: NoticeKind) -> list[e.NoticeTried]:
    notices = (one.what for one in case.of(e.NoticeTried) if isinstance(one.what, e.NoticeTried))
    return [tried for tried in notices if tried.kind is kind]
