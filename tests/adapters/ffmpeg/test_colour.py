"""One colour, stored in many ways, is the same colour in the film."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor, find_ffmpeg
from video_foundry.core.profile import OutputProfile
from video_foundry.errors import CompositionFailed
from video_foundry.ports.picture import PictureLayer, PictureStep
from video_foundry.testing.clips import ClipSpec, make_flat, make_still, run_ffmpeg
from video_foundry.testing.film_reading import read_colour

RUST = "0xC83C1E"
RUST_IN_BT709 = (91, 101, 191)
"""Y, Cb, Cr of that colour in limited-range BT.709, by the standard's formulas."""

PROFILE = OutputProfile(width=192, height=108)
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "8"]


def _stored(matrix: str, reach: str, pixels: str, *options: str) -> list[str]:
    shape = f"scale=out_color_matrix={matrix}:out_range={reach},format={pixels}"
    untold = "" if options else ",setparams=colorspace=unknown"
    return ["-vf", shape + untold, *options, *X264]


WAYS = {
    "bt601": _stored("bt601", "tv", "yuv420p", "-colorspace", "smpte170m"),
    "bt601-untold": _stored("bt601", "tv", "yuv420p"),
    "bt709": _stored("bt709", "tv", "yuv420p", "-colorspace", "bt709"),
    "bt709-full": _stored("bt709", "pc", "yuv420p", "-colorspace", "bt709", "-color_range", "pc"),
    "bt709-full-by-format": _stored("bt709", "pc", "yuvj420p", "-colorspace", "bt709"),
    "ten-bit-422": _stored("bt709", "tv", "yuv422p10le", "-colorspace", "bt709"),
    "rgb": ["-c:v", "png", "-pix_fmt", "rgb24"],
}

WHITE = {"smpte2084": 0.58, "arib-std-b67": 0.75}
"""What 203 cd/m2, which ITU-R BT.2408 calls the level of white paper, is in files of either kind of
high dynamic range."""


@pytest.mark.parametrize("way", WAYS)
async def test_a_colour_survives(
    make_piece: Callable[[Path, int], Awaitable[Path]], tmp_path: Path, way: str
) -> None:
    source = make_flat(tmp_path / "flat.mov", RUST, *WAYS[way])
    colour = read_colour(await make_piece(source, 2))
    assert colour == pytest.approx(RUST_IN_BT709, abs=2)


async def test_untold_colour_of_a_large_picture_means_bt709(
    make_piece: Callable[[Path, int], Awaitable[Path]], tmp_path: Path
) -> None:
    untold = _stored("bt709", "tv", "yuv420p")
    source = make_flat(tmp_path / "flat.mov", RUST, *untold, size="1280x720")
    assert read_colour(await make_piece(source, 2)) == pytest.approx(RUST_IN_BT709, abs=2)


@pytest.mark.parametrize("primaries", ["bt2020", "unknown"])
@pytest.mark.parametrize("matrix", ["bt2020nc", "unknown"])
@pytest.mark.parametrize("transfer", WHITE)
async def test_the_white_of_high_dynamic_range_becomes_nearly_white(
    make_piece: Callable[[Path, int], Awaitable[Path]],
    tmp_path: Path,
    transfer: str,
    matrix: str,
    primaries: str,
) -> None:
    """What else a file says of its colours, cameras and models leave out at times."""
    told = f"setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}"
    source = _make_hdr(tmp_path / "hdr.mov", WHITE[transfer], told)
    light, blue, red = read_colour(await make_piece(source, 2))
    assert 210 <= light <= 230
    assert (blue, red) == pytest.approx((128, 128), abs=2)


async def test_what_is_clear_in_a_picture_becomes_black(
    make_piece: Callable[[Path, int], Awaitable[Path]], tmp_path: Path
) -> None:
    """The clear pixels still hold bright colours, which must not show."""
    source = make_still(tmp_path / "a.png", ClipSpec(number=63), alpha=True)
    piece = await make_piece(source, 2)
    assert read_colour(piece, at="iw*3/4:ih*3/4") == pytest.approx((16, 128, 128), abs=2)
    assert read_colour(piece, at="iw/8:ih/8")[0] > 30


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
async def test_what_is_clear_in_a_webm_becomes_black(
    make_piece: Callable[[Path, int], Awaitable[Path]], tmp_path: Path, codec: str
) -> None:
    piece = await make_piece(_make_clear(tmp_path, codec), 4)
    assert read_colour(piece, at="iw*3/4:ih*3/4") == pytest.approx((16, 128, 128), abs=2)
    assert read_colour(piece, at="iw/8:ih/8")[0] > 30


async def test_a_clip_that_this_ffmpeg_cannot_show_as_it_is_is_refused_with_the_fix(
    tmp_path: Path,
) -> None:
    """A piece made all the same would be wrong in every film to come. A small picture may be."""
    plain = replace(find_ffmpeg(), has_zscale=False, has_vpx=False)
    poor = FFmpegCompositor(scratch=tmp_path / "scratch", ffmpeg=plain)
    told = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
    hdr, clear = (
        _make_hdr(tmp_path / "hdr.mov", WHITE["smpte2084"], told),
        _make_clear(tmp_path, "libvpx-vp9"),
    )
    for source, library in ((hdr, "libzimg"), (clear, "libvpx")):
        layer = PictureLayer(source=source, first=0, frames=2, label="segment 3")
        step = PictureStep(profile=PROFILE, frames=2, layers=(layer,), label="segment 3")
        with pytest.raises(CompositionFailed, match=f"segment 3: .* without {library}; install"):
            await poor.picture(step, tmp_path / "piece.mov")
        await poor.verify(source)
        await poor.thumbnail(source, tmp_path / "small.jpg", width=80, at=Fraction(0))
    await poor.aclose()


def _make_hdr(target: Path, signal: float, told: str) -> Path:
    """A grey of high dynamic range."""
    grey = f"format=yuv420p10le,geq=lum={round(64 + 876 * signal)}:cb=512:cr=512"
    return make_flat(target, "black", "-vf", f"{grey},{told}", *X264)


def _make_clear(folder: Path, codec: str) -> Path:
    """A WebM whose right half is clear; browsers record such, and draw them."""
    still = make_still(folder / "a.png", ClipSpec(number=63), alpha=True)
    target = folder / "clear.webm"
    looped = ["-loop", "1", "-framerate", "24", "-i", str(still)]
    made = ["-frames:v", "8", "-pix_fmt", "yuva420p", "-c:v", codec, "-auto-alt-ref", "0"]
    run_ffmpeg(looped, *made, "-b:v", "2M", str(target))
    return target
