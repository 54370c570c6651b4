"""What is wrong with an entry is found, and named with its field and a fix."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from video_foundry.core.catalogue import ModelEntry, PriceRow
from video_foundry.core.catalogue_check import CatalogueProblem, catalogue_problems

TODAY = date(2026, 11, 22)
PARAMETERS: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "duration": {"type": "integer", "minimum": 2, "maximum": 10, "default": 5},
        "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16"], "default": "16:9"},
        "resolution": {"type": "string", "enum": ["720p", "4k"], "default": "720p"},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4_294_967_295},
        "negative_prompt": {"type": "string", "maxLength": 500},
        "first_frame": {"type": "string", "format": "media"},
        "audio": {"type": "boolean", "default": True},
    },
}
PRICE = PriceRow(
    amount=Decimal("0.10"),
    unit="second",
    when={"resolution": "720p"},
    as_of=date(2026, 11, 1),
    source="a price list",
)
GOOD = ModelEntry(
    id="acme-2",
    provider="acme",
    title="Acme 2",
    summary="A clip.",
    aliases=("acme",),
    alias_notes={"acme": "acme means acme-2"},
    parameters=PARAMETERS,
    prices=(PRICE,),
    env_key="ACME_API_KEY",
    evidence="read in its documentation",
)


def problems(*entries: ModelEntry, is_ours: bool = True) -> list[CatalogueProblem]:
    return catalogue_problems(entries, today=TODAY, is_ours=is_ours)


def with_parameter(name: str, **schema: Any) -> ModelEntry:
    """The good entry with one parameter described otherwise."""
    properties = {**PARAMETERS["properties"], name: schema}
    return replace(GOOD, parameters={**PARAMETERS, "properties": properties}, prices=())


def with_price(**changes: Any) -> ModelEntry:
    return replace(GOOD, prices=(replace(PRICE, **changes),))


def test_nothing_is_wrong_with_a_good_entry() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": "acme 2"}, "id"),
        ({"id": " "}, "id"),
        ({"title": None}, "title"),
        ({"summary": ""}, "summary"),
        ({"aliases": "acme"}, "aliases"),
        ({"aliases": (1,), "alias_notes": {}}, "aliases"),
        ({"aliases": ("acme", "acme")}, "aliases"),
        ({"aliases": ("acme", "ACME-2")}, "aliases"),
        ({"alias_notes": {"other": "what?"}}, "alias_notes.other"),
        ({"parameters": []}, "parameters"),
        ({"prices": ({"amount": 1},)}, "prices"),
        ({"idempotency": "maybe"}, "idempotency"),
        ({"makes": "sound"}, "makes"),
        ({"env_key": "acme key"}, "env_key"),
        ({"evidence": " "}, "evidence"),
        ({"poll_seconds": 0}, "poll_seconds"),
        ({"poll_seconds": 0.2}, "poll_seconds"),
        ({"poll_seconds": "5"}, "poll_seconds"),
        ({"submit_timeout": 0}, "submit_timeout"),
        ({"generation_timeout": 10}, "generation_timeout"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"requests_per_minute": -1}, "requests_per_minute"),
        ({"prompt_characters": 0}, "prompt_characters"),
        ({"typical_seconds": (1.0,)}, "typical_seconds"),
        ({"typical_seconds": (-1.0, 0.0)}, "typical_seconds"),
        (
            {"available_from": date(2026, 5, 1), "available_until": date(2026, 5, 1)},
            "available_from",
        ),
        ({"available_until": "2026-05-01"}, "available_until"),
        ({"retired": ""}, "retired"),
        ({"successor": "nobody"}, "successor"),
        ({"successor": "acme-2"}, "successor"),
        ({"is_local": True}, "prices"),
    ],
)
def test_a_wrong_field_is_named_with_a_fix(wrong: dict[str, Any], field: str) -> None:
    found = problems(replace(GOOD, **wrong))
    assert [p.field for p in found] == [field]
    assert found[0].level == "error"
    assert found[0].message and found[0].fix
    assert found[0].provider == "acme"


@pytest.mark.parametrize(
    ("name", "schema", "field"),
    [
        ("duration", {"type": "string", "enum": ["5s"]}, "type"),
        ("duration", {"type": "number", "minimum": 0, "maximum": 9}, "minimum"),
        ("duration", {"type": "number", "minimum": 1}, "maximum"),
        ("duration", {"type": "integer", "minimum": 1, "maximum": 3600}, "maximum"),
        ("duration", {"type": "integer", "enum": [5, 10], "default": 6}, "default"),
        ("aspect_ratio", {"type": "string"}, "enum"),
        ("aspect_ratio", {"type": "string", "enum": ["16:9", "1280x720"]}, "enum"),
        ("resolution", {"type": "string", "enum": ["HD"]}, "enum"),
        ("resolution", {"type": "integer", "minimum": 1, "maximum": 9}, "enum"),
        ("seed", {"type": "number"}, "type"),
        ("seed", {"type": "integer", "minimum": -1, "maximum": 99}, "minimum"),
        ("seed", {"type": "integer", "minimum": 0}, "maximum"),
        ("negative_prompt", {"type": "array"}, "type"),
        ("first_frame", {"type": "string", "format": "uri"}, "format"),
        ("last_frame", {"type": "object"}, "format"),
        ("video", {"type": "string"}, "format"),
        ("audio", {"type": "string", "enum": ["on", "off"]}, "type"),
        ("style", {"type": "string", "enum": []}, "enum"),
        ("style", {"type": "string", "enum": ["ink", "ink"]}, "enum"),
        ("style", {"title": "Style"}, "type"),
        ("strength", {"type": "number", "minimum": 2, "maximum": 1}, "maximum"),
        ("strength", {"type": "number", "maximum": 1, "default": 3}, "default"),
        ("note", {"type": "string", "maxLength": 0}, "maxLength"),
        ("mask", {"type": "integer", "format": "media"}, "type"),
    ],
)
def test_a_wrong_parameter_is_named(name: str, schema: dict[str, Any], field: str) -> None:
    fields = {p.field for p in problems(with_parameter(name, **schema))}
    assert f"parameters.properties.{name}.{field}" in fields
    assert all(field.startswith(f"parameters.properties.{name}") for field in fields)


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ({"type": "object", "properties": {"x": {"type": "a thing"}}}, "parameters.properties.x"),
        ({"type": "object", "properties": {"x": True}}, "parameters.properties.x"),
        ({"properties": {}}, "parameters.type"),
        ({**PARAMETERS, "additionalProperties": True}, "parameters.additionalProperties"),
        ({**PARAMETERS, "required": ["style"]}, "parameters.required"),
        (
            {**PARAMETERS, "dependentRequired": {"last_frame": ["first_frame"]}},
            "parameters.dependentRequired.last_frame",
        ),
    ],
)
def test_a_wrong_schema_is_named(schema: dict[str, Any], field: str) -> None:
    found = [p.field for p in problems(replace(GOOD, parameters=schema, prices=()))]
    assert len(found) == 1
    assert found[0].startswith(field)


def test_defaults_that_break_a_rule_together_are_found() -> None:
    rule = {
        "if": {"properties": {"resolution": {"const": "720p"}}},
        "then": {"properties": {"duration": {"maximum": 4}}},
    }
    (found,) = problems(replace(GOOD, parameters={**PARAMETERS, **rule}))
    assert found.field == "parameters.properties.duration.default"


def test_a_picture_has_no_duration() -> None:
    found = problems(replace(GOOD, makes="image"))
    assert [p.field for p in found] == ["parameters.properties.duration"]


@pytest.mark.parametrize(
    ("wrong", "field", "level"),
    [
        ({"when": {"resolutions": "720p"}}, "prices.0.when.resolutions", "error"),
        ({"when": {"resolution": "480p"}}, "prices.0.when.resolution", "error"),
        ({"unit": "minute"}, "prices.0.unit", "error"),
        ({"currency": "dollars"}, "prices.0.currency", "error"),
        ({"amount": Decimal(12000)}, "prices.0.amount", "error"),
        ({"source": ""}, "prices.0.source", "error"),
        ({"as_of": None}, "prices.0.as_of", "error"),
        ({"as_of": date(2026, 11, 24)}, "prices.0.as_of", "error"),
        ({"as_of": date(2025, 5, 1)}, "prices.0.as_of", "warning"),
        ({"when": {"resolution": "4k"}}, "prices", "warning"),
    ],
)
def test_a_wrong_price_is_named(wrong: dict[str, Any], field: str, level: str) -> None:
    found = [(p.field, p.level) for p in problems(with_price(**wrong))]
    assert (field, level) in found
    assert {name for name, _ in found} <= {field, "prices"}


def test_a_price_of_yesterday_or_of_today_elsewhere_is_fine() -> None:
    for as_of in (date(2025, 5, 24), TODAY, date(2026, 11, 23)):
        assert problems(with_price(as_of=as_of)) == []


def test_prices_in_two_currencies_are_told() -> None:
    two = (PRICE, replace(PRICE, currency="EUR", when={"resolution": "4k"}))
    assert [p.field for p in problems(replace(GOOD, prices=two))] == ["prices"]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"id": "acme-2", "aliases": ()}, "id"),
        ({"id": "other", "aliases": ("Acme-2",)}, "aliases"),
        ({"id": "other", "aliases": ("acme",)}, "aliases"),
        ({"id": "acme", "aliases": ()}, "id"),
    ],
)
def test_a_name_belongs_to_one_model_of_all_providers(other: dict[str, Any], field: str) -> None:
    later = replace(GOOD, provider="elsewhere", alias_notes={}, **other)
    found = problems(GOOD, later)
    assert [(p.provider, p.field) for p in found] == [("elsewhere", field)]
    assert "acme-2 (acme)" in found[0].message


def test_a_successor_must_be_able_to_take_over() -> None:
    gone = replace(GOOD, id="gone", aliases=(), alias_notes={}, retired="over", successor="acme-2")
    assert problems(GOOD, gone) == []
    after = replace(GOOD, id="after", aliases=(), alias_notes={}, successor="gone")
    (found,) = problems(GOOD, gone, after)
    assert (found.model, found.field) == ("after", "successor")


def test_rules_of_the_house_are_advice_for_others() -> None:
    theirs = replace(
        GOOD,
        summary="",
        evidence="",
        prices=(PriceRow(amount=Decimal(1)),),
        parameters={**PARAMETERS, "additionalProperties": True},
        poll_seconds=0.5,
    )
    assert {p.level for p in problems(theirs, is_ours=False)} == {"warning"}
    assert {p.level for p in problems(theirs)} == {"error"}


def test_a_model_that_says_nothing_of_itself_may_be_brought() -> None:
    assert problems(ModelEntry(id="mine", provider="me", title="mine"), is_ours=False) == [
        CatalogueProblem(
            provider="me",
            model="mine",
            field="summary",
            message="the menu has nothing to say",
            fix="add a sentence",
            level="warning",
        )
    ]
