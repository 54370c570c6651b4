"""Shows on standard error how far a render is: a bar on a terminal, and lines now and then where
nobody watches, such as in a log. What becomes of the render is the command's matter."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from video_foundry.db.renders import RENDER_ENDED
from video_foundry.services.render_views import RenderView

EVERY = 5.0
"""Seconds from one line to the next, unless the render comes to something else."""

Show = Callable[[RenderView], None]


@contextmanager
def shown() -> Iterator[Show]:
    """Whoever is given tells it how the render stands, as often as it likes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines().show
        return
    progress = Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[seconds]}"),
        TimeElapsedColumn(),
        console=console,
    )
    with progress:
        task = progress.add_task("planning", total=1.0, seconds="")

        def show(view: RenderView) -> None:
            words, done = _words(view), _seconds(view)
            progress.update(task, completed=view.progress, description=words, seconds=done)

        yield show


@dataclass
class Lines:
    """Writes a line when there is something new to say. How it ends is not said here."""

    _said: str = ""
    _status: str = ""
    _at: float = 0.0

    def show(self, view: RenderView) -> None:
        """Say it, or wait until there is more to say."""
        if view.status in RENDER_ENDED:
            return
        line = ", ".join(filter(None, [_words(view), f"{view.progress:.0%}", _seconds(view)]))
        now = time.monotonic()
        is_time = view.status != self._status or now >= self._at + EVERY
        if line == self._said or not is_time:
            return
        print(f"video-foundry: {line}", file=sys.stderr, flush=True)
        self._said, self._status, self._at = line, view.status, now


def _words(view: RenderView) -> str:
    """How it stands, and how many clips are there of those that it generates, if any."""
    row = view.row
    return f"{view.status} {row.segments_completed}/{row.segments_total}".removesuffix(" 0/0")


def _seconds(view: RenderView) -> str:
    """How much picture is encoded, in words; none where there is nothing to encode."""
    if not view.row.seconds_total or view.seconds_done is None:
        return ""
    return f"{view.seconds_done:.1f} of {view.row.seconds_total:.1f} s"
