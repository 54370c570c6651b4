"""The ASGI application: routes, problems, UI and guard put together. Knows no adapter."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from video_foundry import __version__
from video_foundry.api import problems, webui
from video_foundry.api.guard import DOCS_POLICY, Guard
from video_foundry.api.request_log import RequestLog, RouteNote
from video_foundry.api.routes import (
    accounts,
    docs,
    fonts,
    health,
    interchange,
    items,
    jobs,
    live,
    media,
    operations,
    previews,
    projects,
    renders,
    segments,
    title_pictures,
    vocabulary,
    webhooks,
)
from video_foundry.core.webhooks import PREFIX
from video_foundry.services.context import Context
from video_foundry.services.stats import RowMetrics, watching_the_loop
from video_foundry.telemetry import instrument

DESCRIPTION = """Long videos from AI-generated segments: plan before spend, never pay twice, rebuild
only what changed. Errors are problem documents (`application/problem+json`) with a readable
`detail` and the fields concerned. Paths work with and without a final slash."""

ROOMS = (
    projects,
    segments,
    jobs,
    items,
    vocabulary,
    operations,
    renders,
    media,
    previews,
    accounts,
    title_pictures,
    interchange,
    fonts,
    webhooks,
    live,
    health,
    docs,
)
"""Modules of routes, in the order of the document."""

App = ASGIApp
"""What a server runs."""
ApiApp = FastAPI
"""The application before its guard; it can describe itself."""
Lifespan = Callable[[], AbstractAsyncContextManager[Context]]


def make_app(lifespan: Lifespan) -> FastAPI:
    """The application, still without its guard: `lifespan` brings up the context and takes it down
    again."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan() as context, watching_the_loop():
            app.state.context = context
            app.state.metrics = RowMetrics(context)
            yield

    app = FastAPI(
        title="Video Foundry",
        version=__version__,
        description=DESCRIPTION,
        lifespan=running,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
    )
    problems.install(app)
    app.add_middleware(RouteNote)
    instrument(app)
    for room in ROOMS:
        app.include_router(room.router)
    app.state.addresses = [
        (route.path_regex, route.methods)
        for room in ROOMS
        for route in room.router.routes
        if isinstance(route, APIRoute)
    ]
    webui.install(app)
    return app


def guarded(
    app: ASGIApp,
    *,
    allowed_hosts: Collection[str] = (),
    allowed_origins: Collection[str] = (),
    media_origins: Collection[str] = (),
    webhook_host: str | None = None,
) -> ASGIApp:
    """The application behind its guard, which stands outside everything, error pages included; what
    the guard refuses is logged too."""
    return RequestLog(
        Guard(
            app,
            allowed_hosts=allowed_hosts,
            allowed_origins=allowed_origins,
            upload_prefixes=("/api/media",),
            policies={"/docs": DOCS_POLICY},
            media_origins=media_origins,
            narrow_hosts={webhook_host: PREFIX} if webhook_host else {},
        )
    )


def _operation_id(route: APIRoute) -> str:
    return route.name
