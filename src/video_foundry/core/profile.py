"""The output profile of a film: what every clip is brought to before joining, and the file that the
film becomes. Which encoder options that means is the compositor's matter."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from video_foundry.core.timebase import FrameRate
from video_foundry.errors import BadInput

VideoCodec = Literal["h264", "hevc", "av1", "vp9", "prores"]
Quality = Literal["draft", "standard", "high"]
Encoder = Literal["software", "nvenc", "vaapi", "qsv", "videotoolbox"]
FilmSound = Literal["aac", "opus", "pcm_s16le"]


@dataclass(frozen=True, kw_only=True)
class FilmFormat:
    """The file that a film with some video codec becomes. container, extension: mp4, webm or mov.
    sound: the codec of its sound. title: as people know it. piece, piece_type: container, extension
    and content type of the files that its pieces of picture are."""

    container: str
    content_type: str
    sound: FilmSound
    title: str
    piece: str = "mov"
    piece_type: str = "video/quicktime"


FORMATS: Mapping[VideoCodec, FilmFormat] = {
    "h264": FilmFormat(
        container="mp4", content_type="video/mp4", sound="aac", title="MP4 (H.264, AAC)"
    ),
    "hevc": FilmFormat(
        container="mp4", content_type="video/mp4", sound="aac", title="MP4 (HEVC, AAC)"
    ),
    "av1": FilmFormat(
        container="mp4",
        content_type="video/mp4",
        sound="aac",
        title="MP4 (AV1, AAC)",
        piece="mp4",
        piece_type="video/mp4",
    ),
    "vp9": FilmFormat(
        container="webm",
        content_type="video/webm",
        sound="opus",
        title="WebM (VP9, Opus)",
        piece="mp4",
        piece_type="video/mp4",
    ),
    "prores": FilmFormat(
        container="mov",
        content_type="video/quicktime",
        sound="pcm_s16le",
        title="QuickTime (ProRes 422 HQ, PCM)",
    ),
}

POSSIBLE_ENCODERS: Mapping[VideoCodec, tuple[Encoder, ...]] = {
    "h264": ("software", "nvenc", "vaapi", "qsv", "videotoolbox"),
    "hevc": ("software", "nvenc", "vaapi", "qsv", "videotoolbox"),
    "av1": ("software", "nvenc", "vaapi", "qsv"),
    "vp9": ("software",),
    "prores": ("software",),
}
"""What can be asked for at all; a machine has some of them (`Compositor.encoders`)."""


@dataclass(frozen=True, kw_only=True)
class OutputProfile:
    """Picture size in pixels (even), exact frame rate, the loudness target, and how it is encoded.

    loudness_lufs: integrated loudness (EBU R128) of the finished film, None: sound left as it is.
    encoder: what encodes the picture; all pieces of a film come from the same one.
    """

    width: int = 1280
    height: int = 720
    fps: FrameRate = field(default_factory=lambda: FrameRate(num=24))
    loudness_lufs: Decimal | None = None
    codec: VideoCodec = "h264"
    quality: Quality = "standard"
    encoder: Encoder = "software"

    @property
    def format(self) -> FilmFormat:
        """The file that the film becomes."""
        return FORMATS[self.codec]


def picture_json(profile: OutputProfile) -> dict[str, Any]:
    """What of a profile decides pixels, for fingerprints and specifications. What is as it is from
    the start is left out, so that a film's pieces keep their fingerprints."""
    value: dict[str, Any] = {
        "width": profile.width,
        "height": profile.height,
        "fps": str(profile.fps),
    }
    if profile.codec != "h264":
        value["codec"] = profile.codec
    if profile.quality != "standard":
        value["quality"] = profile.quality
    if profile.encoder != "software":
        value["encoder"] = profile.encoder
    return value


def picture_from_json(value: Mapping[str, Any]) -> OutputProfile:
    """What `picture_json` wrote, as a profile (its loudness is not in there)."""
    return OutputProfile(
        width=value["width"],
        height=value["height"],
        fps=FrameRate.parse(value["fps"]),
        codec=value.get("codec", "h264"),
        quality=value.get("quality", "standard"),
        encoder=value.get("encoder", "software"),
    )


def require_encoder(
    codec: VideoCodec,
    encoder: Encoder,
    offered: Mapping[VideoCodec, Collection[Encoder]] = POSSIBLE_ENCODERS,
    *,
    where: str = "here",
) -> None:
    """Raises BadInput, naming what there is and the fix, unless `offered` has the pair.

    offered: what some machine has; left out, what can be had anywhere. where: that place, in words.
    """
    if encoder in offered.get(codec, ()):
        return
    others = [name for name in offered.get(codec, ()) if name != encoder]
    codecs = [name for name, encoders in offered.items() if encoders]
    there_is = (
        f"{codec} can be encoded by {', '.join(others)}"
        if others
        else f"what can be encoded is {', '.join(codecs) or 'nothing'}"
    )
    by = "" if encoder == "software" else f" by {encoder}"
    raise BadInput(
        f"{codec} cannot be encoded{by} {where}; {there_is}",
        field="encoder" if others else "codec",
        fix=f"choose encoder {others[0]}" if others else "choose another codec",
    )
