"""The FFmpeg compositor keeps the contract of its ports."""

import asyncio
from collections.abc import Iterator

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.ports.compositor import Compositor
from video_foundry.ports.sound import SoundCompositor
from video_foundry.testing.compositor_contract import CompositorContract


class TestFFmpegCompositor(CompositorContract):
    @pytest.fixture(scope="class")
    @classmethod
    def compositor(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compositor]:
        made = FFmpegCompositor(scratch=tmp_path_factory.mktemp("scratch"))
        yield made
        asyncio.run(made.aclose())

    @pytest.fixture(scope="class")
    @classmethod
    def sounds(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundCompositor]:
        made = FFmpegSound(scratch=tmp_path_factory.mktemp("sound"))
        yield made
        asyncio.run(made.aclose())
