"""Objects in a bucket: S3 and its kin (MinIO, SeaweedFS, R2), Google Cloud Storage, Azure; it knows
bytes, never meaning.

    <prefix>/objects/ab/cd/<digest>    the objects
    <prefix>/probes/<id>               written and removed by `check`

A key gets its object in one step, after all bytes have arrived and were found to be those that the
digest names. Reading goes by short ranged requests, each tried again by itself, so that no reader
is so slow, and no connection so often cut, that a long object could not be read to its end.
"""

import asyncio
import os
import time
import uuid
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import obstore
from obstore import Bytes
from obstore.exceptions import BaseError

from video_foundry.adapters.blobs.cache import Arrival, BlobCache, damaged
from video_foundry.adapters.blobs.connect import Place, connect, explained, signer, unavailable
from video_foundry.adapters.blobs.files import check_range, folders_of, in_thread, is_digest
from video_foundry.adapters.blobs.upload import upload
from video_foundry.errors import FoundryError, NotFound, PartUnavailable
from video_foundry.ports.blobs import ListedBlob, StoredBlob

STREAM_WINDOW = 1024 * 1024
"""Bytes of one request of a stream; one more is asked for while the reader takes the last."""
FETCH_WINDOW = 8 * 1024 * 1024
FETCH_AHEAD = 3
CHECK_SECONDS = 4.0
"""How long a look may take at a store that may be ill."""
CHECK_PATIENCE = 2.0
LINK_PAUSE_SECONDS = 300.0
"""After a failure to sign, for which the machine's own credentials are asked over the network."""


