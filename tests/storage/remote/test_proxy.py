"""The failing proxy itself: what it is told to do to a connection is what happens to it."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from video_foundry.testing.stack.proxy import Fault, Proxy


def echo(listening: socket.socket) -> None:
    """Send everything back, to any number of clients."""

    def serve(client: socket.socket) -> None:
        with client:
            while said := client.recv(65536):
                client.sendall(said)

    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_quietly, args=(serve, client), daemon=True).start()


def _quietly(serve: object, client: socket.socket) -> None:
    try:
        serve(client)  # type: ignore[operator]  # the function above
    except OSError:
        return


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=echo, args=(listening,), daemon=True).start()
        with Proxy.running(listening.getsockname()[1], seed=5) as running:
            yield running
        listening.shutdown(socket.SHUT_RDWR)


def dial(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def say(line: socket.socket, content: bytes) -> bytes:
    """What comes back, until all is there or the other side has ended."""
    line.sendall(content)
    heard = b""
    while len(heard) < len(content) and (more := line.recv(65536)):
        heard += more
    return heard


def test_without_orders_it_passes_on(proxy: Proxy) -> None:
    with dial(proxy) as line:
        for content in (b"a", b"x" * 300_000, b"b"):
            assert say(line, content) == content
    assert proxy.bitten == 0


def test_a_reset_after_some_bytes_of_an_answer(proxy: Proxy) -> None:
    with dial(proxy) as line:
        assert say(line, b"before") == b"before"
        proxy.next(Fault(way="down", after=3))
        with pytest.raises(ConnectionResetError):
            say(line, b"abcdef")
    with dial(proxy) as line:
        assert say(line, b"after") == b"after"
    assert proxy.bitten == 1


def test_a_clean_end_after_some_bytes(proxy: Proxy) -> None:
    proxy.next(Fault(way="down", after=3, how="close"))
    with dial(proxy) as line:
        assert say(line, b"abcdef") == b"abc"


def test_a_black_hole_keeps_the_line_open(proxy: Proxy) -> None:
    proxy.next(Fault(way="up", how="blackhole"))
    with dial(proxy) as line:
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            say(line, b"hello")
    with dial(proxy) as line:
        assert say(line, b"hello") == b"hello"
        proxy.blackhole()
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            say(line, b"again")


def test_nobody_is_let_in_until_it_is_healed(proxy: Proxy) -> None:
    with dial(proxy) as line:
        assert say(line, b"hello") == b"hello"
        proxy.refuse()
        with pytest.raises(ConnectionResetError):
            say(line, b"hello")
    with pytest.raises(ConnectionRefusedError):
        dial(proxy)
    proxy.heal()
    with dial(proxy) as line:
        assert say(line, b"hello") == b"hello"


def test_what_is_open_can_be_reset(proxy: Proxy) -> None:
    with dial(proxy) as line:
        assert say(line, b"hello") == b"hello"
        proxy.reset_all()
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            say(line, b"hello")


def test_slow_is_slow(proxy: Proxy) -> None:
    proxy.slow(200_000)
    with dial(proxy) as line:
        started = time.monotonic()
        assert len(say(line, b"x" * 100_000)) == 100_000
    assert time.monotonic() - started > 0.3


def test_the_same_seed_throws_the_same_dice() -> None:
    thrown = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            threading.Thread(target=echo, args=(listening,), daemon=True).start()
            with Proxy.running(listening.getsockname()[1], seed=9) as proxy:
                met: list[float] = []
                proxy.plan(lambda number, dice, met=met: met.append(dice.random()))  # type: ignore[misc]  # gives None
                with dial(proxy) as line:
                    for _ in range(5):
                        say(line, b"x")
            thrown.append(met)
            listening.shutdown(socket.SHUT_RDWR)
    assert thrown[0] == thrown[1]
    assert len(thrown[0]) == 5
