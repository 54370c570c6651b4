"""How often a process works out what comes next for a render: dear work is done seldom. Kept in
memory, for each process to hold itself to; what is put off is never forgotten, only done later."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARE = 0.1
"""Of a process's time that one render's planning may take while its clips come in."""
CHEAP_SECONDS = 0.05
"""What takes no longer is never put off."""
REMEMBERED = 256
"""Renders; one that is forgotten is worked out once more than needed."""


class Pace:
    """For each render the moment before which it is too soon to work it out again. clock: seconds,
    from any beginning."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, share: float = SHARE
    ) -> None:
        self._clock, self._share = clock, share
        self._not_before: OrderedDict[str, float] = OrderedDict()

    def is_too_soon(self, render_id: str) -> bool:
        """Whether the last time was too short ago, for as long as it took."""
        return self._clock() < self._not_before.get(render_id, 0.0)

    @contextmanager
    def working_on(self, render_id: str) -> Iterator[None]:
        """Measures how long the work within takes."""
        began = self._clock()
        try:
            yield
        finally:
            ended = self._clock()
            if ended - began > CHEAP_SECONDS:
                self._rest(render_id, ended + (ended - began) * (1 / self._share - 1))

    def _rest(self, render_id: str, until: float) -> None:
        self._not_before[render_id] = until
        self._not_before.move_to_end(render_id)
        if len(self._not_before) > REMEMBERED:
            self._not_before.popitem(last=False)
