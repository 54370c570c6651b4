"""The port to whatever decodes, measures, mixes and encodes sound (FFmpeg and NumPy here).

All paths are local files named by us. Every step is safe to repeat and gives the same samples;
cancelling the awaiting task ends the process behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from video_foundry.core.loudness import Measurement
from video_foundry.core.sound_windows import SoundCodec, WindowMix
from video_foundry.core.soundtrack import DecodedSound
from video_foundry.ports.progress import Progress


@dataclass(frozen=True, kw_only=True)
class SoundFacts:
    """What a sound file was found to be, having been decoded whole.

    container, codec: short names (mp3, wav, flac, ogg, mp4 ...; aac, mp3, pcm_s16le ...). seconds:
    counted. rate: in Hz.
    """

    container: str
    codec: str
    seconds: Fraction
    rate: int
    channels: int


@dataclass(frozen=True, kw_only=True)
class SoundStep:
    """Decode one sound, of a clip or of a sound file, to 48 kHz 16-bit stereo.

    Exactly `sound.samples` of it, with silence where the source has none. Time is counted from the
    clip's first picture, or from where a sound file begins; another speed keeps the pitch.
    """

    source: Path
    sound: DecodedSound
    label: str
    """How errors name it, such as "segment 3" or "sound 2"."""


@dataclass(frozen=True, kw_only=True)
class MeasureStep:
    """Measure the loudness of one window of the mix.

    sounds: a decoded file for each of `mix.sounds`.
    """

    mix: WindowMix
    sounds: Mapping[str, Path]
    label: str


@dataclass(frozen=True, kw_only=True)
class MixStep:
    """Mix one window, raise it by `gain` dB, hold its true peak at `ceiling` dBTP, encode it."""

    mix: WindowMix
    sounds: Mapping[str, Path]
    gain: Decimal
    ceiling: Decimal
    codec: SoundCodec
    label: str


class SoundCompositor(Protocol):
    """Examining, decoding, measuring and mixing sound."""

    async def examine(self, source: Path) -> SoundFacts:
        """Decode all of a sound file; raises MediaError, saying what is wrong, for any other."""

    async def decode(self, step: SoundStep, target: Path, progress: Progress | None) -> None:
        """Write the decoded WAV. Raises CompositionFailed naming `step.label`."""

    async def measure(self, step: MeasureStep) -> Measurement:
        """What the window sounds like before any gain. Raises CompositionFailed."""

    async def mix(self, step: MixStep, target: Path, progress: Progress | None) -> None:
        """Write the window's own packets as one file. Raises CompositionFailed."""

    async def aclose(self) -> None:
        """End every process still held ready. Called once, at shutdown."""
