"""Whether the server is alive and ready, and its metrics."""

import asyncio
import shutil
from collections.abc import Awaitable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from video_foundry import __version__
from video_foundry.api.deps import Ctx
from video_foundry.api.schemas.render import Health, Readiness
from video_foundry.services.context import Context
from video_foundry.services.stats import check_database, refresh_metrics

router = APIRouter(tags=["health"])

CHECK_SECONDS = 5.0
DISK_FLOOR = 200 * 1024 * 1024
"""Bytes of free disk under which no new work is taken for safe."""


@router.get("/health", name="health")
@router.get("/healthz", name="healthz")
async def health() -> Health:
    """The process is alive; says nothing about its parts."""
    return Health(status="ok", version=__version__)


@router.get("/readyz", responses={503: {"model": Readiness}})
async def ready(ctx: Ctx, response: Response) -> Readiness:
    """Whether each part works; 503 and the reason when one does not."""
    checks = {
        "database": await _check(check_database(ctx)),
        "objects": await _check(ctx.blobs.check()),
        "disk": await _check(_disk(ctx)),
    }
    is_ready = all(answer == "ok" for answer in checks.values())
    if not is_ready:
        response.status_code = 503
    return Readiness(ready=is_ready, checks=checks)


async def _check(part: Awaitable[None]) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await part
    except Exception as error:
        return str(error)[:300] or type(error).__name__
    return "ok"


async def _disk(ctx: Context) -> None:
    free = (await asyncio.to_thread(shutil.disk_usage, ctx.scratch)).free
    if free < DISK_FLOOR:
        raise OSError(f"only {free // 1024**2} MiB of disk are free")


@router.get("/metrics", response_class=Response)
async def metrics(ctx: Ctx) -> Response:
    """Prometheus metrics."""
    await refresh_metrics(ctx)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
