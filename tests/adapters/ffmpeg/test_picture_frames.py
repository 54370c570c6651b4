"""Frames before they are encoded: drawn as the formulas say, and the same in whichever chunk."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.filters import stretch_chain
from video_foundry.adapters.ffmpeg.frames import masks
from video_foundry.adapters.ffmpeg.frames.changing import Changer
from video_foundry.adapters.ffmpeg.frames.placing import viewed
from video_foundry.adapters.ffmpeg.frames.planes import Frame, Size
from video_foundry.adapters.ffmpeg.geometry import lay_out
from video_foundry.adapters.ffmpeg.picture import stretches
from video_foundry.adapters.ffmpeg.seeking import seek_options
from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.core.effects import Framing, Freeze, PictureEffects, Retime
from video_foundry.core.masks import SHAPES, value_at
from video_foundry.core.profile import OutputProfile
from video_foundry.core.transitions import CATALOGUE, TransitionKind
from video_foundry.ports.picture import PictureLayer
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg
from video_foundry.testing.compositor_cases import NTSC, SMALL
from video_foundry.testing.pictures import (
    Picture,
    changed,
    likeness,
    split_pictures,
)

TINY = Size(48, 26)
LONG = ClipSpec(number=33, frames=240, codec="libvpx-vp9", rate="48", sound=None)
EVERY_KIND = [pytest.param(kind, id=kind.name) for kind in CATALOGUE]


# Transitions


def waves(size: Size, turn: float) -> Frame:
    """A soft picture in all planes."""
    frame = Frame(size)
    for index, plane in enumerate(frame.planes):
        rows, columns = plane.shape
        x, y = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
        plane[:] = np.round(128 + 70 * np.sin(turn * x + 3 * y + index) * np.cos(2 * y - turn))
    return frame


def picture_of(frame: Frame) -> Picture:
    [picture] = split_pictures(frame.raw.tobytes(), (frame.size.width, frame.size.height))
    return picture


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_transition_is_drawn_as_its_formula_says(kind: TransitionKind) -> None:
    first, second, changer = waves(TINY, 3.0), waves(TINY, -2.0), Changer(TINY)
    for progress in (0.2, 0.5, 0.83):
        moment = kind.moment(progress)
        drawn = picture_of(changer.draw(asdict(moment), first, second))
        a, b = (
            picture_of(softened(frame, placement.blur))
            for frame, placement in ((first, moment.a), (second, moment.b))
        )
        # Where an edge runs through a sample, the reference knows it to a third only.
        limit = 33 if moment.a.y or moment.b.y or moment.a.apart_x or moment.a.apart_y else 38
        assert likeness(drawn, changed(moment, a, b)) > limit, progress


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_transition_starts_and_ends_with_the_very_pictures(kind: TransitionKind) -> None:
    first, second, changer = waves(TINY, 3.0), waves(TINY, -2.0), Changer(TINY)
    start = changer.draw(asdict(kind.moment(0.0)), first, second)
    end = changer.draw(asdict(kind.moment(1.0)), first, second)
    assert np.array_equal(start.buffer, first.buffer)
    assert np.array_equal(end.buffer, second.buffer)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_picture_changed_into_itself_stays_itself(kind: TransitionKind) -> None:
    """Nothing shines through: no border, no seam. Moving ones are left out."""
    flat = Frame(TINY)
    for plane, level in zip(flat.planes, (180, 90, 140), strict=True):
        plane[:] = level
    for progress in (0.1, 0.45, 0.9):
        moment = kind.moment(progress)
        if moment.veil == 0:
            drawn = Changer(TINY).draw(asdict(moment), flat, flat)
            assert np.abs(drawn.buffer.astype(int) - flat.buffer).max() <= 1


def softened(frame: Frame, amount: float) -> Frame:
    """A Gaussian blur by the book."""
    if not amount:
        return frame
    result = Frame(frame.size)
    for index, (plane, target) in enumerate(zip(frame.planes, result.planes, strict=True)):
        sigma = amount * frame.size.height / (2 if index else 1)
        reach = np.arange(-12, 13)
        weights = np.exp(-np.square(reach) / (2 * sigma * sigma))
        drawn = plane.astype(float)
        for axis in (0, 1):
            padded = np.pad(drawn, [(12, 12) if a == axis else (0, 0) for a in (0, 1)], "edge")
            drawn = sum(
                weight * np.take(padded, np.arange(plane.shape[axis]) + 12 + step, axis)
                for step, weight in zip(reach, weights / weights.sum(), strict=True)
            )
        target[:] = np.round(drawn)
    return result


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_have_the_values_of_their_formulas(shape: str) -> None:
    masked = [kind.moment(0.5).mask for kind in CATALOGUE]
    mask = next(mask for mask in masked if mask and mask.shape == shape)
    drawn = masks._values(mask, TINY)[: TINY.width * TINY.height] / masks.FINEST
    for row in range(0, TINY.height, 3):
        for column in range(0, TINY.width, 5):
            x, y = (column + 0.5) / TINY.width, (row + 0.5) / TINY.height
            wanted = value_at(mask, x, y, TINY.aspect)
            assert drawn[row * TINY.width + column] == pytest.approx(wanted, abs=1e-3)


# Views


@pytest.mark.parametrize("factor", [1, 2], ids=["same", "large"])
def test_a_view_moves_by_any_fraction_of_a_pixel(factor: int) -> None:
    """The middle of a soft spot follows a slow pan within a fiftieth of a pixel in every plane."""
    canvas, frame = Size(192 * factor, 108 * factor), Size(192, 108)
    source = Frame(canvas)
    for index, plane in enumerate(source.planes):
        rows, columns = plane.shape
        lead = 0.25 if index else 0.0  # colour samples stand left of the middle
        x = (np.arange(columns) + 0.5 - lead) / columns - 0.5
        y = (np.arange(rows) + 0.5) / rows - 0.5
        far = np.square(x)[None, :] + np.square(y * 108 / 192)[:, None]
        plane[:] = np.round(240 * np.exp(-far / 0.002))
    for step in range(40):
        left = 0.1 + step / 4000
        drawn = viewed(source, (left, 0.12, 0.75, 0.75), frame)
        for index, plane in enumerate(drawn.planes):
            columns = plane.astype(float).sum(axis=0)
            middle = (columns * (np.arange(columns.size) + 0.5)).sum() / columns.sum()
            wanted = (0.5 - left) / 0.75 * columns.size + (0.25 if index else 0)
            assert middle == pytest.approx(wanted, abs=0.02)


# Chunks


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    make_clip(folder / "long.webm", LONG)
    return folder


class Raw:
    """Decodes layers to raw frames by the compositor's own filters."""

    def __init__(self, compositor: FFmpegCompositor) -> None:
        self._sources, self._tools = compositor._sources, compositor._tools

    async def source(self, path: Path) -> Source:
        return await self._sources.recall(path)

    async def frames(
        self, layer: PictureLayer, profile: OutputProfile, *, seeks: bool
    ) -> list[bytes]:
        source, shown = await self.source(layer.source), []
        for stretch in stretches(layer, source, profile.fps, most=40):
            frame = (profile.width, profile.height)
            chain = stretch_chain(
                source,
                stretch,
                lay_out(source, layer.effects.framing, frame),
                background=layer.effects.framing.background,
                tables=(),
            )
            begin = profile.fps.seconds_of(stretch.index) * layer.effects.retime.speed
            options = seek_options(source, max(Fraction(0), begin - 1)) if seeks else []
            part = self.decode(source, chain, options, profile)
            shown += part[::-1] if layer.effects.retime.is_reversed else part
        return shown

    def decode(
        self, source: Source, chain: str, options: list[str], profile: OutputProfile
    ) -> list[bytes]:
        raw = run_ffmpeg(
            ["-copyts", *options, "-i", str(source.path)], "-map", f"0:{source.video_index}",
            "-vf", chain, "-fps_mode", "passthrough", "-f", "rawvideo", "-",
        )  # fmt: skip
        size = profile.width * profile.height * 3 // 2
        return [raw[start : start + size] for start in range(0, len(raw), size)]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raw]:
    made = FFmpegCompositor(scratch=tmp_path_factory.mktemp("scratch"))
    yield Raw(made)
    asyncio.run(made.aclose())


