"""Sound and picture keep step to the end of a long film, at a rate whose frames are no whole number
of samples."""

from dataclasses import replace
from fractions import Fraction
from os import environ
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.composing.checks import check_times
from tests.composing.house import NTSC, House, film_of, used

from video_foundry.core.composition import Source, Trim
from video_foundry.core.profile import FORMATS, VideoCodec
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg
from video_foundry.testing.film_reading import read_sound
from video_foundry.testing.full_render import nearest
from video_foundry.testing.full_source import heard_in
from video_foundry.testing.sameness import barcode, brightness, decoded_frames

F = Fraction

RATE = F(30_000, 1001)
TINY = replace(NTSC, width=64, height=36)
LENGTHS = (300, 287, 263, 299)
"""Frames of the uses, one after the other: nearly never a whole number of samples."""

_IS_PROOF = "VIDEO_FOUNDRY_PROOF" in environ

MINUTES: dict[VideoCodec, int] = dict.fromkeys(FORMATS, 10 if _IS_PROOF else 1)
"""How long films are; each container has its own way of saying where sound begins."""

MINUTES["h264"] = 10 if _IS_PROOF else 3


@pytest.mark.parametrize("codec", [codec for codec in FORMATS if codec not in {"hevc", "av1"}])
async def test_sound_is_in_step_at_the_end(house: House, tmp_path: Path, codec: VideoCodec) -> None:
    """To the sample: noise that is heard at the end lies exactly where its frames are."""
    source = await _clip_with_noise(house, tmp_path)
    uses = 1 + 66 * MINUTES[codec] // 10
    frames = [LENGTHS[n % len(LENGTHS)] for n in range(uses)]
    clips = [used(source, trim=Trim(end=count / RATE)) for count in frames]
    target, film = tmp_path / "film", film_of(*clips, profile=replace(TINY, codec=codec))
    await house.room.compose(film, target)
    total = sum(frames)
    assert total / RATE > 60 * MINUTES[codec]
    check_times(film, target, total)
    shown = [
        barcode(brightness(frame, (64, 36))) for frame in decoded_frames(target, (64, 36))[::37]
    ]
    numbers = [n for count in frames for n in range(count)]
    assert shown == [(6, n) for n in numbers[::37]]
    heard = read_sound(target)[:, 0]
    assert len(heard) == nearest(total * 48_000 / RATE)
    own = heard_in(house.files[source.digest])[:, 0]
    starts = np.cumsum([0, *frames]).tolist()
    for use in (0, 1, uses // 4, uses // 2, uses - 2, uses - 1):
        begin = nearest(starts[use] * 48_000 / RATE)
        assert _shift(own, heard[begin + 47_000 : begin + 57_000]) == 47_000, f"use {use}"
    told = f"Sound at the end of {MINUTES[codec]} minutes, `{codec}`"
    house.tally.notes[told] = "in step with the picture, to the sample"


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
