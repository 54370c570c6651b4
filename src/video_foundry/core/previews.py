"""What an editor shows of a clip or sound: sheets of small pictures, a waveform, and a small copy
that seeks quickly. Layouts and identities as values, and how long a failed one rests; no pixel is
made here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil
from typing import Any, Literal, Self, get_args

from video_foundry.core.canonical import fingerprint
from video_foundry.core.timebase import SAMPLE_RATE, FrameRate

PreviewKind = Literal["sprite", "waveform", "proxy"]
KINDS: tuple[PreviewKind, ...] = get_args(PreviewKind)

PreviewPolicy = Literal["eager", "lazy", "off"]
"""When previews are made: as soon as a clip is filed, when somebody asks for them, or never."""

PREVIEW_VERSION = 2
"""Raise when any preview may come out differently: all are then made anew when asked for."""

LINE = "previews"
"""Previews stand in a line of their own beside the renders' steps (see `jobs.turns`)."""

THUMBNAIL_WIDTH = 480
"""Pixels, of the one picture of a clip."""
POSTER_WIDTH = 960
"""Pixels, of that of a film."""

TILE_HEIGHT = 96
WIDEST_TILE = 256
NARROWEST_TILE = 32
COLUMNS = 10
MOST_TILES = 100
"""On one sheet: a sheet is never larger than 2560 x 960 pixels."""

HALF_SECONDS = Fraction(30)
"""Clips up to this length have a tile every half second, longer ones one every second."""
COARSE_STEPS = (2, 5, 10, 20, 30, 60, 120)
"""Seconds between the tiles of a long clip's overview: the first that fits on one sheet."""

PROXY_SIDE = 360
"""Pixels of a proxy's shorter side, unless the clip is smaller."""
PROXY_LONGEST = 1280
KEYFRAME_DISTANCE = 12
"""Frames between a proxy's key frames."""
COMMON_RATES = tuple(
    FrameRate(num=num, den=den)
    for num, den in (
        *((8, 1), (10, 1), (12, 1), (25, 2), (15, 1), (16, 1), (20, 1)),
        *((24_000, 1001), (24, 1), (25, 1), (30_000, 1001), (30, 1)),
        *((48, 1), (50, 1), (60_000, 1001), (60, 1)),
    )
)

LEVELS = (100, 10, 1)
"""Points a second of a waveform's resolutions, the finest first."""
POINT_HEADER = 24
"""Bytes in front of each resolution's points: version, flags, rate, samples a point, points and
channels, 32 bits each, little end first, as in the second version of audiowaveform's .dat files."""

WAVEFORM_TYPE = "application/octet-stream"

