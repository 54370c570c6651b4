"""Uploads and downloads that are cut in every way, against the real server: nothing half is ever
seen under a digest, what failed can be done again, and no wrong byte is ever handed over."""

import asyncio
import threading
import time
from hashlib import sha256
from pathlib import Path
from random import Random

import obstore
import pytest
from tests.storage.remote.bucket import MIB, Opener, copies_in, file_of, key_of, loans_in

from video_foundry.adapters.blobs.remote import RemoteBlobStore
from video_foundry.errors import NotFound, PartUnavailable
from video_foundry.testing.blob_contract import read
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.proxy import Fault, How, Proxy, Way

LONG = Random(3).randbytes(17 * MIB + 77)
LONG_DIGEST = sha256(LONG).hexdigest()
SHORT = Random(4).randbytes(300_000)
HOWS: tuple[How, ...] = ("reset", "close")
CUTS = [
    pytest.param(Fault(way="up", after=0), id="reset before anything was sent"),
    pytest.param(Fault(way="up", after=100_000), id="reset while sending"),
    pytest.param(Fault(way="up", after=100_000, how="close"), id="closed while sending"),
    pytest.param(Fault(way="down", after=0), id="the answer lost by a reset"),
    pytest.param(Fault(way="down", after=0, how="close"), id="the answer lost by a clean end"),
    pytest.param(Fault(way="down", after=20), id="the answer cut short"),
]


@pytest.fixture
def cut(opened: Opener, proxy: Proxy) -> RemoteBlobStore:
    """A store behind the proxy, on the folder that `opened` opens directly."""
    return opened(endpoint_url=proxy.url, timeout=3.0, patience=20.0)


@pytest.fixture
def far(opened: Opener, proxy: Proxy, tmp_path: Path) -> RemoteBlobStore:
    """The same store on another machine, which has no copies yet."""
    return opened(endpoint_url=proxy.url, timeout=3.0, patience=20.0, cache=tmp_path / "far")


@pytest.mark.parametrize("fault", CUTS)
@pytest.mark.parametrize("content", [SHORT, LONG], ids=["one request", "several parts"])
async def test_a_put_survives_cuts(
    cut: RemoteBlobStore, proxy: Proxy, tmp_path: Path, fault: Fault, content: bytes
) -> None:
    """Every other exchange meets the fault, so every kind of request does."""
    source = file_of(tmp_path, content)
    proxy.plan(lambda number, dice: fault if number % 2 else None)
    blob = await cut.put_file(source)
    assert proxy.bitten >= 1
    proxy.heal()
    assert await read(cut, blob.digest) == content


@pytest.mark.parametrize(
    "fault",
    [Fault(way="down", after=after, how=how) for after in (0, 1, 200_000, 3 * MIB) for how in HOWS],
    ids=str,
)
async def test_a_download_survives_cuts(
    far: RemoteBlobStore, opened: Opener, proxy: Proxy, tmp_path: Path, fault: Fault
) -> None:
    digest = (await opened().put_file(file_of(tmp_path, LONG))).digest
    proxy.plan(lambda number, dice: fault if number % 3 else None)
    async with far.local_path(digest) as path:
        assert sha256(path.read_bytes()).hexdigest() == digest
    assert proxy.bitten >= 1
    assert copies_in(tmp_path / "far") == {digest}


@pytest.mark.parametrize("how", HOWS)
async def test_a_stream_survives_cuts(
    far: RemoteBlobStore, opened: Opener, proxy: Proxy, tmp_path: Path, how: How
) -> None:
    digest = (await opened().put_file(file_of(tmp_path, LONG))).digest
    fault = Fault(way="down", after=700_000, how=how)
    proxy.plan(lambda number, dice: fault if dice.random() < 0.3 else None)
    for start, end in ((0, None), (5, 9 * MIB), (16 * MIB - 1, None)):
        assert await read(far, digest, start=start, end=end) == LONG[start:end]
    assert proxy.bitten >= 1


async def test_an_upload_into_the_void_goes_on_elsewhere(
    cut: RemoteBlobStore, opened: Opener, proxy: Proxy, tmp_path: Path
) -> None:
    """A connection on which nothing moves is given up after the time of one request."""
    proxy.next(*(Fault(way="up", after=n * 1000, how="blackhole") for n in range(2)))
    blob = await cut.put_file(file_of(tmp_path, LONG))
    assert await opened().size(blob.digest) == len(LONG)


async def test_a_server_that_stays_away_leaves_nothing_and_the_put_can_be_repeated(
    opened: Opener, proxy: Proxy, server: S3Server, tmp_path: Path
) -> None:
    store = opened(endpoint_url=proxy.url, timeout=2.0, patience=1.0)
    source = file_of(tmp_path, LONG)
    await store.check()
    proxy.slow(20 * MIB)
    putting = asyncio.create_task(store.put_file(source))
    await asyncio.sleep(0.5)
    proxy.refuse()
    with pytest.raises(PartUnavailable):
        await putting
    assert not await opened().exists(LONG_DIGEST)
    assert loans_in(tmp_path / "cache") == 0
    with pytest.raises(PartUnavailable):
        async with store.local_path(LONG_DIGEST):
            pass
    proxy.heal()
    assert (await store.put_file(source)).digest == LONG_DIGEST
    assert await read(opened(), LONG_DIGEST) == LONG


