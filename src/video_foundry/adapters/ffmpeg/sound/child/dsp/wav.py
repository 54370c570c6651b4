"""Reads and writes 48 kHz 16-bit stereo WAV files, a stretch at a time. No other kind of file."""

from os import SEEK_END
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
CHANNELS = 2
FRAME = 4
"""Bytes of one sample of both channels."""

SCALE = np.float32(32_768)
"""Of a 16-bit sample in full scale."""

Sound: TypeAlias = NDArray[np.float32]
"""One row a sample, one column a channel, full scale at 1."""

_MOST_CHUNKS = 100
_UNTOLD = 2**32 - 1


class NotOurWav(Exception):
    """The file is not what a decoding step writes."""


class Wav:
    """One decoded sound on disk. Reading beyond its end gives silence."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        with self._path.open("rb") as file:
            self._data, length = _find_data(file)
        self.samples = length // FRAME

    def read(self, start: int, count: int) -> Sound:
        """Samples [start, start + count)."""
        raw = self.read_raw(start, count)
        found = raw.astype(np.float32) / SCALE
        if len(found) == count:
            return found
        return np.concatenate([found, np.zeros((count - len(found), CHANNELS), np.float32)])

    def read_raw(self, start: int, count: int) -> NDArray[np.int16]:
        """As stored, and no more than there is."""
        count = max(0, min(count, self.samples - start))
        with self._path.open("rb") as file:
            file.seek(self._data + start * FRAME)
            raw = file.read(count * FRAME)
        return np.frombuffer(raw, "<i2").reshape(-1, CHANNELS)


def _find_data(file: BinaryIO) -> tuple[int, int]:
    """Where the samples begin, and how many bytes they are."""
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise NotOurWav("a decoded sound is not a WAV file")
    for _ in range(_MOST_CHUNKS):
        name, size = file.read(4), int.from_bytes(file.read(4), "little")
        if name == b"data":
            start = file.tell()
            # Beyond 4 GiB the header cannot say it.
            return start, size if size < _UNTOLD else file.seek(0, SEEK_END) - start
        body = file.read(size + size % 2)
        if name == b"fmt " and (body[2:8] != _FORMAT[2:8] or body[14:16] != _FORMAT[14:16]):
            raise NotOurWav("a decoded sound is not 48 kHz 16-bit stereo")
        if not body:
            break
    raise NotOurWav("a decoded sound holds no samples")


_FORMAT = b"".join(
    number.to_bytes(length, "little")
    for number, length in ((1, 2), (CHANNELS, 2), (RATE, 4), (RATE * FRAME, 4), (FRAME, 2), (16, 2))
)


def header(samples: int) -> bytes:
    """What stands before the samples in a file of so many."""
    size = samples * FRAME
    return b"".join(
        [
            b"RIFF" + min(size + 36, 2**32 - 1).to_bytes(4, "little") + b"WAVE",
            b"fmt " + len(_FORMAT).to_bytes(4, "little") + _FORMAT,
            b"data" + min(size, 2**32 - 1).to_bytes(4, "little"),
        ]
    )


def to_16_bit(sound: Sound) -> NDArray[np.int16]:
    """Rounded, and held within what 16 bits can say."""
    scaled = np.clip(np.rint(sound * SCALE), -32_768, 32_767)
    return np.asarray(scaled, np.int16)


def reverse(source: str, target: str, *, block: int = 10 * RATE) -> int:
    """Write `source` backwards, a block at a time; how many samples it has."""
    wav = Wav(source)
    with Path(target).open("wb") as file:
        file.write(header(wav.samples))
        end = wav.samples
        while end > 0:
            start = max(0, end - block)
            file.write(np.ascontiguousarray(wav.read_raw(start, end - start)[::-1]).tobytes())
            end = start
    return wav.samples
