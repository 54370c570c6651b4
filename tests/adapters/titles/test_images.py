"""Logos and watermarks: placed, scaled, turned and coloured rightly; bad files are refused."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.adapters.titles.conftest import HEIGHT, WIDTH, Pixels, names_in, pixels_of

from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.profile import OutputProfile
from video_foundry.core.titles import image_from_json
from video_foundry.errors import CompositionFailed
from video_foundry.ports.titles import Drawn, ImageStep

PROFILE = OutputProfile(width=WIDTH, height=HEIGHT)


def step(source: Path, **told: Any) -> ImageStep:
    item = image_from_json({"media": "ab" * 32, **told}, field="images.0")
    return ImageStep(source=source, spec=item.spec, profile=PROFILE, label="image 1")


async def place(titler: SkiaTitler, source: Path, **told: Any) -> tuple[Pixels, Drawn]:
    target = source.with_name("placed.png")
    drawn = await titler.image(step(source, **told), target)
    return pixels_of(target), drawn


def saved(folder: Path, picture: Image.Image, name: str = "logo.png", **options: Any) -> Path:
    picture.save(folder / name, **options)
    return folder / name


async def test_it_is_fitted_whole_into_its_share_of_the_frame(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    wide = saved(tmp_path, Image.new("RGB", (400, 100), "#ff8000"))
    pixels, drawn = await place(titler, wide, scale="0.25", placement={"anchor": "center"})
    left, top, right, bottom = drawn.box
    assert (right - left, bottom - top) == (320, 80)
    assert (left + right, top + bottom) == (WIDTH, HEIGHT)
    assert tuple(pixels[360, 640]) == (255, 128, 0, 255)
    high = saved(tmp_path, Image.new("RGB", (10, 40), "#ff8000"))
    _, drawn = await place(titler, high, scale="0.25", placement={"anchor": "bottom-left"})
    assert drawn.box[3] - drawn.box[1] == 180
    assert drawn.box[0] == 64


async def test_clear_parts_stay_clear_and_edges_keep_their_colour(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    picture = np.zeros((100, 100, 4), np.uint8)
    picture[:, 50:] = (0, 200, 0, 255)
    logo = saved(tmp_path, Image.fromarray(picture))
    pixels, drawn = await place(titler, logo, scale="0.5", placement={"anchor": "center"})
    assert abs(drawn.box[0] - WIDTH // 2) <= 12
    seen = pixels[pixels[..., 3] > 20]
    assert seen[:, [0, 2]].max() == 0
    assert np.abs(seen[:, 1].astype(int) - 200).max() <= 25  # sharpening oversteps a little


async def test_a_photograph_is_turned_as_its_camera_says(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = saved(tmp_path, Image.new("RGB", (400, 200), "red"), "photo.jpg", exif=exif)
    _, drawn = await place(titler, photo, scale="0.5")
    left, top, right, bottom = drawn.box
    assert bottom - top == 2 * (right - left)


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "LA", "P", "1", "I;16", "CMYK"])
async def test_every_kind_of_pixel_is_read(titler: SkiaTitler, tmp_path: Path, mode: str) -> None:
    if mode == "I;16":
        picture = Image.fromarray(np.full((40, 40), 200 * 257, np.uint16))
    else:
        light = 255 if mode == "1" else 200
        picture = Image.new("RGBA", (40, 40), (light, light, light, 255)).convert(mode)
    name = "x.jpg" if mode == "CMYK" else "x.png"
    pixels, _ = await place(titler, saved(tmp_path, picture, name), placement={"anchor": "center"})
    wanted = 255 if mode == "1" else 200
    middle = pixels[HEIGHT // 2 - 3 : HEIGHT // 2 + 3, WIDTH // 2 - 3 : WIDTH // 2 + 3]
    assert abs(float(middle[..., :3].mean()) - wanted) <= 6
    assert middle[..., 3].min() == 255


async def test_colours_are_brought_to_srgb(titler: SkiaTitler, tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    same = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = saved(tmp_path, Image.new("RGB", (8, 8), "#3060c0"), icc_profile=same)
    pixels, drawn = await place(titler, plain)
    assert (
        np.abs(pixels[drawn.box[1] + 2, drawn.box[0] + 2, :3].astype(int) - [48, 96, 192]).max() < 3
    )
    # A profile for another kind of colour says nothing: the pixels stay as they are.
    odd = saved(tmp_path, Image.new("RGB", (8, 8), "#3060c0"), icc_profile=profile.tobytes())
    pixels, drawn = await place(titler, odd)
    assert (
        np.abs(pixels[drawn.box[1] + 2, drawn.box[0] + 2, :3].astype(int) - [48, 96, 192]).max() < 3
    )


async def test_webp_is_read_and_gif_is_not(titler: SkiaTitler, tmp_path: Path) -> None:
    picture = Image.new("RGB", (20, 20), "blue")
    await place(titler, saved(tmp_path, picture, "x.webp"))
    with pytest.raises(CompositionFailed, match="image 1: the file is no PNG, JPEG or WebP"):
        await place(titler, saved(tmp_path, picture, "x.gif"))


async def test_damaged_files_are_refused_and_leave_nothing(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    whole = BytesIO()
    Image.fromarray(noise).save(whole, "PNG")
    for content in (b"", b"GIF89a", whole.getvalue()[:50_000], b"\x89PNG\r\n\x1a\n" + b"\0" * 100):
        source = tmp_path / "bad.png"
        source.write_bytes(content)
        with pytest.raises(CompositionFailed, match="image 1: the file is no PNG"):
            await place(titler, source)
    assert names_in(tmp_path) == ["bad.png"]
    with pytest.raises(CompositionFailed):
        await place(titler, tmp_path / "none.png")


async def test_a_picture_that_would_fill_memory_is_refused_unread(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    # Small as a file: 100 million pixels of one colour.
    huge = saved(tmp_path, Image.new("1", (10_000, 10_000)))
    with pytest.raises(CompositionFailed, match="more than 50,000,000 pixels"):
        await place(titler, huge)


async def test_the_same_image_gives_the_same_bytes(titler: SkiaTitler, tmp_path: Path) -> None:
    logo = saved(tmp_path, Image.radial_gradient("L"))
    contents = []
    for _ in range(2):
        await place(titler, logo)
        contents.append((tmp_path / "placed.png").read_bytes())
    assert contents[0] == contents[1]
