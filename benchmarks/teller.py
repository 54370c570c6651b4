"""Video Foundry's UI and API without workers, as a process of its own that also tells of progress,
as workers would: what measures a page neither slows it down nor is slowed down by it. Run with a
data folder and a port; a line on standard input says what to tell of, an empty one to stop."""

import asyncio
import contextlib
import itertools
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from video_foundry.api.app import make_app
from video_foundry.bootstrap import running_context
from video_foundry.ports.signal import SignalBus, Tick
from video_foundry.settings import Settings


async def main(data: Path, port: int) -> None:
    """Serve until SIGTERM."""
    settings = Settings(data_dir=data, example_project=False, embedded_workers=False)
    async with running_context(settings) as ctx:
        app = make_app(lambda: contextlib.nullcontext(ctx))
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None)
        listening = asyncio.create_task(_listen(ctx.signal))
        await uvicorn.Server(config).serve()
        listening.cancel()


async def _listen(signal: SignalBus) -> None:
    """Tell of what standard input says, until it says otherwise; then print how often was told."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := await lines.readline():
        teller = _Teller(signal)
        telling = asyncio.create_task(teller.tell(**json.loads(line)))
        await lines.readline()
        telling.cancel()
        print(teller.told, flush=True)


class _Teller:
    def __init__(self, signal: SignalBus) -> None:
        self._signal = signal
        self.told = 0

    async def tell(self, project: str, segments: Sequence[str], per_second: float) -> None:
        """One segment after the other; all of them advance by a hundredth in each round."""
        clock = asyncio.get_running_loop()
        begun = clock.time()
        for segment in itertools.cycle(segments):
            tick = Tick(
                project_id=project,
                segment_ids=(segment,),
                job_id=segment,
                kind="generate",
                progress=(self.told // len(segments)) % 100 / 100,
            )
            await self._signal.publish(tick)
            self.told += 1
            await asyncio.sleep(begun + self.told / per_second - clock.time())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
