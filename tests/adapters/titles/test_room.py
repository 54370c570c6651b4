"""Whether a text fits is known before it is drawn: what is said to fit for sure does, however it
is written, and little is ever in doubt."""

from itertools import product
from typing import Any

import pytest
from tests.adapters.titles.conftest import step

from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.title_room import surely_fits
from video_foundry.core.titles import text_from_json
from video_foundry.errors import CompositionFailed

WORDS = ("W" * 400, "WWW MMM " * 40, "東京" * 150, "😀" * 120, "كيف الحال " * 40, "a\n" * 9 + "b")
SIZES = ((1280, 720), (360, 640), (64, 36))
ROOMS: tuple[dict[str, str], ...] = (
    {},
    {"max_height": "0.3"},
    {"max_width": "0.2", "letter_spacing": "0.5"},
)


@pytest.mark.parametrize("preset", ["title", "lower-third", "caption"])
async def test_what_surely_fits_is_set(titler: SkiaTitler, preset: str) -> None:
    """Each text as long as it may be for that."""
    for words, (width, height), style in product(WORDS, SIZES, ROOMS):
        told: dict[str, Any] = {"preset": preset, "style": style}
        fitting = (
            text
            for length in range(len(words), 0, -1)
            if (text := words[:length].strip())
            and surely_fits(text_from_json({"text": text, **told}, field="text"), width, height)
        )
        longest = next(fitting, None)
        if longest is not None:
            await titler.measure(step(longest, width=width, height=height, **told))


@pytest.mark.parametrize("preset", list(PRESETS))
def test_what_a_preset_is_made_for_is_not_in_doubt(preset: str) -> None:
    item = text_from_json({"text": PRESETS[preset].sample, "preset": preset}, field="text")
    assert all(surely_fits(item, width, height) for width, height in SIZES[:2])


async def test_what_does_not_fit_is_in_doubt(titler: SkiaTitler) -> None:
    told: dict[str, Any] = {"preset": "lower-third", "style": {"max_height": "0.1"}}
    text = "Far too long. " * 70
    with pytest.raises(CompositionFailed):
        await titler.measure(step(text, **told))
    assert not surely_fits(text_from_json({"text": text, **told}, field="text"), 1280, 720)
