"""What every maker of pictures must do with a clip's effects, as tests: time, framing, look.

The other half of `picture_contract`, which inherits it; use that one.
"""
# ruff: noqa: S101 - a contract speaks in asserts, and fixtures come by position

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from video_foundry.core.effects import (
    Crop,
    Framing,
    Freeze,
    Look,
    Move,
    PictureEffects,
    Retime,
    Viewport,
    placed,
)
from video_foundry.core.profile import OutputProfile
from video_foundry.errors import CompositionFailed
from video_foundry.ports.picture import PictureLayer, Pictures, PictureStep
from video_foundry.testing import film_reading
from video_foundry.testing.clips import ClipSpec, make_clip, make_flat
from video_foundry.testing.compositor_cases import NTSC, SMALL, fitted, source_times
from video_foundry.testing.pictures import Plane, in_bt709, read_pictures

SIZE = (192, 108)
RUST = (0xC8, 0x3C, 0x1E)

RETIMES = {
    "double": Retime(speed=Fraction(2)),
    "slow": Retime(speed=Fraction(2, 5)),
    "odd": Retime(speed=Fraction(137, 100)),
    "back": Retime(is_reversed=True),
    "back-odd": Retime(speed=Fraction(3, 4), is_reversed=True),
    "held": Retime(freeze=Freeze(at=Fraction(1, 2), seconds=Fraction(1))),
    "held-fast": Retime(speed=Fraction(2), freeze=Freeze(at=Fraction(1), seconds=Fraction(3, 7))),
    "held-back": Retime(is_reversed=True, freeze=Freeze(at=Fraction(1), seconds=Fraction(1, 2))),
}


def shown(spec: ClipSpec, retime: Retime, profile: OutputProfile) -> list[tuple[int, int]]:
    """The frames of the whole retimed clip, by arithmetic on the clip's own times."""
    rate, times = profile.fps.fraction, source_times(spec)
    end = times[-1] + (Fraction(40, 1000) if spec.variable else 1 / Fraction(spec.rate))
    hold = retime.freeze.seconds if retime.freeze else Fraction(0)
    length = end / retime.speed + hold
    last = retime.freeze.at if retime.freeze else end
    places = [t / retime.speed + (hold if t > last else 0) for t in times]
    count = int(length * rate + Fraction(1, 2))
    if retime.is_reversed:
        whole = ceil(length * rate)
        places = [place + whole / rate - length for place in places]
        order = [whole - 1 - n for n in range(count)]
    else:
        order = list(range(count))
    grid = [int(place * rate + Fraction(1, 2)) for place in places]
    return [
        (spec.number, max((k for k, place in enumerate(grid) if place <= n), default=0))
        for n in order
    ]


