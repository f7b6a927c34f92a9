"""The daily word on the backlog: how much is waiting, how old the oldest is, how much is late (evidence.md R37)."""

from datetime import timedelta

from handlers.ports import Notice
from policies.casework.backlog import Backlog


def backlog_digest(found: Backlog) -> Notice:
    """Say what is waiting, to people who work on cases: in whole numbers, with nothing of what cases are about."""
    if not found.open:
        return Notice(title="No case is waiting", paragraphs=("Every case is closed.",))
    title = f"{_cases(found.open)} open"
    late = f"{found.over_deadline:,} of them ({found.share_over:.0%})" if found.over_deadline else "None of them"
    waiting = (
        f"{_cases(found.open)} open; the oldest has been waiting for {_days(found.oldest)}. {late}"
        f" {'is' if found.over_deadline < 2 else 'are'} over a deadline."
    )
    silent = len(found.unconfirmed)
    if not silent:
        return Notice(title=title, paragraphs=(waiting,))
    named = ", ".join(found.unconfirmed[:_NAMED]) + (f" and {silent - _NAMED:,} more" if silent > _NAMED else "")
    escalated = (
        f"Past twice a deadline, and nobody has confirmed being told of it: {named}. Whoever was told confirms it with"
        " hustings cases confirm CASE."
    )
    return Notice(title=title, paragraphs=(waiting, escalated))


_NAMED = 5


def _cases(number: int) -> str:
    return f"{number:,} case{' is' if number == 1 else 's are'}"


def _days(span: timedelta) -> str:
    days = span // timedelta(days=1)
    return "less than a day" if not days else f"{days:,} day{'' if days == 1 else 's'}"
