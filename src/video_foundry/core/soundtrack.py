"""Lays the sound of a film out in samples: what is heard from when to when, how loud, and which
sounds must be decoded for it. Reads and decodes nothing; `sound_windows` cuts it into windows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from video_foundry.core.canonical import fingerprint
from video_foundry.core.composition import MOST_REMEMBERED
from video_foundry.core.refusals import Refusals
from video_foundry.core.sound import (
    Ducking,
    SoundItem,
    SoundShape,
    Speaker,
    check_items,
    check_shape,
)
from video_foundry.core.sound_limits import Heard, check_at_once, check_beginning
from video_foundry.core.timebase import SAMPLE_RATE, FrameRate
from video_foundry.errors import BadInput

SOUND_VERSION = 1
"""Raise when the samples of any step may come out differently."""

CELL = 480
"""Samples (10 ms) of the film-wide grid on which music finds out whether somebody speaks."""

DECODE_GRID = 10 * SAMPLE_RATE
"""Sound is decoded in whole stretches of so many samples, so that a small trim decodes nothing."""

DECLICK = 240
"""Samples (5 ms) in which a sound leaves and comes back where the picture is frozen."""


@dataclass(frozen=True, kw_only=True)
class Hush:
    """Frames [first, first + frames) of a clip's use in which its picture is frozen: silence."""

    first: int
    frames: int


@dataclass(frozen=True, kw_only=True)
class ClipSound:
    """One segment as its sound needs it.

    segment: its id, for items that are anchored to it. where: the field that messages name, such as
    "segments.2.sound". first, frames, overlap_in, overlap_out: frames on the film, as laid out.
    digest, seconds: the source file, its length. start: seconds of the retimed clip (source seconds
    divided by speed; of a reversed one from the source's end) at which the use begins; frozen time
    does not count.
    """

    segment: str
    where: str
    first: int
    frames: int
    digest: str
    seconds: Fraction
    overlap_in: int = 0
    overlap_out: int = 0
    has_sound: bool = True
    start: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    is_reversed: bool = False
    hush: Hush | None = None
    shape: SoundShape = field(default_factory=SoundShape)


@dataclass(frozen=True, kw_only=True)
class DecodedSound:
    """Samples [start, start + samples) of a source, retimed, as 48 kHz 16-bit stereo.

    seconds: the source's length, from whose end a reversed sound is counted; None for others.
    """

    digest: str
    start: int
    samples: int
    speed: Fraction = Fraction(1)
    is_reversed: bool = False
    seconds: Fraction | None = None

    @cached_property
    def fingerprint(self) -> str:
        """Identity of the decoded samples."""
        value = {
            "digest": self.digest,
            "start": self.start,
            "samples": self.samples,
            "speed": self.speed,
            "is_reversed": self.is_reversed,
            "seconds": self.seconds,
        }
        return fingerprint("sound", SOUND_VERSION, value)


@dataclass(frozen=True, kw_only=True)
class Fade:
    """A rise from silence, or a fall to it, over [start, start + samples).

    power: along a quarter of a sine, so that two that cross keep their energy; else straight.
    """

    start: int
    samples: int
    is_out: bool
    power: bool = False

    def touches(self, start: int, end: int) -> bool:
        """Whether it changes any of [start, end): by its slope, or by the silence beyond it."""
        return end > self.start if self.is_out else start < self.start + self.samples


@dataclass(frozen=True, kw_only=True)
class Duck:
    """As `Ducking`, with the amount in hundredths of dB and times in cells of 10 ms."""

    amount: int
    attack: int
    hold: int
    release: int
    under: tuple[Speaker, ...]


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One sound on the film, all in samples of the film.

    sound: fingerprint of the decoded sound; offset: the sample of it that is heard first. points:
    (sample, hundredths of dB), at least one: straight between, level outside.
    """

    sound: str
    role: Speaker
    start: int
    offset: int
    samples: int
    points: tuple[tuple[int, int], ...]
    fades: tuple[Fade, ...] = ()
    duck: Duck | None = None

    @property
    def end(self) -> int:
        """The film's sample after its last."""
        return self.start + self.samples


@dataclass(frozen=True, kw_only=True)
class Soundtrack:
    """All that is heard, the decoded sounds it needs by fingerprint, and the film's length."""

    contributions: tuple[Contribution, ...]
    sounds: Mapping[str, DecodedSound]
    samples: int


# Laying out


