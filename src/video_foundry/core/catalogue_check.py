"""What is wrong with catalogue entries: each finding names the provider, the model, the field and
the fix. Pure: whether a finding refuses a start, fails a test or is a line of advice is decided by
who asks."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, get_args

from video_foundry.core.catalogue import (
    Idempotency,
    ModelEntry,
    Output,
    PriceRow,
    PriceUnit,
    price_of,
    validator_class,
    violations,
    with_defaults,
)
from video_foundry.core.parameter_check import parameter_findings, unreadable

Level = Literal["error", "warning"]

STALE = timedelta(days=548)
"""After eighteen months a list price is looked up again."""
_TOMORROW = timedelta(days=1)
"""Somewhere it is tomorrow already."""


@dataclass(frozen=True, kw_only=True)
class CatalogueProblem:
    """One thing that is wrong with an entry. field: dotted path inside the entry. level: an error
    must not be used; a warning wants to be looked at."""

    provider: str
    model: str
    field: str
    message: str
    fix: str
    level: Level = "error"


class Finding(NamedTuple):
    """The same before its entry is named. is_house: a rule for what comes with the program, and
    advice for what others bring. is_advice: never more than a warning."""

    field: str
    message: str
    fix: str
    is_house: bool = False
    is_advice: bool = False


def catalogue_problems(
    entries: Iterable[ModelEntry], *, today: date, is_ours: bool = True
) -> list[CatalogueProblem]:
    """Everything that is wrong with these entries, each alone and all together.

    is_ours: they come with the program, so that the rules of the house count as well: closed
    parameters, a date and a source for every price, evidence where a key is needed.
    """
    listed = list(entries)
    alone = [p for e in listed for p in entry_problems(e, today=today, is_ours=is_ours)]
    return [*alone, *shared_problems(listed, is_ours=is_ours)]


def entry_problems(entry: ModelEntry, *, today: date, is_ours: bool) -> list[CatalogueProblem]:
    """What is wrong with one entry by itself."""
    found = list(_wrong_types(entry)) or [Finding(*told) for told in unreadable(entry)]
    if not found:  # what cannot be read hides everything else
        found = [finding for check in _CHECKS for finding in check(entry, today)]
    return [_told(entry, finding, is_ours) for finding in found]


def shared_problems(entries: Sequence[ModelEntry], *, is_ours: bool) -> list[CatalogueProblem]:
    """What is wrong between entries: names that clash, successors that cannot take over. A clash is
    laid to the later entry."""
    readable = [entry for entry in entries if not list(_wrong_types(entry))]
    by_id = {entry.id: entry for entry in readable}
    found: list[CatalogueProblem] = []
    owners: dict[str, ModelEntry] = {}
    for entry in readable:
        found += [_told(entry, finding, is_ours) for finding in _clashes(entry, owners)]
        found += [_told(entry, finding, is_ours) for finding in _successor(entry, by_id)]
    return found


def _told(entry: ModelEntry, finding: Finding, is_ours: bool) -> CatalogueProblem:
    is_mild = finding.is_advice or (finding.is_house and not is_ours)
    return CatalogueProblem(
        provider=str(entry.provider),
        model=str(entry.id),
        field=finding.field,
        message=finding.message,
        fix=finding.fix,
        level="warning" if is_mild else "error",
    )


_TEXTS = ("id", "provider", "title")
_KINDS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "aliases": ((tuple, list), "a list of names"),
    "parameters": ((Mapping,), "a JSON Schema"),
    "prices": ((tuple, list), "a list of price rows"),
    "alias_notes": ((Mapping,), "a table of alias and note"),
    "poll_seconds": ((int, float), "a number of seconds"),
    "submit_timeout": ((int, float), "a number of seconds"),
    "generation_timeout": ((int, float), "a number of seconds"),
    "concurrency": ((int,), "a whole number"),
    "requests_per_minute": ((int,), "a whole number"),
    "prompt_characters": ((int,), "a whole number"),
    "typical_seconds": ((tuple, list), "two numbers: fixed seconds, and for each second of clip"),
    "available_from": ((date, type(None)), "a date"),
    "available_until": ((date, type(None)), "a date"),
}


def _wrong_types(entry: ModelEntry) -> Iterator[Finding]:
    """What is not even of its kind: a plug-in's entry is written by hand."""
    for name in _TEXTS:
        value = getattr(entry, name)
        if not isinstance(value, str) or not value.strip():
            yield Finding(name, f"{name} must be text, got {value!r}", "write something")
    for name, (kinds, words) in _KINDS.items():
        value = getattr(entry, name)
        if not isinstance(value, kinds) or isinstance(value, bool):
            yield Finding(name, f"{name} must be {words}, got {value!r:.60}", f"give {words}")
    yield from _wrong_members(entry)


