"""The real clock: the one place that reads the time of day."""

from datetime import UTC, datetime


class SystemClock:
    """Gives the machine's time."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC)
