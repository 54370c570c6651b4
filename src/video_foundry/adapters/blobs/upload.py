"""Puts one local file into a bucket, by parts when it is long, and never under a digest that its
bytes do not have. What is there already, and what is kept here, is not its business."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

import obstore

from video_foundry.adapters.blobs.connect import Bucket
from video_foundry.adapters.blobs.files import Stopped, in_thread, regular_file
from video_foundry.errors import FoundryError
from video_foundry.ports.blobs import StoredBlob

if TYPE_CHECKING:  # this name exists for the type checker only
    from obstore import Attributes

PART = 8 * 1024 * 1024
"""Bytes of a part; what is no longer goes in one request."""
CONCURRENCY = 4
"""Parts on their way at a time: memory is this times PART, and a little."""
_MOST_PARTS = 9_000
"""S3 takes 10,000."""
_GIVE_UP_SECONDS = 10.0
"""The longest that a cancelled upload is waited for while it takes back its parts."""


async def upload(
    bucket: Bucket, key: str, source: Path, blob: StoredBlob, *, content_type: str | None
) -> None:
    """Store a file that must still hold `blob`. A cancelled or failed upload takes back the parts
    that have arrived, which nobody could see but which would cost their space for ever.

    Raises FoundryError `source_changed` when the file holds something else by now, and whatever
    the library raises.
    """
    stop = threading.Event()
    sending = asyncio.ensure_future(_send(bucket, key, _Checked(source, blob), stop, content_type))
    try:
        await asyncio.shield(sending)
    except asyncio.CancelledError:
        stop.set()
        with suppress(asyncio.CancelledError):
            await asyncio.wait({sending}, timeout=_GIVE_UP_SECONDS)
        if not sending.done():
            sending.cancel()
        elif not sending.cancelled():
            sending.exception()  # nobody will ask for it any more
        raise


async def _send(
    bucket: Bucket,
    key: str,
    checked: "_Checked",
    stop: threading.Event,
    content_type: str | None,
) -> None:
    attributes: Attributes = {"Content-Type": content_type} if content_type else {}
    size = checked.blob.size
    if size <= PART:
        content = b"".join([chunk async for chunk in checked.parts(PART, stop)])
        await obstore.put_async(bucket, key, content, attributes=attributes, use_multipart=False)
        return
    part = max(PART, -(-size // _MOST_PARTS))
    await obstore.put_async(
        bucket,
        key,
        checked.parts(part, stop),
        attributes=attributes,
        chunk_size=part,
        max_concurrency=CONCURRENCY,
    )


class _Checked:
    """A file whose bytes are hashed again as they leave: the end is given only if they are still
    the ones that the digest was made of."""

    def __init__(self, source: Path, blob: StoredBlob) -> None:
        self._source = source
        self.blob = blob

    async def parts(self, part: int, stop: threading.Event) -> AsyncIterator[bytes]:
        """The file in parts. Raises Stopped, and FoundryError `source_changed` before the end."""
        digest, size = sha256(), 0
        with regular_file(self._source) as reading:
            while chunk := await in_thread(_next, reading, digest.update, part):
                size += len(chunk)
                if stop.is_set():
                    raise Stopped
                if size >= self.blob.size:
                    self._check(size, digest.hexdigest())
                yield chunk
        self._check(size, digest.hexdigest())

    def _check(self, size: int, digest: str) -> None:
        if (size, digest) != (self.blob.size, self.blob.digest):
            raise FoundryError(
                f"{self._source.name!r} was changed while it was being stored; store it again",
                code="source_changed",
            )


def _next(reading: FileIO, look: Callable[[bytes], None], wanted: int) -> bytes:
    """The next bytes, as many as wanted unless the file ends."""
    found = bytearray()
    while len(found) < wanted and (chunk := reading.read(wanted - len(found))):
        found += chunk
    whole = bytes(found)
    look(whole)
    return whole
