"""Encoded windows of sound: joined they are one encode of the whole, exact, level and held."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests.adapters.ffmpeg import packets
from tests.adapters.ffmpeg.sounds import (
    FORMATS,
    RATE,
    Desk,
    Sound,
    Studio,
    heard,
    join,
    likeness,
    music,
    noise,
    part,
    speech,
    standard_meter,
    tone,
    track_of,
    write,
)
from tests.adapters.ffmpeg.under_way import UnderWay

from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.adapters.ffmpeg.sound.child.dsp import coding, limiter, loud, mixing, tasks
from video_foundry.core import soundtrack as core
from video_foundry.core.loudness import ENERGY_UNIT, HOP, PEAK_UNIT, gain_for, integrated
from video_foundry.core.sound_windows import AFTER, BEFORE, WINDOW, SoundCodec, window_mixes
from video_foundry.core.timebase import FrameRate
from video_foundry.errors import CompositionFailed
from video_foundry.ports.sound import MeasureStep, MixStep

LOSSY: list[SoundCodec] = ["aac", "opus"]
CODECS: list[SoundCodec] = [*LOSSY, "pcm_s16le"]
NAMES = {"aac": "film.mp4", "opus": "film.webm", "pcm_s16le": "film.mov"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FFmpegSound]:
    made = FFmpegSound(scratch=tmp_path_factory.mktemp("scratch"))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write(
        tmp_path_factory.mktemp("sounds"),
        {"music": music(30), "speech": speech(20), "noise": noise(4, 0.1), "tone": tone(997, 22)},
    )


@pytest.fixture
def studio(sound: FFmpegSound, files: dict[str, Path], tmp_path: Path) -> Studio:
    return Studio(sound=sound, folder=tmp_path, files=files)


def one_pass(mixed: Sound, codec: str, target: Path) -> Path:
    """The whole encoded at once, by the same encoder with the same settings."""
    place = coding.Place(samples=len(mixed), is_first=True, is_last=True)
    coding.write_window(mixed, str(target), codec, place)
    return target


def in_one(folder: Path, mixed: Sound, codec: SoundCodec) -> Sound:
    """One pass, heard with the film's times (a single window may have any length here)."""
    chunk = one_pass(mixed, codec, folder / "one.mp4")
    target = folder / NAMES[codec].replace("film", "one-film")
    with av.open(str(target), mode="w") as output:
        stream = packets.add_sound_stream(output, str(chunk), formats=FORMATS)
        with av.open(str(chunk)) as container:
            found = [p for p in container.demux(audio=0) if p.size]
            for number, packet in enumerate(found):
                grid = packets.GRIDS[codec]
                packet.pts = packet.dts = number * grid.packet - grid.delay
                packet.duration = grid.packet
                packet.time_base = Fraction(1, RATE)
                packet.stream = stream
                output.mux_one(packet)
    return heard(target)[: len(mixed)]


# Joins


@pytest.mark.parametrize("codec", LOSSY)
async def test_joined_windows_sound_like_one_encode_of_the_whole(
    studio: Studio, codec: SoundCodec
) -> None:
    studio.codec = codec
    track = track_of([part("music", 0, 27 * RATE), part("speech", 3 * RATE, 20 * RATE)], 27 * RATE)
    mixed = Desk(studio.files).whole(track)
    joined = heard(await studio.film(track, NAMES[codec]))
    whole = in_one(studio.folder, mixed, codec)
    assert likeness(mixed, joined) == pytest.approx(likeness(mixed, whole), abs=0.1)
    for edge in (WINDOW, 2 * WINDOW):
        near = slice(edge - 1024, edge + 3072)
        # Beyond 40 dB nobody could hear a difference.
        least = min(40, likeness(mixed[near], whole[near]) - 0.3)
        assert likeness(mixed[near], joined[near]) > least


@pytest.mark.parametrize("codec", LOSSY)
async def test_no_click_is_heard_at_a_join(studio: Studio, codec: SoundCodec) -> None:
    """A pure tone: whatever is not the tone is a fault, and it is no larger at joins."""
    studio.codec = codec
    track = track_of([part("tone", 0, 22 * RATE)], 22 * RATE)
    joined = heard(await studio.film(track, NAMES[codec]))
    fault = np.abs(joined - Desk(studio.files).whole(track)).max(axis=1)
    elsewhere = fault[RATE : 9 * RATE].max()
    for edge in (WINDOW, 2 * WINDOW):
        assert fault[edge - 4096 : edge + 4096].max() < 1.5 * elsewhere + 1e-4


