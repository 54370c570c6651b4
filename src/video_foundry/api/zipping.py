"""Answers that are archives, made while they are sent: no more than a piece of one file is ever
held, and nothing is written to a disk. Stored, not squeezed: films do not get smaller."""

import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from video_foundry.ports.blobs import BlobStore


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An object of the store, under a path in the archive."""

    path: str
    digest: str


class _Passage(io.RawIOBase):
    """Takes what the archive writes, and gives it away. It cannot be rewound, so that the archive
    states each file's length after it."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        given, self._held = bytes(self._held), bytearray()
        return given


async def zipped(
    texts: Sequence[tuple[str, bytes]], files: Sequence[Stored], blobs: BlobStore
) -> AsyncIterator[bytes]:
    """An archive of texts by their paths, and of objects. Raises NotFound, in the midst of it, for
    an object that is gone."""
    passage = _Passage()
    with ZipFile(passage, "w", ZIP_STORED) as archive:
        for path, content in texts:
            archive.writestr(_entry(path), content)
        for file in files:
            with archive.open(_entry(file.path), "w", force_zip64=True) as target:
                async for piece in blobs.open(file.digest):
                    target.write(piece)
                    yield passage.taken()
    yield passage.taken()


def _entry(path: str) -> ZipInfo:
    """Without a time of its own, so that the same film is the same archive."""
    entry = ZipInfo(path)
    entry.external_attr = 0o644 << 16
    return entry