def _wrong_members(entry: ModelEntry) -> Iterator[Finding]:
    if isinstance(entry.aliases, tuple | list) and not all(
        isinstance(alias, str) and alias.strip() for alias in entry.aliases
    ):
        yield Finding("aliases", "every alias must be text", "write each name in quotes")
    if isinstance(entry.prices, tuple | list) and not all(
        isinstance(row, PriceRow) and isinstance(row.when, Mapping) for row in entry.prices
    ):
        yield Finding("prices", "every price must be a PriceRow", "use PriceRow(amount=...)")
    pace = entry.typical_seconds
    if isinstance(pace, tuple | list) and not (
        len(pace) == 2 and all(isinstance(n, int | float) and 0 <= n < math.inf for n in pace)
    ):
        fix = "give fixed seconds, and seconds for each second of clip"
        yield Finding("typical_seconds", f"{pace!r:.60} are not two numbers from 0", fix)


_LOW_HIGH: Mapping[str, tuple[float, float]] = {
    "poll_seconds": (0.01, 600),
    "submit_timeout": (0.1, 3_600),
    "generation_timeout": (0.1, 7 * 86_400),
    "concurrency": (1, 10_000),
    "requests_per_minute": (0, 100_000),
    "prompt_characters": (1, 1_000_000),
}
"""Outside of these it is a mistake: seconds, seconds, seconds, counts."""
POLITE_POLL_SECONDS = 1.0
"""Nobody else's server is asked more often."""


def _ranges(entry: ModelEntry, _today: date) -> Iterator[Finding]:
    for name, (low, high) in _LOW_HIGH.items():
        value = getattr(entry, name)
        if not low <= value <= high:
            fix = f"give a value from {low:g} to {high:g}"
            yield Finding(name, f"{name} is {value}, which cannot be meant", fix)
    if entry.generation_timeout < entry.submit_timeout:
        fix = "a generation lasts at least as long as its submit may take"
        message = "it is shorter than submit_timeout"
        yield Finding("generation_timeout", message, fix, is_house=True)
    if not entry.is_local and 0 < entry.poll_seconds < POLITE_POLL_SECONDS:
        fix = f"give at least {POLITE_POLL_SECONDS:g} for a server that is not yours"
        message = f"asks every {entry.poll_seconds:g} seconds"
        yield Finding("poll_seconds", message, fix, is_house=True)


def _words(entry: ModelEntry, _today: date) -> Iterator[Finding]:
    if entry.idempotency not in get_args(Idempotency):
        fix = f"choose one of: {', '.join(get_args(Idempotency))}"
        yield Finding("idempotency", f"there is no promise {entry.idempotency!r}", fix)
    if entry.makes not in get_args(Output):
        fix = f"choose one of: {', '.join(get_args(Output))}"
        yield Finding("makes", f"no model makes {entry.makes!r}", fix)
    if re.search(r"\s", entry.id) or len(entry.id) > 100:
        yield Finding("id", "an id is one word of at most 100 characters", "put - for spaces")
    if entry.env_key is not None and not re.fullmatch(r"[A-Z][A-Z0-9_]*", str(entry.env_key)):
        fix = "name it in capitals, such as ACME_API_KEY"
        yield Finding("env_key", f"{entry.env_key!r} is no name of a variable", fix)
    if entry.env_key and not entry.evidence.strip():
        message = "nothing says how what stands here is known"
        yield Finding("evidence", message, "add evidence = ... in one sentence", is_house=True)
    if entry.retired is None and not entry.summary.strip():
        yield Finding("summary", "the menu has nothing to say", "add a sentence", is_house=True)


def _names(entry: ModelEntry, _today: date) -> Iterator[Finding]:
    for alias in sorted(set(entry.alias_notes) - set(entry.aliases)):
        fix = "add it to aliases, or take the note out"
        yield Finding(f"alias_notes.{alias}", f"{alias} is no alias of this model", fix)
    if len(set(entry.aliases)) < len(entry.aliases):
        yield Finding("aliases", "an alias stands there twice", "keep one of them")


def _dates(entry: ModelEntry, _today: date) -> Iterator[Finding]:
    start, end = entry.available_from, entry.available_until
    if start is not None and end is not None and start >= end:
        fix = "put available_from before available_until"
        yield Finding("available_from", f"it begins on {start} and has ended on {end}", fix)
    if entry.retired is not None and not str(entry.retired).strip():
        fix = "say why it cannot be used, and what to use instead"
        yield Finding("retired", "a retired model must give its reason", fix)


def _parameters(entry: ModelEntry, _today: date) -> Iterator[Finding]:
    for told in parameter_findings(entry):
        yield Finding(*told)


