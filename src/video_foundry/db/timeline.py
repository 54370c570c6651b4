"""Reading a project as a timeline, and the memory that belongs to it, ready to be planned."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.asks import Ask, media_named
from video_foundry.core.catalogue import clip_seconds
from video_foundry.core.composition import Source
from video_foundry.core.graph import Known
from video_foundry.core.jobs import JobState
from video_foundry.core.outputs import chosen
from video_foundry.core.plan import Memory, film_of
from video_foundry.core.profile import OutputProfile
from video_foundry.core.render_graph import RenderGraph, draft_outputs, make_render_graph
from video_foundry.core.request import GenerationRequest, ordinary, requests_named
from video_foundry.core.timeline import ChosenTake, Timeline
from video_foundry.db.apart import apart
from video_foundry.db.facts import profile_from_json, source_of
from video_foundry.db.films import digests_of_steps, known_for
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
from video_foundry.db.timeline_segments import (
    LastRead,
    LastReads,
    Told,
    Wish,
    asks_for,
    known_sources,
    last_requests,
    read_segments,
)
from video_foundry.errors import BadInput
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
    kept: LastReads | None = None,
) -> Timeline:
    """The project as it is now. fonts: what identifies the installed ones. outputs: names of those
    that are wanted, None for all. kept: where what is read is kept for the next time. Raises
    BadInput when a segment no longer fits its model, an item cannot be, or there is no such output.
    """
    wanted = chosen(outputs_of_project(project), outputs)
    last = kept.of(project.id) if kept else LastRead()
    rows = await _columns_of(session, project.id)
    beside = await items_of(session, project.id)
    named = {item.media_id for item in beside if item.media_id}
    previous = last_requests(await _last_rendered(session, project.id), last)
    lookups = _Lookups(
        media=await media_by_id(session, media_ids(rows) | named),
        takes=await takes_by_id(session, {r.chosen_take_id for r in rows if r.chosen_take_id}),
        previous=previous,
        previous_pictures=await _pictures_of(session, previous.values()),
    )
    profile = profile_from_json(project.settings)
    items = values_of(beside, lookups.media)

    def read() -> Timeline:
        told = [_told(i, row, profile, lookups) for i, row in enumerate(rows)]
        return Timeline(
            project_id=project.id,
            profile=profile,
            segments=read_segments(told, models, last),
            overlays=items.overlays,
            sounds=items.sounds,
            subtitles=items.subtitles,
            fonts=fonts,
            outputs=wanted,
        )

    return await apart(session, read)


_COLUMNS = (
    SegmentRow.id,
    SegmentRow.prompt,
    SegmentRow.model_params,
    SegmentRow.media_id,
    SegmentRow.trim,
    SegmentRow.transition,
    SegmentRow.effects,
    SegmentRow.sound,
    SegmentRow.chosen_take_id,
    SegmentRow.chosen_for,
    SegmentRow.pinned,
)
"""What a segment's value is made from."""


async def _columns_of(session: AsyncSession, project_id: str) -> Sequence[Any]:
    """These columns of a project's segments, in order."""
    query = (
        select(*_COLUMNS)
        .where(SegmentRow.project_id == project_id)
        .order_by(SegmentRow.order_index)
    )
    return (await session.execute(query)).all()


def _told(position: int, row: Any, profile: OutputProfile, lookups: _Lookups) -> Told:
    own = lookups.media[row.media_id][1] if row.media_id is not None else None
    previous = lookups.previous.get(row.id)
    marks = requests_named(previous).values() if previous else ()
    pictures = {mark: lookups.previous_pictures.get(mark) for mark in marks}
    return Told(
        id=row.id,
        position=position,
        trim=row.trim,
        transition=row.transition,
        effects=row.effects,
        sound=row.sound,
        own=None if own is None else source_of(own),
        wish=_wish(row, profile, lookups.media),
        chosen_for=row.chosen_for,
        chosen=_chosen(row, lookups),
        previous=previous,
        pictures={mark: one for mark, one in pictures.items() if one is not None},
    )


def _wish(row: Any, profile: OutputProfile, media: Media) -> Wish:
    digests = {
        name: media[name][0].digest for name in media_named(row.model_params) if name in media
    }
    return Wish(
        prompt=row.prompt,
        model_params=row.model_params,
        trim=row.trim,
        digests=digests,
        aspect=(profile.width, profile.height),
    )


def asks_of(
    row: SegmentRow, models: ModelDirectory, profile: OutputProfile, media: Media
) -> tuple[Ask, ...]:
    """The canonical requests a segment stands for: its own, and those that stand in for it. Raises
    BadInput by field."""
    return asks_for(_wish(row, profile, media), models.catalogue, models.unavailable)


def _chosen(row: Any, lookups: _Lookups) -> ChosenTake | None:
    """The take that somebody chose, whether it holds or not."""
    if row.chosen_take_id is None or row.chosen_take_id not in lookups.takes:
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


async def _last_rendered(session: AsyncSession, project_id: str) -> dict[str, dict[str, Any]]:
    """segment id -> the request of the project's newest render, as it is stored."""
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
            found[segment_id] = stored
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


async def results_for(
    session: AsyncSession, fingerprints: Collection[str], last: LastRead | None = None
) -> dict[str, Source]:
    """fingerprint -> the clip that answered the request. last: what was read before."""
    if not fingerprints:
        return {}
    duration = GenerationRow.request[("params", "duration")]
    query = (
        select(GenerationRow.fingerprint, ArtifactRow.digest, ArtifactRow.facts, duration)
        .join(ArtifactRow, ArtifactRow.digest == GenerationRow.digest)
        .where(GenerationRow.fingerprint.in_(given(session, fingerprints)))
    )
    stored = {
        mark: (digest, facts, clip_seconds({"duration": ordinary(asked)}))
        for mark, digest, facts, asked in await session.execute(query)
    }
    return known_sources(stored, last or LastRead())


async def load_memory(
    session: AsyncSession, timeline: Timeline, *, kept: LastReads | None = None
) -> Memory:
    """What is known already about the requests and composing steps of a timeline. kept: where what
    is read is kept for the next time."""
    wanted = {mark for segment in timeline.segments for mark in segment.marks}
    last = kept.of(timeline.project_id) if kept else None
    results = await results_for(session, wanted, last)
    open_now, failed = await _jobs(session, wanted - results.keys())
    known, graph = await _composing(session, timeline, results)
    marks = {step.fingerprint for step in graph.steps if step.is_known} if graph else set()
    return Memory(
        results=results,
        under_way=open_now,
        failed=failed,
        known=known,
        steps=await digests_of_steps(session, marks),
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
        drafts = await apart(session, draft_outputs, film, timeline.wanted)
    except BadInput:  # the plan says why
        return Known(), None
    known = await known_for(session, drafts)
    return known, await apart(session, make_render_graph, drafts, known)


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
