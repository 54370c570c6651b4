"""The request's identity: every field counts, its JSON is exact, and changes are named."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import FREE, PAID, UNPRICED, law, requests

from video_foundry.core.catalogue import ModelEntry
from video_foundry.core.request import (
    MAX_SEED,
    NOT_HASHED,
    GenerationRequest,
    changes,
    make_request,
    nearest_aspect,
)
from video_foundry.errors import BadInput

Asked = tuple[GenerationRequest, ModelEntry]

BASE = GenerationRequest(
    provider="there",
    model="paid",
    prompt="a road",
    params={"duration": 5, "seed": 7},
    references={"first_frame": "ab" * 32},
)
OTHER: dict[str, Any] = {
    "provider": "elsewhere",
    "model": "ranged",
    "prompt": "a road ",
    "params": {"duration": 5, "seed": 8},
    "references": {"first_frame": "cd" * 32},
    "variation": 1,
    "keeps_seed": True,
}
"""For each field another value."""


def test_every_field_is_tried_here() -> None:
    assert set(OTHER) == {f.name for f in fields(GenerationRequest)}


@pytest.mark.parametrize("name", [f.name for f in fields(GenerationRequest)])
def test_changing_any_field_changes_the_fingerprint_unless_it_is_listed(name: str) -> None:
    changed = replace(BASE, **{name: OTHER[name]})
    assert (changed.fingerprint == BASE.fingerprint) == (name in NOT_HASHED)


def test_what_is_not_hashed_is_a_field_and_has_a_reason() -> None:
    assert NOT_HASHED.keys() <= {f.name for f in fields(GenerationRequest)}
    assert all(reason.strip() for reason in NOT_HASHED.values())


@law
@given(requests, requests)
def test_equal_fingerprints_mean_equal_requests_and_nothing_changed(one: Asked, two: Asked) -> None:
    same = one[0] == two[0]
    assert (one[0].fingerprint == two[0].fingerprint) == same
    assert (changes(one[0], two[0]) == []) == same


@pytest.mark.parametrize("name", sorted(OTHER))
def test_a_change_of_any_field_is_named(name: str) -> None:
    named = {c.field.split(".")[0] for c in changes(BASE, replace(BASE, **{name: OTHER[name]}))}
    assert named == {name}


def test_another_model_is_one_change_though_its_provider_is_another_too() -> None:
    moved = replace(BASE, model="free", provider="here")
    assert [c.field for c in changes(BASE, moved)] == ["model"]


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), (None, 5), (0.5, None)])
def test_values_that_python_confuses_are_changes_all_the_same(old: Any, new: Any) -> None:
    asked = [make_request(UNPRICED, "x", {"model": "unpriced", "p": v}, {}) for v in (old, new)]
    assert [c.field for c in changes(asked[0], asked[1])] == ["params.p"]


@law
@given(requests, st.integers(0, 9))
def test_the_stored_json_is_the_request(asked: Asked, variation: int) -> None:
    request = replace(asked[0], variation=variation)
    stored = GenerationRequest.from_json(request.to_json())
    assert stored == request
    assert stored.fingerprint == request.fingerprint


@law
@given(requests, st.integers(1, 9), st.integers(1, 9))
def test_takes_on_purpose_are_requests_of_their_own(asked: Asked, one: int, two: int) -> None:
    request = asked[0]
    first, second = replace(request, variation=one), replace(request, variation=two)
    assert first.fingerprint != request.fingerprint
    assert (first.fingerprint == second.fingerprint) == (one == two)
    assert first.base_fingerprint == second.base_fingerprint == request.fingerprint


@pytest.mark.parametrize("five", [5, 5.0, Decimal("5.00")])
def test_a_duration_of_five_is_one_request(five: Any) -> None:
    request = make_request(UNPRICED, "x", {"model": "unpriced", "duration": five}, {})
    assert request.params == {"duration": 5}


def test_defaults_written_out_or_left_out_are_one_request() -> None:
    short = make_request(PAID, "x", {"model": "paid"}, {})
    long = make_request(PAID, "x", {"model": "paid", "duration": 5.0, "aspect_ratio": "16:9"}, {})
    assert short == long


def test_an_alias_is_not_part_of_the_request() -> None:
    """The segment's word for the model is looked up before; only the model itself counts."""
    asked = [make_request(PAID, "x", {"model": word}, {}) for word in ("paid", "paid-before")]
    assert asked[0].fingerprint == asked[1].fingerprint


def test_a_reference_counts_by_its_bytes() -> None:
    asked = [
        make_request(PAID, "x", {"first_frame": media}, {"a": "00" * 32, "b": "00" * 32})
        for media in ("a", "b")
    ]
    assert asked[0] == asked[1]
    assert asked[0].references == {"first_frame": "00" * 32}
    assert "first_frame" not in asked[0].params


def test_the_shape_of_the_project_is_followed_only_where_a_segment_says_nothing() -> None:
    tall = make_request(PAID, "x", {}, {}, aspect=(720, 1280))
    said = make_request(PAID, "x", {"aspect_ratio": "1:1"}, {}, aspect=(720, 1280))
    assert tall.params["aspect_ratio"] == "9:16"
    assert said.params["aspect_ratio"] == "1:1"
    assert nearest_aspect(UNPRICED, (720, 1280)) is None


def test_the_variation_moves_the_seed_of_models_that_have_one() -> None:
    request = make_request(PAID, "x", {"seed": MAX_SEED}, {})
    assert request.submit_params(PAID)["seed"] == MAX_SEED
    assert replace(request, variation=2).submit_params(PAID)["seed"] == 1
    unseeded = make_request(UNPRICED, "x", {"style": "ink"}, {})
    assert replace(unseeded, variation=2).submit_params(UNPRICED) == {"style": "ink"}


def test_a_variation_may_keep_the_seed_and_is_still_a_request_of_its_own() -> None:
    request = make_request(PAID, "x", {"seed": 7}, {})
    kept = replace(request, variation=2, keeps_seed=True)
    assert kept.submit_params(PAID)["seed"] == 7
    assert kept.base_fingerprint == request.fingerprint
    assert kept.fingerprint not in (request.fingerprint, replace(request, variation=2).fingerprint)
    assert type(kept).from_json(kept.to_json()) == kept


def test_adapters_get_ordinary_numbers() -> None:
    request = make_request(FREE, "x", {"duration": 7.25}, {})
    assert request.params["duration"] == {"$decimal": "7.25"}
    assert request.submit_params(FREE)["duration"] == 7.25


def test_a_prompt_too_long_for_the_model_names_the_limit() -> None:
    brief = replace(FREE, prompt_characters=10)
    with pytest.raises(BadInput) as caught:
        make_request(brief, "x" * 11, {}, {})
    (problem,) = caught.value.problems
    assert (problem.field, problem.fix) == ("prompt", "shorten it")
    assert problem.message == "the prompt has 11 characters; free takes 10"
