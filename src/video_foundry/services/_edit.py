"""What every edit of a project shares: finding it, checking what the edit was based on, raising the
revision, and keeping a segment's fingerprint true. No use case lives here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any
from uuid import uuid4

from video_foundry.core.asks import Ask
from video_foundry.core.catalogue import clip_seconds
from video_foundry.core.composition import LONGEST_STILL, Trim
from video_foundry.core.effects import check_freeze
from video_foundry.core.outputs import check_encoder, read_outputs
from video_foundry.core.profile import OutputProfile
from video_foundry.db.facts import (
    profile_from_json,
    profile_to_json,
    seconds_of,
    trim_from_json,
    trim_to_json,
)
from video_foundry.db.films import (
    picture_from_json,
    picture_to_json,
    sound_to_json,
    transition_to_json,
)
from video_foundry.db.locks import lock_project
from video_foundry.db.media import artifacts_by_digest
from video_foundry.db.projects import project_by_id
from video_foundry.db.segment_asks import also_asks_json
from video_foundry.db.segments import last_order_index, segment_by_id
from video_foundry.db.store import Session, Tx
from video_foundry.db.tables import ArtifactRow, ItemRow, ProjectRow, SegmentRow
from video_foundry.db.timeline import Media, asks_of, media_by_id, media_ids
from video_foundry.errors import BadInput, Conflict, NotFound
from video_foundry.events import log
from video_foundry.events.log import NewEvent
from video_foundry.services.context import Context

MAX_ORDER_INDEX = 1_000_000


@dataclass(frozen=True, kw_only=True)
class SegmentContent:
    """What a segment is: a prompt with a model, or own media; the part of it that is used; and what
    is done to it (see `treat`)."""

    prompt: str = ""
    model_params: dict[str, Any]
    media_id: str | None = None
    trim: Trim | None = None
    treatment: Mapping[str, Any] = field(default_factory=dict)


def new_segment_row(
    tx: Tx, project_id: str, content: SegmentContent, *, segment_id: str | None = None
) -> SegmentRow:
    """A row for a new segment, still without a place in the order."""
    row = SegmentRow(
        id=segment_id or str(uuid4()),
        project_id=project_id,
        prompt=content.prompt,
        model_params=content.model_params,
        media_id=content.media_id,
        trim=trim_to_json(content.trim),
        pinned=False,
        created_at=tx.now,
        updated_at=tx.now,
    )
    treat(row, content.treatment)
    return row


def treat(row: SegmentRow, treatment: Mapping[str, Any]) -> None:
    """Change what is named of what is done to a segment's clip: `transition`, `retime`, `framing`,
    `look` and `sound`, each a value of the core."""
    if "transition" in treatment:
        row.transition = transition_to_json(treatment["transition"])
    if "sound" in treatment:
        row.sound = sound_to_json(treatment["sound"])
    parts = {name: treatment[name] for name in ("retime", "framing", "look") if name in treatment}
    if parts:
        row.effects = picture_to_json(replace(picture_from_json(row.effects), **parts))


@dataclass(frozen=True, kw_only=True)
class ItemContent:
    """What an item is. kind: a key of `db.items.LISTS`. data: as the core reads it. media_id: of an
    image or a sound. segment_id: what it is tied to."""

    kind: str
    data: Mapping[str, Any]
    media_id: str | None = None
    segment_id: str | None = None


def new_item_row(
    tx: Tx, project_id: str, content: ItemContent, position: int, *, item_id: str | None = None
) -> ItemRow:
    """A row for a new item."""
    return ItemRow(
        id=item_id or str(uuid4()),
        project_id=project_id,
        position=position,
        kind=content.kind,
        media_id=content.media_id,
        segment_id=content.segment_id,
        data=dict(content.data),
        created_at=tx.now,
        updated_at=tx.now,
    )


def settled(profile: OutputProfile, outputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A project's columns that say what it is rendered to. Raises BadInput by field for what cannot
    be: `settings....` for the main film, `outputs.N....` for the others."""
    check_encoder(profile, "settings")
    read_outputs(outputs, profile)
    told = [dict(one) for one in outputs]
    return {"settings": profile_to_json(profile), "outputs": told or None}


async def project_of(session: Session, project_id: str) -> ProjectRow:
    """The project of this id. Raises NotFound."""
    row = await project_by_id(session, project_id)
    if row is None:
        raise NotFound(f"there is no project {project_id}", field="project_id")
    return row


async def locked_project(tx: Tx, project_id: str) -> ProjectRow:
    """The project, which nobody else can change before this transaction ends. Raises NotFound."""
    row = await lock_project(tx.session, project_id)
    if row is None:
        raise NotFound(f"there is no project {project_id}", field="project_id")
    return row


async def locked_segment(tx: Tx, segment_id: str) -> tuple[SegmentRow, ProjectRow]:
    """A segment as it is once its project is locked, and the project. Raises NotFound."""
    project_id = (await segment_of(tx.session, segment_id)).project_id
    project = await lock_project(tx.session, project_id)
    row = await segment_by_id(tx.session, segment_id, fresh=True)
    if project is None or row is None:  # deleted while we waited
        raise NotFound(f"there is no segment {segment_id}", field="segment_id")
    return row, project


