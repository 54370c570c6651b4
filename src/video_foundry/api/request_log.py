"""One structured line for every request, and an id that joins it to whatever else was logged on its
behalf. Pure ASGI, outside everything else; judges nothing and knows no route by name."""

import re
import time
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from prometheus_client import Gauge
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from video_foundry.telemetry.traces import ids_of_span

HEADER = "X-Request-ID"
SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
"""What a caller may name its request; anything else could forge log lines, and is replaced."""
IDS_IN_PATH = re.compile(r"/api/(projects|segments|render-jobs|jobs)/([0-9a-fA-F-]{32,36})(?:/|$)")
LOG_NAMES = {
    "projects": "project_id",
    "segments": "segment_id",
    "render-jobs": "render_id",
    "jobs": "job_id",
}
QUIET = frozenset({"/health", "/healthz", "/readyz", "/metrics"})
"""Asked for every few seconds by machines: their lines are for debugging."""
UNMATCHED = "(none)"
SEEN = "video_foundry.request_log"

WEBSOCKETS = Gauge("video_foundry_websocket_clients", "Open WebSockets of this process")

logger = structlog.get_logger(__name__)


@dataclass
class _Seen:
    """What is learned on the way in and out. route: the template, never the path as sent."""

    started: float = field(default_factory=time.monotonic)
    route: str = UNMATCHED
    status: int = 0
    is_open: bool = False
    trace: dict[str, str] = field(default_factory=dict)

    @property
    def ms(self) -> float:
        return round((time.monotonic() - self.started) * 1000, 1)


class RequestLog:
    """ASGI middleware: binds the ids of a request to everything logged inside it, answers with its
    id in X-Request-ID, and logs method, route, status and milliseconds when it is over."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note how it went."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = _given_id(scope) or uuid4().hex
        scope[SEEN] = seen = _Seen()
        with structlog.contextvars.bound_contextvars(request_id=request_id, **_ids(scope)):
            try:
                await self._app(scope, receive, _noting(send, seen, request_id))
            except Exception:
                seen.status = seen.status or 500
                raise
            finally:
                if seen.is_open:
                    WEBSOCKETS.dec()
                _tell(scope, seen)


class RouteNote:
    """ASGI middleware inside the application: tells RequestLog which route was taken."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and look at what the router left in the scope."""
        seen = scope.get(SEEN)
        if isinstance(seen, _Seen):
            seen.trace = ids_of_span()
        try:
            await self._app(scope, receive, send)
        finally:
            if isinstance(seen, _Seen):
                seen.route = getattr(scope.get("route"), "path", UNMATCHED)


def _given_id(scope: Scope) -> str | None:
    given = Headers(scope=scope).get(HEADER, "")
    return given if SANE_ID.fullmatch(given) else None


def _ids(scope: Scope) -> dict[str, str]:
    """The id of what a path is about."""
    found = IDS_IN_PATH.match(scope["path"])
    return {LOG_NAMES[found[1]]: found[2].lower()} if found else {}


def _noting(send: Send, seen: _Seen, request_id: str) -> Send:
    async def noting(message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            seen.status = message["status"]
        elif kind == "websocket.accept":
            seen.is_open = True
            WEBSOCKETS.inc()
        elif kind == "websocket.close":
            seen.status = message.get("code") or 1000
        if kind in ("http.response.start", "websocket.accept"):
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            headers[HEADER] = request_id
            message = {**message, "headers": headers.raw}
        await send(message)

    return noting


def _tell(scope: Scope, seen: _Seen) -> None:
    method = scope.get("method", "WEBSOCKET")
    facts = {"method": method, "route": seen.route, "status": seen.status, "ms": seen.ms}
    if seen.route in QUIET:
        logger.debug("request", **facts, **seen.trace)
    else:
        logger.info("request", **facts, **seen.trace)
