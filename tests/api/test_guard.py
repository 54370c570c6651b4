"""The guard around the server: who may call it, how much they may send, what every answer carries.

Most cases speak ASGI by hand, since no client library would send such requests; the last ones go
through a real server and real clients.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message, Scope
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from video_foundry.api.guard import DOCS_POLICY, Guard

LIMIT = 1000
OWN = "localhost:8000"

Headers = list[tuple[str, str]]


async def echo(request: Request) -> Response:
    body = await request.body()
    return PlainTextResponse(f"{request.method} {request.url.path} {len(body)}")


async def stream(request: Request) -> Response:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    return PlainTextResponse(str(size))


async def forgiving(request: Request) -> Response:
    """As frameworks do: whatever goes wrong with the body becomes an answer of its own."""
    try:
        await request.body()
    except Exception:
        return PlainTextResponse("something about the body", 400)
    return PlainTextResponse("fine")


async def page(request: Request) -> Response:
    return HTMLResponse("<p>hello")


async def own_policy(request: Request) -> Response:
    return HTMLResponse("", headers={"Content-Security-Policy": "sandbox"})


async def broken(request: Request) -> Response:
    raise RuntimeError("a bug of the app")


async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.url.path)
    await websocket.close()


ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]
app = Starlette(
    routes=[
        Route("/api/things", echo, methods=ANY),
        Route("/api/things/{name:path}", echo, methods=ANY),
        Route("/api/stream", stream, methods=ANY),
        Route("/api/forgiving", forgiving, methods=ANY),
        Route("/api/uploads", stream, methods=ANY),
        Route("/api/broken", broken, methods=ANY),
        Route("/plain/", echo, methods=ANY),
        Route("/page", page),
        Route("/docs", page),
        Route("/own-policy", own_policy),
        WebSocketRoute("/api/live", live),
    ]
)


def guarded(**options: Any) -> Guard:
    defaults: dict[str, Any] = {
        "allowed_hosts": ["Foundry.example", "10.1.2.3"],
        "allowed_origins": ["https://editor.example", "http://localhost:5173/"],
        "upload_prefixes": ["/api/uploads"],
        "body_limit": LIMIT,
        "policies": {"/docs": DOCS_POLICY},
    }
    return Guard(app, **{**defaults, **options})


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of a well-formed problem document."""
        assert self.headers["content-type"] == "application/problem+json"
        problem = json.loads(self.body)
        assert set(problem) == {"type", "title", "status", "detail", "code"}
        assert problem["status"] == self.status
        return str(problem["code"])


def scope_of(kind: str, path: str, headers: Headers, **more: Any) -> Scope:
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 5),
        "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers],
        **more,
    }


async def ask(
    method: str = "GET",
    path: str = "/api/things",
    headers: Headers | None = None,
    *,
    chunks: tuple[bytes, ...] = (),
    guard: Guard | None = None,
    **more: Any,
) -> Answer:
    """One HTTP request; without headers it is one that curl would send to localhost."""
    sent: list[Message] = []
    parts = [*chunks] or [b""]

    async def receive() -> Message:
        body = parts.pop(0) if parts else b""
        return {"type": "http.request", "body": body, "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = scope_of("http", path, headers or [("Host", OWN)], method=method, **more)
    await (guard or guarded())(scope, receive, send)
    starts = [m for m in sent if m["type"] == "http.response.start"]
    assert len(starts) == 1, "exactly one answer"
    head = {n.decode(): v.decode() for n, v in starts[0]["headers"]}
    body = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
    return Answer(starts[0]["status"], {n.lower(): v for n, v in head.items()}, body)


async def knock(headers: Headers, path: str = "/api/live") -> list[Message]:
    """One WebSocket handshake, and what was said to it."""
    sent: list[Message] = []
    incoming: list[Message] = [{"type": "websocket.connect"}]

    async def receive() -> Message:
        return incoming.pop(0) if incoming else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        sent.append(message)

    await guarded()(scope_of("websocket", path, headers), receive, send)
    return sent


def with_host(host: str, *more: tuple[str, str]) -> Headers:
    return [("Host", host), *more]


GOOD_HOSTS = [
    *("localhost", "localhost:8000", "LOCALHOST:1", "localhost.", "127.0.0.1", "127.0.0.1:65535"),
    *("[::1]", "[::1]:8000", "[0:0:0:0:0:0:0:1]:80", "foundry.example", "foundry.EXAMPLE:443"),
    "10.1.2.3:8000",
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
async def test_answers_to_its_own_names(host: str) -> None:
    assert (await ask("POST", headers=with_host(host))).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "foundry.example.evil.example", "127.0.0.2"),
        *(
            "10.1.2.30",
            "0.0.0.0",
            "[::2]",
            "2130706433",
            "127.1",
            "evil-localhost",
            "[::ffff:7f00:1]",
        ),
    ],
)
async def test_answers_to_no_other_name(host: str) -> None:
    """A page that points its own name at this server gets nothing, not even by reading."""
    for method in ("GET", "POST"):
        answer = await ask(method, headers=with_host(host))
        assert (answer.status, answer.code) == (421, "host_not_allowed")
    own_origin = ("Origin", f"http://{host}")
    assert refused(await knock(with_host(host, own_origin)))


