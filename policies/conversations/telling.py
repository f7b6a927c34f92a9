"""Saying what several messages showed, in words that a stranger can follow."""

from collections.abc import Sequence

_MOST_NAMED = 12


def messages(ids: Sequence[str]) -> str:
    """Name messages by their ids, the last ones where there are many."""
    named = list(dict.fromkeys(ids))
    if len(named) == 1:
        return f"message {named[0]}"
    more = f"{len(named) - _MOST_NAMED} earlier ones and " if len(named) > _MOST_NAMED else ""
    return f"messages {more}{', '.join(named[-_MOST_NAMED:])}"


def span_of_time(seconds: float) -> str:
    """Say how long something took."""
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    if seconds < 36 * 3600:
        return f"{round(seconds / 3600)} hours"
    return f"{round(seconds / 86400)} days"
