"""The compositor by FFmpeg; others use `FFmpegCompositor` and `find_ffmpeg`, nothing deeper."""

from video_foundry.adapters.ffmpeg.binary import FFmpegBinary, find_ffmpeg
from video_foundry.adapters.ffmpeg.compositor import FFmpegCompositor

__all__ = ["FFmpegBinary", "FFmpegCompositor", "find_ffmpeg"]
