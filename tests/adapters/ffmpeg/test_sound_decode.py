"""Sounds of every kind, decoded: lengths, places, levels, speeds; and what is refused."""

import asyncio
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.adapters.ffmpeg.sounds import RATE, Sound, level, tone
from tests.adapters.ffmpeg.under_way import UnderWay

from video_foundry.adapters.ffmpeg.limits import MediaLimits
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.adapters.ffmpeg.sound.child.dsp.wav import Wav
from video_foundry.core.soundtrack import DecodedSound
from video_foundry.errors import CompositionFailed, MediaError
from video_foundry.ports.sound import SoundStep
from video_foundry.testing import clips, film_reading
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg

F = Fraction
KINDS = {
    "plain.wav": [],
    "deep.wav": ["-c:a", "pcm_s24le", "-ar", "96000"],
    "mono.wav": ["-ar", "22050", "-ac", "1"],
    "song.mp3": ["-b:a", "128k"],
    "tagged.mp3": ["-b:a", "128k", "-metadata", "title=a song", "-id3v2_version", "3"],
    "song.m4a": ["-c:a", "aac"],
    "lossless.m4a": ["-c:a", "alac"],
    "song.flac": ["-ar", "44100"],
    "vorbis.ogg": ["-c:a", "libvorbis"],
    "opus.ogg": ["-c:a", "libopus"],
    "opus.webm": ["-c:a", "libopus"],
    "song.aiff": [],
    "song.aac": ["-c:a", "aac", "-f", "adts"],
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FFmpegSound]:
    made = FFmpegSound(scratch=tmp_path_factory.mktemp("scratch"))
    yield made
    asyncio.run(made.aclose())


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds with a beep of 1 kHz from 1.0 to 1.5 s, in every kind of file."""
    folder = tmp_path_factory.mktemp("songs")
    for name, options in KINDS.items():
        make(folder / name, "aevalsrc='0.4*sin(2000*PI*t)*between(t,1,1.5)':s=48000:d=3", *options)
    return folder


def make(target: Path, source: str, *options: str) -> Path:
    twice = [] if "-ac" in options else ["-af", "pan=stereo|c0=c0|c1=c0"]
    run_ffmpeg(["-f", "lavfi", "-i", source], *twice, *options, str(target))
    return target


async def decode(
    sound: FFmpegSound, source: Path, target: Path, start: int = 0, samples: int = 0, **changes: Any
) -> Sound:
    """What a decoding step makes of `source`; `samples` 0 for three seconds."""
    wanted = DecodedSound(digest="x", start=start, samples=samples or 3 * RATE, **changes)
    await sound.decode(SoundStep(source=source, sound=wanted, label="sound 2"), target)
    wav = Wav(str(target))
    assert wav.samples == wanted.samples
    return wav.read(0, wav.samples)


def loud_between(found: Sound, least: float = 0.1) -> tuple[float, float]:
    """Seconds at which the first and the last loud sample stand."""
    places = np.flatnonzero(np.abs(found[:, 0]) > least)
    assert len(places), "nothing is heard"
    return places[0] / RATE, places[-1] / RATE


def pitch(found: Sound) -> float:
    return film_reading.main_pitch((found * 32767).astype(np.int16))


# Kinds


@pytest.mark.parametrize("name", KINDS)
async def test_every_kind_of_file_is_known_and_decoded_to_its_place(
    sound: FFmpegSound, songs: Path, tmp_path: Path, name: str
) -> None:
    facts = await sound.examine(songs / name)
    assert float(facts.seconds) == pytest.approx(3, abs=0.08)
    assert facts.channels == (1 if name == "mono.wav" else 2)
    found = await decode(sound, songs / name, tmp_path / "d.wav")
    first, last = loud_between(found)
    # Bare AAC cannot say how much its encoder put before the beginning.
    slack = 0.03 if name == "song.aac" else 0.004
    assert first == pytest.approx(1.0, abs=slack)
    assert last == pytest.approx(1.5, abs=slack)
    beep = found[round(1.1 * RATE) : round(1.4 * RATE)]
    # Mono is as loud from two loudspeakers as it was from one.
    lower = 3.01 if name == "mono.wav" else 0
    assert level(beep) == pytest.approx(level(tone(1000, 1, 0.4)) - lower, abs=0.5)
    assert pitch(beep) == pytest.approx(1000, abs=5)
    assert np.abs(found[:, 0] - found[:, 1]).max() < 0.02


@pytest.mark.parametrize("name", ["song.mp3", "song.m4a", "plain.wav", "opus.ogg"])
async def test_decoding_can_begin_anywhere(
    sound: FFmpegSound, songs: Path, tmp_path: Path, name: str
) -> None:
    found = await decode(sound, songs / name, tmp_path / "d.wav", start=RATE + 4800, samples=RATE)
    assert loud_between(found)[1] == pytest.approx(0.4, abs=0.004)
    beyond = await decode(sound, songs / name, tmp_path / "d.wav", start=5 * RATE, samples=RATE)
    assert not beyond.any()


async def test_far_into_a_long_file_the_place_is_still_right(
    sound: FFmpegSound, tmp_path: Path
) -> None:
    source = "aevalsrc='0.4*sin(2000*PI*t)*between(t,95,95.5)':s=44100:d=100"
    for name in ("long.mp3", "long.m4a", "long.flac"):
        long = make(tmp_path / name, source)
        found = await decode(sound, long, tmp_path / "d.wav", start=90 * RATE, samples=10 * RATE)
        assert loud_between(found)[0] == pytest.approx(5, abs=0.004)


async def test_surround_is_mixed_down_with_its_centre_and_without_clipping(
    sound: FFmpegSound, tmp_path: Path
) -> None:
    def channels(*levels: float) -> str:
        return "|".join(f"{one}*sin(2000*PI*t)" for one in levels)

    async def levels(*six: float) -> tuple[float, float]:
        source = f"aevalsrc='{channels(*six)}':s=48000:d=1:c=5.1"
        film = make(tmp_path / "surround.wav", source, "-ac", "6")
        found = await decode(sound, film, tmp_path / "d.wav", samples=RATE)
        middle = found[RATE // 4 : 3 * RATE // 4]
        return level(middle[:, :1]), level(middle[:, 1:])

    left = await levels(0.5, 0, 0, 0, 0, 0)
    centre = await levels(0, 0, 0.5, 0, 0, 0)
    behind = await levels(0, 0, 0, 0, 0.5, 0)
    assert left[1] < -50
    assert centre[0] == pytest.approx(centre[1], abs=0.1)
    assert centre[0] == pytest.approx(left[0] - 3, abs=0.2)
    assert behind[0] == pytest.approx(left[0] - 3, abs=0.2)
    assert behind[1] < -50
    everything = await levels(0.99, 0.99, 0.99, 0, 0.99, 0.99)
    assert everything[0] < 20 * np.log10(0.7072) + 0.1


# Clips


async def test_a_clips_sound_keeps_its_place_to_the_picture(
    sound: FFmpegSound, tmp_path: Path
) -> None:
    late_sound = make_clip(tmp_path / "late.mp4", ClipSpec(frames=72, sound_delay=1.5))
    found = await decode(sound, late_sound, tmp_path / "d.wav")
    assert loud_between(found, 0.02)[0] == pytest.approx(1.5, abs=0.01)
    late_picture = make_clip(tmp_path / "picture.mp4", ClipSpec(frames=48, picture_delay=0.5))
    found = await decode(sound, late_picture, tmp_path / "d.wav", samples=RATE)
    assert loud_between(found, 0.02)[0] < 0.01
    short = make_clip(tmp_path / "short.mp4", ClipSpec(frames=48, sound_seconds=0.5))
    found = await decode(sound, short, tmp_path / "d.wav", samples=2 * RATE)
    assert loud_between(found, 0.02)[1] == pytest.approx(0.5, abs=0.03)
    assert not found[round(0.6 * RATE) :].any()


async def test_a_silent_clip_has_no_sound_to_decode(sound: FFmpegSound, tmp_path: Path) -> None:
    silent = make_clip(tmp_path / "silent.mp4", ClipSpec(sound=None))
    with pytest.raises(CompositionFailed, match="sound 2: there is no sound"):
        await decode(sound, silent, tmp_path / "d.wav")
    assert not (tmp_path / "d.wav").exists()


# Retimed


@pytest.mark.parametrize("speed", [F(1, 4), F(1, 2), F(4, 5), F(3, 2), F(2), F(5)])
async def test_another_speed_keeps_the_pitch_and_the_place(
    sound: FFmpegSound, songs: Path, tmp_path: Path, speed: Fraction
) -> None:
    samples = int(3 * RATE / speed)
    found = await decode(
        sound, songs / "plain.wav", tmp_path / "d.wav", samples=samples, speed=speed
    )
    first, last = loud_between(found)
    # Stretching works on grains of sound: places are right to a fraction of a frame of the source.
    assert first == pytest.approx(float(1 / speed), abs=0.02 + 0.03 / speed)
    assert last == pytest.approx(float(F(3, 2) / speed), abs=0.02 + 0.03 / speed)
    length = last - first
    beep = found[round((first + length * 0.2) * RATE) : round((last - length * 0.2) * RATE)]
    assert pitch(beep) == pytest.approx(1000, abs=25)


async def test_backwards_is_the_same_sound_from_its_end(
    sound: FFmpegSound, songs: Path, tmp_path: Path
) -> None:
    forwards = await decode(sound, songs / "plain.wav", tmp_path / "d.wav")
    backwards = await decode(
        sound, songs / "plain.wav", tmp_path / "d.wav", is_reversed=True, seconds=F(3)
    )
    assert np.array_equal(backwards, forwards[::-1])
    part = await decode(
        sound, songs / "plain.wav", tmp_path / "d.wav", start=RATE, samples=RATE,
        is_reversed=True, seconds=F(3),
    )  # fmt: skip
    assert np.array_equal(part, backwards[RATE : 2 * RATE])


async def test_backwards_and_fast(sound: FFmpegSound, songs: Path, tmp_path: Path) -> None:
    found = await decode(
        sound, songs / "plain.wav", tmp_path / "d.wav", samples=3 * RATE // 2,
        is_reversed=True, seconds=F(3), speed=F(2),
    )  # fmt: skip
    first, last = loud_between(found)
    assert first == pytest.approx(0.75, abs=0.04)
    assert last == pytest.approx(1.0, abs=0.04)


async def test_decoding_twice_gives_the_same_bytes(
    sound: FFmpegSound, songs: Path, tmp_path: Path
) -> None:
    for name in ("one.wav", "two.wav"):
        await decode(sound, songs / "song.mp3", tmp_path / name, speed=F(5, 4))
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()


# Refused


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.mp3", b"", "empty"),
        ("page.mp3", b"<html><body>not found</body></html>", "web page"),
        ("error.wav", b'{"error": "no such file"}', "JSON"),
        ("list.mp3", b"#EXTM3U\n/etc/passwd\n", "playlist"),
        ("script.wav", b"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlist"),
        ("notes.flac", b"la la la", "text"),
        ("zip.mp3", b"PK\x03\x04" + bytes(500), "ZIP"),
        ("bare.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(2000), "damaged|no sound|decoded"),
        ("riff.wav", b"RIFF\xff\xff\xff\xffWAVEfmt ", "damaged|no sound|decoded"),
    ],
)
async def test_a_sound_file_that_is_none_is_refused_with_what_it_is(
    sound: FFmpegSound, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(MediaError, match=words):
        await sound.examine(path)


async def test_pictures_and_silent_films_are_no_sound(sound: FFmpegSound, tmp_path: Path) -> None:
    still = clips.make_still(tmp_path / "still.png")
    with pytest.raises(MediaError, match=r"PNG picture, no sound; give MP3, M4A"):
        await sound.examine(still)
    silent = make_clip(tmp_path / "silent.mp4", ClipSpec(sound=None))
    with pytest.raises(MediaError, match="there is no sound in the file"):
        await sound.examine(silent)


@pytest.mark.parametrize("name", ["song.flac", "plain.wav", "song.m4a", "vorbis.ogg", "opus.webm"])
async def test_a_damaged_or_cut_off_sound_is_refused(
    sound: FFmpegSound, songs: Path, tmp_path: Path, name: str
) -> None:
    cut = clips.truncated(songs / name, tmp_path / f"cut-{name}", 0.5)
    # The pages of Ogg and the clusters of WebM are whole in themselves: half a file is one.
    if not name.startswith(("vorbis", "opus")):
        with pytest.raises(MediaError, match=r"cut off|damaged"):
            await sound.examine(cut)
    if name != "plain.wav":  # every bit pattern is a lawful sample
        spoilt = clips.zeroed(songs / name, tmp_path / f"bad-{name}", at=0.4, length=3000)
        with pytest.raises(MediaError, match=r"cut off|damaged|decoded"):
            await sound.examine(spoilt)


async def test_an_mp3_with_foreign_bytes_between_is_played_all_the_same(
    sound: FFmpegSound, songs: Path, tmp_path: Path
) -> None:
    data = (songs / "song.mp3").read_bytes()
    patched = tmp_path / "patched.mp3"
    patched.write_bytes(
        data[:20_000] + b"APETAGEX" + bytes(700) + data[20_000:] + b"TAG" + bytes(125)
    )
    facts = await sound.examine(patched)
    assert float(facts.seconds) == pytest.approx(3, abs=0.2)
    found = await decode(sound, patched, tmp_path / "d.wav")
    assert loud_between(found)[0] == pytest.approx(1.0, abs=0.01)


async def test_a_sound_that_is_too_long_is_refused(songs: Path, tmp_path: Path) -> None:
    short = FFmpegSound(scratch=tmp_path / "scratch", limits=MediaLimits(seconds=F(2)))
    try:
        with pytest.raises(MediaError, match="longer than"):
            await short.examine(songs / "plain.wav")
    finally:
        await short.aclose()


async def test_a_failing_decode_names_the_sound_and_leaves_nothing(
    sound: FFmpegSound, songs: Path, tmp_path: Path
) -> None:
    spoilt = clips.zeroed(songs / "song.flac", tmp_path / "bad.flac", at=0.4, length=3000)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(CompositionFailed, match="sound 2: "):
        await decode(sound, spoilt, folder / "d.wav")
    assert list(folder.iterdir()) == []


async def test_cancelling_a_decode_ends_it_and_leaves_nothing(
    sound: FFmpegSound, tmp_path: Path
) -> None:
    long = make(tmp_path / "long.flac", "sine=440:d=600")
    folder = tmp_path / "out"
    folder.mkdir()
    wanted = DecodedSound(digest="x", start=0, samples=600 * RATE)
    step, moment = SoundStep(source=long, sound=wanted, label="sound 1"), UnderWay()
    work = asyncio.create_task(sound.decode(step, folder / "d.wav", moment.reached))
    await moment.cancel(work)
    assert list(folder.iterdir()) == []


async def test_progress_rises_to_the_end(sound: FFmpegSound, tmp_path: Path) -> None:
    long = make(tmp_path / "long.flac", "sine=440:d=200")
    told: list[float] = []

    async def tell(done: float) -> None:
        told.append(done)

    wanted = DecodedSound(digest="x", start=0, samples=200 * RATE)
    step = SoundStep(source=long, sound=wanted, label="sound 1")
    await sound.decode(step, tmp_path / "d.wav", tell)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1, abs=0.01)