@pytest.mark.parametrize(
    "headers",
    [
        [],
        with_host(""),
        with_host("localhost", ("Host", "localhost")),
        with_host("localhost", ("Host", "evil.example")),
        with_host("user@localhost"),
        with_host("localhost@evil.example"),
        with_host("localhost\0.evil.example"),
        with_host("localhost/"),
        with_host("localhost "),
        with_host("localhost\n"),
        with_host("localhost, evil.example"),
        with_host("localhost:port"),
        with_host("localhost:99999"),
        with_host("localhost:80:80"),
        with_host("::1"),
        with_host("[::1"),
        with_host(".localhost"),
        with_host("l\xf6calhost"),
    ],
)
async def test_a_malformed_host_is_no_request(headers: Headers) -> None:
    answer = await ask("GET", headers=headers or [("Accept", "*/*")])
    assert (answer.status, answer.code) == (400, "bad_host")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:8000"),
        ("localhost", "http://localhost"),
        ("localhost:80", "http://localhost"),
        ("localhost", "http://localhost:80"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("foundry.example", "https://foundry.example"),
        ("foundry.example:443", "https://FOUNDRY.example"),
        ("localhost:8000", "https://editor.example"),
        ("localhost:8000", "http://localhost:5173"),
    ],
)
async def test_own_and_listed_pages_may_change_things(host: str, origin: str) -> None:
    site = ("Sec-Fetch-Site", "same-origin")
    headers = with_host(host, ("Origin", origin), site)
    assert (await ask("POST", headers=headers)).status == 200
    assert accepted(await knock(headers))


async def test_a_listed_page_may_although_it_is_of_another_site() -> None:
    headers = with_host(OWN, ("Origin", "https://editor.example"), ("Sec-Fetch-Site", "cross-site"))
    assert (await ask("DELETE", headers=headers)).status == 200
    assert accepted(await knock(headers))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "null", "http://localhost:3000", "http://127.0.0.1:8000"),
        *("", "localhost:8000", "file://", "http://localhost:8000@evil.example"),
        *(
            "http://localhost:8000/path",
            "http://localhost:8000.evil.example",
            "ftp://localhost:8000",
        ),
        *("https://editor.example.evil.example", "http://localhost:5173@evil.example"),
    ],
)
async def test_foreign_pages_may_not_change_things(method: str, origin: str) -> None:
    headers = with_host(OWN, ("Origin", origin))
    answer = await ask(method, headers=headers)
    assert (answer.status, answer.code) == (403, "origin_not_allowed")
    assert refused(await knock(headers))


async def test_two_origins_are_no_request() -> None:
    own = ("Origin", "http://localhost:8000")
    answer = await ask("POST", headers=with_host(OWN, own, own))
    assert (answer.status, answer.code) == (400, "bad_origin")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site", " cross-site "])
async def test_the_browsers_word_counts_even_without_an_origin(site: str) -> None:
    headers = with_host(OWN, ("Sec-Fetch-Site", site))
    answer = await ask("POST", headers=headers)
    assert (answer.status, answer.code) == (403, "cross_site")
    assert refused(await knock(headers))
    own = ("Origin", "http://localhost:8000")
    assert (await ask("POST", headers=[*headers, own])).status == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_the_persons_own_doing_passes(site: str) -> None:
    headers = with_host(OWN, ("Sec-Fetch-Site", site))
    assert (await ask("POST", headers=headers)).status == 200
    assert accepted(await knock(headers))


async def test_reading_needs_no_origin() -> None:
    foreign = (("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"))
    for method in ("GET", "HEAD"):
        assert (await ask(method, headers=with_host(OWN, *foreign))).status == 200


async def test_programs_without_an_origin_pass() -> None:
    assert (await ask("POST")).status == 200
    assert accepted(await knock(with_host(OWN)))


