"""Filing what was stored so that the bytes are there, and clearing bytes away so that nothing is
left pointing at them. No use case lives here."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from video_foundry.db.storage import hold_bytes, known_bytes, try_hold_bytes
from video_foundry.db.store import Tx
from video_foundry.errors import FoundryError, PartUnavailable
from video_foundry.ports.blobs import StoredBlob
from video_foundry.ports.metrics import PART_FAILURES
from video_foundry.services.context import Context

AT_ONCE = 16
"""Objects that are removed together."""
REMOVE_SECONDS = 4.0
"""How long that may take: the database ends transactions that stand still for longer."""
LOOK_SECONDS = 2.0
"""How long looking for stored objects may take while others wait for our locks."""


@asynccontextmanager
async def filing(
    ctx: Context, transaction: AbstractAsyncContextManager[Tx], *blobs: StoredBlob | None
) -> AsyncIterator[Tx]:
    """A transaction that files what was stored: it is there, and nobody clears it away before that
    has ended. A store that is ill is met before the transaction begins, where nobody waits for it.

    Raises FoundryError `bytes_cleared` when somebody just has cleared it: what is stored and filed
    anew then is there; PartUnavailable(`objects`) when the store does not answer at once after all.
    """
    digests = {blob.digest for blob in blobs if blob is not None}
    await _look_for(ctx, digests)
    async with transaction as tx:
        await hold_bytes(tx.session, digests)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await _look_for(ctx, digests)
        except TimeoutError as error:
            PART_FAILURES.labels("objects").inc()
            raise PartUnavailable("objects", "the object store is too slow to file it") from error
        yield tx


async def _look_for(ctx: Context, digests: Collection[str]) -> None:
    if not all(await asyncio.gather(*(ctx.blobs.exists(digest) for digest in digests))):
        raise FoundryError(
            "the stored bytes were cleared away before they were filed; try again",
            code="bytes_cleared",
        )


async def clear_bytes(ctx: Context, digests: Collection[str]) -> set[str]:
    """Remove those objects that no row points to; returns which. To be called when the rows have
    gone: a crash in between leaves objects that nobody knows, never a row without its object.

    Each object is removed while its bytes are held, so nobody can be filing the same ones.
    """
    cleared: set[str] = set()
    for some in _in_parts(sorted(digests), AT_ONCE):
        async with ctx.store.write() as tx:
            held = await try_hold_bytes(tx.session, some)
            gone = held - await known_bytes(tx.session, held)
            async with asyncio.timeout(REMOVE_SECONDS):
                await asyncio.gather(*(ctx.blobs.delete(digest) for digest in gone))
        cleared |= gone
    return cleared


def _in_parts(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
