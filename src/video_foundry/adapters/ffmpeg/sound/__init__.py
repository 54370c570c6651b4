"""Sound by FFmpeg, PyAV and NumPy; others use `FFmpegSound` alone."""

from video_foundry.adapters.ffmpeg.sound.compositor import FFmpegSound

__all__ = ["FFmpegSound"]
