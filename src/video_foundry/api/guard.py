"""The door around everything the server answers, HTTP and WebSocket, as pure ASGI.

It judges where a request comes from (Host, Origin, Sec-Fetch-Site), how large it is, and puts
security headers on every answer. It knows no route, no user and no body format.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from video_foundry.core.hosts import host_name, leads_to, normal_origin, parse_host, web_origin

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of an ordinary API request; uploads have their own limit where they are read."""

PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:{media}; media-src 'self' blob:{media}; font-src 'self' data:; "
    "worker-src 'self' blob:; connect-src {connect}; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Content-Security-Policy of every answer that brings none itself. {connect} is filled in with the
request's own origin, also as ws: and wss:, since older browsers do not count those as 'self';
{media} with the object store's, where browsers are sent there."""

DOCS_POLICY = PAGE_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
"""For pages with their own inline start script, such as Swagger UI with self-hosted assets."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})
_FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class _Refusal:
    status: int
    code: str
    detail: str


class Guard:
    """ASGI middleware; put it outside everything else.

    allowed_hosts: names (without port) beside the loopback ones that this server may be called by.
    allowed_origins: further web origins, "https://editor.example", that may change things here.
    upload_prefixes: paths whose bodies are limited by their route instead of `body_limit` bytes.
    policies: path prefix -> Content-Security-Policy in place of PAGE_POLICY, such as
        {"/docs": DOCS_POLICY}.
    media_origins: where pages may take pictures and films from, beside this server.
    narrow_hosts: name -> the one path prefix that it may be called by, for a name that is known
        outside. One that is allowed anyway is not narrowed by it.
    Raises ValueError for a configured host or origin that can never match.

    Programs such as curl send neither Origin nor Sec-Fetch-Site and are let through: these checks
    stop web pages from driving a user's own server, and the Host list stops pages that point their
    own name at it.
    """

    def __init__(
        self,
        app: ASGIApp,
        allowed_hosts: Collection[str] = (),
        allowed_origins: Collection[str] = (),
        *,
        upload_prefixes: Collection[str] = (),
        body_limit: int = BODY_LIMIT,
        policies: Mapping[str, str] | None = None,
        media_origins: Collection[str] = (),
        narrow_hosts: Mapping[str, str] | None = None,
    ) -> None:
        self._app = app
        self._hosts = LOOPBACK_HOSTS | {host_name(name) for name in allowed_hosts}
        narrow = (narrow_hosts or {}).items()
        self._narrow_hosts = {host_name(name): prefix for name, prefix in narrow}
        self._origins = frozenset(web_origin(origin) for origin in allowed_origins)
        self._upload_prefixes = tuple(upload_prefixes)
        media = {web_origin(origin) for origin in media_origins}
        self._media = "".join(f" {origin}" for origin in sorted(media))
        self._body_limit = body_limit
        self._policies = dict(policies or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with slash, size and headers seen to."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._judge(scope)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, refusal)
        else:
            await self._http(scope, receive, send, refusal)

    async def _websocket(
        self, scope: Scope, receive: Receive, send: Send, refusal: _Refusal | None
    ) -> None:
        if refusal is not None:
            # Before it is accepted, servers turn this into a plain 403.
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.detail})
            return
        await self._app(_without_final_slash(scope), receive, send)

    async def _http(
        self, scope: Scope, receive: Receive, send: Send, refusal: _Refusal | None
    ) -> None:
        dressed = self._dressed(scope, send)
        refusal = refusal or self._judge_length(scope)
        if refusal is not None:
            await _answer(dressed, refusal)
            return
        if self._is_upload(scope["path"]):
            await self._app(_without_final_slash(scope), receive, dressed)
            return
        meter = _BodyMeter(receive, dressed, self._body_limit)
        try:
            await self._app(_without_final_slash(scope), meter.receive, meter.send)
        except Exception:
            # The app may well fail over a body that was taken away from it: already answered.
            if not meter.has_refused:
                raise

    def _judge(self, scope: Scope) -> _Refusal | None:
        headers = Headers(scope=scope)
        host = _called_host(headers.getlist("host"))
        if host is None:
            return _Refusal(400, "bad_host", "The request must name one well-formed host.")
        if host[0] not in self._hosts and not self._is_narrow(host[0], scope):
            return _Refusal(
                421,
                "host_not_allowed",
                f"This server does not answer to {host[0][:100]!r}. If it should, add the name to "
                "VIDEO_FOUNDRY_ALLOWED_HOSTS.",
            )
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return None
        return self._judge_origin(headers, host)

    def _is_narrow(self, host: str, scope: Scope) -> bool:
        prefix = self._narrow_hosts.get(host)
        return (
            prefix is not None and scope["type"] == "http" and _is_under(scope["path"], (prefix,))
        )

    def _judge_origin(self, headers: Headers, host: tuple[str, int | None]) -> _Refusal | None:
        """Who is behind a request that may change something."""
        origins = headers.getlist("origin")
        if len(origins) > 1:
            return _Refusal(400, "bad_origin", "The request names more than one origin.")
        if origins and normal_origin(origins[0]) in self._origins:
            return None
        # The scheme may differ from our own view: a proxy may speak TLS in front of us.
        if origins and not leads_to(origins[0], host):
            return _Refusal(
                403, "origin_not_allowed", "Pages of another origin may not change things here."
            )
        if any(
            site.strip().lower() in _FOREIGN_SITES for site in headers.getlist("sec-fetch-site")
        ):
            return _Refusal(
                403, "cross_site", "The browser says that another site caused this request."
            )
        return None

    def _judge_length(self, scope: Scope) -> _Refusal | None:
        lengths = Headers(scope=scope).getlist("content-length")
        if not all(length.isascii() and length.isdigit() for length in lengths):
            return _Refusal(400, "bad_content_length", "Content-Length must be a whole number.")
        if self._is_upload(scope["path"]) or all(int(n) <= self._body_limit for n in lengths):
            return None
        return _too_large(self._body_limit)

    def _is_upload(self, path: str) -> bool:
        return _is_under(path, self._upload_prefixes)

    def _dressed(self, scope: Scope, send: Send) -> Send:
        """`send`, with the security headers on the answer's head."""
        policy = self._policy(scope)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message.get("headers", ())))
                for name, value in _FIXED_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", policy)
                message = {**message, "headers": headers.raw}
            await send(message)

        return dressed

    def _policy(self, scope: Scope) -> str:
        path = scope["path"]
        fitting = (p for prefix, p in self._policies.items() if _is_under(path, (prefix,)))
        policy = next(fitting, PAGE_POLICY)
        host = Headers(scope=scope).get("host", "")
        # Only a well-formed host is repeated, so nothing can be smuggled into the header.
        own = f" ws://{host} wss://{host}" if parse_host(host) else ""
        return policy.replace("{connect}", f"'self'{own}").replace("{media}", self._media)


