"""What operations do to a film, said a second time: small values and no database, so that a server
that gets it wrong is found out. Only the kinds and fields that the tests of two clients use."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(kw_only=True)
class Film:
    """A project as its editors see it: segments and items by id, each in their order."""

    name: str
    segments: dict[str, Json] = field(default_factory=dict)
    items: dict[str, Json] = field(default_factory=dict)

    def copy(self) -> "Film":
        """One that can be changed on its own."""
        return deepcopy(self)

    def apply(self, operation: Json) -> None:
        """Do it. What is about something that is gone does nothing."""
        kind, what = operation["type"].split("_")
        if what == "project":
            self.name = operation["set"]["name"]
            return
        things = self.segments if what.startswith("segment") else self.items
        match kind:
            case "insert":
                self._insert(things, what, operation)
            case "edit":
                self._edit(what, operation)
            case "delete":
                for gone in operation[what]:
                    things.pop(gone, None)
                self._let_go_of_the_tied()
            case "move":
                moved = [one for one in operation[what] if one in things]
                _reorder(things, moved, operation)

    def _insert(self, things: dict[str, Json], what: str, operation: Json) -> None:
        for one in operation[what]:
            if what == "segments":
                things[one["id"]] = {name: one[name] for name in ("prompt", "model_params")}
            else:
                item = one["item"]
                things[one["id"]] = {"text": item["text"], "segment": item.get("segment")}
        _reorder(things, [one["id"] for one in operation[what]], operation)

    def _edit(self, what: str, operation: Json) -> None:
        if what == "segment" and operation["segment"] in self.segments:
            self.segments[operation["segment"]].update(operation["set"])
        if what == "item" and operation["item"] in self.items:
            self.items[operation["item"]].update(operation["set"]["fields"])

    def _let_go_of_the_tied(self) -> None:
        for one, item in list(self.items.items()):
            if item["segment"] not in (None, *self.segments):
                del self.items[one]

    def told(self) -> Json:
        """All of it, order included, to be compared."""
        return {
            "name": self.name,
            "segments": list(self.segments.items()),
            "items": list(self.items.items()),
        }


def film_of(project: Json, items: Sequence[Json]) -> Film:
    """A film as the API tells it."""
    fields = ("prompt", "model_params")
    return Film(
        name=project["name"],
        segments={one["id"]: {name: one[name] for name in fields} for one in project["segments"]},
        items={
            one["id"]: {"text": one["fields"]["text"], "segment": one["segment"]} for one in items
        },
    )


def _reorder(things: dict[str, Json], moved: Sequence[str], place: Json) -> None:
    if not moved:
        return
    taken = {one: things.pop(one) for one in moved}
    rest = list(things.items())
    ids = [one for one, _ in rest]
    after, before = place["after"], place.get("before")
    if after is None:
        at = 0
    elif after in ids:
        at = ids.index(after) + 1
    else:
        at = ids.index(before) if before in ids else len(ids)
    things.clear()
    things.update([*rest[:at], *taken.items(), *rest[at:]])
