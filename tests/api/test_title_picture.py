"""The picture of a title that editors lay over their preview: as large as the film, and clear where
nothing of the title is."""

import io
import json
from typing import Any

import pytest
from PIL import Image
from tests.api.studio import Studio

SIZE = (320, 180)


def ask(**title: Any) -> dict[str, Any]:
    """The query for a title in a film of this size."""
    return {"title": json.dumps(title), "width": SIZE[0], "height": SIZE[1]}


def drawn(studio: Studio, **title: Any) -> Image.Image:
    """Opacity, place by place."""
    answer = studio.http.get("/api/title-picture", params=ask(**title)).raise_for_status()
    assert answer.headers["content-type"] == "image/png"
    return Image.open(io.BytesIO(answer.content)).convert("RGBA").getchannel("A")


def box(opacity: Image.Image) -> tuple[int, int, int, int]:
    """left, top, right, bottom of what is not clear."""
    found = opacity.getbbox()
    assert found is not None, "nothing was drawn"
    return found


def test_a_title_stands_in_the_middle_and_a_lower_third_at_the_bottom(studio: Studio) -> None:
    title = drawn(studio, text="Light", preset="title")
    assert title.size == SIZE
    left, top, right, bottom = box(title)
    assert abs(left + right - SIZE[0]) <= 4
    assert top > 0.25 * SIZE[1] and bottom < 0.75 * SIZE[1]
    left, top, right, _ = box(drawn(studio, text="Light", preset="lower-third"))
    assert (left < 0.1 * SIZE[0], right < SIZE[0] / 2, top > SIZE[1] / 2) == (True, True, True)


@pytest.mark.parametrize("text", ["光の海", "مرحبا", "🌊👍"])
def test_other_scripts_and_emoji_are_drawn_and_not_replaced_by_boxes(
    studio: Studio, text: str
) -> None:
    """A letter that no font has is drawn the same whichever it is."""
    missing = "\U0010fffd" * len(text)
    assert drawn(studio, text=text).tobytes() != drawn(studio, text=missing).tobytes()


def test_the_same_question_may_be_kept_by_browsers(studio: Studio) -> None:
    answers = [studio.http.get("/api/title-picture", params=ask(text="Light")) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert "max-age" in answers[0].headers["cache-control"]


@pytest.mark.parametrize(
    ("title", "size"),
    [
        ("no JSON", SIZE),
        ('{"preset": "title"}', SIZE),
        ('{"text": "Light", "preset": "nothing like it"}', SIZE),
        ('{"text": "Light"}', (321, 180)),
        ('{"text": "Light"}', (8, 8)),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(
    studio: Studio, title: str, size: tuple[int, int]
) -> None:
    params: dict[str, str | int] = {"title": title, "width": size[0], "height": size[1]}
    answer = studio.http.get("/api/title-picture", params=params)
    assert answer.status_code in (400, 422)
    named = {error["field"] for error in answer.json()["errors"]}
    assert all(field.startswith(("title", "width", "height")) for field in named)
    assert named
