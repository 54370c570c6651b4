"""Finds out which codecs this machine can encode, and by what; remembers what is certain for as
long as it runs, but not that a chip which is there did not answer once.

Encodes a few frames at most, never anything of a user's.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from video_foundry.adapters.ffmpeg.encoding.options import (
    device_options,
    encoder_filters,
    encoder_name,
    picture_container,
    picture_encoder,
)
from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed
from video_foundry.adapters.ffmpeg.mp4.index import read_index
from video_foundry.adapters.ffmpeg.process import LineSink
from video_foundry.adapters.ffmpeg.settings import TAGS
from video_foundry.adapters.ffmpeg.tools import Toolbox, ignore_line
from video_foundry.core.pieces import KEYFRAME_DISTANCE
from video_foundry.core.profile import (
    POSSIBLE_ENCODERS,
    Encoder,
    OutputProfile,
    VideoCodec,
    require_encoder,
)
from video_foundry.errors import BadInput, CompositionFailed, MachineFailed

TRIAL_SIZE = (320, 180)
TRIAL_FRAMES = KEYFRAME_DISTANCE + 4
TRIAL_SECONDS = 20
"""A driver that takes longer is not usable."""
TRIED_AGAIN_SECONDS, LONGEST_REST_SECONDS = 60.0, 3_600.0
"""From when on a chip that failed its trial is tried again for whoever asks what there is: it may
have been busy; after each failure in a row that is twice as long. Who needs it now has it tried at
once."""

_LISTED = re.compile(r"^V\S{5}\s+(\S+)\s")

_Pair: TypeAlias = tuple[VideoCodec, Encoder]


@dataclass(frozen=True, kw_only=True)
class _Rest:
    """How long a chip is left alone, and until when."""

    seconds: float
    until: float

    @classmethod
    def after(cls, last: "_Rest | None") -> "_Rest":
        """After a failure; last: the rest after the one before it, if it failed before."""
        seconds = min(2 * last.seconds, LONGEST_REST_SECONDS) if last else TRIED_AGAIN_SECONDS
        return cls(seconds=seconds, until=time.monotonic() + seconds)


@dataclass(kw_only=True)
class Offers:
    """What one FFmpeg offers."""

    tools: Toolbox
    _listed: frozenset[str] | None = None
    _works: dict[_Pair, bool] = field(default_factory=dict)
    _failed: dict[_Pair, _Rest] = field(default_factory=dict)
    _trying: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def all(self) -> Mapping[VideoCodec, tuple[Encoder, ...]]:
        """Every codec and what encodes it here; none: it cannot be encoded."""
        return {
            codec: tuple([one for one in encoders if await self._has(codec, one)])
            for codec, encoders in POSSIBLE_ENCODERS.items()
        }

    async def lists(self, name: str) -> bool:
        """Whether FFmpeg was built with an encoder of that name."""
        return name in await self._names()

    async def require(self, profile: OutputProfile, label: str) -> None:
        """Raises CompositionFailed, with `label`, what there is and the fix, if it is missing;
        MachineFailed, if it only does not answer."""
        codec, encoder = profile.codec, profile.encoder
        is_possible = encoder in POSSIBLE_ENCODERS[codec]
        if is_possible and await self._has(codec, encoder, is_needed=True):
            return
        try:
            require_encoder(codec, encoder, await self.all(), where="on this machine")
        except BadInput as refusal:
            fix = refusal.problems[0].fix
            kind = MachineFailed if (codec, encoder) in self._failed else CompositionFailed
            raise kind(f"{label}: {refusal.message}; {fix}") from refusal

    async def _has(self, codec: VideoCodec, encoder: Encoder, *, is_needed: bool = False) -> bool:
        pair = (codec, encoder)
        if pair in self._works:
            return self._works[pair]
        async with self._trying:  # those who wait for the same trial take what it found
            if pair in self._works:
                return self._works[pair]
            rest = self._failed.get(pair)
            if not is_needed and rest is not None and time.monotonic() < rest.until:
                return False
            found = await self._find_out(codec, encoder)
            if found is None:
                self._failed[pair] = _Rest.after(rest)
                return False
            self._failed.pop(pair, None)
            self._works[pair] = found
            return found

    async def _find_out(self, codec: VideoCodec, encoder: Encoder) -> bool | None:
        """Whether it works here; None: it failed, which may have been bad luck."""
        width, height = TRIAL_SIZE
        profile = OutputProfile(width=width, height=height, codec=codec, encoder=encoder)
        if not await self.lists(encoder_name(profile)):
            return False
        return encoder == "software" or await self._try(profile)

    async def _names(self) -> frozenset[str]:
        """The encoders that this FFmpeg was built with."""
        if self._listed is None:
            found: set[str] = set()
            finished = await self.tools.run_ffmpeg(
                ["-encoders"], timeout=TRIAL_SECONDS, on_line=_collector(found)
            )
            if not finished.ok:
                raise CompositionFailed("FFmpeg does not say which encoders it has")
            self._listed = frozenset(found)
        return self._listed

    async def _try(self, profile: OutputProfile) -> bool | None:
        """Whether the chip makes pieces as they must be; None: for the time being it makes none."""
        with TemporaryDirectory(dir=self.tools.scratch, prefix="trial-") as folder:
            target = Path(folder) / f"trial.{profile.format.piece}"
            finished = await self.tools.run_ffmpeg(
                sample_arguments(profile, target, frames=TRIAL_FRAMES, threads=1),
                timeout=TRIAL_SECONDS,
                on_line=ignore_line,
            )
            if not finished.ok:
                return None
            try:
                index = read_index(target)
            except Malformed:
                return False
            return index.samples == TRIAL_FRAMES and sorted(index.keys) == [0, KEYFRAME_DISTANCE]


def sample_arguments(
    profile: OutputProfile, target: Path, *, frames: int, threads: int
) -> list[str]:
    """FFmpeg's arguments for some black frames, encoded as the profile's pieces are."""
    rate = profile.fps
    black = f"color=black:s={profile.width}x{profile.height}:r={rate.num}/{rate.den}"
    shape = ["format=yuv420p", "setsar=1", TAGS]
    handed_over = encoder_filters(profile)
    return [
        *("-y", *device_options(profile)),
        *("-f", "lavfi", "-i", ",".join([black, *shape]), "-frames:v", str(frames)),
        *(("-vf", ",".join(handed_over)) if handed_over else ()),
        *picture_encoder(profile, threads=threads),
        *picture_container(profile),
        f"file:{target}",
    ]


def _collector(found: set[str]) -> LineSink:
    async def take(line: str) -> None:
        if listed := _LISTED.match(line):
            found.add(listed[1])

    return take