class RemoteBlobStore:
    """A BlobStore in a bucket, with copies of what this machine works on in `cache`.

    url: s3://bucket/prefix, gs://bucket/prefix or az://container/prefix.
    cache, cache_max_bytes: see BlobCache; every process of a machine may share it.
    endpoint_url: the server where it is not the cloud's own; for S3 also AWS_ENDPOINT_URL.
    public_endpoint_url: the same server as browsers reach it. Links are given where it is named,
    and for a cloud's own server; never otherwise, for our endpoint may be known to us alone.
    region, access_key, secret_key: of S3; what is not given comes from AWS_REGION,
    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the machine's role. Google and Azure read
    the variables of their own tools (GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_ACCOUNT_NAME,
    AZURE_STORAGE_ACCOUNT_KEY and kin).
    timeout, patience: seconds after which one request, and all tries of it, are given up.

    Making one sends nothing. Raises BadInput for an address that names no bucket. What stays
    unreachable is PartUnavailable(`objects`), from every method.
    """

    def __init__(
        self,
        url: str,
        *,
        cache: Path,
        cache_max_bytes: int,
        endpoint_url: str | None = None,
        public_endpoint_url: str | None = None,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        timeout: float = 60.0,
        patience: float = 20.0,
    ) -> None:
        self._place = Place(
            url=url,
            endpoint=endpoint_url,
            public_endpoint=public_endpoint_url,
            region=region,
            access_key=access_key,
            secret_key=secret_key,
            timeout=timeout,
            patience=patience,
        )
        self._bucket = connect(self._place)
        quick = replace(self._place, timeout=min(CHECK_SECONDS, timeout), patience=CHECK_PATIENCE)
        self._probed = connect(quick)
        self._link_bucket = connect(self._place, for_links=True) if self._place.has_links else None
        self._signer = signer(self._place)
        self._no_links_until = 0.0
        self._cache = BlobCache(cache, cache_max_bytes)
        self._turns = _Turns()

    @property
    def url(self) -> str:
        """The address as it was given; it holds no key."""
        return self._place.url

    @property
    def link_origin(self) -> str | None:
        """Scheme and host of links, for a page's Content-Security-Policy; None without links."""
        return self._place.link_origin

    async def put_file(self, source: Path, *, content_type: str | None = None) -> StoredBlob:
        """Store a file and keep a copy here, for what is put is mostly read next.

        Takes as long as it must, and may simply be called again after it has raised: nothing is
        under the digest before all of it is. An object of the right size is not sent again.
        Raises FoundryError `source_changed` when the file changes meanwhile.
        """
        own = await in_thread(self._cache.new_path)
        try:
            stop = Event()
            blob, is_copied = await in_thread(self._cache.copy_in, source, own, stop, stop=stop)
            async with self._turns.take(blob.digest):
                if await self._find(blob.digest) != blob.size:
                    await self._send(own if is_copied else source, blob, content_type)
                if is_copied:
                    await in_thread(self._cache.keep, own, blob.digest)
            return blob
        finally:
            await in_thread(self._cache.discard, own)

    async def exists(self, digest: str) -> bool:
        """Whether the object is there."""
        return await self._find(digest) is not None

    async def size(self, digest: str) -> int:
        """Size in bytes. Raises NotFound."""
        with explained(self._place, "look for an object", digest):
            return (await obstore.head_async(self._bucket, _key(digest)))["size"]

    async def open(
        self, digest: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Stream bytes [start, end), cut at the object's own end. Raises NotFound."""
        check_range(start, end)
        size = await self.size(digest)
        upto = size if end is None else min(end, size)
        reading = self._windows(digest, start, upto, length=STREAM_WINDOW, ahead=1)
        async with aclosing(reading) as windows:
            async for window in windows:
                yield window.to_bytes()

    @asynccontextmanager
    async def local_path(self, digest: str) -> AsyncIterator[Path]:
        """A read-only path that stays good until the context ends, whatever happens elsewhere.

        What is not here is fetched, once for all who wait for it, and never lent before its bytes
        are found to be those of the digest. Raises NotFound, FoundryError `object_damaged` and
        `disk_full`.
        """
        folders_of(digest)
        lent = await in_thread(self._cache.new_path)
        try:
            if not await in_thread(self._cache.lend, digest, lent):
                async with self._turns.take(digest):
                    if not await in_thread(self._cache.lend, digest, lent):
                        await self._fetch_making_room(digest, lent)
            yield lent
        finally:
            await in_thread(self._cache.discard, lent)

    async def link(self, digest: str, *, seconds: int, filename: str | None = None) -> str | None:
        """A presigned address; None unless the store is a cloud's own or has a public endpoint.

        filename: can be said by S3 with a key of its own; None where it cannot be.
        """
        key = _key(digest)
        if self._link_bucket is None or time.monotonic() < self._no_links_until:
            return None
        if filename is not None:
            if self._signer is None:
                return None
            whole = f"{self._place.prefix}/{key}".lstrip("/")
            now = datetime.now(UTC)
            return self._signer.address(whole, seconds=seconds, filename=filename, now=now)
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return await obstore.sign_async(
                    self._link_bucket, "GET", key, timedelta(seconds=seconds)
                )
        except (BaseError, TimeoutError):
            self._no_links_until = time.monotonic() + LINK_PAUSE_SECONDS
            return None

    async def list(self) -> AsyncIterator[ListedBlob]:
        """Every object, without reading any. Other keys below the prefix are passed over."""
        with explained(self._place, "list the objects"):
            async for page in obstore.list(self._bucket, "objects", chunk_size=1000):
                for item in page:
                    digest = item["path"].rsplit("/", 1)[-1]
                    if is_digest(digest) and item["path"] == _key(digest):
                        yield ListedBlob(
                            digest=digest, size=item["size"], modified=item["last_modified"]
                        )

    async def delete(self, digest: str) -> None:
        """Remove the object, and the copy here; not there is fine."""
        key = _key(digest)
        with suppress(NotFound), explained(self._place, "delete an object", digest):
            await obstore.delete_async(self._bucket, key)
        await in_thread(self._cache.drop, digest)

    async def check(self) -> None:
        """Write, read back and remove a small object. Raises with the reason when that fails, or
        takes longer than CHECK_SECONDS."""
        doing = "write and read back a small object"
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                with explained(self._place, doing):
                    await self._probe()
        except TimeoutError:
            raise unavailable(doing, f"no answer within {CHECK_SECONDS:g} seconds") from None

    async def aclose(self) -> None:
        """Remove what this process holds in the cache folder; copies stay for the next."""
        await in_thread(self._cache.close)

    async def _probe(self) -> None:
        key, content = f"probes/{uuid.uuid4().hex}", os.urandom(64)
        await obstore.put_async(self._probed, key, content, use_multipart=False)
        found = (await (await obstore.get_async(self._probed, key)).bytes_async()).to_bytes()
        await obstore.delete_async(self._probed, key)
        if found != content:
            raise unavailable("use it", "it gives back other bytes than were written")

    async def _find(self, digest: str) -> int | None:
        """The object's size, or None."""
        try:
            return await self.size(digest)
        except NotFound:
            return None

    async def _send(self, source: Path, blob: StoredBlob, content_type: str | None) -> None:
        """Upload, and see that it is there. An answer that was lost may have been a yes."""
        key, doing = _key(blob.digest), "store an object"
        try:
            with explained(self._place, doing):
                await upload(self._bucket, key, source, blob, content_type=content_type)
        except PartUnavailable:
            if not await self._is_there_after_all(blob):
                raise
        else:
            if await self._find(blob.digest) != blob.size:
                raise unavailable(doing, "it kept another size than was sent")

    async def _is_there_after_all(self, blob: StoredBlob) -> bool:
        with suppress(BaseError, FileNotFoundError):
            found = await obstore.head_async(self._probed, _key(blob.digest))
            return found["size"] == blob.size
        return False

    async def _fetch_making_room(self, digest: str, target: Path) -> None:
        """Fetch; on a full disk give up the copies that nobody reads and try once more."""
        try:
            await self._fetch(digest, target)
        except FoundryError as error:
            if error.code != "disk_full" or not await in_thread(self._cache.clear):
                raise
            await self._fetch(digest, target)

    async def _fetch(self, digest: str, target: Path) -> None:
        """Download to `target` and keep it as the copy. Leaves no file when it fails."""
        size = await self.size(digest)
        arriving = Arrival(target)
        try:
            await in_thread(arriving.open)
            reading = self._windows(digest, 0, size, length=FETCH_WINDOW, ahead=FETCH_AHEAD)
            async with aclosing(reading) as windows:
                async for window in windows:
                    await in_thread(arriving.write, memoryview(window))
            found = await in_thread(arriving.finish)
            if found != digest:
                raise damaged(digest, found)
        except BaseException:
            await in_thread(self._cache.discard, target)
            raise
        finally:
            await in_thread(arriving.close)
        await in_thread(self._cache.keep, target, digest)

    async def _windows(
        self, digest: str, start: int, end: int, *, length: int, ahead: int
    ) -> AsyncGenerator[Bytes, None]:
        """Bytes [start, end) in order, by requests of at most `length` bytes, `ahead` of them
        under way while one is being used."""
        asked: deque[asyncio.Task[Bytes]] = deque()
        try:
            while start < end or asked:
                while start < end and len(asked) <= ahead:
                    upto = min(start + length, end)
                    asked.append(asyncio.create_task(self._window(digest, start, upto)))
                    start = upto
                yield await asked.popleft()
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def _window(self, digest: str, start: int, end: int) -> Bytes:
        doing = "read an object"
        with explained(self._place, doing, digest):
            found = await obstore.get_range_async(self._bucket, _key(digest), start=start, end=end)
        if len(found) != end - start:
            raise unavailable(doing, f"it gave {len(found)} bytes where it has {end - start}")
        return found


class _Turns:
    """One at a time for each digest, in this process."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._taking: Counter[str] = Counter()

    @asynccontextmanager
    async def take(self, digest: str) -> AsyncIterator[None]:
        """Wait for the turn, and have it while the block runs."""
        self._taking[digest] += 1
        try:
            async with self._locks.setdefault(digest, asyncio.Lock()):
                yield
        finally:
            self._taking[digest] -= 1
            if not self._taking[digest]:
                del self._taking[digest], self._locks[digest]


def _key(digest: str) -> str:
    """An object's key. Raises BadInput for what is no digest."""
    return "/".join((*folders_of(digest), digest))
