"""The port to whatever probes, checks and composes media (FFmpeg in this distribution).

All paths are local files named by us; no user text, URL or playlist ever reaches a compositor.
Long work runs outside the event loop; cancelling the awaiting task ends the process behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol

from video_foundry.core.conforming import Coding
from video_foundry.core.effects import Retime
from video_foundry.core.profile import Encoder, VideoCodec
from video_foundry.core.timebase import FrameRate
from video_foundry.ports.film import FilmMaker
from video_foundry.ports.picture import Pictures
from video_foundry.ports.progress import Progress

AnimationKind = Literal["gif", "webp"]


@dataclass(frozen=True, kw_only=True)
class MediaFacts:
    """What a probe found. Sizes are in pixels as displayed: after rotation and sample aspect.

    kind: "video" or "image". container: our own short name (mp4, mov, webm, png, jpeg, webp).
    duration: exact seconds of picture (images: 0). frame_rate: average; None for images.
    frames: counted by decoding when verified, else the container's claim. coding: of a verified
    video as far as its frames may be copied, None for what never are.
    """

    kind: str
    container: str
    width: int
    height: int
    duration: Fraction
    frame_rate: FrameRate | None
    frames: int | None
    has_audio: bool
    video_codec: str
    audio_codec: str | None = None
    is_variable_rate: bool = False
    coding: Coding | None = None


class Compositor(Pictures, FilmMaker, Protocol):
    """Probing, verifying and composing pictures and films; sound has a port of its own."""

    async def probe(self, source: Path) -> MediaFacts:
        """Read what the file is. Raises MediaError for anything not on the allow-lists."""

    async def verify(self, source: Path) -> MediaFacts:
        """Decode the whole file; raises MediaError unless every frame and sample decodes clean.

        However long the file is that may be had, an honest one is given the time it takes."""

    async def thumbnail(
        self, source: Path, target: Path, *, width: int, at: Fraction, is_rough: bool = False
    ) -> None:
        """Write a JPEG of the frame at `at` seconds, `width` pixels wide. is_rough: a frame shortly
        before it will do, which can be had for less."""

    async def still(
        self, source: Path, target: Path, *, frame: int, retime: Retime, rate: FrameRate
    ) -> None:
        """Write a PNG of one frame of a virtual clip, upright and as large as the source is: the
        very frame that a piece shows there (see `PictureLayer`), neither framed nor graded. The
        same arguments give the same bytes. Raises MediaError."""

    async def animation(
        self,
        film: Path,
        target: Path,
        *,
        kind: AnimationKind,
        width: int,
        fps: int,
        seconds: Fraction,
        progress: Progress | None = None,
    ) -> None:
        """Write the film's first `seconds` (all of a shorter one) as an endless picture, silent.

        width: pixels; the height is the nearest even number that keeps the shape. fps: pictures a
        second, of which there is the nearest whole number; a GIF counts in hundredths of a second,
        so that 25 and 50 are exact there. Raises MediaError for what is no film, BadInput
        naming `kind`, `width`, `fps` or `seconds`, and CompositionFailed.
        """

    async def encoders(self) -> Mapping[VideoCodec, tuple[Encoder, ...]]:
        """What encodes each codec on this machine, "software" first; none: the codec is missing.

        Found out by encoding a few frames with whatever is not surely there. What works is kept; a
        chip that did not answer is asked again later.
        """

    async def aclose(self) -> None:
        """End every process still held ready. Called once, at shutdown."""

    def describe(self) -> dict[str, str]:
        """Where the tools are and their versions, for `doctor` and fingerprints."""
