"""A folder of local copies of remote objects: lent by hard link, capped in size, least recently
used first out. It knows files and digests, and nothing of where objects come from.

    folder/<digest>            whole, verified copies, read-only
    folder/own/<id>/           files of one running process: copies under way and loans
    folder/own/<id>.lock       locked for as long as that process lives

Any number of processes of one machine may share the folder. A loan is a name of its own for the
file, so neither eviction nor another process can take anything from its reader.
"""

import fcntl
import os
import shutil
import stat
import threading
import uuid
from contextlib import suppress
from hashlib import sha256
from io import FileIO
from pathlib import Path

from video_foundry.adapters.blobs.files import (
    UNLINKABLE,
    copy,
    explained,
    hashed,
    is_digest,
    new_file,
    reason,
    regular_file,
    write_all,
)
from video_foundry.errors import FoundryError
from video_foundry.ports.blobs import StoredBlob


class _Copy:
    """One kept file. used: when it was last lent or kept, in seconds since the epoch."""

    def __init__(self, path: Path, facts: os.stat_result) -> None:
        self.path = path
        self.size = facts.st_size
        self.used = facts.st_mtime
        self.is_lent = facts.st_nlink > 1


class BlobCache:
    """Local copies in `folder`, made when missing. All methods block: call them in threads.

    max_bytes: the most that kept copies may take together. Loans and copies under way come on
    top, also those of objects that do not fit at all. A file system without hard links keeps
    nothing, which costs downloads and nothing else.
    Raises FoundryError `disk_full` or `store_unavailable` with the reason.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._changing = threading.Lock()
        self._own: Path | None = None
        self._held = -1

    def new_path(self) -> Path:
        """A name for a file of this process, which it removes with `discard`."""
        with self._changing, explained("use the cache folder"):
            if self._own is None:
                self._own = self._open()
            return self._own / uuid.uuid4().hex

    def discard(self, own: Path) -> None:
        """Remove a file of this process; not there is fine."""
        with suppress(OSError):
            own.unlink(missing_ok=True)

    def copy_in(self, source: Path, own: Path, stop: threading.Event) -> tuple[StoredBlob, bool]:
        """Hash a file, copied to `own` on the way where it fits. A full disk costs the copy only.

        Returns what it is, and whether it was copied.

        Raises NotFound, BadInput for what is no regular file, and Stopped soon after `stop` is set.
        """
        with explained(f"read {source.name}"), regular_file(source) as reading:
            if os.fstat(reading.fileno()).st_size <= self._max_bytes:
                try:
                    return copy(reading, own, stop), True
                except OSError:
                    self.discard(own)
                    reading.seek(0)
            return hashed(reading, stop), False

    def lend(self, digest: str, own: Path) -> bool:
        """Make `own` a second name of the copy of an object; False when there is none."""
        kept = self._folder / digest
        try:
            if not stat.S_ISREG(kept.lstat().st_mode):
                return False
            os.link(kept, own, follow_symlinks=False)
            os.utime(own)
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno in UNLINKABLE:
                return False
            raise reason(error, "lend an object") from error
        return True

    def keep(self, own: Path, digest: str) -> bool:
        """Keep a whole, verified file of this process as the copy of an object, making room by
        giving up what was used longest ago. False when there is no room."""
        kept = self._folder / digest
        with self._changing, explained("keep a copy of an object"):
            if kept.exists():
                return True
            if not self._make_room(own.stat().st_size):
                return False
            try:
                os.link(own, kept)
            except FileExistsError:  # another process was quicker
                return True
            except OSError as error:
                if error.errno in UNLINKABLE:
                    return False
                raise
            return True

    def drop(self, digest: str) -> None:
        """Forget the copy of an object; its readers keep theirs."""
        with explained("remove a copy of an object"):
            (self._folder / digest).unlink(missing_ok=True)

    def clear(self) -> bool:
        """Give up every copy that nobody reads; False when that frees nothing."""
        with self._changing, explained("make room"):
            free = [found for found in self._copies() if not found.is_lent]
            for found in free:
                found.path.unlink(missing_ok=True)
            return bool(free)

    def close(self) -> None:
        """Remove this process's files. The copies stay for the next."""
        with self._changing:
            if self._own is None:
                return
            shutil.rmtree(self._own, ignore_errors=True)
            self._own.with_suffix(".lock").unlink(missing_ok=True)
            os.close(self._held)
            self._own = None

    def _make_room(self, size: int) -> bool:
        """Give up copies until `size` bytes more may be kept. What is being read stays: removing
        its name would free nothing. When that leaves too little, everything stays."""
        copies = sorted(self._copies(), key=lambda found: found.used)
        limit = self._max_bytes - size
        if sum(found.size for found in copies if found.is_lent) > limit:
            return False
        total = sum(found.size for found in copies)
        for oldest in (found for found in copies if not found.is_lent):
            if total <= limit:
                break
            oldest.path.unlink(missing_ok=True)
            total -= oldest.size
        return True

    def _copies(self) -> list[_Copy]:
        found = []
        with os.scandir(self._folder) as items:
            for item in items:
                with suppress(FileNotFoundError):
                    facts = item.stat(follow_symlinks=False)
                    if is_digest(item.name) and stat.S_ISREG(facts.st_mode):
                        found.append(_Copy(Path(item.path), facts))
        return found

    def _open(self) -> Path:
        """Make this process's folder, and remove those of processes that are gone."""
        above = self._folder / "own"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        above.mkdir(exist_ok=True)
        for lock in above.glob("*.lock"):
            _remove_if_dead(lock)
        while True:
            own = above / uuid.uuid4().hex
            if (held := _locked(own.with_suffix(".lock"))) is not None:
                self._held = held
                own.mkdir()
                return own


class Arrival:
    """A new file, hashed while it is being written. Its methods block.

    Raises FoundryError `disk_full` or `store_unavailable`.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._digest = sha256()
        self._writing: FileIO | None = None

    def open(self) -> None:
        """Make the file. Apart from making the object, so that whoever is called off meanwhile
        still has something to close."""
        with explained("keep a copy of an object"):
            self._writing = new_file(self._target)

    def write(self, content: memoryview) -> None:
        """The next bytes."""
        with explained("keep a copy of an object"):
            write_all(self._file.fileno(), content)
        self._digest.update(content)

    def finish(self) -> str:
        """Make it survive a crash; returns the digest of its bytes."""
        with explained("keep a copy of an object"):
            os.fsync(self._file.fileno())
        return self._digest.hexdigest()

    def close(self) -> None:
        """Close the file, which stays."""
        if self._writing is not None:
            self._writing.close()

    @property
    def _file(self) -> FileIO:
        if self._writing is None:
            raise ValueError("the file was not opened")
        return self._writing


def _locked(lock: Path) -> int | None:
    """A new lock file, held; None when another process took it for a dead one's."""
    held = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with suppress(OSError):
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(held).st_nlink == 1:
            return held
    os.close(held)
    return None


def _remove_if_dead(lock: Path) -> None:
    with suppress(OSError), lock.open("rb") as tried:
        fcntl.flock(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
        lock.unlink(missing_ok=True)


def damaged(digest: str, found: str) -> FoundryError:
    """The error for bytes that are not what their name says."""
    return FoundryError(
        f"object {digest} is damaged: its bytes have the digest {found}", code="object_damaged"
    )
