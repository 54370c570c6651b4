"""Models as data: what a user can name, its parameters, price and limits, and why not when not.

A catalogue entry comes from a provider folder's `catalogue.toml` or from a plug-in. Nothing here
talks to a provider, and no model's name is ever tested for: differences are fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from video_foundry.core.money import NOTHING, UNKNOWN, Price
from video_foundry.errors import BadInput, FieldProblem

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

Idempotency = Literal["key", "lookup", "none"]
PriceUnit = Literal["generation", "second"]
Output = Literal["video", "image"]
Kind = Literal["text", "image", "first_last", "video", "audio"]
"""text: from words alone. image: from a first frame. first_last: from a first and a last frame.
video: from a source video. audio: with sound."""

ANY_PARAMETERS: Mapping[str, Any] = {"type": "object", "properties": {}}
"""For plug-ins that say nothing: every parameter goes through as it is."""

MAX_DURATION_SECONDS = 600
"""No model makes a clip longer than this; longer is a mistake, not a wish."""


@dataclass(frozen=True, kw_only=True)
class PriceRow:
    """A list price: `amount` a `unit`, valid when every parameter in `when` has that value."""

    amount: Decimal
    unit: PriceUnit = "generation"
    currency: str = "USD"
    when: Mapping[str, Any] = field(default_factory=dict)
    as_of: date | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount < 0:
            raise ValueError(f"a price must be finite and not negative, got {self.amount}")


@dataclass(frozen=True, kw_only=True)
class Extra:
    """An optional part of the package that a model needs. name: what pip calls it, as in
    `video-foundry[name]`. modules: what it brings to import. env_python: the environment variable
    with another Python that has it, and that the model then runs on."""

    name: str
    modules: tuple[str, ...]
    env_python: str | None = None


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """One model a user can name.

    parameters: JSON Schema (object) with our standard names; a property with `format: media` takes
    a media id. env_key: environment variable that holds the key, None where none is needed.
    poll_seconds, submit_timeout, generation_timeout: seconds. concurrency: generations at once per
    account. requests_per_minute: 0 means no limit. typical_seconds: (fixed, per second of clip).
    is_local: runs on the user's own machines and costs nothing; see may_repeat, runs_in_worker.
    retired: why it cannot be used (with what to use instead), None while it can.
    prompt_characters: the longest prompt it takes.
    is_simulated: made for tests; offered after the others.
    makes: what comes out; an image model makes first frames for others. wire: what the provider
    calls things, for its adapter alone. evidence: how what stands here is known. env_address: the
    environment variable with the address of the user's own server, which must be set. extra: the
    optional part of the package that it needs.
    """

    id: str
    provider: str
    title: str
    summary: str = ""
    aliases: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=lambda: ANY_PARAMETERS)
    prices: tuple[PriceRow, ...] = ()
    idempotency: Idempotency = "none"
    env_key: str | None = None
    poll_seconds: float = 5.0
    submit_timeout: float = 60.0
    generation_timeout: float = 3600.0
    concurrency: int = 4
    requests_per_minute: int = 0
    typical_seconds: tuple[float, float] = (60.0, 0.0)
    is_local: bool = False
    available_from: date | None = None
    available_until: date | None = None
    successor: str | None = None
    retired: str | None = None
    prompt_characters: int = 100_000
    is_simulated: bool = False
    alias_notes: Mapping[str, str] = field(default_factory=dict)
    makes: Output = "video"
    wire: Mapping[str, Any] = field(default_factory=dict)
    evidence: str = ""
    env_address: str | None = None
    extra: Extra | None = None

    @property
    def needs_nothing(self) -> bool:
        """Whether anybody can use it as it is: no key, no server and nothing more to install."""
        return self.env_key is None and self.env_address is None and self.extra is None

    @property
    def may_repeat(self) -> bool:
        """Whether a generation that got lost is simply begun again: that costs nothing."""
        return self.is_local

    @property
    def runs_in_worker(self) -> bool:
        """Whether the worker that began a generation does the work itself. Then the work dies with
        the worker, and may be what killed it; on a server of the user's own it goes on."""
        return self.is_local and self.env_address is None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What a clip can be made from, read from the parameters: so that a form, a menu and a
        check cannot disagree."""
        return tuple(kind for kind, holds in _kinds(self.parameters) if holds)

    @property
    def properties(self) -> Mapping[str, Any]:
        """Parameter name -> its JSON Schema."""
        found: Mapping[str, Any] = self.parameters.get("properties", {})
        return found

    @property
    def media_parameters(self) -> tuple[str, ...]:
        """Names of the parameters that take reference media."""
        return tuple(n for n, s in self.properties.items() if s.get("format") == "media")


def _kinds(parameters: Mapping[str, Any]) -> tuple[tuple[Kind, bool], ...]:
    names = parameters.get("properties", {})
    required = set(parameters.get("required", ()))
    return (
        ("text", not required & {"first_frame", "video"}),
        ("image", "first_frame" in names),
        ("first_last", "first_frame" in names and "last_frame" in names),
        ("video", "video" in names),
        ("audio", "audio" in names),
    )


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A model found by name; `note` says what an alias maps to and why."""

    entry: ModelEntry
    note: str | None = None