class _BodyMeter:
    """Counts a body while it streams in; past the limit it answers 413 in the app's place.

    The app is told that the client has gone, and whatever it then says is dropped. (An exception
    thrown into it would be turned into some other answer by the framework.)
    """

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._seen = 0
        self._has_started = False
        self.has_refused = False

    async def receive(self) -> Message:
        if self.has_refused:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen <= self._limit:
            return message
        self.has_refused = True
        if not self._has_started:
            await _answer(self._send, _too_large(self._limit))
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.has_refused and not self._has_started:
            return
        self._has_started = True
        await self._send(message)


def _too_large(limit: int) -> _Refusal:
    return _Refusal(413, "body_too_large", f"The body is larger than {limit} bytes.")


async def _answer(send: Send, refusal: _Refusal) -> None:
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
    }
    body = json.dumps(problem).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        # What is left of the request's body is not read.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _without_final_slash(scope: Scope) -> Scope:
    """/api/projects/ is /api/projects, without a redirect that would lose a body."""
    path: str = scope["path"]
    base = scope.get("root_path", "") + "/api/"
    if not path.startswith(base) or path == base or not path.endswith("/"):
        return scope
    changed = {**scope, "path": path[:-1]}
    raw = scope.get("raw_path")
    if raw is not None:
        if not raw.endswith(b"/"):  # the slash was written %2F, so it belongs to a name
            return scope
        changed["raw_path"] = raw[:-1]
    return changed


def _is_under(path: str, prefixes: Iterable[str]) -> bool:
    return any(path == p or path.startswith(p.rstrip("/") + "/") for p in prefixes)


def _called_host(values: list[str]) -> tuple[str, int | None] | None:
    """(host, port) of the one Host header, or None when it is anything else than one good host."""
    return parse_host(values[0]) if len(values) == 1 else None
