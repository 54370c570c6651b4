"""Clips of every kind in one film, as people bring them: it is as exact as any other. What is
damaged does not get into one."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.composing.checks import Near
from tests.composing.house import PROFILE, SIZE, House, film_of, used
from tests.composing.material import WAYS

from video_foundry.core.composition import Source, Trim
from video_foundry.core.sound import SoundShape
from video_foundry.core.transitions import make_transition
from video_foundry.errors import CompositionFailed, MediaError
from video_foundry.testing.clips import ClipSpec, make_clip, truncated, zeroed
from video_foundry.testing.compositor_cases import KINDS, SHOWN, SMALL, expected_frames, fitted
from video_foundry.testing.film_reading import read_sound
from video_foundry.testing.full_mix import FullMix
from video_foundry.testing.full_render import stands
from video_foundry.testing.sameness import barcode, brightness, decoded_frames

F = Fraction

LATE = "late-short-sound.mp4"

OTHERWISE = Near(like=0.97, decibels=30.0)
"""What remains where a size or range had to be changed: there are several good ways to do it."""

RESAMPLED = 2.0
"""dB that two ways to bring sound from 44.1 to 48 kHz may differ by, at nearly 60 dB."""


async def test_clips_of_every_kind_make_one_film(house: House, tmp_path: Path) -> None:
    """Every third cut is a transition; all else shows just the frame that is due."""
    clips = []
    for number, (name, spec) in enumerate(KINDS.items()):
        source = await house.source(house.folder / name, spec)
        fade = make_transition("fade", F(1, 6)) if number % 3 == 0 else None
        shape = SoundShape(is_muted=name == LATE)  # it has a test of its own
        clips.append(used(source, transition=fade, sound=shape))
    film, target = film_of(*clips, profile=SMALL), tmp_path / "film.mp4"
    await house.room.compose(film, target)
    size = (SMALL.width, SMALL.height)
    frames, places = decoded_frames(target, size), stands(film)
    overlaps = {n for one in places for n in range(one.end - one.overlap, one.end)}
    for place, (name, spec) in zip(places, KINDS.items(), strict=True):
        region = fitted(SHOWN.get(name, (160, 90)), SMALL)
        wanted = expected_frames(spec, SMALL, place.frames)
        for n, code in enumerate(wanted):
            if place.start + n in overlaps:
                continue
            bright = brightness(frames[place.start + n], size)
            seen = barcode(bright, region, turned=spec.rotation == 90)
            assert seen == code, f"{name}, frame {n}"
    await house.proved(film, target, least=OTHERWISE, loss=RESAMPLED)
    await house.compared(film, target)


async def test_sound_that_comes_late_and_ends_early(house: House, tmp_path: Path) -> None:
    """Where there is none it is silent; where it comes and goes is right to the sample."""
    source = await house.source(house.folder / LATE, KINDS[LATE])
    film, target = film_of(source, profile=SMALL), tmp_path / "film.mp4"
    await house.room.compose(film, target)
    found = read_sound(target)[:, 0] / 32768
    wanted = FullMix(film, await house.material(film)).mixed()[:, 0]
    assert len(found) == len(wanted)
    for edge in (0, -1):
        heard, due = (np.flatnonzero(np.abs(sound) > 0.02)[edge] for sound in (found, wanted))
        assert abs(int(heard) - int(due)) <= 1
    assert not np.abs(found[:10_000]).max() > 0.001
    assert not np.abs(found[38_000:]).max() > 0.001


async def test_colours_however_they_are_stored(house: House, tmp_path: Path) -> None:
    """The waves look the same but for what is clear or too bright; so does a still."""
    fade = make_transition("fade", F(1, 6))
    sources = [await house.waves(24, SIZE, way) for way in WAYS]
    sources.append(await house.waves(24, (101, 77), "red, green, blue"))
    clips = [used(source, transition=fade) for source in sources]
    still = await house.still(ClipSpec(number=20, size=SIZE), alpha=True)
    clips.append(used(still, trim=Trim(end=F(1, 2))))
    await house.composed(film_of(*clips), tmp_path / "film.mp4", least=OTHERWISE)


PLAIN = ClipSpec(number=21, frames=48)


@pytest.mark.parametrize("name", ["cut.mp4", "cut.webm", "cut.mkv"])
async def test_a_clip_that_is_cut_off_is_refused(house: House, tmp_path: Path, name: str) -> None:
    sound, codec = ("libopus", "libvpx-vp9") if name.endswith("webm") else ("aac", "libx264")
    spec = replace(PLAIN, codec=codec, sound=sound, sound_rate=48_000)
    whole = make_clip(tmp_path / f"whole-{name}", spec)
    with pytest.raises(MediaError, match="cut off"):
        await house.tools.compositor.verify(truncated(whole, tmp_path / name, 0.7))


@pytest.mark.parametrize("kind", ["video", "audio"])
async def test_a_clip_with_a_hole_is_refused(house: House, tmp_path: Path, kind: str) -> None:
    """In its picture or its sound; people are told where."""
    holed = _with_a_hole(make_clip(tmp_path / "whole.mp4", PLAIN), tmp_path / "holed.mp4", kind)
    with pytest.raises(MediaError, match=r"damaged at [01]\.\d s"):
        await house.tools.compositor.verify(holed)


async def test_a_clip_that_was_damaged_later_stops_the_film(house: House, tmp_path: Path) -> None:
    """The segment is named, and there is no film."""
    whole = make_clip(tmp_path / "whole.mp4", PLAIN)
    damaged = _with_a_hole(whole, tmp_path / "damaged.mp4", "video")
    one = await house.clip(1)
    room = await house.empty_room(tmp_path / "data")
    source = Source(digest=await room.add(damaged), seconds=F(2))
    target = tmp_path / "film.mp4"
    with pytest.raises(CompositionFailed, match="segment 2"):
        await room.compose(film_of(one, source, profile=PROFILE), target)
    assert not target.exists()


def _with_a_hole(whole: Path, target: Path, kind: str) -> Path:
    """Zeros over the packets in the middle of one stream."""
    with av.open(str(whole)) as container:
        stream = getattr(container.streams, kind)[0]
        found = [(p.pos, p.size) for p in container.demux(stream) if p.pos is not None and p.size]
    middle = found[len(found) // 3 : len(found) // 3 + 6]
    size = whole.stat().st_size
    for place, length in middle:
        zeroed(whole, target, at=(place + 0.5) / size, length=length)
        whole = target
    return target
