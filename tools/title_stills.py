"""Draws the pictures of docs/titles.md and writes that page, both from the presets.

Run `.venv/bin/python -m tools.title_stills` after a change of a preset, a font or a limit.
"""

import asyncio
import sys
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tools.transition_stills import drawn_scene
from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.models.storyboard.adapter import StoryboardModel
from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.caption_reading import ENCODINGS
from video_foundry.core.easing import EASINGS
from video_foundry.core.fonts import FAMILIES, LANGUAGES
from video_foundry.core.placement import ANCHORS
from video_foundry.core.profile import OutputProfile
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.title_style import LIMITS, TitleStyle
from video_foundry.core.titles import MOST_OVERLAYS, TitleSpec, text_from_json
from video_foundry.core.wording import decimal
from video_foundry.core.writing import MOST_CHARACTERS, MOST_LINES
from video_foundry.ports.titles import TitleStep

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "titles.md"
TEXT = Path(__file__).with_name("titles.md.in")
STILLS = ROOT / "docs" / "images" / "titles"

PROMPTS = (
    "A lighthouse above a calm sea at sunset",
    "A snowy forest under the stars",
    "A bright desert at noon",
)
SCRIPTS = (
    "Every script",
    "مرحبا بالعالم · שלום עולם",
    "नमस्ते · বাংলা · தமிழ் · ภาษาไทย",
    "日本語 · 简体中文 · 한국어",
    "👩‍🚀 🏳️‍🌈 👍🏽 🇯🇵 ❤️",
)
SHAPES = ((720, 1280), (1080, 1080))
SHOWN = {"title": 0, "lower-third": 1, "caption": 0, "quote": 2}
"""The presets that are shown in other shapes as well, and over which scene."""


async def scenes(folder: Path) -> list[Image.Image]:
    """One picture of each prompt."""
    compositor, model = FFmpegCompositor(scratch=folder), StoryboardModel()
    pictures = []
    for place, prompt in enumerate(PROMPTS):
        clip, still = await drawn_scene(model, prompt), folder / f"{place}.jpg"
        await compositor.thumbnail(clip, still, width=960, at=Fraction(1, 2))
        with Image.open(still) as picture:
            pictures.append(bare(picture.convert("RGB")))
    await compositor.aclose()
    return pictures


def bare(scene: Image.Image) -> Image.Image:
    """A scene without the words that the storyboard writes at its edges."""
    width, height = scene.size
    return scene.crop((width // 10, height // 8, width * 9 // 10, height * 5 // 6))


class Easel:
    """Puts titles over scenes."""

    def __init__(self, titler: SkiaTitler, folder: Path) -> None:
        self.titler, self.target = titler, folder / "title.png"

    async def over(self, scene: Image.Image, spec: TitleSpec, size: tuple[int, int]) -> Image.Image:
        """A title in a frame of this size, the scene filling it."""
        width, height = size
        step = TitleStep(
            spec=spec, profile=OutputProfile(width=width, height=height), label="still"
        )
        await self.titler.title(step, self.target)
        frame = filling(scene, size)
        with Image.open(self.target) as title:
            frame.paste(title, (0, 0), title)
        return frame


def filling(scene: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of a scene, made just large enough to cover the frame."""
    width, height = size
    scale = max(width / scene.width, height / scene.height)
    large = scene.resize((round(scene.width * scale), round(scene.height * scale)))
    left, top = (large.width - width) // 2, (large.height - height) // 2
    return large.crop((left, top, left + width, top + height))


def save(picture: Image.Image, name: str, width: int) -> None:
    """One small picture."""
    height = round(picture.height * width / picture.width)
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    small.save(STILLS / f"{name}.webp", "WEBP", quality=70, method=6)


async def draw_all(folder: Path) -> None:
    """Every picture of the page."""
    pictures, titler = await scenes(folder), SkiaTitler()
    easel = Easel(titler, folder)
    for place, preset in enumerate(PRESETS.values()):
        item = text_from_json({"text": preset.sample, "preset": preset.name}, field="still")
        scene = pictures[place % len(pictures)]
        save(await easel.over(scene, item.spec, (1280, 720)), preset.name, 400)
    await draw_shapes(easel, pictures)
    scripts = text_from_json({"text": "\n".join(SCRIPTS), "preset": "title"}, field="still")
    save(await easel.over(pictures[1], scripts.spec, (1280, 720)), "scripts", 560)
    await titler.aclose()


async def draw_shapes(easel: Easel, pictures: list[Image.Image]) -> None:
    """Some presets in an upright and a square frame, side by side."""
    height, gap = 360, 6
    drawn = []
    for size in SHAPES:
        for name, scene in SHOWN.items():
            item = text_from_json({"text": PRESETS[name].sample, "preset": name}, field="still")
            frame = await easel.over(pictures[scene], item.spec, size)
            drawn.append(frame.resize((size[0] * height // size[1], height)))
    sheet = Image.new("RGB", (sum(x.width + gap for x in drawn) - gap, height), "white")
    left = 0
    for frame in drawn:
        sheet.paste(frame, (left, 0))
        left += frame.width + gap
    save(sheet, "shapes", sheet.width * 2 // 3)


def page() -> str:
    """The whole page: its words, with the tables filled in."""
    filled = {
        "presets": presets_table(),
        "styles": styles_table(),
        "anchors": listed(ANCHORS),
        "animations": listed(ANIMATIONS),
        "easings": listed(EASINGS),
        "fonts": listed(FAMILIES),
        "languages": listed(LANGUAGES),
        "encodings": listed(ENCODINGS),
        "characters": f"{MOST_CHARACTERS:,}",
        "lines": str(MOST_LINES),
        "overlays": f"{MOST_OVERLAYS:,}",
    }
    text = TEXT.read_text("utf-8")
    for name, content in filled.items():
        text = text.replace(f"@{name}@", content)
    return text


def listed(names: object) -> str:
    """Names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)  # type: ignore[attr-defined]


def presets_table() -> str:
    """Name, use and picture of each."""
    rows = [
        f"| `{p.name}`<br>{p.label} | {p.use} | ![{p.label}](images/titles/{p.name}.webp) |"
        for p in PRESETS.values()
    ]
    return "\n".join(["| preset | for | |", "|---|---|---|", *rows])


def styles_table() -> str:
    """Each field of a style with its limits."""
    rows = []
    for entry in fields(TitleStyle):
        low, high = LIMITS.get(entry.name, (None, None))
        allowed = (
            f"{decimal(low)} to {decimal(high)}" if low is not None and high else _kind(entry.name)
        )
        rows.append(f"| `{entry.name}` | {allowed} |")
    return "\n".join(["| field | |", "|---|---|", *rows])


def _kind(name: str) -> str:
    """What a field that is no number takes."""
    if name.endswith("color"):
        return "#rrggbb"
    return {
        "font": "a family, see [fonts](fonts.md)",
        "italic": "true or false",
        "align": "`start`, `center`, `end` (by the direction of writing), `left`, `right`",
    }.get(name, "100 to 900 in steps of 100")


def main() -> int:
    """Draw everything anew."""
    STILLS.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        asyncio.run(draw_all(Path(folder)))
    PAGE.write_text(page(), "utf-8")
    size = sum(file.stat().st_size for file in STILLS.iterdir())
    print(f"{len(PRESETS)} presets, {size / 1000:.0f} kB of pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
