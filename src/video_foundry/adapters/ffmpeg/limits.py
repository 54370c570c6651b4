"""How much one file of somebody else's may ask of this machine; every adapter that opens one keeps
to the same."""

from dataclasses import dataclass
from fractions import Fraction

from video_foundry.adapters.ffmpeg.process import Limits

GIB = 1024**3


@dataclass(frozen=True, kw_only=True)
class MediaLimits:
    """pixels: of a picture (8192 x 4320). seconds: of a file that is brought in; films of ours may
    be longer, see `core.layout`. memory: bytes of address space of a child. output: bytes of any
    file that a child writes."""

    pixels: int = 8192 * 4320
    seconds: Fraction = Fraction(7200)
    memory: int = 6 * GIB
    output: int = 256 * GIB

    def of_run(self, timeout: float) -> Limits:
        """What a child is held to that may take so many seconds."""
        return Limits(timeout=timeout, memory=self.memory, output=self.output)


LIMITS = MediaLimits()
"""Those that hold where nothing else is said."""