class PictureEffectsContract:
    """Time, framing and look. Override `pictures`."""

    @pytest.fixture(scope="class")
    @classmethod
    def pictures(cls) -> Pictures:
        """The implementation under test."""
        raise NotImplementedError

    # Time

    @pytest.mark.parametrize("name", RETIMES)
    @pytest.mark.parametrize(
        ("spec", "profile"),
        [
            (ClipSpec(number=50, frames=60, sound=None), SMALL),
            (ClipSpec(number=51, frames=60, rate="30", sound=None), NTSC),
            (ClipSpec(number=52, frames=60, variable=True, sound=None), SMALL),
        ],
        ids=["same-rate", "ntsc", "variable"],
    )
    async def test_a_retimed_clip_shows_the_right_frame_at_every_moment(
        self,
        pictures: Pictures,
        tmp_path: Path,
        name: str,
        spec: ClipSpec,
        profile: OutputProfile,
    ) -> None:
        """Also when it is made in parts that begin anywhere."""
        source = make_clip(tmp_path / "clip.mp4", spec)
        wanted = shown(spec, RETIMES[name], profile)
        seen = []
        edges = [0, 5, len(wanted) // 2, len(wanted)]
        for first, end in pairwise(edges):
            step = with_effects(
                source,
                end - first,
                PictureEffects(retime=RETIMES[name]),
                first=first,
                profile=profile,
            )
            await pictures.picture(step, tmp_path / "piece.mov")
            region = fitted((160, 90), profile)
            seen += film_reading.read_barcodes(tmp_path / "piece.mov", region=region)
        assert seen == wanted

    # Framing

    @pytest.mark.parametrize(
        "framing",
        [
            Framing(fit="stretch"),
            Framing(fit="fill"),
            Framing(fit="fill", scale=Fraction(3), x=Fraction(1, 2)),
            Framing(scale=Fraction(1, 2), x=Fraction(1, 4), y=Fraction(-1, 5)),
            Framing(scale=Fraction(3, 2), x=Fraction(-1, 2), background="#2060c0"),
            Framing(crop=Crop(left=Fraction(1, 2), top=Fraction(1, 4)), background="#c02020"),
            Framing(fit="fill", crop=Crop(right=Fraction(1, 4), bottom=Fraction(1, 10))),
            Framing(x=Fraction(2), background="#2060c0"),
        ],
        ids=["stretch", "fill", "fill-near", "small", "large", "crop", "crop-fill", "outside"],
    )
    async def test_the_picture_stands_where_it_should(
        self, pictures: Pictures, tmp_path: Path, framing: Framing
    ) -> None:
        """Against an independent drawing of the same framing."""
        source = pattern(tmp_path / "pattern.png", (240, 320))
        step = with_effects(source, 3, PictureEffects(framing=framing))
        await pictures.picture(step, tmp_path / "piece.mov")
        seen = read_pictures(tmp_path / "piece.mov", SIZE)[2].bright
        wanted = framed(source, framing)
        assert np.abs(seen - wanted).mean() < 2.5
        assert np.percentile(np.abs(seen - wanted), 97) < 25

    async def test_a_background_has_its_colour(self, pictures: Pictures, tmp_path: Path) -> None:
        source = make_flat(tmp_path / "flat.mov", "white", "-c:v", "png")
        framing = Framing(scale=Fraction(1, 2), background="#c83c1e")
        await pictures.picture(
            with_effects(source, 2, PictureEffects(framing=framing)), tmp_path / "piece.mov"
        )
        for at in ("4:4", "iw-5:ih-5"):
            colour = film_reading.read_colour(tmp_path / "piece.mov", at=at)
            assert colour == pytest.approx(in_bt709(*RUST), abs=2)

    async def test_a_thin_strip_can_fill_the_frame(
        self, pictures: Pictures, tmp_path: Path
    ) -> None:
        """Scaled whole it would be many thousand pixels wide."""
        Image.new("RGB", (3000, 4), RUST).save(tmp_path / "strip.png")
        step = with_effects(tmp_path / "strip.png", 2, PictureEffects(framing=Framing(fit="fill")))
        await pictures.picture(step, tmp_path / "piece.mov")
        colour = film_reading.read_colour(tmp_path / "piece.mov")
        assert colour == pytest.approx(in_bt709(*RUST), abs=2)

    # Moving views

    @pytest.mark.parametrize("size", [(192, 108), (768, 432)], ids=["same", "large"])
    async def test_a_moving_view_glides(
        self, pictures: Pictures, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        """A spot moves on as evenly as the formula says, by fractions of a pixel, without steps."""
        spot(tmp_path / "spot.png", size, (0.5, 0.5))
        move = Move(
            start=Viewport(scale=Fraction(2), x=Fraction(-1, 20)),
            end=Viewport(scale=Fraction(2), x=Fraction(1, 20), y=Fraction(1, 40)),
            easing="linear",
        )
        effects = placed(PictureEffects(framing=Framing(move=move)), first=6, frames=49)
        step = with_effects(tmp_path / "spot.png", 49, effects, first=6)
        await pictures.picture(step, tmp_path / "piece.mov")
        seen = [centre(picture.bright) for picture in read_pictures(tmp_path / "piece.mov", SIZE)]
        # At scale 2 a shift of the view by a tenth of the frame moves the spot by a fifth.
        wanted = [
            (96 + 192 * 2 * (0.05 - 0.1 * n / 48), 54 - 108 * 2 * 0.025 * n / 48) for n in range(49)
        ]
        errors = np.array(seen) - np.array(wanted)
        assert np.abs(errors).max() < 0.3
        # What is left is the encoder's: a view that jumped between pixels would be 0.3 off.
        steps = np.diff(np.array(seen), axis=0)
        assert (steps - steps.mean(axis=0)).std() < 0.06

    async def test_a_zoom_grows_evenly_and_a_chunk_of_it_is_the_same(
        self, pictures: Pictures, tmp_path: Path
    ) -> None:
        source = pattern(tmp_path / "pattern.png", (384, 216))
        move = Move(end=Viewport(scale=Fraction(3)), easing="smooth")
        effects = placed(PictureEffects(framing=Framing(move=move)), first=0, frames=48)
        await pictures.picture(with_effects(source, 48, effects), tmp_path / "whole.mov")
        await pictures.picture(with_effects(source, 8, effects, first=36), tmp_path / "part.mov")
        whole = read_pictures(tmp_path / "whole.mov", SIZE)
        part = read_pictures(tmp_path / "part.mov", SIZE)
        for n in range(8):
            assert np.abs(whole[36 + n].bright - part[n].bright).mean() < 2
        with Image.open(source) as picture:
            last = picture.convert("L").resize(
                SIZE, Image.Resampling.BICUBIC, box=(128, 72, 256, 144)
            )
        wanted = 16 + np.asarray(last, float) * 219 / 255
        assert np.abs(whole[47].bright - wanted).mean() < 3

    async def test_a_view_can_move_over_a_moving_clip(
        self, pictures: Pictures, tmp_path: Path
    ) -> None:
        spec = ClipSpec(number=53, frames=40, size=(192, 108), sound=None)
        source = make_clip(tmp_path / "clip.mp4", spec)
        still = Viewport(scale=Fraction(11, 10))
        move = Move(end=still, easing="linear")
        retime = Retime(is_reversed=True)
        effects = placed(
            PictureEffects(retime=retime, framing=Framing(move=move)), first=4, frames=30
        )
        await pictures.picture(with_effects(source, 30, effects, first=4), tmp_path / "piece.mov")
        seen = film_reading.read_barcodes(tmp_path / "piece.mov")
        assert seen == [(53, 39 - n) for n in range(4, 34)]

    # Look

    @pytest.mark.parametrize(
        "look",
        [
            Look(exposure=Fraction(1, 2)),
            Look(exposure=Fraction(-2)),
            Look(contrast=Fraction(1, 2)),
            Look(saturation=Fraction(0)),
            Look(saturation=Fraction(2)),
            Look(temperature=Fraction(1, 2)),
            Look(temperature=Fraction(-1), contrast=Fraction(6, 5), exposure=Fraction(1, 3)),
        ],
        ids=["brighter", "darker", "flat", "grey", "rich", "warm", "mixed"],
    )
    @pytest.mark.parametrize("colour", [RUST, (40, 90, 160), (128, 128, 128)])
    async def test_a_look_gives_the_colour_of_its_formula(
        self, pictures: Pictures, tmp_path: Path, look: Look, colour: tuple[int, int, int]
    ) -> None:
        name = "0x{:02x}{:02x}{:02x}".format(*colour)
        source = make_flat(tmp_path / "flat.mov", name, "-c:v", "png", "-pix_fmt", "rgb24")
        await pictures.picture(
            with_effects(source, 2, PictureEffects(look=look)), tmp_path / "piece.mov"
        )
        seen = film_reading.read_colour(tmp_path / "piece.mov")
        assert seen == pytest.approx(in_bt709(*looked(look, colour)), abs=2)

    async def test_a_look_leaves_the_background_alone(
        self, pictures: Pictures, tmp_path: Path
    ) -> None:
        source = make_flat(tmp_path / "flat.mov", "gray", "-c:v", "png")
        effects = PictureEffects(
            look=Look(exposure=Fraction(1)), framing=Framing(scale=Fraction(1, 2))
        )
        await pictures.picture(with_effects(source, 2, effects), tmp_path / "piece.mov")
        assert film_reading.read_colour(tmp_path / "piece.mov", at="4:4")[0] == 16

    async def test_a_lut_is_applied_wherever_its_file_lies(
        self, pictures: Pictures, tmp_path: Path
    ) -> None:
        """Red and blue change places; the folder's name is full of what a filter would read."""
        folder = tmp_path / "it's; a [odd], \\folder: x=1 ü"
        folder.mkdir()
        lut = folder / "table.cube"
        lines = [f"{n >> 2} {n >> 1 & 1} {n & 1}" for n in range(8)]
        lut.write_text("\n".join(['TITLE "swap"', "LUT_3D_SIZE 2", *lines]))
        source = make_flat(tmp_path / "flat.mov", "0xC83C1E", "-c:v", "png", "-pix_fmt", "rgb24")
        effects = PictureEffects(look=Look(lut="0" * 64))
        step = with_effects(source, 2, effects)
        step = replace(step, layers=(replace(step.layers[0], lut=lut),))
        await pictures.picture(step, tmp_path / "piece.mov")
        seen = film_reading.read_colour(tmp_path / "piece.mov")
        assert seen == pytest.approx(in_bt709(0x1E, 0x3C, 0xC8), abs=2)
        lut.write_text("LUT_3D_SIZE 2\n0 0 0\n")
        with pytest.raises(CompositionFailed, match=r"the clip in question: .*only 1 of the 8"):
            await pictures.picture(step, tmp_path / "piece.mov")
        lut.unlink()
        with pytest.raises(CompositionFailed, match=r"the clip in question: .*missing"):
            await pictures.picture(step, tmp_path / "piece.mov")


def with_effects(
    source: Path,
    frames: int,
    effects: PictureEffects,
    *,
    first: int = 0,
    profile: OutputProfile = SMALL,
) -> PictureStep:
    """One clip under effects."""
    layer = PictureLayer(source=source, first=first, frames=frames, effects=effects)
    return PictureStep(
        profile=profile, frames=frames, layers=(layer,), label="the clip in question"
    )


def pattern(target: Path, size: tuple[int, int]) -> Path:
    """Soft grey waves of which no two places look alike."""
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    waves = np.sin(9 * x + 5 * y * y) + np.cos(13 * y - 4 * x * x)
    Image.fromarray(np.round(128 + 55 * waves).clip(0, 255).astype(np.uint8)).save(target)
    return target


def spot(target: Path, size: tuple[int, int], at: tuple[float, float]) -> None:
    """A soft white spot on black, a twentieth of the width across."""
    x, y = np.meshgrid((np.arange(size[0]) + 0.5) / size[0], (np.arange(size[1]) + 0.5) / size[1])
    far = np.square(x - at[0]) + np.square((y - at[1]) * size[1] / size[0])
    Image.fromarray(np.round(250 * np.exp(-far / 0.0012)).astype(np.uint8)).save(target)


def centre(bright: Plane) -> tuple[float, float]:
    """The middle of what is bright, in pixels from the corner."""
    light = (bright - 20).clip(0)
    rows, columns = light.sum(axis=1), light.sum(axis=0)
    return (
        float((columns * (np.arange(columns.size) + 0.5)).sum() / columns.sum()),
        float((rows * (np.arange(rows.size) + 0.5)).sum() / rows.sum()),
    )


def framed(source: Path, framing: Framing) -> Plane:
    """The brightness of a grey picture in its frame, drawn by Pillow."""
    crop, (width, height) = framing.crop or Crop(), SIZE
    with Image.open(source) as opened:
        picture = opened.convert("L")
    box = (
        float(picture.width * crop.left),
        float(picture.height * crop.top),
        float(picture.width * (1 - crop.right)),
        float(picture.height * (1 - crop.bottom)),
    )
    wide, high = box[2] - box[0], box[3] - box[1]
    ratios = (width / wide, height / high)
    ratio = {"fit": min(ratios), "fill": max(ratios)}.get(framing.fit)
    scale = float(framing.scale)
    size = [side * (ratio or own) * scale for side, own in zip((wide, high), ratios, strict=True)]
    drawn = picture.resize((round(size[0]), round(size[1])), Image.Resampling.BICUBIC, box=box)
    flat = framing.background.lstrip("#") if framing.background != "black" else "000000"
    level = in_bt709(*(int(flat[n : n + 2], 16) for n in (0, 2, 4)))[0]
    frame = np.full((height, width), level)
    left = round((width - size[0]) / 2 + float(framing.x) * width)
    top = round((height - size[1]) / 2 + float(framing.y) * height)
    full = 16 + np.asarray(drawn, float) * 219 / 255
    for row in range(max(0, top), min(height, top + full.shape[0])):
        start, end = max(0, left), min(width, left + full.shape[1])
        if start < end:
            frame[row, start:end] = full[row - top, start - left : end - left]
    return frame


def looked(look: Look, colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """A colour under a look, step by step as the words say."""
    bright = 2 ** (float(look.exposure) / 2.2)
    tint = np.array([1 + 0.16 * float(look.temperature), 1, 1 - 0.16 * float(look.temperature)])
    luma = np.array([0.2126, 0.7152, 0.0722])
    values = np.array(colour) / 255 * bright * tint / (tint @ luma)
    values = (values - 0.5) * float(look.contrast) + 0.5
    values = luma @ values + (values - luma @ values) * float(look.saturation)
    red, green, blue = np.round(values.clip(0, 1) * 255).astype(int).tolist()
    return red, green, blue
