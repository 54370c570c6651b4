"""Reads the windows of a film's sound back as packets with the film's own times, for PyAV to
mux: a second way to join them, beside the product's own."""

from __future__ import annotations  # PyAV's classes are generic in its stubs only

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.packet import Packet, PacketSideData, packet_sidedata_type_from_literal

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer

RATE = 48_000
WINDOW = 460_800
"""Samples of every window but the last."""

PCM_FRAME = 4
"""Bytes of one sample of both channels."""


class WrongWindows(Exception):
    """The windows are not the sound of such a film; the text is a clause for people."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """packet: samples of one, at least. delay: samples by which the first is before the film."""

    packet: int
    delay: int


GRIDS = {
    "aac": Grid(packet=1024, delay=1024),
    "opus": Grid(packet=960, delay=312),
    "pcm_s16le": Grid(packet=1, delay=0),
}


def add_sound_stream(output: OutputContainer, chunk: str, *, formats: str) -> AudioStream:
    """The film's sound track, described as its windows (one of them is `chunk`) are."""
    with _open(chunk, formats) as container:
        return output.add_stream_from_template(container.streams.audio[0])


def sound_packets_of_windows(
    chunks: Sequence[str], *, codec: str, samples: int, stream: AudioStream, formats: str
) -> Iterator[Packet[AudioStream]]:
    """The packets of all windows in order, their times counted in samples of the film.

    chunks: one file a window. samples: of the whole film; the last packet's duration ends there.
    stream: the track they are muxed into. formats: the demuxers that may be used ("mov" among
    them). Raises WrongWindows when there are more or fewer than the film needs.
    """
    grid = GRIDS[codec]
    if len(chunks) != -(-samples // WINDOW):
        raise WrongWindows(f"{len(chunks)} windows of sound are not {samples} samples")
    position = -grid.delay
    for index, chunk in enumerate(chunks):
        is_last = index == len(chunks) - 1
        for packet in _packets(chunk, formats):
            length = packet.size // PCM_FRAME if codec == "pcm_s16le" else grid.packet
            packet.pts = packet.dts = position
            packet.duration = max(0, min(length, samples - position))
            packet.time_base = Fraction(1, RATE)
            packet.stream = stream
            if codec == "opus" and samples - position < length:
                _cut_end(packet, position + length - samples)
            yield packet
            position += length
        _check_end(position, grid, min((index + 1) * WINDOW, samples), is_last=is_last)


def _check_end(position: int, grid: Grid, wanted: int, *, is_last: bool) -> None:
    """Windows end on the grid; the last one with the packet in which the film ends."""
    over = position - wanted
    fits = 0 <= over < grid.packet if is_last else over == -(grid.delay % grid.packet)
    if not fits:
        raise WrongWindows("a window of sound does not hold as much as it should")


def _open(path: str, formats: str) -> av.container.InputContainer:
    return av.open(
        "file:" + path,
        mode="r",
        format="mov",
        container_options={"protocol_whitelist": "file", "format_whitelist": formats},
    )


def _packets(path: str, formats: str) -> Iterator[Packet[AudioStream]]:
    with _open(path, formats) as container:
        packets: Iterator[Packet[AudioStream]] = container.demux(container.streams.audio[0])
        for packet in packets:
            if packet.size:
                yield packet


def _cut_end(packet: Packet[AudioStream], samples: int) -> None:
    """Say that the last samples of a packet are not to be heard (Matroska's discard padding)."""
    kind = packet_sidedata_type_from_literal("skip_samples")
    side = PacketSideData(kind, 10)  # type: ignore[call-arg]  # the stubs lack its constructor
    side.update(bytes(4) + samples.to_bytes(4, "little") + bytes(2))
    packet.set_sidedata(side)
