"""Sounds for the tests of sound: written as numbers, mixed, joined, and read back."""

import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
from numpy.typing import NDArray
from tests.adapters.ffmpeg import packets

from video_foundry.adapters.ffmpeg import find_ffmpeg
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.adapters.ffmpeg.sound.child.dsp import tasks, wav
from video_foundry.core.sound_windows import SoundCodec, Window, WindowMix, mix_of, window_mixes
from video_foundry.core.soundtrack import Contribution, Soundtrack
from video_foundry.ports.sound import MeasureStep, MixStep
from video_foundry.testing.clips import run_ffmpeg

RATE = 48_000
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2"

Sound: TypeAlias = NDArray[np.float32]


# Making


def tone(hertz: float, seconds: float, level: float = 0.25) -> Sound:
    """A steady tone in both channels."""
    places = np.arange(round(seconds * RATE)) / RATE
    one = level * np.sin(2 * np.pi * hertz * places)
    return np.stack([one, one], axis=1).astype(np.float32)


def noise(seconds: float, level: float = 0.2, seed: int = 1) -> Sound:
    """White noise, different in both channels."""
    numbers = np.random.default_rng(seed)
    found = numbers.standard_normal((round(seconds * RATE), 2)) * level
    return np.clip(found, -1, 1).astype(np.float32)


def music(seconds: float, level: float = 0.7) -> Sound:
    """Chords and a beat: steady tones, sharp attacks, and something in every octave."""
    count = round(seconds * RATE)
    places = np.arange(count) / RATE
    mixed = np.zeros((count, 2))
    for number, hertz in enumerate((110, 164.8, 220, 277.2, 440, 880, 1760, 5000)):
        swell = 0.6 + 0.4 * np.sin(2 * np.pi * (0.1 + 0.03 * number) * places + number)
        for channel, detuned in enumerate((1.0, 1.002)):
            mixed[:, channel] += swell * np.sin(2 * np.pi * hertz * detuned * places) / (number + 2)
    for start in range(0, count, RATE // 2):
        length = min(9600, count - start)
        fall = np.exp(-np.arange(length) / 1500)
        beat = fall * np.sin(2 * np.pi * 60 * np.arange(length) / RATE)
        mixed[start : start + length] += beat[:, None]
    return np.asarray(mixed * (level / np.abs(mixed).max()), np.float32)


def speech(seconds: float, level: float = 0.3) -> Sound:
    """Syllables of shaped noise with pauses between words and sentences."""
    count = round(seconds * RATE)
    places = np.arange(count) / RATE
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * places), 0, 1)
    sentences = (places % 4.0) < 2.7
    buzz = sum(np.sin(2 * np.pi * 130 * n * places) / n for n in range(1, 20))
    one = (buzz * syllables * sentences).astype(np.float32)
    one *= np.float32(level) / np.abs(one).max()
    return np.stack([one, one], axis=1)


def write(folder: Path, sounds: Mapping[str, Sound]) -> dict[str, Path]:
    """Each sound as the file that a decoding step would have made of it."""
    made = {}
    for name, sound in sounds.items():
        made[name] = folder / f"{name}.wav"
        made[name].write_bytes(wav.header(len(sound)) + wav.to_16_bit(sound).tobytes())
    return made


def part(name: str, start: int, samples: int, **changes: Any) -> Contribution:
    """A sound on the film, from its beginning, as it is."""
    known: dict[str, Any] = {"role": "clip", "offset": 0, "points": ((start, 0),)}
    return Contribution(sound=name, start=start, samples=samples, **known | changes)


def track_of(parts: Iterable[Contribution], samples: int) -> Soundtrack:
    """A film's sound of these parts."""
    heard = sorted(parts, key=lambda one: (one.start, one.sound, one.offset, one.samples))
    return Soundtrack(contributions=tuple(heard), sounds={}, samples=samples)


# Mixing, without a child


