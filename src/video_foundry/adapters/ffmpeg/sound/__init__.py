"""Sound by FFmpeg, PyAV and NumPy; others use `FFmpegSound`, and `child/packets.py` by its path."""

from video_foundry.adapters.ffmpeg.sound.compositor import FFmpegSound

__all__ = ["FFmpegSound"]
