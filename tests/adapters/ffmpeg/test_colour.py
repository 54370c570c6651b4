"""One colour, stored in many ways, is the same colour in the film."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from video_foundry.testing.clips import ClipSpec, make_flat, make_still
from video_foundry.testing.film_reading import read_colour

RUST = "0xC83C1E"
RUST_IN_BT709 = (91, 101, 191)
"""Y, Cb, Cr of that colour in limited-range BT.709, by the standard's formulas."""

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


@pytest.mark.parametrize(
    ("transfer", "signal"), [("smpte2084", 0.58), ("arib-std-b67", 0.75)], ids=["pq", "hlg"]
)
async def test_the_white_of_high_dynamic_range_becomes_nearly_white(
    make_piece: Callable[[Path, int], Awaitable[Path]],
    tmp_path: Path,
    transfer: str,
    signal: float,
) -> None:
    """203 cd/m2, which ITU-R BT.2408 calls the level of white paper, is `signal` in the file."""
    level = round(64 + 876 * signal)
    told = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc"
    source = make_flat(
        tmp_path / "hdr.mov",
        "black",
        "-vf",
        f"format=yuv420p10le,geq=lum={level}:cb=512:cr=512,{told}",
        *X264,
    )
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
