"""Keeps the children that work on sound; how they are asked is up to `pool` and `reader`."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from video_foundry.adapters.ffmpeg.pool import ReaderPool
from video_foundry.adapters.ffmpeg.process import environment, guarded
from video_foundry.adapters.ffmpeg.reader import Reader

_CHILD = Path(__file__).with_name("child")
"""A folder: Python runs what stands in its `__main__`."""


class SoundReader(Reader):
    """A child that works on sound, started and talked to as any other."""

    def __init__(self, *, memory: int, output: int) -> None:
        self.served = 0
        self._process = subprocess.Popen(
            guarded([sys.executable, "-I", str(_CHILD)], memory=memory, output=output),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment(),
            start_new_session=True,
        )
        for pipe in self._pipes():
            os.set_blocking(pipe.fileno(), False)


class SoundPool(ReaderPool):
    """Lends children that work on sound."""

    def __init__(self, *, memory: int, output: int) -> None:
        super().__init__(memory=memory, output=output)
        # A SoundReader is a Reader; only `partial` does not say so.
        self._start = partial(SoundReader, memory=memory, output=output)  # type: ignore[assignment]
