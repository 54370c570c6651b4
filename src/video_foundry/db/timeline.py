"""Reading a project as a timeline, and the memory that belongs to it, ready to be planned."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.asks import Ask, make_asks, media_named, needed_first
from video_foundry.core.catalogue import clip_seconds
from video_foundry.core.composition import Source
from video_foundry.core.graph import Known
from video_foundry.core.jobs import JobState
from video_foundry.core.outputs import chosen
from video_foundry.core.plan import Memory, film_of
from video_foundry.core.profile import OutputProfile
from video_foundry.core.render_graph import RenderGraph, draft_outputs, make_render_graph
from video_foundry.core.request import GenerationRequest, requests_named
from video_foundry.core.retarget import Shot
from video_foundry.core.timeline import ChosenTake, Timeline, TimelineSegment
from video_foundry.db.facts import profile_from_json, source_of, trim_from_json
from video_foundry.db.films import (
    known_for,
    picture_from_json,
    sound_from_json,
    steps_done,
    transition_from_json,
)
from video_foundry.db.given import given
from video_foundry.db.items import items_of, values_of
from video_foundry.db.outputs import outputs_of_project
from video_foundry.db.tables import (
    ArtifactRow,
    GenerationRow,
    JobRow,
    MediaRow,
    ProjectRow,
    RenderRow,
    RenderSegmentRow,
    SegmentRow,
)
from video_foundry.db.takes import TakeWithClip, takes_by_id
from video_foundry.errors import BadInput, FieldProblem
from video_foundry.ports.models import ModelDirectory


async def segments_of(session: AsyncSession, project_id: str) -> Sequence[SegmentRow]:
    """A project's segments in order."""
    query = (
        select(SegmentRow)
        .where(SegmentRow.project_id == project_id)
        .order_by(SegmentRow.order_index)
    )
    return (await session.scalars(query)).all()


Media = Mapping[str, tuple[MediaRow, ArtifactRow]]
"""Media id -> the uploaded file and its artifact."""


@dataclass(frozen=True, kw_only=True)
class _Lookups:
    """Everything the segments refer to, fetched in a handful of queries."""

    media: Media
    takes: Mapping[str, TakeWithClip]
    previous: Mapping[str, GenerationRequest]
    previous_pictures: Mapping[str, GenerationRequest]


async def load_timeline(
    session: AsyncSession,
    project: ProjectRow,
    models: ModelDirectory,
    *,
    fonts: str,
    outputs: Collection[str] | None = None,
) -> Timeline:
    """The project as it is now. fonts: what identifies the installed ones. outputs: names of those
    that are wanted, None for all. Raises BadInput when a segment no longer fits its model, an item
    cannot be, or there is no such output."""
    wanted = chosen(outputs_of_project(project), outputs)
    rows = await segments_of(session, project.id)
    beside = await items_of(session, project.id)
    named = {item.media_id for item in beside if item.media_id}
    previous = await _last_rendered(session, project.id)
    lookups = _Lookups(
        media=await media_by_id(session, media_ids(rows) | named),
        takes=await takes_by_id(session, {r.chosen_take_id for r in rows if r.chosen_take_id}),
        previous=previous,
        previous_pictures=await _pictures_of(session, previous.values()),
    )
    profile = profile_from_json(project.settings)
    segments = [_read(i, row, profile, lookups, models) for i, row in enumerate(rows)]
    items = values_of(beside, lookups.media)
    return Timeline(
        project_id=project.id,
        profile=profile,
        segments=tuple(segments),
        overlays=items.overlays,
        sounds=items.sounds,
        subtitles=items.subtitles,
        fonts=fonts,
        outputs=wanted,
    )


def _read(
    position: int,
    row: SegmentRow,
    profile: OutputProfile,
    lookups: _Lookups,
    models: ModelDirectory,
) -> TimelineSegment:
    """A segment; one that no longer fits its model (catalogues change) is named by its place."""
    try:
        return _segment(position, row, profile, lookups, models)
    except BadInput as error:
        raise BadInput(
            f"segment {position + 1}: {error.message}",
            problems=[
                FieldProblem(field=f"segments.{position}.{p.field}", message=p.message, fix=p.fix)
                for p in error.problems
            ],
            code=error.code,
        ) from error


def _segment(
    position: int,
    row: SegmentRow,
    profile: OutputProfile,
    lookups: _Lookups,
    models: ModelDirectory,
) -> TimelineSegment:
    bare = TimelineSegment(
        id=row.id,
        order_index=position,
        trim=trim_from_json(row.trim),
        transition=transition_from_json(row.transition),
        effects=picture_from_json(row.effects),
        sound=sound_from_json(row.sound),
    )
    if row.media_id is not None:
        return replace(bare, own=source_of(lookups.media[row.media_id][1]))
    first, *others = asks_of(row, models, profile, lookups.media)
    return replace(
        bare,
        request=first.request,
        entry=first.entry,
        unavailable=first.unavailable,
        model_note=first.model_note,
        pictures=first.pictures,
        fallbacks=tuple(others),
        chosen=_chosen(row, first.request, lookups),
        previous=lookups.previous.get(row.id),
        previous_pictures=lookups.previous_pictures,
    )


def asks_of(
    row: SegmentRow, models: ModelDirectory, profile: OutputProfile, media: Media
) -> tuple[Ask, ...]:
    """The canonical requests a segment stands for: its own, and those that stand in for it. Raises
    BadInput by field."""
    digests = {
        name: media[name][0].digest for name in media_named(row.model_params) if name in media
    }
    trim = trim_from_json(row.trim)
    shot = Shot(
        given=row.model_params,
        prompt=row.prompt,
        seconds=None if trim is None else trim.end or trim.start,
        aspect=(profile.width, profile.height),
    )
    return make_asks(models.catalogue, shot, digests, models.unavailable)


