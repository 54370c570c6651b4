"""Types that every schema shares: text that every store can hold, plain JSON, exact numbers."""

import math
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from video_foundry.core.money import Price

MAX_PROMPT = 100_000
MAX_PARAMS_DEPTH = 8
MAX_PARAMS_ITEMS = 2_000
MAX_SAFE_INTEGER = 2**53 - 1
"""Beyond this, JSON readers in browsers lose digits."""


class In(BaseModel):
    """A request body: unknown fields are errors, so a typo never passes unnoticed."""

    model_config = ConfigDict(extra="forbid")


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Partial(In):
    """A partial edit: only the fields that are sent count, and are told by `model_fields_set`. What
    stands for the others here is no default, and the API's document names none: clients that are
    made from it would send it."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)


class Out(BaseModel):
    """An answer."""

    model_config = ConfigDict(from_attributes=True)


def plain_text(value: str) -> str:
    """Text that every database and file format can hold."""
    if "\x00" in value:
        raise ValueError("must not contain NUL characters; remove them")
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("must not contain lone surrogates; send valid Unicode")
    return value


def not_blank(value: str) -> str:
    """Text with something in it."""
    if not value.strip():
        raise ValueError("must not be empty; write something")
    return value


def plain_json(value: Any) -> Any:
    """JSON that is stored and hashed without loss: finite numbers, clean text, bounded depth."""
    budget = [MAX_PARAMS_ITEMS]
    _check_json(value, 0, budget)
    return value


def _check_json(value: Any, depth: int, budget: list[int]) -> None:
    budget[0] -= 1
    if budget[0] < 0:
        raise ValueError(f"must not hold more than {MAX_PARAMS_ITEMS} values; send fewer")
    if depth > MAX_PARAMS_DEPTH:
        raise ValueError(f"must not be nested deeper than {MAX_PARAMS_DEPTH} levels; flatten it")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_name(key)
            _check_json(inner, depth + 1, budget)
    elif isinstance(value, list):
        for inner in value:
            _check_json(inner, depth + 1, budget)
    else:
        _check_scalar(value)


def _check_name(name: str) -> None:
    plain_text(name)
    if name.startswith("$"):
        raise ValueError("names must not start with $; choose another")


def _check_scalar(value: Any) -> None:
    if isinstance(value, str):
        plain_text(value)
        if len(value) > MAX_PROMPT:
            raise ValueError(f"text must not be longer than {MAX_PROMPT} characters; shorten it")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("numbers must be finite; JSON knows no NaN and no Infinity")
    elif isinstance(value, int | float) and abs(value) > MAX_SAFE_INTEGER:
        raise ValueError(f"{str(value)[:30]} is too large; give at most {MAX_SAFE_INTEGER}")


Name = Annotated[
    str, Field(min_length=1, max_length=300), AfterValidator(plain_text), AfterValidator(not_blank)
]
LongText = Annotated[str, Field(max_length=20_000), AfterValidator(plain_text)]
Prompt = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_PROMPT,
        description="What the segment shows. A model may take less.",
    ),
    AfterValidator(plain_text),
    AfterValidator(not_blank),
]
ModelParams = Annotated[
    dict[str, Any],
    AfterValidator(plain_json),
    Field(
        description="`model` (a name or alias from GET /api/models) and that model's parameters.",
        examples=[{"model": "mock-ai", "duration": 5, "aspect_ratio": "16:9", "seed": 7}],
    ),
]
Amount = Annotated[
    Decimal,
    PlainSerializer(lambda v: f"{v:f}", return_type=str),
    Field(description="Exact decimal, as text."),
]
PurchaseId = Annotated[
    UUID | None,
    Field(
        default=None,
        description="Made by the client for what it asks for here. Sent again under the same id, "
        "as after a lost answer, it buys nothing: the answer names the same jobs.",
    ),
]
MaxCost = Annotated[
    Decimal | None,
    Field(
        default=None,
        ge=0,
        le=1_000_000,
        max_digits=40,
        description="Refuse with 402, before anything starts, what may cost more.",
    ),
]

PRIORITY_WORDS = (
    "Whose turn comes sooner while many wait: of a project with high priority four jobs come up "
    "where one of normal priority would, of one with low priority a quarter. Nobody waits for ever."
)


class PriceOut(Out):
    """What something may cost, from `low` to `high`; `is_known` false: at least that much."""

    low: Amount
    high: Amount
    currency: str
    is_known: bool

    @classmethod
    def of(cls, price: Price) -> Self:
        """From a value."""
        return cls(low=price.low, high=price.high, currency=price.currency, is_known=price.is_known)


class Problem(Out):
    """What went wrong (RFC 9457), with the fields concerned."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list["FieldError"] = Field(default_factory=list)


class FieldError(Out):
    """One wrong field: where, what, and how to put it right."""

    field: str
    message: str
    fix: str | None = None


Problem.model_rebuild()