async def segment_of(session: Session, segment_id: str) -> SegmentRow:
    """The segment of this id. Raises NotFound."""
    row = await segment_by_id(session, segment_id)
    if row is None:
        raise NotFound(f"there is no segment {segment_id}", field="segment_id")
    return row


async def edited(tx: Tx, project: ProjectRow, based_on: int | None) -> None:
    """Check the revision an edit was based on, and raise it. Raises Conflict for a stale edit."""
    if based_on is not None and based_on != project.revision:
        raise Conflict(
            f"the project has moved on: your edit was based on revision {based_on}, it is now at "
            f"{project.revision}",
            field="If-Match",
            fix="read the project again and repeat the edit on what it says now",
            code="stale_revision",
            extra={"revision": project.revision},
        )
    project.revision += 1
    project.updated_at = tx.now
    await tx.session.flush()


async def tell(tx: Tx, project: ProjectRow, type_: str, **data: Any) -> None:
    """One event about an edit, carrying the revision it led to."""
    said = {**data, "revision": project.revision}
    await log.append(tx, [NewEvent(project_id=project.id, type=type_, data=said)])


async def set_requests(
    ctx: Context,
    tx: Tx,
    project: ProjectRow,
    segments: Sequence[SegmentRow],
    *,
    explain: Callable[[int, BadInput], BadInput] = lambda _, error: error,
) -> None:
    """Validate what segments ask for and set their fingerprints, before any of it is written.
    Raises BadInput by field, as `explain` puts it for a position in `segments`.

    Once they are written, what the memory holds for the new requests is to be filed as takes: that
    is what makes undo, duplicate and revert free.
    """
    media = await media_by_id(tx.session, media_ids(segments))
    looks = {picture_from_json(s.effects).look.lut for s in segments if s.effects}
    luts = await artifacts_by_digest(tx.session, {lut for lut in looks if lut})
    profile = profile_from_json(project.settings)
    for position, segment in enumerate(segments):
        try:
            _check_lut(segment, luts)
            asks = _asked_for(ctx, profile, media, segment)
        except BadInput as error:
            raise explain(position, error) from error
        segment.fingerprint = asks[0].request.fingerprint if asks else None
        segment.also_asks = also_asks_json(asks)


def _asked_for(
    ctx: Context, profile: OutputProfile, media: Media, segment: SegmentRow
) -> tuple[Ask, ...]:
    """What a segment asks for, nothing for own media. Raises BadInput by field."""
    if segment.media_id is not None:
        if segment.media_id not in media:
            raise BadInput(
                f"there is no media {segment.media_id}",
                field="media",
                fix="upload the file first (POST /api/media) and use the id it gets",
            )
        artifact = media[segment.media_id][1]
        _check_kind(artifact.facts.get("kind"))
        _check_trim(segment, seconds_of(artifact) or None)
        return ()
    asks = asks_of(segment, ctx.models, profile, media)
    _check_trim(segment, clip_seconds(asks[0].request.readable_params()))
    return asks


def _check_kind(kind: str | None) -> None:
    if kind == "sound":
        raise BadInput(
            "the file holds sound and no picture",
            field="media",
            fix="put it on the timeline as audio, or give the segment a clip or an image",
        )
    if kind == "lut":
        raise BadInput(
            "the file holds a table of colours and no picture",
            field="media",
            fix="name its digest as the segment's look.lut, or give the segment a clip or an image",
        )


def _check_lut(segment: SegmentRow, stored: Mapping[str, ArtifactRow]) -> None:
    lut = picture_from_json(segment.effects).look.lut
    if lut is None or (lut in stored and stored[lut].facts.get("kind") == "lut"):
        return
    raise BadInput(
        "no .cube file of this digest has been uploaded",
        field="look.lut",
        fix="upload the .cube file (POST /api/media) and give the digest that the answer names",
    )


def _check_still(trim: Trim) -> None:
    if trim.end is None or trim.end - trim.start <= LONGEST_STILL:
        return
    raise BadInput(
        f"the trim asks for {float(trim.end - trim.start):g} seconds, more than a segment may last",
        field="trim.end",
        fix=f"show at most {float(LONGEST_STILL):g} seconds",
    )


def _check_trim(segment: SegmentRow, length: Fraction | None) -> None:
    trim = trim_from_json(segment.trim)
    if trim is not None and length is None:
        _check_still(trim)
    if length is not None:
        check_freeze(picture_from_json(segment.effects), length, field="segment")
    if trim is None or length is None or (trim.start < length and (trim.end or 0) <= length):
        return
    raise BadInput(
        f"the trim reaches beyond the clip, which is {float(length):g} seconds long",
        field="trim",
        fix=f"keep start below and end at most {float(length):g}",
    )


async def next_index(session: Session, project_id: str) -> int:
    """The order index after the last segment."""
    last = await last_order_index(session, project_id)
    return 0 if last is None else last + 1
