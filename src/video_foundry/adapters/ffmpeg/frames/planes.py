"""One picture in memory: 4:2:0 planes of 8 bits, as FFmpeg's pipes carry it.

Knows where samples lie, not what is drawn.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
Words: TypeAlias = NDArray[np.uint16]
Floats: TypeAlias = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, both even."""

    width: int
    height: int

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.width / self.height

    @property
    def planes(self) -> tuple[tuple[int, int], ...]:
        """Rows and columns of each of the three planes."""
        half = (self.height // 2, self.width // 2)
        return (self.height, self.width), half, half

    @property
    def length(self) -> int:
        """Bytes of a picture."""
        return self.width * self.height * 3 // 2


class Frame:
    """A picture: one buffer and a view of each plane."""

    def __init__(self, size: Size, buffer: Bytes | None = None) -> None:
        self.size = size
        self.buffer: Bytes = np.empty(size.length, np.uint8) if buffer is None else buffer

    @cached_property
    def planes(self) -> tuple[Bytes, Bytes, Bytes]:
        """Brightness, blueness and redness, as views of rows and columns."""
        views, start = [], 0
        for rows, columns in self.size.planes:
            end = start + rows * columns
            views.append(self.buffer[start:end].reshape(rows, columns))
            start = end
        return views[0], views[1], views[2]

    @property
    def raw(self) -> memoryview:
        """The buffer for pipes."""
        return self.buffer.data

    def copy(self) -> "Frame":
        """The same picture in a buffer of its own."""
        return Frame(self.size, self.buffer.copy())


def sample_places(size: Size, plane: int) -> tuple[Floats, Floats]:
    """x of each column and y of each row of a plane, as fractions of the picture.

    Colour samples stand at the left of the two columns, and between the two rows, that share them.
    """
    rows, columns = size.planes[plane]
    if plane == 0:
        across, down = np.arange(columns) + 0.5, np.arange(rows) + 0.5
    else:
        across, down = 2 * np.arange(columns) + 0.5, 2 * np.arange(rows) + 1.0
    return (across / size.width).astype(np.float32), (down / size.height).astype(np.float32)
