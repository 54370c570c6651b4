"""A film's frames and packets as WebM's blocks, in the order of their times, in clusters that each
begin with a key frame. One cluster at a time is in memory."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from pathlib import Path
from typing import NamedTuple

from video_foundry.adapters.ffmpeg.mp4.tracks import Inputs, PictureTrack, SoundTrack
from video_foundry.adapters.ffmpeg.mp4.words import TextTrack
from video_foundry.adapters.ffmpeg.webm.elements import CLUSTER, head, number, signed, size_of

TICKS = 1000
"""A second; all players know it, and some know nothing else."""

LONGEST = 30_000
"""Ticks of a cluster: the time of a block within it has 16 bits and a sign."""

PICTURE, SOUND, TEXT = 1, 2, 3
"""The numbers of the tracks; text is the third and all that follow."""

_TIMESTAMP, _SIMPLE_BLOCK, _GROUP, _BLOCK, _PADDING = 0xE7, 0xA3, 0xA0, 0xA1, 0x75A2
_DURATION = 0x9B
_KEY = 0x80
_OWN = 4
"""Bytes of a block before its content."""

_NANOSECONDS = 10**9


class Block(NamedTuple):
    """One frame or packet. time: ticks. padding: nanoseconds at its end that are not heard.
    duration: ticks, where that is not for the track to say."""

    time: int
    track: int
    is_key: bool
    path: Path
    offset: int
    size: int
    padding: int = 0
    duration: int = 0

    @property
    def is_grouped(self) -> bool:
        """Whether more is to be said of it than fits into a simple block."""
        return bool(self.padding or self.duration)

    @property
    def written_size(self) -> int:
        """Bytes that it takes in a cluster."""
        if self.is_grouped:
            return len(self.before(self.time)) + self.size + len(self.after())
        inside = _OWN + self.size
        return 1 + len(size_of(inside)) + inside

    def before(self, cluster: int) -> bytes:
        """What stands in the file before its bytes, in a cluster that begins at a time."""
        flags = _KEY if self.is_key and not self.is_grouped else 0
        own = struct.pack(">BhB", 0x80 | self.track, self.time - cluster, flags)
        if not self.is_grouped:
            return head(_SIMPLE_BLOCK, _OWN + self.size) + own
        inner = head(_BLOCK, _OWN + self.size) + own
        return head(_GROUP, len(inner) + self.size + len(self.after())) + inner

    def after(self) -> bytes:
        """What stands behind them."""
        lasts = number(_DURATION, self.duration) if self.duration else b""
        return lasts + (signed(_PADDING, self.padding) if self.padding else b"")


@dataclass(kw_only=True, slots=True)
class Cluster:
    """Blocks from one key frame to the next. time: ticks of the first. inside: bytes of them."""

    time: int
    is_key: bool
    inside: int = 0
    blocks: list[Block] = field(default_factory=list)

    def take(self, block: Block) -> None:
        """One more, later than all before."""
        self.blocks.append(block)
        self.inside += block.written_size

    @property
    def head(self) -> bytes:
        """The element's beginning, up to the first block."""
        time = number(_TIMESTAMP, self.time)
        return head(CLUSTER, len(time) + self.inside) + time

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return len(self.head) + self.inside

    def written(self, inputs: Inputs) -> bytes:
        """All of it. Raises Malformed when an input is too short, and OSError."""
        parts = [self.head]
        for one in self.blocks:
            content = inputs.read(one.path, one.offset, one.size)
            parts += [one.before(self.time), content, one.after()]
        return b"".join(parts)


def clusters(
    picture: PictureTrack, sound: SoundTrack | None, texts: Sequence[TextTrack] = ()
) -> Iterator[Cluster]:
    """The film's, in order."""
    tracks = [_frames(picture), *([_packets(sound)] if sound else [])]
    tracks += [_words(number, track) for number, track in enumerate(texts, TEXT)]
    # No two blocks of one track have the same time, so nothing but that is ever compared.
    blocks = merge(*tracks)
    first = next(blocks)
    now = Cluster(time=first.time, is_key=True)
    now.take(first)
    for block in blocks:
        is_key = block.is_key and block.track == PICTURE
        if is_key or block.time - now.time > LONGEST:
            yield now
            now = Cluster(time=block.time, is_key=is_key)
        now.take(block)
    yield now


def _frames(track: PictureTrack) -> Iterator[Block]:
    place = 0
    for part in track.slices:
        path, keys, offset = part.index.path, part.index.keys, part.offset
        for sample, size in enumerate(part.sizes, start=part.first):
            time = ticks(place * track.step, track.timescale)
            yield Block(time, PICTURE, sample in keys, path, offset, size)
            place, offset = place + 1, offset + size


def _packets(track: SoundTrack) -> Iterator[Block]:
    """Times are counted from where the lead-in begins: players take it off again."""
    end = track.lead_in + track.samples
    place = 0
    for part in track.slices:
        path, offset = part.index.path, part.offset
        for size in part.sizes:
            over = max(0, place + track.packet - end)
            padding = (over * _NANOSECONDS + track.rate // 2) // track.rate
            yield Block(ticks(place, track.rate), SOUND, True, path, offset, size, padding)
            place, offset = place + track.packet, offset + size


def _words(which: int, track: TextTrack) -> Iterator[Block]:
    for word in track.words:
        place = word.offset, word.size
        yield Block(word.start, which, True, track.path, *place, duration=word.duration)


def ticks(place: int, scale: int) -> int:
    """The tick nearest to `place` of `scale` parts of a second."""
    return (2 * place * TICKS + scale) // (2 * scale)
