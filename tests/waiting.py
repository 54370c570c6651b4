"""Waiting for what comes about by itself."""

import time
from collections.abc import Callable

PATIENCE = 20.0
"""Seconds in which what needs no work comes about, on a busy machine too."""


def until(is_so: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Look until it is so, with a bound that only a stuck program reaches."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"it did not come about within {seconds:g} seconds"
        time.sleep(0.1)
