"""What object stores that touch local files share: digests as names, files copied durably, the
system's errors in our words. No store and no layout lives here."""

import asyncio
import errno
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from video_foundry.errors import BadInput, FoundryError, NotFound
from video_foundry.ports.blobs import StoredBlob

COPY_CHUNK = 1024 * 1024
UNLINKABLE = frozenset({errno.EMLINK, errno.EPERM, errno.ENOTSUP, errno.EXDEV})
"""What a file system says that has no hard links (to spare)."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_Given = TypeVarTuple("_Given")
_Result = TypeVar("_Result")


class Stopped(Exception):
    """Somebody asked for the work to be given up; seen by nobody but the one who asked."""


def is_digest(name: str) -> bool:
    """Whether this can be the name of an object: 64 lower-case hex digits."""
    return _DIGEST.match(name) is not None


def folders_of(digest: str) -> tuple[str, str, str]:
    """The folders in which a digest lives. Raises BadInput for what is no digest."""
    if not isinstance(digest, str) or not is_digest(digest):
        raise BadInput(
            "an object is named by 64 lower-case hex digits",
            field="digest",
            fix="give the SHA-256 of its content",
            code="bad_digest",
        )
    return "objects", digest[:2], digest[2:4]


def no_object(digest: str) -> NotFound:
    """The error for an object that is not there."""
    return NotFound(f"there is no object {digest}", code="no_such_object")


def check_range(start: int, end: int | None) -> None:
    """Raise ValueError unless bytes [start, end) are a range."""
    if start < 0 or (end is not None and end < start):
        raise ValueError(f"bytes [{start}, {end}) are no range")


@contextmanager
def regular_file(source: Path) -> Iterator[FileIO]:
    """Open for reading without ever hanging on a pipe.

    Raises NotFound, and BadInput for what is no regular file.
    """
    try:
        fd = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound(f"there is no file {source.name!r}", code="no_such_file") from None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise BadInput(f"{source.name!r} is not a regular file", code="not_a_file")
    with FileIO(fd, "rb") as reading:
        yield reading


def new_file(target: Path) -> FileIO:
    """A file that was not there before, open for writing; everybody else may only read it."""
    return FileIO(os.open(target, _WRITE_FLAGS, 0o444), "wb")


def copy(reading: FileIO, target: Path, stop: threading.Event | None = None) -> StoredBlob:
    """Copy what is left of an open file into a new one, hashed on the way and synced.

    Raises Stopped soon after `stop` is set.
    """
    with new_file(target) as writing:
        blob = hashed(reading, stop, lambda chunk: write_all(writing.fileno(), chunk))
        os.fsync(writing.fileno())
    return blob


def hashed(
    reading: FileIO,
    stop: threading.Event | None = None,
    use: Callable[[bytes], None] | None = None,
) -> StoredBlob:
    """What the rest of an open file would be as an object; `use` is shown its bytes.

    Raises Stopped soon after `stop` is set.
    """
    digest, size = sha256(), 0
    while chunk := reading.read(COPY_CHUNK):
        if stop is not None and stop.is_set():
            raise Stopped
        digest.update(chunk)
        size += len(chunk)
        if use is not None:
            use(chunk)
    return StoredBlob(digest=digest.hexdigest(), size=size)


def write_all(fd: int, content: bytes | memoryview) -> None:
    """os.write may write less than asked, which on a nearly full disk it does."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]


def write_durably(path: Path, content: bytes) -> None:
    """A new small file that survives a crash from here on."""
    with new_file(path) as writing:
        write_all(writing.fileno(), content)
        os.fsync(writing.fileno())
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a crash."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn the system's errors into ours, with what was being done."""
    try:
        yield
    except OSError as error:
        raise reason(error, doing) from error


def reason(error: OSError, doing: str) -> FoundryError:
    """One of the system's errors in our words: `disk_full` or `store_unavailable`."""
    if error.errno in _FULL:
        return FoundryError(
            f"could not {doing}: its disk is full. Free some space",
            code="disk_full",
        )
    detail = error.strerror or type(error).__name__
    return FoundryError(f"could not {doing}: {detail}", code="store_unavailable")


async def in_thread(
    work: Callable[[*_Given], _Result], *given: *_Given, stop: threading.Event | None = None
) -> _Result:
    """asyncio.to_thread, but a cancelled caller waits until the thread is done with the files that
    it is about to close or remove.

    stop: set when the caller is cancelled, for work that is long.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work, *given))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if stop is not None:
            stop.set()
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # nobody will ask for it any more
        raise