async def test_every_answer_is_dressed() -> None:
    answers = [
        await ask(path="/page"),
        await ask(path="/nowhere"),
        await ask("POST", headers=with_host("evil.example")),
        await ask("POST", headers=with_host(OWN, ("Content-Length", "5000"))),
    ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_pages_run_only_their_own_scripts() -> None:
    policy = (await ask(path="/page")).headers["content-security-policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert parts["script-src"] == "'self'"
    assert parts["connect-src"] == f"'self' ws://{OWN} wss://{OWN}"
    assert parts["frame-ancestors"] == "'none'"
    assert parts["object-src"] == "'none'"


async def test_policies_can_differ() -> None:
    docs = (await ask(path="/docs")).headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-inline'" in docs
    assert (
        "unsafe-inline"
        not in (await ask(path="/docsy")).headers["content-security-policy"].split("style-src")[0]
    )
    own = await ask(path="/own-policy")
    assert own.headers["content-security-policy"] == "sandbox"


async def test_a_bad_host_cannot_write_into_the_policy() -> None:
    answer = await ask(headers=with_host("x; script-src *"))
    assert answer.status == 400
    assert "script-src *" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/api/things", "/api/stream", "/api/forgiving"])
async def test_a_body_is_counted_while_it_streams(path: str) -> None:
    full = tuple(b"x" * 100 for _ in range(LIMIT // 100))
    assert (await ask("POST", path, chunks=full)).status == 200
    answer = await ask("POST", path, chunks=(*full, b"x"))
    assert (answer.status, answer.code) == (413, "body_too_large")
    assert answer.headers["connection"] == "close"


async def test_a_body_that_lies_about_its_length_is_counted_all_the_same() -> None:
    headers = with_host(OWN, ("Content-Length", "5"))
    assert (await ask("POST", headers=headers, chunks=(b"x" * (LIMIT + 1),))).status == 413


async def test_a_declared_length_is_refused_unread() -> None:
    headers = with_host(OWN, ("Content-Length", str(LIMIT + 1)))
    assert (await ask("POST", headers=headers)).status == 413
    for nonsense in ("-1", "1e3", "", "5, 5"):
        headers = with_host(OWN, ("Content-Length", nonsense))
        assert (await ask("POST", headers=headers)).code == "bad_content_length"


async def test_uploads_have_their_own_limit() -> None:
    big = (b"x" * LIMIT, b"x" * LIMIT)
    headers = with_host(OWN, ("Content-Length", str(2 * LIMIT)))
    answer = await ask("POST", "/api/uploads", headers, chunks=big)
    assert (answer.status, answer.body) == (200, b"2000")
    assert (await ask("POST", "/api/uploads/", headers, chunks=big)).status == 200
    assert (await ask("POST", "/api/uploadsx", headers, chunks=big)).status == 413


async def test_the_apps_own_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="a bug of the app"):
        await ask("POST", "/api/broken")


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/things/", "/api/things"),
        ("/api/things", "/api/things"),
        ("/api/things/x/", "/api/things/x"),
        ("/api/things//", "/api/things/"),
        ("/plain/", "/plain/"),
    ],
)
async def test_one_final_slash_is_forgiven_under_api(path: str, seen: str) -> None:
    answer = await ask("PUT", path, chunks=(b"body",))
    assert (answer.status, answer.body) == (200, f"PUT {seen} 4".encode())


async def test_an_encoded_slash_belongs_to_the_name() -> None:
    answer = await ask("GET", "/api/things/x/", raw_path=b"/api/things/x%2F")
    assert answer.body == b"GET /api/things/x/ 0"


async def test_both_forms_of_the_path_lose_the_slash() -> None:
    seen: list[Scope] = []

    async def inner(scope: Scope, receive: Any, send: Any) -> None:
        seen.append(scope)
        await Response()(scope, receive, send)

    await ask(path="/api/things/", guard=Guard(inner))
    assert (seen[0]["path"], seen[0]["raw_path"]) == ("/api/things", b"/api/things")
    await ask(path="/base/api/x/", guard=Guard(inner), root_path="/base")
    assert seen[1]["path"] == "/base/api/x"


async def test_websockets_may_end_in_a_slash() -> None:
    assert accepted(await knock(with_host(OWN), "/api/live/"))


async def test_lifespan_passes() -> None:
    seen = []

    async def inner(scope: Scope, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        return None

    await Guard(inner)({"type": "lifespan"}, nothing, nothing)
    assert seen == ["lifespan"]


@pytest.mark.parametrize(
    "options",
    [
        {"allowed_hosts": ["foundry.example:80"]},
        {"allowed_hosts": ["http://foundry.example"]},
        {"allowed_hosts": ["*"]},
        {"allowed_origins": ["editor.example"]},
        {"allowed_origins": ["null"]},
        {"allowed_origins": ["https://editor.example/path"]},
    ],
)
def test_settings_that_can_never_match_are_refused(options: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="is not"):
        guarded(**options)


def accepted(messages: list[Message]) -> bool:
    return [m["type"] for m in messages][:2] == ["websocket.accept", "websocket.send"]


def refused(messages: list[Message]) -> bool:
    return [m["type"] for m in messages] == ["websocket.close"]


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """A real server around the guard; gives its port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(guarded(), log_level="error", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
            await asyncio.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await running


async def test_real_websockets() -> None:
    async with served() as port:
        url = f"ws://127.0.0.1:{port}/api/live/"
        async with connect(url) as socket_:
            assert await socket_.recv() == "/api/live"
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            with pytest.raises(InvalidStatus) as caught:
                async with connect(url, additional_headers=headers):
                    pass
            assert caught.value.response.status_code == 403


async def test_a_real_endless_body_is_cut() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"POST /api/forgiving HTTP/1.1\r\nHost: localhost:{port}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        writer.write(b"64\r\n" + b"x" * 100 + b"\r\n")
        for _ in range(20):
            writer.write(b"64\r\n" + b"x" * 100 + b"\r\n")
        await writer.drain()
        async with asyncio.timeout(5):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert answer.count(b"HTTP/1.1") == 1
        writer.close()
        await writer.wait_closed()
