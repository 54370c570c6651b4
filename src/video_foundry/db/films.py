"""A render's snapshot of what is done to its clips, and the film that it makes; and what composing
has led to before. The clips themselves are the snapshot's rows."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.composition import Source
from video_foundry.core.effects import PictureEffects
from video_foundry.core.effects import from_json as effects_from_json
from video_foundry.core.effects import to_json as effects_to_json
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.graph import Known
from video_foundry.core.loudness import Measurement
from video_foundry.core.overlays import Overlay
from video_foundry.core.pieces import Run
from video_foundry.core.render_graph import Drafts
from video_foundry.core.sound import SoundItem, SoundShape
from video_foundry.core.sound_json import (
    item_from_json,
    item_to_json,
    shape_from_json,
    shape_to_json,
)
from video_foundry.core.subtitles import Subtitles
from video_foundry.core.timeline import Timeline
from video_foundry.core.titles import (
    TextItem,
    image_from_json,
    image_to_json,
    text_from_json,
    text_to_json,
)
from video_foundry.core.transitions import Transition, read_transition
from video_foundry.db.facts import profile_from_json, source_of, trim_from_json
from video_foundry.db.given import given
from video_foundry.db.tables import ArtifactRow, CompositionRow, RenderRow, RenderSegmentRow

Json = dict[str, Any]


# --- what is done to one clip -------------------------------------------------------------------


def transition_to_json(transition: Transition | None) -> Json | None:
    """A transition as stored."""
    if transition is None:
        return None
    return {
        "kind": transition.kind,
        "duration": str(transition.seconds),
        "easing": transition.easing,
    }


def transition_from_json(stored: Json | None) -> Transition | None:
    """What `transition_to_json` wrote."""
    return None if stored is None else read_transition(stored)


def picture_to_json(effects: PictureEffects) -> Json | None:
    """Picture effects as stored; None where nothing is done."""
    return effects_to_json(effects) or None


def picture_from_json(stored: Json | None) -> PictureEffects:
    """What `picture_to_json` wrote."""
    return effects_from_json(stored) if stored else PictureEffects()


def sound_to_json(shape: SoundShape) -> Json | None:
    """A sound's shape as stored; None where nothing is done."""
    return shape_to_json(shape) or None


def sound_from_json(stored: Json | None) -> SoundShape:
    """What `sound_to_json` wrote."""
    return shape_from_json(stored, field="sound") if stored else SoundShape()


# --- a render's snapshot ------------------------------------------------------------------------


def composition_to_json(timeline: Timeline) -> Json:
    """All of a timeline that its clips do not say."""
    return {
        "clips": [
            {
                "transition": transition_to_json(one.transition),
                "effects": picture_to_json(one.effects),
                "sound": sound_to_json(one.sound),
            }
            for one in timeline.segments
        ],
        "overlays": [_overlay_to_json(one) for one in timeline.overlays],
        "sounds": [
            {
                "item": item_to_json(one),
                "digest": one.digest,
                "seconds": str(one.seconds),
            }
            for one in timeline.sounds
        ],
        "subtitles": [one.plain() for one in timeline.subtitles],
        "fonts": timeline.fonts,
    }


def _overlay_to_json(overlay: Overlay) -> Json:
    item = overlay.item
    if isinstance(item, TextItem):
        kind = "caption" if overlay.is_caption else "text"
        return {"kind": kind, "where": overlay.where, "item": text_to_json(item)}
    return {"kind": "image", "where": overlay.where, "item": image_to_json(item)}


def _overlay_from_json(stored: Json) -> Overlay:
    where, kind = stored["where"], stored["kind"]
    read = image_from_json if kind == "image" else text_from_json
    item = read(stored["item"], field=where)
    return Overlay(item=item, where=where, is_caption=kind == "caption")


def _sounds(stored: Sequence[Json]) -> tuple[SoundItem, ...]:
    return tuple(
        item_from_json(
            one["item"],
            field=f"audio.{index}",
            digest=one["digest"],
            seconds=Fraction(one["seconds"]),
        )
        for index, one in enumerate(stored)
    )


def film_of_render(
    render: RenderRow,
    rows: Sequence[RenderSegmentRow],
    artifacts: Mapping[str, ArtifactRow],
) -> Film | None:
    """The film that a render makes, as far as its clips are there; None while the length of one
    that is not there is unknown. artifacts: those of the clips, by digest."""
    stored = render.composition or {}
    told: Sequence[Json] = stored.get("clips") or [{}] * len(rows)
    clips = [
        _clip(row, one, artifacts.get(row.digest or ""))
        for row, one in zip(rows, told, strict=True)
    ]
    known = [clip for clip in clips if clip is not None]
    if not known or len(known) < len(rows):
        return None
    return Film(
        profile=profile_from_json(render.profile),
        clips=tuple(known),
        overlays=tuple(_overlay_from_json(one) for one in stored.get("overlays", ())),
        sounds=_sounds(stored.get("sounds", ())),
        subtitles=tuple(Subtitles.of(one) for one in stored.get("subtitles", ())),
        fonts=stored.get("fonts", ""),
    )


def _clip(row: RenderSegmentRow, told: Json, artifact: ArtifactRow | None) -> FilmClip | None:
    asked = Fraction(row.asked_seconds) if row.asked_seconds else None
    if artifact is not None:
        source = source_of(artifact, asked)
    elif asked is not None and row.fingerprint:
        source = Source(digest=row.fingerprint, seconds=asked, asked_seconds=asked, is_pending=True)
    else:
        return None
    return FilmClip(
        segment_id=row.segment_id,
        index=row.position,
        source=source,
        trim=trim_from_json(row.trim),
        effects=picture_from_json(told.get("effects")),
        sound=sound_from_json(told.get("sound")),
        transition=transition_from_json(told.get("transition")),
    )


# --- what there is ------------------------------------------------------------------------------


async def known_for(session: AsyncSession, drafts: Drafts) -> Known:
    """What composing has led to before that any of a film's outputs can use."""
    return Known(
        runs=await _runs(session, drafts.clip_keys),
        measures=await _measures(session, drafts.measures),
    )


async def _runs(session: AsyncSession, keys: Collection[str]) -> list[Run]:
    columns = (CompositionRow.clip_key, CompositionRow.first, CompositionRow.frames)
    query = select(*columns).where(CompositionRow.clip_key.in_(given(session, keys)))
    return [
        Run(key=key, first=first, end=first + frames)
        for key, first, frames in await session.execute(query)
        if key is not None and first is not None and frames is not None
    ]


async def _measures(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, Measurement]:
    if not fingerprints:
        return {}
    query = select(CompositionRow.fingerprint, CompositionRow.value).where(
        CompositionRow.fingerprint.in_(given(session, fingerprints))
    )
    return {mark: Measurement.of(value) for mark, value in await session.execute(query) if value}


async def digests_of_steps(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, str]:
    """step fingerprint -> digest of its artifact, of those that were done and not forgotten."""
    query = select(CompositionRow.fingerprint, CompositionRow.digest).where(
        CompositionRow.fingerprint.in_(given(session, fingerprints))
    )
    return {row.fingerprint: row.digest for row in await session.execute(query)}
