"""What may be done to a segment, whichever way it is asked for: change its fields, copy it with its
takes, choose its take. The callers lock the project, raise its revision and tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from video_foundry.core.composition import Trim
from video_foundry.db.bulk import add_rows
from video_foundry.db.facts import trim_to_json
from video_foundry.db.generations import generation_by_id
from video_foundry.db.segment_asks import keep_asks
from video_foundry.db.segments import count_segments
from video_foundry.db.store import Session, Tx
from video_foundry.db.tables import SegmentRow, TakeRow
from video_foundry.db.takes import take_by_id, take_ids_for, takes_of
from video_foundry.errors import BadInput, NotFound
from video_foundry.jobs.filing import file_takes
from video_foundry.services._edit import treat
from video_foundry.services.context import Context


@dataclass(frozen=True, kw_only=True)
class SegmentChange:
    """A partial edit; `given` names the fields that were given (None may be a value)."""

    given: frozenset[str]
    order_index: int | None = None
    prompt: str | None = None
    model_params: dict[str, Any] | None = None
    media_id: str | None = None
    trim: Trim | None = None
    treatment: Mapping[str, Any] = field(default_factory=dict)


async def check_room(ctx: Context, tx: Tx, project_id: str, *, adding: int = 1) -> None:
    """Refuse more segments than a project may hold."""
    if await count_segments(tx.session, project_id) + adding > ctx.limits.segments:
        raise BadInput(
            f"a project holds at most {ctx.limits.segments} segments",
            field="segments",
            fix="split the film into several projects",
            code="too_many_segments",
        )


def apply_change(row: SegmentRow, change: SegmentChange) -> None:
    """Change the fields that are given. Raises BadInput where nothing would be left to show."""
    if change.order_index is not None:
        row.order_index = change.order_index
    if change.prompt is not None:
        row.prompt = change.prompt
    if change.model_params is not None:
        row.model_params = change.model_params
    if "media_id" in change.given:
        row.media_id = change.media_id
    if "trim" in change.given:
        row.trim = trim_to_json(change.trim)
    treat(row, change.treatment)
    if row.media_id is None and not row.prompt.strip():
        raise BadInput(
            "a segment needs a prompt or media of its own", field="prompt", fix="write a prompt"
        )


async def copy_segment(tx: Tx, row: SegmentRow, order_index: int) -> SegmentRow:
    """Another segment that says the same, with the same takes and the same choice."""
    copy = SegmentRow(
        id=str(uuid4()),
        project_id=row.project_id,
        order_index=order_index,
        prompt=row.prompt,
        model_params=dict(row.model_params),
        media_id=row.media_id,
        trim=row.trim,
        transition=row.transition,
        effects=row.effects,
        sound=row.sound,
        fingerprint=row.fingerprint,
        also_asks=row.also_asks,
        pinned=False,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await add_rows(tx.session, [copy])
    await keep_asks(tx.session, [copy])
    await copy_takes(tx, row.id, row, copy)
    return copy


async def copy_takes(tx: Tx, source_id: str, choice: SegmentRow, copy: SegmentRow) -> None:
    """File the takes of a segment under a copy of it too, and choose there what `choice` shows."""
    takes = await takes_of(tx.session, source_id)
    await file_takes(tx, [(copy, {t.fingerprint for t in takes})])
    chosen = next((t for t in takes if t.id == choice.chosen_take_id), None)
    if chosen is not None:
        filed = await take_ids_for(tx.session, [copy.id], [chosen.fingerprint])
        copy.chosen_take_id = filed[copy.id, chosen.fingerprint]
        copy.chosen_for, copy.pinned = choice.chosen_for, choice.pinned
        await tx.session.flush()


async def choose(tx: Tx, segment: SegmentRow, take_id: str | None, *, pinned: bool) -> None:
    """Put a take into the cut: for as long as the segment asks for the same as now, or, pinned,
    whatever it asks for; None goes back to the ordinary result. Raises NotFound."""
    if take_id is None and pinned:
        raise BadInput("there is no take to pin", field="take_id", fix="name a take_id")
    if take_id is not None:
        take = await take_by_id(tx.session, take_id)
        if take is None or take.segment_id != segment.id:
            raise NotFound(f"segment {segment.id} has no take {take_id}", field="take_id")
        await _refuse_picture(tx.session, take)
    segment.chosen_take_id = take_id
    segment.chosen_for = segment.fingerprint if take_id else None
    segment.pinned = pinned
    segment.updated_at = tx.now
    await tx.session.flush()


def effective_choice(row: SegmentRow) -> str | None:
    """The take that was chosen and holds for what the segment asks for now."""
    holds = row.pinned or row.chosen_for == row.fingerprint
    return row.chosen_take_id if holds else None


async def _refuse_picture(session: Session, take: TakeRow) -> None:
    generation = await generation_by_id(session, take.fingerprint)
    if generation is not None and generation.makes == "image":
        raise BadInput(
            "this take is a picture that the clip is made from, not a clip",
            field="take_id",
            fix="choose a take that is a clip",
        )
