"""Processes of a cluster as far as a test can have them in one: each an event loop in a thread."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

END_SECONDS = 90.0


class Threads:
    """Started one by one, joined together."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._failures: list[BaseException] = []

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run one until it ends by itself."""

        def run() -> None:
            try:
                asyncio.run(work())
            except BaseException as error:
                self._failures.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self._threads.append(thread)

    def join(self) -> None:
        """Until all have ended. Raises what ended one of them."""
        for thread in self._threads:
            thread.join(END_SECONDS)
            if thread.is_alive():
                raise TimeoutError("one of the processes does not end")
        if self._failures:
            raise self._failures[0]
