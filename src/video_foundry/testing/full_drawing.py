"""Draws single pictures from their definition: a clip's frame cropped, placed, coloured and moved,
one picture taking another's place, an overlay on top. Whole planes at once and nothing rounded; the
full render decides which frames. Not used in production.
"""

from fractions import Fraction
from functools import lru_cache
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video_foundry.core.animation import LayerState
from video_foundry.core.effects import Crop, Framing, Look
from video_foundry.core.masks import Mask, value_at, weight_at
from video_foundry.core.transitions import STILL, Moment, Placement
from video_foundry.testing.full_source import Colours
from video_foundry.testing.pictures import VEILS, Picture, Plane

WITHIN = 16
"""Places along each side of a sample at which it is asked whether there is any picture."""


# --- one clip's picture ---------------------------------------------------------------------------


def looked(colours: Colours, look: Look, table: Path | None) -> Colours:
    """Exposure, temperature, contrast and saturation, as the words say; then the LUT."""
    luma = np.array([0.2126, 0.7152, 0.0722])
    warmth = float(look.temperature)
    tint = np.array([1 + 0.16 * warmth, 1, 1 - 0.16 * warmth])
    values = colours / 255 * 2 ** (float(look.exposure) / 2.2) * tint / (tint @ luma)
    values = (values - 0.5) * float(look.contrast) + 0.5
    grey = (values @ luma)[..., None]
    shown = np.clip(grey + (values - grey) * float(look.saturation), 0, 1)
    return 255 * (shown if table is None else np.clip(_through(shown, table), 0, 1))


def _through(values: Colours, table: Path) -> Colours:
    """Colours looked up in a .cube file: from the corner below, along the longest step first."""
    lines = [line.split() for line in table.read_text().splitlines()]
    rows = [
        [float(word) for word in line] for line in lines if line and line[0][0] in "-.0123456789"
    ]
    size = round(len(rows) ** (1 / 3))
    cube = np.array(rows).reshape(size, size, size, 3).transpose(2, 1, 0, 3)  # red runs fastest
    places = values * (size - 1)
    corner = np.clip(np.floor(places), 0, size - 2).astype(int)
    steps = places - corner
    order = np.argsort(-steps, axis=-1)
    longest = np.take_along_axis(steps, order, axis=-1)
    result = cube[tuple(np.moveaxis(corner, -1, 0))] * (1 - longest[..., :1])
    after = np.concatenate([longest[..., 1:], np.zeros_like(longest[..., :1])], axis=-1)
    for turn in range(3):
        corner = corner + (np.arange(3) == order[..., turn, None])
        share = longest[..., turn, None] - after[..., turn, None]
        result = result + cube[tuple(np.moveaxis(corner, -1, 0))] * share
    return np.asarray(result, np.float64)


def framed(colours: Colours, framing: Framing, size: tuple[int, int], *, aspect: float) -> Colours:
    """Cropped, scaled and placed, over the background. aspect: of one of its pixels."""
    crop, (width, height) = framing.crop or Crop(), size
    rows, columns = colours.shape[:2]
    box = (
        _even(columns * crop.left),
        _even(rows * crop.top),
        columns - _even(columns * crop.right),
        rows - _even(rows * crop.bottom),
    )
    wide, high = (box[2] - box[0]) * aspect, box[3] - box[1]
    ratios = (width / wide, height / high)
    ratio = {"fit": min(ratios), "fill": max(ratios)}.get(framing.fit)
    scale = float(framing.scale)
    across, down = (
        side * (ratio or own) * scale for side, own in zip((wide, high), ratios, strict=True)
    )
    target = (2 * round(across / 2), 2 * round(down / 2))
    drawn = _resized(colours, target, box)
    left = 2 * floor(((width - target[0]) / 2 + float(framing.x) * width) / 2)
    top = 2 * floor(((height - target[1]) / 2 + float(framing.y) * height) / 2)
    return _placed(drawn, (left, top), size, framing.background)


def _even(length: Fraction) -> float:
    """The nearest even number: so is a crop rounded, lest colour and brightness part."""
    return 2.0 * floor(length / 2 + Fraction(1, 2))


