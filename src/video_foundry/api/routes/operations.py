"""A client's edits as operations: what became of each of them."""

from typing import Any, cast
from uuid import UUID

from fastapi import APIRouter
from pydantic import ValidationError

from video_foundry.api.deps import Ctx, Id
from video_foundry.api.problems import documented, field_problems
from video_foundry.api.schemas.item import Item
from video_foundry.api.schemas.operation import (
    AnyOperation,
    Clash,
    Operations,
    OperationsApplied,
    Outcome,
    OutcomeStatus,
    ProjectNow,
    Refused,
    Told,
)
from video_foundry.api.schemas.output import OutputOut, SettingsOut
from video_foundry.api.schemas.segment import Segment
from video_foundry.db.tables import ProjectRow
from video_foundry.errors import BadInput
from video_foundry.services import operations
from video_foundry.services._carrying_out import CLASH, GONE
from video_foundry.services._operations import Change

router = APIRouter(
    prefix="/api/projects", tags=["operations"], responses=documented(400, 404, 413, 422, 503)
)


@router.post("/{project_id}/operations")
async def apply_operations(ctx: Ctx, project_id: Id, body: Operations) -> OperationsApplied:
    """Apply edits in their order, each once however often it is sent. What is refused is answered
    with the reason and does not keep another step from being applied."""
    wanted = [_operation(cast(Told, one)) for one in body.operations]
    applied = await operations.apply_operations(ctx, str(project_id), str(body.client), wanted)
    segments = [Segment.of(view) for view in applied.segments]
    items = [Item.of(row) for row in applied.items]
    project = _project_now(applied.project)
    now = _Now(project, segments, items)
    return OperationsApplied(
        revision=applied.project.revision,
        outcomes=[_outcome(one, now) for one in applied.outcomes],
        project=project,
        segments=segments,
        items=items,
    )


def _operation(told: Told) -> operations.Operation:
    return operations.Operation(
        id=str(UUID(told.body["id"])),
        step=str(UUID(told.body["step"])),
        body=told.body,
        change=_change(told.read),
    )


def _change(read: AnyOperation | ValidationError) -> Change | BadInput:
    if isinstance(read, ValidationError):
        return _unreadable(read, skip=1)
    try:
        return read.value()
    except ValidationError as error:
        return _unreadable(error, skip=0)
    except BadInput as error:
        return error


def _unreadable(error: ValidationError, *, skip: int) -> BadInput:
    """What is wrong by the field of what is edited: `skip` names lead to the operation, one more to
    its part."""
    found = error.errors(include_url=False, include_input=False)
    told = [{**one, "loc": _within(one["loc"][skip:])} for one in found]
    problems = field_problems(told)
    return BadInput(f"{problems[0].field}: {problems[0].message}", problems=problems)


def _within(names: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return names[1:] if len(names) > 1 and names[0] in ("set", "was") else names


class _Now:
    """What the things that operations name say now, by id."""

    def __init__(self, project: ProjectNow, segments: list[Segment], items: list[Item]) -> None:
        self._project = project.model_dump(mode="json")
        told = [one.model_dump(mode="json") for one in (*segments, *items)]
        self._by_id: dict[str, Any] = {one["id"]: one for one in told}

    def field(self, target: str | None, name: str) -> Any:
        """A field of a segment, an item or, without a target, the project."""
        said = self._by_id.get(target, {}) if target else self._project
        if name == "take":
            return {"take_id": said.get("chosen_take_id"), "pinned": said.get("pinned")}
        if name.startswith("settings."):
            return said["settings"][name.removeprefix("settings.")]
        return said.get("fields", {}).get(name) if name not in said else said[name]


def _outcome(one: operations.Outcome, now: _Now) -> Outcome:
    error = one.error
    if error is None:
        return Outcome(id=one.operation.id, status="applied")
    is_clash = error.code == CLASH and not one.is_held_back
    return Outcome(
        id=one.operation.id,
        status=_status(one, error),
        code=error.code,
        detail=error.message,
        clashes=_clashes(one.operation, error, now) if is_clash else [],
        errors=[Refused.model_validate(p) for p in error.problems] if not one.is_held_back else [],
    )


def _status(one: operations.Outcome, error: BadInput) -> OutcomeStatus:
    if one.is_held_back:
        return "held_back"
    return "conflict" if error.code == CLASH else "gone" if error.code == GONE else "refused"


def _clashes(operation: operations.Operation, error: BadInput, now: _Now) -> list[Clash]:
    target = error.extra.get("segment_id") or error.extra.get("item_id")
    mine = operation.body.get("set", {})
    return [
        Clash(field=name, theirs=now.field(target, name), mine=_mine(mine, name))
        for name in error.extra["fields"]
    ]


def _mine(said: dict[str, Any], name: str) -> Any:
    if name == "take":
        return said
    if name.startswith("settings."):
        return said.get("settings", {}).get(name.removeprefix("settings."))
    return said[name] if name in said else said.get("fields", {}).get(name)


def _project_now(row: ProjectRow) -> ProjectNow:
    return ProjectNow(
        name=row.name,
        description=row.description,
        settings=SettingsOut.of(row.settings),
        outputs=[OutputOut.of(one) for one in row.outputs or ()],
    )
