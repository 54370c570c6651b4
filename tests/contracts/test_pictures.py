"""The FFmpeg maker of pictures keeps the contract of its port."""

import asyncio
from collections.abc import Iterator

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.ports.picture import Pictures
from video_foundry.testing.picture_contract import PictureContract


class TestFFmpegPictures(PictureContract):
    @pytest.fixture(scope="class")
    @classmethod
    def pictures(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pictures]:
        made = FFmpegCompositor(scratch=tmp_path_factory.mktemp("scratch"))
        yield made
        asyncio.run(made.aclose())
