"""A shot that begins with a given picture: held for a moment, then dissolved into what is drawn."""

import numpy as np
from PIL import Image, ImageOps

from video_foundry.adapters.models.storyboard.encode import Frame
from video_foundry.adapters.models.storyboard.request import FPS

HELD = FPS // 2
"""Frames that show the picture alone, in a shot that is long enough."""
DISSOLVE = FPS
"""Frames over which it turns into the scene."""


def read_opening(path: str, size: tuple[int, int]) -> Frame:
    """The picture, filling a frame of this width and height, its middle kept."""
    with Image.open(path) as picture:
        fitted = ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
    return np.asarray(fitted, dtype=np.uint8)


def opened(opening: Frame, frame: Frame, index: int, frames: int) -> Frame:
    """A frame of the shot, under as much of the picture as is left at its index. The whole opening
    never takes more than half of the shot."""
    stretch = min(1.0, frames / 2 / (HELD + DISSOLVE))
    share = 1.0 - (index / stretch - HELD) / DISSOLVE
    if share >= 1.0:
        return opening
    if share <= 0.0:
        return frame
    mixed = opening.astype(np.float32) * share + frame.astype(np.float32) * (1.0 - share)
    rounded: Frame = np.rint(mixed).astype(np.uint8)
    return rounded