def contributions(
    clips: Sequence[ClipSound], items: Sequence[SoundItem], rate: FrameRate, *, where: str = "audio"
) -> Soundtrack:
    """The film's sound: each clip's own, and the items upon it.

    clips: in film order, all of them, also silent ones. Raises BadInput for all sounds that cannot
    be, naming the field (of a clip's `where`, or `where`.N of an item), the limit and the fix.
    """
    check_items(items, where)
    total = rate.samples_of(max((clip.first + clip.frames for clip in clips), default=0))
    layer = _Layer(total=total, rate=rate, anchors={c.segment: c for c in clips})
    refusals = Refusals()
    for clip in clips:
        with refusals:
            check_shape(clip.shape, clip.where, seconds=rate.seconds_of(clip.frames))
            layer.add_clip(clip)
    for index, item in enumerate(items):
        with refusals:
            layer.add_item(item, f"{where}.{index}")
    refusals.raise_all()
    check_at_once(layer.items)
    heard = sorted(layer.heard, key=_order)
    return Soundtrack(contributions=tuple(heard), sounds=layer.sounds, samples=total)


def _order(one: Contribution) -> tuple[Any, ...]:
    """Sums are made in one order, which is the same in every window."""
    return (one.start, one.sound, one.offset, one.samples, one.points, one.role)


