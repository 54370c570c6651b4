"""How the picture of a piece is encoded: one set of options for every piece of a profile.

Others use what is named here; a change of what it gives changes pixels or parameter sets, so the
composer's version must be raised with it.
"""

from video_foundry.adapters.ffmpeg.encoding.offered import Offers
from video_foundry.adapters.ffmpeg.encoding.options import (
    device_options,
    encoder_filters,
    encoder_name,
    picture_container,
    picture_encoder,
)

__all__ = [
    "Offers",
    "device_options",
    "encoder_filters",
    "encoder_name",
    "picture_container",
    "picture_encoder",
]
