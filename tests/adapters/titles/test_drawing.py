"""What titles look like, told from pixels without knowing them: place, size, direction, colour,
wrapping, and that no letter is replaced by a hollow box."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.adapters.titles.conftest import HEIGHT, WIDTH, Desk, Pixels, names_in, pixels_of, step

from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.fonts import FAMILIES
from video_foundry.core.placement import ANCHORS, safe_margins
from video_foundry.core.title_presets import PRESETS
from video_foundry.errors import CompositionFailed

SIZES = [(1280, 720), (720, 1280), (720, 720), (2520, 1080)]
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


def alpha(pixels: Pixels) -> Pixels:
    return pixels[..., 3]


def alike(one: Pixels, other: Pixels) -> bool:
    return one.shape == other.shape and bool((one == other).all())


def share(pixels: Pixels) -> float:
    """How much of a cut-out is covered."""
    return float(alpha(pixels).mean()) / 255


# Place and size


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("name", list(PRESETS))
async def test_every_preset_stays_in_the_safe_area_whole(
    desk: Desk, name: str, width: int, height: int
) -> None:
    pixels = await desk.draw(PRESETS[name].sample, preset=name, width=width, height=height)
    assert pixels.shape == (height, width, 4)
    assert desk.drawn is not None
    left, top, right, bottom = desk.drawn.box
    safe = safe_margins(width, height)
    soft = PRESETS[name].style.size * min(width, height) / 2  # shadows fade out into the margin
    assert left >= safe.left * width - soft
    assert top >= safe.top * height - soft
    assert right <= (1 - safe.right) * width + soft
    assert bottom <= (1 - safe.bottom) * height + soft
    assert desk.drawn.scale == 1
    assert desk.drawn.missing == ""


@pytest.mark.parametrize("anchor", list(ANCHORS))
async def test_each_anchor_puts_it_in_its_ninth_of_the_frame(desk: Desk, anchor: str) -> None:
    await desk.draw("Here", preset="code", placement={"anchor": anchor})
    assert desk.drawn is not None
    left, top, right, bottom = desk.drawn.box
    across, down = ANCHORS[anchor]
    assert int((left + right) / 2 / WIDTH * 3) == int(across * 2)
    assert int((top + bottom) / 2 / HEIGHT * 3) == int(down * 2)


async def test_the_box_is_the_smallest_around_all_that_shows(desk: Desk) -> None:
    seen = alpha(await desk.draw("Hello", preset="title")) > 0
    assert desk.drawn is not None
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    box = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    assert desk.drawn.box == tuple(int(side) for side in box)


@pytest.mark.parametrize("point", ["0", "1"])
async def test_what_would_stick_out_of_the_frame_is_moved_back_whole(
    desk: Desk, point: str
) -> None:
    home = await desk.draw("Not cut off", preset="code")
    moved = await desk.draw(
        "Not cut off", preset="code", placement={"at": {"x": point, "y": point}}
    )
    assert (alpha(home) > 0).sum() == (alpha(moved) > 0).sum()


async def test_a_size_is_a_fraction_of_the_shorter_side(desk: Desk) -> None:
    heights = []
    for width, height in [(1280, 720), (720, 1280), (1440, 2560)]:
        await desk.draw("H", preset="caption", width=width, height=height)
        assert desk.drawn is not None
        heights.append(desk.drawn.box[3] - desk.drawn.box[1])
    assert heights[0] == heights[1]
    assert abs(heights[2] - 2 * heights[0]) <= 3


# Wrapping and fitting


async def test_lines_are_wrapped_evenly_within_the_width(desk: Desk) -> None:
    text = "Seven words are set on two lines evenly"
    await desk.draw(text, preset="title", style={"max_width": "0.5", "size": "0.06"})
    assert desk.drawn is not None
    assert desk.drawn.lines == 2
    assert desk.drawn.box[2] - desk.drawn.box[0] <= WIDTH * 0.5
    pixels = await desk.plain("even even even even", max_width="0.35")
    rows = alpha(pixels) > 0
    half = len(rows) // 2
    widths = [int(np.ptp(np.flatnonzero(part.any(0)))) for part in (rows[:half], rows[half:])]
    assert abs(widths[0] - widths[1]) < 10


async def test_text_that_is_too_high_is_made_smaller_and_none_of_it_is_lost(desk: Desk) -> None:
    text = " ".join(f"word{n}" for n in range(30))
    style = {"max_height": "0.5", "size": "0.1"}
    await desk.draw(text, preset="caption", style=style, placement={"anchor": "center"})
    assert desk.drawn is not None
    assert 0.5 <= desk.drawn.scale < 1
    assert desk.drawn.box[3] - desk.drawn.box[1] <= HEIGHT * 0.5 + 10
    assert not desk.drawn.is_word_broken


async def test_a_long_word_is_made_smaller_before_it_is_broken(titler: SkiaTitler) -> None:
    word = await titler.measure(step("Donaudampfschifffahrtsgesellschaft", preset="title"))
    assert word.lines == 1
    assert word.scale < 1
    assert not word.is_word_broken
    endless = await titler.measure(step("x" * 200, preset="title"))
    assert endless.is_word_broken
    assert endless.lines > 1


async def test_text_that_cannot_fit_is_refused_and_leaves_nothing(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    long = step("Far too long. " * 70, preset="lower-third", style={"max_height": "0.1"})
    with pytest.raises(CompositionFailed, match="text 1: the text does not fit"):
        await titler.title(long, tmp_path / "title.png")
    assert names_in(tmp_path) == []


async def test_measuring_tells_the_same_and_writes_nothing(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    title = step("Measured twice, and cut once by somebody else", preset="code")
    measured = await titler.measure(title)
    drawn = await titler.title(title, tmp_path / "title.png")
    assert (measured.lines, measured.scale) == (drawn.lines, drawn.scale)
    assert np.allclose(measured.box, drawn.box, atol=2)
    with pytest.raises(CompositionFailed):
        await titler.measure(step("no " * 300, style={"max_height": "0.05"}))


# Scripts


async def test_every_weight_of_every_family_draws_letters(desk: Desk) -> None:
    for family in FAMILIES.values():
        inks = [share(await desk.plain("Hag", font=family.name, weight=w)) for w in family.weights]
        assert min(inks) > 0.05, family.name
        assert inks[0] < inks[-1] or len(inks) == 1, family.name


@pytest.mark.parametrize(
    "text",
    [
        "Ελληνικά Кириллица",
        "مرحبا",
        "שלום",
        "नमस्ते",
        "বাংলা",
        "ਪੰਜਾਬੀ",
        "ગુજરાતી",
        "ଓଡ଼ିଆ",
        "தமிழ்",
        "తెలుగు",
        "ಕನ್ನಡ",
        "മലയാളം",
        "සිංහල",
        "ภาษาไทย",
        "ລາວ",
        "မြန်မာ",
        "ខ្មែរ",
        "አማርኛ",
        "ქართული",
        "Հայերեն",
        "日本語カタカナ",
        "简体中文",
        "한국어",
        "→★☂",
    ],
)
async def test_no_script_shows_hollow_boxes(desk: Desk, text: str) -> None:
    assert desk.titler.missing_characters(text) == ""
    hollow = await desk.plain("\ue000")
    for character in text:
        if character.isalpha():
            assert not alike(await desk.plain(character), hollow), character


async def test_missing_characters_are_told_and_drawn_as_hollow_boxes(desk: Desk) -> None:
    pixels = await desk.plain("\U00012000")
    assert desk.drawn is not None
    assert desk.drawn.missing == "\U00012000"
    assert alike(pixels, await desk.plain("\ue000"))


async def test_arabic_begins_at_the_right_and_its_letters_join(desk: Desk) -> None:
    whole = alpha(await desk.plain("بم")) > 0
    beh, meem = [alpha(await desk.plain(letter)) > 0 for letter in "بم"]
    joined = whole.shape[1] < beh.shape[1] + meem.shape[1]
    assert joined
    # Broader than a full stop, it stands where the line begins.
    ink = await desk.plain("ب                 .")
    columns = np.flatnonzero((alpha(ink) > 0).any(0))
    halves = [int((columns < ink.shape[1] / 2).sum()), int((columns >= ink.shape[1] / 2).sum())]
    assert halves[1] > halves[0]


async def test_a_line_that_runs_to_the_left_keeps_its_full_stop_at_the_left(desk: Desk) -> None:
    for text in ("שלום עולם.", "שלום abc."):
        ink = alpha(await desk.plain(text)) > 0
        first = np.flatnonzero(ink.any(0))[:4]
        # A full stop is low; a letter of either script would reach up.
        assert not ink[: len(ink) // 2, first].any(), text


async def test_start_is_the_right_side_where_writing_begins_there(desk: Desk) -> None:
    text = "שלום\nשלום עולם וכולם"
    middle = {}
    for align in ("start", "left"):
        style = {
            "align": align,
            "box_opacity": 0,
            "bar_width": 0,
            "rest_scale": 1,
            "color": "#ff0000",
        }
        pixels = await desk.draw(
            text, preset="lower-third", style={**style, "rest_color": "#00ff00"}
        )
        red = (pixels[..., 0] > 100) & (pixels[..., 3] > 100)
        middle[align] = float(np.flatnonzero(red.any(0)).mean())
    assert middle["start"] > middle["left"] + 20


async def test_vowel_signs_are_put_in_order(desk: Desk) -> None:
    # The sign i is written after its consonant and drawn before it.
    together = alpha(await desk.plain("कि"))
    consonant = alpha(await desk.plain("क"))
    right = together[:, -consonant.shape[1] // 2 :] > 0
    assert right[len(right) // 2 :].any()
    assert together.shape[1] > consonant.shape[1]


async def test_emoji_are_colourful_and_sequences_are_one_picture(desk: Desk) -> None:
    single = await desk.plain("😀")
    spread = np.ptp(single[alpha(single) > 200][:, :3].astype(int), axis=1)
    assert float((spread > 60).mean()) > 0.5
    for sequence in (FAMILY, "🇩🇪", "👍🏽", "1\ufe0f\u20e3", "🏳\ufe0f\u200d🌈"):
        one = await desk.plain(sequence)
        assert one.shape[1] < single.shape[1] * 1.3, sequence
        assert not alike(one, single)


async def test_a_telephone_is_text_or_emoji_as_it_is_asked_for(desk: Desk) -> None:
    def is_red(pixels: Pixels) -> bool:
        seen = pixels[alpha(pixels) > 200].astype(int)
        return bool(((seen[:, 0] - seen[:, 1]) > 80).mean() > 0.5)

    assert is_red(await desk.plain("☎\ufe0f"))
    assert not is_red(await desk.plain("☎\ufe0e"))


async def test_shared_characters_take_the_form_of_their_language(desk: Desk) -> None:
    forms = []
    for language in ("ja", "zh-Hans", "zh-Hant"):
        pixels = await desk.draw("直骨", preset="title", language=language)
        forms.append(hashlib.sha256(pixels.tobytes()).hexdigest())
    assert len(set(forms)) == 3


async def test_chinese_and_thai_are_wrapped_without_blanks(desk: Desk) -> None:
    for text in ("长文章没有空格也要换行显示" * 3, "ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอนหรือวรรณยุกต์"):
        await desk.draw(text, preset="caption", style={"max_width": "0.4"})
        assert desk.drawn is not None
        assert desk.drawn.lines > 1
        assert not desk.drawn.is_word_broken


# Looks


async def test_colours_are_straight_and_exact(desk: Desk) -> None:
    style = {"color": "#336699", "box_color": "#20c040", "box_opacity": "0.5", "max_width": 1}
    pixels = await desk.draw("HHHH", preset="code", style=style)
    assert desk.drawn is not None
    left, top, right, _ = desk.drawn.box
    edge = pixels[top + 3, (left + right) // 2]
    assert np.allclose(edge, [0x20, 0xC0, 0x40, 128], atol=2)
    letters = pixels[(alpha(pixels) == 255)]
    assert (np.abs(letters[:, :3].astype(int) - [0x33, 0x66, 0x99]).max(1) <= 2).any()


async def test_an_outline_lies_around_the_letters_and_a_shadow_below(desk: Desk) -> None:
    bare = await desk.plain("O")
    outlined = await desk.plain("O", outline_width="0.1", outline_color="#ff0000")
    assert outlined.shape[0] > bare.shape[0] + 8
    assert tuple(outlined[outlined.shape[0] // 2, 4])[0:3] == (255, 0, 0)
    shaded = await desk.plain("O", shadow_opacity=1, shadow_y="0.5", shadow_blur=0)
    assert shaded.shape[0] >= bare.shape[0] + 0.4 * 72
    assert tuple(shaded[-3, shaded.shape[1] // 2])[0:3] == (0, 0, 0)


async def test_opacity_covers_everything_together(desk: Desk) -> None:
    pixels = await desk.draw("Faint", preset="code", style={"opacity": "0.5", "box_opacity": 1})
    assert abs(int(alpha(pixels).max()) - 128) <= 1


async def test_lines_after_the_first_are_smaller_where_the_preset_says_so(desk: Desk) -> None:
    rows = alpha(await desk.draw("HHH\nHHH", preset="end-card", style={"shadow_opacity": 0})) > 200
    inked = np.flatnonzero(rows.any(1))
    gaps = np.flatnonzero(np.diff(inked) > 1)
    first, second = gaps[0] + 1, len(inked) - gaps[0] - 1
    assert second < first * 0.5


# Sameness


async def test_the_same_title_gives_the_same_bytes_in_every_process(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    title = step("Same كل مرة 同じ 👍🏽", preset="title")
    other = SkiaTitler()
    digests = set()
    for number, maker in enumerate((titler, titler, other)):
        await maker.title(step(f"Something else {number}"), tmp_path / "x.png")
        await maker.title(title, tmp_path / "title.png")
        digests.add(hashlib.sha256((tmp_path / "title.png").read_bytes()).hexdigest())
    await other.aclose()
    assert len(digests) == 1


def test_the_server_side_never_loads_skia() -> None:
    code = (
        "import sys, video_foundry.adapters.titles.titler; "
        "sys.exit(any(name in sys.modules for name in ('skia', 'PIL')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_a_frame_of_four_thousand_pixels_is_drawn(desk: Desk) -> None:
    pixels = await desk.draw("4K", preset="title", width=3840, height=2160)
    assert pixels.shape == (2160, 3840, 4)
    assert pixels_of(desk.folder / "title.png").any()
