"""What one source file is: sniffed, probed in a child, and held against the limits.

Decides no encoding; `verify` adds the counted truth.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from video_foundry.adapters.ffmpeg.binary import FFmpegBinary
from video_foundry.adapters.ffmpeg.reader import ChildEnded, ChildRefused
from video_foundry.adapters.ffmpeg.sniff import HEAD, MediaType, sniff
from video_foundry.adapters.ffmpeg.structure import find_damage
from video_foundry.adapters.ffmpeg.tools import Toolbox
from video_foundry.core.timebase import FrameRate
from video_foundry.errors import MediaError, Unchecked
from video_foundry.ports.compositor import MediaFacts

ODDEST_ASPECT = Fraction(8)
"""Sample aspects beyond 8:1 and 1:8 are mistakes of a writer and count as square."""

SLOWEST_READ = 10_000_000
"""Bytes a second at which a probe may read a file."""

HDR_TRANSFERS = (16, 18)
"""PQ (SMPTE 2084) and HLG (ARIB STD-B67), by their numbers in ITU-T H.273."""

SDR_TRANSFER = 1
"""That of BT.709."""

CLEAR_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Those that see how clear a picture is, where FFmpeg's own of that name does not look."""


MOST_REMEMBERED = 16
"""Sources whose facts are kept: a clip's thumbnail is made right after it was verified."""

_Identity: TypeAlias = "tuple[Path, int, int, int, int]"


@dataclass(frozen=True, kw_only=True)
class Source:
    """All that the filters and checks need to know of one file.

    width, height: as stored. start: seconds at which the first frame is shown, on the file's clock.
    length: seconds of picture measured from its packets; claimed: as the file says. packets: of
    picture, as many frames as should decode. matrix, transfer, primaries: ITU-T H.273 numbers.
    """

    path: Path
    kind: MediaType
    width: int
    height: int
    aspect: Fraction
    rotation: int
    pixel_format: str
    has_alpha: bool
    is_rgb: bool
    is_interlaced: bool
    matrix: int
    transfer: int
    primaries: int
    start: Fraction
    length: Fraction
    claimed: Fraction | None
    claimed_file: Fraction | None
    packets: int
    frames: int | None
    rate: Fraction | None
    is_variable: bool
    video_index: int
    audio_index: int | None
    video_codec: str
    audio_codec: str | None

    @property
    def displayed(self) -> tuple[int, int]:
        """Width and height in square pixels, upright."""
        width = max(1, round(self.width * self.aspect))
        return (self.height, width) if self.rotation % 180 else (width, self.height)

    @property
    def is_hdr(self) -> bool:
        """Whether its brightness must be mapped down to the standard range."""
        return self.transfer in HDR_TRANSFERS

    @property
    def unmapped(self) -> "Source":
        """Taken as if it were of the standard range."""
        return replace(self, transfer=SDR_TRANSFER) if self.is_hdr else self

    @property
    def decoder(self) -> str | None:
        """Which one must be named to see all of it; None: FFmpeg's own choice does."""
        return CLEAR_DECODERS.get(self.video_codec) if self.has_alpha else None

    def require(self, ffmpeg: FFmpegBinary) -> None:
        """Raises MediaError, with the fix, for what that FFmpeg cannot show as it is: a film made
        all the same would keep it wrong."""
        if self.is_hdr and not ffmpeg.has_zscale:
            raise MediaError(_lacking("its high dynamic range cannot be mapped down", "libzimg"))
        if self.decoder and not ffmpeg.has_vpx:
            raise MediaError(_lacking("what is clear in it cannot be seen", "libvpx"))

    def facts(self, *, frames: int | None = None, length: Fraction | None = None) -> MediaFacts:
        """The port's value; `frames` and `length` as counted, else as the file claims."""
        width, height = self.displayed
        image = self.kind.is_image
        duration = length or self.claimed or self.length
        return MediaFacts(
            kind="image" if image else "video",
            container=self.kind.container,
            width=width,
            height=height,
            duration=Fraction(0) if image else duration,
            frame_rate=None if image else _frame_rate(self.rate),
            frames=1 if image else frames or self.frames,
            has_audio=self.audio_index is not None,
            video_codec=self.video_codec,
            audio_codec=self.audio_codec,
            is_variable_rate=self.is_variable and not image,
        )


async def read_source(tools: Toolbox, path: Path) -> Source:
    """Sniff and probe. Raises MediaError, with a sentence, for anything that cannot be used."""
    kind = sniff(await asyncio.to_thread(_head, path))
    request = {
        "task": "probe",
        "path": str(path),
        "demuxer": kind.demuxer,
        "max_pixels": tools.limits.pixels,
    }
    size = (await asyncio.to_thread(path.stat)).st_size
    try:
        answer = await tools.ask_child(request, timeout=60 + size / SLOWEST_READ)
    except ChildEnded as ended:
        raise Unchecked(str(ended)) from ended
    except ChildRefused as refusal:
        # Where the outer form shows what is wrong, it says so more plainly than a decoder does.
        damage = await asyncio.to_thread(find_damage, path, kind)
        raise MediaError(damage or str(refusal)) from refusal
    source = _source(path, kind, answer)
    width, height = source.displayed
    most = tools.limits.pixels
    if width * height > most:
        raise MediaError(f"the picture of {width} x {height} has more than {most} pixels")
    return source


class Sources:
    """Reads sources, and remembers the last few for work that needs no judgement of the file."""

    def __init__(self, tools: Toolbox) -> None:
        self._tools = tools
        self._known: OrderedDict[_Identity, Source] = OrderedDict()

    async def read(self, path: Path) -> Source:
        """Sniff and probe, always anew. Raises MediaError."""
        before = await asyncio.to_thread(_identity, path)
        source = await read_source(self._tools, path)
        self._known[before] = source
        self._known.move_to_end(before)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return source

    async def recall(self, path: Path) -> Source:
        """What was read of this very file a moment ago, else as `read`. Raises MediaError."""
        known = self._known.get(await asyncio.to_thread(_identity, path))
        return known or await self.read(path)


def _lacking(what: str, library: str) -> str:
    return (
        f"{what}: this FFmpeg was built without {library}; install one that has it, or take the "
        "one on the PATH away, so that the one that comes with the packages is used"
    )


def _identity(path: Path) -> "_Identity":
    """What changes when another file stands there or it is written to."""
    found = path.stat()
    return path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _source(path: Path, kind: MediaType, answer: Mapping[str, Any]) -> Source:
    aspect = Fraction(*answer["aspect"])
    if not 1 / ODDEST_ASPECT <= aspect <= ODDEST_ASPECT:
        aspect = Fraction(1)
    same = (
        "width height rotation pixel_format has_alpha is_rgb is_interlaced matrix transfer "
        "primaries packets frames video_index audio_index video_codec audio_codec"
    )
    return Source(
        path=path,
        kind=kind,
        aspect=aspect,
        start=Fraction(*answer["start"]),
        length=Fraction(*answer["length"]),
        claimed=_fraction(answer["claimed"]),
        claimed_file=_fraction(answer["claimed_file"]),
        rate=_fraction(answer["rate"]),
        is_variable=answer["variable"],
        **{name: answer[name] for name in same.split()},
    )


def _fraction(value: list[int] | None) -> Fraction | None:
    return None if value is None else Fraction(*value)


def _frame_rate(rate: Fraction | None) -> FrameRate | None:
    if rate is None or rate <= 0:
        return None
    return FrameRate(num=rate.numerator, den=rate.denominator)
