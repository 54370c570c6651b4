"""Builds the filter chains from numbers that we computed; no text of a user ever gets in here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from video_foundry.adapters.ffmpeg.geometry import Layout
from video_foundry.adapters.ffmpeg.settings import TAGS, timescale
from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.core.conforming import HD_HEIGHT
from video_foundry.core.effects import Retime
from video_foundry.core.timebase import FrameRate

_UNSPECIFIED = 2
"""The number of ITU-T H.273 for "not told", of matrix and primaries alike."""

_SCALER = "flags=bicubic+accurate_rnd+full_chroma_int+bitexact"
"""Exact rounding, so that processors of different kinds give the same pixels."""

_TO_STANDARD_RANGE = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,"
    "tonemap=tonemap=mobius:desat=0:param=0.7:peak=5,zscale=t=bt709:m=bt709:r=tv,format=yuv444p"
)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Frames [index, index + frames) of the forward virtual clip, on a grid of `rate`.

    shift: seconds by which the clip is moved later on that grid, so that its end lies on it.
    """

    rate: FrameRate
    index: int
    frames: int
    retime: Retime
    shift: Fraction = Fraction(0)


def stretch_chain(
    source: Source,
    stretch: Stretch,
    layout: Layout,
    *,
    background: str,
    tables: Sequence[Path],
) -> str:
    """From decoded, upright frames to just the frames of a stretch, framed as `layout` says.

    background: "black" or "#rrggbb". tables: .cube files of ours, applied in order. Every frame is
    the same whichever stretch it is made in: nothing before the choice of frames depends on that.
    """
    timing = _timing(stretch)
    shape = _shape(source, layout, background=background, tables=tables)
    # Whichever leaves fewer frames to scale comes first.
    quickened = None if source.rate is None else source.rate * stretch.retime.speed
    is_slow = source.kind.is_image or (quickened is not None and quickened <= stretch.rate.fraction)
    body = [*shape, timing] if is_slow else [timing, *shape]
    return ",".join(
        [
            f"setpts=PTS-{_expression(source.start)}/TB",
            *(["bwdif=mode=send_frame:deint=interlaced"] if source.is_interlaced else []),
            *body,
            "tpad=stop_mode=clone:stop=-1",
            f"trim=end_frame={stretch.frames}",
            "setpts=PTS-STARTPTS",
        ]
    )


def _timing(stretch: Stretch) -> str:
    """Choose the frame of each place of the grid, by a clock on which every place is exact."""
    rate, retime = stretch.rate, stretch.retime
    ticks = timescale(rate)
    chain = [f"settb=1/{ticks}"]
    if retime.speed != 1 or retime.freeze or stretch.shift:
        moved = f"PTS/{_expression(retime.speed)}+{round(stretch.shift * ticks)}"
        if retime.freeze:
            held = round(retime.freeze.seconds * ticks)
            moved += f"+gt(PTS\\,{round(retime.freeze.at * ticks)})*{held}"
        chain.append(f"setpts=floor({moved}+0.5)")
    begin = float(rate.seconds_of(stretch.index))
    chain.append(f"fps={rate.num}/{rate.den}:round=near:start_time={begin:.6f}:eof_action=pass")
    return ",".join(chain)


def _shape(source: Source, layout: Layout, *, background: str, tables: Sequence[Path]) -> list[str]:
    """Crop, colour, size, look and place."""
    width, height = layout.frame
    colour = "" if background == "black" else f":color=0x{background.removeprefix('#')}"
    if not layout.is_visible:
        fill = background.replace("#", "0x")
        blank = f"drawbox=x=0:y=0:w=iw:h=ih:color={fill}:t=fill"
        return [f"scale={width}:{height}", "format=yuv420p", TAGS, blank, "setsar=1", TAGS]
    crop, cut = layout.crop, layout.cut
    scaled = _scale(source, layout.scaled, "bt709", "tv")
    return [
        *([f"crop={crop.width}:{crop.height}:{crop.x}:{crop.y}"] if crop else []),
        *_colour_chain(source),
        *(_look(scaled, tables) if tables else [scaled]),
        "format=yuv420p",
        *([f"crop={cut.width}:{cut.height}:{cut.x}:{cut.y}"] if cut else []),
        f"pad={width}:{height}:{layout.x}:{layout.y}{colour}",
        "setsar=1",
        TAGS,
    ]


