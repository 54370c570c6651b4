"""The last touch on every frame: vignette, paper grain of the styles that have it, film grain."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from video_foundry.adapters.models.storyboard.pixels import noise
from video_foundry.adapters.models.storyboard.stage import Stage

TILES = 8
MIDDLE = 128
"""The grain tiles' value for no change."""

GRAIN = 1.6
"""Standard deviation of the grain, in 8-bit steps."""


class Finish:
    """Prepared once for a shot."""

    def __init__(self, stage: Stage) -> None:
        chance = stage.chance("finish")
        self._vignette = self._shade(stage)
        strength = GRAIN * stage.height**0.5 / 540**0.5
        self._grain = [self._tile(stage, chance, strength) for _ in range(TILES)]

    def apply(self, frame: Image.Image, index: int) -> NDArray[np.uint8]:
        """The finished pixels (height x width x 3); grain changes every second frame."""
        shaded = ImageChops.multiply(frame, self._vignette)
        grain = self._grain[(index // 2) % len(self._grain)]
        return np.asarray(ImageChops.add(shaded, grain, offset=-MIDDLE))

    @staticmethod
    def _tile(stage: Stage, chance: np.random.Generator, strength: float) -> Image.Image:
        size = (stage.height, stage.width)
        values = chance.standard_normal(size, dtype=np.float32) * strength + MIDDLE
        level = Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
        return Image.merge("RGB", (level, level, level))

    @staticmethod
    def _shade(stage: Stage) -> Image.Image:
        width, height = stage.width, stage.height
        x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        corner = np.clip((x * x + y * y) / 2, 0, 1)
        depth = 0.14 if stage.palette.wash or stage.palette.cut else 0.3
        shade = 1 - depth * corner**1.5
        if stage.palette.texture:
            fibre = noise(stage.chance("paper"), (width, height), (width / 5, height / 5), 2)
            blotch = noise(stage.chance("blotch"), (width, height), (6, 4), 3)
            shade = shade * (1 - stage.palette.texture * (fibre * 0.75 + blotch * 0.5))
        level = Image.fromarray((np.clip(shade, 0, 1) * 255).astype(np.uint8))
        return Image.merge("RGB", (level, level, level))
