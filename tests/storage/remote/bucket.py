"""What the tests of remote storage share: opening stores, and looking behind their back."""

import resource
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import REGISTRY

from video_foundry.adapters.blobs.remote import RemoteBlobStore
from video_foundry.testing.stack.objects import S3Server

MIB = 1024 * 1024
CONTENT = bytes(range(256)) * 4099
Opener = Callable[..., RemoteBlobStore]
"""Makes a store; by name, what shall differ."""


def opener(server: S3Server, folder: str, cache: Path) -> Opener:
    """Opens stores on a folder of the server's bucket."""

    def opening(**changes: object) -> RemoteBlobStore:
        given = {
            "url": f"s3://{server.bucket}/{folder}",
            "cache": cache,
            "cache_max_bytes": 100 * MIB,
            "endpoint_url": server.url,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "patience": 5.0,
        }
        return RemoteBlobStore(**{**given, **changes})  # type: ignore[arg-type]  # tests name them

    return opening


def file_of(folder: Path, content: bytes) -> Path:
    """A new file."""
    path = folder / uuid.uuid4().hex
    path.write_bytes(content)
    return path


def key_of(store: RemoteBlobStore, digest: str) -> str:
    """Where the bucket has an object; the layout is a promise to those who look into it."""
    return f"{store.url.split('/', 3)[3]}/objects/{digest[:2]}/{digest[2:4]}/{digest}"


def copies_in(cache: Path) -> set[str]:
    """The digests of the copies that are kept."""
    return {path.name for path in cache.iterdir() if path.is_file()}


def loans_in(cache: Path) -> int:
    """Files that running processes hold."""
    return sum(1 for path in (cache / "own").rglob("*") if path.is_file() and not path.suffix)


def failures() -> float:
    """Failed calls to the object store, as counted."""
    name = "video_foundry_part_failures_total"
    return REGISTRY.get_sample_value(name, {"part": "objects"}) or 0.0


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """No file of this process may grow past `size` bytes, as on a disk that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
