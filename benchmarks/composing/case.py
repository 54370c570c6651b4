"""What is composed: so many clips of one length, with cuts or with a crossfade on every cut. Values
alone; nothing is made here."""

from dataclasses import dataclass
from fractions import Fraction

from video_foundry.core.profile import OutputProfile

OVERLAP = Fraction(1, 2)
"""Seconds of a crossfade."""

FPS = 24
CRF = 20
SOUND_BITRATE = "192k"
MADE_BY = ("-c:v", "libx264", "-preset", "veryfast", "-crf", str(CRF), "-pix_fmt", "yuv420p")
"""The picture's encoder with the product's own settings, for every peer."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """clips, seconds: how many of which length. crossfades: on every cut, of picture and sound;
    otherwise straight cuts. conforming: clips are coded as the film is, by somebody else's encoder.
    width, height: pixels. rounds: how often all contestants take turns."""

    clips: int
    seconds: int
    crossfades: bool = False
    conforming: bool = False
    width: int = 1280
    height: int = 720
    rounds: int = 1

    @property
    def name(self) -> str:
        """By which it is asked for, such as "20-cuts"."""
        kind = "conforming-" if self.conforming else ""
        return f"{self.clips}-{kind}{'crossfades' if self.crossfades else 'cuts'}"

    @property
    def what(self) -> str:
        """As a row names it."""
        joined = f"{float(OVERLAP)} s crossfades" if self.crossfades else "cuts"
        kind = "conforming clips" if self.conforming else "clips"
        return f"{self.clips:,} {kind} of {self.seconds} s {self.height}p, {joined}"

    @property
    def profile(self) -> OutputProfile:
        """Of the film."""
        return OutputProfile(width=self.width, height=self.height)

    @property
    def clip_frames(self) -> int:
        """Frames of one clip."""
        return self.seconds * FPS

    @property
    def overlap_frames(self) -> int:
        """Frames that two neighbours share."""
        return int(OVERLAP * FPS) if self.crossfades else 0

    @property
    def frames(self) -> int:
        """Frames of the film."""
        return self.clips * self.clip_frames - (self.clips - 1) * self.overlap_frames

    @property
    def film_seconds(self) -> float:
        """How long the film is."""
        return self.frames / FPS

    @property
    def is_real(self) -> bool:
        """Whether it has the size that the goals were set for."""
        return (self.width, self.height) == (1280, 720) and self.clips >= 20