def _look(scaled: str, tables: Sequence[Path]) -> list[str]:
    """Size and colour in fine steps of red, green and blue, and back."""
    to_rgb = scaled.replace("out_color_matrix=bt709:out_range=tv", "out_range=pc")
    return [
        to_rgb,
        "format=gbrp16le",
        *(f"lut3d=file={escaped(str(table))}:interp=tetrahedral" for table in tables),
        f"scale={_SCALER}:out_color_matrix=bt709:out_range=tv",
    ]


def escaped(text: str) -> str:
    """A value such that neither the graph's nor the option's parser sees anything special in it."""
    for _ in range(2):
        text = re.sub(r"([^A-Za-z0-9/._-])", r"\\\1", text)
    return text


def still_chain(source: Source, *, moment: Fraction | None, width: int) -> str:
    """The frame shown at `moment`, in the full-range BT.601 that JPEG files mean.

    moment: seconds on the file's own clock; None: whichever is read first. Rounding up makes the
    frame before it come first.
    """
    shown_width, shown_height = source.displayed
    height = max(2, round(width * Fraction(shown_height, shown_width)))
    return ",".join(
        [
            *(() if moment is None else _at(moment)),
            "trim=end_frame=1",
            *_colour_chain(source),
            _scale(source, (width, height), "bt601", "pc"),
            "format=yuvj420p,setsar=1",
        ]
    )


def _at(moment: Fraction) -> list[str]:
    return [f"setpts=PTS-{_expression(moment)}/TB", "fps=1000:round=up:start_time=0"]


def frame_chain(source: Source, stretch: Stretch) -> str:
    """The last frame of a stretch alone, as large as the source is shown, in full-range RGB. Which
    frame that is, is chosen as in `stretch_chain`."""
    scaled = _scale(source, source.displayed, "bt709", "tv")
    return ",".join(
        [
            f"setpts=PTS-{_expression(source.start)}/TB",
            *(["bwdif=mode=send_frame:deint=interlaced"] if source.is_interlaced else []),
            _timing(stretch),
            "tpad=stop_mode=clone:stop=-1",
            f"trim=start_frame={stretch.frames - 1}:end_frame={stretch.frames}",
            *_colour_chain(source),
            scaled.replace("out_color_matrix=bt709:out_range=tv", "out_range=pc"),
            "format=rgb24,setsar=1",
        ]
    )


def animation_chain(source: Source, *, size: tuple[int, int], fps: int, frames: int) -> str:
    """From decoded, upright frames to `frames` small ones in full-range RGB, `fps` a second."""
    scaled = _scale(source, size, "bt709", "tv")
    return ",".join(
        [
            f"setpts=PTS-{_expression(source.start)}/TB",
            f"fps={fps}:round=near:start_time=0:eof_action=pass",
            f"trim=end_frame={frames}",
            *_colour_chain(source),
            scaled.replace("out_color_matrix=bt709:out_range=tv", "out_range=pc"),
            "format=gbrp,setsar=1,tpad=stop_mode=clone:stop=-1",
            f"trim=end_frame={frames}",
        ]
    )


def _colour_chain(source: Source) -> list[str]:
    """What must happen before scaling: transparency over black, high dynamic range mapped down."""
    chain = _hdr_told(source)
    if source.has_alpha:
        told = _input_matrix(source)
        chain += [f"scale={_SCALER}{told},format=gbrap,premultiply=inplace=1,format=gbrp"]
    if source.is_hdr:
        chain.append(_TO_STANDARD_RANGE)
    return chain


def _hdr_told(source: Source) -> list[str]:
    """What a picture of high dynamic range leaves untold of its colours is said for it, as
    ITU-R BT.2100 has it: the way down begins at what frames say."""
    untold = {
        "color_primaries=bt2020": source.primaries == _UNSPECIFIED,
        "colorspace=bt2020nc": source.matrix == _UNSPECIFIED and not source.is_rgb,
    }
    said = [words for words, is_missing in untold.items() if source.is_hdr and is_missing]
    return [f"setparams={':'.join(said)}"] if said else []


def _scale(source: Source, size: tuple[int, int], matrix: str, reach: str) -> str:
    told = "" if source.has_alpha else _input_matrix(source)
    width, height = size
    return f"scale={width}:{height}:{_SCALER}{told}:out_color_matrix={matrix}:out_range={reach}"


def _input_matrix(source: Source) -> str:
    """Spell out the matrix of untold colour; a told one is read from the frames."""
    if source.is_rgb or source.is_hdr or source.matrix != _UNSPECIFIED:
        return ""
    high = source.height >= HD_HEIGHT and not source.kind.is_image
    return f":in_color_matrix={'bt709' if high else 'bt601'}"


def _expression(seconds: Fraction) -> str:
    return f"({seconds.numerator}/{seconds.denominator})"
