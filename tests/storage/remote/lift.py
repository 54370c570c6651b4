"""Puts, streams and borrows one big file in a process of its own, and says what that took.

    python lift.py SETTINGS

SETTINGS is a JSON object: `folder` to work in, `size` in bytes, and for a bucket `url` and
`endpoint`. The last line on standard output is a JSON object: `growth` of the resident memory from
before the first byte to its highest point, in bytes, and seconds for each step.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from video_foundry.adapters.blobs.local import LocalBlobStore
from video_foundry.adapters.blobs.remote import RemoteBlobStore
from video_foundry.ports.blobs import BlobStore

MARK = 256 * 1024


def memory(field: str) -> int:
    """A field of this process's memory in bytes: VmRSS now, VmHWM at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def big_file(path: Path, size: int) -> Path:
    """Mostly a hole, with marks that put every piece out of step with every other."""
    dice = random.Random(size)
    with path.open("wb") as file:
        file.truncate(size)
        for _ in range(64):
            file.seek(dice.randrange(size - MARK))
            file.write(dice.randbytes(MARK))
    return path


def opened(given: dict[str, Any], name: str) -> BlobStore:
    """The store; another name is another machine."""
    folder = Path(given["folder"])
    if "url" not in given:
        return LocalBlobStore(folder / "store")
    return RemoteBlobStore(
        given["url"],
        cache=folder / name,
        cache_max_bytes=given["size"] * 2,
        endpoint_url=given["endpoint"],
    )


async def stream(store: BlobStore, digest: str) -> str:
    """The digest of the bytes as they are streamed."""
    found = sha256()
    async for chunk in store.open(digest):
        found.update(chunk)
    return found.hexdigest()


async def lend(store: BlobStore, digest: str) -> str:
    """The size of the file that is lent."""
    async with store.local_path(digest) as path:
        return str(path.stat().st_size)


async def timed(work: Callable[[], Awaitable[Any]]) -> tuple[Any, float]:
    """What it gives, and the seconds it took."""
    started = time.perf_counter()
    return await work(), time.perf_counter() - started


async def lift(given: dict[str, Any]) -> dict[str, float]:
    """Everything once; raises AssertionError for a wrong byte."""
    folder, size = Path(given["folder"]), given["size"]
    source = big_file(folder / "big", size)
    small = folder / "small"
    small.write_bytes(b"so that everything is loaded")
    store, far = opened(given, "near"), opened(given, "far")
    for each in (store, far):
        await stream(each, (await each.put_file(small)).digest)
    before = memory("VmRSS")
    blob, put = await timed(lambda: store.put_file(source))
    found, read = await timed(lambda: stream(far, blob.digest))
    lent, fetch = await timed(lambda: lend(far, blob.digest))
    assert (blob.size, found, lent) == (size, blob.digest, str(size))
    growth = memory("VmHWM") - before
    await store.aclose()
    await far.aclose()
    return {"growth": growth, "put": put, "stream": read, "fetch": fetch}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(lift(json.loads(sys.argv[1])))))  # noqa: T201 - for the parent
