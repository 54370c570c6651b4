"""Holds what came out of a sound file against what the file says of itself.

FFmpeg returns 0 for most damaged files, so silence, words and lengths are all compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from video_foundry.adapters.ffmpeg.process import Finished
from video_foundry.adapters.ffmpeg.sound.kinds import FORMATS, SoundKind
from video_foundry.adapters.ffmpeg.tools import complaint
from video_foundry.adapters.ffmpeg.verify import HARMLESS, Decoded
from video_foundry.ports.sound import SoundFacts

MISSING = Fraction(1, 2)
"""Seconds by which a sound may be shorter than its file says."""


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One sound file, decoded whole. told: the child's `facts`."""

    kind: SoundKind
    told: Mapping[str, Any]
    decoded: Decoded
    finished: Finished

    def facts(self) -> SoundFacts:
        """The port's value."""
        return SoundFacts(
            container=self.kind.container,
            codec=self.told["codec"],
            seconds=self.decoded.length,
            rate=self.told["rate"],
            channels=self.told["channels"],
        )


def examining(source: Path, kind: SoundKind, index: int, *, longest: Fraction) -> list[str]:
    """FFmpeg's arguments for decoding all of a sound into a list of its frames."""
    return [
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS),
        *strictness(kind),
        *("-threads", "1", "-f", kind.demuxer, "-i", f"file:{source}", "-map", f"0:{index}"),
        *("-t", str(float(longest) + 1), "-f", "framecrc", "pipe:1"),
    ]


def strictness(kind: SoundKind) -> list[str]:
    """What makes FFmpeg stop at the first fault, where a file of that kind may have none."""
    return ["-xerror", "-err_detect", "crccheck+explode"] if kind.is_exact else []


def fault_of(found: Examined, *, longest: Fraction) -> str | None:
    """What is wrong with the file, or None."""
    length = found.decoded.length
    if length > longest:
        return f"the sound is longer than {float(longest) / 3600:g} hours"
    said = [line for line in found.finished.stderr.splitlines() if not HARMLESS.search(line)]
    if found.kind.is_exact and (said or not found.finished.ok):
        return f"the file is damaged at {float(length):.1f} s: {complaint(found.finished)}"
    if not found.decoded.count or length <= 0:
        return "no sound in the file could be decoded"
    claimed = found.told["claimed"]
    # Others guess their length from their size.
    if found.kind.is_exact and claimed is not None and length + MISSING < Fraction(*claimed):
        return (
            f"the file is cut off: it says {float(Fraction(*claimed)):.1f} s "
            f"but only {float(length):.1f} s could be read"
        )
    return None
