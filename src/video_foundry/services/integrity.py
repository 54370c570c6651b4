"""Whether everything that rows speak of lies in the object store, whole. Looking changes nothing;
what can be done about a finding is in `repairs`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from video_foundry.db.integrity import (
    artifacts_after,
    digests_without_artifact,
    generations_of,
    takes_without_generation,
    uploads_of,
    wrongly_rebuildable,
)
from video_foundry.db.media import artifacts_by_digest
from video_foundry.db.storage import all_known_bytes
from video_foundry.db.tables import ArtifactRow
from video_foundry.errors import NotFound
from video_foundry.ports.blobs import ListedBlob
from video_foundry.services.context import Context
from video_foundry.services.findings import Finding, Paid, paid_of

UNTRACKED_AGE = timedelta(hours=1)
"""Objects are stored before they are filed: younger ones may only be waiting for that."""
READS_AT_ONCE = 4


@dataclass(kw_only=True)
class Report:
    """What was looked at, and everything that is not as it should be. read: bytes hashed."""

    artifacts: int = 0
    objects: int = 0
    read: int = 0
    findings: list[Finding] = field(default_factory=list)


async def survey(ctx: Context, *, deep: bool = False) -> Report:
    """Compare rows and objects. deep: also read every object and hash it.

    Work that goes on meanwhile is no finding: whatever looks wrong is looked at twice.
    """
    listed = {blob.digest: blob async for blob in ctx.blobs.list()}
    report = Report(objects=len(listed))
    last = ""
    while True:
        async with ctx.store.read() as session:
            page = await artifacts_after(session, last)
        if not page:
            break
        last = page[-1].digest
        report.artifacts += len(page)
        await _check_page(ctx, page, listed, deep, report)
    report.findings += await _dangling(ctx)
    report.findings += await _untracked(ctx, listed)
    return report


async def _check_page(
    ctx: Context,
    page: Sequence[ArtifactRow],
    listed: dict[str, ListedBlob],
    deep: bool,
    report: Report,
) -> None:
    suspects = [(row, _at_first_sight(row, listed)) for row in page]
    if deep:
        whole = [row.digest for row, what in suspects if what is None]
        small = [r.thumbnail_digest for r in page if r.thumbnail_digest in listed]
        rotten = await _misread(ctx, [*whole, *(s for s in small if s)], report)
        suspects = [(r, "digest_mismatch" if r.digest in rotten else what) for r, what in suspects]
    else:
        rotten = set()
    wrong = {row.digest: what for row, what in suspects if what is not None}
    if wrong:
        report.findings += await _confirmed(ctx, wrong)
    for row in page:
        small_one = row.thumbnail_digest
        if small_one and (small_one not in listed or small_one in rotten):
            report.findings += await _thumbnail(ctx, row, small_one, small_one in rotten)


def _at_first_sight(row: ArtifactRow, listed: dict[str, ListedBlob]) -> str | None:
    blob = listed.get(row.digest)
    if blob is None:
        return "object_missing"
    return "size_mismatch" if blob.size != row.size else None


async def _misread(ctx: Context, digests: Sequence[str], report: Report) -> set[str]:
    """Those whose bytes are not what their name says."""
    limit = asyncio.Semaphore(READS_AT_ONCE)

    async def read(digest: str) -> str | None:
        async with limit:
            hashed = sha256()
            try:
                async for chunk in ctx.blobs.open(digest):
                    hashed.update(chunk)
                    report.read += len(chunk)
            except NotFound:
                return None  # gone since it was listed: no row may point to it any more
            return digest if hashed.hexdigest() != digest else None

    return {d for d in await asyncio.gather(*(read(d) for d in set(digests))) if d is not None}


async def _confirmed(ctx: Context, wrong: dict[str, str]) -> list[Finding]:
    """Those findings that a second look finds too: first at the objects, then at the rows."""
    sizes = {digest: await _size(ctx, digest) for digest in wrong}
    async with ctx.store.read() as session:
        rows = await artifacts_by_digest(session, wrong)
        made = await generations_of(session, wrong)
        sent = await uploads_of(session, wrong)
    found = []
    for digest, row in rows.items():
        what = wrong[digest]
        if what != "digest_mismatch":
            size = sizes[digest]
            if size == row.size:
                continue  # it has come meanwhile
            what = "object_missing" if size is None else "size_mismatch"
        paid = tuple(paid_of(generation) for generation in made.get(digest, ()))
        found.append(_finding(row, what, paid, sent.get(digest, [])))
    return found


async def _size(ctx: Context, digest: str) -> int | None:
    try:
        return await ctx.blobs.size(digest)
    except NotFound:
        return None


_WORDS = {
    "object_missing": "is not in the object store",
    "size_mismatch": "has another size than it was stored with",
    "digest_mismatch": "holds other bytes than it was stored with",
}


def _finding(row: ArtifactRow, what: str, paid: tuple[Paid, ...], names: Sequence[str]) -> Finding:
    if paid:
        of, who = "take", f"the clip of {paid[0].words}"
    elif names:
        of, who = "upload", f"the uploaded file {names[0]}"
    elif row.is_rebuildable:
        of, who = "composed", "a composed clip or film, which can be made again,"
    else:
        of, who = "kept", "an artifact that cannot be made again"
    return Finding(kind=what, of=of, digest=row.digest, message=f"{who} {_WORDS[what]}", paid=paid)


async def _thumbnail(ctx: Context, row: ArtifactRow, digest: str, is_rotten: bool) -> list[Finding]:
    async with ctx.store.read() as session:
        now = (await artifacts_by_digest(session, [row.digest])).get(row.digest)
    is_gone = not is_rotten and not await ctx.blobs.exists(digest)
    if now is None or now.thumbnail_digest != digest or not (is_gone or is_rotten):
        return []
    what = "digest_mismatch" if is_rotten else "object_missing"
    message = f"the small picture of {row.digest[:12]} {_WORDS[what]}"
    return [Finding(kind=what, of="thumbnail", digest=digest, message=message, about=row.digest)]


async def _dangling(ctx: Context) -> list[Finding]:
    """Rows that name what no other row holds, and marks that endanger what was paid for."""
    async with ctx.store.read() as session:
        named = await digests_without_artifact(session)
        made = await generations_of(session, named["generations"])
        takes = await takes_without_generation(session)
        marked = await wrongly_rebuildable(session)
    found = [
        Finding(
            kind="row_missing",
            of={"generations": "take", "media": "upload"}.get(table, "composed"),
            digest=digest,
            message=f"{table} name {digest[:12]}, of which nothing else is known",
            paid=tuple(paid_of(g) for g in made.get(digest, ())) if table == "generations" else (),
        )
        for table, digests in named.items()
        for digest in sorted(digests)
    ]
    found += [
        Finding(
            kind="take_without_generation",
            of="take",
            digest=take.fingerprint,
            message=f"take {take.number} of segment {take.segment_id} is of a result that is not "
            "in the memory",
        )
        for take in takes
    ]
    return found + [
        Finding(
            kind="marked_rebuildable",
            of="take",
            digest=digest,
            message=f"{digest[:12]} was paid for or uploaded, but is marked as if it could be made "
            "again",
        )
        for digest in sorted(marked)
    ]


async def _untracked(ctx: Context, listed: dict[str, ListedBlob]) -> list[Finding]:
    async with ctx.store.read() as session:
        artifacts, thumbnails = await all_known_bytes(session)
        named = await digests_without_artifact(session)
    known = artifacts | thumbnails | named["generations"] | named["media"]
    before = ctx.clock.now() - UNTRACKED_AGE
    return [
        Finding(
            kind="untracked",
            of="object",
            digest=blob.digest,
            message=f"nobody knows the object {blob.digest[:12]} ({blob.size} bytes, stored "
            f"{blob.modified:%Y-%m-%d %H:%M} UTC)",
            modified=blob.modified,
            size=blob.size,
        )
        for blob in listed.values()
        if blob.digest not in known and blob.modified < before
    ]
