"""Sound as users write it, and as it is stored: exact both ways. What cannot be is refused by
`sound`, once it is known how long everything is."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from video_foundry.core.sound import (
    HIGHEST_GAIN,
    LONGEST_ATTACK,
    LONGEST_HOLD,
    LONGEST_RELEASE,
    LOWEST_GAIN,
    MOST_DUCKING,
    MOST_KEYFRAMES,
    Ducking,
    Role,
    SoundItem,
    SoundShape,
    Speaker,
)
from video_foundry.core.timebase import LONGEST_FILM
from video_foundry.core.wording import mapping, one_of, shown, within
from video_foundry.errors import BadInput

ROLES: tuple[Role, ...] = ("music", "voice", "effect")
ZERO = Fraction(0)

_SHAPE = ("gain_db", "muted", "fade_in", "fade_out", "keyframes")
_ITEM = ("media", "role", "start", "end", "segment", "trim", "loop", "duck", *_SHAPE)
_DUCK = ("amount_db", "attack", "hold", "release", "under")


def shape_from_json(value: object, *, field: str) -> SoundShape:
    """How loud a sound is. Raises BadInput naming the field, its limits and the fix."""
    return _shape(mapping(value, _SHAPE, field=field), field)


def _shape(told: Mapping[str, Any], field: str) -> SoundShape:
    return SoundShape(
        gain_db=_gain(told.get("gain_db", 0), f"{field}.gain_db"),
        is_muted=_yes_or_no(told.get("muted", False), f"{field}.muted"),
        fade_in=_seconds(told.get("fade_in", 0), f"{field}.fade_in"),
        fade_out=_seconds(told.get("fade_out", 0), f"{field}.fade_out"),
        keyframes=_keyframes(told.get("keyframes") or (), f"{field}.keyframes"),
    )


def shape_to_json(shape: SoundShape) -> dict[str, Any]:
    """All that is not as usual, for `shape_from_json`."""
    usual = SoundShape()
    written = {
        "gain_db": f"{shape.gain_db:f}",
        "muted": shape.is_muted,
        "fade_in": str(shape.fade_in),
        "fade_out": str(shape.fade_out),
        "keyframes": [{"at": str(at), "gain_db": f"{gain:f}"} for at, gain in shape.keyframes],
    }
    names = dict(zip((one.name for one in fields(SoundShape)), _SHAPE, strict=True))
    return {
        written_as: written[written_as]
        for name, written_as in names.items()
        if getattr(shape, name) != getattr(usual, name)
    }


def item_from_json(value: object, *, field: str, digest: str, seconds: Fraction) -> SoundItem:
    """A sound on the film; its file is known to its caller, whatever `media` says. Raises
    BadInput."""
    told = mapping(value, _ITEM, field=field)
    trim = mapping(told.get("trim") or {}, ("start", "end"), field=f"{field}.trim")
    segment = told.get("segment")
    role = one_of(told.get("role", "music"), ROLES, field=f"{field}.role", what="a role of a sound")
    return SoundItem(
        digest=digest,
        seconds=seconds,
        role=cast("Role", role),
        start=_seconds(told.get("start", 0), f"{field}.start"),
        end=_maybe_seconds(told.get("end"), f"{field}.end"),
        segment=None if segment is None else str(segment)[:100],
        trim_start=_seconds(trim.get("start", 0), f"{field}.trim.start"),
        trim_end=_maybe_seconds(trim.get("end"), f"{field}.trim.end"),
        loops=_yes_or_no(told.get("loop", False), f"{field}.loop"),
        shape=_shape(told, field),
        ducks=_ducking(told.get("duck"), f"{field}.duck"),
    )


def item_to_json(item: SoundItem) -> dict[str, Any]:
    """All of it but its file, for `item_from_json`."""
    return {
        "role": item.role,
        "start": str(item.start),
        "end": _written(item.end),
        "segment": item.segment,
        "trim": {"start": str(item.trim_start), "end": _written(item.trim_end)},
        "loop": item.loops,
        "duck": None if item.ducks is None else _ducking_to_json(item.ducks),
        **shape_to_json(item.shape),
    }


def _ducking(value: object, field: str) -> Ducking | None:
    """`true` for the usual one."""
    if value is None or value is False:
        return None
    told = mapping({} if value is True else value, _DUCK, field=field)
    usual = Ducking()
    under = told.get("under", usual.under)
    if not isinstance(under, list | tuple) or not under:
        raise BadInput(
            f"{shown(under)} is no list of what it steps back under",
            field=f"{field}.under",
            fix='write ["voice"], ["clip"] or both',
        )
    return Ducking(
        amount_db=_decibels(
            told.get("amount_db", usual.amount_db), ZERO, MOST_DUCKING, f"{field}.amount_db"
        ),
        attack=_up_to(told.get("attack", usual.attack), LONGEST_ATTACK, f"{field}.attack"),
        hold=_up_to(told.get("hold", usual.hold), LONGEST_HOLD, f"{field}.hold"),
        release=_up_to(told.get("release", usual.release), LONGEST_RELEASE, f"{field}.release"),
        under=tuple(
            cast("Speaker", one_of(one, ("voice", "clip"), field=f"{field}.under", what="a sound"))
            for one in under
        ),
    )


def _ducking_to_json(ducks: Ducking) -> dict[str, Any]:
    return {
        "amount_db": f"{ducks.amount_db:f}",
        "attack": str(ducks.attack),
        "hold": str(ducks.hold),
        "release": str(ducks.release),
        "under": list(ducks.under),
    }


def _keyframes(value: object, field: str) -> tuple[tuple[Fraction, Decimal], ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_KEYFRAMES:
        raise BadInput(
            f"{field.rpartition('.')[2]} must be a list of at most {MOST_KEYFRAMES:,}",
            field=field,
            fix='write [{"at": 0, "gain_db": 0}, {"at": 2, "gain_db": -6}], say',
        )
    told = [mapping(one, ("at", "gain_db"), field=f"{field}.{n}") for n, one in enumerate(value)]
    return tuple(
        (
            _seconds(one.get("at", 0), f"{field}.{n}.at"),
            _gain(one.get("gain_db", 0), f"{field}.{n}.gain_db"),
        )
        for n, one in enumerate(told)
    )


def _gain(value: object, field: str) -> Decimal:
    return _decibels(value, Fraction(LOWEST_GAIN), HIGHEST_GAIN, field)


def _decibels(value: object, low: Fraction, high: Decimal, field: str) -> Decimal:
    """To a hundredth, which is all that counts."""
    number = within(value, low, Fraction(high), field=field, unit=" dB")
    return (Decimal(round(number * 100)) / 100).normalize() + Decimal(0)


def _seconds(value: object, field: str) -> Fraction:
    return _up_to(value, LONGEST_FILM, field)


def _up_to(value: object, most: Fraction, field: str) -> Fraction:
    return within(value, ZERO, most, field=field, unit=" s")


def _maybe_seconds(value: object, field: str) -> Fraction | None:
    return None if value is None else _seconds(value, field)


def _written(seconds: Fraction | None) -> str | None:
    return None if seconds is None else str(seconds)


def _yes_or_no(value: object, field: str) -> bool:
    if isinstance(value, bool):
        return value
    raise BadInput(f"{shown(value)} is neither true nor false", field=field, fix="write true")
