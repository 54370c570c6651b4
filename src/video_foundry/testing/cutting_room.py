"""Composes films without a database, a queue or a server: a graph's steps are carried out one after
the other in a folder, and what was made is remembered. For tests and benchmarks of composing."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from video_foundry.adapters.blobs.local import LocalBlobStore
from video_foundry.core.draft import Draft
from video_foundry.core.film import Film
from video_foundry.core.graph import Graph, Known, Step, graph_of
from video_foundry.core.loudness import Measurement
from video_foundry.workers.steps import StepRun, Tools, carry_out


@dataclass(kw_only=True)
class CuttingRoom:
    """folder: where blobs and scratch files lie. made: step fingerprint -> digest."""

    folder: Path
    tools: Tools
    made: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    measures: dict[str, Measurement] = field(default_factory=dict)

    async def add(self, source: Path) -> str:
        """Store a clip, image or sound; its digest."""
        return (await self.tools.blobs.put_file(source)).digest

    def graph(self, film: Film) -> Graph:
        """The film's steps, given what exists."""
        draft = Draft(film)
        keys, wanted = draft.clip_keys, draft.measures
        runs = [s.run for s in self.steps.values() if s.run and s.run.key in keys]
        measures = {mark: found for mark, found in self.measures.items() if mark in wanted}
        return graph_of(draft, Known(runs=runs, measures=measures))

    def missing(self, film: Film) -> list[Step]:
        """Steps that can be carried out now and are not done yet."""
        return [s for s in self.graph(film).steps if s.is_known and s.fingerprint not in self.made]

    async def compose(self, film: Film, target: Path) -> list[Step]:
        """Write the film; returns the steps that had to be carried out for it."""
        done: list[Step] = []
        while missing := self.missing(film):
            for step in missing:
                await self._carry_out(step)
            done += missing
        digest = self.made[self.graph(film).master.fingerprint]
        async with self.tools.blobs.local_path(digest) as path:
            await asyncio.to_thread(shutil.copyfile, path, target)
        return done

    async def _carry_out(self, step: Step) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            run = StepRun(
                tools=self.tools,
                kind=step.kind,
                spec=step.spec,
                label=step.label,
                scratch=Path(scratch),
                progress=_ignore,
            )
            needed = {mark: self.made[mark] for mark in step.needs}
            artifact, found = await carry_out(run, needed, step.sources)
        self._remember(step, artifact.blob.digest, found)

    def _remember(self, step: Step, digest: str, found: Mapping[str, Any] | None) -> None:
        self.made[step.fingerprint] = digest
        self.steps[step.fingerprint] = step
        if found is not None:
            self.measures[step.fingerprint] = Measurement.of(found)


async def _ignore(_: float) -> None:
    return


def encoded_seconds(steps: Iterable[Step]) -> float:
    """Seconds of picture that steps encode."""
    return float(sum(step.seconds for step in steps))


def local_tools(folder: Path, **ports: Any) -> Tools:
    """Tools over a folder. ports: compositor, sounds, titler."""
    return Tools(blobs=LocalBlobStore(folder / "blobs"), **ports)