def _prices(entry: ModelEntry, today: date) -> Iterator[Finding]:
    if entry.is_local and entry.prices:
        fix = "take the prices out, or is_local"
        yield Finding("prices", "what runs on this machine costs nothing", fix)
    for number, row in enumerate(entry.prices):
        for finding in (*_row(row, today), *_conditions(entry, row)):
            yield finding._replace(field=f"prices.{number}.{finding.field}")
    if len({row.currency for row in entry.prices}) > 1:
        fix = "list the prices in one currency: there is no rate of exchange here"
        yield Finding("prices", "they are in several currencies", fix)
    if entry.prices and not entry.is_local and not _is_priced(entry):
        fix = "add a row for what the parameters are when they are left out"
        message = "with every parameter left out no price fits"
        yield Finding("prices", message, fix, is_advice=True)


def _is_priced(entry: ModelEntry) -> bool:
    return price_of(entry, with_defaults(entry, {})).is_known


def _row(row: PriceRow, today: date) -> Iterator[Finding]:
    if row.unit not in get_args(PriceUnit):
        fix = f"choose one of: {', '.join(get_args(PriceUnit))}"
        yield Finding("unit", f"nothing is priced by the {row.unit!r}", fix)
    if not re.fullmatch(r"[A-Z]{3}", row.currency):
        yield Finding("currency", f"{row.currency!r} is no currency", "give a code such as USD")
    if row.amount > 1_000:
        fix = "give the price of one generation or one second, in whole units of the currency"
        yield Finding("amount", f"{row.amount} cannot be meant", fix)
    if not (row.source or "").strip():
        fix = "say where the price was read"
        yield Finding("source", "the price has no source", fix, is_house=True)
    yield from _age(row, today)


def _age(row: PriceRow, today: date) -> Iterator[Finding]:
    if row.as_of is None:
        yield Finding("as_of", "the price has no date", "say when it was read", is_house=True)
    elif row.as_of > today + _TOMORROW:
        yield Finding("as_of", f"the price was read on {row.as_of}, in the future", "correct it")
    elif today - row.as_of > STALE:
        message = f"the price was read on {row.as_of}, more than 18 months ago"
        yield Finding("as_of", message, "look it up again", is_advice=True)


def _conditions(entry: ModelEntry, row: PriceRow) -> Iterator[Finding]:
    for name, value in row.when.items():
        if name not in entry.properties:
            fix = f"name one of: {', '.join(entry.properties) or 'none, there are none'}"
            yield Finding(f"when.{name}", f"there is no parameter {name}", fix)
        elif not _allows(entry.properties[name], value):
            fix = "give a value that the parameter can have"
            yield Finding(f"when.{name}", f"{name} is never {value!r}", fix)


def _allows(schema: Any, value: Any) -> bool:
    return bool(validator_class()(schema).is_valid(value))


def _defaults_together(entry: ModelEntry, _today: date) -> Iterator[Finding]:
    """Defaults may each be right and break a rule between parameters together."""
    for error in violations(entry, with_defaults(entry, {})):
        name = str(error.absolute_path[0]) if error.absolute_path else ""
        if "default" in entry.properties.get(name, {}):
            fix = "choose defaults that go together"
            yield Finding(f"parameters.properties.{name}.default", error.message[:200], fix)


def _clashes(entry: ModelEntry, owners: dict[str, ModelEntry]) -> Iterator[Finding]:
    """Names that another entry has already; notes down those of this one."""
    for place, name in enumerate((entry.id, *entry.aliases)):
        owner = owners.setdefault(name.casefold(), entry)
        if owner is not entry:
            fix = "choose another name, or take it from the other model"
            message = f"{name} is already a name of {owner.id} ({owner.provider})"
            yield Finding("aliases" if place else "id", message, fix)
        elif place and name.casefold() == entry.id.casefold():
            yield Finding("aliases", f"{name} is the model's own id", "take it out of aliases")


def _successor(entry: ModelEntry, by_id: Mapping[str, ModelEntry]) -> Iterator[Finding]:
    if entry.successor is None:
        return
    heir = by_id.get(entry.successor)
    if heir is None:
        fix = "name the id of a model that there is"
        yield Finding("successor", f"there is no model {entry.successor}", fix)
    elif heir is entry:
        yield Finding("successor", "a model cannot take its own place", "name another, or none")
    elif heir.retired is not None:
        fix = "name a model that can be used"
        yield Finding("successor", f"{heir.id} is retired itself", fix, is_house=True)
    elif heir.makes != entry.makes and entry.retired is None:
        fix = f"name a model that makes {entry.makes}s"
        yield Finding("successor", f"{heir.id} makes {heir.makes}s", fix, is_house=True)


_CHECKS: tuple[Callable[[ModelEntry, date], Iterator[Finding]], ...] = (
    _words,
    _names,
    _dates,
    _ranges,
    _parameters,
    _defaults_together,
    _prices,
)
