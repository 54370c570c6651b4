"""What becomes of generations that segments had asked for when these are deleted: nobody is to pay
for a take that was not sent yet and that nobody else wants. What may have been sent goes on, and
what comes of it is kept."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager

from video_foundry.core.jobs import NOBODYS, JobState
from video_foundry.db.jobs import whole_jobs
from video_foundry.db.locks import lock_jobs, projects_concerned
from video_foundry.db.store import Session, Store, Tx
from video_foundry.db.tables import JobRow
from video_foundry.jobs.asks import let_go, open_asks_of, wanted_by_whom
from video_foundry.jobs.filing import tell_of
from video_foundry.jobs.locks import holding
from video_foundry.jobs.queue import ask_all_to_cancel
from video_foundry.jobs.renders import advance_all

UNSENT = NOBODYS | {JobState.CLAIMED}
"""A worker that has taken a job up looks once more whether it is wanted before it sends it."""

FindSegments = Callable[[Session], Awaitable[Collection[str]]]
"""The ids of the segments that may go."""


@asynccontextmanager
async def deleting(store: Store, project_id: str, find: FindSegments) -> AsyncIterator[Tx]:
    """A transaction that may take segments out of a project: it holds this, what they have asked
    for, and whoever hears of that."""

    async def concerned(session: Session) -> set[str]:
        jobs = await open_asks_of(session, await find(session))
        return {project_id, *(await projects_concerned(session, jobs) if jobs else ())}

    async with holding(store, concerned) as tx:
        await lock_jobs(tx.session, await open_asks_of(tx.session, await find(tx.session)))
        yield tx


async def give_up(tx: Tx, segment_ids: Collection[str]) -> None:
    """These segments are gone: cancel what only they asked for, as far as nothing of it was sent.
    The transaction is one of `deleting`."""
    jobs = await whole_jobs(tx.session, await open_asks_of(tx.session, segment_ids))
    await let_go(tx, list(jobs.values()), segment_ids)
    ended = await _cancel_unwanted(tx, [job for job in jobs.values() if job.state in UNSENT])
    await tell_of(tx, ended)
    await advance_all(tx, *(job.fingerprint for job in ended))


async def _cancel_unwanted(tx: Tx, unsent: Sequence[JobRow]) -> list[JobRow]:
    """Clips first, then pictures that were to be made for those and that nobody wants then."""
    ended: list[JobRow] = []
    left = {job.id: job for job in unsent}
    while left:
        wanted = await wanted_by_whom(tx.session, left)
        idle = [job for job in left.values() if not wanted[job.id].anybody]
        if not idle:
            break
        ended += await ask_all_to_cancel(tx, idle)
        for job in idle:
            del left[job.id]
    return ended
