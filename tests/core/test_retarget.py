"""Moving a segment to another model: what stays, what moves, what is lost, what it costs."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.catalogue import ModelEntry, PriceRow, effective_params
from video_foundry.core.money import NOTHING, UNKNOWN, Price
from video_foundry.core.request import make_request
from video_foundry.core.retarget import Retargeting, Shot, check_target, retarget
from video_foundry.errors import BadInput


def entry(name: str, *, rules: dict[str, Any] | None = None, **changes: Any) -> ModelEntry:
    """An entry with these parameters, closed."""
    properties = changes.pop("properties")
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return ModelEntry(
        id=name, provider="p", title=name, parameters={**schema, **(rules or {})}, **changes
    )


SEED = {"type": "integer", "minimum": 0, "maximum": 1000}
MEDIA = {"type": "string", "format": "media"}
LONG = entry(
    "long",
    properties={
        "duration": {"type": "number", "minimum": 0.5, "maximum": 60, "default": 5},
        "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16", "1:1", "4:5"]},
        "resolution": {"type": "string", "enum": ["360p", "720p", "1080p", "4k"]},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4_294_967_295},
        "style": {"type": "string", "enum": ["ink", "Neon"]},
        "strength": {"type": "number", "minimum": 0, "maximum": 1},
        "negative_prompt": {"type": "string", "maxLength": 100},
        "first_frame": MEDIA,
        "last_frame": MEDIA,
        "audio": {"type": "boolean", "default": True},
    },
    is_local=True,
)
STEPS = entry(
    "steps",
    properties={
        "duration": {"type": "integer", "enum": [4, 6, 8], "default": 8},
        "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16"], "default": "16:9"},
        "resolution": {"type": "string", "enum": ["720p", "1080p"], "default": "720p"},
        "seed": SEED,
        "negative_prompt": {"type": "string", "maxLength": 20},
        "audio": {"type": "boolean", "default": False},
    },
    prices=(
        PriceRow(amount=Decimal("0.10"), unit="second", when={"resolution": "720p"}),
        PriceRow(amount=Decimal("0.20"), unit="second", when={"resolution": "1080p"}),
    ),
)
FRAMES = entry(
    "frames",
    properties={
        "duration": {"type": "integer", "minimum": 2, "maximum": 10, "default": 5},
        "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16", "1:1"], "default": "16:9"},
        "first_frame": MEDIA,
        "last_frame": MEDIA,
        "resolution": {"type": "string", "enum": ["720p", "1080p"]},
    },
    rules={
        "dependentRequired": {"last_frame": ["first_frame"]},
        "allOf": [
            {
                "if": {"not": {"required": ["first_frame"]}},
                "then": {"properties": {"aspect_ratio": {"enum": ["16:9", "9:16"]}}},
            },
            {
                "if": {
                    "properties": {"resolution": {"const": "1080p"}},
                    "required": ["resolution"],
                },
                "then": {"properties": {"duration": {"maximum": 5}}},
            },
        ],
    },
    prices=(PriceRow(amount=Decimal("0.12"), unit="second"),),
)
PICTURE_FIRST = entry(
    "picture-first",
    properties={"first_frame": MEDIA, "duration": {"type": "integer", "enum": [5, 10]}},
    rules={"required": ["first_frame"]},
)
ANYTHING = ModelEntry(id="anything", provider="plug-in", title="Anything")
SHORT_WORDS = entry("short-words", properties={"seed": SEED}, prompt_characters=10)
MODELS = (LONG, STEPS, FRAMES, PICTURE_FIRST, ANYTHING, SHORT_WORDS)

PARAMS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "duration": st.sampled_from([0.5, 2, 2.5, 4, 5, 7.25, 10, 60]),
        "aspect_ratio": st.sampled_from(["16:9", "9:16", "1:1", "4:5"]),
        "resolution": st.sampled_from(["360p", "720p", "1080p", "4k"]),
        "seed": st.sampled_from([0, 7, 1000, 4_294_967_295]),
        "style": st.sampled_from(["ink", "Neon"]),
        "strength": st.sampled_from([0, 0.5, 1]),
        "negative_prompt": st.sampled_from(["", "rain", "rain, fog and everything grey"]),
        "first_frame": st.just("picture-1"),
        "last_frame": st.just("picture-2"),
        "audio": st.booleans(),
    },
)
SHOTS = st.builds(
    Shot,
    given=PARAMS,
    prompt=st.sampled_from(["a road", "a road through a forest"]),
    seconds=st.none() | st.sampled_from([Fraction(1), Fraction(9, 2), Fraction(30)]),
    aspect=st.none() | st.sampled_from([(1280, 720), (720, 1280), (500, 500)]),
)


def moved(model: ModelEntry, old: ModelEntry = LONG, **given: Any) -> Retargeting:
    return retarget(Shot(given={"model": old.id, **given}), old, model)


def told(outcome: Retargeting) -> dict[str, tuple[Any, Any]]:
    return {one.parameter: (one.old, one.new) for one in (*outcome.changed, *outcome.lost)}


@law
@given(SHOTS, st.sampled_from(MODELS), st.sampled_from(MODELS))
def test_what_fits_is_a_request_of_the_new_model(
    shot: Shot, old: ModelEntry, new: ModelEntry
) -> None:
    outcome = retarget(shot, old, new)
    assert outcome.params["model"] == new.id
    if not outcome.fits:
        assert outcome.after == UNKNOWN
        return
    effective_params(new, outcome.params)
    pictures = {"picture-1": "ab" * 32, "picture-2": "cd" * 32}
    make_request(new, shot.prompt, outcome.params, pictures, aspect=shot.aspect)


@law
@given(SHOTS, st.sampled_from(MODELS))
def test_the_same_model_changes_nothing(shot: Shot, model: ModelEntry) -> None:
    outcome = retarget(shot, model, model)
    assert dict(outcome.params) == {"model": model.id, **shot.given}
    assert (outcome.changed, outcome.lost) == ((), ())
    if outcome.fits:
        assert outcome.before == outcome.after


@law
@given(SHOTS, st.sampled_from(MODELS), st.sampled_from(MODELS))
def test_every_parameter_is_accounted_for(shot: Shot, old: ModelEntry, new: ModelEntry) -> None:
    outcome = retarget(shot, old, new)
    changed = {one.parameter for one in outcome.changed}
    lost = {one.parameter for one in outcome.lost}
    assert {*outcome.kept, *changed, *lost} >= set(shot.given)
    assert not lost & set(outcome.params)
    assert all(outcome.params[name] == shot.given[name] for name in outcome.kept)
    assert all(one.new == outcome.params[one.parameter] for one in outcome.changed)


@law
@given(SHOTS, st.sampled_from(MODELS), st.sampled_from(MODELS))
def test_moving_twice_to_a_model_is_moving_once(
    shot: Shot, old: ModelEntry, new: ModelEntry
) -> None:
    once = retarget(shot, old, new)
    again = Shot(given=once.params, prompt=shot.prompt, seconds=shot.seconds, aspect=shot.aspect)
    assert retarget(again, new, new).params == once.params


def test_what_the_new_model_allows_stays() -> None:
    outcome = moved(STEPS, duration=6, aspect_ratio="9:16", resolution="1080p", seed=7, audio=True)
    assert outcome.kept == ("duration", "aspect_ratio", "resolution", "seed", "audio")
    assert (outcome.changed, outcome.lost) == ((), ())
    assert outcome.before == NOTHING
    assert outcome.after == Price(low=Decimal("1.20"), high=Decimal("1.20"))


@pytest.mark.parametrize(
    ("name", "value", "new"),
    [
        ("duration", 4.9, 4),
        ("duration", 5, 6),  # as near as 4, and the longer one holds it
        ("duration", 60, 8),
        ("aspect_ratio", "1:1", "16:9"),
        ("aspect_ratio", "4:5", "9:16"),
        ("resolution", "360p", "720p"),
        ("resolution", "4k", "1080p"),
        ("seed", 5000, 1000),
        ("negative_prompt", "rain, fog and everything grey", "rain, fog and everyt"),
    ],
)
def test_a_misfit_moves_to_the_nearest(name: str, value: Any, new: Any) -> None:
    outcome = moved(STEPS, **{"duration": 4, name: value})
    assert told(outcome) == {name: (value, new)}
    assert outcome.params[name] == new


def test_what_the_new_model_lacks_is_lost() -> None:
    outcome = moved(STEPS, duration=4, style="ink", first_frame="picture-1")
    assert told(outcome) == {"style": ("ink", None), "first_frame": ("picture-1", None)}
    assert set(outcome.params) == {"model", "duration"}


def test_a_model_that_takes_anything_takes_everything() -> None:
    outcome = moved(ANYTHING, duration=4, style="ink")
    assert outcome.kept == ("duration", "style")
    assert outcome.after == UNKNOWN


def test_a_length_that_came_from_the_old_model_is_kept() -> None:
    assert told(moved(STEPS)) == {"duration": (5, 6)}
    assert moved(FRAMES).params == {"model": "frames"}, "both make five seconds unasked"


def test_a_clip_stays_long_enough_for_its_trim() -> None:
    shot = Shot(given={"duration": 5}, seconds=Fraction(9, 2))
    assert retarget(shot, LONG, STEPS).params["duration"] == 6
    asked = Shot(given={"duration": 4.9}, seconds=Fraction(24, 5))
    assert retarget(asked, LONG, STEPS).params["duration"] == 6


def test_a_length_that_nobody_names_is_long_enough_for_the_trim_too() -> None:
    frames = retarget(Shot(given={}, seconds=Fraction(7)), ANYTHING, FRAMES)
    assert told(frames) == {"duration": (None, 7)}
    assert retarget(Shot(given={}, seconds=Fraction(3)), ANYTHING, FRAMES).params == {
        "model": "frames"
    }


def test_a_trim_that_no_clip_is_long_enough_for_is_refused() -> None:
    outcome = retarget(Shot(given={"duration": 30}, seconds=Fraction(20)), LONG, STEPS)
    assert [p.field for p in outcome.problems] == ["trim"]
    assert not outcome.fits


def test_sound_that_nobody_asked_for_and_the_new_model_cannot_make_is_told() -> None:
    assert told(moved(FRAMES)) == {"audio": (True, None)} | told(moved(FRAMES, duration=5))
    assert "audio" not in told(moved(FRAMES, old=STEPS, duration=4))


def test_what_is_needed_and_not_said_is_missing() -> None:
    outcome = moved(PICTURE_FIRST, duration=5)
    assert outcome.missing == ("first_frame",)
    assert (outcome.fits, outcome.after) == (False, UNKNOWN)
    assert moved(PICTURE_FIRST, duration=5, first_frame="picture-1").fits


def test_rules_between_parameters_are_kept() -> None:
    assert told(moved(FRAMES, aspect_ratio="1:1", audio=False)) == {
        "aspect_ratio": ("1:1", "16:9"),
        "audio": (False, None),
    }
    assert moved(FRAMES, aspect_ratio="1:1", first_frame="picture-1").params["aspect_ratio"] == (
        "1:1"
    )
    assert told(moved(FRAMES, last_frame="picture-2", audio=False)) == {
        "last_frame": ("picture-2", None),
        "audio": (False, None),
    }
    both = moved(FRAMES, duration=9, resolution="1080p", audio=False)
    assert both.params["duration"] == 5
    assert both.fits


def test_the_project_s_shape_is_minded_where_a_rule_forbids_it() -> None:
    square = retarget(Shot(given={}, aspect=(500, 500)), LONG, FRAMES)
    assert square.params["aspect_ratio"] == "16:9"
    assert square.fits


def test_a_prompt_that_is_too_long_is_refused() -> None:
    outcome = retarget(Shot(given={}, prompt="twelve words"), LONG, SHORT_WORDS)
    assert [p.field for p in outcome.problems] == ["prompt"]


def test_a_segment_whose_model_nobody_knows_any_more_can_be_moved() -> None:
    given = {"model": "gone", "duration": 4, "mood": "blue"}
    outcome = retarget(Shot(given=given), None, STEPS)
    assert outcome.params == {"model": "steps", "duration": 4}
    assert told(outcome) == {"mood": ("blue", None)}
    assert outcome.before == UNKNOWN


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"makes": "image"}, "not_a_video_model"),
        ({"retired": "switched off", "successor": "long"}, "model_retired"),
    ],
)
def test_no_segment_goes_to_such_a_model(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_target(entry("target", properties={}, **changes))
    assert caught.value.code == code
    assert caught.value.problems[0].field == "to"
    assert caught.value.problems[0].fix
