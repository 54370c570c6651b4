"""Mixes two pictures by weights in 256ths, in blocks small enough to stay in the cache."""

import numpy as np

from video_foundry.adapters.ffmpeg.frames.planes import Bytes, Frame, Words

ALL = 256
"""The weight at which only the second picture shows."""

_BLOCK = 64 * 1024
_HALF = np.uint16(ALL // 2)

VEILS = {"black": (16, 128, 128), "white": (235, 128, 128)}
"""Y, Cb, Cr of flat colours in the limited range."""


def mix_evenly(under: Frame, over: Frame, weight: float) -> Frame:
    """`weight` (0..1) of `over` at every place."""
    share = round(weight * ALL)
    if share in {0, ALL}:
        return over if share else under
    mixed = Frame(under.size)
    _mix(under.buffer, over.buffer, np.uint16(share), mixed.buffer)
    return mixed


def mix_by(under: Frame, over: Frame, weights: Words) -> Frame:
    """A weight (0..256) for each byte of the buffer."""
    mixed = Frame(under.size)
    for start in range(0, len(weights), _BLOCK):
        part = slice(start, start + _BLOCK)
        _mix(under.buffer[part], over.buffer[part], weights[part], mixed.buffer[part])
    return mixed


def veiled(frame: Frame, colour: str, amount: float) -> Frame:
    """A flat colour over everything, `amount` 0..1 of it."""
    share = round(amount * ALL)
    if share == 0:
        return frame
    mixed = Frame(frame.size)
    for plane, flat, target in zip(frame.planes, VEILS[colour], mixed.planes, strict=True):
        table = (np.arange(256) * (ALL - share) + flat * share + ALL // 2) // ALL
        np.take(table.astype(np.uint8), plane, out=target)
    return mixed


def _mix(under: Bytes, over: Bytes, weights: "Words | np.uint16", out: Bytes) -> None:
    for start in range(0, len(out), _BLOCK):
        part = slice(start, start + _BLOCK)
        share = weights if isinstance(weights, np.uint16) else weights[part]
        sums = under[part] * (np.uint16(ALL) - share)
        sums += over[part] * share
        sums += _HALF
        sums >>= 8
        out[part] = sums
