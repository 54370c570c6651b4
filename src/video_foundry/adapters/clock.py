"""The machine's own clock behind the time port. Nothing here waits or schedules."""

from datetime import UTC, datetime


class SystemClock:
    """UTC wall time of this machine."""

    def now(self) -> datetime:
        """The present moment, timezone-aware UTC."""
        return datetime.now(UTC)
