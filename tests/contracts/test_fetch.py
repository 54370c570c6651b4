"""The guarded fetcher keeps the contract of its port and cannot be led to a private address.

Nothing leaves this machine: "public" names come from a resolver of our own, and what is dialled for
their addresses is a loopback server.
"""

import asyncio
import errno
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import httpcore2
import pytest

from video_foundry.adapters.fetch.addresses import AllowedHosts, is_public
from video_foundry.adapters.fetch.guarded import MAX_REDIRECTS, FetchLimits, GuardedFetcher
from video_foundry.adapters.fetch.network import GuardedNetwork
from video_foundry.errors import FetchRefused, Unavailable
from video_foundry.ports.fetcher import Fetcher
from video_foundry.testing.fetch_contract import (
    CONTENT,
    LIMIT,
    PATIENCE,
    FetcherContract,
    ScriptedServer,
    redirect,
    reply,
)

PUBLIC = "93.184.216.34"
OTHER_PUBLIC = "2606:4700::1111"
QUICK = FetchLimits(max_bytes=LIMIT, timeout=10, connect=2, idle=PATIENCE)

PRIVATE_HOSTS = """
    127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0.0.0.0 0
    localhost localhost. LOCALHOST 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
    224.0.0.1 255.255.255.255 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1]
    [0:0:0:0:0:ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::1]
    [2001:0:7f00:1::] [fe80::1] [fc00::1] [fec0::1] [ff02::1] [fe80::1%25lo]
    127\u30020\u30020\u30021 \u2460\u2461\u2466.0.0.1 user@127.0.0.1 public.test@127.0.0.1
    public.test:80@127.0.0.1 127.0.0.1\\@public.test
""".split()  # noqa: SIM905 - a table reads better than a line each

PUBLIC_ADDRESSES = """
    8.8.8.8 1.1.1.1 2606:4700::1111 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::808:808
""".split()  # noqa: SIM905 - a table reads better than a line each

SPECIAL_ADDRESSES = """
    192.0.2.1 198.51.100.7 203.0.113.9 198.18.0.1 192.0.0.9 192.88.99.1 240.0.0.1 2001:db8::1
    3fff::1 2001:10::1 2001:20::1 2002:808:808::1 100::1 5f00::1 ::8.8.8.8 fe80::1%eth0 ff0e::1
    ::ffff:0:127.0.0.1 nonsense
""".split()  # noqa: SIM905 - a table reads better than a line each


class TestGuardedFetcher(FetcherContract):
    @pytest.fixture
    def fetcher(self, server: ScriptedServer) -> Fetcher:
        return GuardedFetcher(allow_hosts={f"127.0.0.1:{server.port}"}, limits=QUICK)


class Names:
    """A name server: each look-up of a name takes its next list of answers; the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(rows) for name, rows in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        rows = self.answers.get(host)
        if rows is None:
            raise OSError(errno.ENOENT, "unknown name")
        return rows.pop(0) if len(rows) > 1 else rows[0]


async def spelled_out(host: str, port: int) -> list[str]:
    """The system's reading of addresses in all their spellings, without asking any name server."""
    if host.rstrip(".").lower() == "localhost":
        return ["127.0.0.1", "::1"]
    answers = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )
    return [str(address[0]) for *_, address in answers]


