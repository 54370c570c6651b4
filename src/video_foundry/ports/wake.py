"""The port that tells workers there may be work: a hint that may be lost, never the job itself."""

from typing import Literal, Protocol

JobKind = Literal["generate", "compose"]


class Wake(Protocol):
    """Hints. The rows are the truth: a lost hint costs at most one poll interval."""

    async def notify(self, kind: JobKind) -> None:
        """Say that a job of this kind may be claimable. Never raises."""

    async def wait(self, kind: JobKind, timeout: float) -> bool:
        """Wait until notified (True) or until `timeout` seconds have passed (False)."""

    async def check(self) -> None:
        """Raise PartUnavailable with the reason when the broker cannot be reached now."""

    async def aclose(self) -> None:
        """Release connections."""
