"""Queries about previews: which of their steps led to an artifact, and how the others stand. What
is asked for is decided by the callers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import TERMINAL, JobState
from video_foundry.core.previews import KINDS, PreviewStep, Subject
from video_foundry.core.timebase import FrameRate
from video_foundry.db.facts import seconds_of
from video_foundry.db.given import given
from video_foundry.db.tables import ArtifactRow, CompositionRow, JobRow


@dataclass(frozen=True, kw_only=True)
class Made:
    """The artifact of a step. size: bytes. used_at: as far as it is written down."""

    digest: str
    size: int
    used_at: datetime


@dataclass(frozen=True, kw_only=True)
class Tried:
    """How the jobs of a step without artifact stand. open_job: the one that is waiting or under
    way, and `progress` (0..1) tells how far. failures: in a row; the last one at `failed_at`, with
    `code` and `message`."""

    open_job: str | None = None
    progress: float | None = None
    failures: int = 0
    failed_at: datetime | None = None
    code: str = ""
    message: str = ""


MEDIA_TYPES = ("video", "image", "audio")
PICTURES = ("mp4", "mov", "webm", "png", "jpeg", "webp")
"""Containers of pictures that can be read again; finished films come in others too."""


def subject_of(artifact: ArtifactRow) -> Subject:
    """An artifact as previews are made of it."""
    facts, rate = artifact.facts, artifact.facts.get("frame_rate")
    return Subject(
        digest=artifact.digest,
        kind=_kind(artifact),
        seconds=seconds_of(artifact),
        width=facts.get("width") or 0,
        height=facts.get("height") or 0,
        rate=FrameRate.parse(rate) if rate else None,
        has_sound=bool(facts.get("has_audio")),
    )


def _kind(artifact: ArtifactRow) -> Literal["video", "image", "sound", "data"]:
    kind = artifact.facts.get("kind")
    if artifact.content_type.partition("/")[0] not in MEDIA_TYPES:
        return "data"
    if kind in ("video", "image") and artifact.facts.get("container") in PICTURES:
        return "video" if kind == "video" else "image"
    return "sound" if kind == "sound" else "data"


async def made_previews(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, Made]:
    """Step -> its artifact, of those that were made and are kept."""
    query = (
        select(
            CompositionRow.fingerprint,
            ArtifactRow.digest,
            ArtifactRow.size,
            ArtifactRow.last_used_at,
            ArtifactRow.created_at,
        )
        .join(ArtifactRow, ArtifactRow.digest == CompositionRow.digest)
        .where(CompositionRow.fingerprint.in_(given(session, fingerprints)))
    )
    return {
        mark: Made(digest=digest, size=size, used_at=used_at or created_at)
        for mark, digest, size, used_at, created_at in await session.execute(query)
    }


async def tried_previews(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, Tried]:
    """Step -> how its jobs stand, of those that were ever asked for."""
    query = (
        select(
            JobRow.fingerprint,
            JobRow.id,
            JobRow.state,
            JobRow.progress,
            JobRow.error_code,
            JobRow.error_message,
            JobRow.finished_at,
        )
        .where(JobRow.fingerprint.in_(given(session, fingerprints)))
        .order_by(JobRow.created_at)
    )
    found: dict[str, Tried] = {}
    for mark, job_id, state, progress, code, message, finished_at in await session.execute(query):
        before = found.get(mark, Tried())
        if state not in TERMINAL:
            found[mark] = Tried(open_job=job_id, progress=progress)
        elif before.open_job:
            continue
        elif state == JobState.FAILED:
            found[mark] = Tried(
                failures=before.failures + 1,
                failed_at=finished_at,
                code=code or "composition_failed",
                message=message or "it could not be made",
            )
        elif state == JobState.SUCCEEDED:  # and what it made was dropped since
            found[mark] = Tried()
    return found


async def missing_previews(
    session: AsyncSession, steps: Sequence[PreviewStep]
) -> list[PreviewStep]:
    """Those of these steps that led to no artifact and were never tried."""
    marks = {step.fingerprint for step in steps}
    if not marks:
        return []
    known: Mapping[str, object] = {
        **await made_previews(session, marks),
        **await tried_previews(session, marks),
    }
    return [step for step in steps if step.fingerprint not in known]


def digests_of_previews() -> Select[tuple[str]]:
    """Artifacts that are previews, for `column.in_(...)`."""
    query = select(CompositionRow.digest).where(CompositionRow.kind.in_(KINDS))
    return cast("Select[tuple[str]]", query)
