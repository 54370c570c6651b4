"""Operations on the wire: a client's edits, and what became of them. One that cannot be read does
not keep the others from being applied."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from video_foundry.api.schemas.base import In, LongText, Name, Out, Partial
from video_foundry.api.schemas.item import Item, ItemUpdate, NewItem
from video_foundry.api.schemas.output import Output, OutputOut, SettingsOut, SettingsUpdate
from video_foundry.api.schemas.segment import Segment, SegmentFields, TakeChoice
from video_foundry.core.operations import Place
from video_foundry.core.outputs import MOST_OUTPUTS
from video_foundry.core.profile import OutputProfile
from video_foundry.services import _operations as ops
from video_foundry.services._edit import SegmentContent
from video_foundry.services._items import ItemChange
from video_foundry.services._projects import ProjectChange
from video_foundry.services.context import MOST_SEGMENTS

MOST_AT_ONCE = 2_000
"""Operations of one request, and items of one operation."""


class _Operation(In):
    id: UUID = Field(description="Made by the client. One that is known is not applied again.")
    step: UUID = Field(
        description="Operations of one step, next to each other, are applied all or not at all."
    )


class _Placed(_Operation):
    after: UUID | None = Field(description="What it is to stand behind; null for the very first.")
    before: UUID | None = Field(
        default=None, description="What it is to stand in front of, should `after` be gone."
    )

    def place(self) -> Place:
        """Where it goes."""
        return Place(
            after=str(self.after) if self.after else None,
            before=str(self.before) if self.before else None,
        )


Ids = Annotated[list[UUID], Field(min_length=1, max_length=MOST_SEGMENTS)]


class NewSegment(SegmentFields):
    """A segment under an id that the client made. copies: the segment whose takes it gets too."""

    id: UUID
    copies: UUID | None = None

    def value(self) -> ops.NewSegment:
        """The segment."""
        content = SegmentContent(
            prompt=self.prompt,
            model_params=self.model_params,
            media_id=str(self.media) if self.media else None,
            trim=self.trim.value() if self.trim else None,
            treatment=self.treatment(),
        )
        copies = str(self.copies) if self.copies else None
        return ops.NewSegment(id=str(self.id), content=content, copies=copies)


class InsertSegments(_Placed):
    """Segments come in. restores: the operation that had deleted them."""

    type: Literal["insert_segments"]
    segments: Annotated[list[NewSegment], Field(min_length=1, max_length=MOST_SEGMENTS)]
    restores: UUID | None = None

    def value(self) -> ops.Change:
        """What it does."""
        return ops.InsertSegments(
            segments=[one.value() for one in self.segments],
            place=self.place(),
            restores=str(self.restores) if self.restores else None,
        )


class EditSegment(_Operation):
    """Fields of a segment change. was: what the author saw there; a field that says something else
    by now is a conflict."""

    type: Literal["edit_segment"]
    segment: UUID
    set: SegmentFields
    was: SegmentFields

    def value(self) -> ops.Change:
        """What it does."""
        return ops.EditSegment(
            segment_id=str(self.segment), change=self.set.change(), was=self.was.change()
        )


class DeleteSegments(_Operation):
    """Segments go, with what is tied to them. was: of segments by id, what must still hold."""

    type: Literal["delete_segments"]
    segments: Ids
    was: dict[UUID, SegmentFields] = Field(default_factory=dict, max_length=MOST_SEGMENTS)

    def value(self) -> ops.Change:
        """What it does."""
        return ops.DeleteSegments(
            segment_ids=[str(one) for one in self.segments],
            was={str(one): fields.change() for one, fields in self.was.items()},
        )


class MoveSegments(_Placed):
    """Segments go to one place, in this order."""

    type: Literal["move_segments"]
    segments: Ids

    def value(self) -> ops.Change:
        """What it does."""
        return ops.MoveSegments(segment_ids=[str(one) for one in self.segments], place=self.place())


class ChooseTake(_Operation):
    """Another take is put into the cut, or pinned. restores: the choice that is taken back."""

    type: Literal["choose_take"]
    segment: UUID
    set: TakeChoice
    was: TakeChoice | None = None
    restores: UUID | None = None

    def value(self) -> ops.Change:
        """What it does."""
        return ops.ChooseTake(
            segment_id=str(self.segment),
            choice=_choice(self.set),
            was=_choice(self.was) if self.was else None,
            restores=str(self.restores) if self.restores else None,
        )


def _choice(told: TakeChoice) -> ops.Choice:
    return ops.Choice(take_id=str(told.take_id) if told.take_id else None, pinned=told.pinned)


class InsertedItem(In):
    """An item under an id that the client made."""

    id: UUID
    item: NewItem


class InsertItems(_Placed):
    """Items come in; behind another one means above it."""

    type: Literal["insert_items"]
    items: Annotated[list[InsertedItem], Field(min_length=1, max_length=MOST_AT_ONCE)]

    def value(self) -> ops.Change:
        """What it does."""
        items = [ops.NewItem(id=str(one.id), content=one.item.content()) for one in self.items]
        return ops.InsertItems(items=items, place=self.place())


class EditItem(_Operation):
    """Fields of an item change. was: what the author saw there, and in `unset` what was not there;
    a field that says something else by now is a conflict."""

    type: Literal["edit_item"]
    item: UUID
    set: ItemUpdate
    was: ItemUpdate

    def value(self) -> ops.Change:
        """What it does. Raises ValidationError for fields that cannot be."""
        return ops.EditItem(
            item_id=str(self.item), change=_item_change(self.set), was=_item_change(self.was)
        )


def _item_change(told: ItemUpdate) -> ItemChange:
    data, tied = told.change()
    return ItemChange(kind=told.kind, data=data, tied=tied, unset=told.unset)


class DeleteItems(_Operation):
    """Items go."""

    type: Literal["delete_items"]
    items: Ids

    def value(self) -> ops.Change:
        """What it does."""
        return ops.DeleteItems(item_ids=[str(one) for one in self.items])


class MoveItems(_Placed):
    """Items go to one place among the others, in this order."""

    type: Literal["move_items"]
    items: Ids

    def value(self) -> ops.Change:
        """What it does."""
        return ops.MoveItems(item_ids=[str(one) for one in self.items], place=self.place())


class ProjectFields(Partial):
    """Fields of a project, any of them; of its settings too. outputs: all of them."""

    name: Name = Field(default="-")
    description: LongText = ""
    settings: SettingsUpdate = Field(default_factory=SettingsUpdate)
    outputs: list[Output] = Field(max_length=MOST_OUTPUTS, default_factory=list)

    def by_name(self) -> dict[str, Any]:
        """The values that are named; of settings by `settings.` and the name."""
        given = self.model_fields_set
        told: dict[str, Any] = {
            name: getattr(self, name) for name in ("name", "description") if name in given
        }
        if "outputs" in given:
            told["outputs"] = [one.told() for one in self.outputs]
        return told | {f"settings.{name}": value for name, value in self.profile().items()}

    def profile(self) -> dict[str, Any]:
        """The settings that are named, as the profile has them."""
        if "settings" not in self.model_fields_set:
            return {}
        whole = self.settings.value()
        return {name: getattr(whole, name) for name in self.settings.model_fields_set}


class EditProject(_Operation):
    """The project itself changes. was: what the author saw there."""

    type: Literal["edit_project"]
    set: ProjectFields
    was: ProjectFields

    def value(self) -> ops.Change:
        """What it does."""
        mine = self.set.by_name()
        profile = self.set.profile()
        change = ProjectChange(
            name=mine.get("name"),
            description=mine.get("description"),
            reshape=partial(_reshaped, profile=profile) if profile else None,
            outputs=mine.get("outputs"),
        )
        return ops.EditProject(change=change, mine=mine, was=self.was.by_name())


def _reshaped(stored: OutputProfile, profile: Mapping[str, Any]) -> OutputProfile:
    return replace(stored, **profile)


AnyOperation: TypeAlias = (
    InsertSegments
    | EditSegment
    | DeleteSegments
    | MoveSegments
    | ChooseTake
    | InsertItems
    | EditItem
    | DeleteItems
    | MoveItems
    | EditProject
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """An operation. body: as it was sent. read: what it says, or why that cannot be."""

    body: dict[str, Any]
    read: AnyOperation | ValidationError


def _told(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """Where all that is wrong is what an operation says, which one it is is known all the same."""
    try:
        return Told(body=value, read=handler(value))
    except ValidationError as error:
        if not isinstance(value, dict) or not _has_ids(value):
            raise
        return Told(body=value, read=error)


def _has_ids(value: dict[str, Any]) -> bool:
    try:
        return all(str(UUID(value[name])) for name in ("id", "step"))
    except (KeyError, ValueError, TypeError, AttributeError):
        return False


Operation = Annotated[Annotated[AnyOperation, Field(discriminator="type")], WrapValidator(_told)]


class Operations(In):
    """A client's edits, in their order. client: which window made them, for others to know."""

    client: UUID
    operations: Annotated[list[Operation], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Clash(Out):
    """A field that says something else by now. theirs, mine: null where nothing is said."""

    field: str
    theirs: Any
    mine: Any


class Refused(Out):
    """A field that cannot be."""

    field: str
    message: str
    fix: str | None


OutcomeStatus = Literal["applied", "conflict", "gone", "refused", "held_back"]


class Outcome(Out):
    """What became of an operation. `applied`: now, or when it was sent before. `conflict`: somebody
    else changed the same, see `clashes`. `gone`: what it is about was deleted. `refused`: it cannot
    be, see `errors`. `held_back`: another operation of its step was not applied."""

    id: str
    status: OutcomeStatus
    code: str | None = None
    detail: str | None = None
    clashes: list[Clash] = Field(default_factory=list)
    errors: list[Refused] = Field(default_factory=list)


class ProjectNow(Out):
    """A project without its segments."""

    name: str
    description: str
    settings: SettingsOut
    outputs: list[OutputOut]


class OperationsApplied(Out):
    """The project's revision after the operations, what became of each, and how the segments and
    items that they name stand now, in their order."""

    revision: int
    outcomes: list[Outcome]
    project: ProjectNow
    segments: list[Segment]
    items: list[Item]
