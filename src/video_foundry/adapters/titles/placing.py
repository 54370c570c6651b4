"""Placing an image with Pillow, in the child: read it safely, size it, put it in its place."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageOps

from video_foundry.adapters.titles.canvas import MOST_PIXELS, Refused, check_size, corner, write


def image(request: dict[str, Any]) -> dict[str, Any]:
    """Read an image, bring it to its size and put it in its place."""
    check_size(request["width"], request["height"])
    picture = upright(request["path"])
    width, height = (round(side) for side in fit(picture.size, request["room"]))
    picture = picture.resize((max(1, width), max(1, height)), Image.Resampling.LANCZOS)
    left, top = corner(request, *picture.size)
    frame = Image.new("RGBA", (request["width"], request["height"]))
    frame.paste(picture, (int(left), int(top)))
    return {"box": write(frame, request["target"])}


def fit(size: tuple[int, int], room: list[int]) -> tuple[float, float]:
    """`size` made as large as it can be within `room`, in its own proportions."""
    scale = min(room[0] / size[0], room[1] / size[1])
    return size[0] * scale, size[1] * scale


def upright(path: str) -> Any:
    """The image as RGBA in sRGB, turned as its camera says."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as picture:
            check_size(*picture.size)
            picture.load()
            return in_srgb(ImageOps.exif_transpose(picture), picture.info.get("icc_profile"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(f"the image has more than {MOST_PIXELS:,} pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Refused("the file is no PNG, JPEG or WebP image that can be read") from error


def in_srgb(picture: Any, profile: bytes | None) -> Any:
    """RGBA with the colours of sRGB."""
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
        base = picture.convert("RGB") if alpha is not None else picture
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            done = ImageCms.profileToProfile(base, source, target, outputMode="RGB") or base
        except (ImageCms.PyCMSError, OSError):  # a broken profile says nothing about the pixels
            done = base
        picture = done.convert("RGBA")
        if alpha is not None:
            picture.putalpha(alpha)
    return picture.convert("RGBA")
