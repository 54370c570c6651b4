"""Pieces of picture as FFmpeg and the child make them: near to what was meant, in little memory."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.filters import escaped
from video_foundry.adapters.ffmpeg.geometry import Box, canvas_size, lay_out
from video_foundry.adapters.ffmpeg.inspection import Piece, find_fault
from video_foundry.adapters.ffmpeg.mp4.describing import Description
from video_foundry.adapters.ffmpeg.picture import FFmpegPictures
from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.core.easing import progress_at
from video_foundry.core.effects import Crop, Framing, Move, PictureEffects, Viewport
from video_foundry.core.profile import OutputProfile
from video_foundry.core.transitions import moment_at
from video_foundry.ports.picture import PictureLayer, PictureStep, TransitionStretch
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg
from video_foundry.testing.compositor_cases import SMALL
from video_foundry.testing.pictures import Picture, changed, likeness, read_pictures, split_pictures

SIZE = (192, 108)


@pytest.fixture(scope="module")
def compositor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FFmpegCompositor]:
    made = FFmpegCompositor(scratch=tmp_path_factory.mktemp("scratch"))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture
def pictures(compositor: FFmpegCompositor) -> FFmpegPictures:
    return FFmpegPictures(
        tools=compositor._tools, sources=compositor._sources, offers=compositor._offers
    )


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two clips of the film's own size and rate."""
    folder = tmp_path_factory.mktemp("clips")
    one, two = (
        make_clip(folder / f"{n}.mp4", ClipSpec(number=n, frames=300, size=SIZE, sound=None))
        for n in (1, 2)
    )
    return one, two


def span(clips: tuple[Path, Path], frames: int, overlap: int) -> PictureStep:
    """The first frames of both clips, joined."""
    layers = (
        PictureLayer(source=clips[0], first=0, frames=frames),
        PictureLayer(source=clips[1], first=0, frames=frames, at=frames - overlap),
    )
    return PictureStep(
        profile=SMALL,
        frames=2 * frames - overlap,
        layers=layers,
        transition=TransitionStretch(kind="wipe-left", easing="smooth", frames=overlap),
        label="segments 1 and 2",
    )


def decoded(clip: Path, frames: int) -> list[Picture]:
    """A clip's frames without loss; they need no scaling."""
    raw = run_ffmpeg(
        ["-i", str(clip)], "-frames:v", str(frames), "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"
    )
    return split_pictures(raw, SIZE)


