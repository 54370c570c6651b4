"""Downloads from addresses that somebody else chose, within limits of address, size and time.

What the bytes are is not judged here; that is for the decoder. Which addresses are public is
decided in `addresses`, and held to in `network`.
"""

import asyncio
import errno
import os
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from io import FileIO
from pathlib import Path

import httpcore2
import httpx2

from video_foundry.adapters.fetch.addresses import AllowedHosts
from video_foundry.adapters.fetch.network import (
    GuardedNetwork,
    GuardedTransport,
    Resolve,
    resolve,
)
from video_foundry.errors import FetchRefused, Unavailable

MAX_REDIRECTS = 5
MAX_URL = 16 * 1024
USER_AGENT = "video-foundry"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAY_HEAL = frozenset({408, 425, 429})
_OURS = frozenset({"host", "accept-encoding", "connection", "transfer-encoding", "content-length"})
_WRITE_AT = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class FetchLimits:
    """max_bytes: of one body. timeout: seconds for a whole download, redirects included.
    connect, idle: seconds to connect, and without a single byte. A download must bring
    min_bytes_per_second on average over every speed_window seconds.
    """

    max_bytes: int
    timeout: float = 900.0
    connect: float = 10.0
    idle: float = 30.0
    min_bytes_per_second: float = 4096.0
    speed_window: float = 20.0


