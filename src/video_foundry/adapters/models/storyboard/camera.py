"""Camera moves: where the camera stands at each moment, and where a place in the scene lands.

The scene's unit is the height of the frame; (0, 0) is its middle, y grows downwards. Pure.
"""

import math
from dataclasses import dataclass

from video_foundry.adapters.models.storyboard.request import FPS

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, kw_only=True)
class View:
    """One moment: the camera's place, and the zoom of the nearest layer (1: as drawn)."""

    x: float
    y: float
    zoom: float
    width: int
    height: int
    seconds: float
    """Time since the shot began."""
    share: float
    """The same as a share of the shot, 0..1."""

    def scale(self, depth: float) -> float:
        """Pixels per scene unit at `depth` (0 far away .. 1 near, above 1 very near)."""
        return (1 + (self.zoom - 1) * (0.2 + 0.8 * depth)) * self.height

    def place(self, x: float, y: float, depth: float) -> tuple[float, float]:
        """Pixel of a place in the scene."""
        scale = self.scale(depth)
        return (
            (x - self.x * depth) * scale + self.width / 2,
            (y - self.y * depth) * scale + self.height / 2,
        )

    def box(self, bounds: Box, depth: float) -> Box:
        """Pixels of a rectangle of the scene."""
        left, top = self.place(bounds[0], bounds[1], depth)
        right, bottom = self.place(bounds[2], bounds[3], depth)
        return left, top, right, bottom


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A move over a shot of `frames` frames in a frame of width x height pixels."""

    move: str
    frames: int
    width: int
    height: int

    @property
    def reach(self) -> float:
        """How far the camera strays from the middle, in scene units: what layers must overlap."""
        return self._travel if self.move != "static" else 0.0

    def at(self, frame: int) -> View:
        """The view of one frame."""
        share = frame / max(1, self.frames - 1)
        eased = _eased(share)
        side = (eased - 0.5) * 2 * self._travel
        x, y, zoom = 0.0, 0.0, 1.0
        if self.move == "push in":
            zoom = 1 + self._growth * eased
        elif self.move == "pull out":
            zoom = 1 + self._growth * (1 - eased)
        elif self.move in ("pan right", "pan left"):
            x = side if self.move == "pan right" else -side
        elif self.move in ("tilt up", "tilt down"):
            y = (-side if self.move == "tilt up" else side) * 0.8
            zoom = 1.04
        elif self.move == "orbit":
            x = math.sin((share - 0.5) * math.pi) * self._travel
            zoom = 1.02 + 0.05 * math.cos((share - 0.5) * math.pi)
        return View(
            x=x,
            y=y,
            zoom=zoom,
            width=self.width,
            height=self.height,
            seconds=frame / FPS,
            share=share,
        )

    @property
    def _travel(self) -> float:
        """Half the way of a sideways move: longer shots go further, but ever more slowly."""
        return min(0.3, 0.06 * math.sqrt(self.frames / FPS) + 0.04) * min(
            1.0, 0.5 + self.width / self.height / 2
        )

    @property
    def _growth(self) -> float:
        return min(0.34, 0.075 * math.sqrt(self.frames / FPS) + 0.03)


def _eased(share: float) -> float:
    """Even speed with soft ends."""
    soft = share * share * (3 - 2 * share)
    return 0.55 * share + 0.45 * soft
