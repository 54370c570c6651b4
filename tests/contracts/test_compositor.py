"""The FFmpeg compositor keeps the contract of its port."""

from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.ports.compositor import Compositor
from video_foundry.testing.compositor_contract import CompositorContract


class TestFFmpegCompositor(CompositorContract):
    @pytest.fixture
    def compositor(self, tmp_path: Path) -> Compositor:
        return FFmpegCompositor(scratch=tmp_path / "scratch")
