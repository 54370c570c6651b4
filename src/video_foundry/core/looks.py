"""What a look does to a colour, and the reading of .cube files (lookup tables for colours).

Pure numbers on BT.709 red, green and blue as they are coded, 0..1; drawing is somebody else's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from video_foundry.core.effects import Look
from video_foundry.errors import BadInput

LARGEST_CUBE = 65
"""Steps along each side; the largest that is commonly made."""

LARGEST_CUBE_FILE = 16 * 1024**2
"""Bytes of a .cube file; one of 65 steps has some 8 million."""

Colour: TypeAlias = tuple[float, float, float]

Matrix: TypeAlias = tuple[tuple[float, float, float, float], ...]
"""Three rows for the new red, green and blue: factors for red, green, blue, and what is added."""

_LUMA: Colour = (0.2126, 0.7152, 0.0722)
_DISPLAY_GAMMA = 2.2
_WARMEST = 0.16
"""By how much red rises and blue falls at temperature 1."""

_FARTHEST_DOMAIN = 100.0


def matrix_of(look: Look) -> Matrix:
    """What a look does to a colour, before it is cut to 0..1 and the LUT has its turn.

    A stop doubles the light, temperature keeps the brightness of white, contrast turns about the
    middle, and saturation keeps the brightness of every colour.
    """
    gains = _gains(float(look.exposure), float(look.temperature))
    contrast, saturation = float(look.contrast), float(look.saturation)
    rows = []
    for row in range(3):
        mixed = [
            ((1 - saturation) * _LUMA[column] + (saturation if row == column else 0))
            * contrast
            * gains[column]
            for column in range(3)
        ]
        rows.append((mixed[0], mixed[1], mixed[2], (1 - contrast) / 2))
    return tuple(rows)


def apply(matrix: Matrix, colour: Colour) -> Colour:
    """A colour under the matrix, not cut to 0..1."""
    red, green, blue = (
        sum(factor * part for factor, part in zip(row, (*colour, 1.0), strict=True))
        for row in matrix
    )
    return red, green, blue


def _gains(stops: float, temperature: float) -> Colour:
    bright = 2 ** (stops / _DISPLAY_GAMMA)
    tint = (1 + _WARMEST * temperature, 1.0, 1 - _WARMEST * temperature)
    white = sum(share * part for share, part in zip(_LUMA, tint, strict=True))
    red, green, blue = (bright * part / white for part in tint)
    return red, green, blue


@dataclass(frozen=True, kw_only=True)
class Cube:
    """A table of `size`^3 colours, red running fastest; low, high: the colours at its ends."""

    size: int
    colours: tuple[Colour, ...]
    low: Colour = (0.0, 0.0, 0.0)
    high: Colour = (1.0, 1.0, 1.0)


_KEY = re.compile(r"[A-Z][A-Z0-9_]*")


def parse_cube(text: str, *, field: str = "lut") -> Cube:
    """Read a .cube file of three dimensions.

    Raises BadInput naming the line for anything that is wrong with it.
    """
    if len(text) > LARGEST_CUBE_FILE:
        raise _refusal(field, f"is larger than {LARGEST_CUBE_FILE // 1024**2} MiB")
    size, ends, colours = 0, {"DOMAIN_MIN": (0.0,) * 3, "DOMAIN_MAX": (1.0,) * 3}, []
    for place, line in _lines(text):
        key, *rest = line.split()
        if not _KEY.fullmatch(key):
            colours.append(_colour(line, place, field))
            if len(colours) > max(1, size) ** 3:
                break
        elif key == "LUT_3D_SIZE":
            size = _size(rest, place, field)
        elif key in ends:
            ends[key] = _colour(" ".join(rest), place, field)
        elif key not in {"TITLE", "LUT_3D_INPUT_RANGE"}:
            what = "one-dimensional tables" if key == "LUT_1D_SIZE" else f"{key[:30]!r}"
            raise _refusal(field, f"has in line {place} {what}, which cannot be used")
    return _cube(size, colours, ends["DOMAIN_MIN"], ends["DOMAIN_MAX"], field)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for place, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        line = raw.partition("#")[0].strip() if not raw.lstrip().startswith("TITLE") else "TITLE"
        if line:
            yield place, line


def _size(words: list[str], place: int, field: str) -> int:
    text = words[0] if len(words) == 1 else ""
    size = int(text) if text.isdecimal() and len(text) < 5 else 0
    if not 2 <= size <= LARGEST_CUBE:
        raise _refusal(field, f"has in line {place} a size that is not from 2 to {LARGEST_CUBE}")
    return size


def _colour(line: str, place: int, field: str) -> Colour:
    try:
        red, green, blue = (float(word) for word in line.split())
    except ValueError as error:
        raise _refusal(field, f"has in line {place} something else than three numbers") from error
    if not all(abs(part) <= _FARTHEST_DOMAIN for part in (red, green, blue)):  # NaN fails too
        raise _refusal(field, f"has in line {place} a number out of range")
    return red, green, blue


def _cube(size: int, colours: list[Colour], low: Colour, high: Colour, field: str) -> Cube:
    if not size:
        raise _refusal(field, "has no line LUT_3D_SIZE before its colours")
    if len(colours) != size**3:
        many = "more than" if len(colours) > size**3 else f"only {len(colours)} of"
        raise _refusal(field, f"has {many} the {size**3} colours that a size of {size} needs")
    if any(end <= start for start, end in zip(low, high, strict=True)):
        raise _refusal(field, "has a DOMAIN_MAX that is not above its DOMAIN_MIN")
    return Cube(size=size, colours=tuple(colours), low=low, high=high)


def _refusal(field: str, what: str) -> BadInput:
    return BadInput(
        f"the LUT {what}", field=field, fix="export it again as a three-dimensional .cube file"
    )


def write_cube(cube: Cube) -> str:
    """The text of a .cube file that holds the same table and nothing else."""
    head = [f"LUT_3D_SIZE {cube.size}"]
    for name, colour in (("DOMAIN_MIN", cube.low), ("DOMAIN_MAX", cube.high)):
        head.append(f"{name} {_numbers(colour)}")
    return "\n".join([*head, *(_numbers(colour) for colour in cube.colours), ""])


def cube_of(matrix: Matrix) -> Cube:
    """A table of two steps a side that does just what the matrix does, by interpolation."""
    ends = (0.0, 1.0)
    corners = [(red, green, blue) for blue in ends for green in ends for red in ends]
    return Cube(size=2, colours=tuple(apply(matrix, corner) for corner in corners))


def _numbers(colour: Colour) -> str:
    return " ".join(f"{part:.9f}" for part in colour)