async def test_a_download_that_is_given_up_leaves_nothing_and_can_be_repeated(
    opened: Opener, proxy: Proxy, tmp_path: Path
) -> None:
    await opened().put_file(file_of(tmp_path, LONG))
    far = opened(endpoint_url=proxy.url, timeout=2.0, patience=1.0, cache=tmp_path / "far")
    proxy.plan(lambda number, dice: Fault(way="down") if number > 1 else None)
    with pytest.raises(PartUnavailable):
        async with far.local_path(LONG_DIGEST):
            pass
    assert (copies_in(tmp_path / "far"), loans_in(tmp_path / "far")) == (set(), 0)
    proxy.heal()
    async with far.local_path(LONG_DIGEST) as path:
        assert path.read_bytes() == LONG


async def test_an_object_that_shrinks_under_a_reader_is_never_taken_for_whole(
    opened: Opener, server: S3Server, tmp_path: Path
) -> None:
    """Somebody else writes into the bucket while it is being read."""
    store = opened()
    await store.put_file(file_of(tmp_path, LONG))
    for kept in (7 * MIB, 7 * MIB + 13, len(LONG) - 13):
        stream = store.open(LONG_DIGEST)
        await anext(stream)
        obstore.put(server.store(), key_of(store, LONG_DIGEST), LONG[:kept])
        with pytest.raises(PartUnavailable):
            _ = [chunk async for chunk in stream]
        await store.put_file(file_of(tmp_path, LONG))  # mends it


async def test_readers_never_see_half_an_object(
    cut: RemoteBlobStore, opened: Opener, proxy: Proxy, tmp_path: Path
) -> None:
    """One looks all the time, past the proxy, while puts are cut at random and repeated."""
    looking = opened()
    seen: set[int | None] = set()
    proxy.plan(lambda number, dice: _random_fault(dice))
    impatient = opened(endpoint_url=proxy.url, timeout=2.0, patience=0.3)

    async def look() -> None:
        while True:
            try:
                seen.add(await looking.size(LONG_DIGEST))
            except NotFound:
                seen.add(None)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(look())
    source, failed, rounds = file_of(tmp_path, LONG), 0, 0
    while failed < 2 or rounds < 4:
        rounds += 1
        try:
            await impatient.put_file(source)
        except PartUnavailable:
            failed += 1
        await looking.delete(LONG_DIGEST)
        assert rounds < 50, "the faults were too few to show anything"
    proxy.plan(None)
    await impatient.put_file(source)
    async with asyncio.timeout(10):
        while len(LONG) not in seen:  # noqa: ASYNC110 - one look more is all there is to wait for
            await asyncio.sleep(0.01)
    assert not watching.done()
    watching.cancel()
    assert seen == {None, len(LONG)}


def _random_fault(dice: Random) -> Fault | None:
    if dice.random() > 0.5:
        return None
    way: Way = "up" if dice.random() < 0.6 else "down"
    how = HOWS[dice.randrange(2)]
    after = dice.randrange(6 * MIB) if way == "up" else dice.randrange(200)
    return Fault(way=way, after=after, how=how)


async def test_a_server_killed_under_writers_and_readers_loses_and_bends_nothing(
    opened: Opener, server: S3Server, tmp_path: Path
) -> None:
    """kill -9 in the middle, three times; what was promised before must be there after."""
    store = opened(timeout=5.0, patience=60.0)
    far = opened(timeout=5.0, patience=60.0, cache=tmp_path / "far", cache_max_bytes=0)
    stop, promised = threading.Event(), {}

    def killer() -> None:
        for _ in range(3):
            time.sleep(1.0)
            server.kill()
            server.start()
        stop.set()

    async def write(seed: int) -> None:
        number = 0
        while not stop.is_set():
            content = Random(f"{seed}-{number}").randbytes(9 * MIB if number % 4 == 0 else 100_000)
            source = file_of(tmp_path, content)
            promised[(await store.put_file(source)).digest] = len(content)
            source.unlink()
            number += 1

    async def fetch() -> None:
        while not stop.is_set():
            for digest in list(promised):
                async with far.local_path(digest) as path:
                    assert sha256(path.read_bytes()).hexdigest() == digest
            await asyncio.sleep(0.01)

    killing = asyncio.create_task(asyncio.to_thread(killer))
    await asyncio.gather(killing, write(1), write(2), fetch())
    listed = {blob.digest: blob.size async for blob in store.list()}
    assert listed == promised
    for digest in promised:
        async with far.local_path(digest):
            pass  # hashed on the way