def _chosen(row: SegmentRow, request: GenerationRequest, lookups: _Lookups) -> ChosenTake | None:
    if row.chosen_take_id is None or row.chosen_take_id not in lookups.takes:
        return None
    if not row.pinned and row.chosen_for != request.fingerprint:
        return None
    take, generation, artifact = lookups.takes[row.chosen_take_id]
    asked = clip_seconds(_readable(generation.request))
    return ChosenTake(
        take_id=take.id, number=take.number, source=source_of(artifact, asked), pinned=row.pinned
    )


def _readable(stored_request: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a stored request with ordinary numbers."""
    return GenerationRequest.from_json(stored_request).readable_params()


def media_ids(rows: Sequence[SegmentRow]) -> set[str]:
    """Every media id that segments name: as own footage or as a reference parameter."""
    own = {r.media_id for r in rows if r.media_id}
    named = {name for r in rows for name in media_named(r.model_params)}
    return own | {v for v in named if len(v) == 36}


async def media_by_id(
    session: AsyncSession, ids: Collection[str]
) -> dict[str, tuple[MediaRow, ArtifactRow]]:
    """Media rows with their artifacts."""
    if not ids:
        return {}
    query = (
        select(MediaRow, ArtifactRow)
        .join(ArtifactRow, ArtifactRow.digest == MediaRow.digest)
        .where(MediaRow.id.in_(given(session, ids)))
    )
    return {media.id: (media, artifact) for media, artifact in await session.execute(query)}


async def _last_rendered(session: AsyncSession, project_id: str) -> dict[str, GenerationRequest]:
    """segment id -> the request of the project's newest render."""
    newest = (
        select(RenderRow.id)
        .where(RenderRow.project_id == project_id)
        .order_by(RenderRow.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(RenderSegmentRow.segment_id, JobRow.payload, GenerationRow.request)
        .outerjoin(GenerationRow, GenerationRow.fingerprint == RenderSegmentRow.fingerprint)
        .outerjoin(JobRow, JobRow.id == RenderSegmentRow.job_id)
        .where(RenderSegmentRow.render_id == newest, RenderSegmentRow.fingerprint.is_not(None))
    )
    found = {}
    for segment_id, payload, request in await session.execute(query):
        stored = request or (payload or {}).get("request")
        if stored:
            found[segment_id] = replace(GenerationRequest.from_json(stored), variation=0)
    return found


async def _pictures_of(
    session: AsyncSession, requests: Iterable[GenerationRequest]
) -> dict[str, GenerationRequest]:
    """Fingerprint -> request, of the pictures that these requests were made from."""
    marks = {mark for request in requests for mark in requests_named(request).values()}
    if not marks:
        return {}
    query = select(GenerationRow.fingerprint, GenerationRow.request).where(
        GenerationRow.fingerprint.in_(given(session, marks))
    )
    found = await session.execute(query)
    return {mark: GenerationRequest.from_json(request) for mark, request in found}


async def results_for(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, Source]:
    """fingerprint -> the clip that answered the request."""
    if not fingerprints:
        return {}
    query = (
        select(GenerationRow, ArtifactRow)
        .join(ArtifactRow, ArtifactRow.digest == GenerationRow.digest)
        .where(GenerationRow.fingerprint.in_(given(session, fingerprints)))
    )
    return {
        made.fingerprint: source_of(artifact, clip_seconds(_readable(made.request)))
        for made, artifact in await session.execute(query)
    }


async def load_memory(session: AsyncSession, timeline: Timeline) -> Memory:
    """What is known already about the requests and composing steps of a timeline."""
    asks = [ask for segment in timeline.segments for ask in segment.asks]
    wanted = {ask.request.fingerprint for ask in asks} | needed_first(asks).keys()
    results = await results_for(session, wanted)
    open_now, failed = await _jobs(session, wanted - results.keys())
    known, graph = await _composing(session, timeline, results)
    marks = {step.fingerprint for step in graph.steps if step.is_known} if graph else set()
    return Memory(
        results=results,
        under_way=open_now,
        failed=failed,
        known=known,
        steps=frozenset(await steps_done(session, marks)),
        graph=graph,
    )


async def _composing(
    session: AsyncSession, timeline: Timeline, results: Mapping[str, Source]
) -> tuple[Known, RenderGraph | None]:
    """What composing has led to before, and the steps of all outputs, if they can be laid out. Long
    films take a good part of a second, in which others are served as well."""
    film = film_of(timeline, results)
    if film is None:
        return Known(), None
    try:
        drafts = await asyncio.to_thread(draft_outputs, film, timeline.wanted)
    except BadInput:  # the plan says why
        return Known(), None
    known = await known_for(session, drafts)
    return known, await asyncio.to_thread(make_render_graph, drafts, known)


async def _jobs(
    session: AsyncSession, fingerprints: Collection[str]
) -> tuple[frozenset[str], dict[str, str]]:
    """Fingerprints with an open job, and those whose newest job failed with its reason."""
    query = (
        select(JobRow.fingerprint, JobRow.state, JobRow.error_message)
        .where(JobRow.fingerprint.in_(given(session, fingerprints)))
        .order_by(JobRow.created_at)
    )
    newest = {mark: (state, message) for mark, state, message in await session.execute(query)}
    ended = {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}
    open_now = frozenset(mark for mark, (state, _) in newest.items() if state not in ended)
    failed = {
        mark: message or "no reason was given"
        for mark, (state, message) in newest.items()
        if state == JobState.FAILED
    }
    return open_now, failed