class GuardedFetcher:
    """A Fetcher for public addresses, and for the hosts in `allow_hosts` wherever they are.

    max_bytes, timeout: short for the fields of FetchLimits of that name; `limits` gives them all.
    allow_hosts: "host" (any port) or "host:port". Raises ValueError for an entry that is neither.
    tls: makes the context that servers are checked with, or tells the one that there is; called in
    a thread. resolve, dial: the look-up and the plain network below the guard; tests replace them.
    """

    def __init__(
        self,
        *,
        max_bytes: int = 2 * 1024**3,
        timeout: float = 900.0,
        allow_hosts: Collection[str] = frozenset(),
        limits: FetchLimits | None = None,
        tls: Callable[[], ssl.SSLContext] = httpx2.create_ssl_context,
        resolve: Resolve = resolve,
        dial: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._limits = limits or FetchLimits(max_bytes=max_bytes, timeout=timeout)
        # Once, by the first that needs it: the machine's certificates take their time.
        self._tls = cache(tls)
        self._allowed = AllowedHosts.parse(allow_hosts)
        self._network = GuardedNetwork(self._allowed, resolve=resolve, dial=dial)

    async def download(
        self, url: str, target: Path, *, headers: Mapping[str, str] | None = None
    ) -> int:
        """Stream the body to `target`; on any failure neither it nor `target`.part is there.

        headers go to the origin of `url` only, never on to another one. Raises FetchRefused (codes
        address_refused, too_large, too_slow, http_<status>, fetch_refused) and Unavailable (codes
        unavailable, disk_full); the messages hold no query and no user name.
        """
        try:
            async with asyncio.timeout(self._limits.timeout):
                with _translated():
                    return await self._follow(url, dict(headers or {}), target)
        except TimeoutError:
            raise FetchRefused(
                f"the download took longer than {self._limits.timeout:g} seconds", code="too_slow"
            ) from None

    async def _follow(self, text: str, headers: dict[str, str], target: Path) -> int:
        url = self._checked(text)
        tls = await asyncio.to_thread(self._tls)
        async with GuardedTransport(self._network, tls) as transport:
            for _ in range(MAX_REDIRECTS + 1):
                response = await self._ask(transport, url, headers)
                try:
                    if response.status_code not in _REDIRECTS:
                        return await self._save(response, shown(url), target)
                finally:
                    await response.aclose()
                onward = self._redirected(url, response)
                if onward.origin != url.origin:
                    headers = {}
                url = onward
        raise FetchRefused(f"more than {MAX_REDIRECTS} redirects, the last to {shown(url)}")

    def _checked(self, text: str) -> httpx2.URL:
        """The address, if it is of a kind that may be asked at all. Raises FetchRefused."""
        if len(text) > MAX_URL:
            raise FetchRefused(f"the address is longer than {MAX_URL} characters")
        try:
            url = httpx2.URL(text)
        except httpx2.InvalidURL:
            # Not chained: the library's message repeats parts of the address.
            raise FetchRefused("that is not a web address") from None
        if url.scheme not in ("http", "https") or not url.host:
            raise FetchRefused("only http:// and https:// addresses can be fetched")
        if url.userinfo:
            raise FetchRefused(f"the address of {url.host} must not hold a user name or password")
        return url

    def _redirected(self, url: httpx2.URL, response: httpx2.Response) -> httpx2.URL:
        location = response.headers.get("location", "")
        if not location:
            raise FetchRefused(f"{shown(url)} redirects to nowhere")
        try:
            onward = self._checked(str(url.join(location)))
        except httpx2.InvalidURL:
            raise FetchRefused(f"{shown(url)} redirects to what is no web address") from None
        is_weaker = url.scheme == "https" and onward.scheme == "http"
        if is_weaker and not self._allowed.covers(onward.host, onward.port or 80):
            raise FetchRefused(f"{shown(url)} redirects from https down to http")
        return onward

    async def _ask(
        self, transport: GuardedTransport, url: httpx2.URL, headers: Mapping[str, str]
    ) -> httpx2.Response:
        limits = self._limits
        request = httpx2.Request("GET", url, headers=_request_headers(headers))
        request.extensions["timeout"] = {
            "connect": limits.connect,
            "pool": limits.connect,
            "read": limits.idle,
            "write": limits.idle,
        }
        try:
            # Together, so that a head sent byte by byte cannot last until the great deadline.
            async with asyncio.timeout(limits.connect + limits.idle):
                return await transport.handle_async_request(request)
        except TimeoutError:
            raise Unavailable(f"{shown(url)} did not answer in time") from None

    async def _save(self, response: httpx2.Response, name: str, target: Path) -> int:
        declared = self._acceptable(response, name)
        part = target.with_name(f"{target.name}.part")
        sink = _Sink(part)
        try:
            size = await self._pour(response, sink, name)
            if declared is not None and size != declared:
                raise Unavailable(f"{name} was cut off after {size} of {declared} bytes")
            await sink.close_as(target)
            return size
        finally:
            sink.discard()

    def _acceptable(self, response: httpx2.Response, name: str) -> int | None:
        """The declared size, if any, of an answer worth reading. Raises what it is otherwise."""
        status = response.status_code
        if status in _MAY_HEAL or status >= 500:
            raise Unavailable(f"{name} answered {_phrase(status)}")
        if status != HTTPStatus.OK:
            raise FetchRefused(f"{name} answered {_phrase(status)}", code=f"http_{status}")
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("", "identity"):
            raise FetchRefused(f"{name} answered compressed ({coding[:40]}), which was not asked")
        length = response.headers.get("content-length", "")
        declared = int(length) if length.isascii() and length.isdigit() else None
        self._check_size(declared or 0, name)
        return declared

    async def _pour(self, response: httpx2.Response, sink: "_Sink", name: str) -> int:
        size, counted, since = 0, 0, time.monotonic()
        async for chunk in response.aiter_raw():
            size += len(chunk)
            self._check_size(size, name)
            await sink.write(chunk)
            elapsed = time.monotonic() - since
            if elapsed >= self._limits.speed_window:
                self._check_speed((size - counted) / elapsed, name)
                counted, since = size, time.monotonic()
        return size

    def _check_size(self, size: int, name: str) -> None:
        if size > self._limits.max_bytes:
            limit = self._limits.max_bytes
            raise FetchRefused(f"{name} is larger than {limit} bytes", code="too_large")

    def _check_speed(self, bytes_per_second: float, name: str) -> None:
        if bytes_per_second < self._limits.min_bytes_per_second:
            raise FetchRefused(
                f"{name} sends only {bytes_per_second:.0f} bytes a second", code="too_slow"
            )


class _Sink:
    """The growing .part file: written in large pieces, in threads, and gone unless completed."""

    def __init__(self, part: Path) -> None:
        self._part = part
        part.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        # Opened here and not in a thread, so that a cancelled download cannot leave it behind.
        self._file = FileIO(os.open(part, flags, 0o644), "wb")
        self._waiting = bytearray()

    async def write(self, chunk: bytes) -> None:
        self._waiting += chunk
        if len(self._waiting) >= _WRITE_AT:
            await asyncio.to_thread(self._flush)

    async def close_as(self, target: Path) -> None:
        await asyncio.to_thread(self._complete, target)

    def discard(self) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _flush(self) -> None:
        rest = memoryview(bytes(self._waiting))
        self._waiting.clear()
        while rest:
            rest = rest[self._file.write(rest) :]

    def _complete(self, target: Path) -> None:
        self._flush()
        self._file.close()
        self._part.replace(target)


def shown(url: httpx2.URL) -> str:
    """An address as messages may show it: without user, query and fragment, and not endless."""
    port = f":{url.port}" if url.port else ""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}{port}{url.path}"[:200]


def _request_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The caller's headers, and ours where the safety of the answer depends on them."""
    theirs = {k: v for k, v in headers.items() if k.lower() not in _OURS}
    return {"User-Agent": USER_AGENT, "Accept": "*/*", **theirs, "Accept-Encoding": "identity"}


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the network, the protocol and the disk throw into the port's two errors."""
    try:
        yield
    except (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.PoolTimeout) as error:
        raise Unavailable(f"the server could not be reached: {str(error)[:200]}") from error
    except httpcore2.TimeoutException as error:
        raise Unavailable("the server stopped sending") from error
    except (httpcore2.NetworkError, httpcore2.RemoteProtocolError) as error:
        raise Unavailable("the connection broke before the end") from error
    except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol, ValueError):
        # Not chained: the messages repeat header values.
        raise FetchRefused("the request cannot be written as HTTP") from None
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "the disk is full" if is_full else (error.strerror or "the file system failed")
        code = "disk_full" if is_full else None
        raise Unavailable(f"the download could not be written: {reason}", code=code) from error
