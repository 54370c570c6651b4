"""`video-foundry models`: the catalogue, and what other names mean."""

import json
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from video_foundry.api.schemas.render import Model, PriceRowOut
from video_foundry.bootstrap import load_models
from video_foundry.settings import load_settings


def models(*, as_json: bool) -> int:
    """Print every model, what it makes from what, its price, and whether it can be used."""
    found = load_models(load_settings())
    listed = [Model.of(e, found.unavailable(e)) for e in found.catalogue.entries.values()]
    listed.sort(key=lambda m: (not m.is_available, m.id))
    if as_json:
        print(json.dumps({"models": [m.model_dump(mode="json") for m in listed]}))
        return 0
    _show(listed)
    return 0


def _show(listed: Sequence[Model]) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False)
    table.add_column("Model", no_wrap=True)
    for heading in ("Makes", "From", "Price", "Usable"):
        table.add_column(heading)
    for model in listed:
        table.add_row(*(escape(cell) for cell in _row(model)))
    console.print(table)
    for line in (*_reasons(listed), *_notes(listed)):
        console.print(line, markup=False, soft_wrap=True)


def _row(model: Model) -> tuple[str, ...]:
    made_from = ", ".join(kind.replace("_", " and ") for kind in model.kinds if kind != "audio")
    makes = f"{model.makes}, sound" if "audio" in model.kinds else model.makes
    if model.is_retired:
        return model.id, "", "", "", "retired"
    return model.id, makes, made_from, _price(model), "yes" if model.is_available else "no"


def _price(model: Model) -> str:
    if model.is_local:
        return "free"
    if not model.prices:
        return "unknown"
    low = min(model.prices, key=lambda row: row.amount)
    dated = f", {low.as_of}" if low.as_of else ""
    return f"{'from ' if len(model.prices) > 1 else ''}{_amount(low)}{dated}"


def _amount(row: PriceRowOut) -> str:
    return f"{row.amount.normalize():f} {row.currency} a {row.unit}"


def _reasons(listed: Sequence[Model]) -> Iterator[str]:
    """Why models cannot be used, each reason once."""
    held: dict[str, list[str]] = {}
    for model in listed:
        if model.unavailable_reason is not None:
            held.setdefault(model.unavailable_reason, []).append(model.id)
    for reason, names in held.items():
        yield f"{', '.join(names)}: {reason}"


def _notes(listed: Sequence[Model]) -> Iterator[str]:
    """What other names mean, and by which model a retired one is followed."""
    for model in listed:
        for alias in model.aliases:
            yield f"{alias}: {model.alias_notes.get(alias) or f'another name for {model.id}'}"
        if model.is_retired and model.successor:
            yield f"{model.id}: its place is taken by {model.successor}"
