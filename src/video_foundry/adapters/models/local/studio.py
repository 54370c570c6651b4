"""Takes requests of all local models in turn: one clip at a time, one pipeline in memory at a time.
How a clip is generated is the business of the process that this keeps."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from weakref import WeakKeyDictionary

from video_foundry.adapters.models.local.generator import Generator, Tell
from video_foundry.adapters.models.local.machine import Machine
from video_foundry.adapters.models.local.request import LocalRequest


class Studio:
    """The one generating process of this process, if there is one at the moment."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._generator: Generator | None = None
        self._rest: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The generating process, None while there is none."""
        return self._generator.pid if self._generator else None

    async def carry_out(
        self,
        machine: Machine,
        environment: Mapping[str, str],
        request: LocalRequest,
        target: Path,
        tell: Tell,
    ) -> None:
        """Have a clip written when its turn has come. Raises GenerationFailed.

        Whatever goes wrong, and when this is cancelled, the process ends: what it holds by then
        cannot be trusted.
        """
        async with self._turn:
            self._wake()
            try:
                generator = await self._ready(machine, environment, request.pipeline)
                await generator.generate(request, target, tell)
            except BaseException:
                await self._end()
                raise
            self._rest = asyncio.create_task(self._rested(machine.keep_seconds))

    async def close(self) -> None:
        """End the process if it has nothing to do, and wait until it has; one that works is left
        to its work."""
        if not self._turn.locked():
            async with self._turn:
                self._wake()
                await self._end()
        if self._ending is not None:
            await asyncio.gather(self._ending, return_exceptions=True)

    async def _ready(
        self, machine: Machine, environment: Mapping[str, str], pipeline: str
    ) -> Generator:
        """A process with this pipeline or with none: another one's memory is given back first."""
        present = self._generator
        if present is not None:
            if present.is_alive and (present.machine, present.pipeline) == (machine, pipeline):
                return present
            await self._end()
        self._generator = await Generator.start(machine, environment)
        return self._generator

    async def _rested(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        async with self._turn:
            self._rest = None  # from here on nobody may cut this short
            await self._end()

    def _wake(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    async def _end(self) -> None:
        generator, self._generator = self._generator, None
        if generator is not None:
            # Cut short it would leave the process to nobody.
            self._ending = asyncio.create_task(generator.end())
            await asyncio.shield(self._ending)


_STUDIOS: WeakKeyDictionary[asyncio.AbstractEventLoop, Studio] = WeakKeyDictionary()


def studio() -> Studio:
    """The one studio of the running event loop: all local models share this machine."""
    return _STUDIOS.setdefault(asyncio.get_running_loop(), Studio())
