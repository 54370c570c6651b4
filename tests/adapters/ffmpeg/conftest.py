"""The compositor under test, and what several of its tests share."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate
from video_foundry.ports.compositor import MasterStep, NormaliseStep

SMALL = OutputProfile(width=192, height=108, fps=FrameRate(num=24))

Film = Callable[[Sequence[tuple[Path, int]], OutputProfile], Awaitable[Path]]


@pytest.fixture(scope="session")
def compositor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FFmpegCompositor]:
    made = FFmpegCompositor(scratch=tmp_path_factory.mktemp("scratch"))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture
def make_piece(
    compositor: FFmpegCompositor, tmp_path: Path
) -> Callable[[Path, int, OutputProfile], Awaitable[Path]]:
    """Normalises a clip from its beginning and gives the piece."""

    async def make(source: Path, frames: int, profile: OutputProfile = SMALL) -> Path:
        piece = tmp_path / f"{source.name}.piece.mov"
        step = NormaliseStep(
            source=source, start=Fraction(0), frames=frames, profile=profile, label="clip"
        )
        await compositor.normalise(step, piece, None)
        return piece

    return make


@pytest.fixture
def make_film(
    compositor: FFmpegCompositor,
    make_piece: Callable[[Path, int, OutputProfile], Awaitable[Path]],
    tmp_path: Path,
) -> Film:
    """Normalises (clip, frames) pairs and joins them."""

    async def make(parts: Sequence[tuple[Path, int]], profile: OutputProfile = SMALL) -> Path:
        pieces = [await make_piece(source, frames, profile) for source, frames in parts]
        film = tmp_path / "film.mp4"
        frames = [count for _, count in parts]
        await compositor.master(
            MasterStep(clips=pieces, frames=frames, profile=profile), film, None
        )
        return film

    return make
