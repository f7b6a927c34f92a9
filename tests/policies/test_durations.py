"""How long something lasts, as people write it."""

from datetime import timedelta

import pytest

from policies.durations import read_duration


@pytest.mark.parametrize(
    ("text", "lasts"),
    [
        ("10m", timedelta(minutes=10)),
        ("2H", timedelta(hours=2)),
        ("1d 12h", timedelta(days=1, hours=12)),
        ("1w", timedelta(days=7)),
        ("", None),
        ("p", None),
        ("1.5h", None),
        ("10 minutes", None),
        ("999999w999999w", timedelta(weeks=1_999_998)),
    ],
)
def test_durations_are_read_whole_or_not_at_all(text: str, lasts: timedelta | None) -> None:
    assert read_duration(text) == lasts
