"""Objects in a local folder, under the digest of their content; it knows bytes, never meaning.

    root/.video-foundry-objects     marker: this folder is ours (and the disk behind it is mounted)
    root/objects/ab/cd/<digest>     the objects, read-only, visible only when whole and durable
    root/tmp/                       copies under way and lent names; leftovers are swept at start

Folders are opened one level at a time without following symbolic links, so neither a digest nor a
link planted in the folder can lead outside of it. All file work is done in threads.
"""

import asyncio
import errno
import os
import stat
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from io import FileIO
from pathlib import Path
from threading import Event
from typing import TypeGuard

from video_foundry.adapters.blobs.files import (
    UNLINKABLE,
    check_range,
    copy,
    explained,
    folders_of,
    in_thread,
    is_digest,
    no_object,
    reason,
    regular_file,
    sync_folder,
    write_durably,
)
from video_foundry.errors import FoundryError, NotFound
from video_foundry.ports.blobs import ListedBlob, StoredBlob

MARKER = ".video-foundry-objects"
MARKER_TEXT = b"video-foundry objects, layout 1\n"
ORPHAN_AGE = 24 * 3600.0
"""Seconds after which a file in root/tmp belongs to a process that is gone."""

_STREAM_CHUNK = 256 * 1024
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LocalBlobStore:
    """A BlobStore in `root`, for every process of one machine (or of one shared POSIX folder).

    root: made when missing; it may itself be a symbolic link, to a bigger disk say.
    must_exist: refuse a folder without the marker even when it is empty, for callers who know that
    objects were stored before: an empty folder then is a disk that is not mounted.
    Raises FoundryError `disk_full`, `store_not_ours` or `store_unavailable` with the reason.
    """

    def __init__(self, root: Path, *, must_exist: bool = False) -> None:
        self._root = root
        self._must_exist = must_exist
        self._is_laid_out = False

    async def put_file(self, source: Path, *, content_type: str | None = None) -> StoredBlob:
        """Copy and hash `source` in one pass; nothing is left behind when it fails or
        is cancelled.

        content_type: not kept; who serves the object knows it.
        """
        stop = Event()
        return await in_thread(self._put, source, stop, stop=stop)

    async def exists(self, digest: str) -> bool:
        """Whether the object is there."""
        return await asyncio.to_thread(self._find, digest) is not None

    async def size(self, digest: str) -> int:
        """Size in bytes. Raises NotFound."""
        return await asyncio.to_thread(self._size, digest)

    async def open(
        self, digest: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Stream bytes [start, end), cut at the object's own end. Raises NotFound."""
        check_range(start, end)
        reading = await asyncio.to_thread(self._open, digest)
        with reading:
            position = start
            while end is None or position < end:
                wanted = _STREAM_CHUNK if end is None else min(_STREAM_CHUNK, end - position)
                chunk = await asyncio.to_thread(_read_at, reading, wanted, position)
                if not chunk:
                    return
                position += len(chunk)
                yield chunk

    @asynccontextmanager
    async def local_path(self, digest: str) -> AsyncIterator[Path]:
        """A read-only path that stays good until the context ends, even if the object is deleted.

        Raises NotFound.
        """
        lent = self._tmp / f"{uuid.uuid4().hex}.lent"
        try:
            yield await in_thread(self._lend, digest, lent)
        finally:
            await in_thread(partial(lent.unlink, missing_ok=True))

    async def link(self, digest: str, *, seconds: int, filename: str | None = None) -> str | None:
        """None: nobody but this machine can read the folder, so the API hands the bytes over."""
        folders_of(digest)
        return None

    async def list(self) -> AsyncIterator[ListedBlob]:
        """Every object, without reading any. Whatever else lies in the folder is passed over."""
        await asyncio.to_thread(self._lay_out)
        for first in await asyncio.to_thread(self._subfolders, "objects"):
            for second in await asyncio.to_thread(self._subfolders, "objects", first):
                for blob in await asyncio.to_thread(self._listed, first, second):
                    yield blob

    async def delete(self, digest: str) -> None:
        """Remove the object; not there is fine."""
        await asyncio.to_thread(self._delete, digest)

    async def check(self) -> None:
        """Write, read back and remove a small file. Raises with the reason when that fails."""
        await asyncio.to_thread(self._check)

    async def aclose(self) -> None:
        """Nothing is held open between two calls."""

    async def sweep(self, *, older_than: float = ORPHAN_AGE) -> int:
        """Remove what killed processes left in tmp, if untouched for `older_than` seconds.

        Returns the number of files removed. Meant for the start of a process.
        """
        return await asyncio.to_thread(self._sweep, older_than)

    @property
    def _tmp(self) -> Path:
        return self._root / "tmp"

    # Everything below runs in a thread.

    def _put(self, source: Path, stop: Event) -> StoredBlob:
        self._lay_out()
        with explained(f"store {source.name}"), regular_file(source) as reading:
            temporary = self._tmp / f"{uuid.uuid4().hex}.part"
            try:
                blob = copy(reading, temporary, stop)
                self._publish(temporary, blob)
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            return blob

    def _publish(self, temporary: Path, blob: StoredBlob) -> None:
        """Give the finished copy its name. A whole object already there stays as it is."""
        with self._folder(blob.digest, create=True) as folder:
            there = _lstat(blob.digest, folder)
            if not _is_object(there) or there.st_size != blob.size:
                os.rename(temporary, blob.digest, dst_dir_fd=folder)
            # Also for an object that another writer has just renamed and not yet synced.
            os.fsync(folder)

    def _open(self, digest: str) -> FileIO:
        """The object's file, which must be regular. Raises NotFound.

        A file object, so that it closes itself when a cancelled caller no longer takes it.
        """
        with explained("read an object"):
            try:
                with self._folder(digest) as folder:
                    fd = os.open(digest, _READ_FLAGS, dir_fd=folder)
            except (FileNotFoundError, NotADirectoryError):
                raise no_object(digest) from None
            except OSError as error:
                if error.errno == errno.ELOOP:
                    raise no_object(digest) from None
                raise
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise no_object(digest)
        return FileIO(fd, "rb")

    def _find(self, digest: str) -> int | None:
        """The object's size, or None."""
        try:
            with self._open(digest) as found:
                return os.fstat(found.fileno()).st_size
        except NotFound:
            return None

    def _size(self, digest: str) -> int:
        size = self._find(digest)
        if size is None:
            raise no_object(digest)
        return size

    def _lend(self, digest: str, lent: Path) -> Path:
        """`lent` as a second name for the file, so that deleting the object takes nothing from the
        reader.

        Where the file system has no hard links it is the object's own path.
        """
        self._size(digest)
        self._lay_out()
        try:
            with self._folder(digest) as folder:
                os.link(digest, lent, src_dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            raise no_object(digest) from None
        except OSError as error:
            if error.errno in UNLINKABLE:
                return self._root.joinpath(*folders_of(digest), digest)
            raise reason(error, "lend an object") from error
        return lent

    def _delete(self, digest: str) -> None:
        with (
            explained("delete an object"),
            suppress(FileNotFoundError, NotADirectoryError),
            self._folder(digest) as folder,
        ):
            os.unlink(digest, dir_fd=folder)
            os.fsync(folder)

    def _check(self) -> None:
        self._is_laid_out = False
        self._lay_out()
        probe = self._tmp / f"{uuid.uuid4().hex}.probe"
        content = os.urandom(64)
        with explained("write and read back a file"):
            try:
                write_durably(probe, content)
                if probe.read_bytes() != content:
                    raise FoundryError(
                        f"the object folder {self._root} gives back other bytes than were written",
                        code="store_unavailable",
                    )
            finally:
                with suppress(OSError):
                    probe.unlink(missing_ok=True)

    def _sweep(self, older_than: float) -> int:
        """By change time: it moves with every write and every new name, so it never ages early."""
        self._lay_out()
        oldest = time.time() - older_than
        removed = 0
        with explained("sweep leftovers"), os.scandir(self._tmp) as found:
            for item in found:
                if item.is_dir(follow_symlinks=False):
                    continue
                with suppress(FileNotFoundError):
                    if item.stat(follow_symlinks=False).st_ctime < oldest:
                        Path(item.path).unlink()
                        removed += 1
        return removed

    def _lay_out(self) -> None:
        """Make the folders on first use, after making sure that the root is ours."""
        if self._is_laid_out:
            return
        with explained("open the object folder"):
            self._root.mkdir(parents=True, exist_ok=True)
            self._claim_root()
            for name in ("objects", "tmp"):
                (self._root / name).mkdir(exist_ok=True)
            sync_folder(self._root)
        self._is_laid_out = True

    def _claim_root(self) -> None:
        marker = self._root / MARKER
        if not marker.exists():
            self._refuse_foreign_root()
            with suppress(FileExistsError):  # another process of ours was quicker
                write_durably(marker, MARKER_TEXT)
            return
        # An empty marker is one that another process of ours is writing now.
        if marker.read_bytes() not in (MARKER_TEXT, b""):
            raise self._not_ours(f"its {MARKER} was written by another version")

    def _refuse_foreign_root(self) -> None:
        if self._must_exist:
            raise self._not_ours(f"{MARKER} is missing; is its disk mounted?")
        strangers = {p.name for p in self._root.iterdir()} - {"lost+found", MARKER}
        if strangers:
            raise self._not_ours(f"it holds other things, such as {min(strangers)!r}")

    def _not_ours(self, reason: str) -> FoundryError:
        return FoundryError(
            f"{self._root} is not an object folder of Video Foundry: {reason}",
            code="store_not_ours",
        )

    def _subfolders(self, *above: str) -> tuple[str, ...]:
        with explained("list the objects"), self._descended(above) as fd, os.scandir(fd) as found:
            return tuple(item.name for item in found if item.is_dir(follow_symlinks=False))

    def _listed(self, first: str, second: str) -> tuple[ListedBlob, ...]:
        above = ("objects", first, second)
        with explained("list the objects"), self._descended(above) as fd, os.scandir(fd) as found:
            names = [item.name for item in found if is_digest(item.name)]
            mine = [name for name in names if folders_of(name) == above]
            facts = [(name, _lstat(name, fd)) for name in mine]
        return tuple(_as_listed(name, fact) for name, fact in facts if _is_object(fact))

    @contextmanager
    def _folder(self, digest: str, *, create: bool = False) -> Iterator[int]:
        """A descriptor of the folder that holds `digest`. Raises FileNotFoundError."""
        with self._descended(folders_of(digest), create=create) as fd:
            yield fd

    @contextmanager
    def _descended(self, names: tuple[str, ...], *, create: bool = False) -> Iterator[int]:
        """A descriptor of a folder below the root. Raises FileNotFoundError."""
        fd = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for name in names:
                parent, fd = fd, _step_into(fd, name, create=create and name != "objects")
                os.close(parent)
            yield fd
        finally:
            os.close(fd)


def _is_object(facts: os.stat_result | None) -> TypeGuard[os.stat_result]:
    return facts is not None and stat.S_ISREG(facts.st_mode)


def _as_listed(name: str, facts: os.stat_result) -> ListedBlob:
    modified = datetime.fromtimestamp(facts.st_mtime, UTC)
    return ListedBlob(digest=name, size=facts.st_size, modified=modified)


def _step_into(parent: int, name: str, *, create: bool) -> int:
    try:
        return os.open(name, _FOLDER_FLAGS, dir_fd=parent)
    except FileNotFoundError:
        if not create:
            raise
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent)
    os.fsync(parent)
    return os.open(name, _FOLDER_FLAGS, dir_fd=parent)


def _read_at(reading: FileIO, wanted: int, position: int) -> bytes:
    return os.pread(reading.fileno(), wanted, position)


def _lstat(name: str, folder: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
