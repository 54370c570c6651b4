"""The port to the open network: the only way a URL that somebody else chose is ever fetched."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Fetcher(Protocol):
    """Guarded downloads: public addresses only unless allowed by name, redirects re-checked."""

    async def download(
        self, url: str, target: Path, *, headers: Mapping[str, str] | None = None
    ) -> int:
        """Stream the body to `target`, return its size in bytes. Raises FetchRefused when the
        address, a redirect, the size or the time breaks a limit, and Unavailable when the server
        cannot be reached now (trying again later is fine)."""