async def test_uncompressed_windows_are_the_mix_bit_for_bit(studio: Studio) -> None:
    studio.codec = "pcm_s16le"
    track = track_of([part("music", 0, 22 * RATE), part("noise", RATE, 4 * RATE)], 22 * RATE + 17)
    mixed = Desk(studio.files).whole(track)
    film = heard(await studio.film(track, "film.mov"))
    assert np.array_equal(film, np.rint(mixed * 32768) / np.float32(32768))


# Lengths


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "samples", [800, 1024, 4799, WINDOW - 1, WINDOW, WINDOW + 1, WINDOW + 5000]
)
async def test_a_film_of_any_length_ends_at_its_last_sample(
    studio: Studio, codec: SoundCodec, samples: int
) -> None:
    studio.codec = codec
    film = await studio.film(track_of([part("tone", 0, samples)], samples), NAMES[codec])
    assert len(heard(film)) == samples


@pytest.mark.parametrize("codec", CODECS)
async def test_after_ten_minutes_at_an_ntsc_rate_nothing_has_drifted(
    studio: Studio, codec: SoundCodec
) -> None:
    """Silence with a beep in its last second: windows that are alike are made only once."""
    studio.codec = codec
    rate = FrameRate(num=30_000, den=1001)
    frames = 18_001
    samples = rate.samples_of(frames)
    beep = samples - RATE // 2
    track = track_of([part("tone", beep, 4800)], samples)
    assert Fraction(samples, RATE) > 600
    film = await studio.film(track, NAMES[codec])
    assert len(studio.made) <= 4
    sound = heard(film)
    assert len(sound) == samples
    assert abs(Fraction(samples, RATE) - rate.seconds_of(frames)) <= Fraction(1, 2 * RATE)
    mixed = np.zeros(8192, np.float32)
    mixed[2048 : 2048 + 4800] = tone(997, 0.1)[:, 0]
    around = sound[beep - 2048 : beep - 2048 + 8192, 0]
    lags = range(-40, 41)
    best = max(lags, key=lambda lag: float(np.dot(np.roll(mixed, lag), around)))
    assert best == 0


@pytest.mark.parametrize("codec", CODECS)
async def test_timestamps_follow_one_another_without_a_gap(
    studio: Studio, codec: SoundCodec
) -> None:
    studio.codec = codec
    track = track_of([part("tone", 0, 20 * RATE)], 20 * RATE + 321)
    film = await studio.film(track, "film.mov" if codec == "pcm_s16le" else "film.mp4")
    with av.open(str(film)) as container:
        found = [(p.pts or 0, p.duration or 0) for p in container.demux(audio=0) if p.size]
    assert all(at + length == after for (at, length), (after, _) in pairwise(found))
    assert found[0][0] == -packets.GRIDS[codec].delay
    assert sum(found[-1]) == track.samples


async def test_missing_or_foreign_windows_are_never_joined(studio: Studio) -> None:
    samples = 2 * WINDOW + 5000
    track = track_of([part("tone", 0, samples)], samples)
    first, second, last = [await studio.chunk(mix) for mix in window_mixes(track)]
    target = studio.folder / "wrong.mp4"
    for chunks in ([first, second], [second, first, last], [first, last, last], [first] * 3):
        with pytest.raises(packets.WrongWindows):
            join(chunks, target, samples=samples, codec="aac")
    assert join([first, second, last], target, samples=samples, codec="aac").exists()


async def test_the_same_window_gives_the_same_bytes(studio: Studio) -> None:
    mix = window_mixes(track_of([part("music", 0, 5 * RATE)], 5 * RATE))[0]
    first = (await studio.chunk(mix)).read_bytes()
    studio.made.clear()
    assert (await studio.chunk(mix)).read_bytes() == first


async def test_windows_of_every_kind_are_described_alike(studio: Studio) -> None:
    """A track has one description: no bit rate of one window may get into it."""
    samples = 2 * WINDOW + 5000
    track = track_of([part("music", WINDOW, WINDOW)], samples)
    found = [(await studio.chunk(mix)).read_bytes() for mix in window_mixes(track)]
    described = {data[data.rindex(b"esds") :][:50] for data in found}
    assert len(found) == 3
    assert len(described) == 1


