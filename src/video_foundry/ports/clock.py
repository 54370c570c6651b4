"""The port to time, so that tests can move it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """UTC wall time."""

    def now(self) -> datetime:
        """The present moment, timezone-aware UTC."""
