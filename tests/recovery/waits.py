"""How long things wait in these tests: the same names as in the product, with smaller values."""

from datetime import timedelta
from types import ModuleType

from video_foundry.core import jobs
from video_foundry.jobs import queue
from video_foundry.workers import loop


def short_waits(
    *, lease_seconds: float, poll_seconds: float = 0.25, backoff_seconds: float = 0.1
) -> list[tuple[ModuleType, str, object]]:
    """(module, constant, value) to set. A heartbeat comes four times within a lease."""
    return [
        (queue, "LEASE", timedelta(seconds=lease_seconds)),
        (queue, "HEARTBEAT_SECONDS", lease_seconds / 4),
        (loop, "POLL_SECONDS", poll_seconds),
        (loop, "CRASH_REST_SECONDS", backoff_seconds * 4),
        (loop, "PART_REST_SECONDS", backoff_seconds * 4),
        (jobs, "BACKOFF_BASE_SECONDS", backoff_seconds),
    ]
