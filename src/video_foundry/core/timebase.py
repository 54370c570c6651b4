"""Exact time: frame rates as fractions, seconds to frames, frames to sound samples. No floats."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Self

from video_foundry.errors import BadInput

SAMPLE_RATE = 48_000
"""Sound samples a second in every composed file."""

LONGEST_FILM = Fraction(86_400)
"""Seconds; no moment that anybody names lies beyond. What a film takes grows with its length
(steps, rows, the index of its file), and beyond a day it is sooner a slip, such as a speed of 0.05,
than a film."""

_WRITTEN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,18})?(/[0-9]{1,12})?")
"""How a frame rate is written. No exponents: a few of them could stand for gigabytes of digits."""

_NTSC = {
    Fraction(str(shown)): Fraction(exact * 1000, 1001)
    for shown, exact in (
        ("23.976", 24),
        ("23.98", 24),
        ("29.97", 30),
        ("59.94", 60),
        ("47.952", 48),
    )
}


@dataclass(frozen=True, kw_only=True)
class FrameRate:
    """Frames a second as a reduced fraction, such as 24/1 or 30000/1001."""

    num: int
    den: int = 1

    @classmethod
    def parse(cls, value: "str | int | float | Decimal | Fraction | FrameRate") -> Self:
        """From 24, 29.97, "30000/1001". 29.97 and kin mean their exact NTSC fractions."""
        if isinstance(value, FrameRate):
            return cls(num=value.num, den=value.den)
        written = str(value).strip()
        try:
            if not _WRITTEN.fullmatch(written):
                raise ValueError(written[:40])
            fraction = Fraction(written)
        except (ValueError, ZeroDivisionError) as error:
            raise BadInput(
                f"{written[:40]!r} is not a frame rate; write 24, 29.97 or 30000/1001", field="fps"
            ) from error
        fraction = _NTSC.get(fraction, fraction)
        if fraction <= 0:
            raise BadInput("a frame rate must be above 0; write 24, say", field="fps")
        return cls(num=fraction.numerator, den=fraction.denominator)

    @cached_property
    def fraction(self) -> Fraction:
        """Frames a second."""
        return Fraction(self.num, self.den)

    def frames_in(self, seconds: Fraction) -> int:
        """Nearest whole number of frames in `seconds` (halves go up)."""
        return _nearest(seconds.numerator * self.num, seconds.denominator * self.den)

    def seconds_of(self, frames: int) -> Fraction:
        """How long `frames` frames last."""
        return Fraction(frames * self.den, self.num)

    def samples_of(self, frames: int) -> int:
        """Sound samples that go with `frames` frames: round(frames x 48000 x den / num)."""
        return _nearest(frames * SAMPLE_RATE * self.den, self.num)

    def __str__(self) -> str:
        return str(self.num) if self.den == 1 else f"{self.num}/{self.den}"


def _nearest(numerator: int, denominator: int) -> int:
    """The whole number nearest to a fraction, halves upwards; what is below 0 goes towards it. (In
    whole numbers: fractions would be half the work of planning a long film.)"""
    doubled, part = 2 * numerator + denominator, 2 * denominator
    return doubled // part if doubled >= 0 else -(-doubled // part)
