"""The parameter sets of H.264 (ITU-T H.264, 7.3.2): what of them a film must know, bit by bit, and
how a sample entry holds them. Decodes no picture."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed, box

SLICE, IDR, SEI, SPS, PPS, DELIMITER, FILLER = 1, 5, 6, 7, 8, 9, 12
"""Kinds of units."""

_HIGH = 100
_FULL_CHROMA = frozenset((100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135))
"""Profiles whose sequence parameter sets say how colour is stored."""

_MARGINS = {1: (2, 2), 2: (2, 1)}
"""Pixels across and down in which margins are counted where colour is smaller."""

_OTHER_ASPECT = 255
_MOST_BYTES = 1024
"""Of one parameter set; real ones have fifty at most."""


@dataclass(frozen=True, kw_only=True)
class Sets:
    """The parameter sets that a run of pictures is decoded with, one sequence's and the pictures'.

    As units, without start codes and lengths.
    """

    sequence: bytes
    pictures: tuple[bytes, ...]

    @property
    def units(self) -> tuple[bytes, ...]:
        """All of them, in the order in which they stand before a picture."""
        return (self.sequence, *self.pictures)

    @property
    def in_samples(self) -> bytes:
        """As they stand within a sample, each behind its length."""
        return b"".join(struct.pack(">I", len(unit)) + unit for unit in self.units)


@dataclass(frozen=True, kw_only=True)
class Sequence264:
    """What a sequence parameter set says.

    profile, constraints, level: the numbers. size: pixels, margins cut off. colour: primaries,
    transfer, matrix (2: not told). reorder: pictures that may precede one in decoding and follow it
    in display; None: not told.
    """

    profile: int
    constraints: int
    level: int
    is_yuv420p: bool
    size: tuple[int, int]
    is_progressive: bool
    is_square: bool
    is_full_range: bool
    colour: tuple[int, int, int]
    reorder: int | None


# --- sample entries -------------------------------------------------------------------------------


def read_configuration(data: bytes) -> tuple[int, Sets | None]:
    """Of an avcC box's content: bytes of a unit's length, and the sets; None where samples have
    them. Raises Malformed."""
    if len(data) < 7 or data[0] != 1:
        raise Malformed("its decoder configuration is of no known kind")
    at, kinds = 5, []
    for mask in (0x1F, 0xFF):
        count, at = _byte(data, at) & mask, at + 1
        units = []
        for _ in range(count):
            (length,) = struct.unpack_from(">H", _room(data, at, 2), at)
            units.append(_room(data, at + 2, length)[at + 2 : at + 2 + length])
            at += 2 + length
        kinds.append(units)
    sequences, pictures = kinds
    return (data[4] & 3) + 1, one_set(sequences, pictures)


def one_set(sequences: Sequence[bytes], pictures: Sequence[bytes]) -> Sets | None:
    """Raises Malformed for more than one sequence, and for too much to be true."""
    if not sequences and not pictures:
        return None
    if len(set(sequences)) != 1 or not pictures:
        raise Malformed("it has not just one sequence parameter set with its pictures'")
    found = Sets(sequence=sequences[0], pictures=tuple(dict.fromkeys(pictures)))
    if len(found.pictures) > 16 or any(not 2 <= len(unit) <= _MOST_BYTES for unit in found.units):
        raise Malformed("its parameter sets are not of a usual size")
    return found


def _byte(data: bytes, at: int) -> int:
    return _room(data, at, 1)[at]


def _room(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise Malformed("its decoder configuration is cut off")
    return data


def written_configuration(sets: Sets, others: Sequence[Sets]) -> bytes:
    """The avcC box of a track that begins with `sets`; its profile and level suffice for `others`,
    which stand in the samples."""
    told = [read_sequence(one.sequence) for one in (sets, *others)]
    profile = max(one.profile for one in told)
    constraints = 0xFF
    for one in told:
        constraints &= one.constraints if one.profile == profile else 0
    parts = [bytes((1, profile, constraints, max(one.level for one in told), 0xFF, 0xE1))]
    parts.append(struct.pack(">H", len(sets.sequence)) + sets.sequence)
    parts.append(bytes((len(sets.pictures),)))
    parts += [struct.pack(">H", len(unit)) + unit for unit in sets.pictures]
    if profile >= _HIGH:
        parts.append(bytes((0xFC | 1, 0xF8, 0xF8, 0)))  # 4:2:0, eight bits, no extensions
    return box(b"avcC", *parts)


# --- units in samples -----------------------------------------------------------------------------


def units_of(sample: bytes) -> Iterator[bytes]:
    """The units of a sample, each behind a length of four bytes. Raises Malformed."""
    at = 0
    while at < len(sample):
        if at + 5 > len(sample):
            raise Malformed("a sample of it is not made of units")
        (length,) = struct.unpack_from(">I", sample, at)
        if not 0 < length <= len(sample) - at - 4:
            raise Malformed("a sample of it is not made of units")
        yield sample[at + 4 : at + 4 + length]
        at += 4 + length


def kind_of(unit: bytes) -> int:
    """Which kind of unit it is."""
    return unit[0] & 31


def messages_of(unit: bytes) -> Iterator[int]:
    """The types of the messages in an SEI unit."""
    data = without_guards(unit)[1:]
    at = 0
    while at + 2 <= len(data) and data[at:] != b"\x80":
        kind, at = _long_byte(data, at)
        length, at = _long_byte(data, at)
        yield kind
        at += length


def _long_byte(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    while at < len(data) and data[at] == 0xFF:
        value, at = value + 255, at + 1
    return value + (data[at] if at < len(data) else 0), at + 1


def without_guards(unit: bytes) -> bytes:
    """A unit's content: without the threes that keep start codes from showing up in it."""
    return unit.replace(b"\0\0\3", b"\0\0")


