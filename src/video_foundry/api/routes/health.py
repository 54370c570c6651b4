"""Whether the server is alive and ready, and its metrics."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import HTTPConnection

from video_foundry import __version__
from video_foundry.api.deps import Ctx
from video_foundry.api.problems import documented
from video_foundry.api.schemas.render import Health, Readiness
from video_foundry.services.health import is_ready, readiness
from video_foundry.services.stats import RowMetrics

router = APIRouter(tags=["health"])


def row_metrics(connection: HTTPConnection) -> RowMetrics:
    """The gauges of this process's installation."""
    found: RowMetrics = connection.app.state.metrics
    return found


@router.get("/health", name="health")
@router.get("/healthz", name="healthz")
async def health() -> Health:
    """The process is alive; says nothing about its parts."""
    return Health(status="ok", version=__version__)


@router.get("/readyz", responses={503: {"model": Readiness}})
async def ready(ctx: Ctx, response: Response) -> Readiness:
    """Whether each part works; 503 and the reason when one does not."""
    checks = await readiness(ctx)
    ready = is_ready(checks)
    if not ready:
        response.status_code = 503
    response.headers["Cache-Control"] = "no-store"
    return Readiness(ready=ready, checks=checks)


@router.get("/metrics", response_class=Response, responses=documented(503))
async def metrics(rows: Annotated[RowMetrics, Depends(row_metrics)]) -> Response:
    """Prometheus metrics."""
    return Response(await rows.text(), media_type=CONTENT_TYPE_LATEST)