def _placed(drawn: Colours, at: tuple[int, int], size: tuple[int, int], colour: str) -> Colours:
    """A picture on a ground of one colour, cut at its edges."""
    (left, top), (width, height), (rows, columns) = at, size, drawn.shape[:2]
    flat = "000000" if colour == "black" else colour.lstrip("#")
    ground = np.empty((height, width, 3))
    ground[:] = [int(flat[n : n + 2], 16) for n in (0, 2, 4)]
    first, last = max(0, top), min(height, top + rows)
    begin, end = max(0, left), min(width, left + columns)
    if first < last and begin < end:
        ground[first:last, begin:end] = drawn[first - top : last - top, begin - left : end - left]
    return ground


def viewed(colours: Colours, view: tuple[float, float, float, float]) -> Colours:
    """A part of the picture, filling it."""
    height, width = colours.shape[:2]
    left, top, part_x, part_y = view
    box = (left * width, top * height, (left + part_x) * width, (top + part_y) * height)
    return _resized(colours, (width, height), tuple(max(0.0, side) for side in box))


def _resized(colours: Colours, size: tuple[int, int], box: tuple[float, ...]) -> Colours:
    height, width = colours.shape[:2]
    within = (box[0], box[1], min(box[2], width), min(box[3], height))
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(channel, np.float32)).resize(
                size, Image.Resampling.BICUBIC, box=within
            )
        )
        for channel in np.moveaxis(colours, 2, 0)
    ]
    return np.clip(np.stack(channels, axis=2).astype(np.float64), 0, 255)


def to_planes(colours: Colours) -> Picture:
    """BT.709 in the limited range, colour at half the size and at the left of what shares it."""
    bright, blueness, redness = _in_bt709(colours)
    return Picture((bright, _shared(blueness), _shared(redness)))


def _in_bt709(colours: Colours) -> tuple[Plane, Plane, Plane]:
    red, green, blue = (colours[..., channel] / 255 for channel in range(3))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        16 + 219 * light,
        128 + 224 * (blue - light) / 1.8556,
        128 + 224 * (red - light) / 1.5748,
    )


def _shared(plane: Plane) -> Plane:
    """One sample for two rows and columns, standing at the left one."""
    rows = (plane[0::2] + plane[1::2]) / 2
    here, right = rows[:, 0::2], rows[:, 1::2]
    left = np.concatenate([here[:, :1], right[:, :-1]], axis=1)
    return here / 2 + (left + right) / 4


# --- one picture taking another's place -----------------------------------------------------------


def changed(moment: Moment, first: Picture, second: Picture) -> Picture:
    """A moment of a transition, by its formula."""
    planes = []
    for index, (a, b) in enumerate(zip(first.planes, second.planes, strict=True)):
        share, height = (2, first.bright.shape[0]) if index else (1, first.bright.shape[0])
        one, there_a = _standing(a, moment.a, share=share, height=height)
        two, there_b = _standing(b, moment.b, share=share, height=height)
        if moment.mask is not None:
            values = _values(moment.mask, a.shape, share)
            weight = _weights(values, moment.weight, moment.softness)
        elif moment.top == "b":
            weight = moment.weight * there_b
        else:
            weight = 1 - (1 - moment.weight) * there_a
        mixed = one * (1 - weight) + two * weight
        planes.append(mixed * (1 - moment.veil) + VEILS[moment.veil_colour][index] * moment.veil)
    return Picture((planes[0], planes[1], planes[2]))


def _standing(plane: Plane, where: Placement, *, share: int, height: int) -> tuple[Plane, Plane]:
    """A plane where the picture stands, drawn out beyond its edges; and how much of each sample
    lies within it. share: luma samples to a sample of the plane; height: of the picture."""
    if where == STILL:
        return plane, np.ones(plane.shape)
    plane = _blurred(plane, where.blur * height / share)
    rows, columns = plane.shape
    # Colour stands at the left of its two columns and in the middle of its two rows.
    lead = 0.0 if share == 1 else 0.25
    down, is_down = _along(rows, 0.0, where.y, where.apart_y, where.scale)
    across, is_across = _along(columns, lead, where.x, where.apart_x, where.scale)
    return down @ plane @ across.T, np.outer(is_down, is_across)