FIRST_REST = timedelta(hours=1)
LONGEST_REST = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What previews are made of. kind: video, image or sound; or data, which has none.

    width, height: pixels as displayed. seconds: its length, 0 for an image. rate: average.
    """

    digest: str
    kind: Literal["video", "image", "sound", "data"]
    seconds: Fraction
    width: int
    height: int
    rate: FrameRate | None
    has_sound: bool


# --- filmstrips -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One picture full of tiles, row by row; tile n of the filmstrip shows the clip at n * step.

    step: seconds between tiles. first: number of its first tile. count: of its tiles. tile: width
    and height of each in pixels.
    """

    step: Fraction
    first: int
    count: int
    tile: tuple[int, int]

    @property
    def columns(self) -> int:
        """Tiles in a row."""
        return min(COLUMNS, self.count)

    @property
    def rows(self) -> int:
        """Rows; the last may not be full."""
        return -(-self.count // self.columns)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.tile[0] * self.columns, self.tile[1] * self.rows

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "step": str(self.step),
            "first": self.first,
            "count": self.count,
            "tile": list(self.tile),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """What `plain` wrote."""
        width, height = plain["tile"]
        return cls(
            step=Fraction(plain["step"]),
            first=plain["first"],
            count=plain["count"],
            tile=(width, height),
        )


@dataclass(frozen=True, kw_only=True)
class Filmstrip:
    """A whole clip in tiles, `step` seconds apart. count: of all of them."""

    step: Fraction
    count: int
    sheets: tuple[Sheet, ...]


def filmstrips(subject: Subject) -> tuple[Filmstrip, ...]:
    """The finest first, and for what does not fit on one sheet an overview that does. An image is
    one tile."""
    if subject.kind not in ("video", "image"):
        return ()
    fine = _filmstrip(subject, Fraction(1, 2) if subject.seconds <= HALF_SECONDS else Fraction(1))
    if len(fine.sheets) == 1:
        return (fine,)
    fitting = (s for s in COARSE_STEPS if ceil(subject.seconds / s) <= MOST_TILES)
    step = next(fitting, ceil(subject.seconds / MOST_TILES))
    return fine, _filmstrip(subject, Fraction(step))


def _filmstrip(subject: Subject, step: Fraction) -> Filmstrip:
    count = max(1, ceil(subject.seconds / step))
    tile = _tile(subject)
    sheets = tuple(
        Sheet(step=step, first=first, count=min(MOST_TILES, count - first), tile=tile)
        for first in range(0, count, MOST_TILES)
    )
    return Filmstrip(step=step, count=count, sheets=sheets)


def _tile(subject: Subject) -> tuple[int, int]:
    width = _even(Fraction(TILE_HEIGHT * subject.width, max(1, subject.height)))
    return min(WIDEST_TILE, max(NARROWEST_TILE, width)), TILE_HEIGHT


# --- waveforms ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Waveform:
    """How loud a clip or sound is along its time. samples: at 48 kHz; a clip's begin with its first
    picture and end with its last."""

    samples: int

    def points(self, level: int) -> int:
        """How many pairs of lowest and highest sample there are, `level` of them a second."""
        return -(-self.samples // (SAMPLE_RATE // level))

    def offset(self, level: int) -> int:
        """Bytes in the file before the points of a resolution."""
        before = LEVELS[: LEVELS.index(level)]
        return sum(POINT_HEADER + 2 * self.points(other) for other in before) + POINT_HEADER

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {"samples": self.samples, "levels": list(LEVELS)}


def waveform_of(subject: Subject) -> Waveform | None:
    """Of what has sound."""
    samples = round(subject.seconds * SAMPLE_RATE)
    if subject.kind not in ("video", "sound") or not subject.has_sound or samples < 1:
        return None
    return Waveform(samples=samples)


# --- proxies --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A small copy of a clip with a constant rate. width, height: even pixels, square."""

    width: int
    height: int
    rate: FrameRate
    frames: int
    has_sound: bool

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "width": self.width,
            "height": self.height,
            "fps": str(self.rate),
            "frames": self.frames,
            "has_sound": self.has_sound,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """What `plain` wrote."""
        return cls(
            width=plain["width"],
            height=plain["height"],
            rate=FrameRate.parse(plain["fps"]),
            frames=plain["frames"],
            has_sound=plain["has_sound"],
        )


def proxy_of(subject: Subject) -> Proxy | None:
    """Of a moving picture."""
    if subject.kind != "video" or subject.seconds <= 0:
        return None
    rate = common_rate(subject.rate)
    width, height = _proxy_size(subject.width, subject.height)
    return Proxy(
        width=width,
        height=height,
        rate=rate,
        frames=max(1, rate.frames_in(subject.seconds)),
        has_sound=subject.has_sound,
    )


@lru_cache(maxsize=256)
def common_rate(rate: FrameRate | None) -> FrameRate:
    """The common frame rate that is nearest by proportion; 24 for what tells none."""
    if rate is None:
        return FrameRate(num=24)

    def distance(common: FrameRate) -> Fraction:
        ratio = common.fraction / rate.fraction
        return max(ratio, 1 / ratio)

    return min(COMMON_RATES, key=distance)


def _proxy_size(width: int, height: int) -> tuple[int, int]:
    shorter, longer = max(1, min(width, height)), max(1, width, height)
    factor = min(Fraction(1), Fraction(PROXY_SIDE, shorter), Fraction(PROXY_LONGEST, longer))
    return max(16, _even(width * factor)), max(16, _even(height * factor))


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


# --- steps ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PreviewStep:
    """One composing step that makes one artifact. spec: what is decided about it, as JSON."""

    kind: PreviewKind
    digest: str
    spec: Mapping[str, Any]

    @cached_property
    def fingerprint(self) -> str:
        """What identifies its result."""
        value = {"kind": self.kind, "source": self.digest, "spec": self.spec}
        return fingerprint("preview", PREVIEW_VERSION, value)

    @property
    def payload(self) -> dict[str, Any]:
        """What the worker needs, as of any composing step."""
        return {
            "step": self.kind,
            "spec": dict(self.spec),
            "needs": [],
            "sources": [self.digest],
            "label": f"the {self.kind} of {self.digest[:12]}",
        }


@dataclass(frozen=True, kw_only=True)
class Outline:
    """All previews of a subject, of the kinds that somebody wants, and the steps that make them.

    strips: the finest first, each with a step for every sheet. waveform, proxy: None for what does
    not apply, or is not wanted.
    """

    subject: Subject
    strips: tuple[tuple[Filmstrip, tuple[PreviewStep, ...]], ...]
    waveform: tuple[Waveform, PreviewStep] | None
    proxy: tuple[Proxy, PreviewStep] | None

    @property
    def steps(self) -> list[PreviewStep]:
        """All steps in the order in which they are of use: the overview before the rest."""
        sheets = [step for _, steps in reversed(self.strips) for step in steps]
        others = [found[1] for found in (self.waveform, self.proxy) if found is not None]
        return sheets + others


def outline(subject: Subject, kinds: Collection[PreviewKind] = KINDS) -> Outline:
    """What there can be of a subject."""
    strips = filmstrips(subject) if "sprite" in kinds else ()
    waveform = waveform_of(subject) if "waveform" in kinds else None
    proxy = proxy_of(subject) if "proxy" in kinds else None
    is_clip = {"is_clip": subject.kind == "video"}

    def step(kind: PreviewKind, spec: Mapping[str, Any]) -> PreviewStep:
        return PreviewStep(kind=kind, digest=subject.digest, spec=spec)

    return Outline(
        subject=subject,
        strips=tuple((s, tuple(step("sprite", x.plain()) for x in s.sheets)) for s in strips),
        waveform=(waveform, step("waveform", waveform.plain() | is_clip)) if waveform else None,
        proxy=(proxy, step("proxy", proxy.plain())) if proxy else None,
    )


def rest_after(failures: int) -> timedelta:
    """How long nobody tries again what has failed so many times."""
    doubled: timedelta = FIRST_REST * 2 ** min(max(0, failures - 1), 16)
    return min(LONGEST_REST, doubled)
