"""Text analysed: emoji, direction, language, and the order in which fonts are asked."""

import pytest

from video_foundry.core.fonts import EMOJI, FAMILIES, FONT_FILES, chain, emoji_first, nearest
from video_foundry.core.writing import (
    is_right_to_left,
    language_of,
    may_be_spaced,
    needs_glyph,
    stretches,
)

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "emoji",
    [
        "😀",
        FAMILY,
        RAINBOW,
        ENGLAND,
        "🇩🇪",
        "👍🏽",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "☝🏿",
        "⌚",
        "©\ufe0f",
        "ℹ\ufe0f",
    ],
)
def test_emoji_of_every_kind_stay_whole(emoji: str) -> None:
    assert [(p.text, p.is_emoji) for p in stretches(f"a{emoji}b")] == [
        ("a", False),
        (emoji, True),
        ("b", False),
    ]


@pytest.mark.parametrize("text", ["© 2026 ™", "1 # *", "☺", "⌚\ufe0e", "日本語", "→ ★ ✓", "ℹ"])
def test_characters_that_are_text_unless_asked_otherwise_stay_text(text: str) -> None:
    assert [p.is_emoji for p in stretches(text)] == [False]


@pytest.mark.parametrize(
    ("text", "is_reversed"),
    [
        ("שלום", True),
        ("123, مرحبا", True),
        ("Hello مرحبا", False),
        ("42!", False),
        ("", False),
    ],
)
def test_the_first_letter_decides_the_direction(text: str, is_reversed: bool) -> None:
    assert is_right_to_left(text) is is_reversed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("直す骨", "ja"),
        ("한국 直", "ko"),
        ("ㄅㄆ 直", "zh-Hant"),
        ("直骨", "zh-Hans"),
        ("Hi", "zh-Hans"),
    ],
)
def test_the_language_is_known_by_its_own_letters(text: str, language: str) -> None:
    assert language_of(text) == language


def test_joined_scripts_are_not_torn_apart() -> None:
    assert may_be_spaced("Grüße, Мир, 日本")
    assert not any(map(may_be_spaced, ["مرحبا", "नमस्ते", "ภาษา"]))


def test_controls_and_blanks_need_no_glyph() -> None:
    assert not any(map(needs_glyph, " \u200d\ufe0f\u2067\u00a0\U000e0067"))
    assert all(map(needs_glyph, "a,日😀\u0301"))


def test_fonts_are_asked_in_one_order_with_the_emoji_last() -> None:
    faces = chain("Caveat", weight=700, italic=False, language="ja")
    assert [faces[0].file, faces[1].file, faces[-1].file] == ["Caveat.ttf", "NotoSans.ttf", EMOJI]
    assert emoji_first(faces) == (faces[-1], *faces[:-1])
    assert {face.file for face in faces} <= set(FONT_FILES)


def test_each_language_has_its_own_forms() -> None:
    faces = {
        language: next(
            f
            for f in chain("Oswald", weight=400, italic=False, language=language)
            if f.file == "NotoSansCJK.ttc"
        )
        for language in ("ja", "ko", "zh-Hans", "zh-Hant", "zh-HK")
    }
    assert len({face.index for face in faces.values()}) == 5


def test_the_nearest_weight_is_taken_and_of_two_the_bolder() -> None:
    assert nearest(900, FAMILIES["Oswald"].weights) == 700
    assert nearest(600, (500, 700)) == 700
    assert chain("Bebas Neue", weight=900, italic=False, language="ja")[0].weight == 400


def test_italics_are_taken_where_there_are_any() -> None:
    files = [
        chain(font, weight=400, italic=True, language="ja")[0].file
        for font in ("Noto Serif", "Oswald")
    ]
    assert files == ["NotoSerif-Italic.ttf", "Oswald.ttf"]