def test_the_child_counts_as_the_core_does() -> None:
    assert packets.WINDOW == WINDOW
    assert mixing.CELL == core.CELL
    assert (loud.HOP, loud.ENERGY_UNIT, loud.PEAK_UNIT) == (HOP, ENERGY_UNIT, PEAK_UNIT)
    assert all(WINDOW % grain == 0 for grain in (HOP, mixing.CELL, limiter.CELL))


def test_no_step_looks_further_than_a_windows_identity_reaches() -> None:
    assert loud.MEMORY <= BEFORE
    for name, coder in coding.CODERS.items():
        assert WINDOW % coder.packet == 0, name
        assert coder.lead % limiter.CELL == 0, name
        assert coder.lead + tasks.LEFT <= BEFORE, name
        assert coder.trail + tasks.RIGHT <= AFTER, name


# Loudness


MATERIAL: dict[str, tuple[Sound, float]] = {
    "music": (music(22), 0),
    "voice": (speech(22), 0),
    "quiet": (music(22), -24),
    "loud": (np.clip(music(22, 1.6), -1, 1), 0),
    "dynamic": (np.concatenate([speech(14, 0.05), music(8, 0.9)]), 0),
}


@pytest.mark.parametrize("name", sorted(MATERIAL))
async def test_the_measurement_agrees_with_the_standard_meter(
    studio: Studio, name: str, tmp_path: Path
) -> None:
    sound, gain = MATERIAL[name]
    studio.files = write(tmp_path, {name: sound})
    shape = ((0, round(gain * 100)),)
    track = track_of([part(name, 0, len(sound), points=shape)], len(sound))
    found = integrated(await studio.measure(track))
    mixed = write(tmp_path, {"mixed": Desk(studio.files, ceiling=2400).whole(track)})["mixed"]
    expected, _ = standard_meter(mixed)
    assert found is not None
    assert float(found) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("target", [-14, -23])
@pytest.mark.parametrize("name", sorted(MATERIAL))
async def test_a_film_is_as_loud_as_asked_and_its_peaks_are_held(
    studio: Studio, name: str, target: int, tmp_path: Path
) -> None:
    sound, gain = MATERIAL[name]
    studio.files = write(tmp_path, {name: sound})
    shape = ((0, round(gain * 100)),)
    track = track_of([part(name, 0, len(sound), points=shape)], len(sound))
    studio.gain = gain_for(await studio.measure(track), Decimal(target))
    studio.ceiling = Decimal(-1)
    loudness, peak = standard_meter(await studio.film(track))
    assert loudness == pytest.approx(target, abs=0.5)
    assert peak <= 0


async def test_silence_stays_silence_at_any_target(studio: Studio) -> None:
    track = track_of([], 22 * RATE)
    studio.gain = gain_for(await studio.measure(track), Decimal(-14))
    assert studio.gain == 0
    assert not heard(await studio.film(track)).any()


# Failing


async def test_a_missing_or_damaged_sound_is_named_and_nothing_is_left(
    sound: FFmpegSound, files: dict[str, Path], tmp_path: Path
) -> None:
    mix = window_mixes(track_of([part("music", 0, RATE)], RATE))[0]
    known: dict[str, Any] = {"mix": mix, "label": "the sound from 0 s"}
    mixing: dict[str, Any] = {"gain": Decimal(0), "ceiling": Decimal(0), "codec": "aac"}
    nonsense = tmp_path / "nonsense.wav"
    nonsense.write_bytes(b"nonsense" * 100)
    for sounds in ({}, {"music": nonsense}, {"music": tmp_path / "gone.wav"}):
        with pytest.raises(CompositionFailed, match="the sound from 0 s"):
            await sound.measure(MeasureStep(sounds=sounds, **known))
        with pytest.raises(CompositionFailed, match="the sound from 0 s"):
            await sound.mix(MixStep(sounds=sounds, **known, **mixing), tmp_path / "out" / "x.mp4")
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


async def test_cancelling_leaves_nothing(
    sound: FFmpegSound, files: dict[str, Path], tmp_path: Path
) -> None:
    many = [part("music", 0, 9 * RATE, offset=offset) for offset in range(200)]
    mix = window_mixes(track_of(many, 9 * RATE))[0]
    step = MixStep(
        mix=mix,
        sounds=files,
        gain=Decimal(20),
        ceiling=Decimal(-1),
        codec="aac",
        label="much",
    )
    folder = tmp_path / "out"
    folder.mkdir()
    moment = UnderWay()
    work = asyncio.create_task(sound.mix(step, folder / "x.mp4", moment.reached))
    await moment.cancel(work)
    assert list(folder.iterdir()) == []