@dataclass(kw_only=True)
class _Layer:
    """Collects what is heard. total: samples of the film. items: where those beside the clips' own
    lie; begun: how often they begin."""

    total: int
    rate: FrameRate
    anchors: Mapping[str, ClipSound]
    heard: list[Contribution] = field(default_factory=list)
    sounds: dict[str, DecodedSound] = field(default_factory=dict)
    items: list[Heard] = field(default_factory=list)
    begun: int = 0

    def add_clip(self, clip: ClipSound) -> None:
        """A clip's own sound, leaving and coming with the transitions of its picture."""
        if not clip.has_sound or clip.shape.is_muted:
            return
        start, end = self._edges(clip.first, clip.frames)
        fades = [*_own_fades(clip.shape, start, end - start), *self._crossfades(clip)]
        points = _points(clip.shape, start)
        used = _samples(clip.start)
        for stretch_start, stretch_end, own_fades in self._stretches(clip):
            self._hear(
                self._decode(clip, used, used + stretch_end - stretch_start),
                role="clip",
                start=stretch_start,
                used=used,
                samples=stretch_end - stretch_start,
                points=points,
                fades=(*fades, *own_fades),
            )
            used += stretch_end - stretch_start

    def _edges(self, first: int, frames: int) -> tuple[int, int]:
        return self.rate.samples_of(first), self.rate.samples_of(first + frames)

    def _crossfades(self, clip: ClipSound) -> Iterator[Fade]:
        if clip.overlap_in:
            start, end = self._edges(clip.first, clip.overlap_in)
            yield Fade(start=start, samples=end - start, is_out=False, power=True)
        if clip.overlap_out:
            first = clip.first + clip.frames - clip.overlap_out
            start, end = self._edges(first, clip.overlap_out)
            yield Fade(start=start, samples=end - start, is_out=True, power=True)

    def _stretches(self, clip: ClipSound) -> Iterator[tuple[int, int, tuple[Fade, ...]]]:
        """Film samples in which the clip sounds: all of its use, but where it is frozen."""
        start, end = self._edges(clip.first, clip.frames)
        if clip.hush is None or clip.hush.frames <= 0:
            yield start, end, ()
            return
        silent, back = self._edges(clip.first + clip.hush.first, clip.hush.frames)
        leaving = Fade(start=max(start, silent - DECLICK), samples=DECLICK, is_out=True)
        coming = Fade(start=back, samples=DECLICK, is_out=False)
        for stretch in ((start, min(silent, end), (leaving,)), (max(back, start), end, (coming,))):
            if stretch[0] < stretch[1]:
                yield stretch

    def _decode(self, clip: ClipSound, used: int, end: int) -> DecodedSound | None:
        """The whole stretches of the retimed clip that hold samples [used, end)."""
        return _on_grid(
            DecodedSound(
                digest=clip.digest,
                start=used,
                samples=end - used,
                speed=clip.speed,
                is_reversed=clip.is_reversed,
                seconds=clip.seconds if clip.is_reversed else None,
            ),
            longest=_samples(clip.seconds if clip.speed == 1 else clip.seconds / clip.speed),
        )

    def add_item(self, item: SoundItem, where: str) -> None:
        """A sound on the film, cut at the film's end, repeated if it is to be."""
        start, end = self._place(item, where)
        if item.shape.is_muted or start >= end:
            return
        used, length = _samples(item.trim_start), max(1, _samples(item.heard))
        times = -(-(end - start) // length)
        self.items.append(Heard(start=start, end=end, where=where, times=times))
        self.begun = check_beginning(self.begun, self.items[-1])
        sound = _on_grid(
            DecodedSound(digest=item.digest, start=used, samples=min(length, end - start)),
            longest=_samples(item.seconds),
        )
        fades = tuple(_own_fades(item.shape, start, end - start))
        points = _points(item.shape, start)
        for at in range(start, end, length):
            self._hear(
                sound,
                role=item.role,
                start=at,
                used=used,
                samples=min(length, end - at),
                points=points,
                fades=fades,
                duck=_duck(item.ducks),
            )

    def _place(self, item: SoundItem, where: str) -> tuple[int, int]:
        """Film samples between which the item is heard."""
        base = Fraction(0)
        if item.segment is not None:
            if item.segment not in self.anchors:
                _refuse(
                    "the sound is tied to a segment that the film does not have",
                    f"{where}.segment",
                    "tie it to a segment of this project, or to none",
                )
            base = self.rate.seconds_of(self.anchors[item.segment].first)
        start = _samples(base + item.start)
        if not 0 <= start < self.total:
            length = Fraction(self.total, SAMPLE_RATE)
            _refuse(
                f"the sound would begin at {float(base + item.start):g} s "
                f"of a film of {float(length):g} s",
                f"{where}.start",
                f"begin it from 0 s on and before {float(length):g} s",
            )
        end = self.total if item.end is None else min(self.total, _samples(base + item.end))
        return start, end if item.loops else min(end, start + _samples(item.heard))

    def _hear(
        self,
        sound: DecodedSound | None,
        *,
        role: Speaker,
        start: int,
        used: int,
        samples: int,
        points: tuple[tuple[int, int], ...],
        fades: Iterable[Fade],
        duck: Duck | None = None,
    ) -> None:
        if sound is None:
            return
        offset = used - sound.start
        samples = min(samples, sound.samples - offset)
        touching = tuple(f for f in fades if f.touches(start, start + samples))
        identity = sound.fingerprint
        self.sounds[identity] = sound
        self.heard.append(
            Contribution(
                sound=identity,
                role=role,
                start=start,
                offset=offset,
                samples=samples,
                points=points,
                fades=touching,
                duck=duck,
            )
        )


def _on_grid(sound: DecodedSound, *, longest: int) -> DecodedSound | None:
    """`sound`, widened to whole stretches within [0, longest); None when nothing of it is there."""
    start = sound.start // DECODE_GRID * DECODE_GRID
    end = min(-(-(sound.start + sound.samples) // DECODE_GRID) * DECODE_GRID, longest)
    if end <= sound.start:
        return None
    return _known(replace(sound, start=start, samples=end - start))


@lru_cache(maxsize=MOST_REMEMBERED)
def _known(sound: DecodedSound) -> DecodedSound:
    """The same sound as it was met before: with its fingerprint."""
    return sound


def _own_fades(shape: SoundShape, start: int, samples: int) -> Iterator[Fade]:
    """The fades that were asked for; made shorter alike where the film's end leaves no room."""
    asked = shape.fade_in + shape.fade_out
    room = Fraction(samples, SAMPLE_RATE)
    part = min(Fraction(1), room / asked) if asked else Fraction(1)
    rise, fall = _samples(shape.fade_in * part), _samples(shape.fade_out * part)
    if rise:
        yield Fade(start=start, samples=rise, is_out=False)
    if fall:
        yield Fade(start=start + samples - fall, samples=fall, is_out=True)


def _points(shape: SoundShape, start: int) -> tuple[tuple[int, int], ...]:
    """The gain as points on the film; of keyframes within one sample the last counts."""
    if not shape.keyframes:
        return ((start, _hundredths(shape.gain_db)),)
    placed = {
        start + _samples(at): _hundredths(shape.gain_db + gain) for at, gain in shape.keyframes
    }
    return tuple(sorted(placed.items()))


def _duck(ducks: Ducking | None) -> Duck | None:
    if ducks is None or not _hundredths(ducks.amount_db):
        return None
    return Duck(
        amount=_hundredths(ducks.amount_db),
        attack=max(1, _cells(ducks.attack)),
        hold=_cells(ducks.hold),
        release=max(1, _cells(ducks.release)),
        under=tuple(sorted(set(ducks.under))),
    )


def _samples(seconds: Fraction) -> int:
    if seconds < 0:
        return -_samples(-seconds)
    part = seconds.denominator
    return (2 * SAMPLE_RATE * seconds.numerator + part) // (2 * part)


def _cells(seconds: Fraction) -> int:
    return -(-_samples(seconds) // CELL)


def _hundredths(gain: Decimal) -> int:
    return int((gain * 100).to_integral_value(ROUND_HALF_EVEN))


def _refuse(message: str, where: str, fix: str) -> None:
    raise BadInput(message, field=where, fix=fix, code="bad_sound")