def _along(count: int, lead: float, move: float, apart: float, scale: float) -> tuple[Plane, Plane]:
    """One direction: the part that each source sample has in each sample, and how much of it there
    is a picture at. lead: samples by which they stand before the middle of what they cover."""
    middles = np.arange(count) + 0.5 - lead
    sources, _ = _source(middles / count, move, apart, scale)
    places = np.clip(sources * count - 0.5 + lead, 0, count - 1)
    if apart:  # each half by itself, to its own edge
        is_first = middles / count - move < 0.5
        middle = count // 2
        places = np.where(is_first, np.minimum(places, middle - 1), np.maximum(places, middle))
    low = np.minimum(np.floor(places).astype(int), max(0, count - 2))
    taken = np.zeros((count, count))
    taken[np.arange(count), low] = 1 - (places - low)
    taken[np.arange(count), np.minimum(low + 1, count - 1)] += places - low
    around = (np.arange(WITHIN) + 0.5) / WITHIN - 0.5
    _, is_there = _source((middles[:, None] + around) / count, move, apart, scale)
    return taken, is_there.mean(axis=1)


def _source(
    places: Plane, move: float, apart: float, scale: float
) -> tuple[Plane, NDArray[np.bool_]]:
    """Where in the picture places (0..1) come from, and whether that is within it."""
    places = places - move
    is_there = np.ones(places.shape, bool)
    if apart:
        is_there = (places + apart < 0.5) | (places - apart >= 0.5)
        places = places + np.where(places < 0.5, apart, -apart)
    sources = (places - 0.5) / scale + 0.5
    return sources, is_there & (sources >= 0) & (sources <= 1)


def _blurred(plane: Plane, deviation: float) -> Plane:
    if deviation < 0.05:
        return plane
    reach = int(4 * deviation) + 1
    curve = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    for axis in (0, 1):
        pads = [(reach, reach) if axis == side else (0, 0) for side in (0, 1)]
        padded = np.pad(plane, pads, mode="edge")
        plane = np.apply_along_axis(np.convolve, axis, padded, curve / curve.sum(), "valid")
    return plane


@lru_cache(maxsize=64)
def _values(mask: Mask, shape: tuple[int, int], share: int) -> Plane:
    """When each sample turns, place by place."""
    rows, columns = shape
    lead = 0.0 if share == 1 else 0.25
    return np.array(
        [
            [
                value_at(mask, (column + 0.5 - lead) / columns, (row + 0.5) / rows, columns / rows)
                for column in range(columns)
            ]
            for row in range(rows)
        ]
    )


def _weights(values: Plane, edge: float, softness: float) -> Plane:
    return np.array(
        [[weight_at(value, edge, softness) for value in row] for row in values.tolist()]
    )


# --- what lies on top -----------------------------------------------------------------------------


def overlaid(picture: Picture, drawing: Colours, state: LayerState) -> Picture:
    """A drawing with alpha over a picture."""
    moved, box = _moved(drawing, state)
    alpha = moved[..., 3] / 255 * state.opacity * _uncovered(state, box, moved.shape[:2])
    small = _shared(alpha)
    planes = []
    for index, plane in enumerate(_in_bt709(moved)):
        added, covers = (_shared(plane * alpha), small) if index else (plane * alpha, alpha)
        planes.append(picture.planes[index] * (1 - covers) + added)
    return Picture((planes[0], planes[1], planes[2]))


def _moved(drawing: Colours, state: LayerState) -> tuple[Colours, tuple[int, int, int, int]]:
    """The drawing where it stands, and the box of its content before that."""
    image = Image.fromarray(drawing.astype(np.uint8))
    box = image.getchannel("A").getbbox() or (0, 0, 0, 0)
    if state.scale == 1 and state.x == state.y == 0:
        return drawing, box
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    shifts = (state.x * image.width, state.y * image.height)
    step = 1 / state.scale
    offsets = [mid - (mid + shift) * step for mid, shift in zip(middle, shifts, strict=True)]
    moved = image.transform(
        image.size,
        Image.Transform.AFFINE,
        (step, 0, offsets[0], 0, step, offsets[1]),
        resample=Image.Resampling.BILINEAR,
    )
    return np.asarray(moved, np.float64), box


def _uncovered(state: LayerState, box: tuple[int, int, int, int], shape: tuple[int, ...]) -> Plane:
    """How much of each pixel lies within the part of the content that shows."""
    sides = []
    for length, start, end, low, high in (
        (shape[0], box[1], box[3], state.clip.top, state.clip.bottom),
        (shape[1], box[0], box[2], state.clip.left, state.clip.right),
    ):
        places = np.arange(length)
        first, last = start + low * (end - start), start + high * (end - start)
        from_low = np.clip(places + 1 - first, 0, 1) if low > 0 else np.ones(length)
        to_high = np.clip(last - places, 0, 1) if high < 1 else np.ones(length)
        sides.append(from_low * to_high)
    return np.outer(sides[0], sides[1])
