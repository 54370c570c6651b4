"""The bundled fonts as files: what a page writes a person's words with where the system cannot."""

import re
from pathlib import Path

import pytest
from tests.api.studio import Studio

from video_foundry.core.fonts import FONT_FILES

STYLES = Path(__file__).parents[2] / "web/src/app/scripts.css"


def test_the_page_asks_only_for_fonts_that_there_are() -> None:
    asked = set(re.findall(r'url\("/api/fonts/([^"]+)"\)', STYLES.read_text(encoding="utf-8")))
    assert {"NotoSansCJK.ttc", "NotoColorEmoji.ttf", "NotoSansArabic.ttf"} <= asked
    assert asked <= set(FONT_FILES)


def test_a_font_is_served_as_one_and_kept(studio: Studio) -> None:
    answer = studio.http.get("/api/fonts/NotoSansHebrew.ttf").raise_for_status()
    assert answer.headers["content-type"] == "font/ttf"
    assert "max-age" in answer.headers["cache-control"]
    assert answer.content[:4] == b"\x00\x01\x00\x00"


@pytest.mark.parametrize("name", ["NOTICE.txt", "..%2Fpy.typed", "Nowhere.ttf", ".built-from"])
def test_nothing_else_of_the_folder_is_served(studio: Studio, name: str) -> None:
    assert studio.http.get(f"/api/fonts/{name}").status_code == 404
