"""The processes at both ends: those that decode layers to raw frames and the one that encodes.

Starts what it is told to; knows neither codecs nor filters.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from types import TracebackType
from typing import IO, Any, Self

from video_foundry.adapters.ffmpeg.frames.overlays import Unfit
from video_foundry.adapters.ffmpeg.frames.placing import viewed
from video_foundry.adapters.ffmpeg.frames.planes import Frame, Size
from video_foundry.adapters.ffmpeg.process import KEPT_OUTPUT, Finished
from video_foundry.adapters.ffmpeg.tools import complaint

_PR_SET_PDEATHSIG = 1
_F_SETPIPE_SZ = 1031
_PIPE = 1024 * 1024

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_us() -> None:
    """Have the kernel kill the new process when this one ends, however it ends."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One process whose complaints are kept; gone when the block is left."""

    def __init__(self, command: Sequence[str], *, writes: bool) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if writes else subprocess.PIPE,
            stdout=subprocess.PIPE if writes else subprocess.DEVNULL,
            stderr=self._errors,
            bufsize=0,
            preexec_fn=_die_with_us,  # noqa: PLW1509  this process has one thread
        )
        pipe = self._process.stdout if writes else self._process.stdin
        assert pipe is not None  # noqa: S101  asked for above
        self.pipe: IO[bytes] = pipe
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # many pipes of a user are limited to less
                fcntl.fcntl(pipe.fileno(), _F_SETPIPE_SZ, _PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.pipe.close()
        self._process.kill()
        self._process.wait()
        self._errors.close()

    def finish(self) -> str | None:
        """Wait for its end; what it complained of, None when it did well."""
        status = self._process.wait()
        self._errors.seek(0)
        told = self._errors.read(KEPT_OUTPUT).decode(errors="replace")
        return complaint(Finished(returncode=status, stderr=told)) if status else None


class Layer:
    """The frames of one layer, one after the other; after the last, that one again.

    request: `label`, `size` of its frames, `runs` as (command, frames, whether they come last
    first), `views` (one a frame, or None), `at_seconds` for an error.
    """

    def __init__(self, request: Mapping[str, Any], size: Size) -> None:
        self._request, self._size = request, size
        self._views = iter(request["views"] or ())
        self._last: Frame | None = None
        self._shown: tuple[Any, Frame] | None = None
        self._stack = contextlib.ExitStack()
        self._frames = self._decoded()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._frames.close()
        self._stack.close()

    def next(self) -> Frame:
        """The next frame, good until the one after it is asked for."""
        fresh = next(self._frames, None)
        if fresh is not None:
            self._last = fresh
        if self._last is None:
            raise self._nothing()
        view = next(self._views, None)
        if view is None:
            return self._last
        if self._shown is None or fresh is not None or self._shown[0] != view:
            self._shown = (view, viewed(self._last, tuple(view), self._size))
        return self._shown[1]

    def _decoded(self) -> Generator[Frame]:
        for command, frames, is_backwards in self._request["runs"]:
            with Process(command, writes=True) as process:
                run = self._run(process, frames)
                yield from reversed(list(run)) if is_backwards else run

    def _run(self, process: Process, frames: int) -> Generator[Frame]:
        size = Size(*self._request["size"])
        for _ in range(frames):
            frame = Frame(size)
            if not _fill(process.pipe, frame.raw):
                told = process.finish()
                if told:
                    raise Unfit(f"{self._request['label']}: FFmpeg failed: {told}")
                raise self._nothing()
            yield frame
        if told := process.finish():
            raise Unfit(f"{self._request['label']}: FFmpeg failed: {told}")

    def _nothing(self) -> Unfit:
        at = self._request["at_seconds"]
        return Unfit(f"{self._request['label']}: there is no picture at {at:g} s")


class Encoder:
    """Takes frames to the process that writes the file."""

    def __init__(self, command: Sequence[str], label: str) -> None:
        self._label = label
        self._process = Process(command, writes=False)

    def __enter__(self) -> Self:
        self._process.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.__exit__(kind, error, trace)

    def write(self, frame: Frame) -> None:
        """One more frame."""
        rest = frame.raw
        try:
            while rest:
                rest = rest[os.write(self._process.pipe.fileno(), rest) :]
        except BrokenPipeError:
            self._give_up()

    def finish(self) -> None:
        """Wait until the file is complete."""
        self._process.pipe.close()
        if told := self._process.finish():
            raise Unfit(f"{self._label}: FFmpeg failed: {told}")

    def _give_up(self) -> None:
        told = self._process.finish() or "it ended too early"
        raise Unfit(f"{self._label}: FFmpeg failed: {told}")


def _fill(pipe: IO[bytes], target: memoryview) -> bool:
    """Whether all of `target` could be read."""
    while target:
        got = os.readv(pipe.fileno(), [target])
        if not got:
            return False
        target = target[got:]
    return True