@pytest.mark.parametrize(
    "retime",
    [
        Retime(),
        Retime(speed=Fraction(3, 2)),
        Retime(speed=Fraction(2, 3), freeze=Freeze(at=Fraction(2), seconds=Fraction(1, 2))),
        Retime(is_reversed=True),
    ],
    ids=["plain", "fast", "slow-held", "back"],
)
@pytest.mark.parametrize("profile", [SMALL, NTSC], ids=["24", "ntsc"])
async def test_the_frames_of_a_chunk_are_those_of_one_long_run(
    raw: Raw, media: Path, retime: Retime, profile: OutputProfile
) -> None:
    """Byte by byte, at a rate and with a clock at which many choices are close."""
    effects = PictureEffects(retime=retime, framing=Framing(scale=Fraction(3, 4)))
    clip = media / "long.webm"
    whole = await raw.frames(
        PictureLayer(source=clip, first=0, frames=72, effects=effects), profile, seeks=False
    )
    assert len(set(whole)) > 40
    for first, frames in ((1, 9), (24, 24), (53, 19)):
        layer = PictureLayer(source=clip, first=first, frames=frames, effects=effects)
        chunk = await raw.frames(layer, profile, seeks=True)
        assert chunk == whole[first : first + frames]


async def test_backwards_no_run_is_longer_than_memory_allows(raw: Raw, media: Path) -> None:
    source = await raw.source(media / "long.webm")
    layer = PictureLayer(
        source=source.path,
        first=13,
        frames=100,
        effects=PictureEffects(retime=Retime(is_reversed=True)),
    )
    runs = stretches(layer, source, SMALL.fps, most=24)
    assert [run.frames for run in runs] == [24, 24, 24, 24, 4]
    assert runs[0].index + runs[0].frames == 120 - 13
    assert all(a.index == b.index + b.frames for a, b in pairwise(runs))


def test_an_overlay_can_be_shown_in_any_mode(tmp_path: Path) -> None:
    """A palette with one clear colour is a PNG like any other."""
    from video_foundry.adapters.ffmpeg.frames.overlays import Overlay

    image = Image.new("P", (48, 26), 1)
    image.putpalette([0, 0, 0, 255, 255, 255])
    image.paste(0, (0, 0, 24, 26))
    image.save(tmp_path / "o.png", transparency=1)
    frame = waves(TINY, 1.0)
    before = frame.copy()
    state = {"opacity": 1.0, "x": 0.0, "y": 0.0, "scale": 1.0}
    clip = {"left": 0.0, "top": 0.0, "right": 1.0, "bottom": 1.0}
    Overlay(tmp_path / "o.png", TINY).draw(frame, state | {"clip": clip})
    assert np.all(frame.planes[0][:, :24] == 16)
    assert np.array_equal(frame.planes[0][:, 24:], before.planes[0][:, 24:])
