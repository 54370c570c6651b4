"""WebSockets: every event of a project in order, and one render until it is over. The rows are
replayed; live signals only say that there is more to read."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from video_foundry.api.deps import Ctx
from video_foundry.api.schemas.render import EventOut, RenderDetail
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.errors import NotFound, PartUnavailable
from video_foundry.events import log
from video_foundry.ports.signal import NewEvents, Signal, Tick
from video_foundry.services import projects, renders
from video_foundry.services.context import Context

router = APIRouter(tags=["live"])
logger = structlog.get_logger(__name__)

IDLE_SECONDS = 15.0
"""With no signal for this long the rows are read all the same: signals may be lost."""
SEND_SECONDS = 20.0
"""A reader slower than this is let go; it can resume by its last sequence."""
NOT_FOUND, BAD_CURSOR, TOO_SLOW = 4404, 4400, 4408
AWAY = 1013
"""The registered code for "try again later": a part of the installation is away."""


@router.websocket("/api/projects/{project_id}/events")
async def project_events(socket: WebSocket, ctx: Ctx, project_id: str, after: str = "0") -> None:
    """Every event after sequence `after`, in order, then what comes; ticks have `seq` null."""
    await socket.accept()
    if not after.isascii() or not after.isdigit() or len(after) > 15:
        await socket.close(BAD_CURSOR, "after must be the sequence of the last event you have")
        return
    async with _while_it_works(socket):
        found = await _found(ctx, project_id)
        if found is None:
            await socket.close(NOT_FOUND, "there is no such project")
            return
        await _serve(socket, _tell_events(socket, ctx, found, int(after)))


@contextlib.asynccontextmanager
async def _while_it_works(socket: WebSocket) -> AsyncIterator[None]:
    """Without its database a socket has nothing to tell: it is closed with the reason."""
    try:
        yield
    except PartUnavailable as error:
        logger.warning("a live connection ends", part=error.part, reason=error.message)
        with contextlib.suppress(Exception):  # it may have left by itself
            await socket.close(AWAY, "come again in a moment; resume from your last sequence")


async def _tell_events(socket: WebSocket, ctx: Context, project_id: str, seq: int) -> None:
    async for message in follow(ctx, project_id, seq):
        await _send(socket, message.model_dump(mode="json"))
    await socket.close(NOT_FOUND, "the project was deleted")


async def _found(ctx: Context, project_id: str) -> str | None:
    """The project's id as we write it, whatever spelling was sent; None where there is none."""
    try:
        return (await projects.get_project(ctx, str(UUID(project_id)))).row.id
    except (ValueError, NotFound):
        return None


async def _serve(socket: WebSocket, work: Coroutine[Any, Any, None]) -> None:
    """Run `work` until it ends, the client leaves, or the client is too slow to keep up."""
    telling = asyncio.create_task(work)
    gone = asyncio.create_task(_wait_until_gone(socket))
    try:
        await asyncio.wait({telling, gone}, return_when=asyncio.FIRST_COMPLETED)
        if telling.done():
            await telling
    except TimeoutError:
        with contextlib.suppress(Exception):
            await socket.close(TOO_SLOW, "too slow; resume from your last sequence")
    except (WebSocketDisconnect, RuntimeError):
        return  # it left while we were sending
    finally:
        telling.cancel()
        gone.cancel()
        await asyncio.gather(telling, gone, return_exceptions=True)


async def _wait_until_gone(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive()


async def _send(socket: WebSocket, message: dict[str, Any]) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await socket.send_json(message)


async def follow(ctx: Context, project_id: str, seq: int) -> AsyncIterator[EventOut]:
    """Events after `seq`, with live ticks between them, for as long as the project is there."""
    promised, may_have_missed = 0, False
    async with ctx.signal.subscribe(project_id) as signals:
        while True:
            async for event in _stored(ctx, project_id, seq):
                seq = event.seq or seq
                yield event
            if (promised > seq or may_have_missed) and await _found(ctx, project_id) is None:
                return
            signal = await _next(signals)
            may_have_missed = isinstance(signal, NewEvents) and signal.seq == 0
            if isinstance(signal, Tick):
                yield _tick(ctx, signal)
            elif isinstance(signal, NewEvents):
                promised = max(promised, signal.seq)


async def _stored(ctx: Context, project_id: str, seq: int) -> AsyncIterator[EventOut]:
    while True:
        async with ctx.store.read() as session:
            rows = await log.after(session, project_id, seq)
        if not rows:
            return
        for row in rows:
            yield EventOut.of(row)
        seq = rows[-1].seq


async def _next(signals: AsyncIterator[Signal]) -> Signal | None:
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            return await anext(signals)
    except TimeoutError:
        return None


def _tick(ctx: Context, tick: Tick) -> EventOut:
    return EventOut(
        seq=None,
        type="progress",
        at=ctx.clock.now(),
        data={
            "segment_ids": list(tick.segment_ids),
            "job_id": tick.job_id,
            "kind": tick.kind,
            "progress": round(tick.progress, 4),
        },
    )


@router.websocket("/api/render-jobs/{render_id}/progress")
async def render_progress(socket: WebSocket, ctx: Ctx, render_id: str) -> None:
    """One render, live: first how it stands, then every step; closes when it is over."""
    await socket.accept()
    async with _while_it_works(socket):
        try:
            view = await renders.get_render(ctx, str(UUID(render_id)))
        except (ValueError, NotFound):
            await socket.close(NOT_FOUND, "there is no such render job")
            return
        await _serve(socket, _tell_render(socket, ctx, view.row.id, view.row.project_id))


async def _tell_render(socket: WebSocket, ctx: Context, render_id: str, project_id: str) -> None:
    seq = (await projects.get_project(ctx, project_id)).row.event_seq
    status = await _tell(socket, ctx, render_id, "snapshot", seq)
    if status not in RENDER_ENDED:
        await _tell_until_over(socket, ctx, render_id, project_id, seq)
    await socket.close(1000)


async def _tell_until_over(
    socket: WebSocket, ctx: Context, render_id: str, project_id: str, seq: int
) -> None:
    async for event in follow(ctx, project_id, seq):
        if event.type.startswith("render.") and event.data.get("render_id") == render_id:
            status = await _tell(socket, ctx, render_id, event.type, event.seq)
            if status in RENDER_ENDED:
                return
        elif not event.type.startswith(("render.", "project.")):
            await _send(socket, event.model_dump(mode="json"))


async def _tell(
    socket: WebSocket, ctx: Context, render_id: str, type_: str, seq: int | None
) -> str:
    """Send a render as it is now; returns its status."""
    view = await renders.get_render(ctx, render_id)
    job = RenderDetail.of(view).model_dump(mode="json", exclude={"plan"})
    await _send(
        socket,
        {
            "seq": seq,
            "type": type_,
            "at": ctx.clock.now().isoformat(),
            "status": view.status,
            "progress": view.progress,
            "render_job": job,
            "data": {"render_job": job},
        },
    )
    return view.status
