"""Single generations: those that wait for a person, the decision about one, and calling one off."""

from typing import Literal

from fastapi import APIRouter

from video_foundry.api.deps import Ctx, Id, Limit, Offset
from video_foundry.api.problems import documented
from video_foundry.api.schemas.job import (
    CancelBody,
    CancelledJob,
    DoubtfulJob,
    JobOut,
    ResolveBody,
)
from video_foundry.services import attention, cancelling

router = APIRouter(
    prefix="/api/jobs", tags=["segments"], responses=documented(400, 404, 409, 413, 422, 503)
)


@router.get("")
async def list_jobs(
    ctx: Ctx,
    state: Literal["needs_attention"],  # noqa: ARG001 - said, so that others may come one day
    limit: Limit = 100,
    offset: Offset = 0,
) -> list[DoubtfulJob]:
    """Generations that wait for a person's decision, of every project and of those that are gone;
    the longest waiting first."""
    found = await attention.list_doubts(ctx, limit=limit, offset=offset)
    return [DoubtfulJob.of(one) for one in found]


@router.post("/{job_id}/resolve", responses=documented(402))
async def resolve(ctx: Ctx, job_id: Id, body: ResolveBody) -> JobOut:
    """Decide about a generation that waits for a person: ask its provider again for what it has,
    send it again, or give it up. 409 for one that waits no more, or was taken up since the `epoch`
    that was looked at; 402 where sending it again may cost more than `max_cost`."""
    job = await attention.resolve_job(
        ctx, str(job_id), body.action, epoch=body.epoch, max_cost=body.max_cost
    )
    return JobOut.model_validate(job)


@router.post("/{job_id}/cancel")
async def cancel_job(ctx: Ctx, job_id: Id, body: CancelBody | None = None) -> CancelledJob:
    """Call off a generation that was asked for by itself. Who else wants it keeps it; its segment
    stays as it is; what its provider makes all the same is kept as a take."""
    asker = body.segment_id if body else None
    done = await cancelling.cancel_job(ctx, str(job_id), segment_id=str(asker) if asker else None)
    return CancelledJob.of(done)
