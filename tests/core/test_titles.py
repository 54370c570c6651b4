"""Titles and images as values: what is accepted, how the rest is refused, JSON, identity."""

import json
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.easing import EASINGS
from video_foundry.core.fonts import FAMILIES, LANGUAGES
from video_foundry.core.item_animation import ItemAnimation, fitted
from video_foundry.core.placement import ANCHORS, Placement, safe_margins, spot_of
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.title_style import TitleStyle
from video_foundry.core.titles import (
    MOST_OVERLAYS,
    TextItem,
    Timing,
    check_count,
    image_fingerprint,
    image_from_json,
    image_spec_from_json,
    image_spec_to_json,
    image_to_json,
    shown_between,
    text_from_json,
    text_to_json,
    title_fingerprint,
    title_spec_from_json,
    title_spec_to_json,
)
from video_foundry.errors import BadInput

LOGO = "ab" * 32
F = Fraction

hundredths = st.integers(1, 45).map(lambda n: F(n, 100))
placements = st.one_of(
    st.fixed_dictionaries(
        {"anchor": st.sampled_from(list(ANCHORS))},
        optional={"x": hundredths, "y": hundredths, "margin_x": hundredths},
    ),
    st.fixed_dictionaries({"at": st.fixed_dictionaries({"x": hundredths, "y": hundredths})}),
)
animations = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(ANIMATIONS)),
        "seconds": hundredths,
        "easing": st.sampled_from(list(EASINGS)),
    }
)
styles = st.fixed_dictionaries(
    {},
    optional={
        "font": st.sampled_from(list(FAMILIES)),
        "size": hundredths,
        "weight": st.sampled_from([100, 400, 900]),
        "italic": st.booleans(),
        "color": st.sampled_from(["#ff0000", "#00ff7f"]),
        "box_opacity": hundredths,
        "rest_weight": st.sampled_from([None, 300]),
    },
)
texts = st.fixed_dictionaries(
    {"text": st.text("abc дー👍", min_size=1).filter(str.strip)},
    optional={
        "start": hundredths,
        "end": st.integers(1, 99),
        "segment": st.sampled_from(["one", None]),
        "preset": st.sampled_from(list(PRESETS)),
        "style": styles,
        "placement": placements,
        "animate_in": animations,
        "animate_out": st.none(),
        "language": st.sampled_from([*LANGUAGES, None]),
    },
)


def refused(value: dict[str, Any]) -> BadInput:
    """The error for a text that is otherwise right."""
    with pytest.raises(BadInput) as caught:
        text_from_json({"text": "Hello", **value}, field="text.3")
    assert caught.value.problems[0].fix
    return caught.value


@law
@given(texts)
def test_a_text_survives_json(value: dict[str, Any]) -> None:
    item = text_from_json(value, field="text.0")
    told = json.loads(json.dumps(text_to_json(item)))
    assert text_from_json(told, field="text.0") == item
    spec = json.loads(json.dumps(title_spec_to_json(item.spec)))
    assert title_spec_from_json(spec) == item.spec


@law
@given(placements, hundredths, hundredths)
def test_an_image_survives_json(where: dict[str, Any], scale: Fraction, opacity: Fraction) -> None:
    value = {"media": LOGO, "placement": where, "scale": scale, "opacity": opacity}
    item = image_from_json(value, field="images.0")
    told = json.loads(json.dumps(image_to_json(item)))
    assert image_from_json(told, field="images.0") == item
    assert image_spec_from_json(json.loads(json.dumps(image_spec_to_json(item.spec)))) == item.spec


