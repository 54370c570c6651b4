"""One titler for all tests here, and a desk that draws, keeps what it drew, and looks at it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from numpy.typing import NDArray
from PIL import Image

from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.profile import OutputProfile
from video_foundry.core.titles import text_from_json
from video_foundry.ports.titles import DrawnTitle, TitleStep

WIDTH, HEIGHT = 1280, 720

Pixels = NDArray[np.uint8]


def step(text: str, *, width: int = WIDTH, height: int = HEIGHT, **told: Any) -> TitleStep:
    """A title as users write it."""
    item = text_from_json({"text": text, **told}, field="text.0")
    return TitleStep(
        spec=item.spec, profile=OutputProfile(width=width, height=height), label="text 1"
    )


def pixels_of(path: Path) -> Pixels:
    """Height x width x RGBA."""
    with Image.open(path) as image:
        assert image.mode == "RGBA"
        return np.asarray(image)


def names_in(folder: Path) -> list[str]:
    """The names of all files, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


@dataclass
class Desk:
    """Draws titles into one folder."""

    titler: SkiaTitler
    folder: Path
    drawn: DrawnTitle | None = field(default=None)

    async def draw(self, text: str, **told: Any) -> Pixels:
        """The picture; what was said of it is in `drawn`."""
        target = self.folder / "title.png"
        self.drawn = await self.titler.title(step(text, **told), target)
        return pixels_of(target)

    async def plain(self, text: str, **style: Any) -> Pixels:
        """Only the letters, white, without wrapping, shadow or outline; cut to what shows."""
        look = {"font": "Noto Sans", "weight": 400, "size": "0.1", "max_width": 1}
        look |= {"outline_width": 0, "shadow_opacity": 0} | style
        pixels = await self.draw(text, preset="caption", style=look)
        assert self.drawn is not None
        left, top, right, bottom = self.drawn.box
        return pixels[top:bottom, left:right]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def titler() -> AsyncIterator[SkiaTitler]:
    made = SkiaTitler()
    yield made
    await made.aclose()


@pytest.fixture
def desk(titler: SkiaTitler, tmp_path: Path) -> Desk:
    return Desk(titler, tmp_path)
