"""Judges finished pieces: whether they hold just the frames they should and join with all others.

Makes nothing but one black frame a profile, to learn which parameter sets its pieces must have.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from video_foundry.adapters.ffmpeg.encoding.offered import sample_arguments
from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed
from video_foundry.adapters.ffmpeg.mp4.describing import Description
from video_foundry.adapters.ffmpeg.mp4.index import read_index
from video_foundry.adapters.ffmpeg.reader import ChildRefused
from video_foundry.adapters.ffmpeg.tools import Toolbox, complaint, ignore_line
from video_foundry.core.pieces import KEYFRAME_DISTANCE
from video_foundry.core.profile import OutputProfile
from video_foundry.errors import CompositionFailed


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What a piece should be. start: seconds of the source, for errors. samples: None for a piece
    without sound."""

    label: str
    profile: OutputProfile
    frames: int
    start: Fraction = Fraction(0)
    samples: int | None = None


@dataclass(kw_only=True)
class Inspector:
    """Remembers the parameter sets that each profile's pieces must have."""

    tools: Toolbox
    _expected: dict[OutputProfile, Description] = field(default_factory=dict)

    async def check(self, piece: Piece, path: Path) -> None:
        """Raises CompositionFailed naming the piece unless the file is all that it should be."""
        try:
            found = await self._inspect(path)
        except (ChildRefused, Malformed) as refusal:
            raise CompositionFailed(f"{piece.label}: conversion failed: {refusal}") from refusal
        fault = find_fault(found, piece, await self._expected_description(piece.profile))
        if fault:
            raise CompositionFailed(f"{piece.label}: {fault}")

    async def outdated(
        self, pieces: Mapping[Path, Description], profile: OutputProfile
    ) -> Collection[Path]:
        """Those of a track's pieces that were not made as this machine makes them now; all of them,
        where that cannot be told: windows of sound are quickly made anew."""
        if any(one.size is None for one in pieces.values()):
            return pieces.keys()
        try:
            now = await self._expected_description(profile)
        except CompositionFailed:  # a chip's, and others have one
            return pieces.keys()
        return [path for path, description in pieces.items() if description != now]

    async def _inspect(self, path: Path) -> dict[str, Any]:
        """What the child sees in it, and what the film will need of it."""
        asked = {"task": "inspect", "path": str(path), "demuxer": "mov"}
        found = await self.tools.ask_child(asked)
        index = await asyncio.to_thread(read_index, path)
        return found | {"description": index.description}

    async def _expected_description(self, profile: OutputProfile) -> Description:
        """Encode one black frame with the same settings: every piece must be described as it is."""
        if profile not in self._expected:
            with TemporaryDirectory(dir=self.tools.scratch, prefix="sample-") as folder:
                sample = Path(folder) / f"black.{profile.format.piece}"
                await self._encode_sample(profile, sample)
                index = await asyncio.to_thread(read_index, sample)
            self._expected[profile] = index.description
        return self._expected[profile]

    async def _encode_sample(self, profile: OutputProfile, target: Path) -> None:
        finished = await self.tools.run_ffmpeg(
            sample_arguments(profile, target, frames=1, threads=self.tools.threads),
            timeout=60,
            on_line=ignore_line,
        )
        if not finished.ok:
            raise CompositionFailed(f"FFmpeg cannot encode this profile: {complaint(finished)}")


def find_fault(found: Mapping[str, Any], piece: Piece, expected: Description) -> str | None:
    """What is wrong with a finished piece, or None. `found`: the child's `inspect`, and the
    `description` that its index gives."""
    one = 1 / piece.profile.fps.fraction
    made = f"the converted clip has {found['frames']} frames in place of {piece.frames}"
    sound = f"the converted clip has {found['samples']} sound samples in place of {piece.samples}"
    checks = [
        (found["frames"] > 0, f"there is no picture at {float(piece.start):g} s"),
        (found["frames"] == piece.frames, made),
        (
            piece.frames == 1 or found["steps"] == [[one.numerator, one.denominator]],
            "the frames of the converted clip are not evenly spaced",
        ),
        (found["first_is_key"], "the converted clip does not begin with a key frame"),
        (
            found["keys"] == list(range(0, piece.frames, key_distance(piece.profile))),
            "the converted clip's key frames are not where they should be",
        ),
        (found["samples"] == piece.samples, sound),
        (
            found["description"] == expected,
            "the converted clip's encoder settings differ from those of its project",
        ),
    ]
    return next((fault for passed, fault in checks if not passed), None)


def key_distance(profile: OutputProfile) -> int:
    """Frames from one key frame to the next; in ProRes each of them is one."""
    return 1 if profile.codec == "prores" else KEYFRAME_DISTANCE
