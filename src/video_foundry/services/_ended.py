"""Renders that have ended, as they were told last: nothing changes about them any more but whether
their files are still there. Telling one anew reads its plan and a row for each of its segments."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from video_foundry.core.jobs import TERMINAL
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import JobRow, RenderRow

if TYPE_CHECKING:  # it is made with a context, and a context holds these
    from video_foundry.services.render_views import RenderView

MOST_KEPT = 1_000


class EndedRenders:
    """Those that were told last; forgetting any of them costs time only."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._views: OrderedDict[str, RenderView] = OrderedDict()

    def of(self, render: RenderRow) -> "RenderView | None":
        """What was told of a render, if it has not changed since."""
        view = self._views.get(render.id)
        if view is None or view.row.updated_at != render.updated_at:
            return None
        self._views.move_to_end(render.id)
        return view

    def keep(self, view: "RenderView", jobs: Collection[JobRow]) -> None:
        """For the next time, where it has ended for good. jobs: all that it has asked for, of which
        some may go on for others."""
        is_over = all(job.state in TERMINAL for job in jobs)
        if view.row.status in RENDER_ENDED and is_over:
            self._views[view.row.id] = replace(view, row=_short(view.row))
            while len(self._views) > self._most:
                self._views.popitem(last=False)


def _short(row: RenderRow) -> RenderRow:
    """What is asked for above, without what grows with the film."""
    return RenderRow(id=row.id, status=row.status, updated_at=row.updated_at)
