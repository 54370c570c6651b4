"""Edits as operations: where moved things go on a timeline that others edit too, and which fields
of an edit clash with what they say by now. No operation is carried out here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in an order, by neighbours: behind `after` (None for the very first place), and in
    front of `before` should `after` be gone."""

    after: str | None
    before: str | None = None


def placed(ids: Sequence[str], moved: Sequence[str], place: Place) -> list[str]:
    """`ids` with `moved` standing together at a place, in the order of `moved`. Those of `moved`
    that were not there come in. Where both neighbours are gone it is the end."""
    rest = [one for one in ids if one not in set(moved)]
    at = _index(rest, place)
    return [*rest[:at], *moved, *rest[at:]]


def _index(rest: Sequence[str], place: Place) -> int:
    if place.after is None:
        return 0
    if place.after in rest:
        return rest.index(place.after) + 1
    if place.before is not None and place.before in rest:
        return rest.index(place.before)
    return len(rest)


def clashing(
    now: Mapping[str, Any], was: Mapping[str, Any], mine: Mapping[str, Any]
) -> Collection[str]:
    """Fields of an edit that say something else by now than its author saw, and not what the edit
    would make of them either. now: what stands there; was: what its author saw; mine: what the edit
    says. A field that `was` leaves out cannot clash."""
    return [name for name in mine if name in was and now[name] not in (was[name], mine[name])]
