"""Operations: a client's edits, each applied once however often it is sent. What one step holds
together is applied together or not at all; another step does not suffer for it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from video_foundry.db.bulk import add_rows
from video_foundry.db.items import items_of
from video_foundry.db.operations import forget_operations, operations_known
from video_foundry.db.segments import segments_by_ids
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import ItemRow, OperationRow, ProjectRow
from video_foundry.errors import BadInput
from video_foundry.jobs.letting_go import deleting
from video_foundry.services._carrying_out import carry_out
from video_foundry.services._edit import edited, locked_project, tell
from video_foundry.services._operations import (
    Change,
    DeleteSegments,
    items_touched,
    segments_touched,
)
from video_foundry.services.context import Context
from video_foundry.services.views import SegmentView, view_segments

KEPT_REVISIONS = 5_000
"""So many of a project's newest revisions are remembered by the operations that led to them; an
older one that is sent again is no longer known."""
PRUNE_EVERY = 100
LONGEST_NEWS = 64_000
"""Characters of operations that an event carries; of longer ones it says only that there were."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One edit. id: made by the client. step: operations of one step, next to each other, hold
    together. body: as it was sent. change: what it is to do, or why it cannot be read."""

    id: str
    step: str
    body: dict[str, Any]
    change: Change | BadInput


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an operation. error: why it was refused; None for one that is applied, now or
    when it was sent before. is_held_back: another one of its step was refused."""

    operation: Operation
    error: BadInput | None = None
    is_held_back: bool = False


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What became of operations, the project after them, and how what they touched stands now."""

    project: ProjectRow
    outcomes: Sequence[Outcome]
    segments: Sequence[SegmentView]
    items: Sequence[ItemRow]


@retried
async def apply_operations(
    ctx: Context, project_id: str, client: str, operations: Sequence[Operation]
) -> Applied:
    """Apply operations in their order, but for those that are known: in one transaction, as one
    revision. Raises NotFound where there is no such project."""
    going = {one for operation in operations for one in _deleted_by(operation)}

    async def those_going(_: Session) -> Collection[str]:
        return going

    async with deleting(ctx.store, project_id, those_going) as tx:
        project = await locked_project(tx, project_id)
        known = await operations_known(tx.session, project_id, {one.id for one in operations})
        work = _Work(ctx, tx, project, client)
        for _, step in groupby(operations, key=lambda one: one.step):
            await work.carry_out(list(step), known)
        await work.conclude()
        return await _answer(ctx, tx, project, work.outcomes)


def _deleted_by(operation: Operation) -> Collection[str]:
    change = operation.change
    return change.segment_ids if isinstance(change, DeleteSegments) else ()


class _Work:
    """One transaction's operations: what was done, what was refused."""

    def __init__(self, ctx: Context, tx: Tx, project: ProjectRow, client: str) -> None:
        self.ctx, self.tx, self.project, self.client = ctx, tx, project, client
        self.outcomes: list[Outcome] = []
        self.done: list[dict[str, Any]] = []  # as they were sent

    async def carry_out(self, step: Sequence[Operation], known: set[str]) -> None:
        """Apply what is new of a step, all of it or nothing."""
        new = list({one.id: one for one in step if one.id not in known}.values())
        told = dict(self.tx.newest_event)
        culprit = None
        try:
            async with self.tx.session.begin_nested():
                for culprit in new:
                    await self._one(culprit)
        except BadInput as error:
            await self._take_back(told)
            self._refuse(step, known, culprit, error)
            return
        self.done += [one.body for one in new]
        known.update(one.id for one in new)
        self.outcomes += [Outcome(operation=one) for one in step]

    async def _one(self, operation: Operation) -> None:
        if isinstance(operation.change, BadInput):
            raise operation.change
        kept = await carry_out(self.ctx, self.tx, self.project, operation.change)
        row = OperationRow(
            project_id=self.project.id,
            id=operation.id,
            revision=self.project.revision + 1,
            client=self.client,
            body=operation.body,
            outcome=kept,
            created_at=self.tx.now,
        )
        await add_rows(self.tx.session, [row])  # a later one may take it back

    async def _take_back(self, told: dict[str, int]) -> None:
        """The rows are as before the step; what is in memory is read again."""
        self.tx.newest_event.clear()
        self.tx.newest_event.update(told)
        self.tx.session.expire_all()
        await self.tx.session.refresh(self.project)

    def _refuse(
        self,
        step: Sequence[Operation],
        known: set[str],
        culprit: Operation | None,
        error: BadInput,
    ) -> None:
        for one in step:
            is_known = one.id in known
            self.outcomes.append(
                Outcome(
                    operation=one,
                    error=None if is_known else error,
                    is_held_back=not is_known and one is not culprit,
                )
            )

    async def conclude(self) -> None:
        """Raise the revision, remember the operations and tell of them."""
        if not self.done:
            return
        await edited(self.tx, self.project, None)
        is_short = len(json.dumps(self.done)) <= LONGEST_NEWS
        operations = self.done if is_short else None
        await tell(
            self.tx,
            self.project,
            "project.operations",
            client=self.client,
            operations=operations,
        )
        if self.project.revision % PRUNE_EVERY == 0:
            before = self.project.revision - KEPT_REVISIONS
            await forget_operations(self.tx.session, self.project.id, before)


async def _answer(
    ctx: Context, tx: Tx, project: ProjectRow, outcomes: Sequence[Outcome]
) -> Applied:
    changes = [
        one.operation.change for one in outcomes if not isinstance(one.operation.change, BadInput)
    ]
    segment_ids = {one for change in changes for one in segments_touched(change)}
    item_ids = {one for change in changes for one in items_touched(change)}
    touched = await segments_by_ids(tx.session, project.id, segment_ids) if segment_ids else ()
    items = await items_of(tx.session, project.id) if item_ids else ()
    return Applied(
        project=project,
        outcomes=outcomes,
        segments=await view_segments(ctx, tx.session, touched) if touched else [],
        items=[row for row in items if row.id in item_ids],
    )
