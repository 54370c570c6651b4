"""Sound and picture keep step to the end of a long film, at a rate whose frames are no whole number
of samples."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.composing.house import NTSC, House, film_of, used

from video_foundry.core.composition import Source, Trim
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg
from video_foundry.testing.film_reading import read_sound, read_times
from video_foundry.testing.full_render import nearest
from video_foundry.testing.full_source import heard_in
from video_foundry.testing.sameness import barcode, brightness, decoded_frames

F = Fraction

RATE = F(30_000, 1001)
TINY = replace(NTSC, width=64, height=36)
LENGTHS = (300, 287, 263, 299)
"""Frames of the uses, one after the other: nearly never a whole number of samples."""

USES = 66


async def test_sound_is_in_step_after_ten_minutes(house: House, tmp_path: Path) -> None:
    """To the sample: noise that is heard at the end lies exactly where its frames are."""
    source = await _clip_with_noise(house, tmp_path)
    frames = [LENGTHS[n % len(LENGTHS)] for n in range(USES)]
    clips = [used(source, trim=Trim(end=count / RATE)) for count in frames]
    target = tmp_path / "film.mp4"
    await house.room.compose(film_of(*clips, profile=TINY), target)
    total = sum(frames)
    assert total / RATE > 600
    assert read_times(target) == [n / RATE for n in range(total)]
    shown = [
        barcode(brightness(frame, (64, 36))) for frame in decoded_frames(target, (64, 36))[::37]
    ]
    numbers = [n for count in frames for n in range(count)]
    assert shown == [(6, n) for n in numbers[::37]]
    film = read_sound(target)[:, 0]
    assert len(film) == nearest(total * 48_000 / RATE)
    own = heard_in(house.files[source.digest])[:, 0]
    starts = np.cumsum([0, *frames]).tolist()
    for use in (0, 1, 17, USES // 2, USES - 2, USES - 1):
        begin = nearest(starts[use] * 48_000 / RATE)
        assert _shift(own, film[begin + 47_000 : begin + 57_000]) == 47_000, f"use {use}"


def _shift(own: NDArray[Any], part: NDArray[Any]) -> int:
    """The sample of `own` at which a part of it is found."""
    size = 1 << 19
    spectrum = np.fft.rfft(own, size) * np.conj(np.fft.rfft(part, size))
    return int(np.fft.irfft(spectrum, size).argmax())


async def _clip_with_noise(house: House, folder: Path) -> Source:
    """Ten seconds of picture, with sound in which no two places are alike."""
    spec = ClipSpec(number=6, frames=300, size=(64, 36), rate="30000/1001", sound=None)
    picture = make_clip(folder / "picture.mp4", spec)
    item = await house.tune(10.1, 7)
    path = house.folder / "noisy.mov"
    # Mostly silence, which is quick to encode.
    bursts = "highpass=f=200,volume='if(lt(mod(t,1),0.1),3,0)':eval=frame"
    run_ffmpeg(
        ["-i", str(picture), "-i", str(house.files[item.digest])],
        *("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-af", bursts, "-c:a", "pcm_s16le"),
        *("-t", "10.01", str(path)),
    )
    digest = await house.room.add(path)
    house.files[digest] = path
    facts = await house.tools.compositor.verify(path)
    return Source(digest=digest, seconds=facts.duration)