class Catalogue:
    """All models by id and alias. Immutable after construction."""

    def __init__(self, entries: Iterable[ModelEntry]) -> None:
        self.entries: Mapping[str, ModelEntry] = {e.id: e for e in entries}
        self._aliases = {a: e.id for e in self.entries.values() for a in e.aliases}

    def resolve(self, name: object, *, field_name: str = "model_params.model") -> Resolved:
        """The model of this name or alias. Raises BadInput with the nearest name."""
        if not isinstance(name, str) or not name:
            raise BadInput(
                "a segment must name its model",
                field=field_name,
                fix=f"set model to one of: {', '.join(self.usable_ids())}",
                code="model_missing",
            )
        entry = self.entries.get(name)
        if entry is not None:
            return Resolved(entry=entry)
        if name in self._aliases:
            entry = self.entries[self._aliases[name]]
            note = entry.alias_notes.get(name) or f"{name} is another name for {entry.id}"
            return Resolved(entry=entry, note=note)
        raise BadInput(
            f"there is no model called {name[:80]!r}",
            field=field_name,
            fix=self._hint(name),
            code="unknown_model",
        )

    def usable_ids(self) -> list[str]:
        """Ids of the models that segments can name and that are not retired, keyless ones first."""
        usable = [e for e in self.entries.values() if e.retired is None and e.makes == "video"]
        return [e.id for e in sorted(usable, key=lambda e: (not e.needs_nothing, e.id))]

    def refuse_wrong_schemas(self) -> None:
        """Raise BadInput naming a model whose parameters are no JSON Schema."""
        from jsonschema import SchemaError  # noqa: PLC0415 - see validator_class

        for entry in self.entries.values():
            try:
                validator_class().check_schema(dict(entry.parameters))
            except SchemaError as error:
                why = f"the parameters of the model {entry.id} are no JSON Schema: {error.message}"
                raise BadInput(why, field=f"{entry.id}.parameters") from error

    def _hint(self, name: str) -> str:
        near = get_close_matches(name.lower(), [*self.entries, *self._aliases], n=1, cutoff=0.5)
        did_you_mean = f"did you mean {near[0]!r}? " if near else ""
        return f"{did_you_mean}known models: {', '.join(self.usable_ids())}"


