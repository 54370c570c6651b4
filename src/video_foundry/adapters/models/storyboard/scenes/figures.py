"""Small living things that several scenes share: people seen from afar, birds."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix
from video_foundry.adapters.models.storyboard.stage import Brush, Stage


def standing_figure(
    brush: Brush, x: float, y: float, height: float, *, side: float = 1.0, dress: bool = False
) -> None:
    """A person in a long coat or a dress, feet at (x, y), looking to one side."""
    head = height * 0.062
    top = y - height

    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * height * side, top + dy * height

    brush.ellipse(*at(0.012, 0.066), head * 0.86, head * 1.06)
    brush.polygon([at(-0.03, 0.1), at(0.035, 0.1), at(0.04, 0.17), at(-0.035, 0.17)])
    coat = [
        at(-0.035, 0.145), at(-0.115, 0.185), at(-0.135, 0.26), at(-0.118, 0.42), at(-0.105, 0.52),
        at(-0.128, 0.70), at(-0.02, 0.715), at(0.0, 0.69), at(0.02, 0.715), at(0.112, 0.69),
        at(0.092, 0.50), at(0.112, 0.40), at(0.128, 0.26), at(0.112, 0.19), at(0.04, 0.145),
    ]  # fmt: skip
    if dress:
        _dress(brush, at)
        return
    brush.polygon(coat)
    brush.polygon([at(-0.105, 0.66), at(-0.022, 0.66), at(-0.030, 0.97), at(-0.085, 0.97)])
    brush.polygon([at(0.012, 0.66), at(0.088, 0.66), at(0.105, 0.97), at(0.048, 0.97)])
    brush.polygon([at(-0.088, 0.955), at(-0.03, 0.955), at(0.0, 1.0), at(-0.09, 1.0)])
    brush.polygon([at(0.046, 0.955), at(0.106, 0.955), at(0.142, 1.0), at(0.046, 1.0)])


def wears_dress(stage: Stage) -> bool:
    """Whether the prompt speaks of a woman rather than of anybody else."""
    return stage.brief.shows("woman", "girl", "she", "her", "queen", "bride", "actress", "dancer")


def _dress(brush: Brush, at: Callable[[float, float], tuple[float, float]]) -> None:
    hair = [
        at(0.045, 0.0), at(-0.03, -0.008), at(-0.075, 0.04), at(-0.082, 0.12), at(-0.098, 0.235),
        at(-0.05, 0.245), at(-0.02, 0.16), at(0.0, 0.08),
    ]  # fmt: skip
    brush.polygon(hair)
    body = [
        at(-0.03, 0.145), at(-0.088, 0.18), at(-0.105, 0.30), at(-0.098, 0.45), at(-0.07, 0.44),
        at(-0.062, 0.36), at(-0.06, 0.42), at(-0.082, 0.52), at(-0.155, 0.775), at(-0.05, 0.79),
        at(0.06, 0.785), at(0.145, 0.765), at(0.078, 0.52), at(0.058, 0.42), at(0.062, 0.36),
        at(0.07, 0.44), at(0.098, 0.45), at(0.102, 0.30), at(0.085, 0.18), at(0.035, 0.145),
    ]  # fmt: skip
    brush.polygon(body)
    brush.polygon([at(-0.062, 0.76), at(-0.016, 0.76), at(-0.028, 0.965), at(-0.056, 0.965)])
    brush.polygon([at(0.014, 0.76), at(0.062, 0.76), at(0.062, 0.965), at(0.034, 0.965)])
    brush.polygon([at(-0.058, 0.955), at(-0.026, 0.955), at(0.008, 1.0), at(-0.06, 1.0)])
    brush.polygon([at(0.034, 0.955), at(0.064, 0.955), at(0.1, 1.0), at(0.032, 1.0)])


@dataclass(kw_only=True)
class Flock:
    """Birds that glide and flap."""

    places: Floats
    phases: Floats
    sizes: Floats
    speed: float
    colour: Rgb

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint each bird as two curved wings."""
        draw = ImageDraw.Draw(frame)
        depth = 0.3
        for (x, y), phase, size in zip(
            self.places.tolist(), self.phases.tolist(), self.sizes.tolist(), strict=True
        ):
            flap = math.sin(view.seconds * 5.2 + phase) * (
                0.4 + 0.6 * math.sin(view.seconds * 0.9 + phase)
            )
            place = view.place(
                x + self.speed * view.seconds, y + 0.004 * math.sin(view.seconds + phase), depth
            )
            self._bird(draw, place, size * view.scale(depth), flap)

    def _bird(
        self, draw: ImageDraw.ImageDraw, place: tuple[float, float], span: float, flap: float
    ) -> None:
        x, y = place
        lift = span * (0.16 + 0.34 * flap)
        for side in (-1, 1):
            tip = (x + side * span, y - lift)
            elbow = (x + side * span * 0.45, y - lift * 0.9 - span * 0.16)
            under = (x + side * span * 0.42, y - lift * 0.75 + span * 0.02)
            draw.polygon(
                [(x, y - span * 0.05), elbow, tip, under, (x, y + span * 0.09)], fill=self.colour
            )


def birds(stage: Stage, height: float) -> Flock:
    """A loose flock crossing the sky around a height."""
    chance = stage.chance("birds")
    count = int(chance.integers(4, 8))
    way = float(chance.choice([-1, 1]))
    centre = -way * 0.18 * stage.aspect
    rows = np.arange(count) - count / 2
    places = np.stack(
        [
            centre - way * np.abs(rows) * 0.035 + chance.normal(0, 0.012, count),
            height + rows * 0.018 + chance.normal(0, 0.010, count),
        ],
        axis=1,
    ).astype(np.float32)
    return Flock(
        places=places,
        phases=chance.uniform(0, 6.3, count).astype(np.float32),
        sizes=chance.uniform(0.007, 0.0125, count).astype(np.float32) * stage.unit,
        speed=way * 0.03,
        colour=mix(stage.palette.near, stage.palette.mid, 0.3),
    )