@pytest.mark.parametrize(
    ("value", "field", "words"),
    [
        ({"text": "  \n "}, "text.3.text", "empty"),
        ({"text": None}, "text.3.text", "empty"),
        ({"text": "x" * 1001}, "text.3.text", "1,001 characters but may have 1,000"),
        ({"text": "\n".join("x" * 25)}, "text.3.text", "25 lines but may have 24"),
        ({"text": "bell \x07"}, "text.3.text", "no character that can be shown"),
        ({"text": "half \ud800"}, "text.3.text", "no character that can be shown"),
        ({"preset": "lower-thrid"}, "text.3.preset", "'lower-thrid' is not a preset"),
        ({"style": {"font": "Arial"}}, "text.3.style.font", "'Arial' is not a bundled font"),
        ({"style": {"color": "reddish"}}, "text.3.style.color", "'reddish' is not a colour"),
        ({"style": {"box_color": "#12345"}}, "text.3.style.box_color", "not a colour"),
        ({"style": {"size": "0.7"}}, "text.3.style.size", "from 0.01 to 0.6"),
        ({"style": {"weight": 450}}, "text.3.style.weight", "not a weight"),
        ({"style": {"italic": "yes"}}, "text.3.style.italic", "neither true nor false"),
        ({"style": {"align": "middle"}}, "text.3.style.align", "not an alignment"),
        ({"style": {"blink": 1}}, "text.3.style.blink", "not a field"),
        ({"start": 3, "end": 3}, "text.3.end", "ends at 3 s but begins at 3 s"),
        ({"start": -1}, "text.3.start", "from 0"),
        ({"start": "soon"}, "text.3.start", "not a number"),
        ({"placement": {"anchor": "middle"}}, "text.3.placement.anchor", "not a place"),
        ({"placement": {"at": {"x": 2, "y": 0}}}, "text.3.placement.at.x", "from 0 to 1"),
        ({"animate_in": {"kind": "spin"}}, "text.3.animate_in.kind", "not an animation"),
        ({"animate_in": {"easing": "boing"}}, "text.3.animate_in.easing", "not an easing"),
        ({"animate_in": {"seconds": 0}}, "text.3.animate_in.seconds", "from 0.01 to 30 s"),
        ({"language": "xx"}, "text.3.language", "forms of its own"),
        ({"colour": "#ffffff"}, "text.3.colour", "not a field"),
    ],
)
def test_what_is_wrong_is_named_with_its_limit(value: Any, field: str, words: str) -> None:
    error = refused(value)
    assert error.problems[0].field == field
    assert words in error.message


def test_the_nearest_preset_is_suggested() -> None:
    assert "use 'lower-third'" in str(refused({"preset": "lower-thrid"}).problems[0].fix)


@pytest.mark.parametrize("media", ["../logo.png", "AB" * 32, None, 7])
def test_an_image_is_named_by_its_digest(media: object) -> None:
    with pytest.raises(BadInput) as caught:
        image_from_json({"media": media}, field="images.1")
    assert caught.value.problems[0].field == "images.1.media"


def test_line_ends_and_tabs_are_made_plain() -> None:
    item = text_from_json({"text": "\r\nOne\r\nTwo  \r\tThree\u2028Four\n\n"}, field="t")
    assert item.text == "One\nTwo\n    Three\nFour"


def test_an_item_that_begins_when_the_film_is_over_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        shown_between(Timing(start=F(12)), F(12), field="text.0")
    assert "begins at 12 s, but the film ends at 12 s" in caught.value.message
    assert caught.value.problems[0].field == "text.0.start"


def test_an_item_ends_with_the_film_at_the_latest() -> None:
    assert shown_between(Timing(start=F(1)), F(12), field="t") == (F(1), F(12))
    assert shown_between(Timing(start=F(1), end=F(99)), F(12), field="t") == (F(1), F(12))
    assert shown_between(Timing(start=F(1), end=F(2)), F(12), field="t") == (F(1), F(2))


def test_there_may_be_ten_thousand_overlays_and_no_more() -> None:
    check_count(MOST_OVERLAYS, field="text")
    with pytest.raises(BadInput, match=r"10,001 .* may be 10,000"):
        check_count(MOST_OVERLAYS + 1, field="text")


def test_animations_are_quickened_alike_where_an_item_is_too_short_for_them() -> None:
    come, go = ItemAnimation(kind="fade", seconds=F(3)), ItemAnimation(kind="pop", seconds=F(1))
    assert fitted(come, go, F(4)) == (come, go)
    assert fitted(come, go, F(2)) == (
        replace(come, seconds=F(3, 2)),
        replace(go, seconds=F(1, 2)),
    )
    assert fitted(None, go, F(1, 2)) == (None, replace(go, seconds=F(1, 2)))


def test_an_animation_of_the_preset_can_be_left_out() -> None:
    assert text_from_json({"text": "x", "preset": "title"}, field="t").animate_in
    told = {"text": "x", "preset": "title", "animate_in": None}
    assert text_from_json(told, field="t").animate_in is None


