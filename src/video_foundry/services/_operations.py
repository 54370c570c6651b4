"""The kinds of operations, as values, and which of a project's parts each is about. What they do to
rows stands in `_carrying_out`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from video_foundry.core.operations import Place
from video_foundry.services._edit import ItemContent, SegmentContent
from video_foundry.services._items import ItemChange
from video_foundry.services._projects import ProjectChange
from video_foundry.services._segments import SegmentChange


@dataclass(frozen=True, kw_only=True)
class NewSegment:
    """A segment that comes in under an id of its author's making. copies: the segment whose takes
    it gets too."""

    id: str
    content: SegmentContent
    copies: str | None = None


@dataclass(frozen=True, kw_only=True)
class InsertSegments:
    """Segments come in, next to each other. restores: the operation that had deleted them; their
    takes, choices and pins come back as they were then."""

    segments: Sequence[NewSegment]
    place: Place
    restores: str | None = None


@dataclass(frozen=True, kw_only=True)
class EditSegment:
    """Fields of a segment change. was: what its author saw there."""

    segment_id: str
    change: SegmentChange
    was: SegmentChange


@dataclass(frozen=True, kw_only=True)
class DeleteSegments:
    """Segments go, with what is tied to them. was: by segment, what its author saw there, where
    that is to hold."""

    segment_ids: Sequence[str]
    was: Mapping[str, SegmentChange] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MoveSegments:
    """Segments go to one place, in this order."""

    segment_ids: Sequence[str]
    place: Place


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is chosen of a segment's takes; None for the ordinary result."""

    take_id: str | None
    pinned: bool


@dataclass(frozen=True, kw_only=True)
class ChooseTake:
    """Another take is shown. was: the choice its author saw. restores: the operation whose choice
    is taken back; what was chosen before it comes back as it was."""

    segment_id: str
    choice: Choice
    was: Choice | None = None
    restores: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewItem:
    """An item that comes in under an id of its author's making."""

    id: str
    content: ItemContent


@dataclass(frozen=True, kw_only=True)
class InsertItems:
    """Items come in, above each other; a place behind an item is above it."""

    items: Sequence[NewItem]
    place: Place


@dataclass(frozen=True, kw_only=True)
class EditItem:
    """Fields of an item change. was: what its author saw there."""

    item_id: str
    change: ItemChange
    was: ItemChange


@dataclass(frozen=True, kw_only=True)
class DeleteItems:
    """Items go."""

    item_ids: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class MoveItems:
    """Items go to one place among the others."""

    item_ids: Sequence[str]
    place: Place


@dataclass(frozen=True, kw_only=True)
class EditProject:
    """The project itself changes. settings, was: by name of a field, what is to stand there and
    what its author saw there; of the profile by `settings.` and the field's name."""

    change: ProjectChange
    mine: Mapping[str, Any]
    was: Mapping[str, Any]


ChangeBeside: TypeAlias = InsertItems | EditItem | DeleteItems | MoveItems | EditProject
"""What leaves the segments as they are."""
Change: TypeAlias = (
    InsertSegments | EditSegment | DeleteSegments | MoveSegments | ChooseTake | ChangeBeside
)


def segments_touched(change: Change) -> Collection[str]:
    """Segments that say something else after a change, or may."""
    match change:
        case InsertSegments():
            return [one.id for one in change.segments]
        case EditSegment() | ChooseTake():
            return [change.segment_id]
        case DeleteSegments():
            return change.segment_ids
        case _:
            return ()


def items_touched(change: Change) -> Collection[str]:
    """Items that say something else after a change, or may."""
    match change:
        case InsertItems():
            return [one.id for one in change.items]
        case EditItem():
            return [change.item_id]
        case DeleteItems():
            return change.item_ids
        case _:
            return ()
