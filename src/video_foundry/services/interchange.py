"""A project's film as a timeline for other editing programs. Looks only: nothing is generated,
composed or changed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from video_foundry.core.chains import answer_of
from video_foundry.core.composition import Source
from video_foundry.core.film import Film
from video_foundry.core.interchange import (
    FOLDER,
    CutList,
    MediaFile,
    Origin,
    StoredFile,
    cut_list,
)
from video_foundry.core.interchange_formats import FORMATS, Format, format_of, losses, refusal
from video_foundry.core.plan import film_of
from video_foundry.core.request import GenerationRequest
from video_foundry.core.timebase import FrameRate
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.core.titles import ImageItem
from video_foundry.db.media import artifacts_by_digest, filenames_of
from video_foundry.db.store import Session
from video_foundry.db.tables import ArtifactRow
from video_foundry.db.takes import TakeWithClip, takes_by_id, takes_filed
from video_foundry.db.timeline import load_timeline, results_for
from video_foundry.errors import Conflict
from video_foundry.services._edit import project_of
from video_foundry.services.context import Context


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A format, and what it would leave out of the film, a sentence each. refused: why the film
    cannot be written in it, None where it can."""

    form: Format
    losses: tuple[str, ...]
    refused: str | None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """All formats for a project. files, size: how many files the film is made of, and their bytes
    together; missing: segments without a clip, from 1."""

    formats: tuple[Offered, ...]
    files: int
    size: int
    missing: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A written timeline. title: of the project. files: what it names, to be laid beside it."""

    title: str
    form: Format
    content: bytes
    files: tuple[MediaFile, ...]
    losses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A project as it is now."""

    name: str
    film: Film
    stored: Mapping[str, StoredFile]
    sizes: Mapping[str, int]
    origins: Mapping[str, Origin]

    def cut(self, folder: str) -> CutList:
        """Laid out. Raises BadInput."""
        return cut_list(
            self.film, name=self.name, stored=self.stored, origins=self.origins, folder=folder
        )


async def offered_formats(ctx: Context, project_id: str) -> Offer:
    """Every format with what it leaves out. Raises BadInput for a film that cannot be laid out, and
    Conflict for one whose length nobody knows yet."""
    read = await _read(ctx, project_id)
    return await asyncio.to_thread(_offer, read)


def _offer(read: _Read) -> Offer:
    cut = read.cut(FOLDER)
    return Offer(
        formats=tuple(_offered(read.film, cut, form) for form in FORMATS.values()),
        files=len(cut.files),
        size=sum(read.sizes[file.digest] for file in cut.files),
        missing=tuple(shot.index + 1 for shot in cut.shots if shot.media is None),
    )


def _offered(film: Film, cut: CutList, form: Format) -> Offered:
    refused = refusal(form, cut.rate)
    return Offered(
        form=form,
        losses=losses(film, cut, form),
        refused=f"{refused.message}; {refused.problems[0].fix}" if refused else None,
    )


async def export_timeline(
    ctx: Context, project_id: str, format_name: str, *, folder: str = FOLDER
) -> Exported:
    """A project's film in a format. folder: where its files will lie, from the timeline. Raises
    BadInput for a format that there is not, or that the film cannot be written in."""
    form = format_of(format_name)
    read = await _read(ctx, project_id)
    refused = refusal(form, read.film.rate)
    if refused is not None:
        raise refused
    return await asyncio.to_thread(_written, ctx, read, form, folder)


def _written(ctx: Context, read: _Read, form: Format, folder: str) -> Exported:
    cut = read.cut(folder)
    return Exported(
        title=read.name,
        form=form,
        content=ctx.timelines.write(cut, form),
        files=cut.files,
        losses=losses(read.film, cut, form),
    )


async def _read(ctx: Context, project_id: str) -> _Read:
    async with ctx.store.read() as session:
        project = await project_of(session, project_id)
        timeline = await load_timeline(
            session, project, ctx.models, fonts=ctx.fonts, kept=ctx.last_reads
        )
        marks = {mark for segment in timeline.segments for mark in segment.marks}
        results = await results_for(session, marks)
        film = film_of(timeline, results)
        if film is None:
            raise _unknown(timeline)
        digests = _digests(film)
        artifacts = await artifacts_by_digest(session, digests)
        uploads = await filenames_of(session, digests)
        origins = await _origins(session, timeline, results)
    names = {digest: Path(name).stem for digest, name in uploads.items()}
    by_clip = {clip.source.digest: origins[clip.segment_id].prompt for clip in film.clips}
    return _Read(
        name=project.name,
        film=film,
        stored={
            digest: _stored(row, by_clip.get(digest) or names.get(digest, "file"))
            for digest, row in artifacts.items()
        },
        sizes={digest: row.size for digest, row in artifacts.items()},
        origins=origins,
    )


def _unknown(timeline: Timeline) -> Conflict:
    if not timeline.segments:
        return Conflict(
            "the project has no segments",
            field="segments",
            fix="add at least one segment",
            code="no_segments",
        )
    return Conflict(
        "a model decides by itself how long a clip will be that is still to be generated",
        field="segments",
        fix="render the project first, or give such segments a duration",
        code="length_unknown",
    )


def _digests(film: Film) -> set[str]:
    images = {one.item.digest for one in film.overlays if isinstance(one.item, ImageItem)}
    clips = {clip.source.digest for clip in film.clips if not clip.source.is_pending}
    return clips | images | {sound.digest for sound in film.sounds}


def _stored(row: ArtifactRow, name: str) -> StoredFile:
    rate = row.facts.get("frame_rate")
    return StoredFile(
        name=name,
        extension=str(row.facts["container"]),
        rate=FrameRate.parse(rate) if rate else None,
        has_sound=bool(row.facts.get("has_audio")),
    )


async def _origins(
    session: Session, timeline: Timeline, results: Mapping[str, Source]
) -> dict[str, Origin]:
    segments = timeline.segments
    chosen = await takes_by_id(session, {s.chosen.take_id for s in segments if s.chosen})
    filed = await takes_filed(session, [s.id for s in segments])
    return {s.id: _origin(s, results, chosen, filed.get(s.id, {})) for s in segments}


def _origin(
    segment: TimelineSegment,
    results: Mapping[str, Source],
    chosen: Mapping[str, TakeWithClip],
    filed: Mapping[str, int],
) -> Origin:
    if segment.own is not None:
        return Origin()
    request = _request(segment, results, chosen)
    if request is None:
        return Origin()
    seed = request.readable_params().get("seed")
    return Origin(
        prompt=request.prompt,
        model=request.model,
        seed=seed if isinstance(seed, int) else None,
        take=segment.chosen.number if segment.chosen else filed.get(request.fingerprint),
        request=request.fingerprint,
    )


def _request(
    segment: TimelineSegment, results: Mapping[str, Source], chosen: Mapping[str, TakeWithClip]
) -> GenerationRequest | None:
    """What the clip that the segment shows answers, or what it asks for where there is none."""
    if segment.chosen is not None:
        return GenerationRequest.from_json(chosen[segment.chosen.take_id][1].request)
    answer = answer_of(segment, results) or next(iter(segment.asks), None)
    return answer.request if answer else None
