"""Waiting until something is so. How long the product itself waits in these tests is in `waits`."""

import time
from collections.abc import Callable


def seconds_until(is_so: Callable[[], object], limit: float) -> float:
    """How long until `is_so()` is true. Raises TimeoutError."""
    begun = time.monotonic()
    while not is_so():
        if time.monotonic() - begun > limit:
            raise TimeoutError("it did not happen")
        time.sleep(0.02)
    return time.monotonic() - begun
