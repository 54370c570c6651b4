"""Encodes one window of sound and keeps exactly the packets that are its own.

An encoder needs a lead-in to forget that it began in the middle, and a little of what follows; the
packets of both are thrown away, so that windows stand side by side like one encode of the whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet

from .wav import RATE, Sound, to_16_bit


@dataclass(frozen=True, kw_only=True)
class Coder:
    """An encoder and its habits.

    packet: samples of one, at most. delay: samples by which the first begins before the sound.
    lead, trail: samples that it is given before and after a window, in whole packets.
    """

    name: str
    format: str
    container: str
    packet: int
    delay: int
    lead: int
    trail: int
    options: dict[str, str]
    bit_rate: int = 0


CODERS = {
    # Constant quality: a bit rate would be kept by what was spent before, which a window cannot
    # know. The fast search is the better one, too, at some 190 kbit/s.
    "aac": Coder(
        name="aac",
        format="fltp",
        container="mp4",
        packet=1024,
        delay=1024,
        lead=8 * 1024,
        trail=3 * 1024,
        options={
            "flags": "+qscale+bitexact",
            "global_quality": "266",
            "aac_coder": "fast",
            "cutoff": "20000",
        },
    ),
    "opus": Coder(
        name="libopus",
        format="flt",
        container="mp4",
        packet=960,
        delay=312,
        lead=13 * 960,
        trail=2 * 960,
        options={
            "flags": "+bitexact",
            "application": "audio",
            "frame_duration": "20",
            "vbr": "on",
        },
        bit_rate=128_000,
    ),
    "pcm_s16le": Coder(
        name="pcm_s16le",
        format="s16",
        container="mov",
        packet=4800,
        delay=0,
        lead=0,
        trail=0,
        options={"flags": "+bitexact"},
    ),
}

_AAC_IN_MP4 = bytes((0x40, 0x15))
"""How a decoder's description begins: MPEG-4 audio, a stream of sound."""

_AAC_LIMITS = (2 * 768).to_bytes(3) + (576_000).to_bytes(4) + bytes(4)
"""Bytes of a decoder's buffer, most and mean bits a second (0: they vary), for two channels."""


class Unencodable(Exception):
    """The encoder is missing, or does not behave as it should; the text is a clause for people."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a window stands: its samples, and whether the film begins or ends with it."""

    samples: int
    is_first: bool
    is_last: bool

    def span(self, coder: Coder) -> tuple[int, int]:
        """The samples [low, high) that the encoder is to be given."""
        low = 0 if self.is_first else -coder.lead
        return low, self.samples if self.is_last else self.samples + coder.trail

    def packets(self, coder: Coder) -> tuple[int, int]:
        """Which of the encoder's packets, [first, end), are the window's.

        A packet belongs to the window in which its place on the encoder's grid lies; the film's
        lead-in to the first, and what is left in the encoder at the end to the last.
        """
        late = coder.delay % coder.packet
        ahead = coder.delay // coder.packet
        first = 0 if self.is_first else coder.lead // coder.packet + ahead
        held = self.samples + late if self.is_last else self.samples
        count = -(-held // coder.packet) + (ahead if self.is_first else 0)
        return first, first + count


def write_window(sound: Sound, target: str, codec: str, place: Place) -> int:
    """Write the window's packets to a file; how many there are. `sound`: as `Place.span` says."""
    coder = CODERS[codec]
    first, end = place.packets(coder)
    with av.open(
        target, mode="w", format=coder.container, container_options={"fflags": "+bitexact"}
    ) as container:
        stream = container.add_stream(coder.name, rate=RATE)
        if not isinstance(stream, AudioStream):
            raise Unencodable(f"{coder.name} is no encoder of sound")
        _set_up(stream, coder)
        kept = list(_encode(stream, sound, coder))[first:end]
        if len(kept) != end - first:
            raise Unencodable(f"{len(kept)} packets of sound came out in place of {end - first}")
        for index, packet in enumerate(kept):
            packet.pts = packet.dts = index * coder.packet
            packet.duration = min(coder.packet, packet.duration or coder.packet)
            packet.time_base = Fraction(1, RATE)
            packet.stream = stream
            container.mux_one(packet)
    if codec == "aac":
        _describe_alike(Path(target))
    return len(kept)


def _describe_alike(file: Path) -> None:
    """Put the most that AAC can need in place of the bit rate that was found in this window.

    Windows of one film must have one description, or they could not share a track.
    """
    data = file.read_bytes()
    place = data.index(_AAC_IN_MP4, data.rindex(b"esds")) + len(_AAC_IN_MP4)
    file.write_bytes(data[:place] + _AAC_LIMITS + data[place + len(_AAC_LIMITS) :])


def _set_up(stream: AudioStream, coder: Coder) -> None:
    context = stream.codec_context
    context.layout = "stereo"
    context.format = coder.format
    context.time_base = Fraction(1, RATE)
    context.options = dict(coder.options)
    if coder.bit_rate:
        context.bit_rate = coder.bit_rate


def _encode(stream: AudioStream, sound: Sound, coder: Coder) -> "Iterator[Packet[AudioStream]]":
    is_begun = False
    for frame in [*_frames(sound, coder), None]:
        for packet in stream.encode(frame):
            if not is_begun and packet.pts != -coder.delay:
                raise Unencodable(f"the encoder {coder.name} has an unknown delay")
            is_begun = True
            yield packet


def _frames(sound: Sound, coder: Coder) -> Iterator[AudioFrame]:
    planar = coder.format.endswith("p")
    for start in range(0, len(sound), coder.packet):
        part = sound[start : start + coder.packet]
        plain = to_16_bit(part) if coder.format == "s16" else part
        array: Any = np.ascontiguousarray(plain.T) if planar else plain.reshape(1, -1)
        frame = AudioFrame.from_ndarray(array, format=coder.format, layout="stereo")
        frame.sample_rate = RATE
        frame.pts = start
        frame.time_base = Fraction(1, RATE)
        yield frame
