"""Draws the stills of docs/transitions.md and writes that page, both from the catalogue.

Run `.venv/bin/python -m tools.transition_stills` after a change of a transition. The two pictures
come from the built-in storyboard model, the mixing from the compositor's own code.
"""

import asyncio
import sys
from dataclasses import asdict
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.frames.changing import Changer
from video_foundry.adapters.ffmpeg.frames.planes import Bytes, Frame, Size
from video_foundry.adapters.models.storyboard.adapter import StoryboardModel
from video_foundry.core.easing import EASINGS
from video_foundry.core.transitions import CATALOGUE, LONGEST, TransitionKind, moment_at
from video_foundry.ports.video_model import GenerationStatus

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "transitions.md"
STILLS = ROOT / "docs" / "images" / "transitions"

PROMPTS = (
    "A lighthouse above a calm sea at sunset",
    "A snowy forest under the stars",
)
DRAWN = Size(640, 360)
SHOWN = (224, 126)
MOMENTS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
GAP = 4

INTRODUCTION = """# Transitions

<!-- Written by tools/transition_stills.py from the catalogue; change that, not this. -->

A segment's `transition` leads into the next one; during it both clips run, so the film gets shorter
by its duration. A project file and the API write it as

```yaml
transition: {{kind: dissolve, duration: 0.5, easing: smooth}}
```

`duration` is in seconds, up to {longest} and never longer than its clips have room for; `easing` is
one of {easings}.
What is left out comes from the table. The stills show a quarter, a half and three quarters of the
way, with the easing of the table.
"""


async def drawn_scene(model: StoryboardModel, prompt: str) -> Path:
    """A clip of the storyboard model. Raises RuntimeError when it fails."""
    params = {
        "model": "storyboard",
        "duration": 1,
        "resolution": "540p",
        "audio": False,
        "camera": "static",
    }
    job = await model.initiate_generation(prompt, params)
    while True:
        report = await model.get_status(job)
        status = report if isinstance(report, GenerationStatus) else report.status
        if status is GenerationStatus.SUCCEEDED:
            result = await model.get_result(job)
            return Path(getattr(result, "path", None) or str(result))
        if status not in {GenerationStatus.QUEUED, GenerationStatus.RUNNING}:
            raise RuntimeError(f"the storyboard could not be drawn: {report}")
        await asyncio.sleep(0.2)


async def scenes(folder: Path) -> list[Frame]:
    """One frame of each prompt."""
    compositor, model = FFmpegCompositor(scratch=folder), StoryboardModel()
    frames = []
    for place, prompt in enumerate(PROMPTS):
        clip, still = await drawn_scene(model, prompt), folder / f"{place}.jpg"
        await compositor.thumbnail(clip, still, width=DRAWN.width, at=Fraction(1, 2))
        with Image.open(still) as picture:
            frames.append(from_rgb(np.asarray(picture.convert("RGB").resize((640, 360)))))
    await compositor.aclose()
    return frames


def from_rgb(pixels: Bytes) -> Frame:
    """A frame of BT.709 in the limited range."""
    red, green, blue = (pixels[..., channel] / 255 for channel in range(3))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    colours = [(blue - light) / 1.8556, (red - light) / 1.5748]
    frame = Frame(Size(pixels.shape[1], pixels.shape[0]))
    frame.planes[0][:] = np.round(16 + 219 * light)
    for plane, colour in zip(frame.planes[1:], colours, strict=True):
        shared = colour.reshape(plane.shape[0], 2, plane.shape[1], 2).mean(axis=(1, 3))
        plane[:] = np.round(128 + 224 * shared)
    return frame


def to_picture(frame: Frame) -> Image.Image:
    """For people to see."""
    light = (frame.planes[0].astype(float) - 16) / 219
    blueness, redness = (
        (plane.repeat(2, axis=0).repeat(2, axis=1) - 128.0) / 224 for plane in frame.planes[1:]
    )
    red, blue = light + 1.5748 * redness, light + 1.8556 * blueness
    green = (light - 0.2126 * red - 0.0722 * blue) / 0.7152
    pixels = np.stack([red, green, blue], axis=-1).clip(0, 1) * 255
    return Image.fromarray(np.round(pixels).astype(np.uint8))


def sheet(kind: TransitionKind, first: Frame, second: Frame) -> Image.Image:
    """The moments of one transition side by side."""
    width, height = SHOWN
    picture = Image.new("RGB", ((width + GAP) * len(MOMENTS) - GAP, height), "white")
    changer = Changer(first.size)
    for place, progress in enumerate(MOMENTS):
        moment = asdict(moment_at(kind.name, kind.easing, progress))
        still = to_picture(changer.draw(moment, first, second))
        picture.paste(still.resize(SHOWN, Image.Resampling.LANCZOS), (place * (width + GAP), 0))
    return picture


def page() -> str:
    """The whole page."""
    easings = ", ".join(f"`{name}`" for name in EASINGS)
    text = [INTRODUCTION.format(longest=LONGEST, easings=easings).rstrip()]
    for family, kinds in groupby(CATALOGUE, key=lambda kind: kind.family):
        text.append(f"\n## {family.capitalize()}\n")
        text.append("| kind | what happens | seconds | easing | |\n|---|---|---|---|---|")
        text.extend(
            f"| `{kind.name}`<br>{kind.label} | {kind.description} | {float(kind.seconds):g} "
            f"| `{kind.easing}` | ![{kind.label}](images/transitions/{kind.name}.webp) |"
            for kind in kinds
        )
    return "\n".join(text) + "\n"


def main() -> int:
    """Draw everything anew."""
    STILLS.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        first, second = asyncio.run(scenes(Path(folder)))
    for kind in CATALOGUE:
        target = STILLS / f"{kind.name}.webp"
        sheet(kind, first, second).save(target, "WEBP", quality=62, method=6)
    PAGE.write_text(page(), "utf-8")
    size = sum(file.stat().st_size for file in STILLS.iterdir())
    print(f"{len(CATALOGUE)} transitions, {size / 1000:.0f} kB of stills")
    return 0


if __name__ == "__main__":
    sys.exit(main())
