"""The output profile of a project: what every clip is brought to before joining."""

from dataclasses import dataclass, field
from decimal import Decimal

from video_foundry.core.timebase import FrameRate


@dataclass(frozen=True, kw_only=True)
class OutputProfile:
    """Picture size in pixels (even), exact frame rate, and the loudness target.

    loudness_lufs: integrated loudness (EBU R128) of the finished film, None: sound left as it is.
    """

    width: int = 1280
    height: int = 720
    fps: FrameRate = field(default_factory=lambda: FrameRate(num=24))
    loudness_lufs: Decimal | None = None
