"""Composes a film of so many segments and prints how much memory that took, as one JSON object:
`python -m tests.composing.many 200`. A process of its own, so that nothing else is counted."""

import asyncio
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from tests.composing.house import House, film_of, used

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.composition import Trim
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.titles import text_from_json
from video_foundry.core.transitions import make_transition
from video_foundry.testing.cutting_room import CuttingRoom, local_tools

F = Fraction

EVERY = 0.02
"""Seconds from one look at the processes to the next."""


async def film_in(house: House, count: int) -> Film:
    """Four clips again and again, faded into one another, with text and music."""
    sources = [await house.clip(n, 36) for n in (1, 2, 3, 4)]
    fade = make_transition("fade", F(1, 4))
    clips: list[FilmClip] = [
        used(sources[n % 4], transition=fade if n % 2 else None, trim=Trim(end=F(4, 3)))
        for n in range(count)
    ]
    text = text_from_json({"text": "on top", "start": 1, "end": 5}, field="text.0")
    return film_of(*clips, overlays=[text], sounds=[await house.tune(14.0)])


async def compose(count: int, folder: Path) -> dict[str, float]:
    """The film's frames, and the most megabytes that this process and all that it started held at
    any moment, each page counted once."""
    ports = FFmpegCompositor(scratch=folder / "s"), FFmpegSound(scratch=folder / "s"), SkiaTitler()
    tools = local_tools(folder, compositor=ports[0], sounds=ports[1], titler=ports[2])
    house = House(folder=folder, tools=tools, room=CuttingRoom(folder=folder, tools=tools))
    film = await film_in(house, count)
    with Watch() as watch:
        await house.room.compose(film, folder / "film.mp4")
    for port in ports:
        await port.aclose()
    return {"frames": house.room.graph(film).frames, "most": watch.most / 1024}


class Watch:
    """Looks at this process and its children again and again. most: kilobytes."""

    def __init__(self) -> None:
        self.most = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(EVERY):
            self.most = max(self.most, sum(held(pid) for pid in family(os.getpid())))


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it has just ended
        return
    for child in " ".join(lists).split():
        yield from family(int(child))


def held(pid: int) -> int:
    """Kilobytes of a process, pages that others hold too counted in parts; 0 when it has ended."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line[:4] == "Pss:"), 0)


def main() -> None:
    """Compose, and say what it took."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(compose(int(sys.argv[1]), Path(folder)))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
