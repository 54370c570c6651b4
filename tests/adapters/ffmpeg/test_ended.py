"""A helper that is ended from outside while it looks at a file says nothing against the file: the
file is unchecked, not damaged. One that the file itself brings down does."""

import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor, find_ffmpeg, reader
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.errors import MediaError, Unchecked
from video_foundry.testing.clips import ClipSpec, make_clip

Made = Callable[[str], FFmpegCompositor]
"""A compositor whose FFmpeg is this shell script; {ffmpeg} stands for the real one."""

ENDED = "kill -{signal} $$\n"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A good clip."""
    return make_clip(tmp_path / "clip.mp4", ClipSpec(frames=24))


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Made]:
    """Makes one; it is closed at the end."""
    compositors: list[FFmpegCompositor] = []

    def make(script: str) -> FFmpegCompositor:
        real, other = find_ffmpeg(), tmp_path / "ffmpeg"
        other.write_text("#!/bin/sh\n" + script.replace("{ffmpeg}", str(real.path)))
        other.chmod(0o755)
        scratch = tmp_path / "scratch"
        compositors.append(FFmpegCompositor(scratch=scratch, ffmpeg=replace(real, path=other)))
        return compositors[-1]

    yield make
    for compositor in compositors:
        await compositor.aclose()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_file_whose_check_is_ended_is_unchecked(
    made: Made, clip: Path, number: signal.Signals
) -> None:
    with pytest.raises(Unchecked, match=f"signal {int(number)}"):
        await made(ENDED.format(signal=int(number))).verify(clip)


async def test_a_file_that_crashes_the_check_is_refused(made: Made, clip: Path) -> None:
    with pytest.raises(MediaError) as refused:
        await made(ENDED.format(signal=int(signal.SIGSEGV))).verify(clip)
    assert not isinstance(refused.value, Unchecked)


async def test_a_still_that_is_ended_says_nothing_against_the_clip(
    made: Made, clip: Path, tmp_path: Path
) -> None:
    compositor = made(
        'case "$*" in *framecrc*) exec {ffmpeg} "$@";; *) ' + ENDED.format(signal=9) + ";; esac\n"
    )
    facts = await compositor.verify(clip)
    with pytest.raises(Unchecked):
        await compositor.thumbnail(clip, tmp_path / "still.jpg", width=80, at=facts.duration / 3)


async def test_a_reader_that_is_ended_says_nothing_against_the_clip(
    made: Made, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    born: list[int] = []
    start = reader.Reader.__init__

    def note(self: reader.Reader, *, memory: int, output: int) -> None:
        start(self, memory=memory, output=output)
        os.kill(self.pid, signal.SIGSTOP)  # before it has read a word
        born.append(self.pid)

    monkeypatch.setattr(reader.Reader, "__init__", note)
    threading.Thread(target=_kill_the_first, args=(born,)).start()
    with pytest.raises(Unchecked, match="signal 9"):
        await made('exec {ffmpeg} "$@"\n').verify(clip)


def _kill_the_first(born: list[int]) -> None:
    until = time.monotonic() + 30
    while not born and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(born[0], signal.SIGKILL)


async def test_a_sound_whose_check_is_ended_is_unchecked(clip: Path, tmp_path: Path) -> None:
    real, other = find_ffmpeg(), tmp_path / "ffmpeg"
    other.write_text("#!/bin/sh\n" + ENDED.format(signal=9))
    other.chmod(0o755)
    sounds = FFmpegSound(scratch=tmp_path / "scratch", ffmpeg=replace(real, path=other))
    try:
        with pytest.raises(Unchecked, match="signal 9"):
            await sounds.examine(clip)
    finally:
        await sounds.aclose()
