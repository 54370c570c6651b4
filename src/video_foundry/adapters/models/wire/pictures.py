"""Reference pictures on their way to a provider: what kind they are, whether they fit, and as text
within a request. Uploading is the providers' own matter."""

from base64 import b64encode
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from video_foundry.errors import Rejected

_MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture file in memory. kind: its media type. what: what it is for, in words."""

    kind: str
    content: bytes = field(repr=False)
    what: str = "picture"

    @cached_property
    def base64(self) -> str:
        """The content as text."""
        return b64encode(self.content).decode()

    @cached_property
    def data_uri(self) -> str:
        """The whole picture as an address."""
        return f"data:{self.kind};base64,{self.base64}"

    @property
    def suffix(self) -> str:
        """How a file of this kind ends, such as `jpeg`."""
        return self.kind.partition("/")[2]

    @property
    def parameter(self) -> str:
        """What it is for as one word, such as `first_frame`."""
        return self.what.replace(" ", "_")

    @property
    def filename(self) -> str:
        """What to call the file, such as `first-frame.jpeg`."""
        return f"{self.what.replace(' ', '-')}.{self.suffix}"


def read_picture(path: Path, *, title: str, limit: int, what: str = "first frame") -> Picture:
    """A picture of at most `limit` bytes; blocks. Raises Rejected for another size or kind, with
    the code `first_frame_size` or `first_frame_type`."""
    size = path.stat().st_size
    word = what.replace(" ", "_")
    if size > limit:
        raise Rejected(
            f"{title} takes a {what} of at most {limit} bytes, this one has {size}",
            code=f"{word}_size",
        )
    content = path.read_bytes()
    kind = picture_type(content[:12])
    if kind is None:
        raise Rejected(
            f"{title} takes a {what} as JPEG, PNG or WebP, and this file is neither",
            code=f"{word}_type",
        )
    return Picture(kind=kind, content=content, what=what)


def picture_type(head: bytes) -> str | None:
    """The media type of a picture by its first 12 bytes; None for anything but PNG, JPEG, WebP."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return "image/webp" if is_webp else None
