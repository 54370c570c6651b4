"""Taking an uploaded file out of its form as it comes, straight to where it is wanted: a body of
gigabytes passes through no temporary folder, which may be a small one in memory."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from fastapi import HTTPException, Request
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from video_foundry.errors import BadInput

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

WRITE_BYTES = 1024 * 1024
"""Bytes that are written together."""
FORM_LINES = 64 * 1024
"""Bytes that a form may have beside its file."""
LONGEST_HEADER = 8 * 1024


async def receive_file(request: Request, target: Path, *, limit: int) -> str | None:
    """Write the field `file` of a multipart form to `target`; returns what its sender calls it.

    limit: bytes of the largest file. Raises BadInput, and HTTPException for a form that is none.
    """
    form = _Form(_boundary(request))
    async with await anyio.open_file(target, "wb") as writing:
        waiting = bytearray()
        async for chunk in _capped(request, limit):
            waiting += form.feed(chunk)
            if len(waiting) >= WRITE_BYTES:
                await writing.write(bytes(waiting))
                waiting.clear()
        await writing.write(bytes(waiting))
    if not form.has_file:
        raise BadInput("there is no file", field="file", fix="attach a file")
    if not form.is_over:
        raise _no_form("it ends too early")
    return form.filename


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        raise BadInput(
            "an upload is a multipart form with one field `file`",
            field="file",
            fix="send it as multipart/form-data",
            code="not_multipart",
        )
    if not options.get(b"boundary"):
        raise _no_form("its boundary is missing")
    return options[b"boundary"]


async def _capped(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body, which ends with an error as soon as it is too large."""
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > limit + FORM_LINES:
            raise BadInput(
                f"the file is larger than {limit} bytes",
                field="file",
                fix="make it smaller, or raise VIDEO_FOUNDRY_UPLOAD_MAX_BYTES",
                code="too_large",
            )
        yield chunk


class _Form:
    """Takes one form apart. What is in it beside the one file is passed over.

    filename: what the file is called by its sender. is_over: the form's last line has come.
    """

    def __init__(self, boundary: bytes) -> None:
        self.filename: str | None = None
        self.has_file = False
        self.is_over = False
        self._is_in_file = False
        self._files = 0
        self._name, self._value, self._disposition = b"", b"", b""
        self._taken: list[bytes] = []
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._over,
        }
        try:
            self._parser = MultipartParser(boundary, callbacks)
        except FormParserError as error:
            raise _no_form("its boundary is too long") from error

    def feed(self, chunk: bytes) -> bytes:
        """The file's bytes within the next piece of the body. Raises HTTPException."""
        self._taken.clear()
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _no_form("it cannot be read") from error
        return b"".join(self._taken)

    def _begin(self) -> None:
        self._disposition = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name = _longer(self._name, data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value = _longer(self._value, data[start:end])

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise _no_form("a field has no name")
        filename = options.get(b"filename")
        if filename is None:
            return
        self._files += 1
        if self._files > 1:
            raise _no_form("it has more than one file")
        if options[b"name"] == b"file":
            self.has_file = self._is_in_file = True
            self.filename = filename.decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_in_file:
            self._taken.append(data[start:end])

    def _end(self) -> None:
        self._is_in_file = False

    def _over(self) -> None:
        self.is_over = True


def _longer(text: bytes, more: bytes) -> bytes:
    if len(text) + len(more) > LONGEST_HEADER:
        raise _no_form("a header is too long")
    return text + more


def _no_form(why: str) -> HTTPException:
    return HTTPException(400, f"this is no form that can be read: {why}")
