"""Mending what `integrity` finds. What can be made again is forgotten and made again; what was paid
for is never forgotten: it is brought back from its provider, or said to be missing."""

import asyncio
import mimetypes
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from uuid import uuid4

from video_foundry.core.graph import STAGES
from video_foundry.core.jobs import OPEN
from video_foundry.core.previews import POSTER_WIDTH, THUMBNAIL_WIDTH
from video_foundry.db.facts import seconds_of
from video_foundry.db.integrity import (
    drop_compositions,
    drop_unreferenced,
    keep_for_ever,
    newest_filing,
    oldest_fetch,
    renders_that_took,
    repoint_generations,
    set_thumbnail,
    times_remade,
    unset_steps,
)
from video_foundry.db.jobs import job_by_id
from video_foundry.db.media import artifact_by_digest
from video_foundry.db.renders import steps_of
from video_foundry.db.storage import drop_rebuildable
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import ArtifactRow, JobRow, RenderRow
from video_foundry.errors import FoundryError, MediaError
from video_foundry.jobs.filing import NewArtifact, file_artifact
from video_foundry.jobs.locks import holding
from video_foundry.jobs.queue import ask_to_cancel
from video_foundry.jobs.renders import advance, open_renders_waiting_for
from video_foundry.ports.blobs import StoredBlob
from video_foundry.ports.compositor import MediaFacts
from video_foundry.services._objects import clear_bytes
from video_foundry.services.context import Context
from video_foundry.services.findings import Finding, Paid

LENGTH_TOLERANCE = 0.5
"""Seconds by which a clip that comes back in other bytes may differ from the one that is lost."""

MOST_REMADE = 2
"""Times that inputs are made anew for one step of a render because they do not go together."""

CLOCK_MARGIN = timedelta(minutes=1)
"""By how much the clocks of the database and of the object store may differ; a bucket also tells
whole seconds only."""

Fetch = Callable[[Context, Paid, Path], Awaitable[Path]]
"""Bring the result of a paid generation into a folder once more; FoundryError says why not."""


async def repair(ctx: Context, findings: Sequence[Finding], fetch: Fetch) -> list[Finding]:
    """Mend what can be mended; each finding comes back with what was done, or why nothing could."""
    done = [await _mend(ctx, finding, fetch) for finding in findings if finding.kind != "untracked"]
    # Last of all: by now everything that is wanted again has its row again.
    return done + await _clear_untracked(ctx, [f for f in findings if f.kind == "untracked"])


async def _mend(ctx: Context, finding: Finding, fetch: Fetch) -> Finding:
    try:
        return await _try_to_mend(ctx, finding, fetch)
    except FoundryError as error:
        return finding.left(error.message)


async def _try_to_mend(ctx: Context, finding: Finding, fetch: Fetch) -> Finding:
    if finding.kind == "marked_rebuildable":
        return await _keep(ctx, finding)
    if finding.of == "composed":
        return await _forget_composed(ctx, finding)
    if finding.of == "thumbnail":
        return await _picture_again(ctx, finding)
    if finding.kind == "row_missing":
        return await _know_again(ctx, finding, fetch)
    if finding.paid:
        return await _bring_back(ctx, finding, fetch)
    return finding.left(_LOST.get(finding.of, "nothing can be done about it from here"))


_LOST = {
    "upload": "only you have this file: put the object back from a backup, or, where it is missing "
    "altogether, upload the same file again",
    "kept": "put the object back from a backup",
}


async def _keep(ctx: Context, finding: Finding) -> Finding:
    async with ctx.store.write() as tx:
        await keep_for_ever(tx.session, [finding.digest])
    return finding.mended("marked as what is kept for ever")


async def _forget_composed(ctx: Context, finding: Finding) -> Finding:
    if finding.kind == "row_missing":
        async with ctx.store.write() as tx:
            await drop_compositions(tx.session, [finding.digest])
    else:
        await forget(ctx, [finding.digest])
    return finding.mended("forgotten; the next render that needs it makes it again")


# --- what can be made again -----------------------------------------------------------------------


