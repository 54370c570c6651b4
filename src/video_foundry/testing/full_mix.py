"""Mixes the whole sound of a film at once, from its definition: every source decoded once, no
windows, one sum. What a film's sound is held to; peaks are left as they come.

Slow and plain on purpose. Not used in production.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

from video_foundry.core.effects import Retime
from video_foundry.core.film import Film
from video_foundry.core.profile import FilmSound
from video_foundry.core.sound import Ducking, SoundItem, SoundShape
from video_foundry.testing.clips import run_ffmpeg
from video_foundry.testing.full_render import Material, Stand, held, nearest, stands
from video_foundry.testing.full_source import RATE, Sound, heard_beside, heard_in

CELL = 480
"""Samples (10 ms) in which somebody speaks or does not."""

SPEAKING_DB = -45
DECLICK = 240
"""Samples in which sound goes and comes where the picture is frozen."""


_AT_ONCE: Mapping[FilmSound, Sequence[str]] = {
    "aac": (
        *("-c:a", "aac", "-flags", "+qscale+bitexact", "-global_quality", "266"),
        *("-aac_coder", "fast", "-cutoff", "20000"),
    ),
    "opus": (
        *("-c:a", "libopus", "-b:a", "128k", "-vbr", "on"),
        *("-application", "audio", "-frame_duration", "20"),
    ),
    "pcm_s16le": ("-c:a", "pcm_s16le"),
}


def one_pass(sound: Sound, target: Path, codec: FilmSound = "aac") -> Sound:
    """What a codec leaves of a sound that is encoded in one go, with the settings of a film's."""
    raw = sound.astype("<f4").tobytes()
    run_ffmpeg(
        ["-f", "f32le", "-ar", "48000", "-ac", "2", "-i", "pipe:0"],
        *(*_AT_ONCE[codec], str(target)),
        stdin=raw,
    )
    return heard_in(target)[: len(sound)]


def noise_ratio(wanted: Sound, found: Sound) -> float:
    """Signal to noise in dB, 120 at most."""
    noise = float(np.square(wanted - found).mean())
    signal = float(np.square(wanted).mean())
    return 120.0 if noise == 0 else min(120.0, float(10 * np.log10(max(signal, 1e-12) / noise)))


