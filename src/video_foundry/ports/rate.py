"""The port that spreads requests to a provider over time."""

from typing import Protocol


class RateLimiter(Protocol):
    """Tokens per provider account, shared by all workers."""

    async def acquire(self, account: str, *, per_minute: int) -> None:
        """Wait until one request to `account` may be sent."""

    async def check(self) -> None:
        """Raise PartUnavailable with the reason when the limits cannot be looked up now."""

    async def aclose(self) -> None:
        """Release connections."""
