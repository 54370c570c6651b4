"""FFmpeg's options for the picture of a piece, whatever encodes it."""

from video_foundry.adapters.ffmpeg.encoding import hardware, software
from video_foundry.adapters.ffmpeg.settings import timescale
from video_foundry.core.profile import OutputProfile

_COLOUR = (
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-color_range", "tv"),
)


def encoder_name(profile: OutputProfile) -> str:
    """What FFmpeg calls the encoder."""
    if profile.encoder == "software":
        return software.NAMES[profile.codec]
    return hardware.name(profile.codec, profile.encoder)


def picture_encoder(profile: OutputProfile, *, threads: int) -> list[str]:
    """Output options for the picture. threads: of an encoder that runs on the processor."""
    if profile.encoder == "software":
        own = software.OPTIONS[profile.codec](profile, threads)
        ends = ["-threads:v", str(threads)]
    else:
        own, ends = hardware.options(profile), []
    if profile.codec == "h264" and profile.encoder == "software":
        ends += ["-bsf:v", "filter_units=remove_types=6"]
    return ["-c:v", encoder_name(profile), *own, *_COLOUR, *ends, "-fps_mode:v", "passthrough"]


def device_options(profile: OutputProfile) -> list[str]:
    """What must be said before any input."""
    chip = hardware.CHIPS.get(profile.encoder)
    return list(chip.device) if chip else []


def encoder_filters(profile: OutputProfile) -> list[str]:
    """The end of the picture's filter chain."""
    chip = hardware.CHIPS.get(profile.encoder)
    return list(chip.filters) if chip else []


def picture_container(profile: OutputProfile) -> list[str]:
    """Output options for the file of a piece: nothing in it that varies."""
    return [
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
        *("-write_tmcd", "0", "-video_track_timescale", str(timescale(profile.fps))),
        *("-f", profile.format.piece),
    ]
