"""Loudness after EBU R128: from what was measured in each window to the one gain of a film's sound.

Measures nothing itself; whole numbers in, decimals out, the same on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from itertools import chain
from typing import Any

HOP = 4800
"""Samples (100 ms): the distance of gating blocks, and the grain of a measurement."""

BLOCK_HOPS = 4
"""Hops of a gating block of 400 ms."""

ENERGY_UNIT = 10**9
"""A hop's energy is counted in this part of one full-scale sample, squared."""

PEAK_UNIT = 10**6
"""A hop's peak is counted in this part of full scale."""

SILENCE_LUFS = Decimal(-70)
"""The absolute gate of EBU R128: at or below, there is nothing to measure or to raise."""

RELATIVE_GATE = 10
"""A block counts when it has more than this part of the mean of what passes the absolute gate: that
is 10 LU below it."""

PEAK_CEILING = Decimal("-1.0")
"""dBTP that levelled sound stays under, with room for what encoding adds."""

FULL_SCALE = Decimal(0)
"""dBTP that sound without a target stays under: only what no player could hold is touched."""

GAIN_STEP = Decimal("0.5")
"""dB: gains are multiples of it, so that a small edit does not change all sound by a hair."""

LARGEST_GAIN = Decimal(30)
"""dB; beyond, one would only raise noise."""

MOST_LIMITING = Decimal(9)
"""dB by which the limiter may press down what is not a rare peak; beyond, it would be heard."""

RARE = 100
"""One hop in so many may hold a rare peak (a click, a clap), which the limiter takes whole."""

LOWEST_TARGET, HIGHEST_TARGET = Decimal(-40), Decimal(-5)
"""LUFS that can be asked for."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What was found in one window, hop by hop; an incomplete last hop is left out.

    energies: sum of the squares of both channels' K-weighted samples. peaks: largest sample.
    """

    energies: tuple[int, ...]
    peaks: tuple[int, ...]

    def plain(self) -> dict[str, list[int]]:
        """As JSON."""
        return {"energies": list(self.energies), "peaks": list(self.peaks)}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Measurement":
        """From `plain`."""
        return cls(energies=tuple(value["energies"]), peaks=tuple(value["peaks"]))


def integrated(measures: Sequence[Measurement]) -> Decimal | None:
    """Loudness in LUFS of the whole, twice gated, to a hundredth; None when all is silence."""
    hops = list(chain.from_iterable(measure.energies for measure in measures))
    blocks = [sum(hops[at : at + BLOCK_HOPS]) for at in range(len(hops) - BLOCK_HOPS + 1)]
    gate = _energy(SILENCE_LUFS) * BLOCK_HOPS
    audible = [block for block in blocks if block > gate]
    whole = sum(audible)
    kept = [block for block in audible if block * RELATIVE_GATE * len(audible) > whole]
    if not kept:
        return None
    with localcontext(prec=28):
        mean = Decimal(sum(kept)) / (len(kept) * BLOCK_HOPS * HOP * ENERGY_UNIT)
        return (10 * mean.log10() - Decimal("0.691")).quantize(Decimal("0.01"))


def gain_for(measures: Sequence[Measurement], target: Decimal | None) -> Decimal:
    """The one gain in dB that brings the whole to `target` LUFS, or as near as may be.

    Peaks do not bound it as such, since a limiter holds them; but what is not rare may be pressed
    down by `MOST_LIMITING` at most.
    """
    found = None if target is None else integrated(measures)
    if found is None or target is None:
        return Decimal(0)
    wanted = _in_steps(target - found, ROUND_HALF_EVEN)
    return min(wanted, _room(measures), LARGEST_GAIN)


def ceiling_for(target: Decimal | None) -> Decimal:
    """The true peak in dBTP that the limiter holds."""
    return FULL_SCALE if target is None else PEAK_CEILING


def _room(measures: Sequence[Measurement]) -> Decimal:
    """The gain in dB at which all but rare peaks are pressed down by as much as is allowed."""
    hops = chain.from_iterable(
        zip(measure.energies, measure.peaks, strict=True) for measure in measures
    )
    gate = _energy(SILENCE_LUFS)
    peaks = sorted(peak for energy, peak in hops if energy > gate)
    if not peaks:
        return LARGEST_GAIN
    usual = peaks[len(peaks) - 1 - len(peaks) // RARE]
    with localcontext(prec=28):
        level = 20 * (Decimal(max(usual, 1)) / PEAK_UNIT).log10()
        return _in_steps(PEAK_CEILING + MOST_LIMITING - level, ROUND_FLOOR)


def _energy(lufs: Decimal) -> Decimal:
    """Of a hop of that loudness."""
    with localcontext(prec=28):
        return Decimal(10) ** ((lufs + Decimal("0.691")) / 10) * HOP * ENERGY_UNIT


def _in_steps(gain: Decimal, rounding: str) -> Decimal:
    return (gain / GAIN_STEP).to_integral_value(rounding) * GAIN_STEP