def parse_provider(document: Mapping[str, Any]) -> list[ModelEntry]:
    """Entries of one `catalogue.toml`, already parsed: `[provider]`, `[parameters]`, `[[models]]`.

    Keys of a model are the fields of ModelEntry; `provider`, `env_key` and `evidence` come from
    `[provider]` unless the model says otherwise. `[parameters.NAME]` describes a parameter that
    several models share, and a model's `uses` names those it takes; one that the model describes
    as well is that with its keys changed. Raises TypeError for an unknown key, KeyError for an
    unknown name in `uses`, so a typo cannot hide.
    """
    provider = document["provider"]
    shared = document.get("parameters", {})
    entries = []
    for raw in document["models"]:
        row = dict(raw)
        row["aliases"] = tuple(row.get("aliases", ()))
        row["prices"] = tuple(_price_row(p) for p in row.get("prices", ()))
        if "typical_seconds" in row:
            fixed, per_second = row["typical_seconds"]
            row["typical_seconds"] = (float(fixed), float(per_second))
        if "uses" in row:
            row["parameters"] = _schema(shared, row.pop("uses"), row.get("parameters", {}))
        row.setdefault("env_key", provider.get("env_key"))
        row.setdefault("env_address", provider.get("env_address"))
        row.setdefault("evidence", provider.get("evidence", ""))
        if "extra" in provider:
            row["extra"] = _extra(provider["extra"])
        entries.append(ModelEntry(provider=provider["name"], **row))
    return entries


def _extra(raw: Mapping[str, Any]) -> Extra:
    return Extra(**{**raw, "modules": tuple(raw["modules"])})


def _schema(
    shared: Mapping[str, Any], uses: Iterable[str], own: Mapping[str, Any]
) -> dict[str, Any]:
    """A model's whole schema: in the order of `uses`, then what only this model has."""
    mine = own.get("properties", {})
    properties = {name: {**shared[name], **mine.get(name, {})} for name in uses}
    closed = {"type": "object", "additionalProperties": False}
    return {**closed, **own, "properties": {**properties, **mine, **properties}}


def _price_row(raw: Mapping[str, Any]) -> PriceRow:
    return PriceRow(**{**raw, "amount": Decimal(str(raw["amount"]))})


@cache
def validator_class() -> "type[Draft202012Validator]":
    """Of JSON Schema. Loaded when first needed: who follows generations does without its 3 MB."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator


def with_defaults(entry: ModelEntry, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` without the model's name and with the entry's defaults filled in, unchecked."""
    params = {k: v for k, v in given.items() if k != "model"}
    for name, schema in entry.properties.items():
        if "default" in schema:
            params.setdefault(name, schema["default"])
    return params


def violations(entry: ModelEntry, params: Mapping[str, Any]) -> "list[ValidationError]":
    """What the entry's JSON Schema has against these parameters, as they are."""
    return list(validator_class()(dict(entry.parameters)).iter_errors(dict(params)))


def effective_params(
    entry: ModelEntry, given: Mapping[str, Any], *, where: str = "model_params"
) -> dict[str, Any]:
    """`given` with the entry's defaults filled in. Raises BadInput naming every wrong field."""
    params = with_defaults(entry, given)
    problems = [
        problem for error in violations(entry, params) for problem in _explain(entry, error, where)
    ]
    problems += _sanity(params, where)
    if problems:
        raise BadInput(problems[0].message, problems=problems, code="bad_parameter")
    return params


def _sanity(params: Mapping[str, Any], where: str) -> list[FieldProblem]:
    duration = params.get("duration")
    if isinstance(duration, bool) or not isinstance(duration, int | float):
        return []
    if 0 < duration <= MAX_DURATION_SECONDS:
        return []
    message = f"duration must be above 0 and at most {MAX_DURATION_SECONDS} seconds, got {duration}"
    return [FieldProblem(field=f"{where}.duration", message=message, fix="give seconds, such as 5")]


