"""The FFmpeg compositor keeps the contract of its ports."""

from tests.contracts.ffmpeg_parts import FFmpegParts

from video_foundry.testing.compositor_contract import CompositorContract


class TestFFmpegCompositor(FFmpegParts, CompositorContract):
    """All of it."""
