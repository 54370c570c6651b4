"""What a film's sound is made of, as users say it: clips' own sound, music, voices and effects.

Also what of it cannot be. Nothing here knows samples: that is `soundtrack`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from video_foundry.errors import BadInput

Role = Literal["music", "voice", "effect"]
"""What an item of sound is there for."""

Speaker = Literal["clip", "music", "voice", "effect"]
"""Where a sound comes from: a clip's own sound, or an item in its role."""

LOWEST_GAIN, HIGHEST_GAIN = Decimal(-60), Decimal(24)
"""dB, of a gain and of a keyframe. For less than the lowest, mute."""

MOST_ITEMS = 1000
MOST_KEYFRAMES = 1000
"""Of one shape."""

SHORTEST_LOOP = Fraction(1, 2)
"""Seconds of a sound that is repeated."""

MOST_DUCKING = Decimal(60)
"""dB."""

LONGEST_ATTACK, LONGEST_HOLD, LONGEST_RELEASE = Fraction(2), Fraction(5), Fraction(5)
"""Seconds. How far a voice is heard by the music under it: a window of the mix knows no further."""

_UNDER = ("voice", "clip")


@dataclass(frozen=True, kw_only=True)
class SoundShape:
    """How loud a sound is over its time; counted from where it begins to be heard.

    fade_in, fade_out: seconds. keyframes: (seconds, dB), in order; they are added to `gain_db`, and
    the gain goes straight in dB from one to the next, level before the first and after the last.
    Decibels count to a hundredth.
    """

    gain_db: Decimal = Decimal(0)
    is_muted: bool = False
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    keyframes: tuple[tuple[Fraction, Decimal], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ducking:
    """Music that steps back by `amount_db` while somebody speaks.

    It begins to sink `attack` seconds before the voice, stays down through pauses up to `hold`
    seconds, and is back `release` seconds after. under: whose sound counts as somebody speaking.
    """

    amount_db: Decimal = Decimal(12)
    attack: Fraction = Fraction(1, 4)
    hold: Fraction = Fraction(1, 2)
    release: Fraction = Fraction(3, 4)
    under: tuple[Speaker, ...] = ("voice",)


@dataclass(frozen=True, kw_only=True)
class SoundItem:
    """A sound that lies on the film.

    digest, seconds: the sound file and its length. start, end: seconds of the film; with `segment`
    (its id) counted from where that segment begins, so that it moves along. The sound from
    trim_start to trim_end of the file (None: its end) is heard once, or again and again until `end`
    (None: the film's end). Whatever reaches past the film's end is cut there.
    """

    digest: str
    seconds: Fraction
    role: Role = "music"
    start: Fraction = Fraction(0)
    end: Fraction | None = None
    segment: str | None = None
    trim_start: Fraction = Fraction(0)
    trim_end: Fraction | None = None
    loops: bool = False
    shape: SoundShape = field(default_factory=SoundShape)
    ducks: Ducking | None = None

    @property
    def heard(self) -> Fraction:
        """Seconds of the file that are used."""
        end = self.seconds if self.trim_end is None else min(self.trim_end, self.seconds)
        return end - self.trim_start


def check_shape(shape: SoundShape, where: str, *, seconds: Fraction | None = None) -> None:
    """Raise BadInput, naming a field under `where`, unless the shape can be.

    seconds: how long the sound is, None when it is not known (yet).
    """
    _check_gain(shape.gain_db, f"{where}.gain_db")
    for name, length in (("fade_in", shape.fade_in), ("fade_out", shape.fade_out)):
        if length < 0:
            _refuse("a fade cannot be shorter than 0 s", f"{where}.{name}", "give 0 for none")
    together = shape.fade_in + shape.fade_out
    if seconds is not None and together > seconds:
        worst = "fade_in" if shape.fade_in > shape.fade_out else "fade_out"
        _refuse(
            f"the fades take {_s(together)}, and the sound lasts {_s(seconds)}",
            f"{where}.{worst}",
            f"make both fades together at most {_s(seconds)} long",
        )
    _check_keyframes(shape, f"{where}.keyframes")


def check_item(item: SoundItem, where: str) -> None:
    """Raise BadInput, naming a field under `where`, for an item that no film could hold."""
    _check_trim(item, where)
    if item.start < 0 and item.segment is None:
        _refuse("a sound cannot begin before the film", f"{where}.start", "give 0 or more")
    if item.end is not None and item.end <= item.start:
        _refuse(
            f"the sound ends at {_s(item.end)}, before it begins at {_s(item.start)}",
            f"{where}.end",
            "give an end after the start, or leave it out",
        )
    if item.loops and item.heard < SHORTEST_LOOP:
        _refuse(
            f"a sound of {_s(item.heard)} is too short to be repeated",
            f"{where}.loop",
            f"repeat at least {_s(SHORTEST_LOOP)}",
        )
    if item.ducks is not None:
        _check_ducking(item, item.ducks, f"{where}.duck")
    check_shape(item.shape, where, seconds=_own_length(item))


def check_items(items: Sequence[SoundItem], where: str = "audio") -> None:
    """Raise BadInput for the first item that cannot be, or for too many of them."""
    if len(items) > MOST_ITEMS:
        _refuse(
            f"the film has {len(items):,} sounds; {MOST_ITEMS:,} are the most",
            where,
            "join short sounds into longer files, or leave some out",
        )
    for index, item in enumerate(items):
        check_item(item, f"{where}.{index}")


def _own_length(item: SoundItem) -> Fraction | None:
    """Seconds that it would last on an endless film, None: for ever."""
    asked = None if item.end is None else item.end - item.start
    if item.loops:
        return asked
    return item.heard if asked is None else min(asked, item.heard)


def _check_gain(gain: Decimal, where: str) -> None:
    if not gain.is_finite() or not LOWEST_GAIN <= gain <= HIGHEST_GAIN:
        _refuse(
            f"a gain of {gain} dB is out of range",
            where,
            f"give {LOWEST_GAIN} to {HIGHEST_GAIN} dB; to hear nothing, mute it",
        )


def _check_keyframes(shape: SoundShape, where: str) -> None:
    if len(shape.keyframes) > MOST_KEYFRAMES:
        _refuse(
            f"the gain has {len(shape.keyframes):,} keyframes; {MOST_KEYFRAMES:,} are the most",
            where,
            "leave some out",
        )
    before = Fraction(-1)
    for index, (at, gain) in enumerate(shape.keyframes):
        if at < 0 or at <= before:
            _refuse(
                f"keyframe {index + 1} stands at {_s(at)}, not after the one before it",
                f"{where}.{index}",
                "give keyframes in order, from 0 s on, each at a time of its own",
            )
        _check_gain(gain, f"{where}.{index}.gain_db")
        before = at


def _check_trim(item: SoundItem, where: str) -> None:
    if item.seconds <= 0:
        _refuse("the file holds no sound", f"{where}.media", "give a file with sound in it")
    if not 0 <= item.trim_start < item.seconds:
        _refuse(
            f"the sound is to begin at {_s(item.trim_start)} of its file, "
            f"which is {_s(item.seconds)} long",
            f"{where}.trim.start",
            f"give 0 s or more, and less than {_s(item.seconds)}",
        )
    if item.trim_end is not None and item.trim_end <= item.trim_start:
        _refuse(
            f"the sound is cut off at {_s(item.trim_end)} of its file, before it begins there",
            f"{where}.trim.end",
            f"give more than {_s(item.trim_start)}, or leave it out",
        )


def _check_ducking(item: SoundItem, ducks: Ducking, where: str) -> None:
    if item.role == "voice":
        _refuse("a voice cannot step back under a voice", where, "leave it out, or change the role")
    if not ducks.amount_db.is_finite() or not 0 <= ducks.amount_db <= MOST_DUCKING:
        _refuse(
            f"stepping back by {ducks.amount_db} dB is out of range",
            f"{where}.amount_db",
            f"give 0 to {MOST_DUCKING} dB",
        )
    limits = (
        ("attack", ducks.attack, LONGEST_ATTACK),
        ("hold", ducks.hold, LONGEST_HOLD),
        ("release", ducks.release, LONGEST_RELEASE),
    )
    for name, value, most in limits:
        if not 0 <= value <= most:
            _refuse(f"{_s(value)} is out of range", f"{where}.{name}", f"give 0 to {_s(most)}")
    if not ducks.under or any(role not in _UNDER for role in ducks.under):
        _refuse(
            "sound steps back under voices or clips alone", f"{where}.under", 'give "voice", "clip"'
        )


def _refuse(message: str, where: str, fix: str) -> None:
    raise BadInput(message, field=where, fix=fix, code="bad_sound")


def _s(seconds: Fraction) -> str:
    return f"{float(seconds):g} s"
