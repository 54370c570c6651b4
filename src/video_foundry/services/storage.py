"""What lies in the object store, and making room there: only what composing can make again ever
goes, and never while a render needs it. What was paid for or uploaded has no way out of here."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from video_foundry.db.storage import (
    KINDS,
    TOUCH_EVERY,
    Conditions,
    Droppable,
    all_known_bytes,
    clips_that_may_go,
    drop_rebuildable,
    films_that_may_go,
    hold_droppable,
    is_alone,
    least_recently_used,
    nothing,
    rebuildable_bytes,
    touch,
    usage_by_kind,
)
from video_foundry.db.store import Session, retried
from video_foundry.db.tables import ArtifactRow
from video_foundry.errors import FoundryError
from video_foundry.services._objects import clear_bytes
from video_foundry.services.context import Context

BATCH = 64
"""Artifacts that one transaction drops."""
LOOK = 5_000
"""Artifacts that are chosen at once; then it is looked again."""
TURN_SECONDS = 0.25
TURNS = 40
"""How often, and how many times, a person's wish waits for a worker that makes room already."""


@dataclass(frozen=True, kw_only=True)
class Lying:
    """How much of one kind there is. kept: `for ever`, `until asked` or `under the cap`."""

    kind: str
    count: int
    bytes: int
    kept: str


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What lies in the store. rebuildable: bytes that count towards the cap."""

    kinds: list[Lying]
    rebuildable: int


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to go. to_bytes: the most that clips may take afterwards, None to leave them.
    films_unused: finished films that nobody used for so long go too, None to leave them all."""

    to_bytes: int | None = None
    films_unused: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Room:
    """What went, or would go. busy: somebody else was making room, so nothing was done."""

    clips: int = 0
    films: int = 0
    bytes: int = 0
    busy: bool = False


KEPT = {
    "takes": "for ever",
    "uploads": "for ever",
    "clips": "under the cap",
    "films": "until asked",
    "previews": "under the cap, first to go",
    "thumbnails": "with their clips",
    "other": "for ever",
    "untracked": "until `doctor --integrity --repair`",
}


async def usage(ctx: Context) -> Usage:
    """Count what lies in the store, by listing it whole."""
    async with ctx.store.read() as session:
        counted = await usage_by_kind(session)
        room = await rebuildable_bytes(session)
        artifacts, thumbnails = await all_known_bytes(session)
    small, unknown = [0, 0], [0, 0]
    async for blob in ctx.blobs.list():
        if blob.digest in artifacts:
            continue
        tally = small if blob.digest in thumbnails else unknown
        tally[0] += 1
        tally[1] += blob.size
    found = {
        **{kind: counted.get(kind, (0, 0)) for kind in KINDS if kind != "other"},
        "thumbnails": (small[0], small[1]),
        **({"other": counted["other"]} if "other" in counted else {}),
        "untracked": (unknown[0], unknown[1]),
    }
    return Usage(
        kinds=[
            Lying(kind=kind, count=count, bytes=size, kept=KEPT[kind])
            for kind, (count, size) in found.items()
        ],
        rebuildable=room,
    )


async def would_go(ctx: Context, wish: Wish) -> Room:
    """What `make_room` would do now."""
    async with ctx.store.read() as session:
        films = await _unused_films(ctx, session, wish)
        clips = await _clips_over(session, wish)
    return Room(clips=len(clips), films=len(films), bytes=_bytes(films) + _bytes(clips))


def _bytes(droppable: Sequence[Droppable]) -> int:
    return sum(d.size for d in droppable)


def _films(ctx: Context, wish: Wish) -> Conditions:
    if wish.films_unused is None:
        return nothing()
    return films_that_may_go(ctx.store.now() - wish.films_unused)


async def _unused_films(
    ctx: Context, session: Session, wish: Wish, limit: int | None = None
) -> list[Droppable]:
    return await least_recently_used(session, _films(ctx, wish), limit=limit)


async def _clips_over(session: Session, wish: Wish, limit: int | None = None) -> list[Droppable]:
    """The longest unused clips whose going brings the store down to what is wished."""
    if wish.to_bytes is None:
        return []
    excess = await rebuildable_bytes(session) - wish.to_bytes
    if excess <= 0:
        return []
    candidates = await least_recently_used(session, clips_that_may_go(), limit=limit)
    after = accumulate((d.size for d in candidates), initial=0)
    return [d for d, freed in zip(candidates, after, strict=False) if freed < excess]


async def make_room(ctx: Context, wish: Wish, *, patient: bool = False) -> Room:
    """Drop what the wish names, the longest unused first, one worker of all at a time.

    patient: wait for whoever is at it already; otherwise leave it to them.
    """

    async def films(session: Session) -> list[Droppable]:
        return await _unused_films(ctx, session, wish, LOOK)

    async def clips(session: Session) -> list[Droppable]:
        return await _clips_over(session, wish, LOOK)

    first, was_busy = await _drop_all(ctx, films, _films(ctx, wish), patient)
    second, is_busy = await _drop_all(ctx, clips, clips_that_may_go(), patient)
    return Room(
        films=len(first),
        clips=len(second),
        bytes=_bytes(first) + _bytes(second),
        busy=was_busy or is_busy,
    )


Choose = Callable[[Session], Awaitable[list[Droppable]]]


async def _drop_all(
    ctx: Context, choose: Choose, conditions: Conditions, patient: bool
) -> tuple[list[Droppable], bool]:
    """(everything that was dropped; whether somebody else is at it). What goes is chosen without a
    lock, however long that takes, and dropped in short transactions that look again."""
    dropped: list[Droppable] = []
    while True:
        async with ctx.store.read() as session:
            chosen = await choose(session)
        before = len(dropped)
        for start in range(0, len(chosen), BATCH):
            some = [d.digest for d in chosen[start : start + BATCH]]
            batch = await _in_turn(ctx, some, conditions, patient)
            if batch is None:
                return dropped, True
            dropped += batch
        if len(dropped) == before:
            return dropped, False  # nothing was over, or all of it is needed by now


async def _in_turn(
    ctx: Context, digests: Sequence[str], conditions: Conditions, patient: bool
) -> list[Droppable] | None:
    """What was dropped; None when somebody else is making room."""
    for _ in range(TURNS if patient else 1):
        batch = await _drop_rows(ctx, digests, conditions)
        if batch is not None:
            await clear_bytes(ctx, batch[1])
            return batch[0]
        await asyncio.sleep(TURN_SECONDS)
    return None


@retried
async def _drop_rows(
    ctx: Context, digests: Sequence[str], conditions: Conditions
) -> tuple[list[Droppable], set[str]] | None:
    """One batch: (what was dropped, bytes that nobody may need any more)."""
    async with ctx.store.write() as tx:
        if not await is_alone(tx.session):
            return None
        held = await hold_droppable(tx.session, conditions, digests)
        return held, await drop_rebuildable(tx.session, [d.digest for d in held])


async def was_used(ctx: Context, artifact: ArtifactRow) -> None:
    """Remember that somebody watched or took this film, so that it does not count as unused.

    Costs nothing more than once an hour, and whatever goes wrong with it is nobody's trouble.
    """
    now = ctx.clock.now()
    used = artifact.last_used_at or artifact.created_at
    if not artifact.is_rebuildable or now - used < TOUCH_EVERY:
        return
    try:
        async with ctx.store.write() as tx:
            await touch(tx.session, tx.now, [artifact.digest])
    except FoundryError:
        return  # the film is handed over all the same