class FullMix:
    """The sound of a film."""

    def __init__(self, film: Film, material: Material, *, gain_db: Decimal = Decimal(0)) -> None:
        self._film, self._material, self._gain = film, material, gain_db
        self._stands = stands(film)
        self._length = self._samples_of(self._stands[-1].end)

    def mixed(self) -> Sound:
        """All of it."""
        clips = np.zeros((self._length, 2))
        voices = np.zeros((self._length, 2))
        others: list[tuple[SoundItem, Sound]] = []
        for number, stand in enumerate(self._stands):
            before = self._stands[number - 1].overlap if number else 0
            self._add_clip(clips, stand, before)
        for item in self._film.sounds:
            sound = self._item(item)
            if item.role == "voice":
                voices += sound
            else:
                others.append((item, sound))
        whole = clips + voices
        under = {"voice": voices, "clip": clips}
        for item, sound in others:
            if item.ducks is None:
                whole += sound
                continue
            speaking = np.sum([under[role] for role in item.ducks.under], axis=0)
            whole += sound * _ducked(speaking, item.ducks)
        return whole * 10 ** (float(self._gain) / 20)

    def _samples_of(self, frames: int) -> int:
        return nearest(frames * RATE / self._film.rate.fraction)

    # A clip's own

    def _add_clip(self, mix: Sound, stand: Stand, overlap_before: int) -> None:
        clip = stand.clip
        if clip.source.is_image or not clip.source.has_sound or clip.sound.is_muted:
            return
        start, end = self._samples_of(stand.start), self._samples_of(stand.end)
        own = self._retimed(stand, end - start)
        own = own * _shaped(clip.sound, end - start)
        if overlap_before:
            length = self._samples_of(stand.start + overlap_before) - start
            own[:length] *= np.sin(np.arange(length) / length * np.pi / 2)[:, None]
        if stand.overlap:
            length = end - self._samples_of(stand.end - stand.overlap)
            own[-length:] *= np.cos(np.arange(length) / length * np.pi / 2)[:, None]
        mix[start:end] += own

    def _retimed(self, stand: Stand, length: int) -> Sound:
        """`length` samples of the clip from where its use begins; silence where it is frozen."""
        clip = stand.clip
        retime, rate = clip.effects.retime, self._film.rate.fraction
        whole = self._whole(clip.source.digest, clip.source.seconds, retime)
        begin = stand.first / rate
        if retime.freeze is None:
            return _cut(whole, nearest(begin * RATE), length)
        stop = retime.freeze.at / retime.speed
        if retime.is_reversed:
            stop = clip.source.seconds / retime.speed - stop
        silent = nearest(stop * rate)
        back = nearest((stop + held(retime)) * rate)
        ahead = self._samples_of(stand.start + max(silent - stand.first, 0))
        after = self._samples_of(stand.start + min(max(back - stand.first, 0), stand.frames))
        zero = self._samples_of(stand.start)
        used = nearest(min(begin, max(stop, begin - held(retime))) * RATE)
        first = min(ahead - zero, length)
        rest = max(0, length - (after - zero))
        parts = [_cut(whole, used, first), np.zeros((length - first - rest, 2))]
        parts.append(_cut(whole, used + first, rest))
        ramp = np.arange(DECLICK)[:, None] / DECLICK
        if len(parts[0]) >= DECLICK:
            parts[0][-DECLICK:] *= 1 - ramp
        if len(parts[2]) >= DECLICK:
            parts[2][:DECLICK] *= ramp
        return np.concatenate(parts)

    def _whole(self, digest: str, seconds: Fraction, retime: Retime) -> Sound:
        path = self._material.files[digest]
        filters: list[str] = []
        if retime.speed != 1:  # what lies beyond the clip's end must not be drawn into it
            end = nearest(seconds * RATE)
            filters = [f"atrim=end_sample={end}", f"atempo={float(retime.speed)}"]
        whole = heard_beside(path, *filters)
        if retime.is_reversed:
            whole = _cut(whole, 0, nearest(seconds / retime.speed * RATE))[::-1]
        return whole

    # Items

    def _item(self, item: SoundItem) -> Sound:
        sound = np.zeros((self._length, 2))
        if item.shape.is_muted:
            return sound
        base = next((one.start for one in self._stands if one.clip.segment_id == item.segment), 0)
        start = nearest((base / self._film.rate.fraction + item.start) * RATE)
        end = self._length
        if item.end is not None:
            end = min(end, nearest((base / self._film.rate.fraction + item.end) * RATE))
        used, once = nearest(item.trim_start * RATE), nearest(item.heard * RATE)
        if not item.loops:
            end = min(end, start + once)
        own = _cut(heard_in(self._material.files[item.digest]), used, once)
        many = -(-(end - start) // once)
        repeated = np.concatenate([own] * many)[: end - start]
        sound[start:end] = repeated * _shaped(item.shape, end - start)
        return sound


def _cut(sound: Sound, first: int, length: int) -> Sound:
    """Samples from `first` on, silence where there are none."""
    part = sound[max(first, 0) : max(first, 0) + length]
    return np.concatenate([part, np.zeros((length - len(part), 2))])


def _shaped(shape: SoundShape, length: int) -> Sound:
    """The factor of each sample."""
    decibels = np.full(length, float(shape.gain_db))
    if shape.keyframes:
        places = [nearest(at * RATE) for at, _ in shape.keyframes]
        decibels += np.interp(np.arange(length), places, [float(db) for _, db in shape.keyframes])
    factor = 10 ** (decibels / 20)
    asked = shape.fade_in + shape.fade_out
    part = min(Fraction(1), Fraction(length, RATE) / asked) if asked else Fraction(1)
    rise, fall = nearest(shape.fade_in * part * RATE), nearest(shape.fade_out * part * RATE)
    if rise:
        factor *= np.clip(np.arange(length) / rise, 0, 1)
    if fall:
        factor *= np.clip((length - np.arange(length)) / fall, 0, 1)
    return factor[:, None]


def _ducked(voices: Sound, ducks: Ducking) -> Sound:
    """The factor of each sample of what steps back under these voices."""
    count = -(-len(voices) // CELL)
    padded = np.zeros((count * CELL, 2))
    padded[: len(voices)] = voices
    loud = np.square(padded).reshape(count, CELL * 2).mean(axis=1)
    spoken = np.flatnonzero(loud > 10 ** (SPEAKING_DB / 10)).tolist()
    attack, hold, release = (
        Fraction(value) * RATE / CELL for value in (ducks.attack, ducks.hold, ducks.release)
    )
    depth = [_depth(edge, spoken, (attack, hold, release)) for edge in range(count + 1)]
    decibels = np.interp(np.arange(len(voices)), np.arange(count + 1) * CELL, depth)
    return np.asarray(10 ** (decibels * -float(ducks.amount_db) / 20))[:, None]


def _depth(edge: int, spoken: Sequence[int], times: tuple[Fraction, Fraction, Fraction]) -> float:
    """How far down, 0 to 1, at an edge between cells: early, held through pauses, slowly back."""
    attack, hold, release = times
    ahead = min((cell - edge for cell in spoken if cell >= edge), default=None)
    behind = min((edge - cell - 1 for cell in spoken if cell < edge), default=None)
    sinking = 0 if ahead is None else 1 - ahead / attack
    rising = 0 if behind is None else 1 - (behind - hold) / release
    return float(min(Fraction(1), max(Fraction(0), Fraction(max(sinking, rising)))))