def _explain(entry: ModelEntry, error: "ValidationError", where: str) -> list[FieldProblem]:
    path = ".".join([where, *(str(p) for p in error.absolute_path)])
    if error.validator == "additionalProperties":
        schema = error.schema if isinstance(error.schema, Mapping) else {}
        known = _names(schema.get("properties", ()))
        extras = sorted(set(_names(error.instance)) - set(known))
        return [_unknown_parameter(entry, path, extra, known) for extra in extras]
    if error.validator == "required":
        missing = [n for n in _names(error.validator_value) if n not in _names(error.instance)]
        return [
            FieldProblem(
                field=f"{path}.{missing[0] if missing else '?'}",
                message=f"{entry.id} needs {', '.join(missing)}",
                fix="add it to model_params",
            )
        ]
    name = str(error.absolute_path[-1]) if error.absolute_path else where
    fix = _allowed(error.schema)
    return [FieldProblem(field=path, message=f"{name}: {_limit(error)}", fix=fix)]


def _unknown_parameter(entry: ModelEntry, path: str, extra: str, known: list[str]) -> FieldProblem:
    near = get_close_matches(extra, known, n=1)
    return FieldProblem(
        field=f"{path}.{extra[:80]}",
        message=f"{entry.id} has no parameter called {extra[:80]!r}",
        fix=(f"did you mean {near[0]!r}? " if near else "") + f"known: {', '.join(known)}",
    )


def _names(value: Any) -> list[str]:
    """jsonschema leaves these untyped: the keys of an object, or a list of names."""
    return [str(name) for name in value]


def _limit(error: "ValidationError") -> str:
    shown = repr(error.instance)[:60]
    match error.validator:
        case "minimum" | "exclusiveMinimum":
            return f"{shown} is below the smallest allowed value {error.validator_value}"
        case "maximum" | "exclusiveMaximum":
            return f"{shown} is above the largest allowed value {error.validator_value}"
        case "enum":
            return f"{shown} is not one of the allowed values"
        case "type":
            return f"{shown} is not of type {error.validator_value}"
        case "maxLength":
            return f"it is longer than {error.validator_value} characters"
        case _:
            return error.message[:200]


def _allowed(schema: Any) -> str | None:
    if not isinstance(schema, Mapping):
        return None
    if "enum" in schema:
        return "choose one of: " + ", ".join(str(v) for v in schema["enum"])
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"give a value from {low} to {high}"
    if "type" in schema:
        return f"give a value of type {schema['type']}"
    return None


def clip_seconds(params: Mapping[str, Any]) -> Fraction | None:
    """Seconds of clip that the parameters ask for, None where the model decides."""
    duration = params.get("duration")
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        return Fraction(str(duration))
    return None


def price_of(entry: ModelEntry, params: Mapping[str, Any]) -> Price:
    """What one generation with these parameters may cost, from the entry's price rows.

    Rows whose `when` fits count; several fitting rows make a range. Local models are free; no rows
    or a price by the second without a known length is unknown.
    """
    if entry.is_local:
        return NOTHING
    fitting = [r for r in entry.prices if all(params.get(k) == v for k, v in r.when.items())]
    seconds = clip_seconds(params)
    if not fitting or (seconds is None and any(r.unit == "second" for r in fitting)):
        return UNKNOWN
    amounts = [_row_amount(row, seconds) for row in fitting]
    return Price(low=min(amounts), high=max(amounts), currency=fitting[0].currency)


def _row_amount(row: PriceRow, seconds: Fraction | None) -> Decimal:
    if row.unit == "generation" or seconds is None:
        return row.amount
    return row.amount * Decimal(seconds.numerator) / Decimal(seconds.denominator)


def typical_seconds_of(entry: ModelEntry, params: Mapping[str, Any]) -> float:
    """How long one generation usually takes, in seconds."""
    fixed, per_second = entry.typical_seconds
    return fixed + per_second * float(clip_seconds(params) or 0)


__all__ = [
    "ANY_PARAMETERS",
    "Catalogue",
    "Extra",
    "ModelEntry",
    "PriceRow",
    "Resolved",
    "clip_seconds",
    "effective_params",
    "parse_provider",
    "price_of",
    "typical_seconds_of",
    "validator_class",
    "violations",
    "with_defaults",
]
