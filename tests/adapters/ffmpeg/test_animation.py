"""Animated previews: the right pictures at the right times, in GIF and in WebP."""

import asyncio
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.binary import find_ffmpeg
from video_foundry.core.outputs import FASTEST_ANIMATED, LONGEST_ANIMATED, WIDEST_ANIMATED
from video_foundry.errors import BadInput, CompositionFailed, MediaError
from video_foundry.ports.compositor import AnimationKind
from video_foundry.testing.clips import ClipSpec, make_clip, make_flat, make_still, run_ffmpeg
from video_foundry.testing.film_reading import read_barcodes
from video_foundry.testing.picture_contract import gone

KINDS: list[AnimationKind] = ["gif", "webp"]
TICK = {"gif": 10, "webp": 1}
"""Milliseconds in which they count."""

HALF: dict[str, Any] = {"width": 120, "fps": 12, "seconds": Fraction(1)}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds that say which frame they are at."""
    return make_clip(tmp_path_factory.mktemp("film") / "film.mp4", ClipSpec(number=9, frames=48))


@pytest.mark.parametrize("kind", KINDS)
async def test_it_shows_the_film_from_its_beginning(
    compositor: FFmpegCompositor, film: Path, tmp_path: Path, kind: AnimationKind
) -> None:
    target, told = tmp_path / f"preview.{kind}", []

    async def tell(done: float) -> None:
        told.append(done)

    await compositor.animation(film, target, kind=kind, **HALF, progress=tell)
    pictures, lengths = _read(target)
    begins = np.cumsum([0, *lengths[:-1]])
    assert begins == pytest.approx(np.arange(12) * 1000 / 12, abs=TICK[kind])
    assert pictures.shape == (12, 68, 120, 3)
    assert _barcodes(pictures, tmp_path) == [(9, 2 * n) for n in range(12)]
    with Image.open(target) as picture:
        assert picture.info["loop"] == 0
        assert picture.format == kind.upper()
    assert told == sorted(told)
    assert told[-1] == 1
    for trace in (b"Lavf", b"Lavc"):
        assert trace not in target.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_short_film_is_shown_whole_and_once(
    compositor: FFmpegCompositor, film: Path, tmp_path: Path, kind: AnimationKind
) -> None:
    target = tmp_path / f"preview.{kind}"
    await compositor.animation(film, target, kind=kind, width=64, fps=10, seconds=Fraction(60))
    pictures, lengths = _read(target)
    assert len(pictures) == 20
    assert sum(lengths) == 2000


@pytest.mark.parametrize("kind", KINDS)
async def test_its_colours_are_those_of_the_film(
    compositor: FFmpegCompositor, tmp_path: Path, kind: AnimationKind
) -> None:
    in_bt709 = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    source = make_flat(
        tmp_path / "flat.mp4", "0x2080c0", "-vf", in_bt709, "-colorspace", "bt709", "-crf", "4"
    )
    target = tmp_path / f"preview.{kind}"
    await compositor.animation(source, target, kind=kind, **HALF)
    pictures, _ = _read(target)
    assert pictures[0].mean(axis=(0, 1)) == pytest.approx((0x20, 0x80, 0xC0), abs=5)


async def test_the_same_film_gives_the_same_picture(
    compositor: FFmpegCompositor, film: Path, tmp_path: Path
) -> None:
    for kind in KINDS:
        made = []
        for name in "ab":
            target = tmp_path / f"{name}.{kind}"
            await compositor.animation(film, target, kind=kind, **HALF)
            made.append(target.read_bytes())
        assert made[0] == made[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "apng"}, "kind"),
        ({"width": 8}, "width"),
        ({"width": WIDEST_ANIMATED + 2}, "width"),
        ({"fps": 0}, "fps"),
        ({"fps": FASTEST_ANIMATED + 1}, "fps"),
        ({"seconds": Fraction(0)}, "seconds"),
        ({"seconds": LONGEST_ANIMATED + 1}, "seconds"),
        ({"seconds": LONGEST_ANIMATED}, "seconds"),  # 720 pictures
    ],
)
async def test_what_cannot_be_is_refused_by_name(
    compositor: FFmpegCompositor, film: Path, tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    target = tmp_path / "x.gif"
    with pytest.raises(BadInput) as refusal:
        await compositor.animation(film, target, **{"kind": "gif", **HALF, **change})
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert not target.exists()


async def test_what_is_no_film_is_refused(compositor: FFmpegCompositor, tmp_path: Path) -> None:
    still = make_still(tmp_path / "still.png")
    (tmp_path / "text.mp4").write_text("no film")
    for source in (still, tmp_path / "text.mp4"):
        with pytest.raises(MediaError):
            await compositor.animation(source, tmp_path / "x.gif", kind="gif", **HALF)
    assert not (tmp_path / "x.gif").exists()


async def test_an_ffmpeg_without_webp_says_so(film: Path, tmp_path: Path) -> None:
    real = find_ffmpeg()
    other = tmp_path / "ffmpeg"
    other.write_text(f'#!/bin/sh\n{real.path} "$@" | grep -v libwebp\n')
    other.chmod(0o755)
    poor = replace(real, path=other)
    compositor = FFmpegCompositor(scratch=tmp_path / "scratch", ffmpeg=poor)
    with pytest.raises(CompositionFailed, match="built without webp; choose another"):
        await compositor.animation(film, tmp_path / "x.webp", kind="webp", **HALF)
    await compositor.animation(film, tmp_path / "x.gif", kind="gif", **HALF)
    await compositor.aclose()


async def test_cancelling_stops_at_once_and_leaves_nothing(
    compositor: FFmpegCompositor, tmp_path: Path
) -> None:
    source = make_clip(tmp_path / "long.mp4", ClipSpec(frames=120, size=(320, 180)))
    folder = tmp_path / "out"
    folder.mkdir()
    running = asyncio.Event()

    async def tell(_: float) -> None:
        running.set()

    big: dict[str, Any] = {"width": 1280, "fps": 25, "seconds": Fraction(10)}
    work = asyncio.create_task(
        compositor.animation(source, folder / "x.gif", kind="gif", **big, progress=tell)
    )
    await asyncio.wait_for(running.wait(), 60)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await gone(folder)
    assert list(folder.iterdir()) == []


def _read(target: Path) -> tuple[Any, list[int]]:
    """Its pictures, and how many milliseconds each is shown."""
    pictures, lengths = [], []
    with Image.open(target) as picture:
        for place in range(getattr(picture, "n_frames", 1)):
            picture.seek(place)
            pictures.append(np.asarray(picture.convert("RGB")))
            lengths.append(picture.info["duration"])
    return np.stack(pictures), lengths


def _barcodes(pictures: Any, folder: Path) -> list[tuple[int, int]]:
    _, height, width, _ = pictures.shape
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"]
    film = folder / "seen.nut"
    run_ffmpeg([*raw, "-i", "pipe:0"], "-c:v", "ffv1", str(film), stdin=pictures.tobytes())
    return read_barcodes(film)
