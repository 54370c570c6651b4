"""FFmpeg's compositor and sound, for whichever contract is to be kept."""

import asyncio
from collections.abc import Iterator

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.ports.compositor import Compositor
from video_foundry.ports.sound import SoundCompositor


class FFmpegParts:
    """The fixtures that the contracts ask for; to be named before the contract."""

    @pytest.fixture(scope="class")
    @classmethod
    def compositor(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compositor]:
        """One for the whole class."""
        made = FFmpegCompositor(scratch=tmp_path_factory.mktemp("scratch"))
        yield made
        asyncio.run(made.aclose())

    @pytest.fixture(scope="class")
    @classmethod
    def sounds(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundCompositor]:
        """One for the whole class."""
        made = FFmpegSound(scratch=tmp_path_factory.mktemp("sound"))
        yield made
        asyncio.run(made.aclose())