async def remake_missing(ctx: Context, digests: Collection[str]) -> bool:
    """For a composing step that misses an input: forget those of `digests` whose objects are gone
    and can be made again, and let the renders under way wait for them anew. False when there is
    nothing of the kind, so that trying again is useless."""
    gone = [digest for digest in set(digests) if not await ctx.blobs.exists(digest)]
    return bool(gone) and await forget(ctx, gone)


async def remake(ctx: Context, job: JobRow, digests: Collection[str]) -> bool:
    """For a composing step that cannot use some of its inputs as they were made: forget them, and
    let the renders under way wait for them anew. False when that was done for it again and again,
    as where workers make them differently."""
    async with ctx.store.read() as session:
        waiting = await open_renders_waiting_for(session, {job.fingerprint})
        since = min((render.created_at for render in waiting), default=job.created_at)
        earlier = await times_remade(session, {job.fingerprint}, since)
    if len(earlier) >= MOST_REMADE:
        return False
    await forget(ctx, digests, called_off=job.id)
    return True


async def forget(ctx: Context, digests: Collection[str], *, called_off: str = "") -> bool:
    """Drop what can be made again, rows and bytes; renders under way that count on it have it made
    anew. False when nobody knew or needed any of it. called_off: a job that ends by itself."""
    dropped, renders = await _forget_rows(ctx, digests, called_off)
    await clear_bytes(ctx, dropped)
    return bool(dropped or renders)


@retried
async def _forget_rows(
    ctx: Context, digests: Collection[str], called_off: str
) -> tuple[set[str], int]:
    async def concerned(session: Session) -> set[str]:
        return {render.project_id for render in await renders_that_took(session, digests)}

    async with holding(ctx.store, concerned) as tx:
        dropped = await drop_rebuildable(tx.session, digests)
        renders = await renders_that_took(tx.session, digests)
        await unset_steps(tx.session, [render.id for render in renders], digests)
        for render in renders:
            await _wait_again(tx, render, called_off)
    return dropped, len(renders)


async def _wait_again(tx: Tx, render: RenderRow, called_off: str) -> None:
    """What was begun from what is gone is called off; it is asked for anew when that is back."""
    steps = [row for row in await steps_of(tx.session, render.id) if row.digest is None]
    first = min((STAGES["span"], *(row.stage for row in steps if row.job_id is None)))
    for row in steps:
        job = await job_by_id(tx.session, row.job_id) if row.job_id else None
        if job is not None and job.state in OPEN and row.stage > first:
            if job.id != called_off:
                await ask_to_cancel(tx, job)
            row.job_id = None
            tx.wakes.add("compose")
    await tx.session.flush()
    await advance(tx, render)


# --- what was paid for ----------------------------------------------------------------------------


async def _bring_back(ctx: Context, finding: Finding, fetch: Fetch) -> Finding:
    """Ask the provider for the result again; what lies there stays until a whole one has come."""
    reasons = []
    for paid in finding.paid:
        async with _folder(ctx) as folder:
            try:
                return await _restore(ctx, finding, await fetch(ctx, paid, folder))
            except FoundryError as error:
                reasons.append(error.message)
    why = "; ".join(dict.fromkeys(reasons)) or "nobody knows where it came from"
    return finding.left(f"{why}. It stays in the memory: put the object back from a backup")


async def _restore(ctx: Context, finding: Finding, path: Path) -> Finding:
    if await asyncio.to_thread(_digest, path) != finding.digest:
        return await _take_other_bytes(ctx, finding, path)
    if finding.kind != "object_missing":
        await ctx.blobs.delete(finding.digest)  # a store leaves what it holds as it is
    await ctx.blobs.put_file(path)
    return finding.mended("brought back from the provider, byte for byte")


async def _take_other_bytes(ctx: Context, finding: Finding, path: Path) -> Finding:
    """Some providers write the file anew for every download: the same film in other bytes."""
    facts = await ctx.compositor.verify(path)
    async with ctx.store.read() as session:
        lost = await artifact_by_digest(session, finding.digest)
    if lost is not None and not _alike(lost, facts):
        raise MediaError("the provider has something else under this job by now")
    new = await _stored(ctx, path, facts)
    async with ctx.store.write(durable=True) as tx:
        await file_artifact(tx, new)
        await repoint_generations(tx.session, finding.digest, new.blob.digest)
        await drop_unreferenced(tx.session, finding.digest)
    return finding.mended(f"brought back from the provider in other bytes ({new.blob.digest[:12]})")


