"""The child process that turns decoded sound into a waveform file; the server never imports this.

Run by path. One JSON request on standard input: the decoder's command, `samples` to expect, points
a second of the `levels`, and the `output` path. Holds ten seconds of sound at a time. Ends with 1
and a reason on standard error when the decoder did, or when it gave another number of samples.
"""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TypeAlias

# One thread: nothing here is done by linear algebra, and each idle thread would cost memory.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
CHANNELS = 2
FRAME = 2 * CHANNELS
"""Bytes of one 16-bit sample of both channels."""
BLOCK = 10 * RATE * FRAME
"""A whole number of points of every resolution that divides a second."""
VERSION, EIGHT_BITS, ONE_CHANNEL = 2, 1, 1

Extremes: TypeAlias = NDArray[np.int16]


def read_blocks(pipe: IO[bytes]) -> Iterator[bytes]:
    """Ten seconds at a time; what a decoder left incomplete at its end is dropped."""
    while block := pipe.read(BLOCK):
        yield block[: len(block) // FRAME * FRAME]


def points(low: Extremes, high: Extremes, each: int) -> bytes:
    """Lowest and highest of `each` samples as signed bytes, in turns."""
    starts = np.arange(0, len(low), each)
    pairs = np.stack([np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)], axis=1)
    rounded = (pairs.astype(np.int32) + 128) >> 8
    return rounded.clip(-128, 127).astype(np.int8).tobytes()


def measure(pipe: IO[bytes], levels: Sequence[int]) -> tuple[int, list[bytearray]]:
    """Samples read, and the points of each level."""
    samples, found = 0, [bytearray() for _ in levels]
    for block in read_blocks(pipe):
        both = np.frombuffer(block, "<i2").reshape(-1, CHANNELS)
        low, high = both.min(axis=1), both.max(axis=1)
        samples += len(both)
        for level, data in zip(levels, found, strict=True):
            data.extend(points(low, high, RATE // level))
    return samples, found


def write(target: Path, levels: Sequence[int], found: Sequence[bytearray]) -> None:
    """Each resolution behind a header of its own."""
    with target.open("wb") as file:
        for level, data in zip(levels, found, strict=True):
            header = (VERSION, EIGHT_BITS, RATE, RATE // level, len(data) // 2, ONE_CHANNEL)
            file.write(struct.pack("<iIiiIi", *header) + data)


def main() -> int:
    """Do what is asked on standard input."""
    request = json.load(sys.stdin)
    command, levels = request["command"], request["levels"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as decoder:
        assert decoder.stdout is not None  # noqa: S101  asked for a pipe above
        samples, found = measure(decoder.stdout, levels)
    if decoder.returncode:
        return 1
    if samples != request["samples"]:
        sys.stderr.write(f"its sound has {samples} samples in place of {request['samples']}\n")
        return 1
    write(Path(request["output"]), levels, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
