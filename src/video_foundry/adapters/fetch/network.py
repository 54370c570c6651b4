"""The guarded way onto the network: names are looked up once, judged, and exactly that is dialled.

It sits below HTTP and TLS, so nothing above can reach an address that it has not judged. It knows
neither URLs nor redirects.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import httpcore2
import httpx2

from video_foundry.adapters.fetch.addresses import PUBLIC_PORTS, AllowedHosts, is_public
from video_foundry.errors import FetchRefused

REFUSED = "address_refused"

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Host and port to numeric addresses; raises OSError when the name cannot be found."""


async def resolve(host: str, port: int) -> list[str]:
    """The system's answer, in its order and without doubles."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in answers))


class GuardedNetwork(httpcore2.AsyncNetworkBackend):
    """Dials public addresses on web ports, and hosts that were opened by name.

    Every answer for a name must be public, since one private answer among public ones is a trick.
    resolve and dial are the look-up and the plain network below; tests replace them.
    """

    def __init__(
        self,
        allowed: AllowedHosts,
        *,
        resolve: Resolve = resolve,
        dial: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._dial = dial or httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to one judged address. Raises FetchRefused and httpcore2's network errors."""
        failure: Exception = httpcore2.ConnectError("the name has no address")
        for address in await self._judged(host, port, timeout):
            try:
                return await self._dial.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Always refused."""
        raise FetchRefused("local sockets cannot be fetched from", code=REFUSED)

    async def sleep(self, seconds: float) -> None:
        """Wait, for the pool's own use."""
        await asyncio.sleep(seconds)

    async def _judged(self, host: str, port: int, timeout: float | None) -> list[str]:
        is_opened = self._allowed.covers(host, port)
        if not is_opened and port not in PUBLIC_PORTS:
            raise FetchRefused(
                f"port {port} of {host} may not be fetched from; only 80 and 443 may", code=REFUSED
            )
        addresses = await self._look_up(host, port, timeout)
        if not is_opened and not all(map(is_public, addresses)):
            raise FetchRefused(
                f"{host} is not on the public internet; whoever runs this server can allow it by "
                "naming it in VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS",
                code=REFUSED,
            )
        return addresses

    async def _look_up(self, host: str, port: int, timeout: float | None) -> list[str]:
        try:
            async with asyncio.timeout(timeout):
                return await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"looking up {host} took too long") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} could not be found") from error


class GuardedTransport(httpx2.AsyncBaseTransport):
    """An httpx2 transport over a guarded network: no proxy, no HTTP/2, no retries.

    Errors are httpcore2's own. Use it without an httpx2 client where addresses hold secrets, since
    the client logs every address.
    """

    def __init__(self, network: GuardedNetwork, ssl_context: ssl.SSLContext) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl_context, network_backend=network, max_connections=4
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the caller closes the response."""
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
