"""Previews on the wire: filmstrips, waveforms and proxies, with layout and how each stands."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from video_foundry.api.schemas.base import In, Out
from video_foundry.core import previews as core
from video_foundry.core.previews import (
    KEYFRAME_DISTANCE,
    LEVELS,
    POINT_HEADER,
    Filmstrip,
    PreviewKind,
    Proxy,
    Sheet,
    Waveform,
)
from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.services.previews import Ask, Part, PreviewsView, State

MOST_DIGESTS = 500

Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$", max_length=64)]
Kinds = Annotated[
    list[PreviewKind],
    Field(min_length=1, max_length=16, description="What is wanted; all when left out."),
]
STATE_WORDS = (
    "`ready`: fetch `url`. `making`: ask again in a second or two. `failed`: see `error`. `off`: "
    "this installation makes none."
)


class PreviewError(Out):
    """Why a preview could not be made, and from when on an ask has it tried again."""

    code: str
    message: str
    retry_at: datetime


class Standing(Out):
    """How one file stands. bytes: its size. job_id: which `progress` of kind `preview` in the
    project's live events is about it. progress: 0..1, where it is known."""

    state: State = Field(description=STATE_WORDS)
    url: str | None
    bytes: int | None
    job_id: str | None
    progress: float | None
    error: PreviewError | None

    @staticmethod
    def fields(part: Part) -> "dict[str, object]":
        """From a use case's answer."""
        error = None
        if part.state == "failed" and part.again_at is not None:
            error = PreviewError(
                code=part.tried.code, message=part.tried.message, retry_at=part.again_at
            )
        return {
            "state": part.state,
            "url": f"/api/artifacts/{part.made.digest}" if part.made else None,
            "bytes": part.made.size if part.made else None,
            "job_id": part.tried.open_job if part.state == "making" else None,
            "progress": part.tried.progress if part.state == "making" else None,
            "error": error,
        }


class SheetOut(Standing):
    """One picture of tiles, row by row from the top left. first: number of its first tile. Tile n
    of the filmstrip shows the clip at n * step_seconds."""

    first: int
    count: int
    columns: int
    rows: int
    width: int
    height: int

    @classmethod
    def of(cls, sheet: Sheet, part: Part) -> Self:
        """From a use case's answer."""
        width, height = sheet.size
        layout = {
            "first": sheet.first,
            "count": sheet.count,
            "columns": sheet.columns,
            "rows": sheet.rows,
            "width": width,
            "height": height,
        }
        return cls.model_validate(layout | Standing.fields(part))


class FilmstripOut(Out):
    """A whole clip in tiles of one size. count: of all its tiles."""

    step_seconds: float
    tile_width: int
    tile_height: int
    count: int
    sheets: list[SheetOut]

    @classmethod
    def of(cls, strip: Filmstrip, parts: list[Part]) -> Self:
        """From a use case's answer."""
        width, height = strip.sheets[0].tile
        return cls(
            step_seconds=float(strip.step),
            tile_width=width,
            tile_height=height,
            count=strip.count,
            sheets=[SheetOut.of(*found) for found in zip(strip.sheets, parts, strict=True)],
        )


class LevelOut(Out):
    """One resolution in a waveform's file. offset: bytes before its first point; a point is the
    lowest and the highest sample, a signed byte each."""

    points_per_second: int
    samples_per_point: int
    points: int
    offset: int


class WaveformOut(Standing):
    """The loudest and quietest samples of all channels along the time of a clip or sound."""

    sample_rate: int
    samples: int
    channels: int
    bits: int
    header_bytes: int
    levels: list[LevelOut]

    @classmethod
    def of(cls, waveform: Waveform, part: Part) -> Self:
        """From a use case's answer."""
        layout = {
            "sample_rate": SAMPLE_RATE,
            "samples": waveform.samples,
            "channels": 1,
            "bits": 8,
            "header_bytes": POINT_HEADER,
            "levels": [
                LevelOut(
                    points_per_second=level,
                    samples_per_point=SAMPLE_RATE // level,
                    points=waveform.points(level),
                    offset=waveform.offset(level),
                )
                for level in LEVELS
            ],
        }
        return cls.model_validate(layout | Standing.fields(part))


class ProxyOut(Standing):
    """A small MP4 with a constant rate and a key frame every `keyframe_distance` frames.
    frame_rate: "24" or "30000/1001"."""

    content_type: Literal["video/mp4"]
    width: int
    height: int
    frame_rate: str
    frames: int
    keyframe_distance: int
    has_sound: bool

    @classmethod
    def of(cls, proxy: Proxy, part: Part) -> Self:
        """From a use case's answer."""
        layout = {
            "content_type": "video/mp4",
            "width": proxy.width,
            "height": proxy.height,
            "frame_rate": str(proxy.rate),
            "frames": proxy.frames,
            "keyframe_distance": KEYFRAME_DISTANCE,
            "has_sound": proxy.has_sound,
        }
        return cls.model_validate(layout | Standing.fields(part))


class Previews(Out):
    """What there is to see of one artifact. kind: `data` has no previews. What does not apply, or
    was not asked for, is null, or an empty list of filmstrips (the finest comes first)."""

    digest: str
    kind: Literal["video", "image", "sound", "data"]
    duration_seconds: float
    filmstrips: list[FilmstripOut]
    waveform: WaveformOut | None
    proxy: ProxyOut | None

    @classmethod
    def of(cls, view: PreviewsView) -> Self:
        """From a use case's answer."""
        waveform, proxy = view.waveform, view.proxy
        return cls(
            digest=view.subject.digest,
            kind=view.subject.kind,
            duration_seconds=float(view.subject.seconds),
            filmstrips=[FilmstripOut.of(*found) for found in view.filmstrips],
            waveform=WaveformOut.of(*waveform) if waveform else None,
            proxy=ProxyOut.of(*proxy) if proxy else None,
        )


class PreviewsAsk(In):
    """Which artifacts are to be shown, by the digests in their addresses."""

    digests: list[Digest] = Field(min_length=1, max_length=MOST_DIGESTS)
    kinds: Kinds = Field(default_factory=lambda: list(core.KINDS))
    project_id: UUID | None = Field(
        default=None, description="For which project: where many wait, projects take turns."
    )
    retry: StrictBool = Field(
        default=False, description="Try at once what failed, instead of at its `retry_at`."
    )

    def ask(self) -> Ask:
        """What the use case takes."""
        return Ask(
            digests=self.digests,
            kinds=self.kinds,
            project_id=str(self.project_id) if self.project_id else None,
            again=self.retry,
        )


class PreviewsList(Out):
    """Previews in the order of the ask. unknown: digests of which there is no artifact."""

    previews: list[Previews]
    unknown: list[str]
