"""The port to the object store: bytes under the SHA-256 of their content, immutable once there."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class StoredBlob:
    """digest: lower-case hex SHA-256. size: bytes."""

    digest: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ListedBlob:
    """An object as a listing shows it. digest: what its name says its content is. modified: when it
    was stored, UTC."""

    digest: str
    size: int
    modified: datetime


class BlobStore(Protocol):
    """Content-addressed, immutable objects. Putting the same bytes twice is one object."""

    async def put_file(self, source: Path, *, content_type: str | None = None) -> StoredBlob:
        """Durably store a local file (fsync before it becomes visible); the source is kept.

        content_type: what a browser that fetches the object by a link is told; not part of what
        the object is.
        """

    async def exists(self, digest: str) -> bool:
        """Whether the object is there."""

    async def size(self, digest: str) -> int:
        """Size in bytes. Raises NotFound."""

    def open(self, digest: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Stream bytes [start, end) in chunks. Raises NotFound."""

    def local_path(self, digest: str) -> AbstractAsyncContextManager[Path]:
        """A read-only local file with these bytes for as long as the context is open."""

    async def link(self, digest: str, *, seconds: int, filename: str | None = None) -> str | None:
        """An address from which anybody may read the object for `seconds`, ranges included; None
        where there is none and the API must hand the bytes over itself.

        filename: the name a download should get, where the store can say so.
        """

    def list(self) -> AsyncIterator[ListedBlob]:
        """Every object there is, in no order, without reading any."""

    async def delete(self, digest: str) -> None:
        """Remove the object; not there is fine."""

    async def check(self) -> None:
        """Raise with a clear reason when objects cannot be written and read back."""

    async def aclose(self) -> None:
        """Release connections and files."""
