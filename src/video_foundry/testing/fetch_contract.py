"""What every Fetcher must do, as tests to inherit from, and the loopback server they speak to."""
# ruff: noqa: S101, ASYNC240 - a contract speaks in asserts, and may block its loop for a moment

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest

from video_foundry.emulators.network import let_in
from video_foundry.errors import FetchRefused, Unavailable
from video_foundry.ports.fetcher import Fetcher

LIMIT = 256 * 1024
"""Bytes that the fetcher under test must allow, and not one more."""
PATIENCE = 0.4
"""Seconds without a byte after which the fetcher under test must give up."""
CONTENT = bytes(range(256)) * 400

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Hit:
    """One request as it arrived; header names in lower case."""

    target: str
    headers: Mapping[str, str]


@dataclass
class ScriptedServer:
    """An HTTP server on a free loopback port that says exactly the bytes it was given.

    answers: path -> raw answer, or a coroutine function that writes it. hits: what arrived.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        await let_in([self._server])
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def base(self) -> str:
        """Its address by number."""
        return f"http://127.0.0.1:{self.port}"

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            hit = Hit(head[0].split(" ")[1], _headers(head[1:]))
            self.hits.append(hit)
            answer = self.answers.get(hit.target.partition("?")[0], reply(404, b"nothing here"))
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)


def _headers(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines if line)
    return {name.lower(): value.strip() for name, _, value in pairs}


def reply(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; underscores in header names become dashes."""
    lines = {"content-length": str(len(body)), "connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """A redirect to `location`."""
    return reply(status, location=location)


def chunked(body: bytes, *, ends: bool = True) -> bytes:
    """A body in one chunk, with or without its end."""
    head = b"HTTP/1.1 200 Scripted\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    return head + b"%x\r\n" % len(body) + body + b"\r\n" + (b"0\r\n\r\n" if ends else b"")


async def stall(writer: asyncio.StreamWriter) -> None:
    """Promise more than comes, then fall silent."""
    writer.write(reply(200, CONTENT)[:-100])
    await writer.drain()
    await asyncio.sleep(PATIENCE * 5)


async def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection in the middle of the body."""
    writer.write(reply(200, CONTENT)[:-100])
    await writer.drain()
    writer.transport.abort()


class FetcherContract:
    """Inherit, override `fetcher`, and every test runs against your implementation."""

    @pytest.fixture
    async def server(self) -> AsyncIterator[ScriptedServer]:
        """The server that `fetcher` may fetch from, although it is private."""
        async with ScriptedServer() as server:
            yield server

    @pytest.fixture
    def fetcher(self, server: ScriptedServer) -> Fetcher:
        """Allows the host and port of `server.base` by name, LIMIT bytes, PATIENCE seconds."""
        raise NotImplementedError

    @pytest.fixture
    def target(self, tmp_path: Path) -> Path:
        """Where downloads go, in a folder of its own."""
        folder = tmp_path / "downloads"
        folder.mkdir()
        return folder / "clip.mp4"

    @pytest.mark.parametrize(
        "answer",
        [
            reply(200, CONTENT),
            chunked(CONTENT),
            reply(200, CONTENT, content_length=""),
            reply(200, CONTENT, content_encoding="identity"),
        ],
        ids=["length", "chunked", "until-close", "identity"],
    )
    async def test_downloads(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path, answer: bytes
    ) -> None:
        server.answers["/clip"] = answer
        assert await fetcher.download(f"{server.base}/clip?a=1&b=%20", target) == len(CONTENT)
        assert target.read_bytes() == CONTENT
        assert [p.name for p in target.parent.iterdir()] == [target.name]
        assert server.hits[0].target == "/clip?a=1&b=%20"

    async def test_sends_the_headers_and_asks_for_plain_bytes(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path
    ) -> None:
        server.answers["/clip"] = reply(200, CONTENT)
        headers = {"Authorization": "Bearer k", "Accept-Encoding": "gzip", "Host": "evil.test"}
        await fetcher.download(f"{server.base}/clip", target, headers=headers)
        got = server.hits[0].headers
        assert got["authorization"] == "Bearer k"
        assert got["accept-encoding"] == "identity"
        assert got["host"] == f"127.0.0.1:{server.port}"

    async def test_replaces_what_was_there(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path
    ) -> None:
        target.write_bytes(b"old")
        target.with_name("clip.mp4.part").write_bytes(b"left by a crash")
        server.answers["/clip"] = reply(200, CONTENT)
        await fetcher.download(f"{server.base}/clip", target)
        assert target.read_bytes() == CONTENT
        assert [p.name for p in target.parent.iterdir()] == [target.name]

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_follows_redirects(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path, status: int
    ) -> None:
        server.answers |= {
            "/a": redirect("/b?x=1", status),
            "/b": reply(200, CONTENT),
        }
        assert await fetcher.download(f"{server.base}/a", target) == len(CONTENT)

    @pytest.mark.parametrize(
        "answer",
        [
            reply(200, b"x" * (LIMIT + 1)),
            chunked(b"x" * (LIMIT + 1)),
            reply(200, b"x", content_length=str(10**15)),
            reply(404),
            reply(403),
            reply(410),
            reply(204),
            reply(206, CONTENT),
            reply(200, CONTENT, content_encoding="gzip"),
            reply(302, b"no location"),
            redirect("/loop"),
            redirect("file:///etc/passwd"),
            redirect("//user:secret@127.0.0.1/"),
            redirect("http://[::1"),
        ],
    )
    async def test_refuses(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path, answer: bytes
    ) -> None:
        server.answers["/loop"] = answer
        with pytest.raises(FetchRefused) as caught:
            await fetcher.download(f"{server.base}/loop?token=secret", target)
        assert "secret" not in str(caught.value)
        assert list(target.parent.iterdir()) == []

    @pytest.mark.parametrize(
        "answer",
        [
            reply(200, CONTENT)[:-100],
            chunked(CONTENT, ends=False),
            reply(200, CONTENT)[:20],
            b"",
            b"this is no HTTP\r\n\r\n",
            reply(500),
            reply(503),
            reply(429),
            stall,
            reset,
        ],
        ids=[
            "cut",
            "cut-chunks",
            "cut-head",
            "nothing",
            "noise",
            *["500", "503", "429", "stall", "reset"],
        ],
    )
    async def test_may_be_tried_again(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path, answer: Answer
    ) -> None:
        server.answers["/clip"] = answer
        with pytest.raises(Unavailable) as caught:
            await fetcher.download(f"{server.base}/clip?token=secret", target)
        assert "secret" not in str(caught.value)
        assert list(target.parent.iterdir()) == []

    async def test_nobody_listening_may_be_tried_again(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path
    ) -> None:
        await server.__aexit__()
        with pytest.raises(Unavailable):
            await fetcher.download(f"{server.base}/clip", target)

    @pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"])
    async def test_other_private_hosts_are_not_touched(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path, host: str
    ) -> None:
        server.answers["/clip"] = reply(200, CONTENT)
        with pytest.raises(FetchRefused):
            await fetcher.download(f"http://{host}:{server.port}/clip", target)
        assert server.connections == 0

    async def test_a_cancelled_download_leaves_nothing(
        self, fetcher: Fetcher, server: ScriptedServer, target: Path
    ) -> None:
        server.answers["/clip"] = stall
        task = asyncio.create_task(fetcher.download(f"{server.base}/clip", target))
        await asyncio.sleep(PATIENCE / 4)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert list(target.parent.iterdir()) == []
