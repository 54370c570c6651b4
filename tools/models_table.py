"""Writes the table in docs/models.md of what each built-in model can do, from the catalogues.

Run `.venv/bin/python -m tools.models_table` after a change of a catalogue. What the models can do
is written in their provider's catalogue.toml, never here.
"""

import sys
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from video_foundry.adapters.models.builtin import HERE
from video_foundry.core.catalogue import ModelEntry, PriceRow, parse_provider

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "models.md"
MARK = "<!-- every model -->\n"
HEADINGS = (
    "model",
    "makes",
    "from",
    "seconds",
    "sizes and shapes",
    "sound",
    "price",
    "unclear submit",
    "can be used",
)
FROM = {
    "text": "text",
    "image": "first frame",
    "first_last": "first and last frame",
    "video": "video",
}
UNCLEAR = {"key": "sent again, same key", "lookup": "looked up", "none": "waits for a person"}


def main() -> int:
    """Write the page. Returns the exit status."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(page_with(text, table(entries())), "utf-8")
    return 0


def entries() -> list[ModelEntry]:
    """The built-in models: those without a key first, the retired last."""
    files = sorted(HERE.glob("*/catalogue.toml"))
    found = [e for f in files for e in parse_provider(tomllib.loads(f.read_text("utf-8")))]
    return sorted(found, key=_place)


def _place(entry: ModelEntry) -> tuple[bool, bool, bool, str, str]:
    return (
        entry.retired is not None,
        not entry.needs_nothing,
        entry.is_simulated,
        entry.provider,
        entry.id,
    )


def page_with(text: str, made: str) -> str:
    """The page with this table in the place of the one that stands there."""
    before, found, rest = text.partition(MARK)
    if not found:
        raise ValueError(f"{PAGE.name} has no {MARK.strip()}")
    _, _, after = rest.partition("\n\n")
    return f"{before}{MARK}{made}\n{after}"


def table(listed: Sequence[ModelEntry]) -> str:
    """One row a model."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(row(entry) for entry in listed)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def row(entry: ModelEntry) -> tuple[str, ...]:
    """The cells of one model."""
    also = f" (also {_quoted(entry.aliases)})" if entry.aliases else ""
    if entry.retired is not None:
        successor = f": use `{entry.successor}`" if entry.successor else ""
        return (f"`{entry.id}`{also}", *["–"] * (len(HEADINGS) - 2), f"retired{successor}")
    return (
        f"`{entry.id}`{also}",
        "a picture" if entry.makes == "image" else "video",
        ", ".join(FROM[kind] for kind in entry.kinds if kind in FROM) or "its own parameters",
        _seconds(entry),
        _sizes(entry),
        "–" if entry.makes == "image" else "yes" if "audio" in entry.kinds else "no",
        _price(entry),
        UNCLEAR[entry.idempotency],
        _usable(entry),
    )


def _quoted(names: Sequence[object]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _seconds(entry: ModelEntry) -> str:
    if entry.makes == "image":
        return "–"
    schema = entry.properties.get("duration")
    if schema is None:
        return "the model's own"
    if "enum" in schema:
        return ", ".join(f"{choice:g}" for choice in schema["enum"])
    whole = ", whole" if schema.get("type") == "integer" else ""
    return f"{schema.get('minimum', 0):g} to {schema.get('maximum', 0):g}{whole}"


def _sizes(entry: ModelEntry) -> str:
    sizes, shapes = (
        ", ".join(str(choice) for choice in entry.properties.get(name, {}).get("enum", ()))
        for name in ("resolution", "aspect_ratio")
    )
    return "; ".join(part for part in (sizes, shapes) if part) or "the model's own"


def _price(entry: ModelEntry) -> str:
    if entry.is_local:
        return "free"
    by_unit = [
        _range([r for r in entry.prices if r.unit == unit])
        for unit in ("second", "generation")
        if any(r.unit == unit for r in entry.prices)
    ]
    if not by_unit:
        return "unknown"
    dates = [r.as_of for r in entry.prices if r.as_of is not None]
    return " or ".join(by_unit) + (f" ({min(dates)})" if dates else "")


def _range(rows: Sequence[PriceRow]) -> str:
    low, high = min(r.amount for r in rows), max(r.amount for r in rows)
    amount = _plain(low) if low == high else f"{_plain(low)} to {_plain(high)}"
    return f"{amount} {rows[0].currency} a {rows[0].unit}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _usable(entry: ModelEntry) -> str:
    extra = f"pip install video-foundry[{entry.extra.name}]" if entry.extra else None
    needed = entry.env_key or entry.env_address or extra
    words = [f"with `{needed}`" if needed else "at once"]
    if entry.available_from is not None:
        words.append(f"from {entry.available_from}")
    if entry.available_until is not None:
        words.append(f"until {entry.available_until}")
    return ", ".join(words)


if __name__ == "__main__":
    sys.exit(main())
