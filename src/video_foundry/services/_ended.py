"""Renders that have ended, as they were told last: nothing changes about them any more but whether
their files are still there. Telling one anew reads its plan and a row for each of its segments."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from video_foundry.core.jobs import TERMINAL
from video_foundry.core.money import Money, Price
from video_foundry.core.render_work import RenderWork
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import JobRow, RenderRow
from video_foundry.services._notices import ClipNotice

MOST_KEPT = 1_000


@dataclass(frozen=True, kw_only=True)
class RenderFacts:
    """What follows from a render's plan and jobs. price: what its plan says that it costs; work:
    what it made, in words. cost_actual: what its own generations cost so far, in the currency of
    its plan, other_costs: and in others; cost_is_known: whether that is all of it. progress: share
    done, 0..1. seconds_done: of the row's seconds_total, with what is under way. notices: what is
    odd about its clips."""

    price: Price
    work: RenderWork
    cost_actual: Money
    other_costs: Sequence[Money]
    cost_is_known: bool
    progress: float
    seconds_done: float | None
    notices: Sequence[ClipNotice]


class EndedRenders:
    """Those that were told last; forgetting any of them costs time only."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._facts: OrderedDict[str, tuple[datetime, RenderFacts]] = OrderedDict()

    def of(self, render: RenderRow) -> RenderFacts | None:
        """What was told of a render, if it has not changed since."""
        when, facts = self._facts.get(render.id, (None, None))
        if when != render.updated_at:
            return None
        self._facts.move_to_end(render.id)
        return facts

    def keep(self, render: RenderRow, facts: RenderFacts, jobs: Collection[JobRow]) -> None:
        """For the next time, where it has ended for good. jobs: all that it has asked for, of which
        some may go on for others."""
        is_over = all(job.state in TERMINAL for job in jobs)
        if render.status in RENDER_ENDED and is_over:
            self._facts[render.id] = (render.updated_at, facts)
            while len(self._facts) > self._most:
                self._facts.popitem(last=False)
