"""Moving a project's segments to another model: what would become of each, and doing it as one
edit. Takes and pins stay; nothing here starts a generation."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from video_foundry.core.catalogue import Catalogue, ModelEntry, Resolved
from video_foundry.core.money import Price, total_price
from video_foundry.core.retarget import Retargeting, Shot, check_target, retarget
from video_foundry.db.bulk import write_columns
from video_foundry.db.facts import profile_from_json, trim_from_json
from video_foundry.db.store import Tx, retried
from video_foundry.db.tables import ProjectRow, SegmentRow
from video_foundry.db.timeline import segments_of
from video_foundry.errors import BadInput, Conflict, FieldProblem
from video_foundry.jobs.filing import file_known_takes
from video_foundry.services._edit import edited, locked_project, project_of, set_requests, tell
from video_foundry.services.context import Context

MOST_TRIES = 5
"""How often the moves are worked out anew because somebody edited meanwhile."""

MoveAction = Literal["changed", "unchanged", "refused", "own_media"]


@dataclass(frozen=True, kw_only=True)
class SegmentMove:
    """What becomes of one segment. order_index: its place in the film, from 0. params_before: its
    `model_params` as they were, so that the edit can be taken back. outcome: None for own media."""

    segment_id: str
    order_index: int
    action: MoveAction
    params_before: dict[str, Any]
    outcome: Retargeting | None
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RetargetView:
    """What was, or with `is_dry_run` would be, done. note: what the name that was given means;
    unavailable: why the model cannot be used at the moment. before, after: list prices of one
    generation of every segment that moves."""

    project_id: str
    revision: int
    model: ModelEntry
    note: str | None
    unavailable: str | None
    is_dry_run: bool
    moves: tuple[SegmentMove, ...]
    before: Price
    after: Price


@dataclass(frozen=True, kw_only=True)
class _Worked:
    """Moves worked out for one revision of a project."""

    revision: int
    moves: list[SegmentMove]


@retried
async def retarget_project(
    ctx: Context,
    project_id: str,
    *,
    to: str,
    segment_ids: Sequence[str] | None = None,
    is_dry_run: bool = False,
    is_partial: bool = False,
    based_on: int | None = None,
) -> RetargetView:
    """Move segments, None for all that are generated, to the model of this name: one edit.

    is_partial: those that the model cannot take stay as they are; otherwise they refuse the whole
    (BadInput naming each field), which a dry run only tells. Raises BadInput for a model that
    cannot be moved to and for a segment that is not there, Conflict for a stale edit.
    """
    target = ctx.models.catalogue.resolve(to, field_name="to")
    check_target(target.entry)
    for _ in range(MOST_TRIES):
        worked = await _work_out(ctx, project_id, target.entry, segment_ids)
        async with ctx.store.write() as tx:
            project = await locked_project(tx, project_id)
            if project.revision != worked.revision:
                continue
            rows = {row.id: row for row in await segments_of(tx.session, project_id)}
            moves = [await _checked(ctx, tx, project, rows, move) for move in worked.moves]
            if not is_dry_run:
                _refuse_misfits(moves, is_partial=is_partial)
                await _apply(ctx, tx, project, _moved(tx, rows, moves), based_on)
            return _view(ctx, project, target, moves, is_dry_run=is_dry_run)
    raise Conflict(
        "the project is being edited too fast for this",
        field="project_id",
        fix="try again",
        code="stale_revision",
    )


async def _work_out(
    ctx: Context, project_id: str, target: ModelEntry, segment_ids: Sequence[str] | None
) -> _Worked:
    """Without a lock, and off the loop: a long film takes a while."""
    async with ctx.store.read() as session:
        project = await project_of(session, project_id)
        rows = await segments_of(session, project_id)
    wanted = _wanted(rows, segment_ids)
    profile = profile_from_json(project.settings)
    shape = (profile.width, profile.height)
    moves = await asyncio.to_thread(
        lambda: [
            _move(ctx.models.catalogue, target, place, row, shape)
            for place, row in enumerate(rows)
            if row.id in wanted and (segment_ids is not None or row.media_id is None)
        ]
    )
    return _Worked(revision=project.revision, moves=moves)


def _wanted(rows: Sequence[SegmentRow], segment_ids: Sequence[str] | None) -> set[str]:
    there = {row.id for row in rows}
    if segment_ids is None:
        return there
    for number, segment_id in enumerate(segment_ids):
        if segment_id not in there:
            raise BadInput(
                f"the project has no segment {segment_id}",
                field=f"segments.{number}",
                fix="read the project again, and name segments that it has",
            )
    return set(segment_ids)


def _move(
    catalogue: Catalogue, target: ModelEntry, place: int, row: SegmentRow, shape: tuple[int, int]
) -> SegmentMove:
    before = dict(row.model_params)
    if row.media_id is not None:
        return SegmentMove(
            segment_id=row.id,
            order_index=place,
            action="own_media",
            params_before=before,
            outcome=None,
        )
    trim = trim_from_json(row.trim)
    seconds = None if trim is None else trim.end or trim.start
    shot = Shot(given=before, prompt=row.prompt, seconds=seconds, aspect=shape)
    outcome = retarget(shot, _model_now(catalogue, before), target)
    return SegmentMove(
        segment_id=row.id,
        order_index=place,
        action=outcome.action,
        params_before=before,
        outcome=outcome,
        problems=outcome.refusals,
    )


def _model_now(catalogue: Catalogue, params: dict[str, Any]) -> ModelEntry | None:
    """None for a name that nobody knows any more: moving away from it is what helps."""
    try:
        return catalogue.resolve(params.get("model")).entry
    except BadInput:
        return None


async def _checked(
    ctx: Context, tx: Tx, project: ProjectRow, rows: Mapping[str, SegmentRow], move: SegmentMove
) -> SegmentMove:
    """The move, refused if what it leads to is refused as any edit to it would be."""
    if move.action != "changed" or move.outcome is None:
        return move
    try:
        await set_requests(ctx, tx, project, [_copy(rows[move.segment_id], move.outcome)])
    except BadInput as error:
        return replace(move, action="refused", problems=error.problems)
    return move


def _copy(row: SegmentRow, outcome: Retargeting) -> SegmentRow:
    """The segment as it would be, in no session: nothing of it is ever written."""
    return SegmentRow(
        id=row.id,
        project_id=row.project_id,
        prompt=row.prompt,
        model_params=dict(outcome.params),
        media_id=row.media_id,
        trim=row.trim,
        effects=row.effects,
    )


def _refuse_misfits(moves: Sequence[SegmentMove], *, is_partial: bool) -> None:
    problems = [
        FieldProblem(field=f"segments.{m.order_index}.{p.field}", message=p.message, fix=p.fix)
        for m in moves
        if m.action == "refused"
        for p in m.problems
    ]
    if problems and not is_partial:
        number = int(problems[0].field.split(".")[1]) + 1
        raise BadInput(
            f"segment {number}: {problems[0].message}; nothing was changed",
            problems=problems,
            code="retarget_refused",
        )


async def _apply(
    ctx: Context, tx: Tx, project: ProjectRow, changed: list[SegmentRow], based_on: int | None
) -> None:
    """Write what moves, as one revision; none where nothing does."""
    if not changed:
        return
    await edited(tx, project, based_on)
    await set_requests(ctx, tx, project, changed)
    await write_columns(tx.session, changed, "model_params", "fingerprint", "updated_at")
    await file_known_takes(tx, changed)
    await tell(tx, project, "project.updated")


def _moved(
    tx: Tx, rows: Mapping[str, SegmentRow], moves: Sequence[SegmentMove]
) -> list[SegmentRow]:
    """The rows that move, as they will be."""
    changed = []
    for move in moves:
        if move.action == "changed" and move.outcome is not None:
            row = rows[move.segment_id]
            row.model_params = dict(move.outcome.params)
            row.updated_at = tx.now
            changed.append(row)
    return changed


def _view(
    ctx: Context,
    project: ProjectRow,
    target: Resolved,
    moves: Sequence[SegmentMove],
    *,
    is_dry_run: bool,
) -> RetargetView:
    moving = [m.outcome for m in moves if m.outcome is not None and m.action == "changed"]
    return RetargetView(
        project_id=project.id,
        revision=project.revision,
        model=target.entry,
        note=target.note,
        unavailable=ctx.models.unavailable(target.entry),
        is_dry_run=is_dry_run,
        moves=tuple(moves),
        before=total_price([outcome.before for outcome in moving]),
        after=total_price([outcome.after for outcome in moving]),
    )
