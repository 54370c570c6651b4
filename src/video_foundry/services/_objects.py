"""Clearing bytes away so that nothing is left pointing at them: what making room and mending share.
No use case lives here."""

import asyncio
from collections.abc import Collection, Iterator

from video_foundry.db.storage import hold_bytes, known_bytes, try_hold_bytes
from video_foundry.db.store import Tx
from video_foundry.errors import FoundryError
from video_foundry.ports.blobs import StoredBlob
from video_foundry.services.context import Context

AT_ONCE = 16
"""Objects that are removed together."""
REMOVE_SECONDS = 4.0
"""How long that may take: the database ends transactions that stand still for longer."""


async def hold_stored(ctx: Context, tx: Tx, *blobs: StoredBlob | None) -> None:
    """For whoever is about to file what was stored: it is there, and nobody clears it away before
    this transaction ends. Raises FoundryError `bytes_cleared` when somebody just has: what is
    stored and filed anew then is there."""
    digests = {blob.digest for blob in blobs if blob is not None}
    await hold_bytes(tx.session, digests)
    for digest in digests:
        if not await ctx.blobs.exists(digest):
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
