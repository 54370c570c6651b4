"""What the child is asked: a step turned into plain numbers, pixels and file names of ours."""

from typing import Any

from video_foundry.adapters.titles.library import FontLibrary, Line
from video_foundry.core.placement import Spot, spot_of
from video_foundry.core.profile import OutputProfile
from video_foundry.core.title_room import SMALLEST_SCALE
from video_foundry.core.title_style import TitleStyle
from video_foundry.core.writing import is_right_to_left, may_be_spaced
from video_foundry.ports.titles import ImageStep, TitleStep

_RIGHT_TO_LEFT, _END = "\u2067", "\u2069"


def title_request(step: TitleStep, library: FontLibrary) -> dict[str, Any]:
    """The whole title, but for where it goes."""
    spec, profile = step.spec, step.profile
    style = spec.style
    size = style.size * min(profile.width, profile.height)
    lines = library.lines(spec)
    is_reversed = is_right_to_left(spec.text)
    faces = list(dict.fromkeys(f for line in lines for run in line.runs for f in run.faces))
    return {
        "task": "title",
        "width": profile.width,
        "height": profile.height,
        "faces": [
            {"path": str(library.path(f.file)), "index": f.index, "weight": f.weight} for f in faces
        ],
        "lines": [_line(line, style, faces) for line in lines],
        "size": float(size),
        "smallest": SMALLEST_SCALE,
        "align": _side(style.align, is_reversed=is_reversed),
        "bar_side": "right" if is_reversed else "left",
        "max_width": float(style.max_width * profile.width),
        "max_height": float(style.max_height * profile.height),
        "gap": float(style.rest_gap),
        "line_height": float(style.line_height),
        "opacity": float(style.opacity),
        "language": spec.language,
        "spot": _spot(spot_of(spec.placement, profile.width, profile.height)),
        **_decoration(style),
    }


def image_request(step: ImageStep) -> dict[str, Any]:
    """The whole image, but for where it goes."""
    return {
        "task": "image",
        "path": str(step.source),
        "spot": _spot(spot_of(step.spec.placement, step.profile.width, step.profile.height)),
        **_room(step.profile, float(step.spec.scale)),
    }


def _room(profile: OutputProfile, scale: float) -> dict[str, Any]:
    return {
        "width": profile.width,
        "height": profile.height,
        "room": [max(1, round(profile.width * scale)), max(1, round(profile.height * scale))],
    }


def _line(line: Line, style: TitleStyle, faces: list[Any]) -> dict[str, Any]:
    """Text that runs to the left is isolated as such, whatever its line begins with."""
    runs = [[run.text, [faces.index(face) for face in run.faces]] for run in line.runs]
    if runs and is_right_to_left(line.text):
        runs[0][0] = _RIGHT_TO_LEFT + str(runs[0][0])
        runs[-1][0] = str(runs[-1][0]) + _END
    color = style.color if line.is_first else style.rest_color or style.color
    return {
        "runs": runs,
        "scale": 1.0 if line.is_first else float(style.rest_scale),
        "color": _channels(color),
        "spacing": float(style.letter_spacing) if may_be_spaced(line.text) else 0.0,
    }


def _side(align: str, *, is_reversed: bool) -> str:
    if align in ("start", "end"):
        return "left" if (align == "start") != is_reversed else "right"
    return align


def _spot(spot: Spot) -> list[float]:
    return [float(spot.x), float(spot.y), float(spot.across), float(spot.down)]


def _decoration(style: TitleStyle) -> dict[str, Any]:
    """Lengths in sizes; None for what is not drawn."""
    outline = {"color": _channels(style.outline_color), "width": float(style.outline_width)}
    shadow = {
        "color": _channels(style.shadow_color, float(style.shadow_opacity)),
        "x": float(style.shadow_x),
        "y": float(style.shadow_y),
        "blur": float(style.shadow_blur),
    }
    box = {
        "color": _channels(style.box_color, float(style.box_opacity)),
        "x": float(style.box_padding_x),
        "y": float(style.box_padding_y),
        "radius": float(style.box_radius),
    }
    bar = {"color": _channels(style.bar_color), "width": float(style.bar_width)}
    return {
        "outline": outline if style.outline_width else None,
        "shadow": shadow if style.shadow_opacity else None,
        "box": box if style.box_opacity else None,
        "bar": bar if style.bar_width else None,
    }


def _channels(color: str, opacity: float = 1.0) -> list[int]:
    """#rrggbb as alpha, red, green, blue."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return [round(255 * opacity), red, green, blue]
