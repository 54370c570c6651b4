"""Serving stored bytes: ranges, validators, safe headers."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from video_foundry.api.problems import problem
from video_foundry.ports.blobs import BlobStore

SANDBOX = "default-src 'none'; sandbox"
"""Media opened as a page may do nothing at all."""
LINK_SECONDS = 6 * 3600
"""How long a link into the object store is good: a film that was paused must go on."""
LINK_KEPT_SECONDS = 300
"""How long a browser may use a link again without asking."""


async def blob_response(
    request: Request,
    blobs: BlobStore,
    digest: str,
    content_type: str,
    *,
    download_as: str | None = None,
    may_link: bool = True,
) -> Response:
    """Answer with an object, or the single byte range asked for; or, where the store can be read by
    browsers, with the way to it. Content never changes under a digest, so browsers may keep it for
    ever.

    may_link: False for what is so small that a second way costs more than it saves.
    Raises NotFound for an object that is gone, before anything is answered.
    """
    size = await blobs.size(digest)
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{digest}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": SANDBOX,
        "Content-Disposition": _disposition(download_as),
    }
    if _is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    # A HEAD is answered here: it would need an address signed for it.
    if may_link and request.method == "GET":
        address = await blobs.link(digest, seconds=LINK_SECONDS, filename=download_as)
        if address is not None:
            return _elsewhere(address)
    wanted = _range(request, size, headers["ETag"])
    if wanted is None:
        return problem(
            416,
            "range_not_satisfiable",
            f"the file has {size} bytes; ask for a range inside it",
            headers={"Content-Range": f"bytes */{size}"},
        )
    start, end, status = wanted
    headers["Content-Length"] = str(end - start)
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    body = _nothing() if request.method == "HEAD" else blobs.open(digest, start=start, end=end)
    return StreamingResponse(body, status_code=status, headers=headers, media_type=content_type)


def _elsewhere(address: str) -> Response:
    """The way to the store itself, which knows ranges."""
    kept = {"Cache-Control": f"private, max-age={LINK_KEPT_SECONDS}"}
    return RedirectResponse(address, status_code=307, headers=kept)


async def _nothing() -> AsyncIterator[bytes]:
    for _ in range(0):
        yield b""


def _is_known(if_none_match: str, etag: str) -> bool:
    """Whether the caller says that it has this version already."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]


def _disposition(download_as: str | None) -> str:
    return "inline" if download_as is None else attachment(download_as)


def attachment(name: str) -> str:
    """The header that has a browser keep an answer under a name."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def file_name(title: str) -> str:
    """A project's title as the name of a file, without its extension."""
    return re.sub(r"[^\w\- ]+", "", title).strip()[:80] or "film"


def _range(request: Request, size: int, etag: str) -> tuple[int, int, int] | None:
    """(start, end, status) of what to send; None for a range outside the file. Several ranges, or
    a range of another version (If-Range), are answered with the whole."""
    header = request.headers.get("range", "").lower()
    if not header.startswith("bytes=") or "," in header:
        return 0, size, 200
    if request.headers.get("if-range") not in (None, etag):
        return 0, size, 200
    first, dash, last = header.removeprefix("bytes=").strip().partition("-")
    if not dash or not (first + last).isascii() or not (first + last).isdigit():
        return 0, size, 200
    if len(first) > 18 or len(last) > 18:
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    return (start, end, 206) if start < end <= size else None
