"""What titles and images share in the child that draws them: the frame, its limits and the file."""

from typing import Any, TypeAlias

MOST_PIXELS = 50_000_000
"""Of a frame, and of an image that is to be placed."""

_RUN_LENGTHS = 3  # Z_RLE of zlib

Frame: TypeAlias = tuple[float, float, float, float]
"""left, top, right, bottom of a box, in pixels of the frame."""

Region: TypeAlias = tuple[int, int, int, int]
"""The same, in whole pixels."""


class Refused(Exception):
    """It cannot be drawn; the text is a clause for people."""


def check_size(width: int, height: int) -> None:
    """Refuse what would take unreasonable memory."""
    if width < 1 or height < 1:
        raise Refused("the picture has no size")
    if width * height > MOST_PIXELS:
        raise Refused(f"{width} x {height} is more than {MOST_PIXELS:,} pixels")


def corner(request: dict[str, Any], width: float, height: float) -> tuple[float, float]:
    """Where the top left corner of a box of this size goes."""
    x, y, across, down = request["spot"]
    left = min(max(x - across * width, 0.0), request["width"] - width)
    top = min(max(y - down * height, 0.0), request["height"] - height)
    return float(round(left)), float(round(top))


def write(picture: Any, target: str) -> Region:
    """Write an RGBA picture as a PNG; returns the box of all that is not clear."""
    box = picture.getchannel("A").getbbox() or (0, 0, 0, 0)
    # Long runs of clear pixels: this is twice as quick as the usual way, and hardly larger.
    picture.save(target, "PNG", compress_level=1, compress_type=_RUN_LENGTHS)
    return int(box[0]), int(box[1]), int(box[2]), int(box[3])