async def test_a_span_is_as_near_to_its_sources_as_one_encode_allows(
    pictures: FFmpegPictures, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    await pictures.picture(span(clips, 20, 6), tmp_path / "piece.mov")
    one, two = (decoded(clip, 20) for clip in clips)
    change = [moment_at("wipe-left", "smooth", progress_at(frame, 6)) for frame in range(6)]
    mixed = [
        changed(moment, a, b, every=2)
        for moment, a, b in zip(change, one[14:], two[:6], strict=True)
    ]
    wanted = [picture.thinned(2) for picture in one[:14]] + mixed
    wanted += [picture.thinned(2) for picture in two[6:]]
    seen = [picture.thinned(2) for picture in read_pictures(tmp_path / "piece.mov", SIZE)]
    found = [likeness(a, b) for a, b in zip(seen, wanted, strict=True)]
    assert min(found) > 33
    assert sum(found) / len(found) > 38


async def test_a_long_span_takes_no_more_memory_than_a_short_one(
    compositor: FFmpegCompositor,
    pictures: FFmpegPictures,
    clips: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    """400 frames of this size would be 138 million bytes."""
    large = OutputProfile(width=640, height=360)
    held = []
    for frames, overlap in ((12, 4), (220, 40)):
        step = replace(span(clips, frames, overlap), profile=large)
        await pictures.picture(step, tmp_path / "piece.mov")
        held.append(max(reader.resident() for reader in compositor._tools.readers._kept))
    if held[0]:  # the kernel tells
        assert held[1] - held[0] < 16_000_000


async def test_a_still_with_a_moving_view_is_decoded_once(
    pictures: FFmpegPictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = tmp_path / "still.png"
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc=s=384x216"], "-frames:v", "1", str(still))
    asked: list[dict[str, Any]] = []
    readers = pictures.tools.readers
    ask = readers.ask

    async def overheard(request: dict[str, Any], **rest: Any) -> dict[str, Any]:
        asked.append(request)
        return await ask(request, **rest)

    monkeypatch.setattr(readers, "ask", overheard)
    move = Move(end=Viewport(scale=Fraction(3, 2)), frames=30)
    layer = PictureLayer(
        source=still, first=0, frames=30, effects=PictureEffects(framing=Framing(move=move))
    )
    step = PictureStep(profile=SMALL, frames=30, layers=(layer,), label="segment 1")
    await pictures.picture(step, tmp_path / "piece.mov")
    [request] = [request for request in asked if request["task"] == "compose"]
    [told] = request["layers"]
    assert [frames for _, frames, _ in told["runs"]] == [1]
    assert told["size"] == [288, 162]
    assert len(read_pictures(tmp_path / "piece.mov", SIZE)) == 30


# What is refused of finished pieces

AVC = Description(coding=b"avc1", configuration=b"the project's")
OTHER = Description(coding=b"avc1", configuration=b"another's")


def test_a_piece_is_refused_for_whatever_would_spoil_the_film() -> None:
    piece = Piece(label="segment 1", profile=SMALL, frames=30)
    good = {
        "frames": 30,
        "steps": [[1, 24]],
        "first_is_key": True,
        "keys": [0, 24],
        "samples": None,
        "description": AVC,
    }
    assert find_fault(good, piece, AVC) is None
    for change, words in (
        ({"frames": 0}, "no picture"),
        ({"frames": 29}, "29 frames in place of 30"),
        ({"steps": [[1, 24], [1, 12]]}, "not evenly spaced"),
        ({"first_is_key": False}, "does not begin with a key frame"),
        ({"keys": [0, 23]}, "key frames are not where"),
        ({"keys": [0, 12, 24]}, "key frames are not where"),
        ({"samples": 60_000}, "60000 sound samples in place of None"),
        ({"description": OTHER}, "encoder settings differ"),
    ):
        assert words in (find_fault(good | change, piece, AVC) or "")


# Numbers


@pytest.fixture
async def tall(compositor: FFmpegCompositor, tmp_path: Path) -> Source:
    """A picture of 240 x 320."""
    still = tmp_path / "tall.png"
    run_ffmpeg(["-f", "lavfi", "-i", "color=s=240x320"], "-frames:v", "1", str(still))
    return await compositor._sources.read(still)


async def test_layouts(tall: Source) -> None:
    plain = lay_out(tall, Framing(), SIZE)
    assert (plain.crop, plain.scaled, plain.cut) == (None, (80, 108), None)
    assert (plain.x, plain.y, plain.is_visible) == (56, 0, True)
    fill = lay_out(tall, Framing(fit="fill"), SIZE)
    assert (fill.scaled, fill.cut) == ((192, 256), Box(x=0, y=74, width=192, height=108))
    cropped = lay_out(tall, Framing(crop=Crop(left=Fraction(1, 4), bottom=Fraction(1, 2))), SIZE)
    assert cropped.crop == Box(x=60, y=0, width=180, height=160)
    assert not lay_out(tall, Framing(x=Fraction(-2)), SIZE).is_visible
    near = lay_out(tall, Framing(fit="fill", scale=Fraction(8)), SIZE)
    assert near.scaled[0] * near.scaled[1] < 20 * SIZE[0] * SIZE[1]
    for layout in (plain, fill, cropped, near):
        cut = layout.cut or Box(x=0, y=0, width=layout.scaled[0], height=layout.scaled[1])
        numbers = (*layout.scaled, cut.x, cut.y, cut.width, cut.height, layout.x, layout.y)
        assert all(number % 2 == 0 for number in numbers)
        assert layout.x + cut.width <= SIZE[0]
        assert layout.y + cut.height <= SIZE[1]


async def test_a_moving_view_gets_the_detail_that_there_is(tall: Source) -> None:
    def size(scale: Fraction) -> tuple[int, int]:
        move = Move(end=Viewport(scale=scale))
        return canvas_size(tall, Framing(move=move), (96, 54))

    assert canvas_size(tall, Framing(), (96, 54)) == (96, 54)
    assert size(Fraction(3, 2)) == (160, 90)
    assert size(Fraction(9)) == (192, 108)
    assert canvas_size(tall, Framing(move=Move(end=Viewport(scale=Fraction(2)))), (960, 540)) == (
        960,
        540,
    )


def test_paths_mean_nothing_to_a_filter() -> None:
    assert escaped("/a/b-1.cube") == "/a/b-1.cube"
    assert escaped("a:b") == "a\\\\\\:b"
