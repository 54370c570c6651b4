"""One frame of a clip as a PNG of the clip's own size. Which frame that is, is decided on the grid
of the film, by what pieces are made with; nothing is framed or graded here."""

import asyncio
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from video_foundry.adapters.ffmpeg.filters import Stretch, frame_chain
from video_foundry.adapters.ffmpeg.picture import begin_of, stretches
from video_foundry.adapters.ffmpeg.seeking import seek_options
from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.adapters.ffmpeg.tools import Toolbox, complaint, ignore_line, published
from video_foundry.core.effects import PictureEffects, Retime
from video_foundry.core.timebase import FrameRate
from video_foundry.errors import MediaError, Unchecked
from video_foundry.ports.picture import PictureLayer


@dataclass(frozen=True, kw_only=True)
class Still:
    """Frame `frame` of the virtual clip that retiming makes, on a grid at `rate`."""

    frame: int
    retime: Retime
    rate: FrameRate


async def write_still(tools: Toolbox, source: Source, wanted: Still, target: Path) -> None:
    """Write the picture. Raises MediaError, or Unchecked where reading was broken off."""
    source.require(tools.ffmpeg)
    stretch = _up_to(wanted, source)
    seeking = seek_options(source, begin_of(stretch))
    async with published(target) as partial:
        # A start in the middle of a group of frames can trip a strict decoder: then from the
        # beginning.
        for sought in [seeking, []] if seeking else [[]]:
            finished = await tools.run_ffmpeg(
                _arguments(tools, source, stretch, sought, partial),
                timeout=_patience(source.length),
                on_line=ignore_line,
            )
            if finished.ok and await asyncio.to_thread(partial.exists):
                return
        kind = Unchecked if finished.was_ended else MediaError
        raise kind(f"no picture of its frame could be made: {complaint(finished)}")


def _up_to(wanted: Still, source: Source) -> Stretch:
    """What ends with the wanted frame: that alone, unless it lies past the end of the clip."""
    effects = PictureEffects(retime=wanted.retime)
    layer = PictureLayer(source=source.path, first=wanted.frame, frames=1, effects=effects)
    [stretch] = stretches(layer, source, wanted.rate, most=1)
    if wanted.retime.is_reversed or source.kind.is_image:
        return stretch
    return replace(stretch, frames=wanted.frame - stretch.index + 1)


def _arguments(
    tools: Toolbox, source: Source, stretch: Stretch, seeking: list[str], target: Path
) -> list[str]:
    chain = frame_chain(source, stretch)
    return [
        *("-y", "-xerror", "-copyts", *tools.input_options(source)),
        *("-reinit_filter:v", "0", *seeking),
        *("-i", f"file:{source.path}", "-map", f"0:{source.video_index}", "-vf", chain),
        *("-an", "-frames:v", "1", "-c:v", "png", "-flags:v", "+bitexact"),
        *("-fflags", "+bitexact", "-f", "image2pipe", f"file:{target}"),
    ]


def _patience(length: Fraction) -> float:
    """Wall seconds that reading a whole clip of so many seconds may take, on a busy machine."""
    return 300 + 10 * float(length)