@dataclass
class Desk:
    """Mixes in this process, so that samples can be looked at before they are encoded."""

    files: Mapping[str, Path]
    gain: int = 0
    ceiling: int = 0

    def window(self, mix: WindowMix, low: int = 0, high: int | None = None) -> Sound:
        """Samples [low, high) of a window; all of it if nothing else is said."""
        request = {
            "mix": mix.plain,
            "sounds": {name: str(self.files[name]) for name in mix.sounds},
            "gain": self.gain,
            "ceiling": self.ceiling,
        }
        return tasks.finished(request, low, mix.samples if high is None else high)

    def whole(self, track: Soundtrack) -> Sound:
        """The film's sound, mixed at once."""
        everything = Window(index=0, start=0, samples=track.samples, is_last=True)
        return self.window(mix_of(track.contributions, everything))

    def joined(self, track: Soundtrack) -> Sound:
        """The film's sound, mixed window by window."""
        return np.concatenate([self.window(mix) for mix in window_mixes(track)])


# Through the compositor


@dataclass(kw_only=True)
class Studio:
    """Measures, mixes and joins a film's sound as a render would. gain: dB; ceiling: dBTP."""

    sound: FFmpegSound
    folder: Path
    files: Mapping[str, Path]
    gain: Decimal = Decimal(0)
    ceiling: Decimal = Decimal(0)
    codec: SoundCodec = "aac"
    made: dict[WindowMix, Path] = field(default_factory=dict)

    async def measure(self, track: Soundtrack) -> list[Any]:
        return [
            await self.sound.measure(MeasureStep(mix=mix, sounds=self.files, label="the mix"))
            for mix in window_mixes(track)
        ]

    async def film(self, track: Soundtrack, name: str = "film.mp4") -> Path:
        """Windows that are alike are made once."""
        chunks = [await self.chunk(mix) for mix in window_mixes(track)]
        return join(chunks, self.folder / name, samples=track.samples, codec=self.codec)

    async def chunk(self, mix: WindowMix) -> Path:
        if mix not in self.made:
            target = self.folder / f"{self.codec}-{len(self.made)}.mp4"
            step = MixStep(
                mix=mix,
                sounds=self.files,
                gain=self.gain,
                ceiling=self.ceiling,
                codec=self.codec,
                label="the mix",
            )
            await self.sound.mix(step, target)
            self.made[mix] = target
        return self.made[mix]


def join(chunks: Sequence[Path], target: Path, *, samples: int, codec: SoundCodec) -> Path:
    """One file of all windows, by packets with times of the film."""
    names = [str(chunk) for chunk in chunks]
    options = {"fflags": "+bitexact"}
    if target.suffix != ".webm":
        options["movie_timescale"] = str(RATE)
    with av.open(str(target), mode="w", container_options=options) as output:
        stream = packets.add_sound_stream(output, names[0], formats=FORMATS)
        found = packets.sound_packets_of_windows(
            names, codec=codec, samples=samples, stream=stream, formats=FORMATS
        )
        for packet in found:
            output.mux_one(packet)
    return target


# Reading back


def heard(file: Path) -> Sound:
    """What a player hears, decoded without a complaint."""
    raw = run_ffmpeg(["-xerror", "-i", str(file)], "-map", "0:a:0", "-f", "f32le", "-", silent=True)
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def level(sound: Sound) -> float:
    """Root mean square in dB of full scale."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


def likeness(original: Sound, copy: Sound) -> float:
    """Signal to noise in dB."""
    fault = np.square(original - copy, dtype=np.float64).sum()
    return float(10 * np.log10(np.square(original, dtype=np.float64).sum() / (fault + 1e-20)))


def standard_meter(file: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP, as FFmpeg's meter says."""
    command = [
        *(str(find_ffmpeg().path), "-hide_banner", "-nostats", "-i", str(file)),
        *("-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    loudness = re.search(r"^\s*I:\s+(-?[\d.]+|-inf) LUFS", told, re.MULTILINE)
    peak = re.search(r"^\s*Peak:\s+(-?[\d.]+|-inf) dBFS", told, re.MULTILINE)
    assert loudness, told
    assert peak, told
    return float(loudness[1]), float(peak[1])
