"""Our side of the measurement: a process that composes what it is told to, as a worker would, and
says what that took. Started by `ours`; one JSON object a line comes in, and one goes out."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.composing.case import Case
from benchmarks.composing.cost import own_cpu
from benchmarks.composing.edits import EDITS, Shelf, plain
from video_foundry.adapters.ffmpeg.compositor import FFmpegCompositor
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.conforming import why_encoded
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.graph import Graph, Step
from video_foundry.core.sound import SoundItem
from video_foundry.ports.film import FilmCut, FilmStep
from video_foundry.testing.cutting_room import CuttingRoom, encoded_seconds, local_tools
from video_foundry.testing.short_films import Part, cut_together
from video_foundry.workers.steps import Tools

Told = dict[str, Any]


@dataclass(kw_only=True)
class MeteredRoom(CuttingRoom):
    """A cutting room that notes which kind of step took how many CPU seconds."""

    spent: dict[str, float] = field(default_factory=dict)

    async def _carry_out(self, step: Step) -> None:
        before = own_cpu()
        await super()._carry_out(step)
        self.spent[step.kind] = self.spent.get(step.kind, 0.0) + own_cpu() - before


@dataclass(kw_only=True)
class Cutter:
    """One case, in a folder that remembers every piece, by tools that stay as a worker's do."""

    case: Case
    folder: Path
    room: MeteredRoom
    shelf: Shelf

    @classmethod
    async def stocked(cls, case: Case, tools: Tools, folder: Path, told: Told) -> "Cutter":
        """With everything checked and stored, as it is before a film is asked for."""
        room = MeteredRoom(folder=folder, tools=tools)
        paths = [Path(path) for path in (*told["clips"], told["spare"])]
        parts = [
            Part(path=path, frames=case.clip_frames, may_be_copied=case.conforming)
            for path in paths
        ]
        *clips, spare = (await cut_together(room, parts, case.profile)).clips
        if case.conforming:
            _check_conforming(case, [*clips, spare])
        length = Fraction(case.clips * case.seconds)
        one, other = [await _music(room, Path(path), length) for path in told["music"]]
        shelf = Shelf(case=case, clips=clips, spare=spare, music=(one, other))
        return cls(case=case, folder=folder, room=room, shelf=shelf)

    @property
    def target(self) -> Path:
        """The film as it was made last."""
        return self.folder / "ours.mp4"

    async def obey(self, order: str) -> Told:
        """Carry out one order; what it took."""
        if order in EDITS:
            await self._measured(EDITS[order].before(self.shelf))
            return await self._measured(EDITS[order].after(self.shelf))
        if order == "recompose":
            await self._forget_the_film()
        if order == "join":
            return await self._joined()
        return await self._measured(plain(self.shelf))

    async def _measured(self, film: Film) -> Told:
        """Compose; with the bytes that are new in the store, and which steps they came from."""
        before, self.room.spent = self._stored(), {}
        done: list[Step] = []

        async def work() -> None:
            done.extend(await self.room.compose(film, self.target))

        cost = await _timed(work)
        new = {name: size for name, size in self._stored().items() if name not in before}
        return {
            **cost,
            "written": sum(new.values()),
            "size": self.target.stat().st_size,
            "encoded": encoded_seconds(done),
            "spent": self.room.spent,
            "steps": len(done),
        }

    def _stored(self) -> Mapping[str, int]:
        blobs = (self.folder / "blobs" / "objects").rglob("*")
        return {blob.name: blob.stat().st_size for blob in blobs if blob.is_file()}

    async def _forget_the_film(self) -> None:
        """All of its pieces stay."""
        mark = self._graph().master.fingerprint
        await self.room.tools.blobs.delete(self.room.made.pop(mark))

    def _graph(self) -> Graph:
        return self.room.graph(plain(self.shelf))

    async def _joined(self) -> Told:
        """The file alone, from pieces that lie at hand; nothing is stored."""
        target = self.folder / "joined.mp4"
        spec, tools = self._graph().master.spec, self.room.tools
        async with AsyncExitStack() as stack:

            async def local(mark: str) -> Path:
                return await here(self.room.made[mark])

            async def here(digest: str) -> Path:
                return await stack.enter_async_context(tools.blobs.local_path(digest))

            async def cut(mark: str, first: int, frames: int) -> FilmCut:
                if mark not in copies:
                    return FilmCut(piece=await local(mark), first=first, frames=frames)
                digest, begin = copies[mark]
                clip = await here(digest)
                return FilmCut(piece=clip, first=begin + first, frames=frames, is_clip=True)

            copies = spec.get("copies", {})
            step = FilmStep(
                cuts=[await cut(*told) for told in spec["cuts"]],
                sound=[await local(mark) for mark in spec["sound"]],
                profile=self.case.profile,
            )
            cost = await _timed(lambda: tools.compositor.film(step, target, _unheard))
        return {**cost, "size": target.stat().st_size}


def _check_conforming(case: Case, clips: Sequence[FilmClip]) -> None:
    """Clips that are measured as conforming must conform."""
    for clip in clips:
        coding = clip.source.coding
        if coding is None or why_encoded(coding, case.profile):
            raise ValueError(f"{clip.label} does not conform: {coding}")


async def _timed(work: Callable[[], Awaitable[None]]) -> Told:
    before, begun = own_cpu(), time.perf_counter()
    await work()
    return {"cpu": own_cpu() - before, "wall": time.perf_counter() - begun}


@asynccontextmanager
async def _tools(folder: Path) -> AsyncIterator[Tools]:
    scratch = folder / "scratch"
    compositor, sounds = FFmpegCompositor(scratch=scratch), FFmpegSound(scratch=scratch)
    titler = SkiaTitler()
    try:
        yield local_tools(folder, compositor=compositor, sounds=sounds, titler=titler)
    finally:
        for part in (compositor, sounds, titler):
            await part.aclose()


async def _unheard(_: float) -> None:
    """Nobody asks how far it is."""


async def _music(room: CuttingRoom, path: Path, seconds: Fraction) -> SoundItem:
    return SoundItem(digest=await room.add(path), seconds=seconds)


async def _main() -> None:
    folder = Path(sys.argv[1])
    told = json.loads(sys.stdin.readline())
    async with _tools(folder) as tools:
        cutter = await Cutter.stocked(Case(**told["case"]), tools, folder, told)
        _say({})
        while order := await asyncio.to_thread(sys.stdin.readline):
            _say(await cutter.obey(json.loads(order)))


def _say(told: Told) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(_main())