class NoTls(httpcore2.AsyncNetworkStream):
    """A connection that only pretends to speak TLS, so that https can be tried without keys."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        return self


class Dialler(httpcore2.AsyncNetworkBackend):
    """Writes down what is dialled; public addresses lead to `server`, others to themselves."""

    def __init__(
        self, server: ScriptedServer, *, dead: frozenset[str] = frozenset(), is_tls: bool = True
    ) -> None:
        self.dialled: list[tuple[str, int]] = []
        self._server = server
        self._dead = dead
        self._is_tls = is_tls
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.dialled.append((host, port))
        if host in self._dead:
            raise httpcore2.ConnectError("nobody there")
        if host in (PUBLIC, OTHER_PUBLIC):
            host, port = "127.0.0.1", self._server.port
        stream = await self._plain.connect_tcp(host, port, timeout)
        return stream if self._is_tls else NoTls(stream)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """What stands behind the public addresses."""
    async with ScriptedServer({"/clip": reply(200, CONTENT)}) as server:
        yield server


@pytest.fixture
async def inner() -> AsyncIterator[ScriptedServer]:
    """What must never be reached."""
    async with ScriptedServer({"/clip": reply(200, CONTENT)}) as server:
        yield server


@pytest.fixture
def dialler(server: ScriptedServer) -> Dialler:
    return Dialler(server)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "clip.mp4"


def fetcher_with(names: Names, dialler: Dialler, *allow: str) -> GuardedFetcher:
    return GuardedFetcher(allow_hosts=allow, limits=QUICK, resolve=names, dial=dialler)


async def test_dials_the_very_address_that_was_judged(
    server: ScriptedServer, dialler: Dialler, target: Path
) -> None:
    # A second look-up would give the private address: the rebinding trick.
    names = Names(public_test=[[PUBLIC], ["127.0.0.1"]])
    await fetcher_with(names, dialler).download("http://public.test/clip", target)
    assert dialler.dialled == [(PUBLIC, 80)]
    assert names.asked == ["public.test"]
    assert server.hits[0].headers["host"] == "public.test"


async def test_tls_is_asked_for_by_name(target: Path) -> None:
    hellos: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hellos.append(await reader.read(4096))
        writer.close()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0)
    dialler = Dialler(ScriptedServer(port=listener.sockets[0].getsockname()[1]))
    with pytest.raises(Unavailable):
        names = Names(public_test=[[PUBLIC]])
        await fetcher_with(names, dialler).download("https://public.test/clip", target)
    listener.close()
    assert dialler.dialled == [(PUBLIC, 443)]
    assert b"public.test" in hellos[0]


async def test_tries_the_next_public_address(server: ScriptedServer, target: Path) -> None:
    dialler = Dialler(server, dead=frozenset({OTHER_PUBLIC}))
    names = Names(public_test=[[OTHER_PUBLIC, PUBLIC]])
    await fetcher_with(names, dialler).download("http://public.test/clip", target)
    assert dialler.dialled == [(OTHER_PUBLIC, 80), (PUBLIC, 80)]


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        ["10.0.0.8", PUBLIC],
        [PUBLIC, "::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["169.254.169.254"],
        ["fe80::1%lo"],
        ["not an address"],
    ],
)
async def test_one_private_answer_spoils_all(
    dialler: Dialler, target: Path, answers: list[str]
) -> None:
    with pytest.raises(FetchRefused, match=r"trick\.test is not on the public internet") as caught:
        names = Names(trick_test=[answers])
        await fetcher_with(names, dialler).download("http://trick.test/clip", target)
    assert caught.value.code == "address_refused"
    assert dialler.dialled == []


@pytest.mark.parametrize(
    "host",
    PRIVATE_HOSTS,
)
async def test_no_way_of_writing_a_private_address_helps(
    dialler: Dialler, inner: ScriptedServer, target: Path, host: str
) -> None:
    fetcher = GuardedFetcher(limits=QUICK, resolve=spelled_out, dial=dialler)
    for port in ("", ":80", ":443", f":{inner.port}"):
        # Unavailable: the look-up does not know that spelling, so nothing is dialled either.
        with pytest.raises((FetchRefused, Unavailable)):
            await fetcher.download(f"http://{host}{port}/clip", target)
    assert dialler.dialled == []
    assert inner.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "clip.mp4",
        "/etc/passwd",
        "//127.0.0.1/",
        "file:///etc/passwd",
        "ftp://public.test/",
        "gopher://public.test/",
        "unix:///run/docker.sock",
        "data:text/plain,hello",
        "http://",
        "http:///clip",
        "http://public.test:99999/",
        "http://public.test:port/",
        "http://[::1/",
        "http://public.test/\x00",
        "http://public.test/\r\nX: y",
        "http://public.test/\ud800",
        "http://" + "a" * 300 + ".test/",
        "http://public.test/" + "a" * 20000,
    ],
)
async def test_only_web_addresses(dialler: Dialler, target: Path, url: str) -> None:
    with pytest.raises((FetchRefused, Unavailable)):
        await fetcher_with(Names(public_test=[[PUBLIC]]), dialler).download(url, target)
    assert dialler.dialled == []


@pytest.mark.parametrize("port", [22, 25, 8080, 6379])
async def test_other_ports_need_to_be_opened(dialler: Dialler, target: Path, port: int) -> None:
    url, names = f"http://public.test:{port}/clip", Names(public_test=[[PUBLIC]])
    with pytest.raises(FetchRefused, match="port"):
        await fetcher_with(names, dialler).download(url, target)
    assert (dialler.dialled, names.asked) == ([], [])
    await fetcher_with(names, dialler, f"public.test:{port}").download(url, target)
    await fetcher_with(names, dialler, "PUBLIC.test.").download(url, target)
    assert dialler.dialled == [(PUBLIC, port)] * 2


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/clip",
        "http://localhost:{port}/clip",
        "//127.0.0.1:{port}/clip",
        "http://private.test/clip",
        "http://public.test:{port}/clip",
        "file:///etc/passwd",
    ],
)
async def test_redirects_are_judged_again(
    server: ScriptedServer, inner: ScriptedServer, dialler: Dialler, target: Path, location: str
) -> None:
    names = Names(public_test=[[PUBLIC]], private_test=[["127.0.0.1"]], localhost=[["127.0.0.1"]])
    names.answers["127.0.0.1"] = [["127.0.0.1"]]
    server.answers["/clip"] = redirect(location.format(port=inner.port))
    with pytest.raises(FetchRefused):
        await fetcher_with(names, dialler).download("http://public.test/clip", target)
    assert inner.connections == 0
    assert {host for host, _ in dialler.dialled} == {PUBLIC}


async def test_a_rebound_name_is_refused_on_the_way(
    server: ScriptedServer, dialler: Dialler, target: Path
) -> None:
    names = Names(public_test=[[PUBLIC], ["127.0.0.1"]])
    server.answers["/clip"] = redirect("/clip")  # each answer closes, so each hop connects anew
    with pytest.raises(FetchRefused, match="not on the public internet"):
        await fetcher_with(names, dialler).download("http://public.test/clip", target)
    assert dialler.dialled == [(PUBLIC, 80)]


async def test_an_opened_host_opens_no_other(
    server: ScriptedServer, inner: ScriptedServer, target: Path
) -> None:
    fetcher = GuardedFetcher(allow_hosts={f"127.0.0.1:{server.port}"}, limits=QUICK)
    server.answers["/clip"] = redirect(f"http://127.0.0.1:{inner.port}/clip")
    with pytest.raises(FetchRefused):
        await fetcher.download(f"{server.base}/clip", target)
    assert inner.connections == 0


async def test_headers_stay_with_their_origin(
    server: ScriptedServer, dialler: Dialler, target: Path
) -> None:
    names = Names(public_test=[[PUBLIC]], other_test=[[PUBLIC]])
    server.answers |= {
        "/1": redirect("/2"),
        "/2": redirect("http://other.test/3"),
        "/3": redirect("http://public.test/clip"),
    }
    await fetcher_with(names, dialler).download(
        "http://public.test/1", target, headers={"Authorization": "Bearer key", "X-Key": "key"}
    )
    sent = {
        hit.target: ("authorization" in hit.headers, "x-key" in hit.headers) for hit in server.hits
    }
    assert sent == {
        "/1": (True, True),
        "/2": (True, True),
        "/3": (False, False),
        "/clip": (False, False),
    }


async def test_five_redirects_and_no_more(
    server: ScriptedServer, dialler: Dialler, target: Path
) -> None:
    fetcher = fetcher_with(Names(public_test=[[PUBLIC]]), dialler)
    hops = [f"/{number}" for number in range(MAX_REDIRECTS)]
    server.answers |= {a: redirect(b) for a, b in zip(hops, [*hops[1:], "/clip"], strict=True)}
    assert await fetcher.download("http://public.test/0", target) == len(CONTENT)
    server.answers["/first"] = redirect("/0")
    with pytest.raises(FetchRefused, match="redirects"):
        await fetcher.download("http://public.test/first", target)


async def test_an_unknown_name_may_be_tried_again(dialler: Dialler, target: Path) -> None:
    with pytest.raises(Unavailable, match=r"gone\.test could not be found"):
        await fetcher_with(Names(), dialler).download("http://gone.test/clip", target)


def slow_fetcher(
    server: ScriptedServer,
    *,
    timeout: float = 10,
    idle: float = 1,
    connect: float = 1,
    speed_window: float = 20,
) -> GuardedFetcher:
    limits = FetchLimits(
        max_bytes=LIMIT, timeout=timeout, idle=idle, connect=connect, speed_window=speed_window
    )
    return GuardedFetcher(allow_hosts={f"127.0.0.1:{server.port}"}, limits=limits)


async def drip(writer: asyncio.StreamWriter) -> None:
    """A good head, then a byte now and then."""
    writer.write(reply(200, CONTENT)[: -len(CONTENT)])
    for byte in CONTENT:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip_head(writer: asyncio.StreamWriter) -> None:
    """Even the head comes byte by byte."""
    writer.write(b"HTTP/1.1 200 OK\r\nx-filler: ")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


async def test_a_dripping_body_is_too_slow(server: ScriptedServer, target: Path) -> None:
    server.answers["/clip"] = drip
    fetcher = slow_fetcher(server, speed_window=0.2)
    with pytest.raises(FetchRefused, match="bytes a second") as caught:
        await fetcher.download(f"{server.base}/clip", target)
    assert caught.value.code == "too_slow"
    assert list(target.parent.iterdir()) == []


async def test_there_is_a_last_moment(server: ScriptedServer, target: Path) -> None:
    server.answers["/clip"] = drip
    with pytest.raises(FetchRefused, match=r"longer than 0\.3 seconds") as caught:
        await slow_fetcher(server, timeout=0.3).download(f"{server.base}/clip", target)
    assert caught.value.code == "too_slow"
    assert list(target.parent.iterdir()) == []


async def test_a_dripping_head_is_given_up(server: ScriptedServer, target: Path) -> None:
    server.answers["/clip"] = drip_head
    with pytest.raises(Unavailable, match="did not answer in time"):
        await slow_fetcher(server, idle=0.2, connect=0.2).download(f"{server.base}/clip", target)


async def test_messages_keep_secrets(server: ScriptedServer, target: Path) -> None:
    fetcher = slow_fetcher(server)
    for url in (
        f"{server.base}/missing?X-Amz-Signature=hush#hush",
        f"http://hush:hush@127.0.0.1:{server.port}/clip",
        "http://public.test:hush/clip",
        f"https://127.0.0.1:{server.port}/clip?hush",
    ):
        with pytest.raises((FetchRefused, Unavailable)) as caught:
            await fetcher.download(url, target)
        chain = [caught.value, caught.value.__cause__]
        assert not any("hush" in str(link) for link in chain)
    with pytest.raises(FetchRefused) as caught:
        await fetcher.download(f"{server.base}/clip", target, headers={"X-Key": "hush\r\nA: b"})
    assert caught.value.__cause__ is None
    assert "hush" not in str(caught.value)


async def test_logs_keep_secrets(
    server: ScriptedServer, target: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await slow_fetcher(server).download(f"{server.base}/clip?sig=hush", target)
    assert "hush" not in caplog.text


async def test_a_full_disk_may_be_tried_again(server: ScriptedServer, target: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(Unavailable) as caught:
            await slow_fetcher(server).download(f"{server.base}/clip", target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "disk_full"
    assert list(target.parent.iterdir()) == []


async def test_https_is_not_given_up_for_http(server: ScriptedServer, target: Path) -> None:
    names, dialler = Names(public_test=[[PUBLIC]]), Dialler(server, is_tls=False)
    server.answers["/down"] = redirect("http://public.test/clip")
    with pytest.raises(FetchRefused, match="down to http"):
        await fetcher_with(names, dialler).download("https://public.test/down", target)
    assert dialler.dialled == [(PUBLIC, 443)]
    await fetcher_with(names, dialler).download("https://public.test/clip", target)
    await fetcher_with(names, dialler, "public.test").download("https://public.test/down", target)


async def test_local_sockets_are_out_of_reach(dialler: Dialler) -> None:
    network = GuardedNetwork(AllowedHosts.parse(()), dial=dialler)
    with pytest.raises(FetchRefused):
        await network.connect_unix_socket("/run/docker.sock")


@pytest.mark.parametrize(
    "address",
    PUBLIC_ADDRESSES,
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    SPECIAL_ADDRESSES,
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_allowed_hosts_are_read_strictly() -> None:
    allowed = AllowedHosts.parse(["NAS.lan", "gpu:8188", "gpu:9000", "[::1]:81", "::2"])
    assert allowed.covers("nas.lan.", 12345)
    assert [allowed.covers("gpu", port) for port in (8188, 9000, 80)] == [True, True, False]
    assert allowed.covers("::1", 81)
    assert not allowed.covers("::1", 82)
    assert allowed.covers("::2", 5)
    assert not allowed.covers("evil-nas.lan", 80)
    for wrong in ("", "http://nas", "nas:port", "nas:0", "nas:70000", "user@nas", "nas/path", "*"):
        with pytest.raises(ValueError, match=r"is not|no possible"):
            AllowedHosts.parse([wrong])
