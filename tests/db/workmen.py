"""What workers do, step by step and by hand, for tests that stop in between. No loop runs here."""

from decimal import Decimal

from video_foundry.core.jobs import JobState
from video_foundry.core.money import Money
from video_foundry.db.tables import JobRow
from video_foundry.jobs import queue
from video_foundry.jobs.filing import NewArtifact, finish_generation
from video_foundry.jobs.locks import job_write
from video_foundry.services.context import Context
from video_foundry.services.media import store_clip

STEPS = (JobState.SUBMITTING, JobState.SUBMITTED, JobState.FETCHING)
PRICE = Money(amount=Decimal("0.40"), currency="USD")


async def generate_one(ctx: Context, *, owner: str = "worker", until: str = "succeeded") -> JobRow:
    """Claim the next generation and carry it on to a state, the last one files its clip."""
    async with ctx.store.write() as tx:
        (job,) = await queue.claim(tx, "generate", owner, 1)
    for state in STEPS:
        async with job_write(ctx.store, job.id) as tx:
            job = await queue.move(tx, job, state, submit_key=f"key of {job.id}"[:64])
        if state == until:
            return job
    async with job_write(ctx.store, job.id) as tx:
        return await finish_generation(tx, job, await made_clip(ctx, job), PRICE)


async def made_clip(ctx: Context, job: JobRow) -> NewArtifact:
    """A clip that nobody else has, in the store."""
    path = ctx.scratch / f"{job.id}.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"clip of {job.id}".encode())
    try:
        return await store_clip(ctx, path, is_rebuildable=False)
    finally:
        path.unlink()
