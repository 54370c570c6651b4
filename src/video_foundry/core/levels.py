"""The levels of H.264: which one a film's pieces have, and so the most that a clip copied into it
may ask of a decoder."""

from video_foundry.core.profile import OutputProfile

_LEVELS = (  # H.264 table A-1: name, macroblocks a second, macroblocks a frame
    ("4.0", 245_760, 8_192),
    ("4.2", 522_240, 8_704),
    ("5.0", 589_824, 22_080),
    ("5.1", 983_040, 36_864),
    ("5.2", 2_073_600, 36_864),
    ("6.0", 4_177_920, 139_264),
    ("6.1", 8_355_840, 139_264),
    ("6.2", 16_711_680, 139_264),
)


def level(profile: OutputProfile) -> str:
    """The lowest level, from 4.0 on, that has room for the profile."""
    blocks = -(-profile.width // 16) * -(-profile.height // 16)
    speed = blocks * profile.fps.fraction
    for name, most_a_second, most_a_frame in _LEVELS:
        if blocks <= most_a_frame and speed <= most_a_second:
            return name
    return _LEVELS[-1][0]


def level_number(profile: OutputProfile) -> int:
    """The same as streams write it: ten times the level."""
    return int(level(profile).replace(".", ""))