# Placement


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (1080, 1080)])
@pytest.mark.parametrize("anchor", list(ANCHORS))
def test_every_place_lies_on_the_safe_area(anchor: str, width: int, height: int) -> None:
    spot, safe = spot_of(Placement(anchor=anchor), width, height), safe_margins(width, height)
    assert safe.left * width <= spot.x <= (1 - safe.right) * width
    assert safe.top * height <= spot.y <= (1 - safe.bottom) * height
    assert (spot.across, spot.down) == ANCHORS[anchor]


def test_another_place_leaves_the_offsets_of_the_preset_behind() -> None:
    told = {"text": "x", "preset": "subtitle", "placement": {"anchor": "top"}}
    assert text_from_json(told, field="t").placement == Placement(anchor="top")
    told = {"text": "x", "preset": "subtitle", "placement": {"x": "0.1"}}
    assert text_from_json(told, field="t").placement.y == PRESETS["subtitle"].placement.y


# Identity


def mark(item: TextItem, width: int = 1280, fonts: tuple[str, ...] = ("f1",)) -> str:
    return title_fingerprint(item.spec, width, 720, fonts)


def test_everything_that_can_be_seen_changes_the_fingerprint() -> None:
    base = TextItem(text="Hello", preset="lower-third")
    shown = replace(base.style, outline_width=F(1, 10), shadow_opacity=F(1))
    looks: dict[str, Any] = {
        "font": "Caveat",
        "weight": 300,
        "italic": True,
        "align": "right",
        "rest_weight": 300,
    }
    for entry in fields(TitleStyle):
        value = getattr(shown, entry.name)
        if isinstance(value, Fraction):
            other: Any = value + F(1, 100)
        else:
            other = looks.get(entry.name, "#123456")
        before = title_fingerprint(replace(base.spec, style=shown), 1280, 720, ["f1"])
        changed = replace(base.spec, style=replace(shown, **{entry.name: other}))
        assert title_fingerprint(changed, 1280, 720, ["f1"]) != before, entry.name
    others = [
        mark(replace(base, text="Hallo")),
        mark(replace(base, language="ja")),
        mark(replace(base, placement=Placement(anchor="top"))),
        mark(base, width=1920),
        mark(base, fonts=("f2",)),
        mark(base, fonts=("f1", "f2")),
    ]
    assert len({mark(base), *others}) == len(others) + 1


def test_when_and_how_it_comes_and_goes_does_not_change_its_picture() -> None:
    base = text_from_json({"text": "Hello"}, field="t")
    moved = replace(base, timing=Timing(start=F(5), segment="two"), animate_in=None)
    assert mark(moved) == mark(base)


def test_what_is_not_drawn_does_not_change_the_fingerprint() -> None:
    base = TextItem(text="Hello", preset="caption")
    assert not base.style.box_opacity
    hidden = replace(
        base, overrides={"box_color": "#ff0000", "box_radius": F(1), "bar_color": "#1"}
    )
    assert mark(hidden) == mark(base)


def test_the_same_place_said_in_another_way_is_the_same_picture() -> None:
    safe = safe_margins(1280, 720)
    said = Placement(anchor="bottom", margin_x=safe.left, margin_y=safe.bottom)
    base = TextItem(text="Hello", placement=Placement(anchor="bottom"))
    assert mark(replace(base, placement=said)) == mark(base)


def test_an_image_is_known_by_bytes_size_and_place() -> None:
    base = image_from_json({"media": LOGO}, field="i")
    others = [
        replace(base, digest="cd" * 32),
        replace(base, scale=F(1, 2)),
        replace(base, placement=Placement()),
    ]
    marks = {image_fingerprint(item.spec, 1280, 720) for item in [base, *others]}
    assert len(marks) == 4
    faint = replace(base, opacity=F(1, 2), timing=Timing(start=F(2)))
    assert image_fingerprint(faint.spec, 1280, 720) in marks


def test_every_preset_is_within_the_limits_of_its_own_fields() -> None:
    for preset in PRESETS.values():
        told = title_spec_to_json(TextItem(text=preset.sample, preset=preset.name).spec)
        assert title_spec_from_json(told).style == preset.style
