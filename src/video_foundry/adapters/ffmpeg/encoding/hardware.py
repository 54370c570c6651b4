"""The options of the encoders that need a chip for it. No driver is trusted: pieces are checked as
those of any other encoder, and a machine that breaks the rules is not used."""

from collections.abc import Mapping
from dataclasses import dataclass

from video_foundry.core.levels import level
from video_foundry.core.pieces import KEYFRAME_DISTANCE
from video_foundry.core.profile import Encoder, OutputProfile, Quality, VideoCodec

DISTANCE = str(KEYFRAME_DISTANCE)

Scale = Mapping[Quality, str]
"""A number of the encoder's own for each quality."""


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One kind of hardware.

    device: what is said before any input. filters: the end of the picture's chain, which hands
    frames over. pixels: what frames are then ("": the chip's own). rules: a closed group of fixed
    length, nothing looked ahead for. quality_option, speed_option: which options take the scales.
    """

    device: tuple[str, ...]
    filters: tuple[str, ...]
    pixels: str
    rules: tuple[str, ...]
    quality_option: str
    qualities: Mapping[VideoCodec, Scale]
    speed_option: str
    speeds: Scale
    own: Mapping[VideoCodec, tuple[str, ...]]


def _scale(draft: str, standard: str, high: str) -> Scale:
    return {"draft": draft, "standard": standard, "high": high}


CHIPS: Mapping[Encoder, Chip] = {
    "nvenc": Chip(
        device=(),
        filters=(),
        pixels="yuv420p",
        rules=(
            *("-tune", "hq", "-rc", "vbr", "-b:v", "0", "-rc-lookahead", "0"),
            *("-no-scenecut", "1", "-forced-idr", "1", "-strict_gop", "1"),
        ),
        quality_option="-cq",
        qualities={
            "h264": _scale("29", "22", "18"),
            "hevc": _scale("31", "24", "20"),
            "av1": _scale("42", "32", "26"),
        },
        speed_option="-preset",
        speeds=_scale("p2", "p4", "p6"),
        own={
            "h264": ("-bf", "3", "-b_ref_mode", "disabled", "-a53cc", "0"),
            "hevc": ("-bf", "3", "-b_ref_mode", "disabled", "-a53cc", "0"),
            "av1": ("-bf", "0"),
        },
    ),
    "vaapi": Chip(
        device=("-init_hw_device", "vaapi=chip", "-filter_hw_device", "chip"),
        filters=("format=nv12", "hwupload"),
        pixels="",
        rules=("-rc_mode", "CQP", "-idr_interval", "0"),
        quality_option="-global_quality",
        qualities={
            "h264": _scale("28", "21", "17"),
            "hevc": _scale("29", "23", "19"),
            "av1": _scale("150", "110", "80"),
        },
        speed_option="-compression_level",
        speeds=_scale("7", "4", "1"),
        own={
            "h264": ("-bf", "2", "-sei", "0"),
            "hevc": ("-bf", "2", "-sei", "0"),
            "av1": ("-bf", "0"),
        },
    ),
    "qsv": Chip(
        device=("-init_hw_device", "qsv=chip", "-filter_hw_device", "chip"),
        filters=("format=nv12",),
        pixels="nv12",
        rules=("-forced_idr", "1", "-adaptive_i", "0", "-adaptive_b", "0"),
        quality_option="-global_quality",
        qualities={
            "h264": _scale("28", "21", "17"),
            "hevc": _scale("29", "23", "19"),
            "av1": _scale("34", "27", "22"),
        },
        speed_option="-preset",
        speeds=_scale("veryfast", "medium", "slow"),
        own={
            "h264": ("-idr_interval", "0", "-bf", "2", "-a53cc", "0", "-look_ahead", "0"),
            "hevc": ("-idr_interval", "0", "-bf", "2"),
            "av1": ("-bf", "0"),
        },
    ),
    "videotoolbox": Chip(
        device=(),
        filters=(),
        pixels="yuv420p",
        rules=("-allow_sw", "0", "-bf", "2"),
        quality_option="-q:v",
        qualities={"h264": _scale("45", "65", "80"), "hevc": _scale("45", "62", "78")},
        speed_option="-prio_speed",
        speeds=_scale("1", "0", "0"),
        own={"h264": ("-a53cc", "0"), "hevc": ("-a53cc", "0")},
    ),
}

_PROFILES: Mapping[VideoCodec, str] = {"h264": "high", "hevc": "main"}
_NO_NOTES: Mapping[VideoCodec, tuple[str, ...]] = {
    "h264": ("-bsf:v", "filter_units=remove_types=6"),
    "hevc": ("-tag:v", "hvc1", "-bsf:v", "filter_units=remove_types=39|40"),
    "av1": (),
}
"""What an encoder adds about itself, or for buffers that a file does not have, is left out."""


def name(codec: VideoCodec, encoder: Encoder) -> str:
    """FFmpeg's name of it."""
    return f"{codec}_{encoder}"


def options(profile: OutputProfile) -> list[str]:
    """FFmpeg's options for the encoder alone."""
    chip, codec, quality = CHIPS[profile.encoder], profile.codec, profile.quality
    return [
        *(chip.speed_option, chip.speeds[quality]),
        *(chip.quality_option, chip.qualities[codec][quality]),
        *(("-profile:v", _PROFILES[codec]) if codec in _PROFILES else ()),
        *(("-level:v", level(profile)) if codec == "h264" else ()),
        *(("-pix_fmt", chip.pixels) if chip.pixels else ()),
        *("-g", DISTANCE, "-keyint_min", DISTANCE, "-flags:v", "+cgop+bitexact"),
        *chip.rules,
        *chip.own[codec],
        *_NO_NOTES[codec],
    ]