# --- bits -----------------------------------------------------------------------------------------


class _Bits:
    """Reads numbers of so many bits, and of Golomb's code. Raises Malformed at the end."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data), 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise Malformed("a parameter set of it is cut off")
        self._left -= count
        return self._value >> self._left & (1 << count) - 1

    def flag(self) -> bool:
        return bool(self.take(1))

    def unsigned(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise Malformed("a parameter set of it makes no sense")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        value = self.unsigned()
        return (value + 1) // 2 if value % 2 else -(value // 2)


def read_sequence(unit: bytes) -> Sequence264:
    """Raises Malformed for what is no sequence parameter set."""
    if not unit or kind_of(unit) != SPS:
        raise Malformed("its sequence parameter set is none")
    bits = _Bits(without_guards(unit)[1:])
    profile, constraints, level = (bits.take(8) for _ in range(3))
    bits.unsigned()  # its number
    chroma, is_plain = _chroma(bits) if profile in _FULL_CHROMA else (1, True)
    bits.unsigned()  # frame numbers wrap
    _order(bits)
    bits.unsigned()  # references
    bits.take(1)  # gaps
    size, is_progressive = _size(bits, _MARGINS.get(chroma, (1, 1)))
    shown = _shown(bits) if bits.flag() else _UNTOLD
    return Sequence264(
        profile=profile,
        constraints=constraints,
        level=level,
        is_yuv420p=is_plain and chroma == 1,
        size=size,
        is_progressive=is_progressive,
        is_square=shown.is_square,
        is_full_range=shown.is_full_range,
        colour=shown.colour,
        reorder=shown.reorder,
    )


def _chroma(bits: _Bits) -> tuple[int, bool]:
    """How large colour is, and whether everything has eight bits."""
    chroma = bits.unsigned()
    if chroma == 3:
        bits.take(1)  # planes apart
    depths = bits.unsigned(), bits.unsigned()
    is_lossless = bits.flag()
    if bits.flag():
        for number in range(8 if chroma != 3 else 12):
            if bits.flag():
                _scaling_list(bits, 16 if number < 6 else 64)
    return chroma, depths == (0, 0) and not is_lossless


def _scaling_list(bits: _Bits, count: int) -> None:
    scale = 8
    for _ in range(count):
        if scale:
            scale = (scale + bits.signed()) % 256


def _order(bits: _Bits) -> None:
    """How display order is told."""
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()


def _size(bits: _Bits, unit: tuple[int, int]) -> tuple[tuple[int, int], bool]:
    """Width and height, and whether there are whole frames alone. unit: of the margins."""
    width, height = 16 * (bits.unsigned() + 1), 16 * (bits.unsigned() + 1)
    is_progressive = bits.flag()
    if not is_progressive:
        height *= 2
        bits.take(1)
    bits.take(1)  # inference of motion
    if bits.flag():
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        width -= unit[0] * (left + right)
        height -= unit[1] * (top + bottom) * (1 if is_progressive else 2)
    return (width, height), is_progressive


@dataclass(frozen=True, kw_only=True)
class _Shown:
    is_square: bool = True
    is_full_range: bool = False
    colour: tuple[int, int, int] = (2, 2, 2)
    reorder: int | None = None


_UNTOLD = _Shown()


def _shown(bits: _Bits) -> _Shown:
    """What is said of how to show it (annex E)."""
    is_square = _aspect(bits) if bits.flag() else True
    if bits.flag():
        bits.take(1)  # overscan
    is_full_range, colour = _colour(bits) if bits.flag() else (False, (2, 2, 2))
    if bits.flag():  # where colour lies between the rows
        bits.unsigned()
        bits.unsigned()
    if bits.flag():  # its clock, which containers overrule
        bits.take(65)
    models = 0
    for _ in range(2):
        if bits.flag():
            _buffer_model(bits)
            models += 1
    if models:
        bits.take(1)
    bits.take(1)  # structure of pictures
    reorder = _reorder(bits) if bits.flag() else None
    return _Shown(is_square=is_square, is_full_range=is_full_range, colour=colour, reorder=reorder)


def _aspect(bits: _Bits) -> bool:
    kind = bits.take(8)
    if kind != _OTHER_ASPECT:
        return kind in (0, 1)
    width, height = bits.take(16), bits.take(16)
    return width == height or not width or not height


def _colour(bits: _Bits) -> tuple[bool, tuple[int, int, int]]:
    bits.take(3)  # where the picture comes from
    is_full_range = bits.flag()
    if not bits.flag():
        return is_full_range, (2, 2, 2)
    return is_full_range, (bits.take(8), bits.take(8), bits.take(8))


def _buffer_model(bits: _Bits) -> None:
    count = bits.unsigned() + 1
    bits.take(8)
    for _ in range(min(count, 32)):
        bits.unsigned()
        bits.unsigned()
        bits.take(1)
    bits.take(20)


def _reorder(bits: _Bits) -> int:
    bits.take(1)
    for _ in range(4):
        bits.unsigned()
    return bits.unsigned()
