"""Transactions that hold what they touch. The projects that a job concerns are known only by
looking, and may become more until they are held: so it is looked at again, and begun again when
they have."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

from video_foundry.db.locks import (
    file_answers,
    lock_jobs,
    lock_projects,
    lock_slots,
    projects_concerned,
)
from video_foundry.db.store import Session, Store, Tx

Find = Callable[[Session], Awaitable[set[str]]]
"""The ids of the projects that a transaction is going to touch."""


class _Grown(Exception):
    """A project is concerned that is not held."""


@asynccontextmanager
async def holding(
    store: Store,
    find: Find,
    *,
    jobs: Collection[str] = (),
    slots_of: str | None = None,
    durable: bool = False,
) -> AsyncIterator[Tx]:
    """A transaction that holds every project `find` names, these jobs, and the slots of a model."""
    held: set[str] = set()
    while True:
        try:
            async with store.write(durable=durable) as tx:
                if not store.is_sqlite:
                    await _hold(tx.session, find, held, jobs, slots_of)
                yield tx
        except _Grown:
            continue
        return


async def _hold(
    session: Session, find: Find, held: set[str], jobs: Collection[str], slots_of: str | None
) -> None:
    if slots_of is not None:
        await lock_slots(session, slots_of)
    held |= await find(session)
    await lock_projects(session, held)
    await file_answers(session, await lock_jobs(session, jobs))
    found = await find(session)
    if not found <= held:
        held |= found
        raise _Grown


@asynccontextmanager
async def job_write(
    store: Store, job_id: str, *, slots_of: str | None = None, durable: bool = False
) -> AsyncIterator[Tx]:
    """A transaction that moves one job on, and tells whoever it concerns."""

    async def concerned(session: Session) -> set[str]:
        return await projects_concerned(session, [job_id])

    async with holding(store, concerned, jobs=[job_id], slots_of=slots_of, durable=durable) as tx:
        yield tx
