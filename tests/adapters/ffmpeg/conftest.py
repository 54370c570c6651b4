"""The compositor under test, and what several of its tests share."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate
from video_foundry.ports.picture import PictureLayer, PictureStep
from video_foundry.testing.compositor_contract import a_room
from video_foundry.testing.short_films import Part, cut_together

SMALL = OutputProfile(width=192, height=108, fps=FrameRate(num=24))

Film = Callable[[Sequence[tuple[Path, int]], OutputProfile], Awaitable[Path]]


@pytest.fixture(scope="session")
def compositor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FFmpegCompositor]:
    made = FFmpegCompositor(scratch=tmp_path_factory.mktemp("scratch"))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FFmpegSound]:
    made = FFmpegSound(scratch=tmp_path_factory.mktemp("sound"))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture
def make_piece(
    compositor: FFmpegCompositor, tmp_path: Path
) -> Callable[[Path, int, OutputProfile], Awaitable[Path]]:
    """Makes the picture of a clip's first frames and gives the piece."""

    async def make(source: Path, frames: int, profile: OutputProfile = SMALL) -> Path:
        piece = tmp_path / f"{source.name}.piece.mov"
        layer = PictureLayer(source=source, first=0, frames=frames)
        step = PictureStep(profile=profile, frames=frames, layers=(layer,), label="clip")
        await compositor.picture(step, piece, None)
        return piece

    return make


@pytest.fixture
def make_film(compositor: FFmpegCompositor, sounds: FFmpegSound, tmp_path: Path) -> Film:
    """Makes the film of (clip, frames) pairs."""

    async def make(parts: Sequence[tuple[Path, int]], profile: OutputProfile = SMALL) -> Path:
        room, target = a_room(tmp_path / "room", compositor, sounds), tmp_path / "film.mp4"
        wanted = [Part(path=path, frames=frames) for path, frames in parts]
        await room.compose(await cut_together(room, wanted, profile), target)
        return target

    return make