def _alike(lost: ArtifactRow, facts: MediaFacts) -> bool:
    same = (facts.kind, facts.width, facts.height)
    length = abs(float(seconds_of(lost) - facts.duration))
    known = tuple(lost.facts.get(name) for name in ("kind", "width", "height"))
    return known == same and length <= LENGTH_TOLERANCE


async def _know_again(ctx: Context, finding: Finding, fetch: Fetch) -> Finding:
    """The memory names bytes that have lost their row: find out anew what they are."""
    if not await ctx.blobs.exists(finding.digest):
        back = await _bring_back(ctx, finding, fetch)
        if not back.is_mended or not await ctx.blobs.exists(finding.digest):
            return back
    async with _folder(ctx) as folder, ctx.blobs.local_path(finding.digest) as lent:
        path = folder / "clip"
        path.symlink_to(lent)
        new = await _stored(ctx, path, await ctx.compositor.verify(lent))
    if new.blob.digest != finding.digest:
        raise MediaError("the object holds other bytes than it was stored with")
    async with ctx.store.write() as tx:
        await file_artifact(tx, new)
    return finding.mended("known again")


async def _stored(ctx: Context, path: Path, facts: MediaFacts) -> NewArtifact:
    content_type = mimetypes.types_map.get(f".{facts.container}", "application/octet-stream")
    return NewArtifact(
        blob=await ctx.blobs.put_file(path, content_type=content_type),
        content_type=content_type,
        facts=facts,
        is_rebuildable=False,
        thumbnail=await _picture(ctx, path, facts, THUMBNAIL_WIDTH),
    )


# --- thumbnails and what nobody knows -------------------------------------------------------------


async def _picture_again(ctx: Context, finding: Finding) -> Finding:
    async with ctx.store.read() as session:
        row = await artifact_by_digest(session, finding.about or "")
    if row is None:
        return finding.mended("what it is a picture of has gone")
    width = POSTER_WIDTH if row.is_rebuildable else THUMBNAIL_WIDTH
    if finding.kind != "object_missing":
        await ctx.blobs.delete(finding.digest)
    async with ctx.blobs.local_path(row.digest) as path:
        made = await _picture(ctx, path, await ctx.compositor.probe(path), width)
    async with ctx.store.write() as tx:
        await set_thumbnail(tx.session, row.digest, made.digest)
    return finding.mended("made again")


async def _picture(ctx: Context, source: Path, facts: MediaFacts, width: int) -> StoredBlob:
    async with _folder(ctx) as folder:
        target = folder / "picture.jpg"
        await ctx.compositor.thumbnail(source, target, width=width, at=facts.duration / 3)
        return await ctx.blobs.put_file(target, content_type="image/jpeg")


async def _clear_untracked(ctx: Context, findings: Sequence[Finding]) -> list[Finding]:
    """Remove objects that nobody knows, but for those that somebody may yet come to know: the
    result of a generation that could not be filed so far, or, where the database is an older copy,
    what was paid for since."""
    if not findings:
        return []
    async with ctx.store.read() as session:
        newest, fetching = await newest_filing(session), await oldest_fetch(session)
    before = newest if fetching is None or newest is None else min(newest, fetching)
    if before is None:
        why = "this database knows no object at all; is DATABASE_URL the right one?"
        return [finding.left(why) for finding in findings]
    latest = before - CLOCK_MARGIN
    may_go = {f.digest for f in findings if f.modified is not None and f.modified < latest}
    cleared = await clear_bytes(ctx, may_go)
    late = "newer than all that the database knows, or than a result being fetched now: it may yet "
    late += "belong to something paid; it goes when newer work has been filed"
    return [
        f.mended("removed")
        if f.digest in cleared
        else f.mended("somebody knows it by now")
        if f.digest in may_go
        else f.left(late)
        for f in findings
    ]


@asynccontextmanager
async def _folder(ctx: Context) -> AsyncIterator[Path]:
    folder = ctx.scratch / "repairs" / uuid4().hex
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
