"""Models as data: names and aliases, parameters and their errors, catalogues that are wrong."""

import math
from typing import Any

import pytest
from tests.core.strategies import FREE, PAID, UNPRICED

from video_foundry.core.catalogue import (
    Catalogue,
    ModelEntry,
    clip_seconds,
    effective_params,
    parse_provider,
    typical_seconds_of,
)
from video_foundry.errors import BadInput

STRICT = ModelEntry(
    id="strict",
    provider="p",
    title="Strict",
    parameters={
        "type": "object",
        "additionalProperties": False,
        "required": ["style"],
        "properties": {
            "duration": {"type": "integer", "minimum": 2, "maximum": 10, "default": 5},
            "strength": {"type": "number", "minimum": 0},
            "style": {"type": "string", "enum": ["ink", "oil"]},
            "note": {"type": "string", "maxLength": 5},
            "audio": {"type": "boolean"},
        },
    },
)
CATALOGUE = Catalogue(
    [
        FREE,
        ModelEntry(
            id="paid-4",
            provider="p",
            title="Paid",
            env_key="A_KEY",
            aliases=("paid-3", "paid"),
            alias_notes={"paid-3": "paid-3 means paid-4 now"},
        ),
        ModelEntry(id="gone", provider="p", title="Gone", retired="switched off"),
    ]
)


def problems_of(params: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """field -> (message, fix) of what STRICT says about these parameters."""
    with pytest.raises(BadInput) as caught:
        effective_params(STRICT, params)
    assert caught.value.code == "bad_parameter"
    return {
        p.field.removeprefix("model_params."): (p.message, p.fix) for p in caught.value.problems
    }


@pytest.mark.parametrize(
    ("name", "value", "message", "fix"),
    [
        (
            "duration",
            1,
            "duration: 1 is below the smallest allowed value 2",
            "give a value from 2 to 10",
        ),
        (
            "duration",
            11,
            "duration: 11 is above the largest allowed value 10",
            "give a value from 2 to 10",
        ),
        ("duration", 2.5, "duration: 2.5 is not of type integer", "give a value from 2 to 10"),
        ("duration", True, "duration: True is not of type integer", "give a value from 2 to 10"),
        (
            "strength",
            -1,
            "strength: -1 is below the smallest allowed value 0",
            "give a value of type number",
        ),
        (
            "style",
            "neon",
            "style: 'neon' is not one of the allowed values",
            "choose one of: ink, oil",
        ),
        ("note", "too long", "note: it is longer than 5 characters", "give a value of type string"),
        ("audio", "yes", "audio: 'yes' is not of type boolean", "give a value of type boolean"),
        (
            "styel",
            "ink",
            "strict has no parameter called 'styel'",
            "did you mean 'style'? known: duration, strength, style, note, audio",
        ),
    ],
)
def test_an_error_names_the_field_the_limit_and_the_fix(
    name: str, value: Any, message: str, fix: str
) -> None:
    assert problems_of({"style": "ink", name: value}) == {name: (message, fix)}


def test_a_missing_parameter_is_named() -> None:
    assert problems_of({}) == {"style": ("strict needs style", "add it to model_params")}


def test_every_wrong_field_is_named_at_once_and_in_the_same_words_every_time() -> None:
    wrong = {"style": "ink", "durations": 5, "colour": "red", "note": "far too long"}
    assert sorted(problems_of(wrong)) == ["colour", "durations", "note"]
    assert problems_of(wrong) == problems_of(dict(reversed(wrong.items())))


@pytest.mark.parametrize("duration", [0, -5, 601, 1e300, math.nan, math.inf])
def test_an_absurd_duration_is_refused_by_models_that_take_anything(duration: float) -> None:
    with pytest.raises(BadInput, match="above 0 and at most 600 seconds"):
        effective_params(UNPRICED, {"duration": duration})


def test_defaults_are_filled_in_and_the_model_s_name_left_out() -> None:
    assert effective_params(STRICT, {"model": "strict", "style": "oil"}) == {
        "style": "oil",
        "duration": 5,
    }


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert effective_params(STRICT, {"style": "oil", "duration": 3.0})["duration"] == 3


def test_what_was_given_is_not_changed() -> None:
    given = {"style": "oil"}
    effective_params(STRICT, given)
    assert given == {"style": "oil"}


def test_names_and_aliases_lead_to_models() -> None:
    assert CATALOGUE.resolve("free").entry is FREE
    assert CATALOGUE.resolve("free").note is None
    assert CATALOGUE.resolve("paid-3").entry.id == "paid-4"
    assert CATALOGUE.resolve("paid-3").note == "paid-3 means paid-4 now"
    assert CATALOGUE.resolve("paid").note == "paid is another name for paid-4"


def test_an_unknown_name_is_told_the_nearest_one() -> None:
    with pytest.raises(BadInput) as caught:
        CATALOGUE.resolve("Paid-5")
    assert caught.value.code == "unknown_model"
    (problem,) = caught.value.problems
    assert problem.field == "model_params.model"
    assert problem.fix == "did you mean 'paid-4'? known models: free, paid-4"


@pytest.mark.parametrize("name", [None, "", 5, ["free"]])
def test_a_segment_must_name_its_model(name: object) -> None:
    with pytest.raises(BadInput) as caught:
        CATALOGUE.resolve(name)
    assert caught.value.code == "model_missing"
    assert caught.value.problems[0].fix == "set model to one of: free, paid-4"


def test_free_models_are_offered_first_and_retired_ones_never() -> None:
    assert CATALOGUE.usable_ids() == ["free", "paid-4"]


def test_a_catalogue_document_becomes_entries() -> None:
    (entry,) = parse_provider(
        {
            "provider": {"name": "acme", "env_key": "ACME_API_KEY"},
            "models": [
                {
                    "id": "acme-1",
                    "title": "Acme",
                    "aliases": ["acme"],
                    "typical_seconds": [10, 2],
                    "prices": [{"amount": "0.10", "unit": "second"}],
                }
            ],
        }
    )
    assert (entry.provider, entry.env_key) == ("acme", "ACME_API_KEY")
    assert entry.aliases == ("acme",)
    assert typical_seconds_of(entry, {"duration": 5}) == 20


def test_a_typing_error_in_a_catalogue_cannot_hide() -> None:
    document = {"provider": {"name": "acme"}, "models": [{"id": "a", "titel": "A"}]}
    with pytest.raises(TypeError, match="titel"):
        parse_provider(document)


def test_the_length_of_a_clip_is_read_exactly() -> None:
    assert clip_seconds({"duration": 0.1}) * 10 == 1  # type: ignore[operator]  # it is not None
    assert clip_seconds({"duration": True}) is None
    assert clip_seconds({}) is None


def test_media_parameters_are_those_that_take_a_media_id() -> None:
    assert PAID.media_parameters == ("first_frame",)
    assert UNPRICED.media_parameters == ()
