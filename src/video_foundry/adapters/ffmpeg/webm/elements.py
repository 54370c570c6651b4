"""EBML (RFC 8794), as far as writing WebM needs it: numbers of few bytes, elements around them."""

import struct

SEGMENT = 0x18538067
CLUSTER = 0x1F43B675
CUES = 0x1C53BB6B
INFO = 0x1549A966
TRACKS = 0x1654AE6B

_LONG = 8
"""Bytes of a number whose size must be known before the number is."""


def size_of(length: int) -> bytes:
    """The length of an element's content, in as few bytes as hold it."""
    width = max(1, -(-(length + 1).bit_length() // 7))
    return (length | 1 << 7 * width).to_bytes(width)


def element(name: int, *content: bytes) -> bytes:
    """An element."""
    body = b"".join(content)
    return head(name, len(body)) + body


def head(name: int, length: int) -> bytes:
    """What stands before the content of an element."""
    return name.to_bytes(-(-name.bit_length() // 8)) + size_of(length)


def number(name: int, value: int) -> bytes:
    """A whole number, not negative."""
    return element(name, value.to_bytes(max(1, -(-value.bit_length() // 8))))


def long_number(name: int, value: int) -> bytes:
    """The same, always of one size."""
    return element(name, value.to_bytes(_LONG))


def signed(name: int, value: int) -> bytes:
    """A whole number with a sign."""
    return element(name, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def real(name: int, value: float) -> bytes:
    """A floating-point number."""
    return element(name, struct.pack(">d", value))


def text(name: int, value: str) -> bytes:
    """ASCII text, and what names are written in."""
    return element(name, value.encode())
