"""The port to the object store: bytes under the SHA-256 of their content, immutable once there."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class StoredBlob:
    """digest: lower-case hex SHA-256. size: bytes."""

    digest: str
    size: int


class BlobStore(Protocol):
    """Content-addressed, immutable objects. Putting the same bytes twice is one object."""

    async def put_file(self, source: Path) -> StoredBlob:
        """Durably store a local file (fsync before it becomes visible); the source is kept."""

    async def exists(self, digest: str) -> bool:
        """Whether the object is there."""

    async def size(self, digest: str) -> int:
        """Size in bytes. Raises NotFound."""

    def open(self, digest: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Stream bytes [start, end) in chunks. Raises NotFound."""

    def local_path(self, digest: str) -> AbstractAsyncContextManager[Path]:
        """A read-only local file with these bytes for as long as the context is open."""

    async def delete(self, digest: str) -> None:
        """Remove the object; not there is fine."""

    async def check(self) -> None:
        """Raise with a clear reason when objects cannot be written and read back."""
