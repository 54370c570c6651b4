"""What falls or hangs between the lens and an outdoor scene: rain, snow, fog, dust, lightning."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix
from video_foundry.adapters.models.storyboard.scenes.forest import motes
from video_foundry.adapters.models.storyboard.stage import Dots, Drawable, Stage
from video_foundry.adapters.models.storyboard.surfaces import mist

OUTDOORS = frozenset({"landscape", "city", "ocean", "forest", "road", "people"})


def weather(stage: Stage) -> list[Drawable]:
    """The weather of the brief; nothing indoors."""
    brief = stage.brief
    if brief.scene not in OUTDOORS:
        return []
    parts: list[Drawable] = []
    if brief.shows("lightning", "thunder", "thunderstorm"):
        parts.append(Lightning(moments=_moments(stage)))
    if brief.weather == "rain":
        parts += [Rain(stage, "far", 0.45, 0.30), Rain(stage, "near", 1.0, 0.42)]
    elif brief.weather == "snow":
        parts += [_snow(stage, "far", 90, 0.5), _snow(stage, "near", 44, 1.1)]
    elif brief.weather == "fog":
        parts += [
            mist(stage, "low fog", y=0.26, thickness=0.3, depth=0.9, strength=0.5),
            mist(stage, "high fog", y=-0.05, thickness=0.34, depth=0.6, strength=0.34),
        ]
    elif brief.weather == "dust" and brief.scene != "forest":
        parts.append(motes(stage, 60))
    return parts


class Rain:
    """Slanting streaks on a tile that wraps around."""

    slant = 0.16

    def __init__(self, stage: Stage, name: str, near: float, strength: float) -> None:
        chance = stage.chance(f"rain {name}")
        self.size = (stage.width, stage.height)
        tile = Image.new("L", self.size, 0)
        draw = ImageDraw.Draw(tile)
        wide = max(1, round(near * stage.height / 480))
        for _ in range(round(150 * stage.aspect**0.5 * (1.15 - 0.45 * near))):
            x, y = float(chance.uniform(0, stage.width)), float(chance.uniform(0, stage.height))
            length = stage.height * (0.035 + 0.075 * near) * float(chance.uniform(0.5, 1.2))
            shine = round(255 * strength * float(chance.uniform(0.3, 1.0)))
            for shift in (0, -stage.height):
                ends = [(x, y + shift), (x - length * self.slant, y + shift + length)]
                draw.line(ends, fill=shine, width=wide)
        self._tile = tile.filter(ImageFilter.GaussianBlur(0.5 if near < 1 else 0.9))
        colour: Rgb = mix(stage.palette.sky[3], (235, 242, 250), 0.6)
        if stage.palette.wash:
            colour = stage.palette.mid
        self._light = Image.new("RGB", self.size, colour)
        self._speed = stage.height * (1.1 + 1.25 * near)

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint the streaks where they are now."""
        fallen = self._speed * view.seconds
        tile = ImageChops.offset(
            self._tile, round(-fallen * self.slant) % self.size[0], round(fallen) % self.size[1]
        )
        frame.paste(self._light, (0, 0), tile)


def _snow(stage: Stage, name: str, count: int, depth: float) -> Dots:
    chance = stage.chance(f"snow {name}")
    half, tall = stage.half_width(depth) + 0.1, 1.3
    start = np.stack([chance.uniform(-half, half, count), chance.uniform(0, tall, count)], axis=1)
    phase, pace = chance.uniform(0, 6.3, count), chance.uniform(0.4, 1.2, count)
    fall = (0.07 + 0.10 * depth) * chance.uniform(0.7, 1.3, count)
    wind = 0.05 * depth * float(chance.choice([-1, 1]))
    strengths = chance.uniform(0.35, 0.95, count).astype(np.float32)

    def move(seconds: float) -> tuple[Floats, Floats]:
        x = start[:, 0] + wind * seconds + 0.02 * np.sin(phase + pace * seconds)
        x = (x + half) % (2 * half) - half
        y = (start[:, 1] + fall * seconds) % tall - tall / 2
        return np.stack([x, y], axis=1).astype(np.float32), strengths

    radii = (0.0022 + 0.0042 * depth * chance.random(count) ** 1.5).astype(np.float32)
    colour: Rgb = (252, 253, 255) if not stage.palette.wash else stage.palette.mid
    return Dots(radii=radii, colour=colour, depth=depth, move=move)


def _moments(stage: Stage) -> tuple[float, ...]:
    chance = stage.chance("lightning")
    seconds = stage.camera.frames / 24
    count = max(1, round(seconds / 3))
    return tuple(float(m) for m in np.sort(chance.uniform(0.2, max(0.4, seconds - 0.4), count)))


@dataclass(kw_only=True)
class Lightning:
    """Sheet lightning: the whole scene lights up twice and fades."""

    moments: tuple[float, ...]

    def draw(self, frame: Image.Image, view: View) -> None:
        """Lighten the frame if it flashes now."""
        power = 0.0
        for moment in self.moments:
            since = view.seconds - moment
            if 0 <= since < 0.5:
                flicker = 0.4 if 0.08 < since < 0.14 else 1.0
                power = max(power, 0.5 * flicker * (1 - since / 0.5) ** 2)
        if power > 0.01:
            frame.paste(Image.blend(frame, Image.new("RGB", frame.size, (224, 234, 255)), power))
